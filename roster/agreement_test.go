package roster

import (
	"slices"
	"testing"
	"time"
)

// days returns the nth day of a made-up history.
func days(n int) time.Time { return time.Date(2025, 3, n, 15, 0, 0, 0, time.UTC) }

// history makes a record with one version a day that says whether it was listed.
func history(list List, listed map[int]bool) *Record {
	r := &Record{List: list}
	for n := 1; n <= 31; n++ {
		if on, said := listed[n]; said {
			r.Versions = append(r.Versions, Version{From: days(n), Source: uint64(n), Row: 10 * n, Listed: on,
				Agreement: Agreement{ID: "TX-a#WSO", County: days(n).Format("Jan 2")}})
		}
	}
	return r
}

func TestStanding(t *testing.T) {
	lasting := history(ListParticipating, map[int]bool{2: true})
	baseline := history(ListParticipating, map[int]bool{2: true, 5: false, 9: true})
	baseline.Baseline = true
	ended := history(ListParticipating, map[int]bool{2: true, 5: false})
	relisted := history(ListParticipating, map[int]bool{2: true, 5: false, 9: true})
	amended := history(ListParticipating, map[int]bool{2: true, 5: true, 9: false, 12: false})
	pending := history(ListPending, map[int]bool{2: true, 5: false})
	pending.PendingSince = days(1)
	// On the list from 2 to 5 and from 7 to 12, again from 20 to 22 as another application, and from 30.
	applied := history(ListPending, map[int]bool{2: true, 5: false, 7: true, 12: false, 20: true, 22: false, 30: true})
	applied.Baseline, applied.AppliedAt = true, days(20)

	for _, tt := range []struct {
		name   string
		record *Record
		at     time.Time
		known  bool
		want   AgreementAt // County says which version it is
	}{
		{name: "before the first", record: lasting, at: days(2).Add(-1)},
		{"exactly at From", lasting, days(2), true, AgreementAt{Status: StatusActive, Since: days(2), Source: 2}},
		{"lasting", lasting, days(30), true, AgreementAt{Status: StatusActive, Since: days(2), Source: 2}},
		{"last moment before the end", ended, days(5).Add(-1), true, AgreementAt{Status: StatusActive, Since: days(2), Source: 2}},
		{"exactly at the end", ended, days(5), true, AgreementAt{Status: StatusEnded, Since: days(2), Until: days(5), Source: 5}},
		{"ended", ended, days(30), true, AgreementAt{Status: StatusEnded, Since: days(2), Until: days(5), Source: 5}},
		{"between two spells", relisted, days(7), true, AgreementAt{Status: StatusEnded, Since: days(2), Until: days(5), Source: 5}},
		{"listed again", relisted, days(9), true, AgreementAt{Status: StatusActive, Since: days(9), Source: 9}},
		{"before it was listed again", relisted, days(3), true, AgreementAt{Status: StatusActive, Since: days(2), Source: 2}},
		{"amended", amended, days(6), true, AgreementAt{Status: StatusActive, Since: days(2), Source: 5}},
		{"amended when gone", amended, days(13), true, AgreementAt{Status: StatusEnded, Since: days(2), Until: days(9), Source: 12}},
		{"pending", pending, days(3), true, AgreementAt{Status: StatusPending, Since: days(2), PendingSince: days(1), Source: 2}},
		{"no longer pending", pending, days(6), true, AgreementAt{Status: StatusEnded, Since: days(2), Until: days(5), PendingSince: days(1), Source: 5}},
		{"on the first list ever seen", baseline, days(3), true, AgreementAt{Status: StatusActive, Since: days(2), Baseline: true, Source: 2}},
		{"gone from it", baseline, days(6), true, AgreementAt{Status: StatusEnded, Since: days(2), Until: days(5), Baseline: true, Source: 5}},
		{"back within the grace", applied, days(8), true, AgreementAt{Status: StatusPending, Since: days(2), Baseline: true, Source: 7}},
		{"gone for good", applied, days(13), true, AgreementAt{Status: StatusEnded, Since: days(2), Until: days(12), Baseline: true, Source: 12}},
		{"another application", applied, days(21), true, AgreementAt{Status: StatusPending, Since: days(20), Source: 20}},
		{"which went on, if only after a while", applied, days(31), true, AgreementAt{Status: StatusPending, Since: days(20), Source: 30}},
		{"its second spell", baseline, days(9), true, AgreementAt{Status: StatusActive, Since: days(9), Source: 9}},
	} {
		got, known := tt.record.AgreementAt(tt.at)
		if tt.known {
			tt.want.Row = 10 * int(tt.want.Source)
			tt.want.Agreement = Agreement{ID: "TX-a#WSO", County: days(int(tt.want.Source)).Format("Jan 2")}
		}
		if known != tt.known || got != tt.want {
			t.Errorf("%s: AgreementAt = %+v, %v\nwant %+v", tt.name, got, known, tt.want)
		}
		version, known := tt.record.VersionAt(tt.at)
		if known != tt.known || version.Source != tt.want.Source {
			t.Errorf("%s: At = version %d, %v", tt.name, version.Source, known)
		}
	}
}

