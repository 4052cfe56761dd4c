package library

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/document/archive"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// rules is the version of what derives; what others derived is derived anew.
const rules = 2

const formsName = "forms"

func departuresName(sha256 string) string { return "departures-" + sha256 }

// derived is what is kept of all documents together.
type derived struct {
	Rules    int                 `json:"rules"`
	Forms    []Form              `json:"forms"`
	Sources  map[string]string   `json:"sources"`  // by the form's id: digest of what its standard text was found from
	Undated  string              `json:"undated"`  // digest of the documents that print no revision
	Compared map[string]compared `json:"compared"` // by SHA-256
	// Former are documents of the forms that had ids of before.
	Former map[string]string `json:"former,omitempty"`
}

// compared is what came of comparing a document with its form.
type compared struct {
	Form     string `json:"form"`
	Standard string `json:"standard"` // Sources of the form
	ReadBy   int    `json:"read_by"`
	Machine  int    `json:"machine_read"` // pages that were read by a program
	Departs  int    `json:"departs"`
	Noise    int    `json:"noise"`
}

// departures is what is kept of one document.
type departures struct {
	Standard    string                `json:"standard"`
	Differences []document.Difference `json:"differences"`
}

// leastWords is how many words a document has at least that can be compared; agreements have
// some 4,000.
const leastWords = 1000

// comparable says whether enough of a document was read.
func isComparable(d roster.Document) bool {
	return d.Model != "" && d.Words >= leastWords && 4*(d.Scanned-d.MachineRead) <= d.Pages
}

// group are the documents of one form.
type group struct {
	model   roster.Model
	revised roster.Date
	since   roster.Date
	id      string
	members []roster.Document // by SHA-256
}

// derive finds forms, their standard texts and what departs from them, and takes over what
// did not change, but for what is lost. Texts are read a form at a time.
func (l *Library) derive(ctx context.Context, documents []roster.Document, rows []row, before *derived, lost map[string]bool) (*derived, error) {
	d := &derived{Rules: rules, Sources: map[string]string{}, Compared: map[string]compared{}, Former: before.Former}
	groups, err := l.groups(ctx, documents, rows, before, d)
	if err != nil {
		return nil, err
	}
	known := map[string]Form{}
	for _, f := range before.Forms {
		known[f.ID] = f
	}
	// Those of many documents first: the others are read by their light.
	slices.SortStableFunc(groups, func(a, b group) int {
		return cmp.Compare(min(len(sample(b)), document.FewTexts), min(len(sample(a)), document.FewTexts))
	})
	for _, g := range groups {
		form := Form{ID: g.id, Model: g.model, Revised: g.revised, Since: g.since}
		for _, m := range g.members {
			form.Documents = append(form.Documents, m.SHA256)
		}
		some := sample(g)
		like := likest(d.Forms, form, len(some))
		source := sourceOf(some, d.Sources[like.ID])
		d.Sources[g.id] = source
		if old, ok := known[g.id]; ok && before.Sources[g.id] == source {
			form.Standard, form.From, form.Unread = old.Standard, old.From, old.Unread
		} else if err := l.standard(ctx, some, like, &form); err != nil {
			return nil, err
		}
		if err := l.compareAll(ctx, g, form, before, d, lost); err != nil {
			return nil, err
		}
		d.Forms = append(d.Forms, form)
	}
	slices.SortFunc(d.Forms, newestFirst)
	if sameDerived(d, before) {
		return before, nil
	}
	chain(d.Forms)
	return d, l.keep(ctx, d)
}

// sameDerived says whether nothing has to be kept anew.
func sameDerived(a, b *derived) bool {
	return a.Rules == b.Rules && a.Undated == b.Undated && maps.Equal(a.Sources, b.Sources) && maps.Equal(a.Compared, b.Compared) &&
		slices.EqualFunc(a.Forms, b.Forms, func(x, y Form) bool { return x.ID == y.ID && slices.Equal(x.Documents, y.Documents) })
}

// keep writes what was derived to the archive.
func (l *Library) keep(ctx context.Context, d *derived) error {
	shelf, ok := l.o.Archive.(archive.Shelf)
	if !ok {
		return nil
	}
	return putDerived(ctx, shelf, formsName, d)
}

