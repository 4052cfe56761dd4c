package places

import (
	"cmp"
	"slices"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
)

// RecentDays is how many days "new" and "gone" go back.
const RecentDays = 30

// Table is the states side by side.
type Table struct {
	Stats  roster.Stats
	Recent snapshot.Difference // that new and gone are counted in
	Rows   []StateRow
	Days   int  // that the curves are of
	Others bool // there are agreements in models that are none of the three
}

// StateRow is one state of the table.
type StateRow struct {
	State           roster.State
	Active, Pending int
	New, Gone       int   // agreements, in Table.Recent
	ByModel         []int // active agreements, in the order of roster.Models
	Others          int   // active agreements in other models
	Coverage        roster.Coverage
	Curve           []Step
	Language        prose.Language
}

// Step is what a number became on a day.
type Step struct{ Day, Active int } // the day counts from the first one known

// StatesAt puts all states and territories side by side as of a moment, by name.
func StatesAt(l prose.Language, snap *snapshot.Snapshot, at time.Time) *Table {
	t := &Table{Stats: snap.Stats(at), Recent: snap.RecentTo(at, RecentDays)}
	byModel := map[roster.State]map[roster.Model]int{}
	for _, r := range snap.Records() {
		if a, known := r.AgreementAt(at); known && a.Status == roster.StatusActive {
			if byModel[a.State] == nil {
				byModel[a.State] = map[roster.Model]int{}
			}
			byModel[a.State][a.Model.Class()]++
		}
	}
	curves := curvesUntil(snap, at)
	coverage := snap.Coverage(at)
	first := roster.Day(snap.Extent().First)
	t.Days = prose.DaysBetween(first, roster.Day(at))
	fresh, gone := t.Recent.NewByState(), t.Recent.GoneByState()
	for _, s := range roster.States() {
		row := StateRow{State: s, Active: t.Stats.ByState[s].Active, Pending: t.Stats.ByState[s].Pending, New: fresh[s], Gone: gone[s],
			Others: byModel[s][roster.OtherModel], Coverage: coverage.Of(s), Curve: curves[s], Language: l}
		for _, m := range roster.Models() {
			row.ByModel = append(row.ByModel, byModel[s][m])
		}
		t.Others = t.Others || row.Others > 0
		t.Rows = append(t.Rows, row)
	}
	slices.SortFunc(t.Rows, func(a, b StateRow) int { return l.CompareStates(a.State, b.State) })
	return t
}

// curvesUntil are the active agreements of each state over time: a step for each day
// on which their number became another.
func curvesUntil(snap *snapshot.Snapshot, at time.Time) map[roster.State][]Step {
	first := roster.Day(snap.Extent().First)
	moves := map[roster.State]map[int]int{}
	move := func(s roster.State, day, by int) {
		if moves[s] == nil {
			moves[s] = map[int]int{}
		}
		moves[s][day] += by
	}
	for _, r := range snap.Records() {
		if r.List != roster.ListParticipating {
			continue
		}
		var in roster.State
		listed := false
		for _, v := range r.Versions {
			if v.From.After(at) {
				break
			}
			day := prose.DaysBetween(first, roster.Day(v.From))
			if listed {
				move(in, day, -1)
			}
			if listed, in = v.Listed, v.Agreement.State; listed {
				move(in, day, 1)
			}
		}
	}
	curves := map[roster.State][]Step{}
	for s, byDay := range moves {
		var days []int
		for day, by := range byDay {
			if by != 0 {
				days = append(days, day)
			}
		}
		slices.Sort(days)
		active := 0
		for _, day := range days {
			active += byDay[day]
			curves[s] = append(curves[s], Step{day, active})
		}
	}
	return curves
}

// Order is a way to sort the table.
type Order string

// The orders of the table: by name from A on, by a number from the greatest on.
const (
	ByName    Order = "state"
	ByActive  Order = "active"
	ByNew     Order = "new"
	ByGone    Order = "gone"
	ByPending Order = "pending"

	ByCounties  Order = "counties"  // the share of counties covered
	ByResidents Order = "residents" // the share of residents that live in these
)

// Orders are all orders, in the order of the columns. A model's column is sorted by
// its code in lower case.
func Orders() []Order {
	return []Order{ByName, ByActive, ByNew, ByGone, "jem", "tfm", "wso", ByPending, ByCounties, ByResidents}
}

// Sort sorts the rows. Equal ones stay by name.
func (t *Table) Sort(by Order) {
	slices.SortStableFunc(t.Rows, func(a, b StateRow) int { return cmp.Compare(b.number(by), a.number(by)) })
}

// number is what a row has in a column that is sorted by number; a share that is not
// known comes after all others.
func (r StateRow) number(by Order) float64 {
	switch by {
	case ByName:
	case ByActive:
		return float64(r.Active)
	case ByNew:
		return float64(r.New)
	case ByGone:
		return float64(r.Gone)
	case ByPending:
		return float64(r.Pending)
	case "jem", "tfm", "wso":
		return float64(r.ByModel[slices.Index([]Order{"jem", "tfm", "wso"}, by)])
	case ByCounties:
		if r.State.Territory() {
			return -1
		}
		return share(r.Coverage.Covered.Counties, r.Coverage.Counties)
	case ByResidents:
		if part, whole, known := r.Coverage.Share(); known && !r.State.Territory() {
			return share(part, whole)
		}
		return -1
	}
	return 0
}

func share(part, whole int) float64 { return float64(part) / float64(max(whole, 1)) }

// CountiesCovered says in how many counties the sheriff or another county agency has an
// active agreement, of how many; "" where there are no counties with a government.
func (r StateRow) CountiesCovered() string {
	if r.State.Territory() {
		return ""
	}
	return r.Language.CoveredOf(r.Coverage)
}

// ResidentsCovered says what share of the residents lives in these.
func (r StateRow) ResidentsCovered() string {
	if r.State.Territory() {
		return ""
	}
	return r.Language.LivingShare(r.Coverage)
}
