package pages

import (
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/bulk"
	"github.com/watch287g/watch287g/web/cards"
	"github.com/watch287g/watch287g/web/draw"
	"github.com/watch287g/watch287g/web/places"
	"github.com/watch287g/watch287g/web/route"
	"github.com/watch287g/watch287g/web/table"
)

// dayShown is how many changes of one day its page shows.
const dayShown = 300

// dayRows is how many agencies of one day its page shows.
const dayRows = 450

// dayThen is what a day's page shows: all as of the end of that day.
type dayThen struct {
	Day          roster.Date
	Today        bool      // the day is not over
	Unread       bool      // what is known ends before the day does
	Unseen       bool      // it ends before the day begins
	Until        time.Time // where what is known ends
	End          time.Time // of the day, or of what is known of it
	Sentence     string    // what ICE listed on the day, as far as it is known
	Words        string    // "On May 19, 2025", or until when it is known
	Stats        roster.Stats
	Listed       string
	Leading      string
	Figures      []figure
	Models       []figure
	Shares       []places.Share
	Map          template.HTML
	Lists        []roster.Publication // in force
	Published    []roster.Publication // on that day, whatever became of them
	Changes      dayOfChanges
	More         int // changes of the day that are not shown
	ChangesURL   string
	Week         *places.Difference // the seven days up to it; nil where less is known
	WeekURL      string
	Before, Next roster.Date // on which a list was published; "" where there is none

	Query     string       // what the days beside it are asked for, from "?" on; "" for all that ICE listed
	Whole     string       // address of the page with all; "" where it has all
	States    []choice     // for the form
	Hidden    []link       // what else of the choice the form passes on
	Table     *table.Table // of the agencies that are chosen; nil for all
	Only      string       // what of the day was chosen besides a state
	Rest      int          // agencies that the table does not show
	Downloads string       // address
}

// dayPage shows what ICE's lists said at the end of a day.
func dayPage(req *request) (*response, error) {
	if req.PathValue("day") == "today" {
		return req.Redirect(req.Keeping(route.DayURL(roster.Day(req.Now))), http.StatusSeeOther), nil
	}
	day, err := req.readDay(req.PathValue("day"))
	if err != nil {
		return nil, err
	}
	asked, sort, err := req.readTable()
	if err != nil {
		return nil, err
	}
	of := asked.Filter
	end := req.Snapshot.Extent().Cut(day.EndOf())
	d := &dayThen{Day: day, Today: day == roster.Day(req.Now), Until: req.Snapshot.KnownUntil(), End: end, Stats: route.Stats(req.Snapshot, end, of), Words: req.Language.Say("page.day.on", "date", req.Language.Date(day))}
	title := req.Language.Say("page.day.title", "scope", req.Language.Scope(of, req.Snapshot.NameOf), "date", req.Language.Date(day))
	if req.Snapshot.Extent().Beyond(day.EndOf()) {
		d.Unread, d.Unseen = true, req.Snapshot.Extent().Beyond(startOf(day))
		d.Words = req.Language.Say("page.day.until", "moment", route.Until(req.Language, req.Snapshot))
		title = req.Language.Say("page.day.title.until", "title", title, "moment", route.Until(req.Language, req.Snapshot))
	}
	d.Listed, d.Models = req.Language.Listed(d.Stats), modelFigures(req.Language, d.Stats)
	if route.Chosen(of) {
		d.Listed = req.Language.ListedOf(d.Stats, of, req.Snapshot.NameOf)
	}
	d.Sentence = req.Language.Say("page.day.sentence", "words", d.Words, "listed", d.Listed)
	if len(of.States) != 1 {
		d.Leading, d.Shares = places.Leading(req.Language, d.Stats, true), places.Shares(req.Language, d.Stats)
		d.Map = draw.Map(draw.MapData{Language: req.Language, Counts: d.Stats.ByState, Title: req.Language.Say("page.day.map", "words", lowerFirst(d.Words))})
	}
	req.chooseOfDay(d, table.Choice{Language: req.Language, Path: route.DayURL(day), Filter: of, Statuses: asked.Statuses, Sort: sort})
	inForce := req.Snapshot.InForce(end)
	for _, list := range roster.Lists() {
		if p, ok := inForce[list]; ok {
			d.Lists = append(d.Lists, p)
		}
	}
	for _, p := range req.Snapshot.ByDate(0) {
		if roster.Day(p.PublishedAt) == day {
			d.Published = append(d.Published, p)
		}
	}
	d.Before, d.Next = around(req.Snapshot.Days(), day)
	req.fillDay(d, of)
	return req.render(&page{Template: "day", Title: title, Description: d.Sentence,
		Path: route.DayURL(day) + d.Query, Picture: "/pictures/on/" + string(day) + ".png", Shows: cards.Day(req.Language, req.Snapshot, day), Filter: of, Data: d,
		Crumbs: req.trail(linkTo(req.Language.Say("page.frame.changes"), "/changes"), linkTo(req.Language.Date(day), route.DayURL(day)))})
}

