package notify

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/roster"
)

func TestRuleWants(t *testing.T) {
	ref := fixtureList(roster.ListParticipating, fixtureTime, 12)
	of := func(kind roster.Kind) roster.Change { return fixtureChange(1, kind, ref, palmBay(), "") }
	moved := of(roster.KindAmended)
	before := palmBay()
	before.State = "NY"
	moved.Before = &before
	respelled := of(roster.KindAmended)
	old := palmBay()
	old.Agency = "Palmbay Police Dept"
	respelled.Before = &old

	only := func(f roster.Filter) Rule { return Rule{Channel: "desk", Only: f} }
	for name, c := range map[string]struct {
		rule   Rule
		change roster.Change
		want   bool
	}{
		"no kinds: new":                     {only(roster.Filter{}), of(roster.KindNew), true},
		"no kinds: pending":                 {only(roster.Filter{}), of(roster.KindPending), true},
		"no kinds: removed":                 {only(roster.Filter{}), of(roster.KindRemoved), true},
		"no kinds: withdrawn":               {only(roster.Filter{}), of(roster.KindWithdrawn), true},
		"no kinds: restored":                {only(roster.Filter{}), of(roster.KindRestored), true},
		"no kinds: amended":                 {only(roster.Filter{}), of(roster.KindAmended), true},
		"no kinds: milestone":               {only(roster.Filter{}), of(roster.KindMilestone), true},
		"no kinds: detail":                  {only(roster.Filter{}), of(roster.KindDetail), false},
		"no kinds: document":                {only(roster.Filter{}), of(roster.KindDocument), false},
		"no kinds but a state: document":    {only(roster.Filter{States: []roster.State{"FL"}}), of(roster.KindDocument), false},
		"named kind: detail":                {only(roster.Filter{Kinds: []roster.Kind{roster.KindDetail}}), of(roster.KindDetail), true},
		"named kind: another":               {only(roster.Filter{Kinds: []roster.Kind{roster.KindDetail}}), of(roster.KindNew), false},
		"state":                             {only(roster.Filter{States: []roster.State{"TX", "FL"}}), of(roster.KindNew), true},
		"another state":                     {only(roster.Filter{States: []roster.State{"TX"}}), of(roster.KindNew), false},
		"county":                            {only(roster.Filter{Counties: []string{"brevard county"}}), of(roster.KindNew), true},
		"county without the word":           {only(roster.Filter{Counties: []string{"Brevard"}}), of(roster.KindNew), true},
		"another county":                    {only(roster.Filter{Counties: []string{"Polk"}}), of(roster.KindNew), false},
		"model":                             {only(roster.Filter{Models: []roster.Model{roster.TFM}}), of(roster.KindNew), true},
		"another model":                     {only(roster.Filter{Models: []roster.Model{roster.JEM, roster.WSO}}), of(roster.KindNew), false},
		"kind of agency":                    {only(roster.Filter{Types: []roster.Type{roster.TypeMunicipality}}), of(roster.KindNew), true},
		"another kind of agency":            {only(roster.Filter{Types: []roster.Type{roster.TypeCounty}}), of(roster.KindNew), false},
		"agency by a pattern":               {only(roster.Filter{Agencies: []string{"palm*department"}}), of(roster.KindNew), true},
		"agency by its id":                  {only(roster.Filter{Agencies: []string{palmBay().AgencyID}}), of(roster.KindNew), true},
		"another agency":                    {only(roster.Filter{Agencies: []string{"*Sheriff*"}}), of(roster.KindNew), false},
		"all parts hold":                    {only(roster.Filter{States: []roster.State{"FL"}, Models: []roster.Model{roster.TFM}}), of(roster.KindNew), true},
		"one part does not hold":            {only(roster.Filter{States: []roster.State{"FL"}, Models: []roster.Model{roster.JEM}}), of(roster.KindNew), false},
		"moved: the state it came from":     {only(roster.Filter{States: []roster.State{"NY"}}), moved, true},
		"moved: the state it is in":         {only(roster.Filter{States: []roster.State{"FL"}}), moved, true},
		"moved: a third state":              {only(roster.Filter{States: []roster.State{"TX"}}), moved, false},
		"respelled: the old name":           {only(roster.Filter{Agencies: []string{"*dept"}}), respelled, true},
		"respelled: no side meets all":      {only(roster.Filter{Agencies: []string{"*dept"}, States: []roster.State{"NY"}}), respelled, false},
		"an operator gets no change at all": {Rule{Channel: "on-call", Operator: true}, of(roster.KindNew), false},
	} {
		if got := c.rule.Wants(c.change); got != c.want {
			t.Errorf("%s: wants it: %t", name, got)
		}
	}
}

