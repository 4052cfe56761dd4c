package api

import (
	"time"

	"github.com/watch287g/watch287g/document/library"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/kept"
	"github.com/watch287g/watch287g/web/route"
)

// ConflictOut is one thing that a document says otherwise than the row that links it.
type ConflictOut struct {
	SHA256      string       `json:"sha256" doc:"SHA-256 of the document."`
	URL         string       `json:"url" format:"uri" example:"https://www.ice.gov/doclib/287gMOA/LampasasCountySO.pdf" doc:"The address that the row links."`
	AgreementID string       `json:"agreement_id" example:"TX-lampasas-county-sheriffs-office#WSO#2025-06-05" doc:"Id of the agreement or pending entry."`
	AgencyID    string       `json:"agency_id"`
	Agency      string       `json:"agency"`
	State       roster.State `json:"state"`
	What        string       `json:"what"`
	Row         string       `json:"row"`
	Document    string       `json:"document_says"`
	Page        int          `json:"page,omitempty" example:"9" doc:"The page of the document that says so; left out where that is not known."`
}

// BadLink is a link that leads to no document of its agreement.
type BadLink struct {
	URL        string                 `json:"url" format:"uri" example:"https://www.ice.gov/doclib/287gMOA/LampasasCountySO.pdf" doc:"The address."`
	Agreements []DocumentRow          `json:"agreements" doc:"The agreements and entries whose rows link it."`
	Problem    roster.DocumentProblem `json:"problem,omitempty" example:"web_page" doc:"What stands there instead; left out where there is nothing anymore."`
	Gone       time.Time              `json:"gone_since,omitzero" example:"2025-07-02T13:30:00Z" doc:"Since when ICE's server says that there is nothing; left out while there is."`
	LookedAt   time.Time              `json:"looked_at,omitzero" example:"2025-07-02T13:30:00Z" doc:"When ICE's server last answered for it; left out for never."`
}

type conflictsOut struct {
	Body struct {
		Conflicts []ConflictOut `json:"conflicts" doc:"Documents that contradict their row. Which of the two is right is not said: it can be a slip in either, or a scanner's."`
		Links     []BadLink     `json:"links" doc:"Links of listed rows that lead to no document of their agreement."`
	}
}

func conflicts(in *struct{ Request }) (*conflictsOut, error) {
	out := &conflictsOut{}
	out.Body.Conflicts, out.Body.Links = []ConflictOut{}, []BadLink{}
	x := in.request.Documents
	if x == nil {
		return out, nil
	}
	for _, c := range x.View.Conflicts() {
		a := c.Agreement
		out.Body.Conflicts = append(out.Body.Conflicts, ConflictOut{SHA256: c.SHA256, URL: c.URL, AgreementID: a.ID, AgencyID: a.AgencyID, Agency: a.Agency, State: a.State,
			What: c.What, Row: c.Row, Document: c.Document, Page: c.Page})
	}
	for _, p := range x.BadLinks() {
		out.Body.Links = append(out.Body.Links, BadLink{URL: p.URL, Agreements: documentRows(p.Linked()), Problem: p.Problem, Gone: p.GoneSince.UTC(), LookedAt: p.LookedAt.UTC()})
	}
	return out, nil
}

// FormOut is a form as lists have it.
type FormOut struct {
	ID        string       `json:"id" example:"tfm-2025-03-07" doc:"Id of the form."`
	Model     roster.Model `json:"model"`
	Revised   roster.Date  `json:"revised"`
	Before    string       `json:"before,omitempty" example:"tfm-2025-02-12" doc:"Id of the revision before; left out where none is known."`
	Documents []string     `json:"documents" example:"[\"3c9f1dd4fa7b6b8a0e2c5d7f9a1b3c5d7e9f0a2b4c6d8e0f1a3b5c7d9e1f3a5b\"]" doc:"SHA-256 of the documents that follow it."`
	From      int          `json:"from_documents" example:"12" doc:"Documents that the standard text was found from. Of one, it can hold that document's own words."`
	Unread    []int        `json:"unread_pages" example:"[11]" doc:"Pages that could be read in none of them: what stands there is missing in the standard text."`
	Changed   int          `json:"changed_paragraphs" example:"12" doc:"Paragraphs that are not those of the revision before."`
}

func newFormOut(f library.Form) FormOut {
	out := FormOut{ID: f.ID, Model: f.Model, Revised: f.Revised, Before: f.Before, Documents: orEmpty(f.Documents), From: f.From, Unread: orEmpty(f.Unread)}
	for _, c := range f.Changed {
		if !c.Noise {
			out.Changed++
		}
	}
	return out
}

type formsOut struct {
	Body struct {
		Forms []FormOut `json:"forms" doc:"The forms, by model and revision."`
	}
}

func forms(in *struct{ Request }) (*formsOut, error) {
	out := &formsOut{}
	out.Body.Forms = []FormOut{}
	if x := in.request.Documents; x != nil {
		for _, f := range x.View.Forms() {
			out.Body.Forms = append(out.Body.Forms, newFormOut(f))
		}
	}
	return out, nil
}

type formOut struct {
	Body struct {
		FormOut
		Standard []ParagraphOut  `json:"standard" doc:"What most of its documents share; ____ stands where each has its own."`
		Changes  []DifferenceOut `json:"changes" doc:"What is otherwise than in the revision before; empty where none is known."`
	}
}

// formID is the id of today of a form to which an answer is narrowed; "" for all.
func formID(x *kept.Index, asked string) (string, error) {
	f, ok := x.Form(asked)
	if !ok && asked != "" {
		return "", route.BadRequest("There is no form of that id; " + root + "/forms has those that there are.")
	}
	return f.ID, nil
}

func form(in *byID) (*formOut, error) {
	f, ok := in.request.Documents.Form(in.ID)
	if !ok {
		return nil, route.NotFound("There is no form of that id.")
	}
	out := &formOut{}
	out.Body.FormOut, out.Body.Standard, out.Body.Changes = newFormOut(f), []ParagraphOut{}, differencesOut(f.Changed)
	for _, p := range f.Standard {
		out.Body.Standard = append(out.Body.Standard, *paragraphOut(p))
	}
	return out, nil
}
