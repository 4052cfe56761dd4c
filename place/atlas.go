package place

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/watch287g/watch287g/roster"
)

// Atlas knows where the agencies of some records are. It remembers what it has
// found, and is safe for several goroutines.
type Atlas struct {
	mu    sync.Mutex
	cells map[agencyIn][]string // county columns: of each record the newest first
	found map[agencyKey]Location
	named map[string][]string // codes by name of a county or place, with its state
}

// agencyIn is an agency as ICE lists it in a state, which can be a misprint.
type agencyIn struct {
	id    string
	state roster.State
}

// agencyKey is what a location depends on.
type agencyKey struct {
	state              roster.State
	id, agency, county string
	kind               roster.Type
}

// NewAtlas returns an atlas of the agencies of some records and of changes that are
// not in them yet. It places any other agreement, too, of which it knows no other rows.
func NewAtlas(records map[string]*roster.Record, changes []roster.Change) *Atlas {
	m := &Atlas{cells: map[agencyIn][]string{}, found: map[agencyKey]Location{}, named: map[string][]string{}}
	for _, id := range slices.Sorted(maps.Keys(records)) {
		for _, v := range slices.Backward(records[id].Versions) {
			m.note(v.Agreement)
		}
	}
	for _, c := range changes {
		m.note(c.Agreement)
	}
	return m
}

// note remembers the county column of one of an agency's rows.
func (m *Atlas) note(a roster.Agreement) {
	agency := agencyIn{a.AgencyID, a.State}
	if cells := m.cells[agency]; a.County != "" && !slices.Contains(cells, a.County) {
		m.cells[agency] = append(cells, a.County)
	}
}

// Locate finds out where the agency of an agreement is.
func (m *Atlas) Locate(a roster.Agreement) Location {
	key := agencyKey{a.State, a.AgencyID, a.Agency, a.County, a.Type}
	m.mu.Lock()
	defer m.mu.Unlock()
	l, known := m.found[key]
	if !known {
		l = Locate(a, m.cells[agencyIn{a.AgencyID, a.State}])
		m.found[key] = l
	}
	return l
}

// InArea is the roster.InArea of the agencies that the atlas knows.
func (m *Atlas) InArea(a roster.Agreement, counties, places []string) bool {
	where := m.Locate(a)
	at := slices.Concat(where.Counties, where.Maybe) // so that nothing is missed
	within := func(named func(roster.State, string) []string, prefix string) func(string) bool {
		return func(name string) bool {
			codes := m.codes(a.State, prefix+name, func() []string { return named(a.State, name) })
			return slices.ContainsFunc(codes, func(code string) bool { return slices.Contains(at, code) })
		}
	}
	return slices.ContainsFunc(counties, within(CountiesNamed, "county ")) || slices.ContainsFunc(places, within(PlacesNamed, "place "))
}

// mostNames bounds how many names an atlas remembers: readers can ask for any.
const mostNames = 10_000

// codes remembers the codes of a county or place of a state.
func (m *Atlas) codes(s roster.State, name string, find func() []string) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := string(s) + " " + name
	codes, known := m.named[key]
	if !known {
		if len(m.named) >= mostNames {
			clear(m.named)
		}
		codes = find()
		m.named[key] = codes
	}
	return codes
}

// CountiesNamed are the FIPS codes of the county of a state that a name or a code
// means: "Bradley County", "bradley", "47011", "Bradley County, TN"; nil for none. A
// planning region of Connecticut, or a code from before a county was split, stands for
// several.
func CountiesNamed(s roster.State, name string) []string {
	name, ok := inState(s, name)
	if !ok {
		return nil
	}
	if len(name) == 5 && StateOf(name) == s && s != "" {
		if codes := coded(name); codes != nil {
			return codes
		}
	}
	if r, ok := regionNamed(s, name); ok {
		return r.Counties
	}
	if c, ok := FindCounty(s, name); ok { // "Fairfax City"
		return []string{c.FIPS}
	}
	if c, ok := FindCounty(s, bareCounty(name)); ok {
		return []string{c.FIPS}
	}
	if c, ok := FindCounty(s, strings.TrimSuffix(roster.Fold(name), " city")); ok { // "Hopewell city"
		return []string{c.FIPS}
	}
	return nil
}

// PlacesNamed are the FIPS codes of all counties that a town of a state, or a ZIP
// code's area, is in: "Houston", "Houston, TX", "77001"; nil for none in that state.
func PlacesNamed(s roster.State, name string) []string {
	name, ok := inState(s, name)
	if !ok {
		return nil
	}
	var codes []string
	if IsZIP(name) {
		codes = slices.DeleteFunc(ZIP(name), func(code string) bool { return StateOf(code) != s })
	}
	for _, t := range townsOf(s, name) {
		codes = append(codes, t.counties...)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// inState takes the state off the end of a name ("Houston, TX"); ok is false where
// it is another one than s.
func inState(s roster.State, name string) (string, bool) {
	i := strings.LastIndexByte(name, ',')
	if i < 0 {
		return strings.TrimSpace(name), true
	}
	state, ok := roster.ParseState(name[i+1:])
	return strings.TrimSpace(name[:i]), ok && state == s
}
