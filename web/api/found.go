package api

import (
	"errors"
	"net/http"

	"github.com/watch287g/watch287g/document/search"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/kept"
	"github.com/watch287g/watch287g/web/route"
)

const foundPath = root + "/documents/search"

// PieceOut is a part of a passage.
type PieceOut struct {
	Text string `json:"text" example:"reimburse"`
	Hit  bool   `json:"hit" example:"true" doc:"Whether it is what was looked for."`
}

// PlaceOut is a page of a document.
type PlaceOut struct {
	SHA256      string        `json:"sha256"`
	Page        int           `json:"page" example:"4" doc:"The page, from 1."`
	MachineRead bool          `json:"machine_read" example:"false" doc:"Whether a program read the page from a picture: expect misreadings."`
	Path        string        `json:"page_path" example:"/documents/3c9f1dd4fa7b6b8a0e2c5d7f9a1b3c5d7e9f0a2b4c6d8e0f1a3b5c7d9e1f3a5b#page-4" doc:"The page of this site that shows it."`
	Form        string        `json:"form,omitempty" example:"tfm-2025-03-07" doc:"Id of the form that the document follows; left out where that is not certain."`
	Agreements  []DocumentRow `json:"agreements" doc:"The agreements and entries whose rows link the document now."`
}

// FoundOut is a passage that was found.
type FoundOut struct {
	Text      []PieceOut `json:"text" doc:"The passage, without phone numbers and mail addresses."`
	Near      bool       `json:"near" example:"false" doc:"Whether it is spelled otherwise than what was asked for: it may be a scanner's misreading, or another word."`
	Shared    int        `json:"shared" example:"214" doc:"In how many of the documents found these very words stand."`
	Documents []PlaceOut `json:"documents" doc:"The documents for which it is the best passage; at most 50 are given."`
	Count     int        `json:"count" example:"214" doc:"How many these are in all."`
}

type foundIn struct {
	Request
	Q           string   `query:"q" required:"true" example:"reimburse" doc:"Words that have to stand on one page, in English and in any of their forms. \"quoted words\" stand one after the other, word* is how words begin, -word excludes a page; there is nothing else. At most ten, and 200 characters."`
	State       []string `query:"state,explode" doc:"States by postal code, of the agreements that link a document or did." example:"[\"TX\"]"`
	Model       []string `query:"model,explode" doc:"Models of these agreements." example:"[\"TFM\"]"`
	Form        string   `query:"form" doc:"Only documents that follow the form of this id." example:"tfm-2025-03-07"`
	SignedSince string   `query:"signed_since" doc:"Only documents of agreements that were signed on this day or later." example:"2025-03-01"`
	SignedUntil string   `query:"signed_until" doc:"Only documents of agreements that were signed on this day or before." example:"2025-12-31"`
	Limit       int      `query:"limit" default:"20" minimum:"1" maximum:"50" doc:"How many passages to return at most."`
	From        int      `query:"from" default:"0" minimum:"0" maximum:"100000" doc:"How many of the first ones to leave out."`
}

type foundOut struct {
	Body struct {
		Indexed   int        `json:"indexed" example:"2500" doc:"The documents that were looked through. Pages that are pictures, and that no program has read, cannot be found."`
		Documents int        `json:"documents" example:"230" doc:"In how many of them it was found."`
		Total     int        `json:"total" example:"17" doc:"How many passages there are in all."`
		Cut       bool       `json:"cut" example:"false" doc:"Whether more was asked for than is looked for."`
		Found     []FoundOut `json:"found" doc:"The passages: those as they were asked for first, and what stands in few documents before what stands in many."`
	}
}

const mostFoundPlaces = 50

// foundDocuments looks for words in the texts of documents.
func foundDocuments(in *foundIn) (*foundOut, error) {
	asked, err := in.request.ReadQuery()
	if err != nil {
		return nil, err
	}
	x := in.request.Documents
	if in.Form, err = formID(x, in.Form); err != nil {
		return nil, err
	}
	words := kept.Words{Text: in.Q, Form: in.Form, From: in.From, Count: in.Limit}
	if words.SignedSince, err = in.request.ReadDay("signed_since"); err != nil {
		return nil, err
	}
	if words.SignedUntil, err = in.request.ReadDay("signed_until"); err != nil {
		return nil, err
	}
	if filter := (roster.Filter{States: asked.States, Models: asked.Models}); route.Chosen(filter) {
		words.Filter = &filter
	}
	var r search.Result // nothing, where there are no documents
	if x.Any() {
		r, err = x.Search(in.request.Context(), words)
	}
	if err != nil {
		return nil, notYet(err, in.request.Language)
	}
	out := &foundOut{}
	b := &out.Body
	b.Indexed, b.Documents, b.Total, b.Cut, b.Found = r.Indexed, r.Documents, r.Passages, r.Cut, []FoundOut{}
	for _, f := range r.Found {
		one := FoundOut{Text: []PieceOut{}, Near: f.Near, Shared: f.Shared, Count: len(f.Places), Documents: []PlaceOut{}}
		for _, p := range f.Text {
			one.Text = append(one.Text, PieceOut(p))
		}
		for _, p := range f.Places[:min(len(f.Places), mostFoundPlaces)] {
			one.Documents = append(one.Documents, newPlaceOut(x, p))
		}
		b.Found = append(b.Found, one)
	}
	return out, nil
}

func newPlaceOut(x *kept.Index, p search.Place) PlaceOut {
	out := PlaceOut{SHA256: p.SHA256, Page: p.Page, MachineRead: p.Machine, Path: kept.PageURL(p.SHA256, p.Page), Agreements: []DocumentRow{}}
	if d := x.Document(p.SHA256); d != nil {
		now, _ := d.Rows()
		out.Form, out.Agreements = d.Form, documentRows(now)
	}
	return out
}

// notYet says that the texts cannot be looked through now.
func notYet(err error, l prose.Language) error {
	if errors.Is(err, search.ErrNotYet) {
		return &route.Problem{Status: http.StatusServiceUnavailable, Title: l.Say("page.found.title"), Detail: l.Say("page.found.not-yet")}
	}
	return err
}
