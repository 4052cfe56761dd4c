package notify

import (
	"slices"
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/rostertest"
	"github.com/watch287g/watch287g/roster"
)

func TestRuleWants(t *testing.T) {
	ref := rostertest.Evidence(roster.ListParticipating, fixtureTime, 12)
	of := func(kind roster.Kind) roster.Change { return fixtureChange(1, kind, ref, palmBay(), "") }
	moved := of(roster.KindAmended)
	before := palmBay()
	before.State = "NY"
	moved.Before = &before
	respelled := of(roster.KindAmended)
	old := palmBay()
	old.Agency = "Palmbay Police Dept"
	respelled.Before = &old

	in := func(a roster.Agreement, counties, places []string) bool {
		return slices.Contains(counties, "Brevard") || slices.Contains(places, "Palm Bay")
	}
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
		"county":                            {only(roster.Filter{Counties: []string{"Brevard"}}), of(roster.KindNew), true},
		"place":                             {only(roster.Filter{Places: []string{"Palm Bay"}}), of(roster.KindNew), true},
		"another place":                     {only(roster.Filter{Places: []string{"Tampa"}}), of(roster.KindNew), false},
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
		if got := c.rule.Wants(c.change, in); got != c.want {
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
