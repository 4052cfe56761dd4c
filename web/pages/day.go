package pages

import (
	"cmp"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/draw"
	"github.com/watch287g/watch287g/web/route"
)

// dayShown is how many changes of one day its page shows.
const dayShown = 100

// dayThen is what a day's page shows: all as of the end of that day.
type dayThen struct {
	Day          roster.Date
	Today        bool      // the day is not over
	Unread       bool      // what is known ends before the day does
	Unseen       bool      // it ends before the day begins
	Until        time.Time // where what is known ends
	End          time.Time // of the day, or of what is known of it
	Words        string    // "On May 19, 2025", or until when it is known
	Stats        roster.Stats
	Listed       string
	Leading      string
	Figures      []figure
	Models       []figure
	Shares       []share
	Map          template.HTML
	Lists        []roster.Publication // in force
	Published    []roster.Publication // on that day, whatever became of them
	Changes      []roster.Change      // milestones first, then by state
	More         int                  // changes of the day that are not shown
	ChangesURL   string
	Week         *difference // the seven days up to it; nil where less is known
	WeekURL      string
	Before, Next roster.Date // on which a list was published; "" where there is none
}

// dayPage shows what ICE's lists said at the end of a day.
func dayPage(req *request) (*response, error) {
	if req.PathValue("day") == "today" {
		return req.Redirect(route.DayURL(roster.Day(req.Now)), http.StatusSeeOther), nil
	}
	day, err := req.readDay(req.PathValue("day"))
	if err != nil {
		return nil, err
	}
	end := req.Snapshot.Extent().Cut(day.EndOf())
	d := &dayThen{Day: day, Today: day == roster.Day(req.Now), Until: req.Snapshot.KnownUntil(), End: end, Stats: req.Snapshot.Stats(end), Words: "On " + english.Date(day)}
	title := "287(g) agreements on " + english.Date(day)
	if req.Snapshot.Extent().Beyond(day.EndOf()) {
		d.Unread, d.Unseen = true, req.Snapshot.Extent().Beyond(startOf(day))
		d.Words = "As known until " + route.Until(req.Snapshot)
		title += ", as known until " + route.Until(req.Snapshot)
	}
	d.Listed, d.Leading = english.Listed(d.Stats), leading(d.Stats, true)
	d.Models, d.Shares = modelFigures(d.Stats), shares(d.Stats)
	d.Map = draw.Map(draw.MapData{Counts: d.Stats.ByState, Title: "Active agreements by state, " + lowerFirst(d.Words)})
	inForce := req.Snapshot.InForce(end)
	for _, list := range roster.Lists() {
		if p, ok := inForce[list]; ok {
			d.Lists = append(d.Lists, p)
		}
	}
	for _, p := range req.Snapshot.Publications() {
		if roster.Day(p.PublishedAt) == day {
			d.Published = append(d.Published, p)
		}
	}
	d.Before, d.Next = around(req.Snapshot.Days(), day)
	req.fillDay(d)
	return req.render(&page{Template: "day", Title: title, Description: d.Words + ", ICE listed " + d.Listed + ".",
		Path: route.DayURL(day), Picture: "/pictures/on/" + string(day) + ".png", Data: d})
}

// fillDay adds what happened on the day, and in the week that it ends.
func (req *request) fillDay(d *dayThen) {
	wanted := roster.Filter{Since: startOf(d.Day), Until: d.Day.EndOf()}
	d.ChangesURL = route.ChangesURL(wanted, 0)
	wanted.Kinds = roster.DefaultKinds()
	found, _ := req.Snapshot.Find(wanted, 0, 0)
	slices.SortStableFunc(found, func(a, b roster.Change) int {
		return cmp.Or(cmp.Compare(afterMilestones(a), afterMilestones(b)), cmp.Compare(a.Agreement.State.Name(), b.Agreement.State.Name()), cmp.Compare(a.Seq, b.Seq))
	})
	d.More = max(0, len(found)-dayShown)
	d.Changes = found[:len(found)-d.More]
	unread := !d.Stats.Knows(roster.ListParticipating)
	d.Figures = []figure{
		{Number: d.Stats.Active, Unknown: unread, Words: "active agreements", Note: english.ActiveSource(d.Stats)},
		{Number: d.Stats.Agencies, Unknown: unread, Words: "agencies that held them"},
		{Number: d.Stats.States, Unknown: unread, Words: "states and territories", Note: territoriesNote(d.Stats)},
		pendingFigure(d.Stats, ""),
	}
	from := max(roster.DateOf(d.Day.Time().AddDate(0, 0, -7)), roster.Day(req.Snapshot.Extent().First))
	if from < d.Day && from.EndOf().Before(d.End) {
		week := difference{req.Snapshot.Compare(from.EndOf(), d.End)}
		d.Week, d.WeekURL = &week, compareURL(from, d.Day)
	}
}

func afterMilestones(c roster.Change) int {
	if c.Kind == roster.KindMilestone {
		return 0
	}
	return 1
}

// readDay reads a day that the lists say something of.
func (req *request) readDay(s string) (roster.Date, error) {
	day, err := parseDay(s)
	if err != nil {
		return "", err
	}
	// A clock that was set back does not make a day that is known one to come.
	today := max(roster.Day(req.Now), roster.Day(req.Snapshot.KnownUntil()))
	if _, err := route.AsOf(req.Snapshot, day.EndOf()); err != nil {
		return "", err
	}
	if day > today {
		return "", route.NotFound(fmt.Sprintf("%s has not come yet. Today is %s: see /on/%s.", english.Date(day), english.Date(today), today))
	}
	return day, nil
}

// parseDay reads a calendar day.
func parseDay(s string) (roster.Date, error) {
	if t, err := time.Parse(time.DateOnly, s); err != nil || t.Year() < 1 {
		return "", route.BadRequest(fmt.Sprintf("“%s” is not a day: write year, month and day, as in 2025-05-19.", prose.Shorten(s, 60)))
	}
	return roster.Date(s), nil
}

// around finds the days next to one, before and after it.
func around(days []roster.Date, day roster.Date) (before, after roster.Date) {
	i, found := slices.BinarySearch(days, day)
	if i > 0 {
		before = days[i-1]
	}
	if found {
		i++
	}
	if i < len(days) {
		after = days[i]
	}
	return before, after
}

// dayForm leads from the form that asks for a day to that day's page.
func dayForm(req *request) (*response, error) {
	day, err := parseDay(req.URL.Query().Get("day"))
	if err != nil {
		return nil, err
	}
	return req.Redirect(route.DayURL(day), http.StatusSeeOther), nil
}
