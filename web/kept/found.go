package kept

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/watch287g/watch287g/document/search"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// Finder is a View that finds words in the texts of documents, too.
type Finder interface {
	Find(ctx context.Context, q search.Query) (search.Result, error)
}

// Words is what is looked for in texts, and in which documents.
type Words struct {
	Text   string
	Filter *roster.Filter // of the agreements that link a document, or did; nil for all
	Form   string         // id of a form; "" for all
	// The days on which an agreement that links it was signed, the first and the last; "" for
	// any.
	SignedSince, SignedUntil roster.Date
	From                     int // the first result to return, from 0
	Count                    int // how many at most
}

// Finding is a passage that was found, in words.
type Finding struct {
	Title     string // of the document, or how many documents there are
	URL       string // the page in the document; "" for several documents
	Page      string // "page 4", with who read it; "" for several
	Near      bool   // only as a scanner may have misread it
	Text      []search.Piece
	Shared    string // in how many documents the passage stands, where it is more than one
	Form      string // that all of several documents follow; "" where they do not
	FormURL   string
	Documents []PlaceLink // of several documents, the first ones
	More      string      // how many more there are, in words
	Also      []AlsoFound
}

// PlaceLink is a page of a document with its words.
type PlaceLink struct{ Text, URL string }

// AlsoFound is another passage of the same document.
type AlsoFound struct {
	PlaceLink
	Pieces []search.Piece
}

// mostPlaces is how many documents of a passage are named.
const mostPlaces = 6

// Finds says whether there is anything that finds words; x may be nil.
func (x *Index) Finds() bool {
	if x == nil {
		return false
	}
	_, ok := x.View.(Finder)
	return ok
}

// Search looks for words in the texts of the documents that are known. The error is
// search.ErrNotYet where they are not indexed; x may be nil.
func (x *Index) Search(ctx context.Context, w Words) (search.Result, error) {
	if !x.Finds() {
		return search.Result{}, search.ErrNotYet
	}
	wanted := func(sha256 string) bool {
		d := x.byHash[sha256]
		return d != nil && (w.Form == "" || d.Form == w.Form) && d.matches(w)
	}
	r, err := x.View.(Finder).Find(ctx, search.Query{Text: w.Text, Only: wanted, From: w.From, Count: w.Count})
	if err != nil && !errors.Is(err, search.ErrNotYet) && ctx.Err() == nil {
		err = errors.Join(search.ErrNotYet, err) // the index is made again
	}
	return r, err
}

// matches says whether one of the rows that link the document, or did, is one of those whose
// words are looked for.
func (d *Document) matches(w Words) bool {
	if w.Filter == nil && w.SignedSince == "" && w.SignedUntil == "" {
		return true
	}
	now, before := d.Rows()
	return slices.ContainsFunc(slices.Concat(now, before), func(r Row) bool {
		a := r.Record.Now()
		return (w.Filter == nil || w.Filter.MatchAgreement(a, nil)) &&
			(w.SignedSince == "" || a.Signed >= w.SignedSince) && (w.SignedUntil == "" || a.Signed != "" && a.Signed <= w.SignedUntil)
	})
}

// Findings says what was found.
func (x *Index) Findings(l prose.Language, found []search.Found) (all []Finding) {
	for _, f := range found {
		out := Finding{Near: f.Near, Text: f.Text}
		first := x.byHash[f.Places[0].SHA256]
		if first == nil {
			continue
		}
		if f.Shared > 1 {
			out.Shared = l.SayCount("page.found.shared", f.Shared)
		}
		if len(f.Places) == 1 {
			at := placeLink(l, f.Places[0], f.Text)
			out.Title, out.URL, out.Page = first.Title(l), at.URL, at.Text
			for _, a := range f.Also {
				out.Also = append(out.Also, AlsoFound{placeLink(l, a.Place, a.Text), a.Text})
			}
		} else {
			out.several(l, x, f)
		}
		all = append(all, out)
	}
	return all
}

// several says in which documents a passage stands.
func (f *Finding) several(l prose.Language, x *Index, found search.Found) {
	places := found.Places
	f.Title = l.SayCount("page.found.documents", len(places))
	form, same := "", true
	for i, p := range places {
		d := x.byHash[p.SHA256]
		if d == nil {
			continue
		}
		if i == 0 {
			form = d.Form
		}
		same = same && d.Form == form
		if len(f.Documents) < mostPlaces {
			at := placeLink(l, p, found.Text)
			f.Documents = append(f.Documents, PlaceLink{l.Say("page.found.place", "document", d.Title(l), "page", at.Text), at.URL})
		}
	}
	if known, ok := x.Form(form); ok && same {
		f.Title = l.SayCount("page.found.documents.form", len(places))
		f.Form, f.FormURL = FormName(l, known.ID, known.Model, known.Revised), FormURL(form)
	}
	if more := len(places) - len(f.Documents); more > 0 {
		f.More = l.SayCount("page.found.documents.more", more)
	}
}

// placeLink is a page of a document: "page 4", or "page 4, machine-read". It leads to what was
// found there, which browsers that know how highlight.
func placeLink(l prose.Language, p search.Place, found []search.Piece) PlaceLink {
	key := "page.found.page"
	if p.Machine {
		key = "page.found.page.machine"
	}
	return PlaceLink{l.Say(key, "page", strconv.Itoa(p.Page)), PageURL(p.SHA256, p.Page) + quote(found)}
}

// quoted is how many words before and after what was found are quoted with it, so that it is
// no other place of the document.
const quoted = 3

// quote is the end of an address that quotes the first of what was found; "" for nothing.
// Where a browser does not find that, it shows the page.
func quote(found []search.Piece) string {
	first := slices.IndexFunc(found, func(p search.Piece) bool { return p.Hit })
	if first < 0 {
		return ""
	}
	var before, after string
	for i, p := range found {
		if i < first {
			before += p.Text
		} else {
			after += p.Text
		}
	}
	words := strings.Fields(before)
	if before != "" && !strings.HasSuffix(before, " ") {
		words = nil // it begins within a word
	} else if len(words) > quoted {
		words = words[len(words)-quoted:]
	}
	hit := len(strings.Fields(found[first].Text))
	rest := strings.Fields(after)
	words = append(words, rest[:min(len(rest), hit+quoted)]...)
	return ":~:text=" + strings.NewReplacer("-", "%2D", ",", "%2C", "&", "%26").Replace(url.PathEscape(strings.Join(words, " ")))
}

// fewPages is how many pages of a document the first page of the site shows at least.
const fewPages = 30

// PageURL is where the site shows a page of a document.
func PageURL(sha256 string, page int) string {
	number := strconv.Itoa(page)
	if page > fewPages { // on which page of the site that is, its text tells
		return URL(sha256) + "?at=" + number + "#page-" + number
	}
	return URL(sha256) + "#page-" + number
}
