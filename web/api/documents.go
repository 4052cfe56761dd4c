package api

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/web/kept"
	"github.com/watch287g/watch287g/web/route"
)

// What the API says of the agreements' documents. Text of documents has no phone numbers
// and no mail addresses.

// documentOperations declares what there is where documents are looked at.
func documentOperations(h huma.API, l kept.Library) {
	get(h, "/documents", "The documents that ICE's lists link or linked, those had last first", documents)
	get(h, "/documents/conflicts", "Documents that contradict their row, and links that lead to no document", conflicts)
	get(h, foundPath[len(root):], "Passages of documents in which words stand", foundDocuments)
	get(h, "/documents/{sha256}", "One document, by the hash of its bytes, with its text and where it departs from its form", documentBy(l))
	get(h, "/forms", "The forms that documents follow, by model and revision", forms)
	get(h, "/forms/{id}", "One form, with its standard text and what changed from the revision before", form)
}

const exampleForm = "tfm-2025-03-07"

// DocumentRow is an agreement or a pending entry whose row links a document, or did.
type DocumentRow struct {
	ID       string              `json:"id" example:"TX-lampasas-county-sheriffs-office#WSO#2025-06-05" doc:"Id of the agreement or pending entry."`
	AgencyID string              `json:"agency_id"`
	Agency   string              `json:"agency"`
	State    roster.State        `json:"state"`
	Model    roster.Model        `json:"model"`
	Status   roster.Status       `json:"status"`
	Part     roster.DocumentPart `json:"part" doc:"Which of the row's links it is: moa for the agreement itself, addendum." example:"moa"`
}

// DocumentPlace is an address at which a document stands or stood.
type DocumentPlace struct {
	URL      string                 `json:"url" format:"uri" example:"https://www.ice.gov/doclib/287gMOA/LampasasCountySO.pdf" doc:"The address at ICE."`
	From     time.Time              `json:"from" example:"2025-06-11T13:30:00Z" doc:"When it was first found there."`
	Origin   *roster.Origin         `json:"origin,omitempty" doc:"Who found it there then, where that was not this service, and how good that is as evidence."`
	Replaced time.Time              `json:"replaced_at,omitzero" example:"2025-07-02T13:30:00Z" doc:"When another file was found there in its place; left out where none was."`
	Gone     time.Time              `json:"gone_since,omitzero" example:"2025-07-02T13:30:00Z" doc:"Since when ICE's server says that there is nothing; left out while there is."`
	Instead  roster.DocumentProblem `json:"instead,omitempty" example:"web_page" doc:"What was found there in its place that is not a document; left out for nothing."`
}

// DocumentSigner is one who signed: the office, and never the name.
type DocumentSigner struct {
	Side  string      `json:"side,omitempty" example:"agency" doc:"ice or agency; left out where that is not certain."`
	Title string      `json:"title,omitempty" example:"Sheriff" doc:"The title as printed; left out where none is that is certain."`
	Date  roster.Date `json:"date,omitempty" example:"2025-06-05" doc:"The day of the signature; left out where it is not certain."`
	Page  int         `json:"page" example:"9" doc:"The page, from 1."`
}

