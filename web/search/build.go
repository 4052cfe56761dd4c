package search

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// New builds the index of these agencies and of all states and counties. It keeps
// the agencies' names, which must not be changed afterwards.
func New(agencies []Agency) *Index {
	x := &Index{
		entries:  entries(slices.Clone(agencies)),
		stateDoc: map[roster.State]int32{},
		states:   newStateReader(),
	}
	b := builder{terms: map[string]*term{}}
	for i, e := range x.entries {
		switch e.kind {
		case KindState:
			x.stateDoc[e.state] = int32(len(b.docs))
			b.add(i, append(nameWords(e.state.Name()), "state"), nil)
		case KindCounty:
			b.add(i, append(nameWords(e.county.Name), countyWord(e)), nil)
		case KindAgency:
			near := nameWords(e.near)
			for _, name := range e.agency.Names {
				b.add(i, nameWords(name), near)
			}
		}
	}
	x.docs, x.words = b.docs, newVocabulary(b.terms)
	return x
}

// entries lists all that can be found: by name, then by state.
func entries(agencies []Agency) []entry {
	var all []entry
	byFIPS := map[string]int{}
	for _, s := range roster.States() {
		all = append(all, entry{kind: KindState, state: s})
		for _, c := range roster.Counties(s) {
			byFIPS[c.FIPS] = len(all)
			all = append(all, entry{kind: KindCounty, state: s, county: &c})
		}
	}
	for i := range agencies {
		a := &agencies[i]
		e := entry{kind: KindAgency, state: a.State, agency: a, near: a.County, activity: a.activity()}
		if place, ok := (roster.Agreement{State: a.State, Agency: a.name(), County: a.County}).Place(); ok {
			county := &all[byFIPS[place.FIPS]]
			county.activity = max(county.activity, e.activity)
			e.near = place.Name // ICE's own spelling can have a typo
		}
		all = append(all, e)
	}
	return sorted(all)
}

func sorted(all []entry) []entry {
	type keyed struct {
		entry
		key string
	}
	byKey := make([]keyed, len(all))
	for i, e := range all {
		byKey[i] = keyed{e, roster.Fold(e.name()) + "\x00" + e.state.Name() + "\x00" + e.id()}
	}
	slices.SortFunc(byKey, func(a, b keyed) int { return strings.Compare(a.key, b.key) })
	for i, k := range byKey {
		all[i] = k.entry
	}
	return all
}

func (a Agency) name() string {
	if len(a.Names) == 0 {
		return ""
	}
	return a.Names[len(a.Names)-1]
}

func (e entry) name() string {
	switch e.kind {
	case KindState:
		return e.state.Name()
	case KindCounty:
		return e.county.Name
	}
	return e.agency.name()
}

func (e entry) id() string {
	switch e.kind {
	case KindState:
		return ""
	case KindCounty:
		return e.county.FIPS
	}
	return e.agency.ID
}

// countyWord is what a county is called in its state. The cities that are no part
// of a county, some of which share its name, have codes from 510 on.
func countyWord(e entry) string {
	switch {
	case e.county.FIPS[2:] >= "510":
		return "city"
	case e.state == "LA":
		return "parish"
	case e.state == "AK":
		return "borough"
	case e.state == "PR":
		return "municipio"
	}
	return "county"
}

// builder gathers the words of all names.
type builder struct {
	docs  []doc
	terms map[string]*term
}

// add enters one spelling of an entry's name, with the words of the county that an
// agency is in.
func (b *builder) add(entry int, name, near []string) {
	n := int32(len(b.docs))
	d := doc{entry: int32(entry)}
	name = name[:min(len(name), mostNameWords)]
	for i, w := range name {
		at := wordSet(1) << i
		b.post(w, posting{n, at})
		if weakWords[w] == strong {
			d.telling |= at
		}
		if i > 0 && joins(name[i-1], w) {
			b.post(name[i-1]+w, posting{n, at | at>>1})
		}
	}
	if d.telling == 0 { // "Department of State Police"
		d.telling = 1<<len(name) - 1
	}
	for i, w := range near {
		if weakWords[w] == strong && !slices.Contains(name, w) {
			b.post(w, posting{doc: n})
		}
		if i > 0 && joins(near[i-1], w) {
			b.post(near[i-1]+w, posting{doc: n})
		}
	}
	b.docs = append(b.docs, d)
}

// joins says whether two neighbours are entered as one word, too: people write De
// Soto and DeSoto, Miami-Dade and Miamidade, and lose blanks.
func joins(first, second string) bool {
	switch weakWords[first] {
	case filler:
		return false
	case strong:
		return true
	}
	return weakWords[second] == strong
}

func (b *builder) post(word string, p posting) {
	t := b.terms[word]
	if t == nil {
		t = &term{text: word, weak: weakWords[word], letters: lettersOf(word)}
		b.terms[word] = t
	}
	t.found = append(t.found, p)
}

// newVocabulary puts the terms into the order in which they are looked up.
func newVocabulary(terms map[string]*term) vocabulary {
	v := vocabulary{terms: slices.SortedFunc(maps.Values(terms), func(a, b *term) int { return cmp.Compare(a.text, b.text) })}
	for _, t := range v.terms {
		n := len([]rune(t.text))
		for len(v.byLength) <= n {
			v.byLength = append(v.byLength, nil)
		}
		v.byLength[n] = append(v.byLength[n], t)
	}
	return v
}
