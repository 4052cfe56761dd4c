package notify

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/internal/rostertest"
	"github.com/watch287g/watch287g/roster"
)

// planned shows deliveries without what each test does not care for.
func planned(ds []roster.Delivery) map[string][]uint64 {
	all := map[string][]uint64{}
	for _, d := range ds {
		all[d.Channel] = append(all[d.Channel], d.Changes...)
	}
	return all
}

// plan bundles the changes of a commit.
func plan(rules []Rule, changes []roster.Change, f roster.Figures, now time.Time, open map[string]roster.Delivery) []roster.Delivery {
	return bundle(rules, roster.CycleEvent{At: now, Changes: changes, Figures: f}, nil, open, nil)
}

func TestPlanMakesOneDeliveryForEachChannelThatWantsAny(t *testing.T) {
	rules := []Rule{
		{Channel: "all"},
		{Channel: "texas", Only: roster.Filter{States: []roster.State{"TX"}}},
		{Channel: "utah", Only: roster.Filter{States: []roster.State{"UT"}}},
		{Channel: "on-call", Operator: true},
	}
	changes := manyNew(5, 4, fixtureTime, "FL", "TX")
	got := plan(rules, changes, fixtureFigures(), fixtureTime, nil)
	if diff := cmp.Diff(map[string][]uint64{"all": {5, 6, 7, 8}, "texas": {6, 8}}, planned(got)); diff != "" {
		t.Fatal(diff)
	}
	for _, d := range got {
		if d.Seq != 0 || d.State != roster.DeliveryWaiting || d.Attempts != 0 || d.Notice != nil ||
			!d.CreatedAt.Equal(fixtureTime) || !d.DueAt.Equal(fixtureTime) || d.Figures.Active != fixtureFigures().Active {
			t.Errorf("%+v", d)
		}
	}
	if got := plan(rules, nil, fixtureFigures(), fixtureTime, nil); len(got) > 0 {
		t.Errorf("nothing happened, and %v are sent", planned(got))
	}
	details := []roster.Change{fixtureChange(9, roster.KindDetail, rostertest.Evidence(roster.ListParticipating, fixtureTime, 1), palmBay(), "")}
	if got := plan(rules, details, fixtureFigures(), fixtureTime, nil); len(got) > 0 {
		t.Errorf("nobody wants details, and %v are sent", planned(got))
	}
}

func TestPlanIDsAreStableAndDistinct(t *testing.T) {
	rules := []Rule{{Channel: "a"}, {Channel: "b"}, {Channel: "ab"}}
	seen := map[string]string{}
	for _, seq := range []uint64{1, 11, 12} {
		changes := manyNew(seq, 3, fixtureTime, "FL")
		first, again := plan(rules, changes, fixtureFigures(), fixtureTime, nil), plan(rules, changes, roster.Figures{}, fixtureTime.Add(time.Hour), nil)
		for i, d := range first {
			if d.ID != again[i].ID {
				t.Errorf("%s is %s when it is planned again", d.ID, again[i].ID)
			}
			what := d.Channel + " " + changes[0].ID
			if other, ok := seen[d.ID]; ok {
				t.Errorf("%s is both %s and %s", d.ID, other, what)
			}
			seen[d.ID] = what
		}
	}
	if len(seen) != 9 {
		t.Errorf("%d ids", len(seen))
	}
}

// TestPlanGivesAnIDToNothingElse plans anew what follows from an old backup: receivers
// drop what comes under an id that they have seen.
func TestPlanGivesAnIDToNothingElse(t *testing.T) {
	rules := []Rule{{Channel: "instant"}, {Channel: "daily", Schedule: Schedule{Every: Daily, Hour: 17, Zone: roster.Washington()}}}
	changes := manyNew(1, 3, fixtureTime, "FL")
	sent := plan(rules, changes[:2], fixtureFigures(), fixtureTime, nil)
	more := plan(rules, changes, fixtureFigures(), fixtureTime, nil)
	if sent[0].ID == more[0].ID {
		t.Errorf("%s carries two changes once, and three the other time", more[0].ID)
	}
	later := plan(rules, changes, fixtureFigures(), sent[1].DueAt, nil)
	if sent[1].ID == later[1].ID {
		t.Errorf("%s is the digest of one day and of the next one", later[1].ID)
	}
}

