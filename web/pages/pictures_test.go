package pages

import (
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/watch"
	"github.com/watch287g/watch287g/web/draw"
	"github.com/watch287g/watch287g/web/frame"
	"github.com/watch287g/watch287g/web/route"
)

// failing is what is known of one list of June 13, three days after ICE's page was
// read well for the last time.
func failing(t *testing.T, lastGood, now time.Time) *snapshot.Snapshot {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "store.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	body := sheettest.Participating(sheettest.Row{State: "TEXAS", Agency: "Lampass County Sheriff's Office", Type: "County", County: "Lampasas County",
		Model: "Warrant Service Officer", Signed: "6/5/2025"})
	list := watch.Past{PublishedAt: time.Date(2025, time.June, 13, 14, 0, 0, 0, time.UTC), Link: "participating", File: "list.xlsx",
		Open: func() ([]byte, error) { return body, nil }}
	if _, err := watch.New(watch.Options{Store: s}).Import(t.Context(), []watch.Past{list}, nil); err != nil {
		t.Fatal(err)
	}
	for _, p := range []roster.Poll{{At: lastGood, Outcome: "unchanged"}, {At: now, Outcome: "unreachable"}} {
		known, err := s.Known(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Commit(t.Context(), store.Batch{Before: known.Seqs, Poll: &p}); err != nil {
			t.Fatal(err)
		}
	}
	snap, err := snapshot.Load(t.Context(), s, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	return snap
}

// The cards are tested, as the pictures cannot be read.
func TestKnownUntilOfPictures(t *testing.T) {
	const lastGood, lastGoodSaid = "2025-06-21T15:50:00Z", "June 21, 2025, 11:50 a.m. ET"
	good := time.Date(2025, time.June, 21, 15, 50, 0, 0, time.UTC)
	now := good.Add(72 * time.Hour)
	snap := failing(t, good, now)
	for _, test := range []struct {
		card       func(*request) (draw.CardData, error)
		name, file string
		want       string
		until      string
	}{
		{nationCard, "", "", "as of " + lastGoodSaid, lastGood},
		{stateCard, "file", "TX.png", "as of " + lastGoodSaid, lastGood},
		{agencyCard, "file", "TX-lampass-county-sheriffs-office.png", "as of " + lastGoodSaid, ""},
		{dayCard, "file", "2025-06-13.png", "on June 13, 2025", "2025-06-14T03:59:59Z"},
		{dayCard, "file", "2025-06-24.png", "as known until " + lastGoodSaid, lastGood},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.SetPathValue(test.name, test.file)
		d, err := test.card(&request{Request: frame.Request{Request: &route.Request{Request: r, Language: prose.English, Snapshot: snap, Now: now}}, set: &Set{borders: &draw.Borders{}}})
		if err != nil || d.When != test.want {
			t.Errorf("%s: %v, %q", test.file, err, d.When)
		}
		if until := d.Curve.Until; test.until != "" && until.UTC().Format(time.RFC3339) != test.until {
			t.Errorf("%s: the curve ends %v", test.file, until)
		}
	}
}
