package kept

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// URL is the address of a document's page.
func URL(sha256 string) string { return "/documents/" + url.PathEscape(sha256) }

// FileURL is the address of a document's file.
func FileURL(sha256 string) string { return URL(sha256) + ".pdf" }

// FormURL is the address of a form's page.
func FormURL(id string) string { return "/forms/" + url.PathEscape(id) }

// FormName names a form: "Task Force Model, revised March 7, 2025"; "" where there is no
// model. Of forms that print no revision, the id tells them apart.
func FormName(l prose.Language, id string, m roster.Model, revised roster.Date) string {
	_, key, _ := strings.Cut(id, "-undated-")
	switch {
	case m == "":
		return ""
	case revised == "" && key != "":
		return l.Say("page.documents.form.counted", "model", l.ModelCell(m), "n", key)
	case revised == "":
		return l.Say("page.documents.form.undated", "model", l.ModelCell(m))
	}
	return l.Say("page.documents.form.dated", "model", l.ModelCell(m), "date", l.Date(revised))
}

// Title says whose document it is: "Document of the Task Force Model agreement with …".
func (d *Document) Title(l prose.Language) string {
	row, ok := d.Row()
	if !ok {
		return l.Say("page.document.title.bare", "sha256", d.SHA256[:min(12, len(d.SHA256))])
	}
	key, a := "page.document.title", row.Record.Now()
	switch {
	case row.Part == roster.PartAddendum:
		key = "page.document.title.addendum"
	case row.List == roster.ListPending:
		key = "page.document.title.pending"
	}
	title := l.Say(key, "model", cmp.Or(l.Model(a.Model), string(a.Model)), "agency", a.Agency, "state", l.State(a.State))
	if at := d.At[0]; !at.Until().IsZero() { // another file has the same title now
		title = l.Say("page.document.title.then", "title", title, "date", l.Day(at.Since()))
	}
	return title
}

// Row is the first of the rows that link the document, or linked an address at which it
// stood; false where there is none.
func (d *Document) Row() (Row, bool) {
	for _, at := range d.At {
		if len(at.Rows) > 0 {
			return at.Rows[0], true
		}
	}
	return Row{}, false
}

// Rows are all of them, each agreement once, those first whose rows link it now.
func (d *Document) Rows() (now, before []Row) {
	seen := map[string]bool{}
	for _, at := range d.At {
		for _, r := range at.Rows {
			switch {
			case seen[r.ID()]:
			case r.Links() && at.Until().IsZero():
				now, seen[r.ID()] = append(now, r), true
			default:
				before, seen[r.ID()] = append(before, r), true
			}
		}
	}
	before = slices.DeleteFunc(before, func(r Row) bool {
		return slices.ContainsFunc(now, func(n Row) bool { return n.ID() == r.ID() })
	})
	return now, before
}

// Notes are what is to be said of a document in a list, each in a few words.
func (d *Document) Notes(l prose.Language) (all []string) {
	now, _ := d.Rows()
	if len(now) == 0 {
		all = append(all, l.Say("page.documents.unlinked"))
	} else if len(now) > 1 {
		all = append(all, l.SayCount("page.documents.note.shared", len(now)))
	}
	if len(d.At) > 0 {
		switch at := d.At[0]; {
		case !at.Until().IsZero() && at.Versions[at.Version+1].Resaved:
			all = append(all, l.Say("page.documents.note.resaved", "date", l.Day(at.Until())))
		case !at.Until().IsZero():
			all = append(all, l.Say("page.documents.note.replaced", "date", l.Day(at.Until())))
		case !at.GoneSince.IsZero():
			all = append(all, l.Say("page.documents.note.gone", "date", l.Day(at.GoneSince)))
		case at.Instead != "":
			all = append(all, l.Say("page.documents.note.instead", "problem", l.Say("page.documents.problem."+string(at.Instead))))
		case slices.ContainsFunc(now, func(r Row) bool { return at.wrong(r) == roster.ProblemOtherAgency }):
			all = append(all, l.Say("page.documents.problem.other_agency"))
		}
	}
	switch {
	case d.Problem != "":
		all = append(all, l.Say("page.documents.problem."+string(d.Problem)))
	case d.MachineRead > 0:
		all = append(all, l.Say("page.documents.note.machine"))
	case d.Scanned > 0 && d.Scanned == d.Pages:
		all = append(all, l.Say("page.documents.note.scanned"))
	}
	if d.Departs > 0 {
		all = append(all, l.SayCount("page.documents.note.departs", d.Departs))
	}
	if len(d.Conflicts) > 0 {
		all = append(all, l.Say("page.documents.note.conflict"))
	}
	return all
}

