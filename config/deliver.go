package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// Deliver says when a channel gets its messages.
type Deliver struct {
	Every   string         // instant, hourly, daily or weekly
	Weekday time.Weekday   // of weekly
	Hour    int            // of daily and weekly
	Minute  int            // of daily and weekly
	Zone    *time.Location // of the hour; America/New_York where the file names none
}

// instantly is the schedule where the file gives none.
func instantly() Deliver { return Deliver{Every: "instant", Zone: roster.Washington()} }

// parse reads a schedule, word by word.
func (d *Deliver) parse(text string) (wrong string) {
	words := strings.Fields(strings.ToLower(text))
	*d = instantly()
	if len(words) == 0 {
		return "is not a schedule"
	}
	d.Every, words = words[0], strings.Fields(text)[1:]
	switch {
	case d.Every == "daily":
		return d.hour(words)
	case d.Every == "weekly":
		return d.weekday(words)
	case d.Every != "instant" && d.Every != "hourly":
		return "is not a schedule"
	case len(words) > 0:
		return "says more than " + d.Every
	}
	return ""
}

// weekday reads the day of the week, and what follows it.
func (d *Deliver) weekday(words []string) (wrong string) {
	if len(words) == 0 {
		return "has no day and time; write it like weekly Monday 08:00"
	}
	var days []string
	for day := time.Sunday; day <= time.Saturday; day++ {
		days = append(days, day.String())
	}
	i := slices.IndexFunc(days, func(n string) bool {
		return strings.EqualFold(words[0], n) || strings.EqualFold(words[0], n[:3])
	})
	if i >= 0 {
		d.Weekday = time.Weekday(i)
		return d.hour(words[1:])
	}
	if near := nearest(words[0], days); near != "" {
		return misplaced(words[0], "the day of the week", "did you mean "+near+"?")
	}
	return misplaced(words[0], "the day of the week", "write it like Monday")
}

// hour reads the time of day, and the zone after it.
func (d *Deliver) hour(words []string) (wrong string) {
	if len(words) == 0 {
		return "has no time of day; write one like 08:00 or 17:30 at its end"
	}
	t, err := time.Parse("15:04", words[0])
	if err != nil {
		return misplaced(words[0], "the time of day", "write it like 08:00 or 17:30")
	}
	d.Hour, d.Minute = t.Hour(), t.Minute()
	if len(words) == 1 {
		return ""
	}
	name := strings.Join(words[1:], " ")
	zone, err := time.LoadLocation(name)
	if err != nil || zone == time.Local { // what is local differs from machine to machine
		return misplaced(name, "the time zone", "write it like America/Chicago, or leave it out for America/New_York")
	}
	d.Zone = zone
	return ""
}

func misplaced(word, what, instead string) string {
	return fmt.Sprintf("has %s where %s belongs; %s", show(word), what, instead)
}
