package diff

import (
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// entry is what a roster says of one agreement: a row, with those that repeat it.
type entry struct {
	side
	row     roster.Row
	repeats []roster.Row
}

// side is one side of a comparison: a row or a known record, with the agency
// that its spelling stands for; AgencyID is "" where that is not known.
type side struct{ roster.Agreement }

// spelling is the side's name as the book indexes it.
func (s side) spelling() roster.Spelling { return roster.Spelling{State: s.State, Name: s.Agency} }

// identity names the agency for comparisons, known or not.
func (s side) identity() string {
	if s.AgencyID != "" {
		return s.AgencyID
	}
	return "?" + s.Key()
}

func sideOf(r roster.Row, b *book) side {
	a := roster.Agreement{State: r.State, Agency: r.Agency, County: r.County, Type: r.Type, Model: r.Model,
		Signed: r.Signed, SignedAs: r.SignedAs, MOA: r.MOA, Addendum: r.Addendum}
	if r.State != "" && r.Agency != "" {
		a.AgencyID = b.find(roster.Spelling{State: r.State, Name: r.Agency})
	}
	return side{a}
}

// collapse makes one entry of the rows that list one agreement: the same agency,
// model and signing date, or the same agency, model and document.
func collapse(rows []roster.Row, b *book) []*entry {
	var entries []*entry
	byKey := map[string][]*entry{}
	for _, r := range rows {
		e := &entry{side: sideOf(r, b), row: r}
		if !r.Readable() {
			entries = append(entries, e)
			continue
		}
		key, form := bareKey(e.spelling())
		if e.AgencyID != "" {
			key, form = e.AgencyID, ""
		}
		key += "#" + string(r.Model)
		same := slices.IndexFunc(byKey[key], func(o *entry) bool { return o.repeatedBy(e, form) })
		if same >= 0 {
			byKey[key][same].repeat(e)
			continue
		}
		byKey[key] = append(byKey[key], e)
		entries = append(entries, e)
	}
	return entries
}

func (e *entry) repeatedBy(o *entry, form string) bool {
	_, its := bareKey(e.spelling())
	sameForm := e.AgencyID != "" || form == "" || its == "" || form == its
	return sameForm && (e.Signed == o.Signed || sameDocument(e.MOA, o.MOA))
}

// repeat adds a row that says the same. The one with more to it speaks for both.
func (e *entry) repeat(o *entry) {
	if e.MOA == "" && o.MOA != "" || e.Signed == "" && o.Signed != "" {
		e.side, o.side = o.side, e.side
		e.row, o.row = o.row, e.row
	}
	e.repeats = append(e.repeats, o.row)
}

// documentKey names the file behind an address: the address without its scheme,
// "www." and query, as ICE writes one file's address in several ways.
func documentKey(address string) string {
	if address == "" {
		return ""
	}
	u, err := url.Parse(address)
	if err != nil {
		return strings.ToLower(address)
	}
	return strings.ToLower(strings.TrimPrefix(u.Hostname(), "www.") + path.Clean("/"+u.Path))
}

func sameDocument(a, b string) bool {
	return a != "" && b != "" && documentKey(a) == documentKey(b)
}

// otherDocuments says that two agreements have different files, whose names are
// not even misprints of each other.
func otherDocuments(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	x, y := documentKey(a), documentKey(b)
	return x != y && roster.Distance(path.Base(x), path.Base(y)) > 2
}
