package places

import (
	"cmp"
	"slices"
	"time"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
)

// Coverage is how many counties are covered as of a moment, and how many people live
// there: of the nation, by state and over time.
type Coverage struct {
	Past        bool // before the last moment known
	Unlisted    bool // no list of active agreements of then is known, so that nothing is
	Sentence    string
	CountyShare string // of the nation's counties that are covered: "19.4%"
	Nation      roster.Coverage
	States      []roster.Coverage // with an active agreement, sorted
	Without     string            // the states that have none
	Others      []roster.Coverage // territories with an active agreement
	Days        []snapshot.CoveragePoint
	Months      []snapshot.CoveragePoint // the last of the days of each
}

// What states are sorted by on the page on coverage.
const (
	byResidents = "residents" // the share of those who live in covered counties, the largest first
	byCounties  = "counties"  // the share of covered counties, the largest first
	byState     = "state"     // A to Z
)

// CoverageSorts are all that the states can be sorted by, the usual one first.
func CoverageSorts() []string { return []string{byResidents, byCounties, byState} }

// CoverageAt sums up the coverage as of a moment, the states sorted.
func CoverageAt(l prose.Language, snap *snapshot.Snapshot, at time.Time, by string) *Coverage {
	c := &Coverage{Past: at.Before(snap.KnownUntil()), Unlisted: !listed(snap, at)}
	if c.Unlisted {
		return c
	}
	r := snap.CoverageReport(at, "")
	c.Nation, c.Days = r.Nation, r.Series
	c.Sentence = l.Coverage(c.Nation, place.ResidentsDate, at, c.Past)
	c.CountyShare = l.Portion(c.Nation.Covered.Counties, c.Nation.Counties)
	var without []roster.State
	for _, s := range r.States {
		switch territory := !s.State.OfNation(); {
		case s.Agreements.Active == 0 && !territory:
			without = append(without, s.State)
		case s.Agreements.Active == 0:
		case territory:
			c.Others = append(c.Others, s)
		default:
			c.States = append(c.States, s)
		}
	}
	slices.SortFunc(without, l.CompareStates)
	c.Without = l.States(without)
	for _, part := range [][]roster.Coverage{c.States, c.Others} {
		slices.SortFunc(part, func(a, b roster.Coverage) int { return l.CompareStates(a.State, b.State) })
	}
	sortCoverage(c.States, by)
	for i, p := range c.Days {
		if i+1 == len(c.Days) || c.Days[i+1].Day[:7] != p.Day[:7] {
			c.Months = append(c.Months, p)
		}
	}
	return c
}

// sortCoverage sorts states, which come in the order of their names.
func sortCoverage(all []roster.Coverage, by string) {
	slices.SortStableFunc(all, func(a, b roster.Coverage) int {
		partA, wholeA, partB, wholeB := a.Covered.Counties, a.Counties, b.Covered.Counties, b.Counties
		switch by {
		case byState:
			return 0
		case byResidents:
			partA, wholeA, _ = a.Share()
			partB, wholeB, _ = b.Share()
		}
		return cmp.Compare(partB*wholeA, partA*wholeB)
	})
}

// CoverageSaid says in a sentence how many counties of a state, or of the nation for "",
// are covered at the last moment known, or were, where that is past: then it says when.
// It is "" where no list says it.
func CoverageSaid(l prose.Language, snap *snapshot.Snapshot, s roster.State, past bool) string {
	until := snap.KnownUntil()
	if !listed(snap, until) {
		return ""
	}
	c := snap.Coverage(until).Of(s)
	if !past {
		until = time.Time{}
	}
	return l.Coverage(c, place.ResidentsDate, until, past)
}

// listed says whether a list of active agreements is known that counted at a moment.
func listed(snap *snapshot.Snapshot, at time.Time) bool {
	_, known := snap.InForce(at)[roster.ListParticipating]
	return known
}
