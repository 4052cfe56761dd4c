package diff

import (
	"slices"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// likeness says how two names relate, the likest first.
type likeness int

const (
	identical likeness = iota + 1 // one normal form
	near                          // the same kind of body, and the place misprinted or its words in another order
	wordMore                      // the same kind of body, and one word of the place more or less
	samePlace                     // the same place, and another body of it
	loose                         // places that might be one
	unrelated                     // nothing speaks for one agency
	contrary                      // something speaks against it
)

// comparison is how two names relate, and why.
type comparison struct {
	likeness  likeness
	slips     int    // letters that differ, where the names are near
	statewide bool   // a name says no place, and a state has few such bodies
	mended    bool   // one of the two speaks of a real county or town, and the other of none
	why       string // in the words of a sentence: "the names differ by one letter"
}

// compare compares two names by their words alone. It is the same both ways
// round.
func compare(a, b *name) comparison {
	c := comparison{mended: a.real() != b.real(), statewide: len(a.place) == 0 || len(b.place) == 0}
	c.likeness, c.slips, c.why = compareWords(a, b)
	return c
}

func compareWords(a, b *name) (l likeness, slips int, why string) {
	if why := contradiction(a, b); why != "" {
		return contrary, 0, why
	}
	if a.bare == b.bare {
		return identical, 0, "the names say the same"
	}
	if n, ok := wordsNear(a, b); ok {
		return near, n, slipsInWords(n)
	}
	if len(a.place)+len(b.place) == 0 {
		return compareBodies(a, b)
	}
	n, more, alike := placesAlike(a.place, b.place)
	switch {
	case len(a.place)+len(b.place) == 1 && len(a.body) > 1 && slices.Equal(a.body, b.body):
		return wordMore, 0, "one name has a word more"
	case !alike && loosely(a.place, b.place):
		return loose, 0, "the names have some words in common"
	case !alike:
		return unrelated, 0, "the names are unlike"
	case a.kind != b.kind && (a.kind != "" || len(a.body) > 0) && (b.kind != "" || len(b.body) > 0):
		return samePlace, 0, "the names are of one place, and of different bodies"
	case more:
		return wordMore, 0, "one name has a word more"
	}
	return near, n, slipsInWords(n)
}

// compareBodies compares two names that say no place.
func compareBodies(a, b *name) (l likeness, slips int, why string) {
	left, right := unmatched(a.body, b.body)
	switch {
	case a.kind == b.kind && bodiesNear(a.body, b.body):
		return near, 2, "the names differ by a common word"
	case a.kind == b.kind && min(len(a.body), len(b.body)) > 1 && (len(left) == 0 || len(right) == 0):
		return wordMore, 0, "one name has some words more"
	}
	return unrelated, 0, "the names are of different bodies"
}

// mostSlips is how many letters of a whole name may differ, of so many at least.
const (
	mostSlips  = 2
	longEnough = 12
)

// wordsNear says whether two whole names differ by a slip or two, wherever in
// them: what the parts of a name are, a misprint can hide.
func wordsNear(a, b *name) (n int, ok bool) {
	x, y := a.folded, b.folded
	if off := len(x) - len(y); min(len(x), len(y)) >= longEnough && off <= mostSlips && -off <= mostSlips && max(len(x), len(y)) <= longestWord {
		if n = distanceUpTo(x, y, mostSlips); n <= mostSlips {
			return n, true
		}
	}
	if len(a.words) == 0 || len(b.words) == 0 {
		return 0, false
	}
	left, right := unmatched(a.words, b.words)
	own := strings.Fields(roster.Fold(a.state.Name()))
	ofState := func(w string) bool { return slices.Contains(own, w) }
	left, right = slices.DeleteFunc(left, ofState), slices.DeleteFunc(right, ofState)
	switch {
	case len(left) == 0 && len(right) == 0:
		return mostSlips, true
	case len(left) == 1 && len(right) == 1 && distance(left[0], right[0]) == 1 && len(a.words) > 2:
		return 1, true // a short word, misprinted: "Stae"
	}
	return 0, false
}

func slipsInWords(n int) string {
	switch n {
	case 0:
		return "the names differ by common words or their order"
	case 1:
		return "the names differ by one letter"
	}
	return "the names differ by a few letters"
}

// contradiction says what in two names speaks against one agency, "" for nothing.
func contradiction(a, b *name) string {
	switch {
	case !slices.Equal(a.numbers, b.numbers) && !numberMisprinted(a, b):
		return "the names have different numbers"
	case a.form != "" && b.form != "" && a.form != b.form:
		return "one is a " + a.form + " and the other a " + b.form
	case !sidesAgree(a, b) || !sidesAgree(b, a):
		return "a word such as North stands in one name alone"
	case a.state != b.state || a.joined == b.joined:
		return ""
	case a.fips != "" && b.fips != "" && a.fips != b.fips:
		return "both counties exist"
	case a.towns != nil && b.towns != nil && !a.ofCounty() && !b.ofCounty():
		return "both towns exist"
	}
	return ""
}

// numberMisprinted says whether one of two names lacks the other's number only
// because a letter of it is misprinted: "Thir Judicial Circuit".
func numberMisprinted(a, b *name) bool {
	return len(a.numbers) != len(b.numbers) && min(len(a.folded), len(b.folded)) >= longEnough && distanceUpTo(a.folded, b.folded, 1) <= 1 &&
		!strings.ContainsAny(a.folded+b.folded, "0123456789")
}

// sidesAgree says whether each "North" of one name stands in the other, as such
// or as a misprint.
func sidesAgree(a, b *name) bool {
	for _, side := range a.sides {
		if !slices.ContainsFunc(b.place, func(w string) bool {
			return w == side || !sideWords[w] && distance(w, side) == 1
		}) {
			return false
		}
	}
	return true
}

// slips is how many typing slips are forgiven in that many letters.
func slips(letters int) int {
	switch {
	case letters < 4:
		return 0
	case letters < 8:
		return 1
	case letters < 13:
		return 2
	}
	return 3
}

// placesAlike says whether the words that name the place are the same but for
// misprints, of which it returns how many, their order, and one word more or less.
func placesAlike(a, b []string) (n int, more, alike bool) {
	if len(a) == 0 || len(b) == 0 {
		return 0, false, len(a) == len(b)
	}
	if n, ok := slipped(strings.Join(a, ""), strings.Join(b, "")); ok {
		return n, false, true
	}
	left, right := unmatched(a, b)
	switch {
	case len(left) == 0 && len(right) == 0:
		return 0, false, true
	case len(left) == len(right):
		n, alike = slipped(strings.Join(left, ""), strings.Join(right, ""))
		return n, false, alike
	case len(left)+len(right) == 1 && !schooled(a) && !schooled(b):
		// One word more, beside at least one that both have: "Melbourne" and
		// "Melbourne Beach". That these are two cities, only a list that has both
		// can decide, or the map.
		return 0, !misprintsCommon(slices.Concat(left, right)[0]), true
	}
	return 0, false, false
}

// misprintsCommon says whether a word is a common one, misprinted beyond what
// parse mends: then it is no word of the place.
func misprintsCommon(w string) bool {
	if len(w) < 5 {
		return false
	}
	for _, g := range commonWords {
		if g.word[0] == w[0] && 2*distance(w, g.word) <= len(g.word) {
			return true
		}
	}
	return false
}

// slipped says whether two words are one but for a typing slip or two, and how many.
func slipped(a, b string) (n int, ok bool) {
	if a == "" || b == "" || a == b || len(a) > longestWord || len(b) > longestWord {
		return 0, a == b
	}
	most := slips(min(len(a), len(b)))
	if off := len(a) - len(b); off > most || -off > most {
		return 0, false
	}
	n = distanceUpTo(a, b, most)
	return n, n <= most && (n <= 1 || a[0] == b[0]) // people rarely miss the first letter
}

// unmatched pairs off the words that two names share, misprints included, and
// returns what is left of each.
func unmatched(a, b []string) (left, right []string) {
	right = slices.Clone(b)
	for _, w := range a {
		least, at := longestWord, -1
		for i, v := range right {
			if n, ok := slipped(w, v); ok && n < least {
				least, at = n, i
			}
		}
		if at < 0 {
			left = append(left, w)
		} else {
			right = slices.Delete(right, at, at+1)
		}
	}
	return left, right
}

// bodiesNear compares names that consist of generic words alone, such as
// "State Police" and "State Police Department".
func bodiesNear(a, b []string) bool {
	left, right := unmatched(a, b)
	return len(left)+len(right) <= 2 && len(a)-len(left) >= 2
}

// loosely says whether the places might be one: the same words but for a few
// more on one side, or a likeness too weak to rest on alone.
func loosely(a, b []string) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	left, right := unmatched(a, b)
	if len(left) == 0 || len(right) == 0 {
		return !schooled(a) && !schooled(b)
	}
	x, y := strings.Join(left, ""), strings.Join(right, "")
	return x[0] == y[0] && 5*distance(x, y) <= 2*max(len(x), len(y))
}

// longestWord is more letters than a place's name has; of what is longer, only
// the beginning is compared.
const longestWord = 64

// distance is roster.Distance for folded words, without an allocation.
func distance(a, b string) int { return distanceUpTo(a, b, longestWord) }

// distanceUpTo is the distance of two words, or a number greater than most where
// it is more than that, which is known sooner.
func distanceUpTo(a, b string, most int) int {
	a, b = a[:min(len(a), longestWord)], b[:min(len(b), longestWord)]
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if off := len(a) - len(b); off > most || -off > most || len(a) == 0 || len(b) == 0 {
		return max(len(a), len(b))
	}
	var rows [3][longestWord + 1]int
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+1)
			if a[i-1] == b[j-1] {
				row[j] = last[j-1]
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > most+1 { // a swap of letters can still bring one back
			return least
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