// chooseOfDay adds what is shown of a part of the lists alone, and the ways to it.
func (req *request) chooseOfDay(d *dayThen, c table.Choice) {
	d.States, d.Hidden = choices(req.Language, req.Language.Say("page.choice.states"), statesOf(req.Language), req.Language.State, c.Filter.States), hidden(c.Filter, "state")
	q := route.Encode(c.Filter)
	d.Query = route.At("", q, 0)
	q.Set("as_of", string(d.Day))
	d.Downloads = route.DownloadsURL(q)
	if !c.Narrows() && c.Sort == "" {
		return
	}
	d.Whole = route.DayURL(d.Day)
	d.Only = req.Language.Narrowed(c.Filter, c.Statuses, req.Snapshot.NameOf)
	all := req.Snapshot.Select(d.End, roster.Filter{States: c.Filter.States}, roster.Statuses()...)
	d.Table = table.New(req.Snapshot, c, d.End, all)
	d.Rest = max(0, len(d.Table.Rows)-dayRows)
	d.Table.Rows = d.Table.Rows[:len(d.Table.Rows)-d.Rest]
	d.Table.Ended = d.Table.Ended[:min(len(d.Table.Ended), dayRows)]
}

// fillDay adds what happened on the day, and in the week that it ends.
func (req *request) fillDay(d *dayThen, of roster.Filter) {
	wanted := of
	wanted.Since, wanted.Until = startOf(d.Day), d.Day.EndOf()
	d.ChangesURL = route.ChangesURL(wanted, 0)
	wanted.Kinds = roster.DefaultKinds()
	found, _ := req.Snapshot.Find(wanted, 0, 0)
	d.More = max(0, len(found)-dayShown)
	shown := []dayOfChanges{{Language: req.Language, Day: d.Day, Changes: found[:len(found)-d.More], Part: d.More > 0}}
	bulk.Stand(req.Snapshot, shown, wanted)
	d.Changes = shown[0]
	unread := !d.Stats.Knows(roster.ListParticipating)
	states, placed := req.Language.StatesFigure(d.Stats)
	d.Figures = []figure{
		{Number: d.Stats.Active, Unknown: unread, Words: req.Language.ActiveWord(d.Stats.Active), Note: req.Language.ActiveSource(d.Stats)},
		{Number: d.Stats.Agencies, Unknown: unread, Words: req.Language.HolderWord(d.Stats.Agencies, d.Stats.Active)},
		{Number: states, Unknown: unread, Words: placed},
		pendingFigure(req.Language, d.Stats, d.Stats.Pending, ""),
	}
	if len(of.States) == 1 {
		d.Figures = slices.Delete(d.Figures, 2, 3)
	}
	from := req.Snapshot.DaysBefore(d.Day, 7)
	if from < d.Day && from.EndOf().Before(d.End) {
		week := places.Difference{Difference: route.Compare(req.Snapshot, from.EndOf(), d.End, of), Language: req.Language}
		d.Week, d.WeekURL = &week, route.CompareURL(string(from), string(d.Day), of)
	}
}

// readDay reads a day that the lists say something of.
func (req *request) readDay(s string) (roster.Date, error) {
	day, err := parseDay(req.Language, s)
	if err != nil {
		return "", err
	}
	// A clock that was set back does not make a day that is known one to come.
	today := max(roster.Day(req.Now), roster.Day(req.Snapshot.KnownUntil()))
	if _, err := route.AsOf(req.Language, req.Snapshot, day.EndOf()); err != nil {
		return "", err
	}
	if day > today {
		return "", route.Missing(req.Language, "page.problem.to-come", "date", req.Language.Date(day), "today", req.Language.Date(today), "page", route.In(req.Language, route.DayURL(today)))
	}
	return day, nil
}

// parseDay reads a calendar day.
func parseDay(l prose.Language, s string) (roster.Date, error) {
	if t, err := time.Parse(time.DateOnly, s); err != nil || t.Year() < 1 {
		return "", route.Unclear(l, "page.problem.no-day", "text", prose.Shorten(s, 60))
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
	day, err := parseDay(req.Language, req.URL.Query().Get("day"))
	if err != nil {
		return nil, err
	}
	q := req.URL.Query()
	maps.Copy(q, req.Unused)
	q.Del("day")
	for name, values := range q { // a form sends what is not chosen, too
		if strings.Join(values, "") == "" {
			delete(q, name)
		}
	}
	return req.Redirect(route.At(route.DayURL(day), q, 0), http.StatusSeeOther), nil
}

// startOf is the first moment of a day in Washington.
func startOf(d roster.Date) time.Time {
	t := d.Time()
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, roster.Washington())
}
