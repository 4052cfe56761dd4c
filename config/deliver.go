package config

import (
	"slices"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // so that zones are known on machines without a zone database
)

// Deliver says when a channel gets its messages.
type Deliver struct {
	Every   string         // instant, hourly, daily or weekly
	Weekday time.Weekday   // of weekly
	Hour    int            // of daily and weekly
	Minute  int            // of daily and weekly
	Zone    *time.Location // of the hour; America/New_York where the file names none
}

const (
	writeDeliver = "write instant, hourly, daily 08:00 America/Chicago or weekly Monday 08:00 America/Chicago"
	writeTime    = "write it like 08:00 or 17:30"
	writeZone    = "write it like America/Chicago, or leave it out for America/New_York"
)

var newYork = sync.OnceValue(func() *time.Location {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil { // zones are compiled in
		panic(err)
	}
	return zone
})

// instantly is what counts where the file does not say.
func instantly() Deliver { return Deliver{Every: "instant", Zone: newYork()} }

// deliver reads a plan, word by word.
func deliver(to *Deliver) setter {
	return func(text string) (wrong string) {
		words := strings.Fields(text)
		if len(words) == 0 {
			return show(text) + " says no time; " + writeDeliver
		}
		d := instantly()
		d.Every = strings.ToLower(words[0])
		words = words[1:]
		switch d.Every {
		case "instant", "hourly":
			if len(words) > 0 {
				return show(text) + " says more than " + d.Every + "; " + writeDeliver
			}
		case "daily":
			wrong = d.hour(words)
		case "weekly":
			wrong = d.weekday(words)
		default:
			return show(text) + " is no plan; " + writeDeliver
		}
		if wrong == "" {
			*to = d
		}
		return wrong
	}
}

// weekday reads the day of the week, and what follows it.
func (d *Deliver) weekday(words []string) (wrong string) {
	if len(words) == 0 {
		return `"weekly" without a day and a time; write it like weekly Monday 08:00`
	}
	var names []string
	for day := time.Sunday; day <= time.Saturday; day++ {
		names = append(names, day.String())
	}
	i := slices.IndexFunc(names, func(n string) bool {
		return strings.EqualFold(words[0], n) || strings.EqualFold(words[0], n[:3])
	})
	if i >= 0 {
		d.Weekday = time.Weekday(i)
		return d.hour(words[1:])
	}
	if near := nearest(words[0], names); near != "" {
		return show(words[0]) + " is no day of the week; did you mean " + near + "?"
	}
	return show(words[0]) + " is no day of the week; write it like Monday"
}

// hour reads the time of day, and the zone after it.
func (d *Deliver) hour(words []string) (wrong string) {
	if len(words) == 0 {
		return `"` + d.Every + `" without a time of day; ` + writeTime + " after it"
	}
	t, err := time.Parse("15:04", words[0])
	if err != nil {
		return show(words[0]) + " is no time of day; " + writeTime
	}
	d.Hour, d.Minute = t.Hour(), t.Minute()
	if len(words) == 1 {
		return ""
	}
	name := strings.Join(words[1:], " ")
	zone, err := time.LoadLocation(name)
	if err != nil || zone == time.Local { // what is local differs from machine to machine
		return show(name) + " is no time zone; " + writeZone
	}
	d.Zone = zone
	return ""
}
