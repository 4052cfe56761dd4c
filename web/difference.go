package web

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// difference is what ICE's lists said at two moments, and what the later ones
// say otherwise, agreement by agreement. What came and went in between is no
// part of it, only counted. For agreements and for pending entries alike,
// what came less what went is the difference of the counts.
type difference struct {
	From, To      time.Time
	Before, After roster.Stats

	New    []roster.AgreementAt // active at the end, and never listed until the beginning
	Again  []roster.AgreementAt // active at the end, not at the beginning, but once before
	Gone   []roster.AgreementAt // active at the beginning, and not at the end
	Came   []roster.AgreementAt // pending at the end, not at the beginning
	Signed []signing            // pending at the beginning; at the end no longer, but active
	Left   []roster.AgreementAt // pending at the beginning; at the end neither
	Other  []rewrite            // what is listed at both moments, but otherwise

	// FirstSeen counts what stood on the first list of its kind that is known, which
	// is later than the beginning: when it came, nobody here knows.
	FirstSeen map[roster.List]int
	// Passing counts the agreements and pending entries that came and went, or went
	// and came back, in between.
	Passing int
}

// signing is a pending entry that ended with an agreement.
type signing struct{ Entry, Agreement roster.AgreementAt }

// rewrite is what ICE gives otherwise than before.
type rewrite struct {
	AgreementAt    roster.AgreementAt // at the end
	What, Was, Now string
}

// difference compares two moments; to is not before from.
func (v *snapshot) difference(from, to time.Time) difference {
	d := difference{From: from, To: to, Before: v.stats(from), After: v.stats(to), FirstSeen: map[roster.List]int{}}
	renamed := map[[3]string]bool{}
	for _, r := range v.records {
		now, known := r.AgreementAt(to)
		if !known {
			continue
		}
		was, knownBefore := r.AgreementAt(from)
		stood, stands := knownBefore && was.Status != roster.StatusEnded, now.Status != roster.StatusEnded
		switch {
		case stood && stands:
			d.addRewrites(was, now, renamed)
		case stood:
			d.addEnd(v, r, now)
		case stands && r.Baseline && !knownBefore:
			d.FirstSeen[r.List]++
		case stands:
			d.addBeginning(r, now, knownBefore)
		}
		if stood == stands && moved(r, from, to) {
			d.Passing++
		}
	}
	d.sort()
	return d
}

// addBeginning notes what is listed and was not.
func (d *difference) addBeginning(r *roster.Record, now roster.AgreementAt, knownBefore bool) {
	switch {
	case r.List == roster.ListPending:
		d.Came = append(d.Came, now)
	case knownBefore:
		d.Again = append(d.Again, now)
	default:
		d.New = append(d.New, now)
	}
}

// addEnd notes what was listed and is not.
func (d *difference) addEnd(v *snapshot, r *roster.Record, now roster.AgreementAt) {
	if r.List == roster.ListParticipating {
		d.Gone = append(d.Gone, now)
		return
	}
	if signed, ok := v.signedAs(r, d.To); ok {
		d.Signed = append(d.Signed, signing{now, signed})
		return
	}
	d.Left = append(d.Left, now)
}

// signedAs finds the active agreement that a pending entry ended as. Some agencies
// stand on both lists at once: then it is the one that they hold in the model.
func (v *snapshot) signedAs(entry *roster.Record, at time.Time) (roster.AgreementAt, bool) {
	if r := v.byID[entry.SignedBy]; r != nil {
		if s, ok := r.AgreementAt(at); ok && s.Status == roster.StatusActive {
			return s, true
		}
	}
	pending, _ := entry.VersionAt(at)
	for _, r := range v.byAgency[pending.Agreement.AgencyID] {
		if s, ok := r.AgreementAt(at); ok && s.Status == roster.StatusActive && s.AgencyID == pending.Agreement.AgencyID && s.Model == pending.Agreement.Model {
			return s, true
		}
	}
	return roster.AgreementAt{}, false
}

// moved says whether a record's place on its list changed between two moments.
func moved(r *roster.Record, from, to time.Time) bool {
	listed := false
	for _, ver := range r.Versions {
		if ver.Listed != listed && ver.From.After(from) && !ver.From.After(to) {
			return true
		}
		listed = ver.Listed
	}
	return false
}

// addRewrites notes what ICE gives otherwise. A name that an agency changes for
// all its agreements is told once.
func (d *difference) addRewrites(was, now roster.AgreementAt, renamed map[[3]string]bool) {
	add := func(what, before, after string) {
		d.Other = append(d.Other, rewrite{now, what, before, after})
	}
	if name := [3]string{now.AgencyID, roster.Fold(was.Agency), roster.Fold(now.Agency)}; name[1] != name[2] && !renamed[name] {
		renamed[name] = true
		add("name of the agency", was.Agency, now.Agency)
	}
	if was.State != now.State {
		add("state", was.State.Name(), now.State.Name())
	}
	if was.Model != now.Model {
		add("model", was.Model.Name(), now.Model.Name())
	}
	if was.Signed != now.Signed {
		add("signing date", signedBrief(was.Agreement), signedBrief(now.Agreement))
	}
}

