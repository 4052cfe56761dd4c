package snapshot_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/watch287g/watch287g/roster"
)

// What is known ends with the newest list or the last good look at the page, and
// begins with the first list.
func TestAsOf(t *testing.T) {
	snap := (&source{publications: []roster.Publication{counted(1, roster.ListParticipating, 2), counted(2, roster.ListPending, 9)},
		reading: roster.Reading{Read: at(12)}}).load(t)
	for _, test := range []struct {
		name        string
		asked, want time.Time
		known       bool
	}{
		{"now", time.Time{}, at(12), true},
		{"a day in between", at(5), at(5), true},
		{"the first moment", at(2), at(2), true},
		{"a moment before it", at(2).Add(-1), time.Time{}, false},
		{"later than known", at(20), at(12), true},
	} {
		if got, known := snap.AsOf(test.asked); !got.Equal(test.want) || known != test.known {
			t.Errorf("%s: %v, %v", test.name, got, known)
		}
	}
	if got := snap.Days(); !slices.Equal(got, []roster.Date{"2025-06-02", "2025-06-09"}) {
		t.Errorf("the days are %v", got)
	}
	if from, to := snap.LastDays(3); from != "2025-06-09" || to != "2025-06-12" {
		t.Errorf("the last 3 days are %s to %s", from, to)
	}
	if from, _ := snap.LastDays(90); from != "2025-06-02" {
		t.Errorf("the last 90 days begin %s", from)
	}
	if got := snap.Sources(at(8)); len(got) != 1 || got[0].List != roster.ListParticipating {
		t.Errorf("the lists of then are %+v", got)
	}
	if p, ok := snap.Publication(2); !ok || p.List != roster.ListPending {
		t.Errorf("publication 2 is %+v", p)
	}
	for _, seq := range []uint64{0, 3} {
		if _, ok := snap.Publication(seq); ok {
			t.Errorf("there is a publication %d", seq)
		}
	}
}

