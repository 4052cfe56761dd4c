package pages

import (
	"html/template"
	"net/http"
	"slices"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/web/draw"
	"github.com/watch287g/watch287g/web/route"
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
	Nation  int // active agreements in all states
	Active  []roster.AgreementAt
	Waiting []waiting
	Ended   []ended
	Curve   template.HTML
	Months  months
	Latest  []dayOfChanges
	More    bool // there are older changes
	Embed   embedCode
}

// waiting is a pending entry with its age.
type waiting struct {
	roster.AgreementAt
	Days int
}

// ended is what ICE no longer lists.
type ended struct {
	roster.AgreementAt
	List roster.List // that it stood on
}

// statePage shows one state or territory.
func statePage(req *request) (*response, error) {
	given := req.PathValue("state")
	state, ok := roster.ParseState(given)
	if !ok {
		return nil, route.NotFound("There is no state or territory of that name. Postal codes work, as in /states/TX, and names, as in /states/Texas.")
	}
	if string(state) != given {
		return req.Redirect(route.StateURL(state), http.StatusMovedPermanently), nil
	}
	nation := req.Snapshot.CurrentStats()
	s := &statePlace{State: state, Name: english.InSentence(state), AsOf: req.Snapshot.KnownUntil(), Nation: nation.Active,
		Embed: req.embedCode("states/"+string(state), "287(g) agreements in "+english.InSentence(state))}
	req.fillState(s)
	s.Nothing = s.Stats.Active+s.Stats.Pending == 0
	if !s.Nothing || len(s.Ended) > 0 {
		curve := req.Snapshot.CurveOf(in(state))
		s.Curve = draw.Curve(draw.CurveData{Points: points(curve), Until: req.Snapshot.KnownUntil(), Title: "Active agreements in " + s.Name + " over time, by model"})
		s.Months = monthly(curve)
	}
	filter := roster.Filter{States: []roster.State{state}}
	news := filter
	news.Kinds = roster.DefaultKinds()
	latest, more := req.Snapshot.Find(news, 0, latestShown)
	s.Latest, s.More = byDay(latest), more
	s.Figures, s.Models = stateFigures(req.Snapshot, s), modelFigures(s.Stats)
	return req.render(&page{Template: "state", Title: "287(g) agreements in " + s.Name, Description: s.Sentence(), Path: route.StateURL(state),
		Picture: "/pictures/states/" + string(state) + ".png", Filter: filter, Data: s})
}

// fillState sorts what is known of a state by its status.
func (req *request) fillState(s *statePlace) {
	var here []roster.AgreementAt
	newest := roster.Day(req.Snapshot.Newest()).EndOf()
	for _, st := range req.Snapshot.AgreementsAt(req.Snapshot.KnownUntil()) {
		if st.State != s.State {
			continue
		}
		here = append(here, st)
		switch st.Status {
		case roster.StatusActive:
			s.Active = append(s.Active, st)
		case roster.StatusPending:
			s.Waiting = append(s.Waiting, waiting{st, prose.DaysBetween(roster.Day(st.Since), roster.Day(newest))})
		case roster.StatusEnded:
			r := req.Snapshot.Record(st.ID)
			if _, signed := req.Snapshot.SignedAs(r, req.Snapshot.KnownUntil()); r.List == roster.ListParticipating || !signed && r.SignedBy == "" {
				s.Ended = append(s.Ended, ended{st, r.List})
			}
		}
	}
	slices.SortStableFunc(s.Ended, func(a, b ended) int { return b.Until.Compare(a.Until) })
	s.Stats = roster.Count(here, req.Snapshot.KnownUntil().UTC())
	s.Stats.Publications = req.Snapshot.CurrentStats().Publications
}

// Sentence is what can be quoted.
func (s *statePlace) Sentence() string { return english.ListedIn(s.State, s.Stats, s.AsOf) }

// stateFigures are those of one state.
func stateFigures(snap *snapshot.Snapshot, s *statePlace) []figure {
	all := []figure{
		{Number: s.Stats.Active, Words: "active agreements", Note: share{Active: s.Stats.Active, Of: s.Nation}.Percent() + " of all"},
		{Number: s.Stats.Agencies, Words: "agencies that hold them"},
		pendingFigure(s.Stats, ""),
	}
	if from, to := snap.LastDays(lookBack); from < to {
		recent := difference{snap.Compare(from.EndOf(), snap.Extent().Cut(to.EndOf()))}
		all = append(all, figure{Number: recent.NewByState()[s.State], Words: "new agreements", Note: recent.Span()})
	}
	return all
}

// in wants the agreements of one state.
func in(s roster.State) func(roster.Agreement) bool {
	return func(a roster.Agreement) bool { return a.State == s }
}