// sort puts everything in the order in which people look it up.
func (d *difference) sort() {
	for _, list := range [][]roster.AgreementAt{d.New, d.Again, d.Gone, d.Came, d.Left} {
		slices.SortStableFunc(list, byPlaceThen)
	}
	slices.SortStableFunc(d.Signed, func(a, b signing) int { return byPlaceThen(a.Agreement, b.Agreement) })
	slices.SortStableFunc(d.Other, func(a, b rewrite) int { return byPlaceThen(a.AgreementAt, b.AgreementAt) })
}

func byPlaceThen(a, b roster.AgreementAt) int {
	return cmp.Or(cmp.Compare(a.State.Name(), b.State.Name()), cmp.Compare(roster.Fold(a.Agency), roster.Fold(b.Agency)),
		cmp.Compare(a.Model, b.Model), cmp.Compare(a.ID, b.ID))
}

// Span is the time between the two moments, where both end a day: "in the 30 days
// to June 18, 2025".
func (d difference) Span() string {
	return fmt.Sprintf("in the %s to %s", roster.Plural(daysBetween(d.From, d.To), "day", "days"), roster.Day(d.To).Long())
}

// Agreements says how the active agreements came to their new number.
func (d difference) Agreements() string {
	s := fmt.Sprintf("Active agreements: %s new, %s no longer listed", roster.Thousands(len(d.New)), roster.Thousands(len(d.Gone)))
	if n := len(d.Again); n > 0 {
		s += ", " + roster.Thousands(n) + " listed again"
	}
	if n := d.FirstSeen[roster.ListParticipating]; n > 0 {
		s += ", " + roster.Thousands(n) + " on the first list known, of which nobody here knows since when"
	}
	return s + fmt.Sprintf(": from %s to %s.", roster.Thousands(d.Before.Active), roster.Thousands(d.After.Active))
}

// pendingWent says how the number of pending entries changed, as far as it is known.
func (d difference) pendingWent() string {
	before, after := roster.Thousands(d.Before.Pending), roster.Thousands(d.After.Pending)
	switch {
	case !counted(d.After, roster.ListPending):
		return "are not known"
	case !counted(d.Before, roster.ListPending):
		return "from a number that is not known to " + after
	}
	return fmt.Sprintf("from %s to %s (%s)", before, after, signedCount(d.After.Pending-d.Before.Pending))
}

// Entries says how the pending entries came to their new number.
func (d difference) Entries() string {
	if !counted(d.After, roster.ListPending) {
		return "Pending entries: their number is not known, as no pending list is."
	}
	s := fmt.Sprintf("Pending entries: %s came, %s signed, %s left unsigned", roster.Thousands(len(d.Came)), roster.Thousands(len(d.Signed)), roster.Thousands(len(d.Left)))
	if n := d.FirstSeen[roster.ListPending]; n > 0 {
		s += ", " + roster.Thousands(n) + " on the first pending list known, of which nobody here knows since when"
	}
	if !counted(d.Before, roster.ListPending) {
		return s + ": from a number that is not known to " + roster.Thousands(d.After.Pending) + "."
	}
	return s + fmt.Sprintf(": from %s to %s.", roster.Thousands(d.Before.Pending), roster.Thousands(d.After.Pending))
}

// Otherwise says how much ICE gives otherwise than before; "" for nothing.
func (d difference) Otherwise() string {
	if len(d.Other) == 0 {
		return ""
	}
	return "Listed otherwise, by name, state, model or signing date: " + roster.Thousands(len(d.Other)) + "."
}

// Beside says what came and went in between; "" for nothing.
func (d difference) Beside() string {
	if d.Passing == 0 {
		return ""
	}
	return "Not counted here: " + roster.Plural(d.Passing, "agreement or pending entry", "agreements and pending entries") +
		" that came and went, or went and came back, in between."
}

// newBy counts the new agreements by state.
func (d *difference) newBy() map[roster.State]int {
	by := map[roster.State]int{}
	for _, s := range d.New {
		by[s.State]++
	}
	return by
}

// span is the stretch of time that pages look back on: so many days up to the
// day of the newest list, or from the first list on.
func (v *snapshot) span(days int) (from, to roster.Date) {
	to = v.newestDay()
	from = max(roster.DateOf(to.Time().AddDate(0, 0, -days)), roster.Day(v.extent.First))
	return from, to
}

// newestDay is the day of the newest list that counts; "" where there is none.
func (v *snapshot) newestDay() roster.Date {
	day := roster.Date("")
	for _, p := range v.publications {
		if p.Verdict == roster.VerdictAccepted {
			day = max(day, roster.Day(p.EffectiveAt))
		}
	}
	return day
}

// days are the days on which lists that count were published, in order, each
// once.
func (v *snapshot) days() []roster.Date {
	var days []roster.Date
	for _, p := range v.publications {
		if p.Verdict == roster.VerdictAccepted {
			days = append(days, roster.Day(p.EffectiveAt))
		}
	}
	slices.Sort(days)
	return slices.Compact(days)
}

// startOf is the first moment of a day in Washington.
func startOf(d roster.Date) time.Time {
	t := d.Time()
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, roster.Washington())
}