// What stands on a list says more of an agency than a later day on which another row
// left it.
func TestLatest(t *testing.T) {
	of := func(agency roster.Type, r roster.Record) roster.Record {
		for i := range r.Versions {
			r.Versions[i].Agreement.AgencyID, r.Versions[i].Agreement.Type = "TX-one", agency
		}
		return r
	}
	for _, test := range []struct {
		name    string
		records []roster.Record
		want    roster.Type
	}{
		{"one stands, another left later", []roster.Record{of(roster.TypeCounty, record("stands", at(2))), of(roster.TypeMunicipality, record("gone", at(5), at(20)))}, roster.TypeCounty},
		{"the newer of two that stand", []roster.Record{of(roster.TypeCounty, record("old", at(2))), of(roster.TypeMunicipality, record("new", at(5)))}, roster.TypeMunicipality},
		{"none stands", []roster.Record{of(roster.TypeCounty, record("first", at(2), at(9))), of(roster.TypeMunicipality, record("last", at(5), at(20)))}, roster.TypeMunicipality},
		{"one that came back", []roster.Record{of(roster.TypeCounty, record("back", at(2), at(9), at(12))), of(roster.TypeMunicipality, record("gone", at(5), at(20)))}, roster.TypeCounty},
	} {
		if got := (&source{records: test.records}).load(t).Latest("TX-one").Type; got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestAgreementsAt(t *testing.T) {
	snap := (&source{records: []roster.Record{record("stays", at(10)), entry("pending", at(10), at(20)), record("returns", at(20), at(25), at(28))}}).load(t)
	type brief struct {
		status       roster.Status
		since, until time.Time
	}
	var never time.Time
	stays, pending := brief{roster.StatusActive, at(10), never}, brief{roster.StatusPending, at(10), never}
	left := brief{roster.StatusEnded, at(10), at(20)}
	for _, test := range []struct {
		name string
		when time.Time
		want map[string]brief
	}{
		{"before the first", at(9), nil},
		{"a moment before it", at(10).Add(-time.Nanosecond), nil},
		{"exactly when it counts", at(10), map[string]brief{"stays": stays, "pending": pending}},
		{"in between", at(19), map[string]brief{"stays": stays, "pending": pending}},
		{"in another zone", at(20).UTC(), map[string]brief{"stays": stays, "pending": left, "returns": {roster.StatusActive, at(20), never}}},
		{"after its end", at(26), map[string]brief{"stays": stays, "pending": left, "returns": {roster.StatusEnded, at(20), at(25)}}},
		{"listed again", at(28), map[string]brief{"stays": stays, "pending": left, "returns": {roster.StatusActive, at(28), never}}},
		{"much later", at(9999), map[string]brief{"stays": stays, "pending": left, "returns": {roster.StatusActive, at(28), never}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := map[string]brief{}
			for _, s := range snap.AgreementsAt(test.when) {
				got[s.ID] = brief{s.Status, s.Since, s.Until}
			}
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(brief{}), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			active := 0
			for _, b := range test.want {
				if b.status == roster.StatusActive {
					active++
				}
			}
			if s := snap.Stats(test.when); s.Active != active {
				t.Errorf("%d are counted as active, want %d", s.Active, active)
			}
		})
	}
}

// Agreements come by state's name, agency, model and id, whatever their ids are.
func TestSelect(t *testing.T) {
	place := func(r roster.Record, state roster.State, agency string, m roster.Model) roster.Record {
		a := &r.Versions[len(r.Versions)-1].Agreement
		a.State, a.Agency, a.Model = state, agency, m
		return r
	}
	snap := (&source{records: []roster.Record{
		place(record("a", at(1)), "TX", "Zavala", roster.JEM), place(record("b", at(1)), "AK", "zz", roster.JEM), place(record("c", at(1)), "AL", "B", roster.JEM),
		place(record("d", at(1)), "AL", "b", roster.WSO), place(entry("e", at(1)), "AL", "A", roster.TFM), record("f", at(1), at(2)),
	}}).load(t)
	for _, test := range []struct {
		name     string
		filter   roster.Filter
		statuses []roster.Status
		want     []string
	}{
		{"what stands", roster.Filter{}, nil, []string{"e", "c", "d", "b", "a"}},
		{"what is active", roster.Filter{}, []roster.Status{roster.StatusActive}, []string{"c", "d", "b", "a"}},
		{"what has ended", roster.Filter{}, []roster.Status{roster.StatusEnded}, []string{"f"}},
		{"a state's", roster.Filter{States: []roster.State{"AL"}}, nil, []string{"e", "c", "d"}},
		{"of a model", roster.Filter{Models: []roster.Model{roster.WSO}}, nil, []string{"d"}},
	} {
		if got := ids(snap.Select(at(3), test.filter, test.statuses...)); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestCompare(t *testing.T) {
	first := record("first", at(9))
	first.Baseline = true
	signed := entry("signed", at(2), at(6))
	signed.SignedBy = "signed-agreement"
	agreed := then(record("signed-agreement", at(6)), at(7), func(*roster.Agreement) {})
	rename := func(a *roster.Agreement) { a.Agency, a.Signed = "Renamed", "2025-06-02" }
	snap := (&source{records: []roster.Record{
		record("new", at(7)), record("again", at(1), at(2), at(7)), record("gone", at(1), at(7)), entry("came", at(7)), entry("left", at(1), at(7)),
		first, signed, agreed, then(record("other", at(1)), at(7), rename), record("passing", at(6), at(7)), record("stays", at(1)),
	}}).load(t)
	d := snap.Compare(at(5), at(10))
	for _, test := range []struct {
		name string
		got  []roster.AgreementAt
		want []string
	}{
		{"new", d.New, []string{"new", "signed-agreement"}}, {"listed again", d.Again, []string{"again"}}, {"gone", d.Gone, []string{"gone"}},
		{"came", d.Came, []string{"came"}}, {"left", d.Left, []string{"left"}},
	} {
		if got := ids(test.got); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
	if len(d.Signed) != 1 || d.Signed[0].Entry.ID != "signed" || d.Signed[0].Agreement.ID != "signed-agreement" {
		t.Errorf("signed: %+v", d.Signed)
	}
	if len(d.Other) != 2 || d.Other[0].Field != "agency" || d.Other[0].Was.Agency != "Agency other" || d.Other[0].Now.Agency != "Renamed" || d.Other[1].Field != "signed" {
		t.Errorf("listed otherwise: %+v", d.Other)
	}
	if d.FirstSeen[roster.ListParticipating] != 1 || d.Passing != 1 || d.NewByState()["TX"] != 2 {
		t.Errorf("first seen %v, passing %d, new by state %v", d.FirstSeen, d.Passing, d.NewByState())
	}
	if came := len(d.New) + len(d.Again) + d.FirstSeen[roster.ListParticipating] - len(d.Gone); d.Before.Active+came != d.After.Active {
		t.Errorf("%d and %d are not %d", d.Before.Active, came, d.After.Active)
	}
}

// What is new and gone in the last days is counted to the last moment known, which
// may be long after the newest list, and from the first day on at the earliest.
func TestRecent(t *testing.T) {
	all := source{records: []roster.Record{record("stays", at(2)), record("came", at(5)), record("goes", at(2), at(8)), record("newer", at(9))},
		publications: []roster.Publication{counted(1, roster.ListParticipating, 2), counted(2, roster.ListParticipating, 9)}}
	for _, test := range []struct {
		read      int // the day when ICE's page was last read
		days      int
		new, gone []string
	}{
		{9, 30, []string{"came", "newer"}, []string{"goes"}},
		{12, 5, []string{"newer"}, []string{"goes"}},
		{13, 5, []string{"newer"}, nil},
		{20, 5, nil, nil},
	} {
		all.reading.Read = at(test.read)
		d := all.load(t).Recent(test.days)
		if diff := cmp.Diff([2][]string{test.new, test.gone}, [2][]string{ids(d.New), ids(d.Gone)}, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%d days to June %d: %s", test.days, test.read, diff)
		}
		if d.NewByState()["TX"] != len(test.new) || d.GoneByState()["TX"] != len(test.gone) {
			t.Errorf("%d days to June %d: by state %v, %v", test.days, test.read, d.NewByState(), d.GoneByState())
		}
		if !d.To.Equal(at(test.read)) {
			t.Errorf("%d days to June %d end %v", test.days, test.read, d.To)
		}
	}
	day := source{records: []roster.Record{record("first", at(2)), record("second", at(2).Add(time.Hour))},
		publications: []roster.Publication{counted(1, roster.ListParticipating, 2)}, reading: roster.Reading{Read: at(2).Add(2 * time.Hour)}}
	if d := day.load(t).Recent(30); len(d.New) != 0 || !d.From.Equal(d.To) {
		t.Errorf("on the first day, %v are new", ids(d.New))
	}
}

func TestCurve(t *testing.T) {
	elsewhere := record("b", at(3))
	elsewhere.Versions[0].Agreement.State = "FL"
	records := []roster.Record{record("a", at(2), at(4)), elsewhere, entry("c", at(3))}
	participating, again, pending := counted(1, roster.ListParticipating, 2), counted(2, roster.ListParticipating, 5), counted(3, roster.ListPending, 3)
	late := counted(1, roster.ListParticipating, 5)
	held := participating
	held.Verdict = roster.VerdictHeld
	in := func(s roster.State) func(roster.Agreement) bool {
		return func(a roster.Agreement) bool { return a.State == s }
	}
	for name, test := range map[string]struct {
		lists        []roster.Publication
		days         []roster.Date
		all, florida []int // active and pending in turn
	}{
		"both lists": {[]roster.Publication{participating, again, pending}, []roster.Date{"2025-06-02", "2025-06-03", "2025-06-04", "2025-06-05"},
			[]int{1, -1, 2, 1, 1, 1, 1, 1}, []int{0, -1, 1, 0, 1, 0, 1, 0}},
		"no pending list":                 {[]roster.Publication{late}, []roster.Date{"2025-06-05"}, []int{1, -1}, []int{1, -1}},
		"a pending list before the other": {[]roster.Publication{pending, late, held}, []roster.Date{"2025-06-05"}, []int{1, 1}, []int{1, 0}},
		"no participating list":           {[]roster.Publication{pending, held}, nil, nil, nil},
	} {
		snap := (&source{publications: test.lists, records: records}).load(t)
		var all, florida []int
		var days []roster.Date
		for _, p := range snap.Curve() {
			days = append(days, roster.Day(p.At))
			all = append(all, p.Active(), p.Pending)
		}
		for _, p := range snap.CurveOf(in("FL")) {
			florida = append(florida, p.ByModel[roster.TFM], p.Pending)
		}
		if !slices.Equal(days, test.days) || !slices.Equal(all, test.all) || !slices.Equal(florida, test.florida) {
			t.Errorf("%s: %v: all %v, Florida's %v", name, days, all, florida)
		}
	}
}

// An address may name an agency by any spelling; its own id comes first.
func TestAgencies(t *testing.T) {
	respelled := then(record("lampass", at(1)), at(3), func(a *roster.Agreement) { a.Agency = "Lampasas Police" })
	respelled.Versions[0].Agreement.Agency = "Lampass Police"
	snap := (&source{records: []roster.Record{respelled, entry("lampass-entry", at(1), at(2)), record("other", at(1))}}).load(t)
	for asked, want := range map[string]string{
		"TX-lampass": "TX-lampass", "tx-LAMPASS": "TX-lampass", "TX-lampass-police": "TX-lampass", "tx-lampasas-police": "TX-lampass",
		"TX-Lampasas Police": "TX-lampass", "TX-nowhere": "", "": "",
	} {
		if got := snap.ResolveAgency(asked); got != want {
			t.Errorf("%q leads to %q, want %q", asked, got, want)
		}
	}
	if name := snap.AgencyName("TX-lampass"); name != "Lampasas Police" {
		t.Errorf("it is called %s", name)
	}
	for i, want := range []time.Time{at(1), at(3)} {
		if got, orBefore := snap.SpelledSince("TX-lampass", snap.Agency("TX-lampass").Spellings[i]); !got.Equal(want) || orBefore {
			t.Errorf("spelling %d since %v, %v", i, got, orBefore)
		}
	}
	if h := snap.HoldingsOf("TX-lampass-entry"); len(h.Active)+len(h.Pending) > 0 || h.Ended != 1 {
		t.Errorf("it holds %+v", h)
	}
	row := roster.Row{State: "TX", Agency: "LAMPASAS  POLICE", Model: roster.TFM, Signed: "2025-06-01"}
	if got := snap.AgencyOfRow(counted(1, roster.ListParticipating, 4), row); got != "TX-lampass" {
		t.Errorf("the row is %q's", got)
	}
}