func TestPlanGrowsTheOpenDigest(t *testing.T) {
	rules := []Rule{{Channel: "daily", Schedule: Schedule{Every: Daily, Hour: 17, Zone: roster.Washington()}}, {Channel: "instant"}}
	due := fixtureTime.Add(time.Hour) // 5 p.m. in Washington
	first := plan(rules, manyNew(1, 2, fixtureTime, "FL"), fixtureFigures(), fixtureTime, nil)
	if len(first) != 2 || !first[0].DueAt.Equal(due) || !first[1].DueAt.Equal(fixtureTime) {
		t.Fatalf("%+v", first)
	}
	stored := first[0]
	stored.Seq = 7
	kept := append([]uint64(nil), stored.Changes...)

	for name, c := range map[string]struct {
		at    time.Duration // after the first was planned
		tried int
		grows bool
		due   time.Time
	}{
		"half an hour later":               {30 * time.Minute, 0, true, due},
		"just before its edge":             {59*time.Minute - time.Nanosecond, 0, true, due},
		"at its edge":                      {59 * time.Minute, 0, false, due.Add(24 * time.Hour)},
		"when it is due":                   {time.Hour, 0, false, due.Add(24 * time.Hour)},
		"when it is overdue, not yet sent": {2 * time.Hour, 0, false, due.Add(24 * time.Hour)},
		"when it was tried":                {30 * time.Minute, 1, false, due},
	} {
		open := stored
		open.Attempts = c.tried
		figures := roster.Figures{Active: 900}
		now := fixtureTime.Add(c.at)
		got := plan(rules, manyNew(5, 2, fixtureTime, "FL"), figures, now, map[string]roster.Delivery{"daily": open})
		if len(got) != 2 {
			t.Fatalf("%s: %d deliveries", name, len(got))
		}
		d := got[0]
		want := roster.Delivery{ID: d.ID, Channel: "daily", Changes: []uint64{5, 6}, Figures: figures, CreatedAt: now, DueAt: c.due, State: roster.DeliveryWaiting}
		if c.grows {
			want = stored
			want.Changes, want.Figures = []uint64{1, 2, 5, 6}, figures
		}
		if diff := cmp.Diff(want, d); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if grew := d.ID == stored.ID; grew != c.grows {
			t.Errorf("%s: the same delivery: %t", name, grew)
		}
		if diff := cmp.Diff(kept, stored.Changes); diff != "" {
			t.Errorf("%s: what was stored is altered: %s", name, diff)
		}
	}
	quiet := []Rule{{Channel: "daily", Only: roster.Filter{States: []roster.State{"UT"}}, Schedule: rules[0].Schedule}}
	if got := plan(quiet, manyNew(5, 2, fixtureTime, "FL"), fixtureFigures(), fixtureTime, map[string]roster.Delivery{"daily": stored}); len(got) > 0 {
		t.Errorf("the open digest is written anew though it got nothing: %v", planned(got))
	}
}

func TestPlanSendsNoticesToOperatorsAlone(t *testing.T) {
	rules := []Rule{{Channel: "newsroom"}, {Channel: "on-call", Operator: true}, {Channel: "boss", Operator: true}}
	at := fixtureTime
	notices := []roster.Notice{{Kind: SourceFailing, At: at, Text: "It fails."}, {Kind: ListHeld, At: at, Text: "It is held."}, {Kind: ListHeld, At: at, Text: "It is held."}}
	got := noticeDeliveries(rules, notices, at)
	ids, sent := map[string]bool{}, map[string][]string{}
	for i, d := range got {
		ids[d.ID] = true
		sent[d.Channel] = append(sent[d.Channel], d.Notice.Kind)
		if again := noticeDeliveries(rules, notices, at)[i]; again.ID != d.ID {
			t.Errorf("%s is %s when it is planned again", d.ID, again.ID)
		}
		if len(d.Changes) > 0 || d.Seq != 0 || d.State != roster.DeliveryWaiting || !d.DueAt.Equal(at) || !d.CreatedAt.Equal(at) {
			t.Errorf("%+v", d)
		}
	}
	kinds := []string{SourceFailing, ListHeld, ListHeld}
	if diff := cmp.Diff(map[string][]string{"on-call": kinds, "boss": kinds}, sent); diff != "" {
		t.Error(diff)
	}
	if len(ids) != 6 {
		t.Errorf("%d ids for 6 deliveries", len(ids))
	}
	later := noticeDeliveries(rules, []roster.Notice{{Kind: SourceFailing, At: at.Add(time.Hour), Text: "It fails."}}, at.Add(time.Hour))
	if ids[later[0].ID] {
		t.Error("the same trouble an hour later has the id of the first")
	}
	if got := noticeDeliveries(rules, nil, at); len(got) > 0 {
		t.Errorf("%d deliveries without a notice", len(got))
	}
}
