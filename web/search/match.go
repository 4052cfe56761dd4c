package search

import "github.com/watch287g/watch287g/roster"

// mark says how a word of the query, or two neighbours, stands in a name.
type mark struct {
	at   wordSet // where in the name
	cost uint8
	as   standing
}

// standing is what a word of a name is to those who look for it.
type standing uint8

const (
	absent standing = iota
	weakly
	telling
)

// marks are those of one name: of the single words, then of neighbours by the
// first of them.
type marks [2 * mostWords]mark

// tally holds the marks of the names that the query touches.
type tally struct {
	place []int32 // of each name: where its marks are, from 1 on; 0 where it has none
	marks []marks
}

func (t *tally) touch(doc int32) *marks {
	if t.place[doc] == 0 {
		t.marks = append(t.marks, marks{})
		t.place[doc] = int32(len(t.marks))
	}
	return &t.marks[t.place[doc]-1]
}

// add marks a term's names. Unless it may touch names on its own, it marks only
// those that other terms touch.
func (t *tally) add(slot int, term *term, cost int, touch bool) {
	as := telling
	if term.weak != strong {
		as = weakly
	}
	for _, p := range term.found {
		if !touch && t.place[p.doc] == 0 {
			continue
		}
		m := &t.touch(p.doc)[slot]
		if m.as == absent || cost < int(m.cost) || cost == int(m.cost) && p.at.len() > m.at.len() {
			*m = mark{p.at, uint8(cost), as}
		}
	}
}

// match returns every entry that the query finds, in the order of the entries.
func (x *Index) match(q *query) []found {
	t := x.tally(q)
	var all []found
	for i, place := range t.place {
		if place == 0 {
			continue
		}
		d := x.docs[i]
		f, ok := q.judge(&t.marks[place-1], d, x.entries[d.entry])
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

// tally marks the names that words of the query stand in. Weak words come last:
// they stand in most names and tell nothing on their own, unless there are no
// others.
func (x *Index) tally(q *query) tally {
	t := tally{place: make([]int32, len(x.docs))}
	if q.finds[common] || q.finds[calling] {
		t.marks = make([]marks, 0, len(x.docs))
	}
	type match struct {
		slot int
		term *term
		cost int
	}
	var later []match
	q.look(&x.words, func(slot int, found *term, cost int) {
		if q.finds[found.weak] {
			t.add(slot, found, cost, true)
		} else {
			later = append(later, match{slot, found, cost})
		}
	})
	for i := range q.words {
		for _, r := range q.states[i] {
			t.touch(x.stateDoc[r.state])
		}
	}
	for _, m := range later {
		t.add(m.slot, m.term, m.cost, false)
	}
	return t
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
func (q *query) judge(m *marks, d doc, e entry) (found, bool) {
	c := q.cover(m, d, e)
	if !c.ok || !c.telling && (!q.finds[calling] || c.elsewhere) {
		return found{}, false
	}
	points := perfect - pointsPerCost*c.cost + int(e.activity)
	if n := d.telling.len(); n > 0 {
		points += wholeName * (c.at & d.telling).len() / n
	}
	switch e.kind {
	case KindState:
		points += stateFirst
	case KindCounty:
		points += countyFirst
	}
	if q.names(e.state) {
		points += inState
	}
	return found{entry: d.entry, points: points, exact: !q.mended && !c.mended}, true
}

// names says whether the query spells out the state, whatever else the words can
// mean.
func (q *query) names(s roster.State) bool {
	for i := range q.words {
		for _, r := range q.states[i] {
			if r.state == s && r.cost == 0 {
				return true
			}
		}
	}
	return false
}

// cover is a way to account for the query's words from one on to the last.
type cover struct {
	ok        bool
	cost      int
	at        wordSet // the words of the name that match
	telling   bool
	mended    bool // with a typo, or elsewhere
	elsewhere bool // not in the state that the query names
}

// cheaper says whether c is a better way than other: it costs less, or as much and
// more of the name matches.
func (c cover) cheaper(other cover) bool {
	if !other.ok || !c.ok || c.cost != other.cost {
		return c.ok && (!other.ok || c.cost < other.cost)
	}
	return c.at.len() > other.at.len()
}

// with is the way that accounts for a further word.
func (c cover) with(cost int, at wordSet, telling bool) cover {
	c.cost += cost
	c.at |= at
	c.telling = c.telling || telling
	c.mended = c.mended || cost >= slipCost
	return c
}

// cover finds the cheapest way to account for all words of the query, from the
// last word to the first. Once, words of it can name the state.
func (q *query) cover(m *marks, d doc, e entry) cover {
	const stateOpen, stateNamed = 0, 1
	var best [mostWords + 1][2]cover
	n := len(q.words)
	best[n][stateOpen].ok, best[n][stateNamed].ok = true, true
	for i := n - 1; i >= 0; i-- {
		for state := range best[i] {
			b := &best[i][state]
			consider := func(c cover) {
				if c.cheaper(*b) {
					*b = c
				}
			}
			if one := m[i]; one.as != absent {
				consider(best[i+1][state].with(int(one.cost), one.at, one.as == telling))
			}
			if two := m[mostWords+i]; two.as != absent {
				consider(best[i+2][state].with(int(two.cost), two.at, two.as == telling))
			}
			if weak := q.words[i].weak; weak != strong {
				consider(best[i+1][state].with(weak.cost(e.kind), 0, false))
			}
			if state == stateNamed {
				continue
			}
			for _, r := range q.states[i] {
				rest := best[r.to][stateNamed]
				switch {
				case r.state == e.state && e.kind == KindState:
					consider(rest.with(r.cost, d.telling, true))
				case r.state == e.state:
					consider(rest.with(r.cost, 0, false))
				case r.cost == 0:
					rest.elsewhere = true
					consider(rest.with(otherStateCost, 0, false))
				}
			}
		}
	}
	return best[0][stateOpen]
}
