package document

import (
	"cmp"
	"slices"
)

// Of blocks that stand in another order than in the standard text.
const (
	blockRun    = 4  // words of a run that both have once
	leastBlock  = 8  // runs that show where a block belongs
	nextInBlock = 60 // words after which a run is still of the same block
)

// reordered returns a text's words in the order of another one, where whole blocks of it are
// elsewhere: pages that were scanned out of their order.
func reordered(a, b []word) []word {
	type block struct{ a, b, runs int }
	var blocks []block
	last := 0
	for _, p := range runsInBoth(a, b) {
		inOrder := len(blocks) > 0 && p[0] > last && p[0] < last+nextInBlock
		if !inOrder {
			blocks = append(blocks, block{a: p[0], b: p[1]})
		}
		blocks[len(blocks)-1].runs++
		last = p[0]
	}
	blocks = slices.DeleteFunc(blocks, func(x block) bool { return x.runs < leastBlock })
	byStandard := func(x, y block) int { return cmp.Compare(x.a, y.a) }
	if len(blocks) == 0 || slices.IsSortedFunc(blocks, byStandard) {
		return b
	}
	blocks[0].b = 0
	ends := map[int]int{}
	for i, x := range blocks {
		ends[x.b] = len(b)
		if i+1 < len(blocks) {
			ends[x.b] = blocks[i+1].b
		}
	}
	slices.SortStableFunc(blocks, byStandard)
	moved := make([]word, 0, len(b))
	for _, x := range blocks {
		moved = append(moved, b[x.b:ends[x.b]]...)
	}
	return moved
}

// runsInBoth returns where runs of words stand that each text has once, in the order of the
// second.
func runsInBoth(a, b []word) [][2]int {
	once := func(words []word) map[uint64]int {
		where := make(map[uint64]int, len(words))
		for n := 0; n+blockRun <= len(words); n++ {
			key := runKey(words[n : n+blockRun])
			if _, twice := where[key]; twice {
				where[key] = -1
			} else {
				where[key] = n
			}
		}
		return where
	}
	inA, inB := once(a), once(b)
	var pairs [][2]int
	for key, n := range inB {
		if at, ok := inA[key]; ok && at >= 0 && n >= 0 {
			pairs = append(pairs, [2]int{at, n})
		}
	}
	slices.SortFunc(pairs, func(x, y [2]int) int { return cmp.Compare(x[1], y[1]) })
	return pairs
}
