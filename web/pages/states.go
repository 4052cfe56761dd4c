package pages

import (
	"cmp"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/places"
	"github.com/watch287g/watch287g/web/route"
)

// statesData is what the page of all states shows.
type statesData struct {
	*places.Table
	Known   bool   // a list has been read
	Says    string // the counts in a sentence, with when they are of
	Recent  string // what New and Gone are counted in: "in the 30 days to June 21, 2025"; "" on the first day
	Columns []sortColumn
	Rows    []stateLine
	Earlier bool        // a moment before the last one known is shown
	Asked   roster.Date // for the form
	First   roster.Date // the least and the most that the form takes
	Last    roster.Date
	Sorted  places.Order // for the form
	Beyond  string       // that what is asked for is later than what is known
}

// sortColumn is the head of a column of states, which sorts them.
type sortColumn struct {
	Text, Title string // Title says what an abbreviation means
	URL         string
	Sorted      bool
	Number      bool
}

// stateLine is a row of the table.
type stateLine struct {
	places.StateRow
	Curve template.HTML
}

// Unlisted says that no participating list is known.
func (d *statesData) Unlisted() bool { return !d.Stats.Knows(roster.ListParticipating) }

// NoPending says that no pending list is known.
func (d *statesData) NoPending() bool { return !d.Stats.Knows(roster.ListPending) }

// statesPage shows all states side by side.
func statesPage(req *request) (*response, error) {
	asked, err := req.ReadMoment("as_of")
	if err != nil {
		return nil, err
	}
	by := places.Order(req.URL.Query().Get("sort"))
	if by == "" {
		by = places.ByName
	}
	if !slices.Contains(places.Orders(), by) {
		return nil, route.Unclear(req.Language, "page.problem.states-sort")
	}
	d := &statesData{Known: !req.Snapshot.Extent().Empty(), Sorted: by}
	p := &page{Template: "states", Title: req.Language.Say("page.states.title"), Path: "/states", Data: d,
		Description: req.Language.Say("page.states.says")}
	if !d.Known {
		return req.render(p)
	}
	at, err := route.AsOf(req.Language, req.Snapshot, asked)
	if err != nil {
		return nil, err
	}
	q := req.URL.Query()
	q.Del("sort")
	p.Path, p.Hidden = route.At("/states", q, 0), by != places.ByName
	d.Table = places.StatesAt(req.Language, req.Snapshot, at)
	d.Sort(by)
	d.fill(req, at, asked)
	d.Columns = sortColumns(req.Language, by, asked)
	p.Description = req.Language.Say("page.states.says.of", "says", d.Says)
	if d.Earlier {
		p.Title = req.Language.Say("page.states.title.as-of", "day", req.Language.DayOrMoment(at))
	}
	return req.render(p)
}

// fill puts the table into words and curves.
func (d *statesData) fill(req *request, at, asked time.Time) {
	d.First, d.Last = req.knownDays()
	d.Earlier, d.Beyond = at.Before(req.Snapshot.KnownUntil()), route.Beyond(req.Language, req.Snapshot, asked)
	if !asked.IsZero() {
		d.Asked = roster.Day(at)
	}
	d.Says = req.Language.Stands(d.Stats, at, d.Earlier || req.past())
	if roster.Day(at) != d.First {
		d.Recent = places.Difference{Difference: d.Table.Recent, Language: req.Language}.Span()
	}
	for _, r := range d.Table.Rows {
		d.Rows = append(d.Rows, stateLine{r, tiny(r.Curve, d.Days)})
	}
}

// sortColumns are the heads of the columns that sort the table.
func sortColumns(l prose.Language, by places.Order, asked time.Time) []sortColumn {
	heads := map[places.Order][2]string{places.ByName: {"page.states.state", ""}, places.ByActive: {"page.states.active", ""}, places.ByNew: {"page.states.new", ""}, places.ByGone: {"page.states.gone", ""},
		"jem": {"", l.Model(roster.JEM)}, "tfm": {"", l.Model(roster.TFM)}, "wso": {"", l.Model(roster.WSO)}, places.ByPending: {"page.states.pending", ""}, places.ByCounties: {"page.states.counties", ""}, places.ByResidents: {"page.states.residents", ""}}
	var all []sortColumn
	for _, o := range places.Orders() {
		q := map[string][]string{}
		if o != places.ByName {
			q["sort"] = []string{string(o)}
		}
		if !asked.IsZero() {
			q["as_of"] = []string{route.FormatMoment(asked, true)}
		}
		all = append(all, sortColumn{cmp.Or(l.Say(heads[o][0]), strings.ToUpper(string(o))), heads[o][1], route.At("/states", q, 0), o == by, o != places.ByName})
	}
	return all
}
