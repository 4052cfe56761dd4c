package pages

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/web/draw"
)

// What the front page, a state's page and a day's page say of their counts, in
// figures, in sentences that can be quoted, and in tables.

// share is a state's part in all active agreements, and what it has pending.
type share struct {
	State           roster.State
	Active, Pending int
	Of              int // active agreements in all states
}

// Percent is the part in all active agreements; some are never "0%".
func (s share) Percent() string {
	return english.Share(s.Active, s.Of)
}

// shares are the states with an agreement or a pending entry, by name.
func shares(s roster.Stats) []share {
	var all []share
	for state, in := range s.ByState {
		if in.Active+in.Pending > 0 {
			all = append(all, share{state, in.Active, in.Pending, s.Active})
		}
	}
	slices.SortFunc(all, func(a, b share) int { return cmp.Compare(a.State.Name(), b.State.Name()) })
	return all
}

// leaders are the n states with the most active agreements.
func leaders(s roster.Stats, n int) []share {
	all := slices.DeleteFunc(shares(s), func(a share) bool { return a.Active == 0 })
	slices.SortStableFunc(all, func(a, b share) int { return cmp.Compare(b.Active, a.Active) })
	return all[:min(n, len(all))]
}

// without are the states that have neither, in words.
func without(s roster.Stats) string {
	return english.States(slices.DeleteFunc(roster.States(), func(state roster.State) bool {
		in := s.ByState[state]
		return in.Active+in.Pending > 0
	}))
}

// leading says in a sentence who has the most, or had.
func leading(s roster.Stats, past bool) string {
	return english.Leading(s, each(leaders(s, 3), func(l share) roster.State { return l.State }), past)
}

// pendingFigure counts the pending entries: ICE's page has gone without a pending
// list for months, and then there is nothing to count.
func pendingFigure(s roster.Stats, url string) figure {
	return figure{Number: s.Pending, Unknown: !s.Knows(roster.ListPending), Words: "pending entries", Note: english.PendingSource(s), URL: url}
}

// modelFigures are the active agreements by model.
func modelFigures(s roster.Stats) []figure {
	var all []figure
	for _, m := range roster.Models() {
		all = append(all, figure{Number: s.ByModel[m], Words: m.Name() + " (" + string(m) + ")", Note: english.Percent(s.ByModel[m], s.Active) + " of active agreements"})
	}
	if n := s.ByModel[roster.OtherModel]; n > 0 {
		names := each(slices.Sorted(maps.Keys(s.Others)), english.Model)
		note := english.Percent(n, s.Active) + " of active agreements: " + english.And(names[:min(len(names), mostOthers)])
		if more := len(names) - mostOthers; more > 0 {
			note += " and " + english.Plural(more, "more", "more")
		}
		all = append(all, figure{Number: n, Words: roster.OtherModel.Name(), Note: note})
	}
	return all
}

// mostOthers bounds how many models that are none of the three are named.
const mostOthers = 3

// month is what a month ended with.
type month struct {
	Day             roster.Date // the last one with a list
	Active, Pending int
	ByModel         []int // in the order of roster.Models
	Others          int   // in models that are none of these
}

// months are a table of a curve.
type months []month

// Others says whether the table needs a column for models that are none of the
// three.
func (all months) Others() bool {
	return slices.ContainsFunc(all, func(m month) bool { return m.Others > 0 })
}

// monthly are the months of a curve. The last one may not be over.
func monthly(curve []snapshot.Point) months {
	var all months
	for i, p := range curve {
		day := roster.Day(p.At)
		if i+1 < len(curve) && roster.Day(curve[i+1].At)[:7] == day[:7] {
			continue
		}
		m := month{Day: day, Active: p.Active(), Pending: p.Pending}
		for _, model := range roster.Models() {
			m.ByModel = append(m.ByModel, p.ByModel[model])
		}
		for model, n := range p.ByModel {
			if !model.Known() {
				m.Others += n
			}
		}
		all = append(all, m)
	}
	return all
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// points is a curve to be drawn.
func points(curve []snapshot.Point) []draw.Point {
	return each(curve, func(p snapshot.Point) draw.Point { return draw.Point(p) })
}

func each[T, U any](list []T, f func(T) U) []U {
	all := make([]U, len(list))
	for i, v := range list {
		all[i] = f(v)
	}
	return all
}