func TestScheduleNext(t *testing.T) {
	zone := func(name string) *time.Location {
		z, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	chicago, sydney := zone("America/Chicago"), zone("Australia/Sydney")
	daily := func(hour, minute int, z *time.Location) Schedule {
		return Schedule{Every: Daily, Hour: hour, Minute: minute, Zone: z}
	}
	monday := Schedule{Every: Weekly, Weekday: time.Monday, Hour: 8, Zone: chicago}
	for name, c := range map[string]struct {
		schedule Schedule
		at, want string
	}{
		"none is instantly":                  {Schedule{}, "2025-07-03T20:07:13Z", "2025-07-03T20:07:13Z"},
		"instantly":                          {Schedule{Every: Instant, Zone: chicago}, "2025-07-03T20:07:13Z", "2025-07-03T20:07:13Z"},
		"hourly":                             {Schedule{Every: Hourly}, "2025-07-03T20:07:13Z", "2025-07-03T21:00:00Z"},
		"hourly, exactly at the hour":        {Schedule{Every: Hourly}, "2025-07-03T20:00:00Z", "2025-07-03T21:00:00Z"},
		"daily, before the hour":             {daily(8, 0, chicago), "2025-07-03T12:59:59Z", "2025-07-03T13:00:00Z"},
		"daily, exactly at the hour":         {daily(8, 0, chicago), "2025-07-03T13:00:00Z", "2025-07-04T13:00:00Z"},
		"daily, after the hour":              {daily(8, 0, chicago), "2025-07-03T13:00:01Z", "2025-07-04T13:00:00Z"},
		"daily, a day ahead of UTC":          {daily(8, 30, sydney), "2025-07-03T23:00:00Z", "2025-07-04T22:30:00Z"},
		"daily, over the end of a year":      {daily(8, 0, chicago), "2025-12-31T15:00:00Z", "2026-01-01T14:00:00Z"},
		"daily, into daylight saving":        {daily(8, 0, chicago), "2025-03-08T14:00:00Z", "2025-03-09T13:00:00Z"},
		"daily, out of daylight saving":      {daily(8, 0, chicago), "2025-11-01T13:00:00Z", "2025-11-02T14:00:00Z"},
		"daily, an hour that there is twice": {daily(1, 30, chicago), "2025-11-02T05:00:00Z", "2025-11-02T06:30:00Z"},
		"daily, the second of the two":       {daily(1, 30, chicago), "2025-11-02T06:30:00Z", "2025-11-03T07:30:00Z"},
		"weekly, from midweek":               {monday, "2025-07-03T20:00:00Z", "2025-07-07T13:00:00Z"},
		"weekly, on the day before the hour": {monday, "2025-07-07T12:00:00Z", "2025-07-07T13:00:00Z"},
		"weekly, exactly at the hour":        {monday, "2025-07-07T13:00:00Z", "2025-07-14T13:00:00Z"},
		"weekly, Sunday night is Monday UTC": {monday, "2025-07-07T04:00:00Z", "2025-07-07T13:00:00Z"},
		"weekly, into daylight saving":       {monday, "2025-03-03T14:00:00Z", "2025-03-10T13:00:00Z"},
		"weekly, out of daylight saving":     {monday, "2025-10-27T13:00:00Z", "2025-11-03T14:00:00Z"},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.schedule.Next(at).UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("%s: next after %s is %s, not %s", name, c.at, got, c.want)
		}
	}
}

// Over a whole year there is one digest a day and one a week, never two and
// never none, whatever the clocks do: also at an hour that one day does not have.
func TestScheduleNextMissesNoDayOfTheYear(t *testing.T) {
	for _, name := range []string{"America/Chicago", "America/Phoenix", "Australia/Lord_Howe", "Pacific/Guam"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for hour := range 24 {
			for _, s := range []Schedule{{Every: Daily, Hour: hour, Minute: 30, Zone: zone}, {Every: Weekly, Weekday: time.Sunday, Hour: hour, Minute: 30, Zone: zone}} {
				at := time.Date(2025, 1, 5, hour, 30, 0, 0, zone) // a Sunday
				step := 1
				if s.Every == Weekly {
					step = 7
				}
				for i := 0; i < 365; i += step {
					next := s.Next(at)
					want := time.Date(2025, 1, 5+i+step, 0, 0, 0, 0, zone).Format(time.DateOnly)
					if got := next.In(zone).Format(time.DateOnly); got != want || !next.After(at) {
						t.Fatalf("%s %s %02d:30: after %s comes %s, not a time on %s", name, s.Every, hour, at, next, want)
					}
					at = next
				}
			}
		}
	}
}

// planned shows deliveries without what each test does not care for.
func planned(ds []roster.Delivery) map[string][]uint64 {
	all := map[string][]uint64{}
	for _, d := range ds {
		all[d.Channel] = append(all[d.Channel], d.Changes...)
	}
	return all
}

