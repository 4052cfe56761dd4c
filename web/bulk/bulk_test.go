package bulk

import (
	"slices"
	"testing"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// noon of a day in June 2025, in Washington.
func noon(day int) time.Time { return time.Date(2025, time.June, day, 16, 0, 0, 0, time.UTC) }

func change(kind roster.Kind, day int, s roster.State, agency string, fields ...string) roster.Change {
	c := roster.Change{ID: agency, Kind: kind, DetectedAt: noon(day), Certainty: roster.Certain, Publication: roster.Evidence{List: roster.ListParticipating},
		Agreement: roster.Agreement{State: s, Agency: agency, AgencyID: string(s) + agency, Model: roster.TFM, Signed: "2025-06-01"}}
	if kind == roster.KindPending {
		c.Publication.List = roster.ListPending
	}
	for _, name := range fields {
		c.Fields = append(c.Fields, roster.Field{Name: name, From: "a", To: "b"})
	}
	return c
}

func names(all []roster.Change) (got []string) {
	for _, c := range all {
		got = append(got, c.Agreement.Agency)
	}
	return got
}

// busy is a day of everything, the newest first.
func busy() Day {
	hundred := change(roster.KindMilestone, 9, "WY", "hundred")
	hundred.Milestone = &roster.Milestone{Name: roster.Hundred, Count: 100}
	back := change(roster.KindNew, 9, "TX", "Cedar")
	back.Corrects = "chg_1"
	likely := change(roster.KindPending, 9, "TX", "Ash")
	likely.Certainty = roster.Likely
	return ByDay(prose.English, []roster.Change{
		change(roster.KindMilestone, 9, "AL", "first"), hundred, change(roster.KindWithdrawn, 9, "AL", "left"), change(roster.KindRemoved, 9, "TX", "gone"),
		change(roster.KindRestored, 9, "FL", "back"), change(roster.KindNew, 9, "TX", "Dale"), back, likely,
		change(roster.KindAmended, 9, "TX", "respelled", "agency", "signed"), change(roster.KindAmended, 9, "OH", "moved", "state"),
		change(roster.KindDocument, 9, "AL", "linked"), change(roster.KindDetail, 9, "TX", "detail"), change(roster.KindNew, 9, "AL", "Oak"),
	})[0]
}

// What ended and what was reached comes first, then the states, A to Z, and what is
// small last; each change stands once.
func TestDayIsArranged(t *testing.T) {
	d := busy()
	if got, want := names(d.Top()), []string{"gone", "left", "back", "hundred", "first"}; !slices.Equal(got, want) {
		t.Errorf("on top are %v, want %v", got, want)
	}
	if got, want := names(d.Minor()), []string{"linked", "respelled", "detail"}; !slices.Equal(got, want) {
		t.Errorf("small edits are %v, want %v", got, want)
	}
	shown := len(d.Top()) + len(d.Minor())
	var lines []string
	for _, s := range d.States() {
		for _, l := range s.Lines {
			shown++
			lines = append(lines, string(s.State)+" "+l.Agreement.Agency)
		}
	}
	if want := []string{"AL Oak", "OH moved", "TX Cedar", "TX Dale", "TX Ash"}; !slices.Equal(lines, want) {
		t.Errorf("the lines are %v, want %v", lines, want)
	}
	if shown != len(d.Changes) {
		t.Errorf("%d of %d changes are shown", shown, len(d.Changes))
	}
	if got, want := d.MinorTally(), "Small edits: 1 record changed by ICE, 1 detail changed, 1 document change"; got != want {
		t.Errorf("small edits are counted as %q, want %q", got, want)
	}
}

// States come in the order of their names in the language of the page.
func TestDayInSpanish(t *testing.T) {
	var lines []string
	for _, s := range ByDay(prose.Spanish, []roster.Change{change(roster.KindNew, 9, "NC", "b"), change(roster.KindNew, 9, "HI", "c"), change(roster.KindNew, 9, "AL", "a")})[0].States() {
		lines = append(lines, prose.Spanish.State(s.State))
	}
	if want := []string{"Alabama", "Carolina del Norte", "Hawái"}; !slices.Equal(lines, want) {
		t.Errorf("the states are %v, want %v", lines, want)
	}
}

// A day's counts say which are of changes and which are of all that stands.
func TestTallies(t *testing.T) {
	d := busy()
	counts := "3 new, 1 newly pending, 1 no longer listed, 1 no longer pending, 1 listed again (correction), 2 records changed by ICE, 1 detail changed, 1 document change, 2 milestones"
	tallies := func(d Day) (all []string) {
		all = append(all, d.Tally())
		for _, s := range d.States() {
			all = append(all, s.Tally)
		}
		return all
	}
	stand := func(s Standing) Day { d := d; d.standing = &s; return d }
	active := map[roster.State]int{"AL": 1, "TX": 1200}
	part := stand(Standing{Active: 1300, States: active, Nation: true})
	part.Part = true
	for name, tt := range map[string]struct {
		day  Day
		want []string
	}{
		"known": {stand(Standing{Active: 1300, States: active, Nation: true}), []string{counts + "; 1,300 active in all at the end of the day",
			"1 new, 1 no longer pending (above), 1 active in all", "1 record changed by ICE, 0 active in all", "2 new, 1 newly pending, 1 no longer listed (above), 1,200 active in all"}},
		"not over": {stand(Standing{Active: 1300, States: active, Nation: true, Until: noon(9)}), []string{counts + "; 1,300 active in all as known until June 9, 2025, noon ET",
			"1 new, 1 no longer pending (above), 1 active in all", "1 record changed by ICE, 0 active in all", "2 new, 1 newly pending, 1 no longer listed (above), 1,200 active in all"}},
		"of a state":    {stand(Standing{Active: 1300, States: active}), []string{counts, "1 new, 1 no longer pending (above), 1 active in all", "1 record changed by ICE, 0 active in all", "2 new, 1 newly pending, 1 no longer listed (above), 1,200 active in all"}},
		"without lists": {d, []string{counts, "1 new, 1 no longer pending (above)", "1 record changed by ICE", "2 new, 1 newly pending, 1 no longer listed (above)"}},
		"in part":       {part, []string{"", "", "", ""}},
	} {
		if got := tallies(tt.day); !slices.Equal(got, tt.want) {
			t.Errorf("%s:\n got %q\nwant %q", name, got, tt.want)
		}
	}
}

// A line says who, which model, where and when, and what is not sure or taken back.
func TestLines(t *testing.T) {
	c := change(roster.KindNew, 9, "FL", "Palm Bay Police Department")
	sheriff := change(roster.KindPending, 9, "FL", "Bay County Sheriff's Office")
	likely := change(roster.KindNew, 9, "FL", "Palm Bay Police Department")
	likely.Certainty, likely.Corrects = roster.Likely, "chg_1"
	moved := change(roster.KindAmended, 9, "FL", "Palm Bay Police Department", "model")
	moved.Fields[0].From = "WSO"
	for _, tt := range []struct {
		change roster.Change
		want   Line
	}{
		{c, Line{Model: "Task Force Model", County: "Brevard County", Signed: "signed Jun 1, 2025"}},
		{sheriff, Line{Model: "Task Force Model", County: "Bay County", Told: true, Signed: "pending"}},
		{likely, Line{Model: "Task Force Model", County: "Brevard County", Signed: "signed Jun 1, 2025",
			Note: "likely new, not another name for what was listed; ICE gives no id; correction: the pending entry had been reported as no longer pending"}},
		{moved, Line{Model: "Task Force Model", Signed: "pending", Detail: "Task Force Model, signed June 1, 2025; before, ICE listed it under the model Warrant Service Officer"}},
	} {
		got := newLine(prose.English, tt.change)
		if got.Model != tt.want.Model || got.County != tt.want.County || got.Told != tt.want.Told || got.Signed != tt.want.Signed || got.Note != tt.want.Note || got.Detail != tt.want.Detail {
			t.Errorf("%s of %s:\n got %+v\nwant %+v", tt.change.Kind, tt.change.Agreement.Agency, got, tt.want)
		}
	}
}

// Few changes of a day, and all those of one agency, are told in sentences.
func TestPlainDays(t *testing.T) {
	a, b := change(roster.KindNew, 9, "FL", "a"), change(roster.KindNew, 9, "FL", "b")
	days := ByDay(prose.English, []roster.Change{a, b, change(roster.KindNew, 8, "FL", "a"), a, a, b})
	if len(days) != 3 || len(days[0].Changes) != 2 || days[1].Day != "2025-06-08" {
		t.Fatalf("the days are %v", days)
	}
	for _, tt := range []struct {
		changes []roster.Change
		want    bool
	}{
		{[]roster.Change{a, b}, true}, {[]roster.Change{a, a, b}, false}, {[]roster.Change{a, a, a, a}, true},
		{[]roster.Change{a, a, change(roster.KindMilestone, 9, "FL", "a")}, false},
	} {
		if got := (Day{Changes: tt.changes}).Plain(); got != tt.want {
			t.Errorf("%v: %t", names(tt.changes), got)
		}
	}
}
