package pages

import (
	"cmp"
	"html/template"
	"slices"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/countymap"
	"github.com/watch287g/watch287g/web/draw"
	"github.com/watch287g/watch287g/web/embed"
	"github.com/watch287g/watch287g/web/linked"
	"github.com/watch287g/watch287g/web/places"
	"github.com/watch287g/watch287g/web/route"
)

// What the front page shows at most.
const (
	latestShown  = 15
	headsShown   = 7 // lines of the latest changes
	leftShown    = 5
	leadersShown = 10
	lookBack     = places.RecentDays
)

// home is what the front page shows.
type home struct {
	Empty    bool
	Past     bool   // the record ended days ago: nothing is said as of today
	Claim    string // where things stand, in a sentence
	AsOf     time.Time
	Span     string // over which new and gone are counted
	Figures  []figure
	Map      countymap.States
	Shares   []places.Share
	Without  string // the states that are not in the table
	Listed   string // the same with all counts
	Covers   string // how many counties are covered; "" where no list says it
	Leading  string
	Models   []figure
	Latest   []dayOfChanges
	Left     []left
	LeftMore string // what is not shown; "" for none
	LeftURL  string
	Curve    template.HTML
	Ever     string // what came and went since the record began; "" where that is no longer ago than Recent
	Months   places.Months
	Leaders  []places.Share
	Growth   []growth
	Recent   places.Difference // that growth is counted in
	From     roster.Date
	To       roster.Date
	First    roster.Date
	Last     roster.Date // that is known of, in part or whole
	Embed    embedCode
}

// growth is what a state gained.
type growth struct {
	State roster.State
	New   int // agreements that are new
	Now   int // active agreements
}

// left is what ICE no longer lists of an agency since one day.
type left struct {
	Language      prose.Language
	AgencyID, Who string
	Since         roster.Date
	Models        []roster.Model
}

// What says which agreements are gone, and since when.
func (l left) What() string { return l.Language.NoLonger(l.Models, l.Since) }

// homePage shows where things stand.
func homePage(req *request) (*response, error) {
	snap := req.Snapshot
	h := home{Empty: snap.Extent().Empty(), Embed: req.embedCode(embed.Nation(req.Language), nil)}
	p := &page{Template: "home", Title: req.Language.Say("page.home.title"), Path: "/", Data: &h, Card: true, Linked: []any{linked.NewWebsite(req.Language, req.Base)},
		Description: req.Language.Say("page.home.says")}
	if h.Empty {
		return req.render(p)
	}
	stats := snap.CurrentStats()
	h.AsOf, h.Past = snap.KnownUntil(), req.past()
	h.Claim, h.Leading = req.Language.Claim(stats, h.AsOf, h.Past), places.Leading(req.Language, stats, h.Past)
	h.Listed = req.Language.Stands(stats, h.AsOf, h.Past)
	h.Covers = places.CoverageSaid(req.Language, snap, "", h.Past)
	p.Description = req.Language.Say("page.home.says.listed", "listed", h.Listed)
	h.Recent = places.Difference{Difference: snap.Recent(lookBack), Language: req.Language}
	h.From, h.To = roster.Day(h.Recent.From), roster.Day(h.Recent.To)
	h.First, h.Last = req.knownDays()
	h.Span = req.Language.FrontDate("begins", "")
	if h.From < h.To {
		h.Span = req.Language.FrontWords("recent", prose.DaysBetween(h.From, h.To))
	}
	h.Figures, h.Models = homeFigures(req.Language, stats, h.Recent), modelFigures(req.Language, stats)
	h.Shares, h.Without = places.Shares(req.Language, stats), places.Without(req.Language, stats)
	var err error
	if h.Map, err = countymap.StatesOf(req.Request.Request); err != nil {
		return nil, err
	}
	latest, _ := snap.Find(roster.Filter{Kinds: roster.DefaultKinds()}, 0, headsShown)
	h.Latest = byDay(req.Language, latest)
	h.fillLeft(req.Language)
	curve := snap.Curve()
	h.Curve = draw.Curve(draw.CurveData{Language: req.Language, Points: points(curve), Until: snap.KnownUntil(), Rounds: true})
	h.Months = places.Monthly(curve)
	if h.First < h.From {
		h.Ever = req.Language.Ever(h.First, len(snap.Compare(h.First.EndOf(), h.Recent.To).New), snap.LeftList())
	}
	h.Leaders, h.Growth = places.Leaders(req.Language, stats, leadersShown), growing(req.Language, h.Recent, leadersShown)
	return req.render(p)
}

