package pages

import (
	"html/template"
	"net/http"
	"net/url"
	"time"

	"github.com/watch287g/watch287g/prose"
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
	State    roster.State
	Name     string // within a sentence: "the District of Columbia"
	Nothing  bool   // ICE lists neither an agreement nor an entry
	AsOf     time.Time
	Sentence string       // what can be quoted
	Stats    roster.Stats // of the state alone
	Figures  []figure
	Models   []figure
	Table    *table.Table
	Only     string // what of the table was chosen, in a sentence; "" for all
	Map      *countymap.Figure
	Curve    template.HTML
	Months   places.Months
	Latest   []dayOfChanges
	More     bool // there are older changes
	Embed    embedCode
	Covers   string // how many counties are covered, in a sentence
}

// stateNews is how many changes a state's page shows.
const stateNews = 6

// statePage shows one state or territory.
func statePage(req *request) (*response, error) {
	given := req.PathValue("state")
	state, ok := roster.ParseState(given)
	if !ok {
		return nil, route.Missing(req.Language, "page.problem.no-state")
	}
	if string(state) != given {
		return req.Redirect(req.Keeping(route.StateURL(state)), http.StatusMovedPermanently), nil
	}
	asked, sort, err := req.readTable()
	if err != nil {
		return nil, err
	}
	asked.States = []roster.State{state}
	if !asked.AsOf.IsZero() { // which another page answers
		return req.Redirect(route.At(route.DayURL(roster.Day(asked.AsOf)), route.Encode(asked.Filter), 0), http.StatusSeeOther), nil
	}
	s := &statePlace{State: state, Name: req.Language.InSentence(state), AsOf: req.Snapshot.KnownUntil(),
		Embed: req.embedCode(embed.OfState(req.Language, state), url.Values{"state": {string(state)}})}
	s.Only = req.Language.Narrowed(asked.Filter, asked.Statuses, req.Snapshot.NameOf)
	here := req.Snapshot.Select(s.AsOf, roster.Filter{States: asked.States}, roster.Statuses()...)
	s.Table = table.New(req.Snapshot, table.Choice{Language: req.Language, Path: route.StateURL(state), Place: state, Filter: asked.Filter, Statuses: asked.Statuses, Sort: sort}, s.AsOf, here)
	s.Stats = req.Snapshot.StatsOf(s.AsOf, in(state))
	s.Sentence = req.Language.ListedIn(s.State, s.Stats, s.AsOf)
	s.Covers = places.CoverageSaid(req.Language, req.Snapshot, state, false) // the lead says when
	s.Nothing = s.Stats.Active+s.Stats.Pending == 0
	s.Map = countymap.State(req.Language, req.Snapshot, req.set.borders, state)
	if len(here) > 0 {
		curve := req.Snapshot.CurveOf(in(state))
		s.Curve = draw.Curve(draw.CurveData{Language: req.Language, Points: points(curve), Until: req.Snapshot.KnownUntil(), Rounds: true, Title: req.Language.Say("page.state-page.curve", "state", s.Name)})
		s.Months = places.Monthly(curve)
	}
	filter := roster.Filter{States: []roster.State{state}}
	news := filter
	news.Kinds = roster.DefaultKinds()
	latest, more := req.Snapshot.Find(news, 0, stateNews)
	s.Latest, s.More = byDay(req.Language, latest), more
	s.Figures, s.Models = stateFigures(req.Language, req.Snapshot, s), modelFigures(req.Language, s.Stats)
	return req.render(&page{Template: "state", Title: req.Language.Say("page.embed.in", "place", s.Name), Description: s.Sentence, Path: route.StateURL(state),
		Picture: "/pictures/states/" + string(state) + ".png", Shows: cards.State(req.Language, req.Snapshot, state), Filter: filter, Card: true, Crumbs: req.stateTrail(state), Data: s})
}

// stateFigures are those of one state.
func stateFigures(l prose.Language, snap *snapshot.Snapshot, s *statePlace) []figure {
	recent := places.Difference{Difference: snap.Recent(lookBack), Language: l}
	all := []figure{
		{Number: s.Stats.Active, Words: l.ActiveWord(s.Stats.Active), Note: l.Say("page.figure.of-all", "share", l.Share(s.Stats.Active, snap.CurrentStats().Active))},
		{Number: s.Stats.Agencies, Words: l.FrontWords("agencies", s.Stats.Agencies)},
	}
	until := l.FrontDate("to", l.Day(recent.To))
	all = append(all, recentFigures(l, recent, recent.NewByState()[s.State], recent.GoneByState()[s.State], until, "&state="+string(s.State))...)
	return append(all, pendingFigure(l, s.Stats, s.Stats.Pending, ""))
}

// in wants the agreements of one state.
func in(s roster.State) func(roster.Agreement) bool {
	return func(a roster.Agreement) bool { return a.State == s }
}