// DocumentOut is a document as the API says it.
type DocumentOut struct {
	SHA256        string                 `json:"sha256" doc:"SHA-256 of the file's bytes, in hex: which document it is."`
	HadAt         time.Time              `json:"had_at" example:"2025-06-11T13:30:00Z" doc:"When this service had it first, or others captured it before that."`
	Size          int64                  `json:"size"`
	Agreements    []DocumentRow          `json:"agreements" doc:"The agreements and entries whose rows link it now."`
	Before        []DocumentRow          `json:"past_agreements" doc:"Those whose rows linked it before."`
	Places        []DocumentPlace        `json:"addresses" doc:"Where it stands or stood at ICE."`
	Read          bool                   `json:"read" example:"true" doc:"Whether it was read. While it was not, nothing is known of what it says."`
	Problem       roster.DocumentProblem `json:"problem,omitempty" example:"encrypted" doc:"Why it could not be read; left out where it could."`
	Pages         int                    `json:"pages" example:"14" doc:"Its pages; 0 where it could not be read."`
	Words         int                    `json:"words" example:"4856" doc:"The words of its text."`
	Scanned       int                    `json:"scanned_pages" example:"0" doc:"Pages that are pictures without text."`
	MachineRead   int                    `json:"machine_read_pages" example:"0" doc:"Of them, pages whose text a program read from the picture: expect misreadings."`
	Form          string                 `json:"form,omitempty" example:"tfm-2025-03-07" doc:"Id of the form that it follows; left out where that is not certain."`
	FormModel     roster.Model           `json:"form_model,omitempty" example:"TFM" doc:"Model of that form; left out where that is not certain."`
	FormRevised   roster.Date            `json:"form_revised,omitempty" example:"2025-03-07" doc:"Day of the form's revision, as the document prints it; left out where it prints none."`
	Agency        string                 `json:"document_agency,omitempty" example:"Lampasas County Sheriff's Office" doc:"The agency as the document names it; left out where that is not certain."`
	State         roster.State           `json:"document_state,omitempty" doc:"The state as the document names it; left out where that is not certain."`
	Signers       []DocumentSigner       `json:"signers" doc:"Who signed it, as far as that is printed."`
	Addenda       []string               `json:"addenda" example:"[\"Addendum A: Points of Contact\"]" doc:"The titles of what is attached."`
	Found         map[string]int         `json:"found_on_page,omitempty" example:"{\"form_model\":1}" doc:"The page, from 1, on which each of what it says was read; left out for nothing."`
	Departs       *int                   `json:"departing_paragraphs"`
	Contradiction []string               `json:"contradicts" example:"[\"date\"]" doc:"What it says otherwise than a row that links it: agency, model or date. It can be a slip in either, or a scanner's."`
	Page          string                 `json:"page_path" example:"/documents/3c9f1dd4fa7b6b8a0e2c5d7f9a1b3c5d7e9f0a2b4c6d8e0f1a3b5c7d9e1f3a5b" doc:"The page of this site about it; where files are kept, the same with .pdf is the file."`
}

func newDocumentOut(d *kept.Document) DocumentOut {
	out := DocumentOut{SHA256: d.SHA256, HadAt: d.HadAt.UTC(), Size: d.Size, Read: d.ReadBy > 0, Problem: d.Problem, Pages: d.Pages, Words: d.Words, Scanned: d.Scanned, MachineRead: d.MachineRead,
		Form: d.Form, FormModel: d.Model, FormRevised: d.Revised, Agency: d.Agency, State: d.State, Addenda: orEmpty(d.Addenda), Signers: []DocumentSigner{}, Places: []DocumentPlace{}, Contradiction: []string{}, Page: kept.URL(d.SHA256)}
	now, before := d.Rows()
	out.Agreements, out.Before = documentRows(now), documentRows(before)
	for _, at := range d.At {
		out.Places = append(out.Places, DocumentPlace{URL: at.URL, From: at.Since().UTC(), Origin: originOut(at.Versions[at.Version].Origin), Replaced: at.Until().UTC(), Gone: at.Gone().UTC(), Instead: at.Other()})
	}
	for _, s := range d.Signers {
		out.Signers = append(out.Signers, DocumentSigner(s))
	}
	if d.Compared {
		out.Departs = &d.Departs
	}
	for name, page := range d.Found {
		if out.Found == nil {
			out.Found = map[string]int{}
		}
		out.Found[foundAs(name)] = page
	}
	for _, c := range d.Conflicts {
		if !slices.Contains(out.Contradiction, c.What) {
			out.Contradiction = append(out.Contradiction, c.What)
		}
	}
	return out
}

// foundAs is the member that a page was found for.
func foundAs(name string) string {
	switch name {
	case "model", "revised":
		return "form_" + name
	case "agency", "state":
		return "document_" + name
	}
	return strings.ReplaceAll(name, " ", "_")
}

func documentRows(rows []kept.Row) []DocumentRow {
	all := []DocumentRow{}
	for _, r := range rows {
		a := r.Record.Now()
		all = append(all, DocumentRow{ID: r.ID(), AgencyID: a.AgencyID, Agency: a.Agency, State: a.State, Model: a.Model, Status: r.Status(), Part: r.Part})
	}
	return all
}

type documentsIn struct {
	Request
	Paging
	State  []string `query:"state,explode" doc:"States by postal code, of the agreements that link it or did." example:"[\"TX\"]"`
	Agency []string `query:"agency,explode" doc:"Agencies by id or name; a part of the name will do." example:"[\"Police Department\"]"`
	Form   string   `query:"form" doc:"Only those that follow the form of this id." example:"tfm-2025-03-07"`
}

type documentsOut struct {
	Link string `header:"Link"`
	Body struct {
		KnownUntil time.Time     `json:"known_until,omitzero"`
		Total      int           `json:"total"`
		Documents  []DocumentOut `json:"documents" doc:"The documents, those had last first."`
		Next       string        `json:"next,omitempty"`
	}
}

