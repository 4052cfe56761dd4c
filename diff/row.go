package diff

import (
	"cmp"
	"net/url"
	"path"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// listRow is what a roster says of one agreement: a row, with those that repeat it.
type listRow struct {
	*row
	printed roster.Row
	repeats []roster.Row
	paired  bool // with a record
}

// row is what is compared: a row of a list or a known record, with its cells
// parsed once; AgencyID is "" where the agency is not known.
type row struct {
	roster.Agreement
	file     string // the MOA's file, "" for none
	county   string // FIPS code of the county column, "" where it names no county of the state
	agencies *agencyIndex
	name     *name // nil until it is asked for
}

// newRow reads an agreement's cells.
func (x *agencyIndex) newRow(a roster.Agreement) *row {
	return &row{Agreement: a, file: documentKey(a.MOA), county: x.names.county(a.State, a.County), agencies: x}
}

// parsed is the normal form of the row's name.
func (r *row) parsed() *name {
	if r.name == nil {
		r.name = r.agencies.nameOf(r.Agreement)
	}
	return r.name
}

// spelling is the row's name as the index has it.
func (r *row) spelling() roster.Spelling { return roster.Spelling{State: r.State, Name: r.Agency} }

// agreementOf is a row of a list as an agreement, without ids.
func agreementOf(r roster.Row) roster.Agreement {
	return roster.Agreement{State: r.State, Agency: r.Agency, County: r.County, Type: r.Type, Model: r.Model,
		Signed: r.Signed, SignedAs: r.SignedAs, MOA: r.MOA, Addendum: r.Addendum}
}

// rowOf is a row of a list, with the agency that its spelling stands for.
func rowOf(r roster.Row, agencies *agencyIndex) *row {
	s := agencies.newRow(agreementOf(r))
	if r.State != "" && r.Agency != "" {
		s.AgencyID = agencies.find(s.spelling(), s.county)
	}
	return s
}

// collapse makes one entry of the rows that list one agreement: the same agency
// and model with one signing date or document, or names of which one is a misprint
// of the other with the same model, date and document.
// An agency that is new is told by what it will be known as: otherwise the next list, to
// which it is known, would have fewer agreements.
func collapse(rows []roster.Row, records []*roster.Record, agencies *agencyIndex) []*listRow {
	before := map[string][]roster.Agreement{} // by agency and model
	for _, r := range records {
		key := r.Now().AgencyID + "#" + string(r.Now().Model)
		before[key] = append(before[key], r.Now())
	}
	var collapsed []*listRow
	var unknown *agencyIndex
	byAgency, byFile := map[string][]*listRow{}, map[string][]*listRow{}
	for _, r := range rows {
		e := &listRow{row: rowOf(r, agencies), printed: r}
		if r.Readable() {
			agency := e.AgencyID
			if agency == "" {
				if unknown == nil {
					unknown = newAgencyIndex(roster.Snapshot{Agencies: map[string]*roster.Agency{}}, agencies.aliases, agencies.names)
				}
				agency = cmp.Or(agencies.misprinted(e.spelling()), "?"+unknown.mint(e.row))
			}
			agency += "#" + string(r.Model)
			file := string(e.State) + e.file + "#" + string(r.Model) + "#" + string(e.Signed)
			if same := repeated(e, byAgency[agency], byFile[file]); same != nil {
				same.repeat(e, before[agency])
				continue
			}
			byAgency[agency] = append(byAgency[agency], e)
			if e.file != "" && e.Signed != "" {
				byFile[file] = append(byFile[file], e)
			}
		}
		collapsed = append(collapsed, e)
	}
	return collapsed
}

// mostAlike is how many rows with one document and date are compared by their
// names: no honest list has more.
const mostAlike = 20

// repeated finds the entry that a row lists again, nil for none. Rows with unlike
// names are two agreements, whatever else they have in common.
func repeated(e *listRow, ofAgency, ofFile []*listRow) *listRow {
	for _, o := range ofAgency[:min(len(ofAgency), mostAlike)] {
		if (e.Signed == o.Signed || e.file != "" && e.file == o.file) && !otherCounties(o.row, e.row) && alike(o.row, e.row, samePlace) {
			return o
		}
	}
	for _, o := range ofFile[:min(len(ofFile), mostAlike)] {
		if !otherCounties(o.row, e.row) && alike(o.row, e.row, near) {
			return o
		}
	}
	return nil
}

// alike says whether two names are at least so like each other.
func alike(a, b *row, least likeness) bool {
	return a.Key() == b.Key() || compare(a.parsed(), b.parsed()).likeness <= least
}

// repeat adds a row that says the same. The one with more to it speaks for both, or else the
// one that says what the list said before: which of them comes first is no news.
func (e *listRow) repeat(o *listRow, before []roster.Agreement) {
	more := e.MOA == "" && o.MOA != "" || e.Signed == "" && o.Signed != ""
	less := e.MOA != "" && o.MOA == "" || e.Signed != "" && o.Signed == ""
	if more || !less && saidBefore(o.row, before) > saidBefore(e.row, before) {
		e.row, o.row = o.row, e.row
		e.printed, o.printed = o.printed, e.printed
	}
	e.repeats = append(e.repeats, o.printed)
}

// saidBefore is 2 for a row that says all that an agreement's row said before, 1 for one that
// names the agency as that did, or else 0.
func saidBefore(r *row, before []roster.Agreement) (how int) {
	for _, a := range before {
		a.ID, a.AgencyID = r.ID, r.AgencyID
		switch {
		case a == r.Agreement:
			return 2
		case a.Agency == r.Agency:
			how = 1
		}
	}
	return how
}

// documentKey names the file behind an address: the address without its scheme,
// "www." and query, as ICE writes one file's address in several ways.
func documentKey(address string) string {
	if address == "" {
		return ""
	}
	if rest, ok := strings.CutPrefix(address, "https://"); ok && isPlain(rest) {
		return strings.ToLower(strings.TrimPrefix(rest, "www."))
	}
	u, err := url.Parse(address)
	if err != nil {
		return strings.ToLower(address)
	}
	return strings.ToLower(strings.TrimPrefix(u.Hostname(), "www.") + path.Clean("/"+u.Path))
}

// isPlain says whether an address, without its scheme, is as nearly all are: a host
// and a path in which nothing has to be resolved.
func isPlain(rest string) bool {
	for i := range len(rest) {
		switch c := rest[i]; {
		case c <= ' ', c > '~', c == '?', c == '#', c == '%', c == '@', c == ':', c == '\\':
			return false
		case c == '/' && (i+1 == len(rest) || rest[i+1] == '/' || rest[i+1] == '.'):
			return false
		}
	}
	return strings.Contains(rest, "/")
}

// otherCounties says whether the county columns name two counties, for agencies
// whose names do not say which. A town can lie in several.
func otherCounties(a, b *row) bool {
	if a.county == "" || b.county == "" || a.county == b.county {
		return false
	}
	if a.State != b.State {
		return roster.Fold(a.County) != roster.Fold(b.County)
	}
	m, n := a.parsed(), b.parsed()
	if m.fips != "" && m.fips == n.fips {
		return false
	}
	return !m.oneTown(a.county, b.county)
}
