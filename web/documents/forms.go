package documents

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/document/library"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/frame"
	"github.com/watch287g/watch287g/web/kept"
	"github.com/watch287g/watch287g/web/route"
)

// formsData is what the page of all forms shows.
type formsData struct {
	Nothing   string
	Forms     []formSum
	Uncertain int // documents of no form that is certain
}

// formSum is a form with its counts.
type formSum struct {
	library.Form
	Name, URL  string
	Agreements int // active ones whose row links a document of it
	States     int
	Differs    int  // paragraphs that are not those of the revision before
	HasBefore  bool // that is known
}

// formData is what the page of one form shows.
type formData struct {
	formSum
	Departing  int // documents that depart from it
	BeforeName string
	BeforeURL  string
	Differ     *differences
	Few        bool // few documents show the one or the other
	Gaps       bool // pages of the one or the other could not be read
	Text       []paragraph
	Signed     []signedIn
	All        string // address of all its documents
}

// paragraph is one of a form's, with its anchor.
type paragraph struct {
	Label, Text, Anchor string
	Heading             bool // the title of a part
}

// signedIn are the agreements of a state with a form.
type signedIn struct {
	State roster.State
	Rows  []signedRow
}

type signedRow struct {
	roster.Agreement
	URL     string // of the document
	Departs int
}

// formsPage shows which forms there are.
func formsPage(req *request) (*route.Response, error) {
	l := req.Language
	d := formsData{Nothing: req.nothing()}
	if d.Nothing == "" {
		for _, f := range req.Documents.View.Forms() {
			sum, _ := newFormSum(req, f)
			d.Forms = append(d.Forms, sum)
		}
		for _, doc := range req.Documents.Documents {
			if !hasForm(req.Documents, doc.Form) {
				d.Uncertain++
			}
		}
	}
	return req.render(&page{Template: "forms", Title: l.Say("page.forms.title"), Description: l.Say("page.forms.says"), Path: "/forms", Hidden: d.Nothing != "" || len(d.Forms) == 0, Data: d})
}

// newFormSum counts what follows a form, and who signed it.
func newFormSum(req *request, f library.Form) (formSum, []signedIn) {
	l, x := req.Language, req.Documents
	sum := formSum{Form: f, Name: kept.FormName(l, f.ID, f.Model, f.Revised), URL: kept.FormURL(f.ID), HasBefore: hasForm(x, f.Before)}
	for _, c := range f.Changed {
		if !c.Noise {
			sum.Differs++
		}
	}
	by := map[roster.State]*signedIn{}
	for _, r := range req.Snapshot.Records() {
		if r.Status() != roster.StatusActive {
			continue
		}
		doc := x.Agreed(r.ID())
		if doc == nil || doc.Form != f.ID {
			continue
		}
		a := r.Now()
		if by[a.State] == nil {
			by[a.State] = &signedIn{State: a.State}
		}
		by[a.State].Rows = append(by[a.State].Rows, signedRow{a, kept.URL(doc.SHA256), doc.Departs})
		sum.Agreements++
	}
	sum.States = len(by)
	var all []signedIn
	for _, in := range by {
		slices.SortFunc(in.Rows, func(a, b signedRow) int { return compareAgencies(a.Agreement, b.Agreement) })
		all = append(all, *in)
	}
	slices.SortFunc(all, func(a, b signedIn) int { return l.CompareStates(a.State, b.State) })
	return sum, all
}

// formPage shows one form.
func formPage(req *request) (*route.Response, error) {
	l, x := req.Language, req.Documents
	f, ok := x.Form(req.PathValue("form"))
	if !ok {
		return nil, route.Missing(l, "page.problem.no-form")
	}
	if f.ID != req.PathValue("form") {
		return req.Redirect(req.Keeping(kept.FormURL(f.ID)), http.StatusMovedPermanently), nil
	}
	d := formData{All: "/documents?form=" + f.ID}
	d.formSum, d.Signed = newFormSum(req, f)
	for _, sha := range f.Documents {
		if doc := x.Document(sha); doc != nil && doc.Departs > 0 {
			d.Departing++
		}
	}
	if before, ok := x.Form(f.Before); ok {
		d.BeforeName, d.BeforeURL = kept.FormName(l, before.ID, before.Model, before.Revised), kept.FormURL(before.ID)
		d.Differ, d.Few = newDifferences(f.Changed, nil), min(f.From, before.From) < document.SureTexts
		d.Gaps = len(f.Unread)+len(before.Unread)+len(d.Differ.Poor) > 0
	}
	d.Text = standard(f)
	return req.render(&page{Template: "form", Title: d.Name, Description: l.Say("page.form.says", "form", d.Name), Path: d.URL, Data: d,
		Crumbs: frame.Trail(l, linkTo(l.Say("page.forms.title"), "/forms"), linkTo(d.Name, d.URL))})
}

// standard is the text of a form, each paragraph under an anchor that follows from its label.
func standard(f library.Form) (all []paragraph) {
	taken := map[string]bool{}
	for i, p := range f.Standard {
		p = shown(p)
		anchor := anchorOf(p.Label)
		if anchor == "" || taken[anchor] {
			anchor = "paragraph-" + strconv.Itoa(i+1)
		}
		taken[anchor] = true
		all = append(all, paragraph{p.Label, p.Text, anchor, p.Heading()})
	}
	return all
}

// anchorOf makes of "V.A" the anchor "section-v-a"; "" of what has no letters or digits.
func anchorOf(label string) string {
	parts := strings.FieldsFunc(strings.ToLower(label), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	if len(parts) == 0 {
		return ""
	}
	return "section-" + strings.Join(parts, "-")
}

func compareAgencies(a, b roster.Agreement) int {
	return cmp.Or(strings.Compare(a.Agency, b.Agency), strings.Compare(string(a.Model), string(b.Model)), strings.Compare(a.ID, b.ID))
}
