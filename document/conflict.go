package document

import (
	"cmp"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/roster"
)

// What a document can contradict its row about.
const (
	ConflictAgency = "agency"
	ConflictModel  = "model"
	ConflictDate   = "date"
)

// Conflict is one thing that a document says otherwise than the row of ICE's list that links
// it. What is blank on either side contradicts nothing.
type Conflict struct {
	SHA256    string           `json:"sha256"`
	URL       string           `json:"url"`
	Agreement roster.Agreement `json:"agreement"`
	What      string           `json:"what"`     // ConflictAgency, ConflictModel or ConflictDate
	Row       string           `json:"row"`      // as the row has it: a name, a Model or a Date
	Document  string           `json:"document"` // as the document has it, likewise
	Page      int              `json:"page"`     // where the document says so, from 1
}

// Conflicts returns what a document says otherwise than the row of an agreement that links it
// at an address. Names are compared by what names remembers; nil does.
func Conflicts(d roster.Document, url string, row roster.Agreement, names *diff.Names) []Conflict {
	if names == nil {
		names = &diff.Names{}
	}
	var found []Conflict
	add := func(what, inRow, inDocument string, page int) {
		found = append(found, Conflict{SHA256: d.SHA256, URL: url, Agreement: row, What: what, Row: inRow, Document: inDocument, Page: page})
	}
	if OfAgency(d, row, names) == diff.Unlike {
		add(ConflictAgency, named(row.Agency, row.State), named(d.Agency, d.State), d.Found["agency"])
	}
	// The row's own file for an addendum is none of the form's.
	if d.Model != "" && row.Model != "" && d.Model != row.Model && !strings.EqualFold(url, row.Addendum) {
		add(ConflictModel, string(row.Model), string(d.Model), d.Found["model"])
	}
	if last, ok := lastSigned(d); ok && row.Signed != "" && !strings.EqualFold(url, row.Addendum) {
		if last.Date > row.Signed || d.Day() != "" && d.Day() != row.Signed {
			add(ConflictDate, string(row.Signed), string(last.Date), last.Page)
		}
	}
	return found
}

// OfAgency says whether a document is that of an agreement's agency, by the names that the two
// print: Unsure where the document names none, or where names cannot tell.
func OfAgency(d roster.Document, row roster.Agreement, names *diff.Names) diff.Alikeness {
	if d.Agency == "" || row.Agency == "" {
		return diff.Unsure
	}
	return names.Alike(roster.Spelling{State: d.State, Name: d.Agency}, roster.Spelling{State: row.State, Name: row.Agency})
}

// named returns an agency with its state.
func named(agency string, s roster.State) string {
	if s == "" {
		return agency
	}
	return agency + ", " + s.Name()
}

// lastSigned returns the last signature of which the day is certain. No agreement is older
// than that, whether or not the other side's day is certain, too.
func lastSigned(d roster.Document) (roster.Signer, bool) {
	if len(d.Signers) == 0 {
		return roster.Signer{}, false
	}
	last := slices.MaxFunc(d.Signers, func(a, b roster.Signer) int { return cmp.Compare(a.Date, b.Date) })
	return last, last.Date != ""
}
