package document

import (
	"math/bits"
	"slices"
	"sort"
)

// match is a stretch of one text that is the same in another: words a[from:to] are words
// b[at:at+n].
type match struct{ a, aEnd, b, bEnd int }

// aligned returns which words of two texts are the same, in order: as they are printed, or as
// a scanner reads them. What lies between two matches is otherwise.
func aligned(a, b []word, v vocabulary) []match {
	al := aligner{a: a, b: b, words: v}
	al.between(0, len(a), 0, len(b), 4)
	return al.found
}

// aligner finds what two texts share: first by runs of words that each has once, then, in
// what lies between, word by word.
type aligner struct {
	a, b  []word
	words vocabulary
	found []match
}

// between aligns a[i:k] with b[j:l].
func (al *aligner) between(i, k, j, l, run int) {
	for i < k && j < l && al.a[i].key == al.b[j].key && !al.a[i].field {
		al.add(i, i+1, j, j+1)
		i, j = i+1, j+1
	}
	tail := 0
	for i < k-tail && j < l-tail && al.a[k-tail-1].key == al.b[l-tail-1].key && !al.a[k-tail-1].field {
		tail++
	}
	k, l = k-tail, l-tail
	if i < k && j < l {
		al.middle(i, k, j, l, run)
	}
	for n := range tail {
		al.add(k+n, k+n+1, l+n, l+n+1)
	}
}

// middle aligns what has no common beginning and end.
func (al *aligner) middle(i, k, j, l, run int) {
	if (k-i)*(l-j) <= mostCells {
		al.wordByWord(i, k, j, l)
		return
	}
	for ; run > 0; run-- {
		anchors := al.anchors(i, k, j, l, run)
		if len(anchors) == 0 {
			continue
		}
		fromA, fromB := i, j
		for _, x := range anchors {
			if x[0] < fromA || x[1] < fromB {
				continue
			}
			al.between(fromA, x[0], fromB, x[1], run)
			for n := range run {
				al.add(x[0]+n, x[0]+n+1, x[1]+n, x[1]+n+1)
			}
			fromA, fromB = x[0]+run, x[1]+run
		}
		al.between(fromA, k, fromB, l, run)
		return
	}
}

// mostCells bounds the table of words that are compared one by one.
const mostCells = 90 * 90

func (al *aligner) add(i, iEnd, j, jEnd int) {
	al.found = append(al.found, match{i, iEnd, j, jEnd})
}

// anchors returns the places of runs of words that each text has once, in the order of both.
func (al *aligner) anchors(i, k, j, l, run int) [][2]int {
	where := make(map[uint64]int, l-j)
	for n := j; n+run <= l; n++ {
		key := runKey(al.b[n : n+run])
		if _, twice := where[key]; twice {
			where[key] = -1
		} else {
			where[key] = n
		}
	}
	inA := make(map[uint64]int, k-i)
	for n := i; n+run <= k; n++ {
		inA[runKey(al.a[n:n+run])]++
	}
	var pairs [][2]int
	for n := i; n+run <= k; n++ {
		key := runKey(al.a[n : n+run])
		if at, ok := where[key]; ok && at >= 0 && inA[key] == 1 {
			pairs = append(pairs, [2]int{n, at})
		}
	}
	return increasing(pairs)
}

// runKey is equal for equal runs of words.
func runKey(words []word) uint64 {
	var h uint64
	for _, w := range words {
		h = bits.RotateLeft64((h^w.sum)*0x9E3779B97F4A7C15, 29)
	}
	return h
}

// increasing returns the longest part of pairs in which both numbers grow. The first ones do.
func increasing(pairs [][2]int) [][2]int {
	before := make([]int, len(pairs))
	var ends []int // index of the pair that ends the best sequence of each length
	for n, p := range pairs {
		at := sort.Search(len(ends), func(m int) bool { return pairs[ends[m]][1] >= p[1] })
		before[n] = -1
		if at > 0 {
			before[n] = ends[at-1]
		}
		if at == len(ends) {
			ends = append(ends, n)
		} else {
			ends[at] = n
		}
	}
	var best [][2]int
	if len(ends) > 0 {
		for n := ends[len(ends)-1]; n >= 0; n = before[n] {
			best = append(best, pairs[n])
		}
	}
	slices.Reverse(best)
	return best
}

// The ways in which words pair: how many of each text.
var pairings = [][2]int{{1, 1}, {1, 2}, {2, 1}, {1, 3}, {3, 1}}

// wordByWord aligns two short stretches so that as few words as can be are otherwise, with
// words that a scanner split, joined or misread taken for the same.
func (al *aligner) wordByWord(i, k, j, l int) {
	n, m := k-i, l-j
	cost := make([]float64, (n+1)*(m+1))
	from := make([]uint8, (n+1)*(m+1))
	at := func(x, y int) int { return x*(m+1) + y }
	for x := n; x >= 0; x-- {
		for y := m; y >= 0; y-- {
			if x == n && y == m {
				continue
			}
			best, way := 1e9, uint8(0)
			if x < n {
				best, way = cost[at(x+1, y)]+1, 10
			}
			if y < m && cost[at(x, y+1)]+1 < best {
				best, way = cost[at(x, y+1)]+1, 11
			}
			for p, step := range pairings {
				if x+step[0] > n || y+step[1] > m || cost[at(x+step[0], y+step[1])]+0.01 >= best {
					continue
				}
				if c, ok := al.pair(i+x, step[0], j+y, step[1]); ok && cost[at(x+step[0], y+step[1])]+c < best {
					best, way = cost[at(x+step[0], y+step[1])]+c, uint8(p)
				}
			}
			cost[at(x, y)], from[at(x, y)] = best, way
		}
	}
	for x, y := 0, 0; x < n || y < m; {
		switch way := from[at(x, y)]; way {
		case 10:
			x++
		case 11:
			y++
		default:
			step := pairings[way]
			al.add(i+x, i+x+step[0], j+y, j+y+step[1])
			x, y = x+step[0], y+step[1]
		}
	}
}

// pair returns what it costs to take some words for some others, and false where they are not
// the same.
func (al *aligner) pair(i, n, j, m int) (float64, bool) {
	a, b := al.a[i:i+n], al.b[j:j+m]
	if slices.ContainsFunc(a, isField) || slices.ContainsFunc(b, isField) {
		return 0, false
	}
	if n == 1 && m == 1 && a[0].key == b[0].key {
		return 0, true
	}
	if !al.words.misreadWords(a, b) {
		return 0, false
	}
	return 0.3 * float64(n+m-1), true
}

func isField(w word) bool { return w.field }