func TestPlanMakesOneDeliveryForEachChannelThatWantsAny(t *testing.T) {
	rules := []Rule{
		{Channel: "all"},
		{Channel: "texas", Only: roster.Filter{States: []roster.State{"TX"}}},
		{Channel: "utah", Only: roster.Filter{States: []roster.State{"UT"}}},
		{Channel: "on-call", Operator: true},
	}
	changes := manyNew(5, 4, fixtureTime, "FL", "TX")
	got := Plan(rules, changes, fixtureFigures(), fixtureTime, nil)
	if diff := cmp.Diff(map[string][]uint64{"all": {5, 6, 7, 8}, "texas": {6, 8}}, planned(got)); diff != "" {
		t.Fatal(diff)
	}
	for _, d := range got {
		if d.Seq != 0 || d.State != roster.DeliveryWaiting || d.Attempts != 0 || d.Notice != nil ||
			!d.CreatedAt.Equal(fixtureTime) || !d.DueAt.Equal(fixtureTime) || d.Figures.Active != fixtureFigures().Active {
			t.Errorf("%+v", d)
		}
	}
	if got := Plan(rules, nil, fixtureFigures(), fixtureTime, nil); len(got) > 0 {
		t.Errorf("nothing happened, and %v are told", planned(got))
	}
	details := []roster.Change{fixtureChange(9, roster.KindDetail, fixtureList(roster.ListParticipating, fixtureTime, 1), palmBay(), "")}
	if got := Plan(rules, details, fixtureFigures(), fixtureTime, nil); len(got) > 0 {
		t.Errorf("nobody wants details, and %v are told", planned(got))
	}
}

func TestPlanIDsAreStableAndDistinct(t *testing.T) {
	rules := []Rule{{Channel: "a"}, {Channel: "b"}, {Channel: "ab"}}
	seen := map[string]string{}
	for _, seq := range []uint64{1, 11, 12} {
		changes := manyNew(seq, 3, fixtureTime, "FL")
		first, again := Plan(rules, changes, fixtureFigures(), fixtureTime, nil), Plan(rules, changes, roster.Figures{}, fixtureTime.Add(time.Hour), nil)
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

func TestPlanGrowsTheOpenDigest(t *testing.T) {
	rules := []Rule{{Channel: "daily", Schedule: Schedule{Every: Daily, Hour: 17, Zone: roster.Washington()}}, {Channel: "instant"}}
	due := fixtureTime.Add(time.Hour) // 5 p.m. in Washington
	first := Plan(rules, manyNew(1, 2, fixtureTime, "FL"), fixtureFigures(), fixtureTime, nil)
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
		"just before it closes":            {59*time.Minute - time.Nanosecond, 0, true, due},
		"in its closing minute":            {59 * time.Minute, 0, false, due.Add(24 * time.Hour)},
		"when it is due":                   {time.Hour, 0, false, due.Add(24 * time.Hour)},
		"when it is overdue, not yet sent": {2 * time.Hour, 0, false, due.Add(24 * time.Hour)},
		"when it was tried":                {30 * time.Minute, 1, false, due},
	} {
		open := stored
		open.Attempts = c.tried
		figures := roster.Figures{Active: 900}
		now := fixtureTime.Add(c.at)
		got := Plan(rules, manyNew(5, 2, fixtureTime, "FL"), figures, now, map[string]roster.Delivery{"daily": open})
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
	if got := Plan(quiet, manyNew(5, 2, fixtureTime, "FL"), fixtureFigures(), fixtureTime, map[string]roster.Delivery{"daily": stored}); len(got) > 0 {
		t.Errorf("the open digest is written anew though it got nothing: %v", planned(got))
	}
}

func TestPlanNoticesTellsOperatorsAlone(t *testing.T) {
	rules := []Rule{{Channel: "newsroom"}, {Channel: "on-call", Operator: true}, {Channel: "boss", Operator: true}}
	at := fixtureTime
	notices := []roster.Notice{{Kind: SourceFailing, At: at, Text: "It fails."}, {Kind: ListHeld, At: at, Text: "It is held."}, {Kind: ListHeld, At: at, Text: "It is held."}}
	got := PlanNotices(rules, notices, at)
	ids, told := map[string]bool{}, map[string][]string{}
	for i, d := range got {
		ids[d.ID] = true
		told[d.Channel] = append(told[d.Channel], d.Notice.Kind)
		if again := PlanNotices(rules, notices, at)[i]; again.ID != d.ID {
			t.Errorf("%s is %s when it is planned again", d.ID, again.ID)
		}
		if len(d.Changes) > 0 || d.Seq != 0 || d.State != roster.DeliveryWaiting || !d.DueAt.Equal(at) || !d.CreatedAt.Equal(at) {
			t.Errorf("%+v", d)
		}
	}
	kinds := []string{SourceFailing, ListHeld, ListHeld}
	if diff := cmp.Diff(map[string][]string{"on-call": kinds, "boss": kinds}, told); diff != "" {
		t.Error(diff)
	}
	if len(ids) != 6 {
		t.Errorf("%d ids for 6 deliveries", len(ids))
	}
	later := PlanNotices(rules, []roster.Notice{{Kind: SourceFailing, At: at.Add(time.Hour), Text: "It fails."}}, at.Add(time.Hour))
	if ids[later[0].ID] {
		t.Error("the same trouble an hour later has the id of the first")
	}
	if got := PlanNotices(rules, nil, at); len(got) > 0 {
		t.Errorf("%d deliveries without a notice", len(got))
	}
}
