package search

import (
	"cmp"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// longestState is how many words of a query can name a state together, as in
// "Northern Mariana Islands".
const longestState = 3

// reading is a state that words of a query may name. Most such words can stand in
// a name, too: whether they name the state is settled name by name.
type reading struct {
	to    int // the word after the last one
	state roster.State
	cost  int
}

// stateReader knows what states are called, all written as one word.
type stateReader struct {
	forms map[string]roster.State
	names []stateName
}

type stateName struct {
	name  string
	state roster.State
}

func newStateReader() stateReader {
	r := stateReader{forms: map[string]roster.State{
		// What newspapers write, where it is not how the name begins.
		"fla": "FL", "penna": "PA", "wva": "WV",
		"washingtondc": "DC", "usvirginislands": "VI", "northernmarianas": "MP", "cnmi": "MP",
	}}
	for _, s := range roster.States() {
		words := strings.Fields(roster.Fold(s.Name()))
		name := strings.Join(words, "")
		r.names = append(r.names, stateName{name, s})
		r.forms[name], r.forms[strings.ToLower(string(s))] = s, s
		if len(words) == 2 { // N. Carolina
			r.forms[words[0][:1]+words[1]] = s
		}
	}
	slices.SortFunc(r.names, func(a, b stateName) int { return cmp.Compare(a.name, b.name) })
	return r
}

// read returns the states that a query's words from i on may name, as they were
// typed. Words that stand in names just so are no misprint of a state's: the
// Indian River is not in Indiana.
func (r *stateReader) read(typed []string, words []word, i int) []reading {
	var all []reading
	name, known := "", true
	for to := i + 1; to <= min(i+longestState, len(words)); to++ {
		name += typed[to-1]
		known = known && words[to-1].known
		if s, exact := r.forms[name]; exact {
			all = append(all, reading{to, s, 0})
			continue
		}
		if len(name) < 3 || numbered(name) {
			continue
		}
		begun := len(all)
		for _, s := range r.names {
			if strings.HasPrefix(s.name, name) { // Calif., Penn., Tex.
				all = append(all, reading{to, s.state, prefixCost})
			}
		}
		if known || len(name) == 3 || begun < len(all) {
			continue
		}
		if s, near := roster.ParseState(name); near {
			all = append(all, reading{to, s, slipCost})
		}
	}
	return all
}
