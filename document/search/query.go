package search

import (
	"slices"
	"strings"
	"unicode"
)

const (
	longestQuery = 200 // characters
	mostTerms    = 10
	mostWords    = 200 // that one word of a query can stand for, of each kind
	leastPrefix  = 3   // letters before a star
)

// term is one thing that is looked for.
type term struct {
	words   []string // one after the other
	joined  string   // the same as one word, where it was typed with a hyphen; else ""
	phrase  bool     // exactly these words
	prefix  bool     // the last one is how a word begins
	exclude bool
}

// parse reads what was typed. Nothing is an error: what has no meaning is a word, or nothing.
// cut says that there was more than is looked for.
func parse(text string) (terms []term, cut bool) {
	if runes := []rune(text); len(runes) > longestQuery {
		text, cut = string(runes[:longestQuery]), true
	}
	text = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`, "−", "-", "–", "-").Replace(text)
	for text = strings.TrimLeftFunc(text, unicode.IsSpace); text != ""; text = strings.TrimLeftFunc(text, unicode.IsSpace) {
		var t term
		if len(text) > 1 && text[0] == '-' && text[1] != ' ' && text[1] != '-' {
			t.exclude, text = true, text[1:]
		}
		var typed string
		if strings.HasPrefix(text, `"`) {
			t.phrase = true
			typed, text, _ = strings.Cut(text[1:], `"`)
		} else {
			end := strings.IndexFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == '"' })
			if end < 0 {
				end = len(text)
			}
			typed, text = text[:end], text[end:]
		}
		t.words = wordsOf(typed)
		if n := len(t.words); n == 0 {
			continue
		} else if !t.phrase {
			t.prefix = strings.HasSuffix(typed, "*") && len(t.words[n-1]) >= leastPrefix
			if n > 1 {
				t.joined = folded(strings.Join(t.words, ""))
			}
		}
		if slices.ContainsFunc(terms, t.same) {
			continue
		}
		if len(terms) == mostTerms {
			return withoutFillers(terms), true
		}
		terms = append(terms, t)
	}
	return withoutFillers(terms), cut
}

func (t term) same(o term) bool {
	return slices.Equal(t.words, o.words) && t.phrase == o.phrase && t.prefix == o.prefix && t.exclude == o.exclude
}

// single says whether it is one word that can stand in several ways.
func (t term) single() bool { return len(t.words) == 1 && !t.phrase && !t.prefix }

// withoutFillers leaves out the words that stand in every sentence, where there are others.
func withoutFillers(terms []term) []term {
	kept := slices.DeleteFunc(slices.Clone(terms), func(t term) bool {
		return t.single() && filler(t.words[0])
	})
	if slices.ContainsFunc(kept, func(t term) bool { return !t.exclude }) {
		return kept
	}
	return terms
}

// filler says whether a word stands in every sentence.
func filler(word string) bool {
	return slices.Contains([]string{"a", "an", "and", "by", "for", "in", "of", "on", "or", "the", "to"}, word)
}

// meant is what a term stands for in the words that there are.
type meant struct {
	term
	exact [][]string // sequences of words
	near  [][]string // what a scanner may have made of it
}

// meant looks up what a term stands for.
func (c *catalog) meant(t term) meant {
	m := meant{term: t, exact: [][]string{t.words}}
	if t.joined != "" {
		m.exact = append(m.exact, []string{t.joined})
	}
	var near [][]string
	switch {
	case t.single():
		var same []string
		same, near = c.alike(t.words[0])
		for _, w := range same {
			if w != t.words[0] && len(m.exact) < mostWords {
				m.exact = append(m.exact, []string{w})
			}
		}
	case !t.prefix:
		near = c.slips(t.words)
	}
	if !t.exclude { // what may be a word is no reason to leave a page out
		m.near = near[:min(len(near), mostWords)]
	}
	return m
}
