package documents

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/frame"
	"github.com/watch287g/watch287g/web/kept"
	"github.com/watch287g/watch287g/web/route"
)

// conflictsData is what the page of contradictions shows.
type conflictsData struct {
	Nothing   string
	Conflicts []conflictLine
	Links     []linkLine
}

// conflictLine is a document that says otherwise than its row.
type conflictLine struct {
	roster.Agreement
	What          string // "agency", in words
	Named         bool   // what they say is a name
	Row, Document string
	Page          int
	URL           string // of that page of the document
}

// linkLine is a link that leads to no document of its agreement.
type linkLine struct {
	Rows    []rowLine
	Address string
	Problem string // in words
	At      time.Time
	URL     string // of what stood there last; "" for nothing
}

// conflictsPage lists the documents that contradict their row, and links that are none.
func conflictsPage(req *request) (*route.Response, error) {
	l := req.Language
	d := conflictsData{Nothing: req.nothing()}
	if d.Nothing == "" {
		d.Conflicts, d.Links = conflictLines(l, req.Documents), linkLines(l, req.Documents)
	}
	return req.render(&page{Template: "conflicts", Title: l.Say("page.conflicts.title"), Description: l.Say("page.conflicts.says"), Path: "/documents/conflicts", Hidden: d.Nothing != "",
		Crumbs: frame.Trail(l, linkTo(l.Say("page.documents.nav"), "/documents"), linkTo(l.Say("page.conflicts.title"), "/documents/conflicts")), Data: d})
}

func conflictLines(l prose.Language, x *kept.Index) (all []conflictLine) {
	for _, c := range x.View.Conflicts() {
		c := conflictLine{Agreement: c.Agreement, What: l.Say("page.conflicts.what." + c.What), Named: c.What == document.ConflictAgency, Row: saidIn(l, c.What, c.Row), Document: saidIn(l, c.What, c.Document), Page: c.Page, URL: kept.URL(c.SHA256)}
		if c.Page > 0 {
			c.URL += "#page-" + strconv.Itoa(c.Page)
		}
		all = append(all, c)
	}
	slices.SortStableFunc(all, func(a, b conflictLine) int {
		return cmp.Or(l.CompareStates(a.State, b.State), cmp.Compare(a.Agency, b.Agency))
	})
	return all
}

// saidIn is what a list or a document says, in words.
func saidIn(l prose.Language, what, said string) string {
	switch {
	case said == "":
		return l.Say("page.conflicts.blank")
	case what == "date" && !roster.Date(said).Time().IsZero():
		return l.Date(roster.Date(said))
	case what == "model":
		return cmp.Or(l.ModelCell(roster.Model(said)), said)
	}
	return clean(said)
}

// linkLines are the links of rows that are listed now.
func linkLines(l prose.Language, x *kept.Index) (all []linkLine) {
	for _, p := range x.BadLinks() {
		line := linkLine{Rows: rowLines(l, p.Linked()), Address: p.URL, At: p.LookedAt}
		if p.Problem != "" {
			line.Problem = l.Say("page.documents.problem." + string(p.Problem))
		} else {
			line.Problem, line.At = l.Say("page.documents.problem.gone"), p.GoneSince
		}
		if d := x.Last(p); d != nil {
			line.URL = kept.URL(d.SHA256)
		}
		all = append(all, line)
	}
	return all
}

// inWords says a contradiction in a sentence.
func inWords(l prose.Language, c document.Conflict) string {
	return prose.Capitalize(l.Say("page.conflicts.says.both", "what", l.Say("page.conflicts.what."+c.What), "row", saidIn(l, c.What, c.Row), "document", saidIn(l, c.What, c.Document)))
}
