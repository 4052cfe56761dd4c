package search

import (
	"maps"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

// Index holds what can be found. It never changes once it is built, so that any
// number of goroutines can search it.
type Index struct {
	entries []entry // in the order in which equals are listed
	names   []name  // those of one entry stand together
	terms   []term
	termIDs map[string]int32 // by their text

	stateNames, stateForms map[string]roster.State // by what they are called, as one word
}

// entry is one thing to be found.
type entry struct {
	kind     Kind
	state    roster.State
	agency   *Agency
	county   *place.County
	near     string // the name of the county that an agency is in
	activity int    // 3 for an active agreement, 2 for a pending entry, 1 for ended ones
	key      string // the order of equals: by name, then by state
}

// name is one spelling of an entry's name.
type name struct {
	entry       int32
	distinctive wordSet // which of its words are; all where none is
	tokens      []token
}

// token is a term that stands in a name.
type token struct {
	term int32
	at   wordSet // none for a word that only the agency's county has
}

// term is a word of names, or two neighbors written as one.
type term struct {
	text    string
	class   wordClass
	letters letterSet
}

// New builds the index of these agencies and of all states and counties. It keeps
// the agencies' names, which must not be changed afterwards.
func New(agencies []Agency) *Index {
	x := &Index{entries: entries(slices.Clone(agencies)), termIDs: map[string]int32{}}
	x.nameStates()
	for _, word := range slices.Sorted(maps.Keys(classes)) {
		x.term(word) // known in spite of a typo, also where no name has them
	}
	for i, e := range x.entries {
		switch e.kind {
		case KindState:
			x.add(i, append(nameWords(e.state.Name()), "state"), nil)
		case KindCounty:
			x.add(i, append(nameWords(e.county.Name), countyWord(e)), nil)
		case KindAgency:
			for _, spelling := range e.agency.Names {
				x.add(i, nameWords(spelling), nameWords(e.near))
			}
		}
	}
	return x
}

// entries lists all that can be found, in order.
func entries(agencies []Agency) []entry {
	var all []entry
	byFIPS := map[string]int{}
	for _, s := range roster.States() {
		all = append(all, entry{kind: KindState, state: s, key: sortKey(s.Name(), s, "")})
		for _, c := range place.Counties(s) {
			byFIPS[c.FIPS] = len(all)
			all = append(all, entry{kind: KindCounty, state: s, county: &c, key: sortKey(c.Name, s, c.FIPS)})
		}
	}
	for i := range agencies {
		a := &agencies[i]
		var inUse string
		if n := len(a.Names); n > 0 {
			inUse = a.Names[n-1]
		}
		e := entry{kind: KindAgency, state: a.State, agency: a, near: a.County, activity: a.activity(), key: sortKey(inUse, a.State, a.ID)}
		for i, code := range a.Counties {
			county := &all[byFIPS[code]]
			county.activity = max(county.activity, e.activity)
			if i == 0 {
				e.near = county.county.Name // ICE's own spelling can have a typo
			}
		}
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b entry) int { return strings.Compare(a.key, b.key) })
	return all
}

func sortKey(name string, s roster.State, id string) string {
	return roster.Fold(name) + "\x00" + s.Name() + "\x00" + id
}

func (a Agency) activity() int {
	switch {
	case a.Active > 0:
		return 3
	case a.Pending > 0:
		return 2
	case a.Ended > 0:
		return 1
	}
	return 0
}

// countyWord is what a county is called in its state. The cities that are not part
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

// add enters one spelling of an entry's name, with the words of the county that an
// agency is in.
func (x *Index) add(entry int, words, near []string) {
	n := name{entry: int32(entry)}
	words = words[:min(len(words), mostNameWords)]
	for i, w := range words {
		at := wordSet(1) << i
		n.tokens = append(n.tokens, token{x.term(w), at})
		if classes[w] == distinctive {
			n.distinctive |= at
		}
		if i > 0 && joins(words[i-1], w) {
			n.tokens = append(n.tokens, token{x.term(words[i-1] + w), at | at>>1})
		}
	}
	if n.distinctive == 0 { // "Department of State Police"
		n.distinctive = 1<<len(words) - 1
	}
	for i, w := range near {
		if classes[w] == distinctive && !slices.Contains(words, w) {
			n.tokens = append(n.tokens, token{term: x.term(w)})
		}
		if i > 0 && joins(near[i-1], w) {
			n.tokens = append(n.tokens, token{term: x.term(near[i-1] + w)})
		}
	}
	x.names = append(x.names, n)
}

// joins says whether two neighbors are entered as one word, too: people write De
// Soto and DeSoto, Miami-Dade and Miamidade, and lose spaces.
func joins(first, second string) bool {
	return classes[first] == distinctive || classes[first] != filler && classes[second] == distinctive
}

// term returns the number of a term, which is new where the text is.
func (x *Index) term(text string) int32 {
	id, known := x.termIDs[text]
	if !known {
		id = int32(len(x.terms))
		x.termIDs[text] = id
		x.terms = append(x.terms, term{text, classes[text], lettersOf(text)})
	}
	return id
}
