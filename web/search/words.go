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
// weak and tells nothing more.
var shortForms = map[string]string{
	"saint": "st", "sainte": "st", "ste": "st", "mt": "mount", "ft": "fort",
	"co": "county", "cty": "county", "cnty": "county", "counties": "county",
	"so": "sheriff", "sheriffs": "sheriff", "pd": "police", "dept": "department", "dep": "department",
	"depts": "department", "departments": "department", "ofc": "office", "offices": "office",
	"twp": "township", "townships": "township", "villages": "village", "cities": "city", "univ": "university",
}

// weakness is how little a word tells one name from another. A query need not
// match a weak word.
type weakness uint8

const (
	strong  weakness = iota
	calling          // says what kind of agency is wanted
	common           // stands in a great many names
	filler           // is no part of what anything is called
)

var weakWords = map[string]weakness{
	"sheriff": calling, "police": calling,
	"county": common, "parish": common, "borough": common, "municipio": common, "city": common, "town": common,
	"township": common, "village": common, "state": common, "office": common, "department": common,
	"of": filler, "the": filler, "and": filler, "in": filler, "at": filler, "for": filler,
}

// cost is what it costs a name of that kind not to have the word. A state has
// sheriffs and police, whatever it is called.
func (w weakness) cost(k Kind) int {
	if w == calling && k != KindState {
		return 9
	}
	return 1
}

// mendable are the weak words that are long enough to be known in spite of a
// typo, in a fixed order.
var mendable = []string{"borough", "county", "department", "office", "parish", "police", "sheriff", "township", "village"}

// split reduces a text to its words, so that accents, apostrophes, hyphens and
// case do not matter, and leaves out those after the most.
func split(s string, most int) []string {
	if !ascii(s) {
		// Compatibility forms too: a letter of double width is that letter.
		s = norm.NFKD.String(cut(s))
		s = strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) {
				return -1
			}
			return r
		}, s)
	}
	words := strings.Fields(roster.Fold(cut(s)))
	return words[:min(most, len(words))]
}

// cut drops what is beyond the most letters that are read.
func cut(s string) string {
	if len(s) <= mostLetters {
		return s
	}
	n := 0
	for i := range s {
		if n == mostLetters {
			return s[:i]
		}
		n++
	}
	return s
}

func ascii(s string) bool {
	for i := range min(len(s), mostLetters) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
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
	if numbered(word) {
		return 0
	}
	switch n := utf8.RuneCountInString(word); {
	case n <= 3:
		return 0
	case n <= 6:
		return 1
	}
	return 2
}

func numbered(word string) bool { return strings.IndexFunc(word, unicode.IsDigit) >= 0 }

// mendWeak returns the weak word that a word is a misprint of, with the cost; ""
// where there is none.
func mendWeak(word string) (meant string, cost int) {
	if len(word) < 5 {
		return "", 0
	}
	for _, w := range mendable {
		if c := misprint(word, w, slips(word)); c > 0 && (meant == "" || c < cost) {
			meant, cost = w, c
		}
	}
	return meant, cost
}
