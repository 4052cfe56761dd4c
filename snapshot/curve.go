package snapshot

import (
	"maps"
	"slices"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// Point is what stood at the end of one day.
type Point struct {
	At      time.Time            // the end of the day in Washington
	ByModel map[roster.Model]int // active agreements
	Pending int                  // entries; -1 where no pending list is known
}

// Active is the sum of the active agreements.
func (p Point) Active() int {
	n := 0
	for _, of := range p.ByModel {
		n += of
	}
	return n
}

// Curve counts what stood at the end of each day on which a list began to count, from
// the first participating list on: what was active before is not known.
func (a *Agreements) Curve() []Point { return a.curve() }

// CurveOf is Curve, in a new slice, for the agreements that are wanted alone.
func (a *Agreements) CurveOf(wanted func(roster.Agreement) bool) []Point {
	active := map[roster.Date]map[roster.Model]int{} // by how many more than the day before
	pending := map[roster.Date]int{}
	for _, r := range a.records {
		var listed bool
		var model roster.Model
		for _, v := range r.Versions {
			day := roster.Day(v.From)
			if active[day] == nil {
				active[day] = map[roster.Model]int{}
			}
			move := func(m roster.Model, by int) {
				if r.List == roster.ListPending {
					pending[day] += by
				} else {
					active[day][m] += by
				}
			}
			if listed {
				move(model, -1)
			}
			listed, model = v.Listed && wanted(v.Agreement), v.Agreement.Model
			if listed {
				move(model, 1)
			}
		}
	}
	points := sumUp(withDaysOf(a.Days(), active), active, pending)
	first := a.firstDays()
	for i := range points {
		if list, known := first[roster.ListPending]; !known || roster.Day(points[i].At) < list {
			points[i].Pending = -1
		}
	}
	return slices.DeleteFunc(points, func(p Point) bool {
		list, known := first[roster.ListParticipating]
		return !known || roster.Day(p.At) < list
	})
}

// withDaysOf adds the days on which something moved to others, in order, each once.
func withDaysOf[V any](days []roster.Date, moves map[roster.Date]V) []roster.Date {
	days = slices.AppendSeq(days, maps.Keys(moves))
	slices.Sort(days)
	return slices.Compact(days)
}

// firstDays are the days in Washington on which the first list of each kind began to
// count.
func (l *Lists) firstDays() map[roster.List]roster.Date {
	first := map[roster.List]roster.Date{}
	for _, p := range l.publications {
		day, earlier := roster.Day(p.EffectiveAt), first[p.List]
		if p.Verdict == roster.VerdictAccepted && (earlier == "" || day < earlier) {
			first[p.List] = day
		}
	}
	return first
}

// sumUp adds the moves of each day to those before it.
func sumUp(days []roster.Date, active map[roster.Date]map[roster.Model]int, pending map[roster.Date]int) []Point {
	var points []Point
	byModel, entries := map[roster.Model]int{}, 0
	for _, day := range days {
		for m, by := range active[day] {
			byModel[m] += by
		}
		entries += pending[day]
		points = append(points, Point{At: day.EndOf(), ByModel: maps.Clone(byModel), Pending: entries})
	}
	return points
}
