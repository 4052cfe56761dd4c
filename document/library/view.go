package library

import (
	"cmp"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/roster"
)

// View is what is known of documents at one moment. It never changes, and what it returns is
// not to be changed.
type View struct {
	addresses []roster.DocumentAddress
	documents []roster.Document
	bySHA     map[string]int
	forms     []Form
	byID      map[string]int
	former    map[string]string // by an id of before: a document of the form
	compared  map[string]compared
	conflicts []document.Conflict
	replaced  map[[2]string][]document.Difference // by the hashes of the file before and the one after
}

func newView(addresses []roster.DocumentAddress, documents []roster.Document, d *derived, c []document.Conflict) *View {
	v := &View{addresses: addresses, documents: documents, bySHA: map[string]int{}, forms: d.Forms, byID: map[string]int{}, former: d.Former, compared: d.Compared, conflicts: c}
	for i, f := range v.forms {
		v.byID[f.ID] = i
		for _, sha := range f.Documents {
			v.bySHA[sha] = -1 - i // until the document is found
		}
	}
	for i := range v.documents {
		doc := &v.documents[i]
		if n, ok := v.bySHA[doc.SHA256]; ok && n < 0 {
			doc.Form = v.forms[-1-n].ID
		}
		v.bySHA[doc.SHA256] = i
	}
	return v
}

// Addresses returns all addresses that rows link or linked, by URL.
func (v *View) Addresses() []roster.DocumentAddress { return v.addresses }

// Documents returns all documents, by SHA-256. Form is that of the library's grouping.
func (v *View) Documents() []roster.Document { return v.documents }

// Document returns one document.
func (v *View) Document(sha256 string) (roster.Document, bool) {
	i, ok := v.bySHA[sha256]
	if !ok || i < 0 {
		return roster.Document{}, false
	}
	return v.documents[i], true
}

// Forms returns the forms, the newest of each model first.
func (v *View) Forms() []Form { return v.forms }

// Form returns one form.
func (v *View) Form(id string) (Form, bool) {
	i, ok := v.byID[id]
	if !ok {
		return Form{}, false
	}
	return v.forms[i], true
}

// Departs counts the paragraphs in which a document departs from its form, and those that only
// a scanner misreads; ok is false where it was not compared.
func (v *View) Departs(sha256 string) (n, noise int, ok bool) {
	c, ok := v.compared[sha256]
	return c.Departs, c.Noise, ok
}

// Conflicts returns what documents say otherwise than the rows that link them.
func (v *View) Conflicts() []document.Conflict { return v.conflicts }

// row is an agreement of the lists in force with the file that it links.
type row struct {
	agreement roster.Agreement
	url       string
	sha256    string // what stood there last; "" where nothing does
	captured  bool   // only others found it there, one day
}

// rowsOf joins the agreements of the lists in force with what stands at the addresses they link.
func rowsOf(listed []roster.Agreement, addresses []roster.DocumentAddress) []row {
	last := map[string]roster.DocumentVersion{}
	for _, a := range addresses {
		if v, ok := a.Last(); ok && a.GoneSince.IsZero() && a.Problem == "" {
			last[a.URL] = v
		}
	}
	var rows []row
	for _, now := range listed {
		for _, link := range []string{now.MOA, now.Addendum} {
			url, ok := roster.DocumentURL(link)
			if v := last[url]; ok && v.SHA256 != "" {
				rows = append(rows, row{agreement: now, url: url, sha256: v.SHA256, captured: v.Unseen()})
			}
		}
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.agreement.ID, b.agreement.ID), cmp.Compare(a.url, b.url))
	})
	return rows
}

// conflicts returns what documents say otherwise than their rows.
func conflicts(documents []roster.Document, rows []row, names *diff.Names) []document.Conflict {
	bySHA := map[string]roster.Document{}
	for _, d := range documents {
		bySHA[d.SHA256] = d
	}
	var found []document.Conflict
	for _, r := range rows {
		if d, ok := bySHA[r.sha256]; ok && !r.captured { // another file may stand there by now
			if url, ok := roster.DocumentURL(r.agreement.Addendum); ok && strings.EqualFold(url, r.url) {
				r.agreement.Addendum = r.url // in the one way to write it
			}
			found = append(found, document.Conflicts(d, r.url, r.agreement, names)...)
		}
	}
	return found
}
