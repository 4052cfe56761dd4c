package search

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"

	"github.com/kljensen/snowball/english"
)

// family are the words of one stem: "reimburse", "reimbursed", "reimbursement".
type family struct {
	stem      string
	seen      string // the stem as a scanner sees it
	letters   uint32 // which are in seen
	words     []string
	documents int // in about how many one of them stands, at most
}

// stem takes the ending off an English word.
func stem(word string) string { return english.Stem(word, false) }

// seen writes letters that scanners take for each other in one way.
func seen(word string) string {
	return confused.Replace(word)
}

// confused is what scanners take for each other. It is safe for concurrent use.
var confused = strings.NewReplacer("rn", "m", "nn", "m", "vv", "w", "cl", "d", "li", "h", "0", "o", "1", "l", "i", "l", "|", "l", "5", "s", "8", "b", "6", "b", "e", "c", "9", "g", "q", "g")

func lettersOf(s string) (set uint32) {
	for _, r := range s {
		set |= 1 << (uint32(r) % 32) //nolint:gosec // a letter is no negative number
	}
	return set
}

// reach is how many letters a scanner may have got wrong in the stem of a word, besides
// those that are taken for each other; -1 where it is too short to tell.
func reach(stem string) int {
	switch n := len([]rune(stem)); {
	case n < 4:
		return -1
	case n < 5:
		return 0
	case n < 8:
		return 1
	}
	return 2
}

// Where a word is in more documents than the parts of these of what was asked for, it is a
// word of its own, as "state" and "stale" are, and no misreading.
const (
	rarer    = 5
	harmless = 2 // documents, of which nothing can be concluded
)

// misread says whether words that are so far from those of n documents can be misreadings.
func (f *family) misread(far, n int) bool {
	return n == 0 || far == 0 && f.documents <= n || f.documents <= harmless || f.documents*rarer <= n
}

// alike returns the words that are forms of one, and those that a scanner may have made of
// it, the most likely first.
func (c *catalog) alike(word string) (same, near []string) {
	own := stem(word)
	mine := c.families[own]
	documents := 0
	if mine != nil {
		same, documents = mine.words, mine.documents
	}
	most := reach(own)
	if most < 0 || strings.ContainsAny(own, "0123456789") { // another number is no misreading
		return same, nil
	}
	type guess struct {
		*family
		far int
	}
	var all []guess
	form := seen(own)
	letters := lettersOf(form)
	for _, f := range c.byStem {
		if f == mine || bits.OnesCount32(letters^f.letters) > 2*most {
			continue
		}
		if far := distance(form, f.seen, most); far <= most && f.misread(far, documents) {
			all = append(all, guess{f, far})
		}
	}
	slices.SortFunc(all, func(a, b guess) int {
		return cmp.Or(cmp.Compare(a.far, b.far), cmp.Compare(b.documents, a.documents), cmp.Compare(a.stem, b.stem))
	})
	for _, g := range all {
		near = append(near, g.words...)
	}
	return same, near
}

// distance is how many letters are another one, missing, too many or exchanged with the one
// beside it; more than most where it is more than that.
func distance(a, b string, most int) int {
	if len(a)-len(b) > most || len(b)-len(a) > most {
		return most + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			d := last[j-1]
			if a[i-1] != b[j-1] {
				d = 1 + min(d, last[j], row[j-1])
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			row[j] = d
			least = min(least, d)
		}
		if least > most {
			return least
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