// homeFigures are those that reporters quote.
func homeFigures(l prose.Language, s roster.Stats, recent places.Difference) []figure {
	unread := !s.Knows(roster.ListParticipating)
	states, placed := l.StatesFigure(s)
	all := []figure{
		{Number: s.Active, Unknown: unread, Words: l.ActiveWord(s.Active), Note: l.ActiveSource(s), URL: "/downloads?status=active"},
		{Number: s.Agencies, Unknown: unread, Words: l.FrontWords("agencies", s.Agencies)},
		{Number: states, Unknown: unread, Words: placed, URL: "/states"},
	}
	all = append(all, recentFigures(l, recent, len(recent.New), len(recent.Gone), "", "")...)
	pending := pendingFigure(l, s, s.Pending, "/downloads?status=pending")
	if p, known := s.Publications[roster.ListPending]; known && prose.DaysBetween(roster.Day(p.PublishedAt), roster.Day(recent.To)) <= route.RecentDays {
		pending.Note = "" // an older list is named
	}
	return append(all, pending)
}

// recentFigures are what is new and gone, with links to the agreements that they count,
// of which only is more of the query: "&state=TX". On the first day there are none.
func recentFigures(l prose.Language, recent places.Difference, fresh, gone int, note, only string) []figure {
	from, to := roster.Day(recent.From), roster.Day(recent.To)
	if from == to {
		return nil
	}
	days, compared := prose.DaysBetween(from, to), compareURL(from, to)+only
	return []figure{
		{Text: l.Difference(fresh), Words: l.FrontWords("new", days), Note: note, URL: compared + fragment("new", fresh)},
		{Text: l.Difference(-gone), Words: l.FrontWords("gone", days), Note: note, URL: compared + fragment("gone", gone)},
	}
}

// fragment leads to a part of the page of a comparison, which has it where it holds
// anything.
func fragment(part string, n int) string {
	if n == 0 {
		return ""
	}
	return "#" + part
}

// fillLeft names the agencies whose agreements were gone last.
func (h *home) fillLeft(l prose.Language) {
	gone := slices.Clone(h.Recent.Gone)
	slices.SortStableFunc(gone, func(a, b roster.AgreementAt) int { return b.Until.Compare(a.Until) })
	h.LeftURL = compareURL(h.From, h.To) + fragment("gone", len(gone))
	for i, a := range gone {
		since, last := roster.Day(a.Until), len(h.Left)-1
		if last >= 0 && h.Left[last].AgencyID == a.AgencyID && h.Left[last].Since == since {
			h.Left[last].Models = append(h.Left[last].Models, a.Model)
			continue
		}
		if len(h.Left) == leftShown {
			h.LeftMore = l.FrontWords("more", len(gone)-i)
			return
		}
		h.Left = append(h.Left, left{l, a.AgencyID, l.InState(a.Agency, a.State), since, []roster.Model{a.Model}})
	}
}

// growing are the n states with the most new agreements.
func growing(l prose.Language, d places.Difference, n int) []growth {
	var all []growth
	for state, fresh := range d.NewByState() {
		all = append(all, growth{state, fresh, d.After.ByState[state].Active})
	}
	slices.SortFunc(all, func(a, b growth) int {
		return cmp.Or(cmp.Compare(b.New, a.New), l.CompareStates(a.State, b.State))
	})
	return all[:min(n, len(all))]
}
