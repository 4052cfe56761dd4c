package pages

import (
	"html/template"
	"slices"
	"time"

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
		return nil, route.BadRequest("sort takes the name of a column, as in /states?sort=active.")
	}
	d := &statesData{Known: !req.Snapshot.Extent().Empty(), Sorted: by}
	p := &page{Template: "states", Title: "287(g) agreements by state", Path: "/states", Data: d,
		Description: "Every state and territory side by side: its active 287(g) agreements with ICE, those that are new or gone, by model, and pending entries."}
	if !d.Known {
		return req.render(p)
	}
	at, err := route.AsOf(req.Snapshot, asked)
	if err != nil {
		return nil, err
	}
	q := req.URL.Query()
	q.Del("sort")
	p.Path, p.Hidden = route.At("/states", q, 0), by != places.ByName
	d.Table = places.StatesAt(req.Snapshot, at)
	d.Sort(by)
	d.fill(req, at, asked)
	d.Columns = sortColumns(by, asked)
	p.Description = d.Says + " Every state and territory side by side."
	if d.Earlier {
		p.Title = "287(g) agreements by state as of " + english.DayOrMoment(at)
	}
	return req.render(p)
}

// fill puts the table into words and curves.
func (d *statesData) fill(req *request, at, asked time.Time) {
	d.First, d.Last = req.knownDays()
	d.Earlier, d.Beyond = at.Before(req.Snapshot.KnownUntil()), route.Beyond(req.Snapshot, asked)
	if !asked.IsZero() {
		d.Asked = roster.Day(at)
	}
	d.Says = english.Stands(d.Stats, at, d.Earlier || req.past())
	if roster.Day(at) != d.First {
		d.Recent = places.Difference{Difference: d.Table.Recent}.Span()
	}
	for _, r := range d.Table.Rows {
		d.Rows = append(d.Rows, stateLine{r, tiny(r.Curve, d.Days)})
	}
}

// sortColumns are the heads of the columns that sort the table.
func sortColumns(by places.Order, asked time.Time) []sortColumn {
	heads := map[places.Order][2]string{places.ByName: {"State", ""}, places.ByActive: {"Active", ""}, places.ByNew: {"New", ""}, places.ByGone: {"Gone", ""},
		"jem": {"JEM", roster.JEM.Name()}, "tfm": {"TFM", roster.TFM.Name()}, "wso": {"WSO", roster.WSO.Name()}, places.ByPending: {"Pending", ""}, places.ByCounties: {"Counties covered", ""}, places.ByResidents: {"Residents there", ""}}
	var all []sortColumn
	for _, o := range places.Orders() {
		q := map[string][]string{}
		if o != places.ByName {
			q["sort"] = []string{string(o)}
		}
		if !asked.IsZero() {
			q["as_of"] = []string{route.FormatMoment(asked, true)}
		}
		all = append(all, sortColumn{heads[o][0], heads[o][1], route.At("/states", q, 0), o == by, o != places.ByName})
	}
	return all
}
