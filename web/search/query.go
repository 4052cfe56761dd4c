package search

// query is what was asked for.
type query struct {
	words  []word
	states [mostWords][]reading // by the first of their words
	mended bool                 // a weak word had a typo
	finds  [filler + 1]bool     // which words find names on their own
}

// word is one word of a query, in the form that the index knows.
type word struct {
	text  string
	known bool // it stands in a name just so
	weak  weakness
}

// parse reads a query.
func (x *Index) parse(text string) query {
	typed := split(text, mostWords)
	q := query{words: make([]word, len(typed))}
	for i, t := range typed {
		q.words[i] = x.word(canonical(t), &q)
	}
	weak, states := 0, 0 // which words are weak, and which may name a state, as bits
	for i := range q.words {
		w, last := &q.words[i], i == len(typed)-1
		if w.text == "in" {
			if !last {
				weak |= 1 << i
				continue // "police in Miami"
			}
			w.weak = strong // "Greene, IN"
		}
		if w.weak != strong {
			weak |= 1 << i
		}
		q.states[i] = x.states.read(typed, q.words, i)
		for _, r := range q.states[i] {
			states |= 1<<r.to - 1<<i
		}
	}
	all := 1<<len(typed) - 1
	q.finds[strong] = true
	q.finds[calling] = weak|states == all // "Texas sheriffs"
	q.finds[common] = weak == all
	return q
}

// word looks up a word of the query. One that is nearer to a weak word than to any
// that tells something is that weak word.
func (x *Index) word(text string, q *query) word {
	w := word{text: text, known: x.words.knows(text), weak: weakWords[text]}
	if w.known || w.weak != strong {
		return w
	}
	meant, cost := mendWeak(text)
	if meant == "" {
		return w
	}
	x.words.near(text, func(t *term, c int) {
		if t.weak == strong && c <= cost {
			meant = ""
		}
	})
	if meant == "" {
		return w
	}
	q.mended = true
	return word{text: meant, known: true, weak: weakWords[meant]}
}

// look calls see for all terms that a word of the query may mean, or two
// neighbours written as one ("De Kalb", "O Brien"). The last word may be the
// beginning of a longer one, and a single letter is ("E. Baton Rouge").
func (q *query) look(v *vocabulary, see func(slot int, t *term, cost int)) {
	last := len(q.words) - 1
	for i, w := range q.words {
		here := func(t *term, cost int) { see(i, t, cost) }
		v.begin(w.text, !numbered(w.text) && (i == last || len(w.text) == 1), here)
		if w.weak == strong {
			v.near(w.text, here)
		}
		if i == last {
			return
		}
		next := q.words[i+1]
		joined := w.text + next.text
		here = func(t *term, cost int) { see(mostWords+i, t, cost) }
		v.begin(joined, i+1 == last && !numbered(joined), here)
		if !w.known || !next.known { // else each is right as it is
			v.near(joined, here)
		}
	}
}
