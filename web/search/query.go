package search

import (
	"cmp"
	"iter"
	"maps"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// query is what was asked for.
type query struct {
	words  []word
	mended bool      // a word that is not distinctive had a typo
	naming bool      // some words may name a state
	finds  wordClass // words up to this class find names on their own
}

// word is one word of a query, in the form that the index knows.
type word struct {
	text   string
	typed  string
	known  bool // it is a word of names
	class  wordClass
	states []reading // those that it may name, on its own or with the next words
}

// reading is a state that words of a query may name. Most such words can stand in
// a name, too: which they do is settled name by name.
type reading struct {
	to    int // the word after the last one
	state roster.State
	cost  int16
}

// parse reads a query.
func (x *Index) parse(text string) query {
	typed := split(text, mostWords)
	q := query{words: make([]word, len(typed))}
	for i, t := range typed {
		q.words[i] = x.word(t, &q)
	}
	weak, states := 0, 0 // which words are not distinctive, and which may name a state, as bits
	for i := range q.words {
		w, last := &q.words[i], i == len(typed)-1
		if w.text == "in" && last {
			w.class = distinctive // "Greene, IN"
		}
		if w.class != distinctive {
			weak |= 1 << i
		}
		if w.text == "in" && !last {
			continue // "police in Miami"
		}
		w.states = x.readStates(q.words, i)
		for _, r := range w.states {
			states |= 1<<r.to - 1<<i
		}
	}
	q.naming = states != 0
	switch all := 1<<len(typed) - 1; all {
	case weak:
		q.finds = common
	case weak | states: // "Texas sheriffs"
		q.finds = agencyKind
	}
	return q
}

// word looks up a word of the query. One that is nearer to a word that is not
// distinctive than to any that is, is that word with a typo.
func (x *Index) word(typed string, q *query) word {
	w := word{text: canonical(typed), typed: typed}
	w.class = classes[w.text]
	if _, w.known = x.termIDs[w.text]; w.known {
		return w
	}
	const shortest = 6 // the letters of a word that is known in spite of a typo
	best, meant := 0, ""
	for id, cost := range x.alike(w.text, false, true) {
		t := &x.terms[id]
		switch mendable := t.class != distinctive && len(t.text) >= shortest; {
		case mendable && (best == 0 || cost < best):
			best, meant = cost, t.text
		case t.class == distinctive && (best == 0 || cost <= best):
			best, meant = cost, ""
		}
	}
	if meant != "" {
		q.mended = true
		w.text, w.known, w.class = meant, true, classes[meant]
	}
	return w
}

// The cost of not matching exactly, in the order in which hits are to be listed. A
// word that begins with what was typed is nearer than one with a slip.
const (
	prefixCost  = 10
	slipCost    = 20
	twoSlipCost = 35
)

// alike returns the terms that a word may mean, by their numbers, each with its
// cost: the word itself; those that begin with it, where it may be unfinished; and
// those that it is a misprint of, where it is to be mended.
func (x *Index) alike(word string, unfinished, mend bool) iter.Seq2[int, int] {
	most := 0
	if mend {
		most = slips(word)
	}
	unfinished = unfinished && !numbered(word)
	letters := lettersOf(word)
	return func(yield func(int, int) bool) {
		if most == 0 && !unfinished {
			if id, known := x.termIDs[word]; known {
				yield(int(id), 0)
			}
			return
		}
		for id := range x.terms {
			t := &x.terms[id]
			cost := -1
			switch {
			case t.text == word:
				cost = 0
			case unfinished && strings.HasPrefix(t.text, word):
				cost = prefixCost
			case most > 0 && letters.within(most, t.letters):
				switch d := roster.Distance(word, t.text); {
				case d > most:
				case d == 1:
					cost = slipCost
				default:
					cost = twoSlipCost
				}
			}
			if cost >= 0 && !yield(id, cost) {
				return
			}
		}
	}
}

// stateForms is what newspapers call a state, as one word, where it is not how its
// name begins.
var stateForms = map[string]roster.State{
	"fla": "FL", "penna": "PA", "wva": "WV",
	"washingtondc": "DC", "usvirginislands": "VI", "northernmarianas": "MP", "cnmi": "MP",
}

// nameStates makes the maps of what states are called, all written as one word.
func (x *Index) nameStates() {
	x.stateNames, x.stateForms = map[string]roster.State{}, maps.Clone(stateForms)
	for _, s := range roster.States() {
		words := strings.Fields(roster.Fold(s.Name()))
		x.stateNames[strings.Join(words, "")] = s
		x.stateForms[strings.ToLower(string(s))] = s
		if len(words) == 2 { // N. Carolina
			x.stateForms[words[0][:1]+words[1]] = s
		}
	}
}

// longestState is how many words of a query can name a state together, as in
// "Northern Mariana Islands".
const longestState = 3

// readStates returns the states that a query's words from one on may name, as they
// were typed. Words that stand in names just so are not a misprint of a state's: the
// Indian River is not in Indiana.
func (x *Index) readStates(words []word, from int) []reading {
	var all []reading
	typed, known := "", true
	for i, w := range words[from:min(from+longestState, len(words))] {
		typed += w.typed
		known = known && w.known
		r := reading{to: from + i + 1}
		if r.state = cmp.Or(x.stateNames[typed], x.stateForms[typed]); r.state != "" {
			all = append(all, r)
			continue
		}
		if len(typed) < 3 || numbered(typed) {
			continue
		}
		begun := false
		for name, s := range x.stateNames {
			if strings.HasPrefix(name, typed) { // Calif., Penn., Tex.
				begun = true
				r.state, r.cost = s, prefixCost
				all = append(all, r)
			}
		}
		if known || begun || len(typed) == 3 {
			continue
		}
		if s, near := roster.ParseState(typed); near {
			r.state, r.cost = s, slipCost
			all = append(all, r)
		}
	}
	return all
}
