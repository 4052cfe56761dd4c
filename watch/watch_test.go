package watch_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/internal/bolttest"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/watch"
)

// start is when the tests' clock begins, on a Monday in March.
var start = time.Date(2025, time.March, 3, 15, 0, 0, 0, time.UTC)

// fixture is a watcher with a made-up page, a store and a clock.
type fixture struct {
	t     *testing.T
	page  *site
	store store.Store
	now   time.Time
	*watch.Watcher
}

func newFixture(t *testing.T, links ...link) *fixture {
	t.Helper()
	s := bolttest.New(t)
	p := &fixture{t: t, page: &site{links: links}, store: s, now: start}
	p.Watcher = p.over(s)
	return p
}

// over makes a watcher over a store, as after a restart.
func (p *fixture) over(s store.Store) *watch.Watcher {
	return watch.New(watch.Options{Store: s, Source: p.page, Every: 15 * time.Minute,
		Diff: diff.Settings{AcceptAfter: 24 * time.Hour}, Now: func() time.Time { return p.now }})
}

// poll polls a quarter of an hour later.
func (p *fixture) poll() watch.Report {
	p.t.Helper()
	p.now = p.now.Add(15 * time.Minute)
	r, err := p.Poll(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	return r
}

// lists polls a day later, when the page links something else.
func (p *fixture) lists(links ...link) watch.Report {
	p.t.Helper()
	p.page.links = links
	p.now = p.now.AddDate(0, 0, 1)
	return p.poll()
}

// must takes answers of the store, which must have them.
func must[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(answer T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
}

func (p *fixture) changes() []roster.Change {
	p.t.Helper()
	return must[[]roster.Change](p.t)(p.store.Changes(p.t.Context(), store.ChangeQuery{}))
}

func (p *fixture) publications() []roster.Publication {
	p.t.Helper()
	return must[[]roster.Publication](p.t)(p.store.Publications(p.t.Context()))
}

func (p *fixture) known() roster.Snapshot {
	p.t.Helper()
	return must[roster.Snapshot](p.t)(p.store.Known(p.t.Context()))
}

// validator returns what is remembered of a file's address.
func (p *fixture) validator(file string) (roster.Validator, bool) {
	p.t.Helper()
	all := must[[]roster.Validator](p.t)(p.store.Validators(p.t.Context()))
	i := slices.IndexFunc(all, func(v roster.Validator) bool { return v.URL == folder+file })
	if i < 0 {
		return roster.Validator{}, false
	}
	return all[i], true
}

// wantLogged checks the last entry of the poll log.
func (p *fixture) wantLogged(outcome scraper.Status, sentence string) {
	p.t.Helper()
	last := must[[]roster.Poll](p.t)(p.store.Polls(p.t.Context(), 1))
	if len(last) != 1 {
		p.t.Fatal("no poll is logged")
	}
	if got := last[0]; got.Outcome != string(outcome) || got.Sentence != sentence || !got.At.Equal(p.now) {
		p.t.Errorf("logged at %v is %s: %q\nwant at %v %s: %q", got.At, got.Outcome, got.Sentence, p.now, outcome, sentence)
	}
}

// wantChanges checks a report's changes against one line each, of a kind and an agency.
func wantChanges(t *testing.T, r watch.Report, want ...string) {
	t.Helper()
	got := []string{}
	for _, c := range r.Changes {
		if c.Kind != roster.KindMilestone {
			got = append(got, fmt.Sprintf("%s %s", c.Kind, c.Agreement.Agency))
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("changes are\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// sheriffs returns rows of the sheriffs of some counties in Texas.
func sheriffs(counties ...string) []sheettest.Row {
	var rows []sheettest.Row
	for _, c := range counties {
		rows = append(rows, sheettest.Row{State: "TEXAS", Agency: c + " County Sheriff's Office", Type: "County",
			County: c + " County", Model: "Task Force Model", Signed: "2/24/2025"})
	}
	return rows
}

// counties returns n names of counties that Texas has, from the first on.
func counties(n int) []string {
	all := []string{"Anderson", "Bexar", "Collin", "Dallas", "Ellis", "Fannin", "Gaines", "Hale", "Irion", "Jasper",
		"Kaufman", "Lamar", "Mason", "Navarro", "Orange", "Parker", "Rains", "Smith", "Tarrant", "Uvalde",
		"Victoria", "Waller", "Young", "Zapata", "Brazos", "Cooke", "Duval", "Erath", "Floyd", "Grimes"}
	return all[:n]
}

func participating(file string, at time.Time, rows []sheettest.Row) link {
	return link{hint: scraper.HintParticipating, file: file, at: at, body: sheettest.Participating(rows...)}
}

func pending(file string, at time.Time, rows []sheettest.Row) link {
	return link{hint: scraper.HintPending, file: file, at: at, body: sheettest.Pending(rows...)}
}

// day is a moment some days after the start, when ICE publishes.
func day(n int) time.Time { return start.AddDate(0, 0, n-1).Add(-time.Hour) }
