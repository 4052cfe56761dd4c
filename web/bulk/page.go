package bulk

import (
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
)

// perPage is how many changes a page lists, and up to dayMost more, to the end of its
// last day.
const (
	perPage = 100
	dayMost = 600
)

// Page finds the changes that a filter wants for one page, the newest first, only those
// with a number below before where that is not 0. It ends with a day, so that what is
// counted of each is whole. more says whether there are older ones.
func Page(l prose.Language, snap *snapshot.Snapshot, f roster.Filter, before uint64) (days []Day, more bool) {
	found, more := snap.Find(f, before, perPage)
	cut := false
	if more {
		last := found[len(found)-1]
		var rest, older []roster.Change
		rest, cut = snap.Find(onDay(f, roster.Day(last.DetectedAt)), last.Seq, dayMost)
		found = append(found, rest...)
		older, _ = snap.Find(f, found[len(found)-1].Seq, 1)
		more = len(older) > 0
	}
	if days = ByDay(l, found); cut {
		days[len(days)-1].Part = true
	}
	if len(days) > 0 && before > 0 { // a reader can begin anywhere
		days[0].Part = days[0].Part || snap.Count(onDay(f, days[0].Day)) > len(days[0].Changes)
	}
	Stand(snap, days, f)
	return days, more
}

// onDay narrows a filter to a day in Washington.
func onDay(f roster.Filter, day roster.Date) roster.Filter {
	if from := roster.DateOf(day.Time().AddDate(0, 0, -1)).EndOf(); from.After(f.Since) {
		f.Since = from
	}
	if end := day.EndOf(); f.Until.IsZero() || end.Before(f.Until) {
		f.Until = end
	}
	return f
}

// Stand says of each day what stood at its end, as far as the filter of its changes
// leaves that to be said: nothing where it wants a part of a state's agreements, and
// nothing of the nation where it wants one state.
func Stand(snap *snapshot.Snapshot, days []Day, f roster.Filter) {
	if len(f.Models)+len(f.Types)+len(f.Counties)+len(f.Places)+len(f.Agencies) > 0 {
		return
	}
	for i := range days {
		day := &days[i]
		if day.Plain() || day.Part {
			continue
		}
		end := snap.Extent().Cut(day.Day.EndOf())
		stats := snap.Stats(end)
		if !stats.Knows(roster.ListParticipating) {
			continue
		}
		s := Standing{Active: stats.Active, States: map[roster.State]int{}, Nation: len(f.States) != 1}
		for state, in := range stats.ByState {
			s.States[state] = in.Active
		}
		if end.Before(day.Day.EndOf()) {
			s.Until = end
		}
		day.standing = &s
	}
}
