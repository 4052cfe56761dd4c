package search

import (
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/watch287g/watch287g/roster"
)

// How much of a text is read: more than any name has, and a bound on what a
// search can cost.
const (
	mostLetters   = 100
	mostWords     = 8  // of a query
	mostNameWords = 16 // the bits of a wordSet
)

// wordSet is a set of words of one name, by their places in it.
type wordSet uint16

func (s wordSet) len() int { return bits.OnesCount16(uint16(s)) }

// shortForms are known words that people write in several ways. A sheriff's
// office is the sheriff, and a police department the police: the other word is
// common.
var shortForms = map[string]string{
	"saint": "st", "sainte": "st", "ste": "st", "mt": "mount", "ft": "fort",
	"co": "county", "cty": "county", "cnty": "county", "counties": "county",
	"so": "sheriff", "sheriffs": "sheriff", "pd": "police", "dept": "department", "dep": "department",
	"depts": "department", "departments": "department", "ofc": "office", "offices": "office",
	"twp": "township", "townships": "township", "villages": "village", "cities": "city", "univ": "university",
}

// wordClass says how much a word tells one name from another. A query need not
// match a word that is not distinctive.
type wordClass uint8

const (
	distinctive wordClass = iota
	agencyKind            // says what kind of agency is wanted
	common                // stands in a great many names
	filler                // is not part of what anything is called
)

var classes = map[string]wordClass{
	"sheriff": agencyKind, "police": agencyKind,
	"county": common, "parish": common, "borough": common, "municipio": common, "city": common, "town": common,
	"township": common, "village": common, "state": common, "office": common, "department": common,
	"of": filler, "the": filler, "and": filler, "in": filler, "at": filler, "for": filler,
}

// missing is what it costs a name not to have a word of that class. A state has
// sheriffs and police, whatever it is called.
func (c wordClass) missing(k Kind) int16 {
	if c == agencyKind && k != KindState {
		return 9
	}
	return 1
}

// split reduces a text to its words, so that accents, apostrophes, hyphens and
// case do not matter, and leaves out those after the most.
func split(s string, most int) []string {
	// Compatibility forms too: a letter of double width is that letter.
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(cut(s)))
	words := strings.Fields(roster.Fold(cut(s)))
	return words[:min(most, len(words))]
}

// cut drops what is beyond the most letters that are read.
func cut(s string) string {
	letters := 0
	for i := range s {
		if letters == mostLetters {
			return s[:i]
		}
		letters++
	}
	return s
}

// canonical is the form of a word that the index knows.
func canonical(word string) string {
	if form, short := shortForms[word]; short {
		return form
	}
	return word
}

// nameWords are a name's words in the form that the index knows.
func nameWords(name string) []string {
	words := split(name, mostNameWords)
	for i, w := range words {
		words[i] = canonical(w)
	}
	return words
}

// slips is how many typos a word of so many letters may have. A number has none:
// Precinct 1 is not Precinct 2.
func slips(word string) int {
	switch n := utf8.RuneCountInString(word); {
	case n <= 3 || numbered(word):
		return 0
	case n <= 6:
		return 1
	}
	return 2
}

func numbered(word string) bool { return strings.IndexFunc(word, unicode.IsDigit) >= 0 }

// letterSet is the set of a word's letters as bits; letters of other alphabets
// share them.
type letterSet uint32

func lettersOf(word string) (set letterSet) {
	for _, r := range word {
		set |= 1 << (r % 32)
	}
	return set
}

// within says whether so many slips can turn one word into another, as far as
// their letters tell: a slip takes at most one away and brings at most one. It
// spares comparing most words letter by letter.
func (s letterSet) within(slips int, other letterSet) bool {
	return bits.OnesCount32(uint32(s&^other)) <= slips && bits.OnesCount32(uint32(other&^s)) <= slips
}
