package watch_test

import (
	"testing"
	"time"

	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/sheet/sheettest"
)

// A list's time is its Last-Modified only where that can be.
func TestTimeOfAList(t *testing.T) {
	const hour = time.Hour
	for _, tt := range []struct {
		name     string
		modified time.Duration // of the second list, from the first one's Last-Modified; it is seen 25 hours after the first
		seen     bool          // whether its time is the one at which it was seen
	}{
		{"after the last list", 2 * hour, false},
		{"a second after the last list", time.Second, false},
		{"just now", 25*hour + 30*time.Minute, false},
		{"the moment of the last list", 0, true},
		{"before the last list", -hour, true},
		{"a server's clock that stands still", -20 * 365 * 24 * hour, true},
		{"in the future", 30 * hour, true},
		{"a year ahead", 365 * 24 * hour, true},
	} {
		p := newFixture(t, participating("a.xlsx", day(1), sheriffs("Bexar")))
		p.poll()
		at := day(1).Add(tt.modified)
		r := p.lists(participating("b.xlsx", at, sheriffs("Bexar", "Collin")))
		wantChanges(t, r, "new Collin County Sheriff's Office")
		want := at
		if tt.seen {
			want = p.now
		}
		got := r.Publications[0]
		if !got.PublishedAt.Equal(want) || !got.LastModified.Equal(at) || !got.SeenAt.Equal(p.now) || got.EffectiveAt.Before(day(1)) {
			t.Errorf("%s: published %v (Last-Modified %v, seen %v), want %v", tt.name, got.PublishedAt, got.LastModified, got.SeenAt, want)
		}
		if c := r.Changes[0]; !c.Publication.PublishedAt.Equal(want) {
			t.Errorf("%s: the change is of %v", tt.name, c.Publication.PublishedAt)
		}
	}
}

// The two lists have times of their own: the pending one can be older than the
// participating one that came before it.
func TestTimeOfTheOtherList(t *testing.T) {
	p := newFixture(t, participating("a.xlsx", day(1).Add(time.Hour), sheriffs("Bexar")), pending("b.xlsx", day(1), sheriffs("Dallas")))
	for _, pub := range p.lists(p.page.links...).Publications {
		if !pub.PublishedAt.Equal(pub.LastModified) {
			t.Errorf("%s: %v", pub.List, pub.PublishedAt)
		}
	}
	swapped := []link{pending("a2.xlsx", day(1).Add(2*time.Hour), sheriffs("Dallas", "Ellis")), participating("b2.xlsx", day(1).Add(90*time.Minute), sheriffs("Bexar", "Collin"))}
	swapped[0].hint, swapped[1].hint = swapped[1].hint, swapped[0].hint
	for _, pub := range p.lists(swapped...).Publications {
		if !pub.PublishedAt.Equal(pub.LastModified) {
			t.Errorf("behind the other's link, %s: %v", pub.List, pub.PublishedAt)
		}
	}
}

// A first list has none before it, but the dates of its own rows.
func TestTimeOfTheFirstList(t *testing.T) {
	for _, tt := range []struct {
		name   string
		signed string
		seen   bool
	}{
		{"signed before", "2/24/2025", false},
		{"signed the day after", "3/4/2025", false},
		{"signed months after", "6/24/2024", true},
	} {
		rows := sheriffs(counties(4)...)
		for i := range rows {
			rows[i].Signed = tt.signed
		}
		at := day(1)
		if tt.seen {
			at = day(1).AddDate(-30, 0, 0)
		}
		p := newFixture(t, participating("a.xlsx", at, rows))
		p.now = day(3)
		pub := p.poll().Publications[0]
		if pub.PublishedAt.Equal(pub.SeenAt) != tt.seen {
			t.Errorf("%s: Last-Modified %v, published %v", tt.name, pub.LastModified, pub.PublishedAt)
		}
	}
}

// A signing date that is in the future when the list is seen is not read.
func TestDatesAreJudgedAgainstTheClock(t *testing.T) {
	rows := sheriffs("Bexar", "Collin", "Dallas")
	rows[0].Signed, rows[1].Signed = "3/10/2025", "12/3/2025"
	p := newFixture(t, link{hint: "participating", file: "a.xlsx", body: sheettest.Participating(rows...)})
	p.poll()
	got := map[string]string{}
	for _, r := range p.known().Records {
		got[r.Now().County] = string(r.Now().Signed) + "|" + r.Now().SignedAs
	}
	for county, want := range map[string]string{"Bexar County": "2025-03-10|", "Collin County": "|12/3/2025", "Dallas County": "2025-02-24|"} {
		if got[county] != want {
			t.Errorf("%s: signed %q, want %q", county, got[county], want)
		}
	}
	if n := len(p.publications()[0].Problems); n != 1 {
		t.Errorf("%d problems", n)
	}
}

func TestPublishedIsLastModifiedAndNeverInTheFuture(t *testing.T) {
	for _, tt := range []struct {
		name     string
		modified time.Time
		want     time.Time // zero: when it was seen
	}{
		{"in the past", day(1), day(1)},
		{"not given", time.Time{}, time.Time{}},
		{"in the future", day(9), time.Time{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, body := range [][]byte{sheettest.Participating(sheriffs("Bexar")...), worksheet()} {
				p := newFixture(t, participating("first.xlsx", start.AddDate(-1, 0, 0), sheriffs("Collin")))
				p.poll()
				r := p.lists(link{hint: scraper.HintParticipating, file: "a.xlsx", at: tt.modified, body: body})
				want := tt.want
				if want.IsZero() {
					want = p.now
				}
				if got := r.Publications[0]; !got.PublishedAt.Equal(want) || !got.LastModified.Equal(tt.modified) || !got.SeenAt.Equal(p.now) {
					t.Errorf("published %v, modified %v, seen %v; want published %v", got.PublishedAt, got.LastModified, got.SeenAt, want)
				}
			}
		})
	}
}
