package search

import (
	"slices"
	"strings"
)

// marker finds in a passage what was looked for.
type marker struct {
	words    map[string][][]string // sequences by their first words
	prefixes [][]string            // whose last word is how a word begins
}

func newMarker(asked []meant) *marker {
	m := &marker{words: map[string][][]string{}}
	for _, a := range asked {
		switch {
		case a.exclude:
		case a.prefix:
			m.prefixes = append(m.prefixes, a.exact...)
		default:
			for _, s := range slices.Concat(a.exact, a.near) {
				m.words[s[0]] = append(m.words[s[0]], s)
			}
		}
	}
	return m
}

// length says of how many words the longest sequence is that begins a text; 0 for none.
func (m *marker) length(text []token) (most int) {
	for _, s := range m.words[text[0].word] {
		if len(s) > most && begins(text, s, false) {
			most = len(s)
		}
	}
	for _, s := range m.prefixes {
		if len(s) > most && begins(text, s, true) {
			most = len(s)
		}
	}
	return most
}

func begins(text []token, sequence []string, prefix bool) bool {
	if len(text) < len(sequence) {
		return false
	}
	for i, w := range sequence {
		if text[i].word == w || prefix && i == len(sequence)-1 && strings.HasPrefix(text[i].word, w) {
			continue
		}
		return false
	}
	return true
}

// pieces marks in a passage what was looked for.
func (m *marker) pieces(text string) (all []Piece) {
	done := 0
	words := tokens(text)
	for marked := 0; len(words) > 0; words = words[1:] {
		t := words[0]
		marked = max(marked-1, m.length(words))
		if marked == 0 && strings.ContainsRune(text[t.from:t.to], broken) { // its parts are words, too
			for parts := tokens(strings.ReplaceAll(text[t.from:t.to], string(broken), "-")); len(parts) > 0 && marked == 0; parts = parts[1:] {
				marked = min(m.length(parts), 1)
			}
		}
		if marked == 0 {
			continue
		}
		if t.from > done {
			all = append(all, Piece{Text: shown(text[done:t.from])})
		}
		all = append(all, Piece{shown(text[t.from:t.to]), true})
		done = t.to
	}
	if done < len(text) {
		all = append(all, Piece{Text: shown(text[done:])})
	}
	return all
}
