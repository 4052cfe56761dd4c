package signup

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/watch287g/watch287g/internal/bolttest"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
)

// The figures of the page on privacy are those of the code, and every page for readers
// links it.
func TestPrivacyIsTrue(t *testing.T) {
	d := newDesk(t)
	r := d.reader("ana@example.org")
	for path, want := range map[string][]string{
		"/privacy":    {"deleted after 7 days", "count for an hour", "after 72 hours at the latest", "undo it for 30 days", "desk@example.org"},
		"/es/privacy": {"se borra a los 7 días", "durante una hora", "a las 72 horas a más tardar", "deshacerlo durante 30 días"},
	} {
		a := d.ask("GET", path, nil)
		for _, w := range want {
			if !strings.Contains(a.said("main"), w) {
				t.Errorf("%s lacks %q", path, w)
			}
		}
	}
	if readers.RequestLife != 7*24*time.Hour || readers.CodeLife != time.Hour || readers.LimitLife != 72*time.Hour || readers.UndoLife != 30*24*time.Hour {
		t.Error("the page and this test are to be read again")
	}
	for _, l := range d.limitsOf(t.Context(), "ana@example.org", "", false) {
		if l.Within > 24*time.Hour || strings.Contains(l.Key, "example") {
			t.Errorf("%s is counted for %v under %s", l.Name, l.Within, l.Key)
		}
	}
	for _, path := range []string{"/subscribe", "/es/subscribe", "/subscribe/r/none", "/subscribe/me/" + d.manageToken(r.ID), "/subscribe/ok/" + d.manageToken(r.ID), "/subscribe/none", "/privacy"} {
		a := d.ask("GET", path, nil)
		want := "/privacy"
		if strings.HasPrefix(path, "/es") {
			want = "/es/privacy"
		}
		if a.Find(`footer a[href="`+want+`"]`).Length() != 1 || a.Find(`meta[name="robots"][content="noindex"]`).Length() != 1 {
			t.Errorf("%s does not link the page on privacy, or asks to be found", path)
		}
		scripts := a.Find("script")
		if src := scripts.AttrOr("src", ""); scripts.Length() > 1 || scripts.Text() != "" || scripts.Length() == 1 && (path != "/subscribe" && path != "/es/subscribe" || src != d.assets.Script) {
			t.Errorf("%s has scripts", path)
		}
		a.Find("[src], link[rel=stylesheet], form").Each(func(_ int, s *goquery.Selection) {
			for _, name := range []string{"src", "href", "action"} {
				if to := s.AttrOr(name, "/"); !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") {
					t.Errorf("%s leads to another site: %s", path, to)
				}
			}
		})
	}
	for _, file := range []string{d.assets.Script, d.assets.Style} {
		if a := d.ask("GET", file, nil); a.status != http.StatusOK || a.body == "" {
			t.Errorf("%s: %d", file, a.status)
		}
	}
}

