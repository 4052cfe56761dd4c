package notify

import (
	"fmt"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// source says which of ICE's lists a message comes from, and how many
// agreements they have.
func source(m Message) string {
	s := listsOf(m.Changes)
	f := m.Delivery.Figures
	if f.Active == 0 {
		return s
	}
	return s + " · " + roster.Thousands(f.Active) + " active " + word(f.Active, "agreement") + places(f)
}

// listsOf names the lists that changes were read from, and when those were
// published, in Washington's time.
func listsOf(changes []roster.Change) string {
	var first, last time.Time
	names, lists := map[roster.List]bool{}, map[string]bool{}
	for _, c := range changes {
		at := c.Publication.PublishedAt
		names[c.Publication.List], lists[c.Publication.SHA256] = true, true
		if first.IsZero() || at.Before(first) {
			first = at
		}
		if at.After(last) {
			last = at
		}
	}
	what := "ICE's "
	if len(names) == 1 {
		what += string(changes[0].Publication.List) + " "
	}
	what += word(len(lists), "list")
	if first.IsZero() {
		return what
	}
	return what + " of " + span(first, last)
}

// places says in how many states and territories the active agreements are.
func places(f roster.Figures) string {
	states, territories := 0, 0
	for s, n := range f.ByState {
		switch {
		case n == 0:
		case s.Territory():
			territories++
		default:
			states++
		}
	}
	switch {
	case f.States == 0:
		return ""
	case states+territories != f.States: // the figures by state are not those of the country
		return fmt.Sprintf(" in %d states and territories", f.States)
	case territories == 0:
		return fmt.Sprintf(" in %d %s", states, word(states, "state"))
	case territories == 1:
		return fmt.Sprintf(" in %d %s and 1 territory", states, word(states, "state"))
	}
	return fmt.Sprintf(" in %d %s and %d territories", states, word(states, "state"), territories)
}

// moment is "July 3, 2025, 4 p.m. ET".
func moment(t time.Time) string {
	return roster.Day(t).Long() + ", " + clock(t) + " ET"
}

// span is the time from the first publication to the last: to the minute on one
// day, else by the day.
func span(first, last time.Time) string {
	from, to := first.In(roster.Washington()), last.In(roster.Washington())
	switch {
	case roster.Day(from) == roster.Day(to) && clock(from) == clock(to):
		return moment(to)
	case roster.Day(from) == roster.Day(to):
		return roster.Day(from).Long() + ", " + clock(from) + " to " + clock(to) + " ET"
	case from.Year() != to.Year():
		return roster.Day(from).Long() + ", to " + roster.Day(to).Long()
	case from.Month() != to.Month():
		return from.Format("January 2") + " to " + roster.Day(to).Long()
	}
	return from.Format("January 2") + " to " + to.Format("2, 2006")
}

// clock is the time of day as papers print it: "4 p.m.", "9:30 a.m.", "noon".
func clock(t time.Time) string {
	t = t.In(roster.Washington())
	half := "a.m."
	if t.Hour() >= 12 {
		half = "p.m."
	}
	switch {
	case t.Minute() != 0:
		return t.Format("3:04 ") + half
	case t.Hour() == 0:
		return "midnight"
	case t.Hour() == 12:
		return "noon"
	}
	return t.Format("3 ") + half
}

// day spells a date out, without its year where that is the publication's.
func day(d roster.Date, published time.Time) string {
	t := d.Time()
	if t.Year() == published.In(roster.Washington()).Year() {
		return t.Format("January 2")
	}
	return d.Long()
}
