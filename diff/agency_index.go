package diff

import (
	"fmt"
	"maps"
	"slices"

	"github.com/watch287g/watch287g/roster"
)

// agencyIndex finds agencies by any of their spellings, and adds new ones.
type agencyIndex struct {
	byID     map[string]*roster.Agency
	aliases  Aliases
	names    *Names
	byKey    map[string][]string        // a spelling's key, resolved, to agencies' ids
	byForm   map[string][]string        // a name's normal form to ids
	byCounty map[string][]string        // agencies named after counties, as countyBlock groups them, to ids
	counties map[string]map[string]bool // the county columns of each agency's rows, by its id
	changed  map[string]*roster.Agency  // new or with another spelling, by id
}

func newAgencyIndex(known roster.Snapshot, aliases Aliases, names *Names) *agencyIndex {
	if names == nil {
		names = &Names{}
	}
	size := max(len(known.Agencies), 1000)
	x := &agencyIndex{byID: known.Agencies, aliases: aliases, names: names, byKey: make(map[string][]string, size), byForm: make(map[string][]string, size),
		byCounty: map[string][]string{}, counties: make(map[string]map[string]bool, size), changed: map[string]*roster.Agency{}}
	for _, id := range slices.Sorted(maps.Keys(known.Agencies)) { // so that a spelling that two agencies had resolves alike each time
		for _, s := range known.Agencies[id].Spellings {
			x.index(id, s)
		}
	}
	for _, r := range known.Records {
		x.noteCounty(r.Now())
	}
	return x
}

func (x *agencyIndex) index(id string, s roster.Spelling) {
	n := x.names.parse(s)
	add := func(m map[string][]string, key string) {
		if !slices.Contains(m[key], id) {
			m[key] = append(m[key], id)
		}
	}
	add(x.byKey, x.aliases.resolve(s.Key()))
	add(x.byForm, n.key)
	if n.namesCountyBody() {
		add(x.byCounty, n.countyBlock(n.fips != ""))
	}
}

// namesCountyBody says whether a name speaks of a county by that word, and of which
// kind of body there.
func (n *name) namesCountyBody() bool { return n.speaksOfCounty() && n.kind != "" && n.joined != "" }

// countyBlock is the key of county bodies whose names can be misprints of each
// other: of one state, kind and number, and of real counties or of none.
func (n *name) countyBlock(exists bool) string {
	return fmt.Sprint(n.state, n.kind, n.numbers, exists)
}

// noteCounty remembers the county column of one of an agency's rows.
func (x *agencyIndex) noteCounty(a roster.Agreement) {
	fips := x.names.county(a.State, a.County)
	if fips == "" {
		return
	}
	if x.counties[a.AgencyID] == nil {
		x.counties[a.AgencyID] = map[string]bool{}
	}
	x.counties[a.AgencyID][fips] = true
}

// find returns the agency that a spelling stands for in a county, "" where it is
// not known. county is the county column's FIPS code, "" for none.
func (x *agencyIndex) find(s roster.Spelling, county string) string {
	key := x.aliases.resolve(s.Key())
	if id := x.firstInCounty(x.byKey[key], s, county); id != "" {
		return id
	}
	if x.byID[key] != nil { // the alias file names an id
		return key
	}
	n := x.names.parse(s)
	if len(n.place) == 0 && len(n.body) < 2 {
		return "" // "Police Department" names nobody
	}
	// A town is not the city of its name, where both say which they are.
	isSpelledSo := func(t roster.Spelling) bool {
		m := x.names.parse(t)
		return m.key == n.key && (m.form == "" || n.form == "" || m.form == n.form)
	}
	fit := slices.DeleteFunc(slices.Clone(x.byForm[n.key]), func(id string) bool { return !slices.ContainsFunc(x.byID[id].Spellings, isSpelledSo) })
	return x.firstInCounty(fit, s, county)
}

// firstInCounty returns the first of the agencies that can be in the county.
func (x *agencyIndex) firstInCounty(ids []string, s roster.Spelling, county string) string {
	for _, id := range ids {
		known := x.counties[id]
		if county == "" || len(known) == 0 || known[county] {
			return id
		}
		n := x.names.parse(s)
		oneTown := func(other string) bool { return n.oneTown(county, other) }
		if n.fips != "" || slices.ContainsFunc(slices.Collect(maps.Keys(known)), oneTown) { // where the name says which county, the column is misprinted
			return id
		}
	}
	return ""
}

// mint adds an agency under its first spelling, unless that is a misprint of a
// county agency's name.
func (x *agencyIndex) mint(r *row) string {
	spelling := r.spelling()
	if id := x.find(spelling, r.county); id != "" {
		return id
	}
	if id := x.misprinted(spelling); id != "" {
		x.addSpelling(id, spelling)
		return id
	}
	id := unused(x.byID, string(r.State)+"-"+roster.Slug(r.Agency), "-")
	x.put(&roster.Agency{ID: id, Spellings: []roster.Spelling{spelling}})
	return id
}

// put adds or replaces an agency, whose last spelling is new.
func (x *agencyIndex) put(a *roster.Agency) {
	x.byID[a.ID], x.changed[a.ID] = a, a
	x.index(a.ID, a.Spellings[len(a.Spellings)-1])
}

// misprinted looks for the county agency that a spelling is a misprint of:
// exactly one of the two names may speak of a real county.
func (x *agencyIndex) misprinted(s roster.Spelling) string {
	n := x.names.parse(s)
	if !n.namesCountyBody() {
		return ""
	}
	found, block := "", n.countyBlock(n.fips == "")
	for _, id := range x.byCounty[block] {
		if !slices.ContainsFunc(x.byID[id].Spellings, func(t roster.Spelling) bool {
			m := x.names.parse(t)
			_, near := slipped(m.joined, n.joined)
			return near && m.countyBlock(m.fips != "") == block
		}) {
			continue
		}
		if found != "" {
			return ""
		}
		found = id
	}
	return found
}

// nameOf is the normal form of an agreement's agency.
func (x *agencyIndex) nameOf(a roster.Agreement) *name {
	return x.names.parse(roster.Spelling{State: a.State, Name: a.Agency})
}

// inCounty is the name of an agency whose own name says no place, in its county.
func (x *agencyIndex) inCounty(r *row) *name {
	if len(r.parsed().place) > 0 || r.County == "" {
		return r.parsed()
	}
	return x.names.parse(roster.Spelling{State: r.State, Name: r.County + " " + r.Agency})
}

// addSpelling makes a spelling the last one, which is the one in use.
func (x *agencyIndex) addSpelling(id string, s roster.Spelling) {
	old := x.byID[id]
	if old.Spellings[len(old.Spellings)-1] == s {
		return
	}
	// The id is minted from the first spelling, which stays the first even where
	// it is in use again.
	agency := &roster.Agency{ID: id, Spellings: old.Spellings[:1:1]}
	for _, t := range old.Spellings[1:] {
		if t != s && t != old.Spellings[0] {
			agency.Spellings = append(agency.Spellings, t)
		}
	}
	agency.Spellings = append(agency.Spellings, s)
	x.put(agency)
}
