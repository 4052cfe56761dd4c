package prose

import (
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// Filter says what a filter wants: "New agreements in Texas, Warrant Service
// Officer, since June 1, 2025". agency names the agency of an id, or returns "" for
// what is a name or a pattern.
func (l Language) Filter(f roster.Filter, agency func(string) string) string {
	all := []string{l.filterKinds(f.Kinds)}
	if len(f.States) > 0 {
		all[0] = l.say("filter.in", parts{"kinds": all[0], "states": l.States(f.States)})
	}
	add := func(k key, words []string) {
		if len(words) > 0 {
			all = append(all, l.say(k, parts{"words": l.And(words)}))
		}
	}
	add("filter", each(f.Models, l.Model))
	add("filter", each(f.Types, l.Types))
	add("filter.county", f.Counties)
	add("filter.place", f.Places)
	add("filter", each(f.Agencies, func(s string) string {
		if name := agency(s); name != "" {
			return name
		}
		return l.say("filter.named", parts{"name": l.Quoted(s)})
	}))
	switch since := l.sinceOrMoment(f.Since); {
	case f.Since.IsZero():
	case since == l.Day(f.Since) && since == l.DayOrMoment(f.Until):
		add("filter.on", []string{since})
		return strings.Join(all, ", ")
	default:
		add("filter.since", []string{since})
	}
	if !f.Until.IsZero() {
		add("filter.until", []string{l.DayOrMoment(f.Until)})
	}
	return strings.Join(all, ", ")
}

func (l Language) filterKinds(kinds []roster.Kind) string {
	switch len(kinds) {
	case 0:
		return l.plain("filter.usual")
	case len(roster.Kinds()):
		return l.plain("filter.all")
	}
	all := slices.DeleteFunc(roster.Kinds(), func(k roster.Kind) bool { return !slices.Contains(kinds, k) })
	return Capitalize(l.And(each(all, l.Kinds)))
}

// FilterTitle names what a filter chooses, for titles: "Texas, Florida · new
// agreement · Task Force Model". It is "" for a filter that chooses all.
func (l Language) FilterTitle(f roster.Filter) string {
	var all []string
	for _, words := range [][]string{each(f.States, l.State), f.Counties, f.Places, f.Agencies, each(f.Kinds, l.Kinds), each(f.Models, l.Model), each(f.Types, l.Types)} {
		if len(words) > 0 {
			all = append(all, strings.Join(words, ", "))
		}
	}
	return Shorten(Clean(strings.Join(all, " · ")), 200)
}

// DayOrMoment is a day where a moment is the end of one.
func (l Language) DayOrMoment(t time.Time) string {
	if day := roster.Day(t); day.EndOf().Equal(t) {
		return l.Date(day)
	}
	return l.Moment(t)
}

// sinceOrMoment is a day where a moment is the beginning of one.
func (l Language) sinceOrMoment(t time.Time) string {
	if day := roster.Day(t); day != roster.Day(t.Add(-1)) {
		return l.Date(day)
	}
	return l.Moment(t)
}
