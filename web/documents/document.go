package documents

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/web/frame"
	"github.com/watch287g/watch287g/web/kept"
	"github.com/watch287g/watch287g/web/linked"
	"github.com/watch287g/watch287g/web/route"
)

// documentData is what the page of one document shows.
type documentData struct {
	*kept.Document
	NamedAgency string // as the document has it
	NamedState  roster.State
	Title       string
	Lead        []string
	Now         []rowLine // whose rows link it
	Then        []rowLine // whose rows did
	Places      []placeLine
	File        string // address of the file here; "" where it is not kept
	FormName    string // "" where it is not certain
	FormURL     string
	Signers     []signerLine
	Addenda     []found
	Unread      bool
	Versions    []versionTable
	Before      *kept.Document // the file in whose place it came; nil for none
	BeforeAt    time.Time
	Replaced    *differences // from that one; nil where they were not compared
	Departures  *differences // nil where it was not compared
	Alone       bool         // no other document of its form could be read
	Blank       []textLink   // pages that nobody read, of one that was compared
	Pages       []textPage
	Parts       []frame.Link // of a text that is longer than one page of the site
	Part        int          // the one that is shown, from 1
	partOf      map[int]int  // by page
	TextFails   bool
	Masked      string
}

// rowLine is an agreement that links a document.
type rowLine struct {
	roster.Agreement
	Part   roster.DocumentPart
	Status string
	Entry  bool
}

// placeLine is an address at which a document stands or stood.
type placeLine struct {
	kept.At
	Here, Gone, Replaced bool
	Came                 string // who found it there, where that was not this service
}

// signerLine is one who signed.
type signerLine struct {
	Side, Title string
	Date        roster.Date
	Page        int
}

// found is a fact with the page that it was read on; 0 where that is not known.
type found struct {
	Text string
	Page int
}

// versionTable is what stood at one address.
type versionTable struct {
	URL  string
	Rows []versionLine
}

type versionLine struct {
	roster.DocumentVersion
	URL  string // of the document's page; "" where it is this one
	This bool
	Came string // as that of a placeLine
}

// documentPage shows one document.
func documentPage(req *request) (*route.Response, error) {
	l, x := req.Language, req.Documents
	doc := x.Document(req.PathValue("sha256"))
	if doc == nil {
		return nil, route.Missing(l, "page.problem.no-document")
	}
	if doc.SHA256 != req.PathValue("sha256") {
		return req.Redirect(req.Keeping(kept.URL(doc.SHA256)), http.StatusMovedPermanently), nil
	}
	part, err := req.numberOf("page")
	if err != nil {
		return nil, err
	}
	at, err := req.numberOf("at")
	if err != nil {
		return nil, err
	}
	d := &documentData{Document: doc, Title: doc.Title(l), FormName: kept.FormName(l, doc.Form, doc.Model, doc.Revised), Unread: doc.ReadBy == 0 && doc.Problem == ""}
	d.NamedAgency, d.NamedState = clean(doc.Agency), doc.State
	d.facts(req)
	d.history(req)
	if err := d.text(req, part, at); err != nil {
		return nil, err
	}
	if err := d.compared(req); err != nil {
		return nil, err
	}
	p := &page{Template: "document", Title: d.Title, Description: l.Say("page.document.says", "title", d.Title), Path: kept.URL(doc.SHA256), Data: d,
		Crumbs: frame.Trail(l, linkTo(l.Say("page.documents.nav"), "/documents"), linkTo(doc.SHA256[:min(12, len(doc.SHA256))], kept.URL(doc.SHA256)))}
	if d.Part > 1 {
		p.Path += "?page=" + strconv.Itoa(d.Part)
	}
	p.Linked = []any{d.linked(req, p)}
	return req.render(p)
}

