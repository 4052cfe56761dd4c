// Package kept is what pages and the API say of the agreements' documents, computed from a
// view of the library and a snapshot. None of it is HTML.
package kept

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/document/library"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
)

// View is what is known of documents at one moment: a library.View. It never changes.
type View interface {
	Addresses() []roster.DocumentAddress       // by URL
	Documents() []roster.Document              // by SHA256
	Forms() []library.Form                     // the newest of each model first
	FormerForm(id string) (library.Form, bool) // to which an id of before leads
	Conflicts() []document.Conflict
	// Departs counts the paragraphs that a document does not have in common with its form,
	// those apart that only a scanner misreads; ok is false where they were not compared.
	Departs(sha256 string) (n, noise int, ok bool)
}

// Library is where documents are read. Its methods read files of their own, and no PDF.
type Library interface {
	// View returns what is known now; nil while nothing is.
	View() View
	// Text returns the text of a document by page.
	Text(ctx context.Context, sha256 string) (document.Reading, error)
	// Departures returns where a document departs from its form.
	Departures(ctx context.Context, sha256 string) ([]document.Difference, error)
	// Changes returns what differs between two files that stood at one address.
	Changes(ctx context.Context, before, after string) ([]document.Difference, error)
	// File returns the bytes of a document; store.ErrNotFound where they are not kept.
	File(ctx context.Context, sha256 string) ([]byte, error)
	// Keeps says whether files are kept, and not only what was read from them.
	Keeps() bool
}

// Index joins documents with the agreements whose rows link them. It never changes.
type Index struct {
	View      View
	Places    []*Place    // by URL
	Documents []*Document // those had last first
	snap      *snapshot.Snapshot
	byHash    map[string]*Document
	byDeal    map[string][]*Place // by the agreement's id: what its row links now
	forms     map[string]library.Form
}

// Place is an address that rows link or linked.
type Place struct {
	roster.DocumentAddress
	Rows []Row // the listed ones first
	// Instead is what stands there now in place of the file that stood there last; "" where
	// that one does, or nothing.
	Instead roster.DocumentProblem
}

// Row is an agreement or a pending entry whose row links an address, or did.
type Row struct {
	*roster.Record
	Part roster.DocumentPart
	Now  bool // the row as it was listed last links it
}

// Links says whether a row of the lists in force links the address.
func (r Row) Links() bool { return r.Now && r.Listed() }

// Document is a file with the places where it stands or stood.
type Document struct {
	roster.Document
	At []At
	// Departs is how many paragraphs are not those of its form, Noise how many more only a
	// scanner misread; both only where it was Compared.
	Departs, Noise int
	Compared       bool
	Conflicts      []document.Conflict
}

// At is one time of a file at an address.
type At struct {
	*Place
	Version int // among the address's Versions
}

// Since is when the file was found there.
func (a At) Since() time.Time { return a.Versions[a.Version].From }

// Until is when another file was found there; zero where it is the last one.
func (a At) Until() time.Time {
	if a.Version+1 < len(a.Versions) {
		return a.Versions[a.Version+1].From
	}
	return time.Time{}
}

// Gone is since when ICE's server says that nothing is there, where the file stood there
// last; else zero.
func (a At) Gone() time.Time {
	if !a.Until().IsZero() {
		return time.Time{}
	}
	return a.GoneSince
}

// Other is what is there that is no document, where the file stood there last; else "".
func (a At) Other() roster.DocumentProblem {
	if !a.Until().IsZero() {
		return ""
	}
	return a.Instead
}

// Current says whether the file stands there, as far as is known. That others captured it
// there one day says nothing of now.
func (a At) Current() bool {
	return a.Until().IsZero() && !a.Taken() && !a.Versions[a.Version].Unseen()
}

// Taken says whether the file stood there last, and does no longer: nothing does, or
// something else.
func (a At) Taken() bool { return a.Until().IsZero() && a.Place.Taken() }

// Taken says so of the file that stood there last.
func (p *Place) Taken() bool {
	return len(p.Versions) > 0 && (!p.GoneSince.IsZero() || p.Instead != "")
}

// instead finds what stands at an address that is not the file that stood there last.
func (x *Index) instead(p *Place) roster.DocumentProblem {
	d := x.Last(p)
	if d == nil || d.Problem == p.Problem || p.Problem == roster.ProblemOtherAgency || p.Problem == roster.ProblemSharedByRows {
		return "" // what is wrong is wrong with the file itself, or with its link
	}
	return p.Problem
}