// documents lists them. A cursor is the hash of the last one.
func documents(in *documentsIn) (*documentsOut, error) {
	asked, err := in.request.ReadQuery()
	if err != nil {
		return nil, err
	}
	filter := roster.Filter{States: asked.States, Agencies: kept.Patterns(asked.Agencies)}
	out := &documentsOut{}
	out.Body.Documents, out.Body.KnownUntil = []DocumentOut{}, in.request.Snapshot.KnownUntil().UTC()
	x := in.request.Documents
	if in.Form, err = formID(x, in.Form); err != nil {
		return nil, err
	}
	begun := in.Cursor == ""
	if !begun && x.Document(in.Cursor) == nil {
		return nil, route.BadRequest("That cursor is not one of this API's.")
	}
	for _, d := range x.All() {
		if in.Form == "" || d.Form == in.Form {
			if route.Chosen(filter) && !d.Matches(filter) {
				continue
			}
			out.Body.Total++
			switch n := len(out.Body.Documents); {
			case begun && n < in.Limit:
				out.Body.Documents = append(out.Body.Documents, newDocumentOut(d))
			case begun:
				out.Body.Next = out.Body.Documents[n-1].SHA256
			}
		}
		begun = begun || d.SHA256 == in.Cursor
	}
	out.Link = nextLink(root+"/documents", in.request.URL.Query(), out.Body.Next)
	return out, nil
}

// PageOut is a page of a document's text.
type PageOut struct {
	Page        int    `json:"page" example:"1" doc:"The page, from 1."`
	Text        string `json:"text"`
	MachineRead bool   `json:"machine_read" example:"false" doc:"Whether a program read it from the picture of the page: expect misreadings."`
	Scanned     bool   `json:"scanned" example:"false" doc:"Whether the page is a picture."`
}

// ParagraphOut is a paragraph of a document or a form.
type ParagraphOut struct {
	Page  int    `json:"page,omitempty" example:"3" doc:"The page on which it begins; left out where that is not known."`
	Label string `json:"label,omitempty" example:"V.A" doc:"Its number; left out where it has none."`
	Text  string `json:"text"`
}

// DifferenceOut is a paragraph that two texts do not share.
type DifferenceOut struct {
	Op     string        `json:"op"`
	Before *ParagraphOut `json:"form,omitempty" doc:"As the form, or the revision before, has it; left out where it does not."`
	Own    *ParagraphOut `json:"own,omitempty" doc:"As this text has it; left out where it does not."`
	Noise  bool          `json:"noise" example:"false" doc:"Whether it may well be a scanner's misreading alone."`
}

func paragraphOut(p document.Paragraph) *ParagraphOut {
	if p == (document.Paragraph{}) {
		return nil
	}
	return &ParagraphOut{Page: p.Page, Label: p.Label, Text: document.Mask(strings.ToValidUTF8(p.Text, ""))}
}

func differencesOut(all []document.Difference) []DifferenceOut {
	out := []DifferenceOut{}
	for _, d := range all {
		out = append(out, DifferenceOut{Op: d.Op, Before: paragraphOut(d.Form), Own: paragraphOut(d.Own), Noise: d.Noise})
	}
	return out
}

type documentOut struct {
	Body struct {
		DocumentOut
		Text       []PageOut       `json:"text"`
		Departures []DifferenceOut `json:"departures" doc:"Where it departs from its form; empty where it does not, where they were not compared, as departing_paragraphs says, and for a minute where they are worked out anew."`
	}
}

// documentBy answers with one document.
func documentBy(l kept.Library) func(*documentIn) (*documentOut, error) {
	return func(in *documentIn) (*documentOut, error) {
		d := in.request.Documents.Document(in.SHA256)
		if d == nil {
			return nil, route.NotFound("No document with these bytes is known.")
		}
		out := &documentOut{}
		out.Body.DocumentOut, out.Body.Text, out.Body.Departures = newDocumentOut(d), []PageOut{}, []DifferenceOut{}
		r, err := l.Text(in.request.Context(), d.SHA256)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		for _, p := range r.Pages {
			out.Body.Text = append(out.Body.Text, PageOut{Page: p.Number, Text: document.Mask(strings.ToValidUTF8(p.Text, "")), MachineRead: p.Machine, Scanned: p.Scanned})
		}
		if d.Compared {
			all, err := l.Departures(in.request.Context(), d.SHA256)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return nil, err
			}
			out.Body.Departures = differencesOut(all)
		}
		return out, nil
	}
}

type documentIn struct {
	Request
	SHA256 string `path:"sha256" example:"3c9f1dd4fa7b6b8a0e2c5d7f9a1b3c5d7e9f0a2b4c6d8e0f1a3b5c7d9e1f3a5b" doc:"The SHA-256 of the bytes, in hex, or its beginning of at least 8 characters."`
}