// sourceOf returns the digest of what a standard text is found from: as many documents as are
// needed, always the same of the same, and the text by whose light they are read.
func sourceOf(some []roster.Document, like string) string {
	h := sha256.New()
	fmt.Fprintln(h, rules, like)
	for _, m := range some {
		fmt.Fprintln(h, m.ReadBy, m.MachineRead, m.SHA256)
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// sample returns the documents that a standard text is found from.
func sample(g group) []roster.Document {
	var some []roster.Document
	for _, m := range g.members {
		if isComparable(m) && len(some) < document.MostTexts {
			some = append(some, m)
		}
	}
	return some
}

// likest returns the form that shows what one of few documents leaves open: of its model, else
// of another one, of more documents; the zero form where there is none, or no need.
func likest(forms []Form, f Form, from int) Form {
	if from >= document.FewTexts {
		return Form{}
	}
	var best Form
	for _, x := range forms {
		if x.From < fewForLight || x.From <= from || best.Model == f.Model && x.Model != f.Model {
			continue
		}
		if best.ID == "" || best.Model != f.Model && x.Model == f.Model || newestFirst(x, best) < 0 {
			best = x
		}
	}
	return best
}

// fewForLight is how many documents at least show what a form leaves open.
const fewForLight = 3

// standard reads the texts of a form and finds what they share.
func (l *Library) standard(ctx context.Context, some []roster.Document, like Form, form *Form) error {
	var readings []document.Reading
	for _, m := range some {
		r, err := l.reading(ctx, m)
		if err != nil {
			return err
		}
		if r != nil {
			readings = append(readings, *r)
		}
	}
	text := document.Standard(readings, like.text())
	form.Standard, form.From, form.Unread = text.Paragraphs, len(readings), text.Unread
	return nil
}

// paragraphs returns a document's text; nil where it cannot be read now.
func (l *Library) paragraphs(ctx context.Context, d roster.Document) ([]document.Paragraph, error) {
	r, err := l.reading(ctx, d)
	if r == nil {
		return nil, err
	}
	return document.Paragraphs(*r), nil
}

// reading returns what was read in a document; nil where that is missing or damaged.
func (l *Library) reading(ctx context.Context, d roster.Document) (*document.Reading, error) {
	r, err := l.o.Archive.Reading(ctx, d.SHA256)
	switch {
	case err == nil:
		return &r, nil
	case ctx.Err() != nil:
		return nil, ctx.Err() //nolint:wrapcheck // it was ended
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrDamaged):
		l.o.Log.DebugContext(ctx, "a document is not compared, since its text is not at hand", "sha256", d.SHA256, "error", err)
		return nil, nil
	}
	return nil, fmt.Errorf("deriving the forms of documents: %w", err)
}

// compareAll compares the documents of a form with its standard text, those that are new or
// whose standard text is, and those of which what was found is lost.
func (l *Library) compareAll(ctx context.Context, g group, form Form, before, d *derived, lost map[string]bool) error {
	shelf, _ := l.o.Archive.(archive.Shelf)
	if form.From < 2 {
		return nil // with itself
	}
	source := d.Sources[g.id]
	for _, m := range g.members {
		if !isComparable(m) || len(form.Standard) == 0 {
			continue
		}
		if old, ok := before.Compared[m.SHA256]; ok && old.Standard == source && old.Form == g.id && old.ReadBy == m.ReadBy && old.Machine == m.MachineRead && !lost[m.SHA256] {
			d.Compared[m.SHA256] = old
			continue
		}
		r, err := l.reading(ctx, m)
		if err != nil {
			return err
		}
		if r == nil {
			continue
		}
		found := departures{Standard: source, Differences: document.Compare(form.text(), document.TextOf(*r))}
		c := compared{Form: g.id, Standard: source, ReadBy: m.ReadBy, Machine: m.MachineRead}
		for _, x := range found.Differences {
			if x.Noise {
				c.Noise++
			} else {
				c.Departs++
			}
		}
		if shelf != nil {
			if err := putDerived(ctx, shelf, departuresName(m.SHA256), found); err != nil {
				return err
			}
		}
		d.Compared[m.SHA256] = c
	}
	return nil
}

// byAge sorts forms by the day of their oldest agreement; where none is known, they are last.
func byAge(a, b Form) int {
	const unknown = roster.Date("9999")
	return cmp.Or(cmp.Compare(cmp.Or(a.Since, unknown), cmp.Or(b.Since, unknown)), cmp.Compare(a.ID, b.ID))
}

// newestFirst sorts forms by model, the newest of each first.
func newestFirst(a, b Form) int {
	return cmp.Or(cmp.Compare(a.Model, b.Model), cmp.Compare(b.Revised, a.Revised), -byAge(a, b))
}

// chain says of each form, the newest of each model first, what changed from the one before.
func chain(forms []Form) {
	for i := range forms {
		if i+1 == len(forms) || forms[i+1].Model != forms[i].Model || len(forms[i].Standard) == 0 {
			continue
		}
		before := forms[i+1]
		if len(before.Standard) == 0 {
			continue
		}
		forms[i].Before = before.ID
		for _, x := range document.Compare(before.text(), forms[i].text()) {
			if !x.Noise || x.Op == document.Illegible { // of which nothing can be said
				forms[i].Changed = append(forms[i].Changed, x)
			}
		}
	}
}

// putDerived keeps something as JSON by gzip.
func putDerived(ctx context.Context, shelf archive.Shelf, name string, v any) error {
	packed, err := store.Pack(v)
	if err != nil {
		return fmt.Errorf("packing what was derived from documents (%s): %w", name, err)
	}
	return shelf.PutDerived(ctx, name, packed) //nolint:wrapcheck // it says itself what it is about
}

// mostDerived bounds what something derived unpacks to, in bytes.
const mostDerived = 256 << 20

// readDerived reads what putDerived kept.
func readDerived(ctx context.Context, shelf archive.Shelf, name string, v any) error {
	packed, err := shelf.Derived(ctx, name)
	if err != nil {
		return err //nolint:wrapcheck // it says itself what it is about
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err == nil {
		err = json.NewDecoder(io.LimitReader(z, mostDerived)).Decode(v)
	}
	if err != nil {
		return store.Damaged("what was derived from documents (%s): %w", name, err)
	}
	return nil
}
