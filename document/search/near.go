package search

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"

	"github.com/kljensen/snowball/english"
)

// known is a word that stands in documents.
type known struct {
	word      string
	seen      string // as a scanner sees it
	letters   uint32 // which are in seen
	documents int    // in about how many it stands
	family    *family
}

func newKnown(word string) known {
	s := seen(word)
	return known{word: word, seen: s, letters: lettersOf(s)}
}

// known returns a word that stands in documents; nil for others.
func (c *catalog) known(word string) *known {
	i, ok := slices.BinarySearchFunc(c.words, word, func(k known, word string) int { return cmp.Compare(k.word, word) })
	if !ok {
		return nil
	}
	return &c.words[i]
}

// family are the words of one stem: "reimburse", "reimbursed", "reimbursement".
type family struct {
	words     []string
	documents int // in about how many one of them stands, at most
}

// stem takes the ending off an English word, and tells who or what does something from what is
// done: a detainer is another thing than to detain, and an officer than an office.
func stem(word string) string {
	s := english.Stem(word, false)
	if one := strings.TrimSuffix(word, "s"); strings.HasSuffix(one, "er") && !strings.HasSuffix(s, "er") || strings.HasSuffix(one, "or") && !strings.HasSuffix(s, "or") {
		s += "er"
	}
	return s
}

// seen writes letters that scanners take for each other in one way.
func seen(word string) string { return pairs.Replace(single.Replace(word)) }

// What scanners take for each other: one letter for one, and then two for one. They are safe
// for concurrent use.
var (
	single = strings.NewReplacer("0", "o", "1", "l", "i", "l", "5", "s", "8", "b", "6", "b", "9", "g", "q", "g")
	pairs  = strings.NewReplacer("rn", "m", "nn", "m", "vv", "w", "cl", "d", "ll", "h", "tl", "h", "e", "c")
)

func lettersOf(s string) (set uint32) {
	for _, r := range s {
		set |= 1 << (uint32(r) % 32) //nolint:gosec // a letter is no negative number
	}
	return set
}

// reach is how many letters a scanner may have got wrong in a word, besides those that are
// taken for each other; -1 where it is too short to tell.
func reach(word string) int {
	switch n := len([]rune(word)); {
	case n < 3:
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

// rare says whether what is in so many documents can be a misreading of what is in n.
func rare(documents, n int) bool { return documents <= harmless || documents*rarer <= n }

// misread says whether words that are so far from those of n documents can be misreadings.
func (f *family) misread(far, n int) bool {
	return n == 0 || far == 0 && f.documents <= n || rare(f.documents, n)
}

// mostForms is how many forms of a word are looked for in what scanners misread.
const mostForms = 8

// alike returns the words that are forms of one, and what a scanner may have made of these:
// the parts of one, and other words, the most likely first.
func (c *catalog) alike(word string) (same []string, near [][]string) {
	documents := 0
	mine := c.families[stem(word)]
	if mine != nil {
		same, documents = mine.words, mine.documents
	}
	forms := []string{word}
	for _, w := range same {
		if w != word && len(forms) < mostForms {
			forms = append(forms, w)
		}
	}
	return same, c.misread(forms, mine, documents)
}

// misread returns what a scanner may have made of words, which are of one family and stand in
// so many documents.
func (c *catalog) misread(words []string, mine *family, documents int) (near [][]string) {
	if strings.ContainsAny(words[0], "0123456789") { // another number is no misreading
		return nil
	}
	type guess struct {
		*known
		far int
	}
	forms := make([]known, len(words))
	for i, w := range words {
		forms[i] = newKnown(w)
		near = append(near, c.parts(w, documents)...)
	}
	var all []guess
	for i := range c.words {
		v := &c.words[i]
		if v.family == mine {
			continue
		}
		for j := range forms {
			if far, ok := c.far(&forms[j], v); ok && v.family.misread(far, documents) {
				all = append(all, guess{v, far})
				break
			}
		}
	}
	slices.SortFunc(all, func(a, b guess) int {
		return cmp.Or(cmp.Compare(a.far, b.far), cmp.Compare(b.documents, a.documents), cmp.Compare(a.word, b.word))
	})
	for _, g := range all {
		near = append(near, []string{g.word})
	}
	return near
}

// far says how many letters a scanner got wrong, if it made one word of another, or of that
// and one beside it.
func (c *catalog) far(word, read *known) (int, bool) {
	most := min(reach(word.word), reach(word.seen))
	if most < 0 {
		return 0, false
	}
	if bits.OnesCount32(word.letters^read.letters) <= 2*most {
		if far := distance(word.seen, read.seen, most); far <= most {
			return far, true
		}
	}
	rest, ok := strings.CutSuffix(read.word, word.word)
	if !ok {
		rest, ok = strings.CutPrefix(read.word, word.word)
	}
	if !ok || !filler(rest) && (len(rest) < 3 || len(word.word) < 4) {
		return 0, false
	}
	beside := c.known(rest)
	return 1, beside != nil && beside.documents > read.documents
}

// parts returns the ways in which a scanner may have torn a word.
func (c *catalog) parts(word string, documents int) (all [][]string) {
	if reach(word) < 0 {
		return nil
	}
	for i := range word {
		a, b := c.known(word[:i]), c.known(word[i:])
		// Where both stand in many documents, they are words of their own: "over time".
		if a != nil && b != nil && (documents == 0 || rare(min(a.documents, b.documents), max(documents, c.readable))) {
			all = append(all, []string{a.word, b.word})
		}
	}
	return all
}

// slips returns what a scanner may have made of words one after the other: it got one of them
// wrong, or joined two.
func (c *catalog) slips(words []string) (near [][]string) {
	for i, w := range words {
		var other [][]string
		if n := c.known(w); len(w) > 3 && !filler(w) {
			documents, mine := 0, c.families[stem(w)]
			if n != nil {
				documents = n.documents
			}
			other = c.misread([]string{w}, mine, documents)
		}
		for _, o := range other[:min(len(other), mostSlips)] {
			near = append(near, slices.Concat(words[:i], o, words[i+1:]))
		}
		if i > 0 && c.known(words[i-1]+w) != nil {
			near = append(near, slices.Concat(words[:i-1], []string{words[i-1] + w}, words[i+1:]))
		}
	}
	return near
}

// mostSlips is how many misreadings of one word in a row are looked for.
const mostSlips = 20

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
