package prose

import (
	"strconv"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// Date spells a day out, as in "June 11, 2025"; "" where it is none.
func (l Language) Date(d roster.Date) string { return l.date("date", d) }

func (l Language) date(k key, d roster.Date) string { return l.dateWith(k, d, "month.") }

// dateWith is date with the names of months whose keys begin as given.
func (l Language) dateWith(k key, d roster.Date, months key) string {
	t := d.Time()
	if t.IsZero() {
		return ""
	}
	return l.say(k, parts{"month": l.plain(months + key(strconv.Itoa(int(t.Month())))), "day": strconv.Itoa(t.Day()), "year": strconv.Itoa(t.Year())})
}

// dateIn spells a day out, without its year where that is the one given.
func (l Language) dateIn(d roster.Date, year int) string {
	if t := d.Time(); !t.IsZero() && t.Year() == year {
		return l.date("date.yearless", d)
	}
	return l.Date(d)
}

// dateOrQuoted spells a date out, and quotes what is none.
func (l Language) dateOrQuoted(s string) string {
	if date := l.Date(roster.Date(s)); date != "" {
		return date
	}
	return l.Quoted(s)
}

// ShortDate is Date for a table: "Jun 11, 2025".
func (l Language) ShortDate(d roster.Date) string { return l.dateWith("date.short", d, "month.short.") }

// Day spells out the day in Washington in which t falls.
func (l Language) Day(t time.Time) string { return l.Date(roster.Day(t)) }

// Moment is "July 3, 2025, 4 p.m. ET", or "never".
func (l Language) Moment(t time.Time) string {
	if t.IsZero() {
		return l.plain("moment.never")
	}
	return l.say("moment", parts{"date": l.Day(t), "clock": l.Clock(t)})
}

// ShortMoment is Moment for a table: "Jul 3, 2025, 4 p.m. ET".
func (l Language) ShortMoment(t time.Time) string {
	if t.IsZero() {
		return l.plain("moment.never")
	}
	return l.say("moment", parts{"date": l.ShortDate(roster.Day(t)), "clock": l.Clock(t)})
}

// Clock is the time of day in Washington as papers print it: "4 p.m.", "9:30
// a.m.", "noon".
func (l Language) Clock(t time.Time) string {
	t = t.In(roster.Washington())
	if t.Minute() == 0 {
		switch t.Hour() {
		case 0:
			return l.plain("clock.midnight")
		case 12:
			return l.plain("clock.noon")
		}
	}
	hour := t.Format("3")
	if t.Minute() != 0 {
		hour = t.Format("3:04")
	}
	if t.Hour() < 12 {
		return l.say("clock.am", parts{"hour": hour})
	}
	return l.say("clock.pm", parts{"hour": hour})
}

// Span is the time from one moment to another: to the minute on one day, else by
// the day.
func (l Language) Span(first, last time.Time) string {
	from, to := roster.Day(first), roster.Day(last)
	switch {
	case from == to && l.Clock(first) == l.Clock(last):
		return l.Moment(last)
	case from == to:
		return l.say("span.hours", parts{"date": l.Date(from), "from": l.Clock(first), "to": l.Clock(last)})
	case from[:4] != to[:4]:
		return l.say("span.years", parts{"from": l.Date(from), "to": l.Date(to)})
	case from[:7] != to[:7]:
		return l.say("span", parts{"from": l.date("date.yearless", from), "to": l.Date(to)})
	}
	t := to.Time()
	return l.say("span.month", parts{"first": strconv.Itoa(from.Time().Day()), "last": strconv.Itoa(t.Day()), "month": l.plain(key("month." + strconv.Itoa(int(t.Month())))), "year": strconv.Itoa(t.Year())})
}

// DaysBetween counts the days from one day to another.
func DaysBetween(from, to roster.Date) int { return int(to.Time().Sub(from.Time()).Hours() / 24) }

// Days is a number of days in words.
func (l Language) Days(n int) string { return l.count("days", n, nil) }

// lasted says how many days lie between, of which there may be none.
func (l Language) lasted(from, to roster.Date) string {
	n := DaysBetween(from, to)
	if n == 0 {
		return l.plain("days.none")
	}
	return l.Days(n)
}

// FirstDay is since when something is listed, as far as this record knows: "June
// 11, 2025 or before".
func (l Language) FirstDay(d roster.Date, isLowerBound bool) string {
	return l.OrBefore(l.Date(d), isLowerBound)
}

// OrBefore is a day, spelled out in one way or another, that is perhaps only the
// first one of the record.
func (l Language) OrBefore(day string, isLowerBound bool) string {
	if isLowerBound && day != "" {
		return l.say("day.or-before", parts{"day": day})
	}
	return day
}

// Lasting writes how long something takes, in whole hours or minutes where it is that:
// "a minute", "90 minutes", "2 hours", "1m30s".
func (l Language) Lasting(d time.Duration) string { return l.duration("lasting", d) }

// Every writes how often something happens: "every hour", "every 90 minutes".
func (l Language) Every(d time.Duration) string { return l.duration("every", d) }

func (l Language) duration(k key, d time.Duration) string {
	switch {
	case d >= time.Hour && d%time.Hour == 0:
		return l.count(k+".hours", int(d/time.Hour), nil)
	case d >= time.Minute && d%time.Minute == 0:
		return l.count(k+".minutes", int(d/time.Minute), nil)
	}
	return l.say(k, parts{"duration": d.String()})
}

// spells says from when to when, for each of several stays on a list. date spells
// out a day.
func (l Language) spells(all []roster.Spell, date func(roster.Date) string) string {
	return l.And(each(all, func(s roster.Spell) string { return l.spell(s, date) }))
}

func (l Language) spell(s roster.Spell, date func(roster.Date) string) string {
	p := parts{"from": date(s.From), "until": date(s.Until)}
	switch {
	case s.FromIsLowerBound && s.From == s.Until:
		return l.say("spell.until", p)
	case s.FromIsLowerBound:
		return l.say("spell.at-least", p)
	case s.From == s.Until:
		return l.say("spell.day", p)
	}
	return l.say("spell", p)
}

// longSpells gives every day its year, once where a spell has one.
func (l Language) longSpells(all []roster.Spell) string {
	return l.And(each(all, l.longSpell))
}

func (l Language) longSpell(s roster.Spell) string {
	return l.spell(s, func(d roster.Date) string {
		if d == s.From && d != s.Until {
			return l.dateIn(d, s.Until.Time().Year())
		}
		return l.Date(d)
	})
}
