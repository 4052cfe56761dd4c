package search

import (
	"math/bits"

	"github.com/watch287g/watch287g/roster"
)

// slots is how many things of a query are looked up: each word, then each two
// neighbors written as one ("De Kalb", "O Brien").
const slots = 2 * mostWords

// costs says which slots a term matches, as bits, and what each costs.
type costs struct {
	slots uint16
	cost  [slots]uint8
}

// match is how a word of the query, or two neighbors, stands in a name.
type match struct {
	found bool
	class wordClass
	cost  int16
	at    wordSet
}

// matches are those of one name.
type matches [slots]match

// found is an entry that matches, before it is known whether it is among the
// first.
type found struct {
	entry  int32
	points int
	exact  bool
}

// lookUp returns what each term costs. The last word may be the beginning of a
// longer one, and a single letter is ("E. Baton Rouge").
func (x *Index) lookUp(q *query) []costs {
	all := make([]costs, len(x.terms))
	add := func(slot int, text string, unfinished, mend bool) {
		for id, cost := range x.alike(text, unfinished, mend) {
			all[id].slots |= 1 << slot
			all[id].cost[slot] = uint8(cost)
		}
	}
	last := len(q.words) - 1
	for i, w := range q.words {
		add(i, w.text, i == last || len(w.text) == 1, w.class == distinctive)
		if i < last {
			next := q.words[i+1]
			add(mostWords+i, w.text+next.text, i+1 == last, !w.known || !next.known) // else each is right as it is
		}
	}
	return all
}

// scan returns every entry that the query finds, in the order of the entries.
func (x *Index) scan(q *query) []found {
	costs := x.lookUp(q)
	var all []found
	for i := range x.names {
		n := &x.names[i]
		e := &x.entries[n.entry]
		m, ok := x.match(n, costs, q.finds)
		if !ok {
			if _, named := q.names(e.state); !named || e.kind != KindState {
				continue
			}
		}
		f, ok := q.judge(&m, n, e)
		switch last := len(all) - 1; {
		case !ok:
		case last >= 0 && all[last].entry == f.entry:
			if f.points > all[last].points {
				all[last] = f // another spelling fits better
			}
		default:
			all = append(all, f)
		}
	}
	return all
}

// match says how a query's words stand in a name, and whether one of them finds
// the name. Others stand in most names and tell nothing on their own.
func (x *Index) match(n *name, costs []costs, finds wordClass) (m matches, ok bool) {
	for _, t := range n.tokens {
		c := &costs[t.term]
		for rest := c.slots; rest != 0; rest &= rest - 1 {
			slot := bits.TrailingZeros16(rest)
			class, cost := x.terms[t.term].class, int16(c.cost[slot])
			ok = ok || class <= finds
			old := &m[slot]
			if !old.found || cost < old.cost || cost == old.cost && t.at.len() > old.at.len() {
				*old = match{true, class, cost, t.at}
			}
		}
	}
	return m, ok
}

// otherStateCost is what it costs not to be in the state that the query names:
// more than any misprint of a name there.
const otherStateCost = 60

// What lifts one hit over another, in points; a cost of one is ten points. A name
// that the query covers whole comes first, but not before a nearer match.
const (
	pointsPerCost = 10
	perfect       = 1000
	wholeName     = 80
	inState       = 4 // more than activity
	stateFirst    = 9
	countyFirst   = 6
)

// judge says how well a name matches the query, and false where it does not.
func (q *query) judge(m *matches, n *name, e *entry) (found, bool) {
	c := q.cover(m, n, e)
	if !c.ok || !c.distinctive && (q.finds == distinctive || c.elsewhere) {
		return found{}, false
	}
	points := perfect - pointsPerCost*int(c.cost) + e.activity
	if most := n.distinctive.len(); most > 0 {
		points += wholeName * (c.at & n.distinctive).len() / most
	}
	switch e.kind {
	case KindState:
		points += stateFirst
	case KindCounty:
		points += countyFirst
	case KindAgency:
	}
	if cost, named := q.names(e.state); named && cost == 0 {
		points += inState
	}
	return found{entry: n.entry, points: points, exact: !q.mended && !c.mended}, true
}

// names says whether words of the query may name the state, whatever else they can
// mean, and the least that it costs to read them so.
func (q *query) names(s roster.State) (cost int16, ok bool) {
	for i := range q.words {
		for _, r := range q.words[i].states {
			if r.state == s && (!ok || r.cost < cost) {
				cost, ok = r.cost, true
			}
		}
	}
	return cost, ok
}

// cover is a way to account for the query's words from one on to the last.
type cover struct {
	ok          bool
	cost        int16
	at          wordSet // the words of the name that match
	distinctive bool
	mended      bool // with a typo, or elsewhere
	elsewhere   bool // not in the state that the query names
}

// with is the way that accounts for a further word.
func (c cover) with(cost int16, at wordSet, distinctive bool) cover {
	c.cost += cost
	c.at |= at
	c.distinctive = c.distinctive || distinctive
	c.mended = c.mended || cost >= slipCost
	return c
}

// better puts another way in the place of c where it costs less, or as much and
// more of the name matches.
func (c *cover) better(other cover) {
	if other.ok && (!c.ok || other.cost < c.cost || other.cost == c.cost && other.at.len() > c.at.len()) {
		*c = other
	}
}

// cover finds the cheapest way to account for all words of the query, from the
// last word to the first. Once, words of it can name the state.
func (q *query) cover(m *matches, n *name, e *entry) cover {
	const open, named = 0, 1 // whether earlier words may name the state
	columns := named + 1
	if !q.naming {
		columns = named
	}
	var best [mostWords + 1][2]cover
	end := len(q.words)
	best[end][open].ok, best[end][named].ok = true, true
	for i := end - 1; i >= 0; i-- {
		w := &q.words[i]
		for state := range columns {
			b := &best[i][state]
			if one := &m[i]; one.found {
				b.better(best[i+1][state].with(one.cost, one.at, one.class == distinctive))
			}
			if two := &m[mostWords+i]; two.found {
				b.better(best[i+2][state].with(two.cost, two.at, two.class == distinctive))
			}
			if w.class != distinctive {
				b.better(best[i+1][state].with(w.class.missing(e.kind), 0, false))
			}
		}
		for _, r := range w.states {
			rest := best[r.to][named]
			switch {
			case r.state == e.state && e.kind == KindState:
				rest = rest.with(r.cost, n.distinctive, true)
			case r.state == e.state:
				rest = rest.with(r.cost, 0, false)
			case r.cost == 0:
				rest.elsewhere = true
				rest = rest.with(otherStateCost, 0, false)
			default:
				continue
			}
			best[i][open].better(rest)
		}
	}
	return best[0][open]
}
