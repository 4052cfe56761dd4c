package watch_test

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/watch"
)

// many is how many agreements the lists of these tests have, of which few may
// go and the list is believed after a day, and lots may not.
const (
	many = 60
	few  = 11
	lots = 13
)

// without is the list of many with so many rows less.
func without(n int, file string, at time.Time) link {
	return participating(file, at, sheettest.Sample(many)[:many-n])
}

// heldFixture is one at which a list without n rows is held.
func heldFixture(t *testing.T, n int) *fixture {
	t.Helper()
	p := newFixture(t, without(0, "whole.xlsx", day(1)))
	p.poll()
	r := p.lists(without(n, "short.xlsx", day(2)))
	if len(r.Holds) != 1 || r.Holds[0].State != roster.HoldOpen || len(r.Changes) > 0 {
		t.Fatalf("not held: %+v", r)
	}
	p.wantLogged(scraper.StatusChanged, "short.xlsx, the participating list, has "+strconv.Itoa(many-n)+" rows and is held (hold_2).")
	return p
}

// holds returns the states of all holds, the newest first.
func (p *fixture) holds() string {
	p.t.Helper()
	var states []string
	for _, h := range must[[]roster.Hold](p.t)(p.store.Holds(p.t.Context())) {
		states = append(states, h.ID+" "+string(h.State))
	}
	return strings.Join(states, ", ")
}

// verdicts returns what became of the publications.
func (p *fixture) verdicts() string {
	p.t.Helper()
	var all []string
	for _, pub := range p.publications() {
		all = append(all, pub.File+" "+string(pub.Verdict))
	}
	return strings.Join(all, ", ")
}

func (p *fixture) expect(what, got, want string) {
	p.t.Helper()
	if got != want {
		p.t.Errorf("%s: %s\nwant: %s", what, got, want)
	}
}

func TestHeldListChangesNothing(t *testing.T) {
	p := heldFixture(t, few)
	before := p.known()
	for range 3 {
		if r := p.poll(); r.Outcome != scraper.StatusUnchanged || len(r.Publications)+len(r.Changes)+len(r.Holds) > 0 {
			t.Errorf("%+v", r)
		}
	}
	p.Watcher = p.over(p.store) // nor does it after a restart
	p.poll()
	after := p.known()
	if after.InForce[roster.ListParticipating].File != "whole.xlsx" || after.Seqs != before.Seqs || len(after.Records) != many {
		t.Errorf("%+v", after.Seqs)
	}
	p.expect("holds", p.holds(), "hold_2 open")
}

func TestHeldListIsAcceptedAfterADay(t *testing.T) {
	p := heldFixture(t, few)
	held := p.now
	for p.now.Sub(held) < 24*time.Hour-15*time.Minute {
		wantChanges(t, p.poll())
	}
	p.Watcher = p.over(p.store)
	r := p.poll()
	if n := kinds(r)[roster.KindRemoved]; n != few || len(r.Changes)-kinds(r)[roster.KindMilestone] != few {
		t.Errorf("%d removed of %v", n, kinds(r))
	}
	p.expect("holds", p.holds(), "hold_2 borne out")
	p.expect("verdicts", p.verdicts(), "whole.xlsx accepted, short.xlsx accepted")
	if r := p.poll(); r.Outcome != scraper.StatusUnchanged || len(r.Changes) > 0 {
		t.Errorf("%+v", r)
	}
}

func kinds(r watch.Report) map[roster.Kind]int {
	n := map[roster.Kind]int{}
	for _, c := range r.Changes {
		n[c.Kind]++
	}
	return n
}

func TestHeldListWithoutAFifthWaitsForTheOperator(t *testing.T) {
	p := heldFixture(t, lots)
	p.now = p.now.AddDate(0, 1, 0)
	if r := p.poll(); len(r.Changes)+len(r.Holds) > 0 {
		t.Errorf("%+v", r)
	}
	p.expect("holds", p.holds(), "hold_2 open")
}

func TestHeldListWaitsForeverWhereTheSettingSaysSo(t *testing.T) {
	p := heldFixture(t, few)
	p.Watcher = watch.New(watch.Options{Store: p.store, Source: p.page, Now: func() time.Time { return p.now }})
	p.now = p.now.AddDate(0, 1, 0)
	if r := p.poll(); len(r.Changes)+len(r.Holds) > 0 {
		t.Errorf("%+v", r)
	}
}