// facts adds what is known of the file.
func (d *documentData) facts(req *request) {
	l, x := req.Language, req.Documents
	if d.Document.Pages > 0 {
		d.Lead = append(d.Lead, l.SayCount("page.document.lead.pages", d.Document.Pages))
	}
	if d.FormName != "" {
		d.Lead = append(d.Lead, d.FormName)
	}
	d.Lead = append(d.Lead, d.Notes(l)...)
	now, then := d.Rows()
	d.Now, d.Then = rowLines(l, now), rowLines(l, then)
	if req.set.library != nil && req.set.library.Keeps() && !d.Unkept {
		d.File = kept.FileURL(d.SHA256)
	}
	if f, ok := x.Form(d.Form); ok {
		d.FormURL, d.Alone = kept.FormURL(f.ID), f.From < 2
	}
	for _, s := range d.Document.Signers {
		side := "ICE"
		switch s.Side {
		case "ice":
		case "agency":
			side = l.Say("page.document.signer.agency")
		default:
			side = l.Say("page.document.signer.unknown")
		}
		d.Signers = append(d.Signers, signerLine{side, clean(s.Title), s.Date, s.Page})
	}
	for i, title := range d.Document.Addenda {
		d.Addenda = append(d.Addenda, found{clean(title), d.Found["addendum "+strconv.Itoa(i+1)]})
	}
}

func rowLines(l prose.Language, rows []kept.Row) (all []rowLine) {
	for _, r := range rows {
		status := l.Say("page.document.status." + string(r.Status()))
		all = append(all, rowLine{r.Record.Now(), r.Part, status, r.List == roster.ListPending})
	}
	return all
}

// history adds where the file stands and stood, and what else did there.
func (d *documentData) history(req *request) {
	seen := map[string]bool{}
	for _, at := range d.At {
		d.Places = append(d.Places, placeLine{at, at.Current(), at.Until().IsZero() && !at.GoneSince.IsZero(), !at.Until().IsZero(), req.Language.Origin(at.Versions[at.Version].Origin)})
		if seen[at.URL] || len(at.Versions) < 2 {
			continue
		}
		seen[at.URL] = true
		t := versionTable{URL: at.URL}
		for _, v := range slices.Backward(at.Versions) {
			line := versionLine{DocumentVersion: v, This: v.SHA256 == d.SHA256, Came: req.Language.Origin(v.Origin)}
			if req.Documents.Document(v.SHA256) != nil && !line.This {
				line.URL = kept.URL(v.SHA256)
			}
			t.Rows = append(t.Rows, line)
		}
		d.Versions = append(d.Versions, t)
	}
	for _, at := range d.At {
		if at.Version > 0 && at.Versions[at.Version-1].SHA256 != d.SHA256 {
			d.Before, d.BeforeAt = req.Documents.Document(at.Versions[at.Version-1].SHA256), at.Versions[at.Version-1].From
			return
		}
	}
}

// compared adds how it differs from its form, and from the file before it.
func (d *documentData) compared(req *request) error {
	if d.Compared {
		all, err := req.set.library.Departures(req.Context(), d.SHA256)
		switch {
		case err == nil:
			d.Departures = newDifferences(all, d.where)
		case !errors.Is(err, store.ErrNotFound):
			return err //nolint:wrapcheck // it says itself what it is about
		}
	}
	if d.Before != nil {
		all, err := req.set.library.Changes(req.Context(), d.Before.SHA256, d.SHA256)
		switch {
		case err == nil:
			d.Replaced = newDifferences(all, d.where)
		case !errors.Is(err, store.ErrNotFound):
			return err //nolint:wrapcheck // it says itself what it is about
		}
	}
	return nil
}

// linked is what programs are told of the document.
func (d *documentData) linked(req *request, p *page) any {
	data := linked.DocumentData{Site: req.Base, Path: route.In(req.Language, p.Path), Name: d.Title, SHA256: d.SHA256, Size: d.Size, Pages: d.Document.Pages, HadAt: d.HadAt}
	if d.File != "" {
		data.File = req.Base + d.File
	}
	for _, at := range d.Places {
		if at.Here {
			data.BasedOn = prose.Link(at.URL)
			break
		}
	}
	for _, r := range d.Now {
		data.About = append(data.About, linked.Thing{Type: "Organization", Name: r.Agency, URL: req.Base + route.In(req.Language, route.AgencyURL(r.AgencyID))})
	}
	return linked.NewDigitalDocument(data)
}

// where is the address of a page of the document.
func (d *documentData) where(page int) string {
	anchor := "#page-" + strconv.Itoa(page)
	part := d.partOf[page]
	switch {
	case part == d.Part:
		return anchor
	case part <= 1:
		return kept.URL(d.SHA256) + anchor
	}
	return kept.URL(d.SHA256) + "?page=" + strconv.Itoa(part) + anchor
}
