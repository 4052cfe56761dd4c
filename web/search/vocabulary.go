package search

import (
	"math/bits"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/watch287g/watch287g/roster"
)

// vocabulary is every distinct word of all names.
type vocabulary struct {
	terms    []*term   // by their text
	byLength [][]*term // by how many letters they have
}

// term is a word, or two written as one, and the names that it stands in.
type term struct {
	text    string
	letters uint32
	weak    weakness
	found   []posting
}

// posting is one place where a term stands.
type posting struct {
	doc int32
	at  wordSet // none for a word that only the agency's county has
}

// The cost of not matching exactly, in the order in which hits are to be listed. A
// word that begins with what was typed is nearer than one with a slip.
const (
	prefixCost  = 10
	slipCost    = 20
	twoSlipCost = 35
)

// lettersOf is the set of a word's letters as bits; letters of other alphabets
// share them. A slip takes at most one away and brings at most one, which rules
// most terms out before they are compared letter by letter.
func lettersOf(word string) uint32 {
	var set uint32
	for _, r := range word {
		set |= 1 << (r % 32)
	}
	return set
}

// at is where a word stands, or would stand, among the terms.
func (v *vocabulary) at(word string) int {
	return sort.Search(len(v.terms), func(i int) bool { return v.terms[i].text >= word })
}

// knows says whether a word stands in a name just so.
func (v *vocabulary) knows(word string) bool {
	i := v.at(word)
	return i < len(v.terms) && v.terms[i].text == word
}

// begin calls see for the term that is the word, and for those that begin with it
// if it may be unfinished, with their costs.
func (v *vocabulary) begin(word string, unfinished bool, see func(t *term, cost int)) {
	for i := v.at(word); i < len(v.terms) && strings.HasPrefix(v.terms[i].text, word); i++ {
		switch t := v.terms[i]; {
		case t.text == word:
			see(t, 0)
		case unfinished:
			see(t, prefixCost)
		default:
			return
		}
	}
}

// near calls see for the terms that a word is a misprint of, with their costs.
func (v *vocabulary) near(word string, see func(t *term, cost int)) {
	most := slips(word)
	if most == 0 {
		return
	}
	n, letters := utf8.RuneCountInString(word), lettersOf(word)
	for l := n - most; l <= min(n+most, len(v.byLength)-1); l++ {
		for _, t := range v.byLength[l] {
			if bits.OnesCount32(letters&^t.letters) > most || bits.OnesCount32(t.letters&^letters) > most {
				continue
			}
			if cost := misprint(word, t.text, most); cost > 0 {
				see(t, cost)
			}
		}
	}
}

// misprint is the cost of taking a word for another, with so many slips at most; 0
// where they are the same or too far apart.
func misprint(word, other string, most int) int {
	switch d := roster.Distance(word, other); {
	case d == 0 || d > most:
		return 0
	case d == 1:
		return slipCost
	}
	return twoSlipCost
}