// New joins a view with a snapshot; nil for a nil view.
func New(view View, snap *snapshot.Snapshot) *Index {
	if view == nil {
		return nil
	}
	x := &Index{View: view, snap: snap, byHash: map[string]*Document{}, byDeal: map[string][]*Place{}, forms: map[string]library.Form{}}
	for _, f := range view.Forms() {
		x.forms[f.ID] = f
	}
	for _, d := range view.Documents() {
		doc := &Document{Document: d}
		doc.Departs, doc.Noise, doc.Compared = view.Departs(d.SHA256)
		x.byHash[d.SHA256] = doc
		x.Documents = append(x.Documents, doc)
	}
	byURL := map[string]*Place{}
	for _, a := range view.Addresses() {
		p := &Place{DocumentAddress: a}
		p.Instead = x.instead(p)
		x.Places, byURL[written(a.URL)] = append(x.Places, p), p
		for i, v := range a.Versions {
			if doc := x.byHash[v.SHA256]; doc != nil {
				doc.At = append(doc.At, At{p, i})
			}
		}
	}
	for _, r := range snap.Records() {
		x.addRows(r, byURL)
	}
	for _, p := range x.Places {
		slices.SortStableFunc(p.Rows, func(a, b Row) int { return cmp.Compare(rank(a), rank(b)) })
	}
	for _, c := range view.Conflicts() {
		if doc := x.byHash[c.SHA256]; doc != nil {
			doc.Conflicts = append(doc.Conflicts, c)
		}
	}
	for _, doc := range x.Documents { // where it stands comes first, and what rows link before what none does
		slices.SortStableFunc(doc.At, func(a, b At) int { return cmp.Compare(rankAt(a), rankAt(b)) })
	}
	slices.SortStableFunc(x.Documents, func(a, b *Document) int { return b.HadAt.Compare(a.HadAt) })
	return x
}

// addRows adds a record to the addresses that it links, or did.
func (x *Index) addRows(r *roster.Record, byURL map[string]*Place) {
	seen := map[*Place]bool{}
	for i, v := range slices.Backward(r.Versions) {
		for _, link := range []struct {
			part roster.DocumentPart
			url  string
		}{{roster.PartMOA, v.Agreement.MOA}, {roster.PartAddendum, v.Agreement.Addendum}} {
			p := byURL[written(link.url)]
			if link.url == "" || p == nil || seen[p] {
				continue
			}
			seen[p] = true
			row := Row{r, link.part, i == len(r.Versions)-1}
			p.Rows = append(p.Rows, row)
			if row.Now {
				x.byDeal[r.ID()] = append(x.byDeal[r.ID()], p)
			}
		}
	}
}

func rank(r Row) int {
	switch {
	case r.Links():
		return 0
	case r.Now:
		return 1
	}
	return 2
}

func rankAt(a At) int {
	n := 4
	if a.Current() {
		n = 0
	}
	if len(a.Rows) > 0 {
		return n + rank(a.Rows[0])
	}
	return n + 3
}

// written is an address in one way for all in which it is written.
func written(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" {
		return address
	}
	out := strings.TrimPrefix(strings.ToLower(u.Host), "www.") + u.Path
	if u.RawQuery != "" {
		out += "?" + u.RawQuery
	}
	return out
}

// Document finds a document by its hash, or by the beginning of it, where that is at least
// 8 characters and of one document alone. It is nil where there is none; x may be nil.
func (x *Index) Document(sha256 string) *Document {
	if x == nil {
		return nil
	}
	sha256 = strings.ToLower(sha256)
	if d := x.byHash[sha256]; d != nil || len(sha256) < shortest || len(sha256) >= 64 {
		return d
	}
	var found *Document
	for hash, d := range x.byHash {
		if strings.HasPrefix(hash, sha256) {
			if found != nil {
				return nil
			}
			found = d
		}
	}
	return found
}

// shortest is the least of a hash that finds a document.
const shortest = 8

// Form finds a form by its id, or by one that led to it before.
func (x *Index) Form(id string) (library.Form, bool) {
	if x == nil || id == "" {
		return library.Form{}, false
	}
	if f, ok := x.forms[id]; ok {
		return f, true
	}
	return x.View.FormerForm(id)
}

// Of returns what the row of an agreement or an entry links now; x may be nil.
func (x *Index) Of(agreement string) []*Place {
	if x == nil {
		return nil
	}
	return x.byDeal[agreement]
}

// Last is the file that stood at an address last; nil where none is known.
func (x *Index) Last(p *Place) *Document {
	v, ok := p.Last()
	if !ok {
		return nil
	}
	return x.byHash[v.SHA256]
}

// All are all documents, those had last first; x may be nil.
func (x *Index) All() []*Document {
	if x == nil {
		return nil
	}
	return x.Documents
}

// BadLinks are the addresses that listed rows link and that lead to no document of their
// agreement; x may be nil.
func (x *Index) BadLinks() (all []*Place) {
	if x == nil {
		return nil
	}
	for _, p := range x.Places {
		if (p.Problem != "" || !p.GoneSince.IsZero()) && len(p.Linked()) > 0 {
			all = append(all, p)
		}
	}
	return all
}

// Linked are the rows of the lists in force that link the address.
func (p *Place) Linked() (all []Row) {
	for _, r := range p.Rows {
		if r.Links() {
			all = append(all, r)
		}
	}
	return all
}

// Matches says whether a filter selects one of the rows that link the document, or did.
func (d *Document) Matches(f roster.Filter) bool {
	now, before := d.Rows()
	for _, r := range slices.Concat(now, before) {
		if f.MatchAgreement(r.Record.Now(), nil) {
			return true
		}
	}
	return false
}

// Any says whether there is anything to show; x may be nil.
func (x *Index) Any() bool { return x != nil && (len(x.Documents) > 0 || len(x.Places) > 0) }