func TestRecord(t *testing.T) {
	for _, tt := range []struct {
		name        string
		record      *Record
		status      Status
		first, last time.Time
	}{
		{"active", history(ListParticipating, map[int]bool{2: true}), StatusActive, days(2), days(2)},
		{"amended", history(ListParticipating, map[int]bool{2: true, 5: true}), StatusActive, days(2), days(2)},
		{"ended", history(ListParticipating, map[int]bool{2: true, 5: false}), StatusEnded, days(2), days(2)},
		{"listed again", history(ListParticipating, map[int]bool{2: true, 5: false, 9: true}), StatusActive, days(2), days(9)},
		{"ended again", history(ListParticipating, map[int]bool{2: true, 5: false, 9: true, 12: false}), StatusEnded, days(2), days(9)},
		{"pending", history(ListPending, map[int]bool{3: true}), StatusPending, days(3), days(3)},
	} {
		if got := tt.record.Status(); got != tt.status {
			t.Errorf("%s: Status = %q, want %q", tt.name, got, tt.status)
		}
		if got := tt.record.Listed(); got != (tt.status != StatusEnded) {
			t.Errorf("%s: Listed = %v", tt.name, got)
		}
		if got := tt.record.FirstListed(); !got.Equal(tt.first) {
			t.Errorf("%s: FirstListed = %v, want %v", tt.name, got, tt.first)
		}
		if got := tt.record.ListedSince(); !got.Equal(tt.last) {
			t.Errorf("%s: ListedSince = %v, want %v", tt.name, got, tt.last)
		}
		if got := tt.record.ID(); got != "TX-a#WSO" {
			t.Errorf("%s: ID = %q", tt.name, got)
		}
		if got, want := tt.record.Now(), tt.record.Last().Agreement; got != want {
			t.Errorf("%s: Now = %v, want %v", tt.name, got, want)
		}
	}
}

func TestGaps(t *testing.T) {
	r := history(ListPending, map[int]bool{2: true, 5: false, 6: false, 7: true, 9: true, 12: false, 20: true, 22: false})
	r.Versions = append(r.Versions[:4:4], append([]Version{{From: days(8)}, {From: days(8).Add(time.Hour), Listed: true}}, r.Versions[4:]...)...)
	first, second := Spell{From: "2025-03-05", Until: "2025-03-07"}, Spell{From: "2025-03-12", Until: "2025-03-20"}
	for _, tt := range []struct {
		name         string
		after, until time.Time
		want         []Spell
	}{
		{"all but those of one day", days(2), days(30), []Spell{first, second}},
		{"not one that lasts", days(20), days(30), nil},
		{"not one that was not over", days(2), days(19), []Spell{first}},
		{"nor one before the time", days(5), days(20), []Spell{second}},
	} {
		if got := r.Gaps(tt.after, tt.until); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// A clone can be written to while others read the original.
func TestCloneSharesNothing(t *testing.T) {
	r := history(ListParticipating, map[int]bool{2: true, 5: false})
	c := r.Clone()
	c.Versions[0].Listed = false
	c.Versions = append(c.Versions, Version{From: days(9)})
	c.Ending = "chg_1"
	if !r.Versions[0].Listed || len(r.Versions) != 2 || r.Ending != "" {
		t.Errorf("the original changed with its clone: %+v", r)
	}
}

func TestKey(t *testing.T) {
	a := Agreement{State: "TX", Agency: "Lampasas County Sheriff’s  Office"}
	b := Agreement{State: "TX", Agency: "LAMPASAS COUNTY SHERIFFS OFFICE"}
	elsewhere := Agreement{State: "FL", Agency: b.Agency}
	if a.Key() != b.Key() || a.Key() == elsewhere.Key() {
		t.Errorf("keys %q, %q, %q: want the first two alike", a.Key(), b.Key(), elsewhere.Key())
	}
}