// A list that agrees with the held one bears it out: the clock runs on, and the
// later list is the one that counts.
func TestListThatAgreesBearsTheHeldOneOut(t *testing.T) {
	p := heldFixture(t, few)
	p.now = p.now.Add(12 * time.Hour)
	p.page.links = []link{without(few+1, "later.xlsx", day(2).Add(time.Hour))}
	if r := p.poll(); len(r.Changes) > 0 || len(r.Holds) != 1 || r.Holds[0].File != "later.xlsx" || !r.Holds[0].Since.Before(p.now.Add(-12*time.Hour)) {
		t.Errorf("%+v", r)
	}
	p.expect("holds", p.holds(), "hold_2 open")
	p.now = p.now.Add(11*time.Hour + 15*time.Minute)
	wantChanges(t, p.poll())
	if n := kinds(p.poll())[roster.KindRemoved]; n != few+1 {
		t.Errorf("%d removed", n)
	}
	p.expect("holds", p.holds(), "hold_2 borne out")
	if in := p.known().InForce[roster.ListParticipating]; in.File != "later.xlsx" {
		t.Errorf("in force is %s", in.File)
	}
}

func TestHoldIsDroppedWhenICETakesTheListBack(t *testing.T) {
	whole := without(0, "whole.xlsx", day(1))
	for _, tt := range []struct {
		name string
		back link
	}{
		{"the list in force again", whole},
		{"its bytes under another name", without(0, "again.xlsx", day(3))},
		{"a list that says other than the held one", participating("next.xlsx", day(3), sheettest.Sample(many+1))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := heldFixture(t, few)
			r := p.lists(tt.back)
			if len(r.Holds) != 1 || r.Holds[0].State != roster.HoldDropped || kinds(r)[roster.KindRemoved] > 0 {
				t.Errorf("%+v", r)
			}
			p.expect("holds", p.holds(), "hold_2 not borne out")
			if got := p.verdicts(); !strings.HasPrefix(got, "whole.xlsx accepted, short.xlsx rejected") {
				t.Errorf("verdicts: %s", got)
			}
			if r := p.lists(without(few, "short.xlsx", day(5))); len(r.Holds) != 1 || !r.Holds[0].Since.Equal(p.now) {
				t.Errorf("that it was held before counts for it now: %+v", r.Holds)
			}
		})
	}
}

func TestApprovedListCounts(t *testing.T) {
	p := heldFixture(t, lots)
	r, err := p.ResolveHold(t.Context(), "hold_2", true)
	if err != nil || kinds(r)[roster.KindRemoved] != lots || len(r.Holds) != 1 || r.Holds[0].State != roster.HoldApproved {
		t.Errorf("%v, %v: %+v", err, kinds(r), r.Holds)
	}
	p.expect("verdicts", p.verdicts(), "whole.xlsx accepted, short.xlsx accepted")
	p.expect("holds", p.holds(), "hold_2 approved")
	if r := p.poll(); r.Outcome != scraper.StatusUnchanged || len(r.Changes)+len(r.Holds) > 0 {
		t.Errorf("%+v", r)
	}
}

func TestRejectedListIsNotHeldAgain(t *testing.T) {
	p := heldFixture(t, few)
	r, err := p.ResolveHold(t.Context(), "hold_2", false)
	if err != nil || len(r.Changes) > 0 || len(r.Holds) != 1 || r.Holds[0].State != roster.HoldRejected {
		t.Errorf("%v: %+v", err, r)
	}
	unsaid := func(l link, said string) {
		t.Helper()
		if r := p.lists(l); len(r.Publications)+len(r.Changes)+len(r.Holds) > 0 {
			t.Errorf("%+v", r)
		}
		p.wantLogged(scraper.StatusUnchanged, said+" The participating list is one that you rejected (hold_2).")
	}
	unsaid(without(few, "short.xlsx", day(2)), "What ICE's page links is unchanged.")
	unsaid(without(few, "short.xlsx", day(4)), "What ICE's page links is unchanged.") // the server sends it once more
	unsaid(without(few, "again.xlsx", day(5)), "No list is new.")
	p.Watcher = p.over(p.store)
	unsaid(without(few, "again.xlsx", day(5)), "What ICE's page links is unchanged.")
	p.expect("holds", p.holds(), "hold_2 rejected")
	p.expect("verdicts", p.verdicts(), "whole.xlsx accepted, short.xlsx rejected")
	if r := p.lists(without(1, "next.xlsx", day(9))); kinds(r)[roster.KindRemoved] != 1 {
		t.Errorf("the next list: %v", kinds(r))
	}
}