// Brief is a document as the page of something else shows it.
type Brief struct {
	Text, URL string
	Form      string // its name; "" where it is not certain
	FormURL   string
	Notes     []string
}

// Briefs are the documents that the row of an agreement or an entry links now.
func (x *Index) Briefs(l prose.Language, agreement string) (all []Brief) {
	for _, p := range x.Of(agreement) {
		d := x.Last(p)
		if d == nil {
			continue
		}
		all = append(all, x.brief(l, d, partOf(p, agreement)))
	}
	return all
}

func (x *Index) brief(l prose.Language, d *Document, part roster.DocumentPart) Brief {
	b := Brief{URL: URL(d.SHA256), Form: FormName(l, d.Form, d.Model, d.Revised), Notes: d.Notes(l)}
	b.Text = l.SayCount("page.agency.document.link", d.Pages, "part", prose.Capitalize(l.Say("page.documents.part."+string(part))))
	if _, ok := x.Form(d.Form); ok {
		b.FormURL = FormURL(d.Form)
	}
	return b
}

// partOf is which link of an agreement leads to an address.
func partOf(p *Place, agreement string) roster.DocumentPart {
	for _, r := range p.Rows {
		if r.ID() == agreement {
			return r.Part
		}
	}
	return roster.PartMOA
}

// Replacements counts how often a file took another's place, saved again or not being the
// same.
func Replacements(versions []roster.DocumentVersion) (n int) {
	for i, v := range versions {
		if i > 0 && !v.Resaved {
			n++
		}
	}
	return n
}

// Agreed is the document that the row of an agreement links as the agreement itself, and
// not as an addendum; nil where none is known, or only one that names another agency, or that
// is behind several rows and not this one's by what it says. x may be nil.
func (x *Index) Agreed(agreement string) *Document {
	for _, p := range x.Of(agreement) {
		at := slices.IndexFunc(p.Rows, func(r Row) bool { return r.ID() == agreement })
		if d := x.Last(p); d != nil && partOf(p, agreement) == roster.PartMOA && (at < 0 || p.wrong(p.Rows[at]) == "") {
			return d
		}
	}
	return nil
}

// wrong is what is wrong with the file at an address as the document of a row's agreement.
func (p *Place) wrong(r Row) roster.DocumentProblem {
	for _, link := range p.Links {
		if link.Agreement == r.ID() && link.Part == r.Part {
			return link.Problem
		}
	}
	return ""
}

// Patterns makes of what was typed for agencies patterns of roster.Filter: a part of a name
// will do.
func Patterns(typed []string) (all []string) {
	for _, t := range typed {
		if !strings.ContainsAny(t, `*?[\`) && !isID(t) {
			t = "*" + t + "*"
		}
		all = append(all, t)
	}
	return all
}

// isID says whether it is the id of an agency: "TX-lampasas-county-sheriffs-office".
func isID(s string) bool {
	_, ok := roster.ParseState(s[:min(2, len(s))])
	return ok && len(s) > 3 && s[2] == '-' && s[:2] == strings.ToUpper(s[:2]) && !strings.Contains(s, " ")
}
