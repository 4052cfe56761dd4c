package diff

import (
	"maps"
	"slices"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// A record needs something to be measured by: so many days that were watched,
// and a day that stands out by itself.
const (
	recordAfter = 30 * 24 * time.Hour
	recordLeast = 10 // agreements
)

// figures count the agreements and entries that are listed.
type figures struct {
	listed   map[roster.List]int
	byState  map[roster.State]int // active agreements
	byAgency map[string]int       // active agreements
}

func count(records map[string]*roster.Record) figures {
	f := figures{map[roster.List]int{}, map[roster.State]int{}, map[string]int{}}
	for _, r := range records {
		if !r.Listed() {
			continue
		}
		f.listed[r.List]++
		if r.List == roster.ListParticipating {
			f.byState[r.Last().Agreement.State]++
			f.byAgency[r.Last().Agreement.AgencyID]++
		}
	}
	return f
}

// active is the number of active agreements.
func (f figures) active() int { return f.listed[roster.ListParticipating] }

// addMilestones appends what the changes add up to, and takes back what they
// disprove. Both go by what is true after the whole publication.
func (u *update) addMilestones() {
	if u.known.First.IsZero() || len(u.changes) == 0 {
		return
	}
	after := count(u.known.Records)
	changes := slices.Clone(u.changes)
	h := u.firstListings()
	u.correctMilestones(changes, h)
	u.firstMilestones(changes, h)
	u.hundredMilestone(changes, after)
	u.lastMilestones(changes, after)
	u.recordDay(changes)
}

// milestone appends one, with the agreement that made it.
func (u *update) milestone(by *roster.Change, m roster.Milestone) {
	u.changes = append(u.changes, &roster.Change{Kind: roster.KindMilestone, DetectedAt: by.DetectedAt, Publication: by.Publication,
		Agreement: by.Agreement, Certainty: roster.Certain, Milestone: &m})
}

// lastMilestones reports the states that have no agreement any more, each once
// for all that left together.
func (u *update) lastMilestones(changes []*roster.Change, after figures) {
	gone := map[roster.State]int{}
	var last []*roster.Change
	for _, c := range changes {
		state := c.Agreement.State
		if c.Kind != roster.KindRemoved || u.before.byState[state] == 0 || after.byState[state] > 0 {
			continue
		}
		if gone[state]++; gone[state] == 1 {
			last = append(last, c)
		}
	}
	for _, c := range last {
		u.milestone(c, roster.Milestone{Name: roster.LastInState, Among: several(gone[c.Agreement.State])})
	}
}

// several is how many, where it is more than one.
func several(n int) int {
	if n < 2 {
		return 0
	}
	return n
}

// hundredMilestone reports the highest hundred that was reached for the first
// time.
func (u *update) hundredMilestone(changes []*roster.Change, after figures) {
	reached := after.active() / 100 * 100
	if reached == 0 || u.before.active() >= reached {
		return
	}
	at := slices.IndexFunc(changes, func(c *roster.Change) bool { return c.Kind == roster.KindNew })
	in := u.known.InForce[roster.ListParticipating]
	if now := placeOf(in.EffectiveAt, in.Seq); at >= 0 && recordBefore(u.known.Records, now) < reached {
		u.milestone(changes[at], roster.Milestone{Name: roster.Hundred, Count: reached})
	}
}

// recordBefore is the highest number of agreements that was ever active at once before
// the publication of that place. One that is listed again was never gone.
func recordBefore(records map[string]*roster.Record, before int64) int {
	steps := map[int64]int{}
	for _, r := range records {
		if r.List != roster.ListParticipating {
			continue
		}
		if first := listedAt(r); first < before {
			steps[first]++
		}
		if last := r.Last(); !last.Listed && placeOf(last.From, last.Source) < before {
			steps[placeOf(last.From, last.Source)]--
		}
	}
	most, now := 0, 0
	for _, publication := range slices.Sorted(maps.Keys(steps)) {
		now += steps[publication]
		most = max(most, now)
	}
	return most
}

// recordDay reports the day on which more agreements were first listed than on
// any day before, once, when it passes the old record.
func (u *update) recordDay(changes []*roster.Change) {
	today, fresh := roster.Date(""), 0
	var by *roster.Change
	for _, c := range changes {
		if c.Kind == roster.KindNew {
			fresh++
			by, today = c, roster.Day(u.known.Records[c.Agreement.ID].FirstListed())
		}
	}
	if by == nil || u.known.Records[by.Agreement.ID].FirstListed().Sub(u.known.First) < recordAfter {
		return
	}
	byDay := map[roster.Date]int{}
	for _, r := range u.known.Records {
		if r.List == roster.ListParticipating && !r.Baseline {
			byDay[roster.Day(r.FirstListed())]++
		}
	}
	n := byDay[today]
	delete(byDay, today)
	most := 0
	for _, other := range byDay {
		most = max(most, other)
	}
	if n > most && n-fresh <= most && n >= recordLeast {
		u.milestone(by, roster.Milestone{Name: roster.RecordDay, Count: n, Day: today})
	}
}