// A flood is told of, with a button that chooses fewer mails.
func TestFloodIsToldOf(t *testing.T) {
	d := newDesk(t)
	c := &call{lang: "en", path: "/subscribe", now: d.now, Request: nil}
	known, err := d.o.World(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wish := readers.Wish{Cadence: notify.Instant, Language: "en", Follows: []readers.Follow{{Kind: readers.FollowNation}}}
	if b := d.brings(c, known, wish); b.Mails != 3 || b.Flood != 0 || len(b.Last) != 3 {
		t.Errorf("%+v", b)
	}
	weekly := wish
	weekly.Cadence = notify.Weekly
	if b := d.brings(c, known, weekly); b.Mails != 1 {
		t.Errorf("weekly: %+v", b)
	}
	none := wish
	none.Kinds = []roster.Kind{roster.KindRemoved}
	if b := d.brings(c, known, none); b.Mails != 0 {
		t.Errorf("of another kind: %+v", b)
	}
	for mails, want := range map[int]int{0: 0, 3: 0, 57: 0, 58: 5, 514: 40} {
		if got := flood(mails, lookBack*24*time.Hour); got != want {
			t.Errorf("%d mails are %d a week, want %d", mails, got, want)
		}
	}
	shown := newPageOf(t, d, brings{Days: lookBack, Mails: 514, Flood: 40})
	if !strings.Contains(shown, "about 40 mails a week") || !strings.Contains(shown, "Rather once a day or once a week?") || !strings.Contains(shown, `value="weekly"`) {
		t.Errorf("a flood is shown as %s", shown)
	}
	a := d.ask("POST", "/subscribe", map[string][]string{"form": {"1"}, "follow": {"nation"}, "do": {"weekly"}, "kind": kinds(), "model": {"JEM", "TFM", "WSO"}, "cadence": {"instant"}})
	if a.values("send").Get("cadence") != "weekly" || !strings.Contains(a.said(".brings"), "1 mail") {
		t.Errorf("%v: %s", a.values("send"), a.said(".brings"))
	}
}

// What would have come is said of days of which something is known: of an old record those
// at its end, and of none nothing.
func TestBringsSaysUntilWhen(t *testing.T) {
	d := newDesk(t)
	ask := func() string { return d.ask("GET", "/subscribe?county=48201", nil).said(".brings") }
	if got := ask(); !strings.Contains(got, "What the 90 days to June 13, 2025 would have brought") {
		t.Errorf("five days after the last list it says %q", got)
	}
	d.now = d.now.AddDate(1, 0, 0)
	if got := ask(); !strings.Contains(got, "to June 13, 2025") || !strings.Contains(got, "2 mails") {
		t.Errorf("a year later it says %q", got)
	}
	snap, err := snapshot.Load(t.Context(), bolttest.New(t), nil, start())
	if err != nil {
		t.Fatal(err)
	}
	wish := readers.Wish{Cadence: notify.Instant, Language: "en", Follows: []readers.Follow{{Kind: readers.FollowNation}}}
	c := &call{lang: "en", path: "/subscribe", now: d.now, Request: nil}
	shown := newPageOf(t, d, d.brings(c, World{Snapshot: snap}, wish))
	if !strings.Contains(shown, "Nothing is known yet") || strings.Contains(shown, "No mail") {
		t.Errorf("of nothing known it says %q", shown)
	}
}

// What would have come leaves out, as mails do, what was taken back before they were sent.
func TestBringsWithoutWhatWasTakenBack(t *testing.T) {
	at := func(hours int) time.Time { return start().Add(time.Duration(hours) * time.Hour) }
	found := []roster.Change{ // the newest first
		{ID: "e", Kind: roster.KindMilestone, Corrects: "d", DetectedAt: at(26)},
		{ID: "d", Kind: roster.KindMilestone, DetectedAt: at(25)},
		{ID: "c", Kind: roster.KindMilestone, Corrects: "a", DetectedAt: at(2)},
		{ID: "b", Kind: roster.KindNew, DetectedAt: at(1)},
		{ID: "a", Kind: roster.KindMilestone, DetectedAt: at(0)},
	}
	for cadence, want := range map[notify.Cadence]string{notify.Instant: "e d c b a", notify.Daily: "b", notify.Weekly: "b"} {
		var told []string
		s := notify.Schedule{Every: cadence, Weekday: time.Monday, Hour: 8, Zone: roster.Washington()}
		for _, m := range mails(found, s) {
			for _, c := range m.told {
				told = append(told, c.ID)
				if !m.due.Equal(s.Next(c.DetectedAt)) {
					t.Errorf("%s: %s is due at another time", cadence, c.ID)
				}
			}
		}
		if got := strings.Join(told, " "); got != want {
			t.Errorf("%s: %q is told, not %q", cadence, got, want)
		}
	}
}

// newPageOf is what a page shows of what would have come.
func newPageOf(t *testing.T, d *desk, b brings) string {
	t.Helper()
	var page strings.Builder
	if err := d.pages["en"].ExecuteTemplate(&page, "brings", b); err != nil {
		t.Fatal(err)
	}
	return page.String()
}
