package documents

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/kept"
	"github.com/watch287g/watch287g/web/route"
)

// formLine is a form with its counts; that of no form has no name of its own.
type formLine struct {
	Name, URL  string
	Documents  int
	Agreements int // that are active and whose row links one
}

// stateLine is a state with its counts.
type stateLine struct {
	State     roster.State
	Documents int
	With      int // active agreements whose row links a document that is known
	Active    int // active agreements
}

// choices are what the form of the page offers.
func (d *listData) choices(l prose.Language, x *kept.Index, a asked) {
	d.Chosen = route.Chosen(a.Filter) || a.form != "" || a.show != ""
	if len(a.Agencies) > 0 {
		d.Agency = strings.Trim(strings.Join(a.Agencies, ","), "*")
	}
	d.StateChoices = []choice{{"", l.Say("page.choice.states"), len(a.States) == 0}}
	for _, s := range slices.SortedFunc(slices.Values(roster.States()), l.CompareStates) {
		d.StateChoices = append(d.StateChoices, choice{string(s), l.State(s), slices.Contains(a.States, s)})
	}
	d.FormChoices = []choice{{"", l.Say("page.documents.all.forms"), a.form == ""}}
	for _, f := range x.View.Forms() {
		d.FormChoices = append(d.FormChoices, choice{f.ID, kept.FormName(l, f.ID, f.Model, f.Revised), a.form == f.ID})
	}
	d.ShowChoices = []choice{{"", l.Say("page.documents.show.all"), a.show == ""}}
	for _, s := range shows() {
		d.ShowChoices = append(d.ShowChoices, choice{s, l.Say("page.documents.show." + s), a.show == s})
	}
}

// sums counts what is known.
func (d *listData) sums(req *request) {
	l, x := req.Language, req.Documents
	var pages, replaced, gone, machine, withOne, active int
	forms, states := map[string]*formLine{}, map[roster.State]*stateLine{}
	form := func(doc *kept.Document) *formLine {
		if forms[doc.Form] == nil {
			forms[doc.Form] = newFormLine(l, x, doc.Form)
		}
		return forms[doc.Form]
	}
	state := func(s roster.State) *stateLine {
		if states[s] == nil {
			states[s] = &stateLine{State: s}
		}
		return states[s]
	}
	for _, doc := range x.Documents {
		pages += doc.Pages
		form(doc).Documents++
		if doc.MachineRead > 0 {
			machine++
		}
		if r, ok := doc.Row(); ok {
			state(r.Record.Now().State).Documents++
		}
	}
	for _, p := range x.Places {
		replaced += max(0, kept.Replacements(p.Versions))
		if p.Taken() {
			gone++
		}
	}
	for _, r := range req.Snapshot.Records() {
		if r.Status() != roster.StatusActive {
			continue
		}
		active++
		state(r.Now().State).Active++
		if doc := x.Agreed(r.ID()); doc != nil {
			withOne++
			state(r.Now().State).With++
			form(doc).Agreements++
		}
	}
	d.Figures = []figure{
		{Number: d.Count, Words: l.Say("page.documents.figure.documents"), Note: l.SayCount("page.documents.figure.pages", pages)},
		{Number: withOne, Words: l.Say("page.documents.figure.active"), Note: l.Say("page.documents.figure.of", "n", l.Thousands(active))},
		{Number: replaced, Words: l.Say("page.documents.figure.replaced"), URL: shownURL(showReplaced, replaced)},
		{Number: gone, Words: l.Say("page.documents.figure.gone"), URL: shownURL(showGone, gone)},
		{Number: machine, Words: l.Say("page.documents.figure.machine"), URL: shownURL(showMachine, machine)},
	}
	d.Forms = formLines(x, forms)
	d.States = slices.SortedFunc(func(yield func(stateLine) bool) {
		for _, s := range states {
			if s.Documents > 0 && !yield(*s) {
				return
			}
		}
	}, func(a, b stateLine) int { return l.CompareStates(a.State, b.State) })
	d.News = news(req.Snapshot.Changes())
}

// news are the last of the changes that tell what happened to a document.
func news(changes []roster.Change) (all []roster.Change) {
	for _, c := range slices.Backward(changes) {
		if c.Document != nil && len(all) < newsOnes {
			all = append(all, c)
		}
	}
	return all
}

// shownURL is the address of the list of some documents; "" where there are none.
func shownURL(show string, n int) string {
	if n == 0 {
		return ""
	}
	return "/documents?show=" + show
}

func newFormLine(l prose.Language, x *kept.Index, id string) *formLine {
	if f, ok := x.Form(id); ok {
		return &formLine{Name: kept.FormName(l, f.ID, f.Model, f.Revised), URL: kept.FormURL(id)}
	}
	return &formLine{Name: cmp.Or(id, l.Say("page.documents.form.none"))}
}

// formLines are in the order of the forms, and last what follows none.
func formLines(x *kept.Index, by map[string]*formLine) (all []formLine) {
	for _, f := range x.View.Forms() {
		if by[f.ID] != nil {
			all = append(all, *by[f.ID])
			delete(by, f.ID)
		}
	}
	for _, id := range slices.Backward(slices.Sorted(maps.Keys(by))) {
		all = append(all, *by[id])
	}
	return all
}

// list finds the documents that are asked for, and cuts them in pages.
func (d *listData) list(req *request, a asked, number int) {
	l, x := req.Language, req.Documents
	begin := (number - 1) * perPage
	for _, doc := range x.Documents {
		if !a.wants(doc) {
			continue
		}
		if d.Found >= begin && d.Found < begin+perPage {
			d.Lines = append(d.Lines, newLine(l, x, doc))
		}
		d.Found++
	}
	d.From, d.To = begin+1, begin+len(d.Lines)
	if number > 1 {
		d.Newer = route.At("/documents", a.query(number-1), 0)
	}
	if begin+perPage < d.Found {
		d.Older = route.At("/documents", a.query(number+1), 0)
	}
}
