package diff

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// The names of milestones.
const (
	FirstInState = "first-in-state" // the first agreement ever listed in a state
	FirstInModel = "first-in-model" // a state's first in a model
	FirstOfType  = "first-of-type"  // a state's first of a kind of agency
	Hundred      = "hundred"        // every hundredth active agreement, once
	LastInState  = "last-in-state"  // a state's last one is gone
	RecordDay    = "record-day"     // more new agreements than on any day before
)

// A record needs something to be measured by: so many days that were watched,
// and a day that stands out by itself.
const (
	recordAfter = 30 * 24 * time.Hour
	recordLeast = 10 // agreements
)

// figures count what the records say.
type figures struct {
	active  int
	pending int
	byState map[roster.State]int // active agreements
	agency  map[string]int       // active agreements by agency
}

func count(records map[string]*roster.Record) figures {
	t := figures{byState: map[roster.State]int{}, agency: map[string]int{}}
	for _, r := range records {
		switch {
		case !r.Listed():
		case r.List == roster.ListPending:
			t.pending++
		default:
			t.active++
			t.byState[r.Now().State]++
			t.agency[r.Now().AgencyID]++
		}
	}
	return t
}

// addMilestones appends what the changes add up to, and takes back what they
// disprove. Both go by what is true after the whole publication.
func (u *update) addMilestones() {
	if u.known.First.IsZero() || len(u.changes) == 0 {
		return
	}
	after := count(u.known.Records)
	changes := slices.Clone(u.changes)
	h := u.holders()
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
	gone, last := map[roster.State]int{}, map[roster.State]*roster.Change{}
	for _, c := range changes {
		state := c.Agreement.State
		if c.Kind != roster.KindRemoved || u.before.byState[state] == 0 || after.byState[state] > 0 {
			continue
		}
		gone[state]++
		if last[state] == nil {
			last[state] = c
		}
	}
	for _, c := range changes {
		if state := c.Agreement.State; last[state] == c {
			u.milestone(c, roster.Milestone{Name: LastInState, Among: several(gone[state])})
		}
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
	reached := after.active / 100 * 100
	if reached == 0 || u.before.active >= reached {
		return
	}
	at := slices.IndexFunc(changes, func(c *roster.Change) bool { return c.Kind == roster.KindNew })
	if at >= 0 && recordBefore(u.known.Records, u.known.InForce[roster.ListParticipating].Seq) < reached {
		u.milestone(changes[at], roster.Milestone{Name: Hundred, Count: reached})
	}
}

// recordBefore is the highest number of agreements that was ever active at once before
// the publication of that number. One that is listed again was never gone.
func recordBefore(records map[string]*roster.Record, before uint64) int {
	steps := map[uint64]int{}
	for _, r := range records {
		if r.List != roster.ListParticipating {
			continue
		}
		if first := listedAt(r); first < before {
			steps[first]++
		}
		if last := r.Last(); !last.Listed && last.Source < before {
			steps[last.Source]--
		}
	}
	sources := make([]uint64, 0, len(steps))
	for s := range steps {
		sources = append(sources, s)
	}
	slices.SortFunc(sources, cmp.Compare[uint64])
	most, now := 0, 0
	for _, s := range sources {
		now += steps[s]
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
	most := 0
	for day, n := range byDay {
		if day != today {
			most = max(most, n)
		}
	}
	if n := byDay[today]; n > most && n-fresh <= most && n >= recordLeast {
		u.milestone(by, roster.Milestone{Name: RecordDay, Count: n, Day: today})
	}
}

// milestoneSentence says what was reached. "On record" means since the first
// publication that was seen: what ICE listed before, nobody here knows.
func (u *update) milestoneSentence(c *roster.Change, after figures) string {
	if c.Corrects != "" {
		return u.disproofs[c].sentence()
	}
	a, since := c.Agreement, "since this record began on "+roster.Day(u.known.First).Long()
	name, place := a.State.Name(), a.State.Phrase()
	switch m := c.Milestone; m.Name {
	case FirstInState, FirstInModel, FirstOfType:
		return name + ": " + u.firstSentence(c, since)
	case LastInState:
		if m.Among > 0 {
			return fmt.Sprintf("%s: ICE no longer lists any active agreement in %s; the last %d left the list together, among them that with %s.", name, place, m.Among, a.Agency)
		}
		return fmt.Sprintf("%s: ICE no longer lists any active agreement in %s; the last one was with %s.", name, place, a.Agency)
	case RecordDay:
		return fmt.Sprintf("United States: By this list, ICE has listed %d new agreements on %s, more than on any other day %s.", m.Count, m.Day.Long(), since)
	case Hundred:
		return fmt.Sprintf("United States: ICE now lists %s active agreements, in %s; it has reached %s for the first time %s.",
			roster.Thousands(after.active), places(after), roster.Thousands(m.Count), since)
	}
	return ""
}

// places counts the states and, apart from them, the District and the
// territories.
func places(t figures) string {
	states, territories := 0, 0
	for s, agreements := range t.byState {
		switch {
		case agreements == 0 || s == "DC":
		case s.Territory():
			territories++
		default:
			states++
		}
	}
	parts := []string{roster.Plural(states, "state", "states")}
	if t.byState["DC"] > 0 {
		parts = append(parts, roster.State("DC").InSentence())
	}
	if territories > 0 {
		parts = append(parts, roster.Plural(territories, "territory", "territories"))
	}
	if n := len(parts); n > 1 {
		parts = append(parts[:n-2], parts[n-2]+" and "+parts[n-1])
	}
	return strings.Join(parts, ", ")
}
