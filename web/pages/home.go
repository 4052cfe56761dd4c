package pages

import (
	"cmp"
	"html/template"
	"slices"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/web/draw"
	"github.com/watch287g/watch287g/web/route"
)

// What the front page shows at most.
const (
	latestShown  = 15
	leadersShown = 10
	lookBack     = 30 // days
)

// home is what the front page shows.
type home struct {
	Empty   bool
	Stats   roster.Stats
	Listed  string // the counts in a sentence
	Leading string
	Figures []figure
	Models  []figure
	Map     template.HTML
	Shares  []share
	Without string // the states that are not in the table
	Curve   template.HTML
	Months  months
	Latest  []dayOfChanges
	Leaders []share
	Growth  []growth
	Recent  difference // that growth is counted in
	From    roster.Date
	To      roster.Date
	First   roster.Date
	Last    roster.Date // that is known of, in part or whole
	AsOf    time.Time
	Embed   embedCode
}

// growth is what a state gained.
type growth struct {
	State roster.State
	New   int // agreements that are new
	Now   int // active agreements
}

// homePage shows where things stand.
func homePage(req *request) (*response, error) {
	h := home{Empty: req.Snapshot.Extent().Empty(), Embed: req.embedCode("nation", "287(g) agreements with ICE")}
	p := &page{Template: "home", Title: "Who has a 287(g) agreement with ICE", Path: "/", Data: &h,
		Description: "Which police agencies sign, seek or leave a 287(g) agreement with ICE, according to ICE's own lists."}
	if h.Empty {
		return req.render(p)
	}
	h.Stats = req.Snapshot.CurrentStats()
	h.Listed, h.Leading = english.Listed(h.Stats), leading(h.Stats, false)
	h.AsOf = req.Snapshot.KnownUntil()
	p.Description = "As of " + route.Until(req.Snapshot) + ", ICE lists " + h.Listed + ". Who signs, seeks or leaves a 287(g) agreement, with the evidence."
	h.From, h.To = req.Snapshot.LastDays(lookBack)
	h.First = roster.Day(req.Snapshot.Extent().First)
	h.Last = roster.Day(req.Snapshot.KnownUntil())
	recent := difference{req.Snapshot.Recent(lookBack)}
	h.Figures = homeFigures(req.Snapshot, h.Stats, recent, h.First)
	h.Recent = recent
	h.Models = modelFigures(h.Stats)
	h.Leaders, h.Growth = leaders(h.Stats, leadersShown), growing(recent, leadersShown)
	h.Shares, h.Without = shares(h.Stats), without(h.Stats)
	h.Map = draw.Map(draw.MapData{Counts: h.Stats.ByState})
	h.Curve = draw.Curve(draw.CurveData{Points: points(req.Snapshot.Curve()), Until: req.Snapshot.KnownUntil(), Markers: markers(req.Snapshot)})
	h.Months = monthly(req.Snapshot.Curve())
	latest, _ := req.Snapshot.Find(roster.Filter{Kinds: roster.DefaultKinds()}, 0, latestShown)
	h.Latest = byDay(latest)
	return req.render(p)
}

// homeFigures are those that reporters quote.
func homeFigures(snap *snapshot.Snapshot, s roster.Stats, recent difference, first roster.Date) []figure {
	from, to := roster.Day(recent.From), roster.Day(recent.To)
	unread := !s.Knows(roster.ListParticipating)
	all := []figure{
		{Number: s.Active, Unknown: unread, Words: "active agreements", Note: english.ActiveSource(s), URL: "/downloads?status=active"},
		{Number: s.Agencies, Unknown: unread, Words: "agencies that hold them"},
		{Number: s.States, Unknown: unread, Words: "states and territories", Note: territoriesNote(s)},
		pendingFigure(s, "/downloads?status=pending"),
	}
	if from == to { // one day is known, and no difference
		return all
	}
	all = append(all, figure{Number: len(recent.New), Words: "new agreements", Note: recent.Span(), URL: compareURL(from, to)})
	if first < from {
		ever := snap.Compare(first.EndOf(), recent.To)
		all = append(all, figure{Number: len(ever.New), Words: "new agreements", Note: "since " + english.Date(first) + ", the day of the first list known here", URL: compareURL(first, to)})
	}
	return all
}

// territoriesNote says which of the places are not states.
func territoriesNote(s roster.Stats) string {
	var names []string
	for _, in := range shares(s) {
		if in.Active > 0 && in.State.Territory() {
			names = append(names, english.InSentence(in.State))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "among them " + english.And(names)
}

// growing are the n states with the most new agreements.
func growing(d difference, n int) []growth {
	var all []growth
	for state, fresh := range d.NewByState() {
		all = append(all, growth{state, fresh, d.After.ByState[state].Active})
	}
	slices.SortFunc(all, func(a, b growth) int {
		return cmp.Or(cmp.Compare(b.New, a.New), cmp.Compare(a.State.Name(), b.State.Name()))
	})
	return all[:min(n, len(all))]
}

// markers name every fifth hundred of active agreements on the curve.
func markers(snap *snapshot.Snapshot) []draw.Marker {
	var all []draw.Marker
	for _, c := range snap.Changes() {
		if snap.TakenBack(c.ID) || c.Corrects != "" {
			continue
		}
		if m := c.Milestone; m != nil && m.Count > 0 && m.Count%500 == 0 && m.Day == "" {
			all = append(all, draw.Marker{At: c.DetectedAt, Label: english.Thousands(m.Count)})
		}
	}
	return all
}
