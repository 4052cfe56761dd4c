// Package bulk arranges many changes for a page: by day, and the changes of a day by
// state, with what ended and what was reached above the rest, and small edits apart. It
// knows no HTML.
package bulk

import (
	"cmp"
	"slices"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// fewest is how many changes a day must have to be arranged. Fewer, or those of one
// agency, are best read as sentences.
const fewest = 3

// Day is what was seen on one day.
type Day struct {
	Language prose.Language
	Day      roster.Date
	Changes  []roster.Change // the newest first
	Part     bool            // the day has others, on another page: nothing is counted
	Deep     bool            // the day has a heading of its own, below which those of the states are

	standing *Standing
}

// Standing is what stood at the end of a day, or at the last moment of it that is known.
type Standing struct {
	Active int // agreements
	States map[roster.State]int
	Nation bool      // Active is told, and not the states' numbers alone
	Until  time.Time // that last moment; zero where the whole day is known
}

// ByDay arranges changes that come the newest first.
func ByDay(l prose.Language, changes []roster.Change) []Day {
	var days []Day
	for _, c := range changes {
		day := roster.Day(c.DetectedAt)
		if n := len(days); n == 0 || days[n-1].Day != day {
			days = append(days, Day{Language: l, Day: day, Deep: true})
		}
		last := &days[len(days)-1]
		last.Changes = append(last.Changes, c)
	}
	return days
}

// Plain says whether the changes are best told in sentences, one after the other.
func (d Day) Plain() bool {
	if len(d.Changes) < fewest {
		return true
	}
	first := d.Changes[0]
	return !slices.ContainsFunc(d.Changes, func(c roster.Change) bool {
		return !c.Kind.OfAgreement() || c.Agreement.AgencyID != first.Agreement.AgencyID
	})
}

// Tally counts the day's changes, and what stood at its end; "" where that is not known.
func (d Day) Tally() string {
	if d.Part {
		return ""
	}
	counts := d.Language.Counts(d.Changes)
	if d.standing == nil || !d.standing.Nation {
		return counts
	}
	return d.Language.DayTally(counts, d.standing.Active, d.standing.Until)
}

// Top is what is told first: what is no longer listed, what is listed again, corrections
// and milestones.
func (d Day) Top() []roster.Change { return d.some(isTop, d.topFirst) }

// Minor are the small edits of the lists.
func (d Day) Minor() []roster.Change { return d.some(isMinor, d.byState) }

// MinorTally counts the small edits.
func (d Day) MinorTally() string { return d.Language.MinorTally(d.Minor()) }

// some are the changes of one sort, in an order of theirs.
func (d Day) some(wanted func(roster.Change) bool, order func(a, b roster.Change) int) []roster.Change {
	all := d.all(wanted)
	slices.SortStableFunc(all, order)
	return all
}

// all are the changes of one sort, the newest first.
func (d Day) all(wanted func(roster.Change) bool) (all []roster.Change) {
	for _, c := range d.Changes {
		if wanted(c) {
			all = append(all, c)
		}
	}
	return all
}

func isTop(c roster.Change) bool {
	switch c.Kind {
	case roster.KindRemoved, roster.KindWithdrawn, roster.KindRestored, roster.KindMilestone, roster.KindPage, roster.KindCorrection:
		return true
	case roster.KindNew, roster.KindPending, roster.KindAmended, roster.KindDetail, roster.KindDocument:
	}
	return false
}

// isMinor says whether a change is an edit that moves no agreement to another state or
// model.
func isMinor(c roster.Change) bool {
	if c.Kind != roster.KindAmended {
		return c.Kind == roster.KindDetail || c.Kind == roster.KindDocument
	}
	return !slices.ContainsFunc(c.Fields, func(f roster.Field) bool { return f.Name == "state" || f.Name == "model" })
}

func isLine(c roster.Change) bool { return !isTop(c) && !isMinor(c) }

// topFirst is the order of what is told first: what is gone, then what is listed again,
// then corrections, then milestones, those of the nation before those of states, and ICE's page.
func (d Day) topFirst(a, b roster.Change) int {
	kinds := []roster.Kind{roster.KindRemoved, roster.KindWithdrawn, roster.KindRestored, roster.KindCorrection, roster.KindMilestone, roster.KindPage}
	return cmp.Or(cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)), nationFirst(a, b), d.byState(a, b))
}

func nationFirst(a, b roster.Change) int {
	switch {
	case a.National() == b.National():
		return 0
	case a.National():
		return -1
	}
	return 1
}

// byState is the order by state, as it is called in the language, kind and agency.
func (d Day) byState(a, b roster.Change) int {
	if order := cmp.Or(d.Language.CompareStates(a.Agreement.State, b.Agreement.State), cmp.Compare(rank(a.Kind), rank(b.Kind))); order != 0 {
		return order // most are settled without folding names
	}
	return cmp.Or(cmp.Compare(roster.Fold(a.Agreement.Agency), roster.Fold(b.Agreement.Agency)), cmp.Compare(a.Agreement.Model, b.Agreement.Model))
}

func rank(k roster.Kind) int { return slices.Index(roster.Kinds(), k) }
