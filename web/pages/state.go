package pages

import (
	"html/template"
	"net/http"
	"net/url"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/web/cards"
	"github.com/watch287g/watch287g/web/countymap"
	"github.com/watch287g/watch287g/web/draw"
	"github.com/watch287g/watch287g/web/embed"
	"github.com/watch287g/watch287g/web/places"
	"github.com/watch287g/watch287g/web/route"
	"github.com/watch287g/watch287g/web/table"
)

// statePlace is what a state's page shows.
type statePlace struct {
	State   roster.State
	Name    string // within a sentence: "the District of Columbia"
	Nothing bool   // ICE lists neither an agreement nor an entry
	AsOf    time.Time
	Stats   roster.Stats // of the state alone
	Figures []figure
	Models  []figure
	Table   *table.Table
	Only    string // what of the table was chosen, in a sentence; "" for all
	Map     *countymap.Figure
	Curve   template.HTML
	Months  places.Months
	Latest  []dayOfChanges
	More    bool // there are older changes
	Embed   embedCode
	Covers  string // how many counties are covered, in a sentence
}

// stateNews is how many changes a state's page shows.
const stateNews = 6

// statePage shows one state or territory.
func statePage(req *request) (*response, error) {
	given := req.PathValue("state")
	state, ok := roster.ParseState(given)
	if !ok {
		return nil, route.NotFound("There is no state or territory of that name. Postal codes work, as in /states/TX, and names, as in /states/Texas.")
	}
	if string(state) != given {
		return req.Redirect(req.keeping(route.StateURL(state)), http.StatusMovedPermanently), nil
	}
	asked, sort, err := req.readTable()
	if err != nil {
		return nil, err
	}
	asked.States = []roster.State{state}
	if !asked.AsOf.IsZero() { // which another page answers
		return req.Redirect(route.At(route.DayURL(roster.Day(asked.AsOf)), route.Encode(asked.Filter), 0), http.StatusSeeOther), nil
	}
	s := &statePlace{State: state, Name: english.InSentence(state), AsOf: req.Snapshot.KnownUntil(),
		Embed: req.embedCode(embed.OfState(state), url.Values{"state": {string(state)}})}
	s.Only = english.Narrowed(asked.Filter, asked.Statuses, req.Snapshot.NameOf)
	here := req.Snapshot.Select(s.AsOf, roster.Filter{States: asked.States}, roster.Statuses()...)
	s.Table = table.New(req.Snapshot, table.Choice{Path: route.StateURL(state), Place: state, Filter: asked.Filter, Statuses: asked.Statuses, Sort: sort}, s.AsOf, here)
	s.Stats = req.Snapshot.StatsOf(s.AsOf, in(state))
	s.Covers = places.CoverageSaid(req.Snapshot, state, false) // the lead says when
	s.Nothing = s.Stats.Active+s.Stats.Pending == 0
	s.Map = countymap.State(req.Snapshot, req.set.borders, state)
	if len(here) > 0 {
		curve := req.Snapshot.CurveOf(in(state))
		s.Curve = draw.Curve(draw.CurveData{Points: points(curve), Until: req.Snapshot.KnownUntil(), Rounds: true, Title: "Active agreements in " + s.Name + " over time, by model"})
		s.Months = places.Monthly(curve)
	}
	filter := roster.Filter{States: []roster.State{state}}
	news := filter
	news.Kinds = roster.DefaultKinds()
	latest, more := req.Snapshot.Find(news, 0, stateNews)
	s.Latest, s.More = byDay(latest), more
	s.Figures, s.Models = stateFigures(req.Snapshot, s), modelFigures(s.Stats)
	return req.render(&page{Template: "state", Title: "287(g) agreements in " + s.Name, Description: s.Sentence(), Path: route.StateURL(state),
		Picture: "/pictures/states/" + string(state) + ".png", Shows: cards.State(req.Snapshot, state), Filter: filter, Card: true, Crumbs: stateTrail(state), Data: s})
}

// Sentence is what can be quoted.
func (s *statePlace) Sentence() string { return english.ListedIn(s.State, s.Stats, s.AsOf) }

// stateFigures are those of one state.
func stateFigures(snap *snapshot.Snapshot, s *statePlace) []figure {
	recent := places.Difference{Difference: snap.Recent(lookBack)}
	all := []figure{
		{Number: s.Stats.Active, Words: english.ActiveWord(s.Stats.Active), Note: places.Share{Active: s.Stats.Active, Of: snap.CurrentStats().Active}.Percent() + " of all"},
		{Number: s.Stats.Agencies, Words: english.FrontWords("agencies", s.Stats.Agencies)},
	}
	until := english.FrontDate("to", english.Day(recent.To))
	all = append(all, recentFigures(recent, recent.NewByState()[s.State], recent.GoneByState()[s.State], until, "&state="+string(s.State))...)
	return append(all, pendingFigure(s.Stats, s.Stats.Pending, ""))
}

// in wants the agreements of one state.
func in(s roster.State) func(roster.Agreement) bool {
	return func(a roster.Agreement) bool { return a.State == s }
}
