package snapshot

import (
	"time"

	"github.com/watch287g/watch287g/roster"
)

// Difference is what ICE's lists said at two moments, and what the later ones say
// otherwise, agreement by agreement. What came and went in between is not part of
// it, only counted. For agreements and for pending entries alike, what came less
// what went is the difference of the counts.
type Difference struct {
	From, To      time.Time
	Before, After roster.Stats

	New    []roster.AgreementAt // active at the end, and never listed until the beginning
	Again  []roster.AgreementAt // active at the end, not at the beginning, but once before
	Gone   []roster.AgreementAt // active at the beginning, and not at the end
	Came   []roster.AgreementAt // pending at the end, not at the beginning
	Signed []Signing            // pending at the beginning; at the end no longer, but active
	Left   []roster.AgreementAt // pending at the beginning; at the end neither
	Other  []Rewrite            // what is listed at both moments, but otherwise

	// FirstSeen counts what stood on the first list of its kind that is known, which
	// is later than the beginning: when it came, nobody here knows.
	FirstSeen map[roster.List]int
	// In and Out count what is listed at both moments and wanted at one alone, since ICE
	// gives it otherwise: with another state, if those of a state are wanted.
	In, Out map[roster.List]int
	// Passing counts the agreements and pending entries that came and went, or went
	// and came back, in between.
	Passing int
}

// Signing is a pending entry that ended with an agreement.
type Signing struct{ Entry, Agreement roster.AgreementAt }

// Rewrite is one field that ICE gives otherwise than before.
type Rewrite struct {
	Field string             // "agency", "state", "model" or "signed", as in roster.Field
	Was   roster.Agreement   // at the beginning
	Now   roster.AgreementAt // at the end
}

// Compare compares two moments; to is not before from.
func (a *Agreements) Compare(from, to time.Time) Difference {
	return a.compare(from, to, a.Stats, anyOne)
}

// CompareOf is Compare of the agreements and pending entries that are wanted, each as
// ICE gives it at the moment.
func (a *Agreements) CompareOf(from, to time.Time, wanted func(roster.Agreement) bool) Difference {
	return a.compare(from, to, func(at time.Time) roster.Stats { return a.StatsOf(at, wanted) }, wanted)
}

func (a *Agreements) compare(from, to time.Time, stats func(time.Time) roster.Stats, wanted func(roster.Agreement) bool) Difference {
	d := Difference{From: from, To: to, Before: stats(from), After: stats(to), FirstSeen: map[roster.List]int{}, In: map[roster.List]int{}, Out: map[roster.List]int{}}
	renamed := map[[3]string]bool{}
	for _, r := range a.records {
		now, known := r.AgreementAt(to)
		if !known {
			continue
		}
		was, knownBefore := r.AgreementAt(from)
		stood, stands := knownBefore && was.Status != roster.StatusEnded, now.Status != roster.StatusEnded
		left, right := knownBefore && wanted(was.Agreement), wanted(now.Agreement)
		switch {
		case !left && !right:
			continue
		case stood && stands:
			d.addMove(r.List, left, right)
			d.addRewrites(was, now, renamed)
		case stood && left:
			d.addEnd(a, r, now)
		case stands && right && r.Baseline && !knownBefore:
			d.FirstSeen[r.List]++
		case stands && right:
			d.addBeginning(r, now, knownBefore)
		}
		if stood == stands && moved(r, from, to) {
			d.Passing++
		}
	}
	d.sort()
	return d
}

// addMove notes what is wanted at one of the moments alone.
func (d *Difference) addMove(list roster.List, left, right bool) {
	switch {
	case !left:
		d.In[list]++
	case !right:
		d.Out[list]++
	}
}

// addBeginning notes what is listed and was not.
func (d *Difference) addBeginning(r *roster.Record, now roster.AgreementAt, knownBefore bool) {
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
func (d *Difference) addEnd(a *Agreements, r *roster.Record, now roster.AgreementAt) {
	if r.List == roster.ListParticipating {
		d.Gone = append(d.Gone, now)
		return
	}
	if signed, ok := a.SignedAs(r, d.To); ok {
		d.Signed = append(d.Signed, Signing{now, signed})
		return
	}
	d.Left = append(d.Left, now)
}

// moved says whether a record's place on its list changed between two moments.
func moved(r *roster.Record, from, to time.Time) bool {
	listed := false
	for _, v := range r.Versions {
		if v.Listed != listed && v.From.After(from) && !v.From.After(to) {
			return true
		}
		listed = v.Listed
	}
	return false
}

// addRewrites notes what ICE gives otherwise. A name that an agency changes for
// all its agreements is noted once.
func (d *Difference) addRewrites(was, now roster.AgreementAt, renamed map[[3]string]bool) {
	add := func(field string) { d.Other = append(d.Other, Rewrite{field, was.Agreement, now}) }
	if name := [3]string{now.AgencyID, roster.Fold(was.Agency), roster.Fold(now.Agency)}; name[1] != name[2] && !renamed[name] {
		renamed[name] = true
		add("agency")
	}
	if was.State != now.State {
		add("state")
	}
	if was.Model != now.Model {
		add("model")
	}
	if was.Signed != now.Signed {
		add("signed")
	}
}

// sort puts everything in the order in which people look it up.
func (d *Difference) sort() {
	for _, list := range [][]roster.AgreementAt{d.New, d.Again, d.Gone, d.Came, d.Left} {
		sortByPlace(list, func(s roster.AgreementAt) roster.Agreement { return s.Agreement })
	}
	sortByPlace(d.Signed, func(s Signing) roster.Agreement { return s.Agreement.Agreement })
	sortByPlace(d.Other, func(r Rewrite) roster.Agreement { return r.Now.Agreement })
}

// Recent compares the last moment known with the end of the day so many days before,
// or of the first day known where that is later. On that first day the two moments
// are one, and nothing is new. It is the one definition of what is new and gone "in
// the last 30 days".
func (a *Agreements) Recent(days int) Difference { return a.RecentTo(a.extent.Until, days) }

// RecentTo is Recent as of a moment.
func (a *Agreements) RecentTo(at time.Time, days int) Difference {
	from := a.DaysBefore(roster.Day(at), days).EndOf()
	if from.After(at) {
		from = at
	}
	return a.Compare(from, at)
}

// NewByState counts the new agreements by state.
func (d *Difference) NewByState() map[roster.State]int { return byState(d.New) }

// GoneByState counts by state what was active at the beginning, and is not at the
// end.
func (d *Difference) GoneByState() map[roster.State]int { return byState(d.Gone) }

func byState(all []roster.AgreementAt) map[roster.State]int {
	by := map[roster.State]int{}
	for _, s := range all {
		by[s.State]++
	}
	return by
}