func TestOnlyAnOpenHoldCanBeDecided(t *testing.T) {
	p := heldFixture(t, few)
	const unknown = `no publication is held as "hold_%s"; "watch287g holds" lists those that are`
	for _, id := range []string{"hold_1", "hold_3"} {
		if _, err := p.ResolveHold(t.Context(), id, true); err == nil || err.Error() != strings.Replace(unknown, "hold_%s", id, 1) {
			t.Errorf("%s: %v", id, err)
		}
	}
	if _, err := p.ResolveHold(t.Context(), "hold_2", false); err != nil {
		t.Fatal(err)
	}
	if _, err := p.ResolveHold(t.Context(), "hold_2", true); err == nil || err.Error() != strings.Replace(unknown, "hold_%s", "hold_2", 1) {
		t.Errorf("the second time: %v", err)
	}
}

// The pending list that is held at first sight is news when it is accepted if an
// earlier poll found the page without it, and else it is not.
func TestHeldFirstPendingListIsNewsWhereItWasAbsent(t *testing.T) {
	active := participating("a.xlsx", day(1), sheriffs(counties(12)...))
	misread := sheriffs(counties(20)[12:]...)
	for i := range misread[:3] {
		misread[i].State = "?"
	}
	for _, absent := range []bool{true, false} {
		p := newFixture(t, active)
		if absent {
			p.poll()
		}
		r := p.lists(active, pending("b.xlsx", day(2), misread))
		i := slices.IndexFunc(r.Holds, func(h roster.Hold) bool { return h.List == roster.ListPending })
		if i < 0 {
			t.Fatalf("not held: %+v", r)
		}
		r, err := p.ResolveHold(t.Context(), r.Holds[i].ID, true)
		if n := kinds(r)[roster.KindPending]; err != nil || (n == 5) != absent || !absent && n > 0 {
			t.Errorf("absent before %v: %v, %d pending entries are news", absent, err, n)
		}
	}
}

// recordingPlanner remembers what it is asked about, and sends nothing.
type recordingPlanner struct{ events []roster.CycleEvent }

func (p *recordingPlanner) Plan(_ context.Context, e roster.CycleEvent) (roster.Notifications, error) {
	p.events = append(p.events, e)
	return roster.Notifications{}, nil
}

func (*recordingPlanner) Committed() {}

// A list that is held, or that the operator rejects, was published all the same:
// whoever waits for word from ICE is told when that was.
func TestHeldListIsNoSilence(t *testing.T) {
	p := newFixture(t)
	var planned recordingPlanner
	p.Watcher = watch.New(watch.Options{Store: p.store, Source: p.page, Diff: diff.Settings{AcceptAfter: 24 * time.Hour},
		Now: func() time.Time { return p.now }, Planner: &planned})
	last := func(what string, want time.Time) {
		t.Helper()
		if got := planned.events[len(planned.events)-1].LastPublished; !got.Equal(want) {
			t.Errorf("%s: last published %v, want %v", what, got, want)
		}
	}
	p.poll()
	last("nothing was ever published", time.Time{})
	p.lists(without(0, "whole.xlsx", day(1)))
	last("the first list", day(1))
	p.poll()
	last("the first list again", day(1))
	p.lists(without(lots, "short.xlsx", day(3)))
	last("a list that is held", day(3))
	p.poll()
	last("a list that stays held", day(3))
	if _, err := p.ResolveHold(t.Context(), "hold_2", false); err != nil {
		t.Fatal(err)
	}
	last("a list that is rejected", day(3))
	p.lists(without(0, "whole.xlsx", day(1)))
	last("the first list back", day(3))
}
