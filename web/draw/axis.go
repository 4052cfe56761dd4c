package draw

import (
	"fmt"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// ticks are the round numbers from zero on that an axis names, at most so many
// steps of them; the last is at least top, and at least 1.
func ticks(top, steps int) []int {
	top = max(top, 1)
	width := 1
	for i := 0; top > steps*width; i++ {
		width = [...]int{1, 2, 5}[(i+1)%3] * power(10, (i+1)/3)
	}
	all := []int{0}
	for v := width; v < top+width; v += width {
		all = append(all, v)
	}
	return all
}

func power(base, exponent int) int {
	p := 1
	for range exponent {
		p *= base
	}
	return p
}

// pace is how far the marks of a calendar stand apart: days, or months.
type pace struct{ days, months int }

// paces are the steps that people count in, from near to far.
var paces = []pace{
	{days: 1}, {days: 2}, {days: 7}, {days: 14}, {months: 1}, {months: 2}, {months: 3}, {months: 6}, {months: 12},
	{months: 2 * 12}, {months: 5 * 12}, {months: 10 * 12}, {months: 50 * 12}, {months: 100 * 12}, {months: 1000 * 12},
}

// paceFor is the nearest pace at which the days from first to last have at most
// so many marks.
func paceFor(first, last, marks int) pace {
	for _, p := range paces {
		if (last-first)/(p.days+p.months*30) < marks {
			return p
		}
	}
	return paces[len(paces)-1]
}

// marks are the days, from first to last, that begin a step of the calendar.
// Days are counted from the first, months from January.
func (p pace) marks(first, last int) []int {
	var all []int
	if p.days > 0 {
		for n := first; n <= last; n += p.days {
			all = append(all, n)
		}
		return all
	}
	year, month := dayTime(first).Year(), 1
	if p.months > 12 {
		year -= year % (p.months / 12)
	}
	for {
		n := int(time.Date(year, time.Month(month), 1, 0, 0, 0, 0, time.UTC).Unix() / 86400)
		if n > last {
			return all
		}
		if n >= first {
			all = append(all, n)
		}
		month += p.months
	}
}

// label names a mark: the small part of its date, and its year where a reader
// needs it, behind a mark of another year.
func (p pace) label(l prose.Language, number, before int) (text, year string) {
	t := dayTime(number)
	if p.months >= 12 {
		return fmt.Sprint(t.Year()), ""
	}
	if before == 0 || dayTime(before).Year() != t.Year() {
		year = fmt.Sprint(t.Year())
	}
	if p.days > 0 {
		return l.ShortDay(roster.DateOf(t)), year
	}
	return l.ShortMonth(roster.DateOf(t)), year
}
