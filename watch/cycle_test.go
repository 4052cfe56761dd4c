package watch_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/storetest"
	"github.com/watch287g/watch287g/watch"
)

// countedStore is a store that counts how often facts are read.
type countedStore struct {
	store.Store
	reads map[string]int
}

func (c *countedStore) Known(ctx context.Context) (roster.Snapshot, error) {
	c.reads["Known"]++
	return c.Store.Known(ctx)
}

func (c *countedStore) Publications(ctx context.Context) ([]roster.Publication, error) {
	c.reads["Publications"]++
	return c.Store.Publications(ctx)
}

func (c *countedStore) Polls(ctx context.Context, n int) ([]roster.Poll, error) {
	c.reads["Polls"]++
	return c.Store.Polls(ctx, n)
}

func (c *countedStore) Holds(ctx context.Context) ([]roster.Hold, error) {
	c.reads["Holds"]++
	return c.Store.Holds(ctx)
}

func (c *countedStore) Validators(ctx context.Context) ([]roster.Validator, error) {
	c.reads["Validators"]++
	return c.Store.Validators(ctx)
}

// The facts that commits move on are read once; the validators once a poll, even by
// one that visits the page twice.
func TestFactsAreReadOnce(t *testing.T) {
	p := emptyFixture(t)
	counted := &countedStore{Store: p.store, reads: map[string]int{}}
	p.Watcher = p.over(counted)
	expect := func(what string, want map[string]int) {
		t.Helper()
		if !maps.Equal(counted.reads, want) {
			t.Errorf("%s: %v, want %v", what, counted.reads, want)
		}
		clear(counted.reads)
	}
	p.imports(history()...)
	expect("import", map[string]int{"Known": 1, "Publications": 1, "Polls": 1, "Holds": 1, "Validators": 8}) // 8 steps
	own := participating("p8.xlsx", day(8), sheriffs(counties(7)...))
	other := participating("other.xlsx", day(9), sheriffs(counties(8)...))
	other.hint = ""
	p.lists(own, other)
	expect("poll", map[string]int{"Validators": 1})
	wantChanges(t, p.lists(other), "new Hale County Sheriff's Office") // the bytes were not kept
	if expect("poll that visits twice", map[string]int{"Validators": 1}); p.page.visits != 3 {
		t.Errorf("%d visits", p.page.visits)
	}
}

// heldAndNew is a fixture at which the next poll brings two lists: one that is held,
// and one that counts.
func heldAndNew(t *testing.T) *fixture {
	t.Helper()
	p := newFixture(t, without(0, "whole.xlsx", day(1)), pending("b.xlsx", day(1), sheriffs("Dallas")))
	p.poll()
	p.page.links = []link{without(few, "short.xlsx", day(2)), pending("c.xlsx", day(2), sheriffs("Dallas", "Ellis"))}
	p.now = p.now.AddDate(0, 0, 1)
	return p
}

// stop is where a poll is made to end.
type stop struct {
	watch.Source
	store.Store
	visited, planned, committed func() error // nil: nothing happens
}

func happen(do func() error) error {
	if do == nil {
		return nil
	}
	return do()
}

func (s *stop) Visit(ctx context.Context, known []scraper.Validators) scraper.Visit {
	v := s.Source.Visit(ctx, known)
	if err := happen(s.visited); err != nil {
		return scraper.Visit{Err: err}
	}
	return v
}

func (s *stop) Plan(context.Context, roster.CycleEvent) (roster.Notifications, error) {
	return roster.Notifications{}, happen(s.planned)
}

func (*stop) Committed() {}

func (s *stop) Commit(ctx context.Context, b store.Batch) error {
	return errors.Join(happen(s.committed), s.Store.Commit(ctx, b))
}

// Wherever a poll ends before its commit, by an error, the end of its context or a
// crash, nothing is left of it. The next one, by the same watcher or after a
// restart, comes to what an undisturbed one comes to.
func TestPollThatEndsBetweenTwoCallsLeavesNoTrace(t *testing.T) {
	undisturbed := heldAndNew(t)
	wantChanges(t, undisturbed.poll(), "pending Ellis County Sheriff's Office")
	undisturbed.expect("holds", undisturbed.holds(), "hold_3 open")
	undisturbed.expect("verdicts", undisturbed.verdicts(), "whole.xlsx accepted, b.xlsx accepted, short.xlsx held, c.xlsx accepted")
	want := undisturbed.contents()
	crash := errors.New("crash")
	for name, ends := range map[string]func(s *stop, cancel func()){
		"an error of the visit":             func(s *stop, _ func()) { s.visited = func() error { return crash } },
		"the end of ctx in the visit":       func(s *stop, cancel func()) { s.visited = func() error { cancel(); return nil } },
		"an error of the planner":           func(s *stop, _ func()) { s.planned = func() error { return crash } },
		"the end of ctx in the planner":     func(s *stop, cancel func()) { s.planned = func() error { cancel(); return nil } },
		"the end of ctx before the commit":  func(s *stop, cancel func()) { s.committed = func() error { cancel(); return nil } },
		"a crash in the visit":              func(s *stop, _ func()) { s.visited = func() error { panic(crash) } },
		"a crash after the plan was made":   func(s *stop, _ func()) { s.planned = func() error { panic(crash) } },
		"a crash before the commit is done": func(s *stop, _ func()) { s.committed = func() error { panic(crash) } },
	} {
		for _, restart := range []bool{false, true} {
			p := heldAndNew(t)
			before := p.contents()
			s := &stop{Source: p.page, Store: p.store}
			over := func() *watch.Watcher {
				return watch.New(watch.Options{Store: s, Source: s, Planner: s, Diff: diff.Settings{AcceptAfter: 24 * time.Hour},
					Now: func() time.Time { return p.now.Add(15 * time.Minute) }})
			}
			w := over()
			ctx, cancel := context.WithCancel(t.Context())
			ends(s, cancel)
			func() {
				defer func() { _ = recover() }()
				if _, err := w.Poll(ctx); !errors.Is(err, crash) && !errors.Is(err, context.Canceled) {
					t.Errorf("%s: %v", name, err)
				}
			}()
			cancel()
			if diff := storetest.Diff(before, p.contents()); diff != "" {
				t.Fatalf("%s left a trace:\n%s", name, diff)
			}
			s.visited, s.planned, s.committed = nil, nil, nil
			if restart {
				w = over()
			}
			if _, err := w.Poll(t.Context()); err != nil {
				t.Fatalf("%s: the next poll: %v", name, err)
			}
			if diff := storetest.Diff(want, p.contents()); diff != "" {
				t.Errorf("%s: the next poll comes to something else:\n%s", name, diff)
			}
		}
	}
}

// The page is another one at the second visit of a poll. What the first visit
// found is forgotten.
func TestPageChangesInTheMiddleOfAPoll(t *testing.T) {
	own, other := participating("own.xlsx", day(1), sheriffs("Bexar")), participating("other.xlsx", day(1), sheriffs("Bexar", "Collin"))
	other.hint = ""
	next := participating("next.xlsx", day(3), sheriffs("Bexar", "Dallas"))
	for name, tt := range map[string]struct {
		second  []link
		down    *scraper.Visit
		says    string
		changes []string
	}{
		"another list": {second: []link{next}, says: "next.xlsx, the participating list, has 2 rows and brings 1 change.", changes: []string{"new Dallas County Sheriff's Office"}},
		"no list":      {second: []link{}, says: "ICE's page links no list."},
		"no page":      {down: &scraper.Visit{Outcome: scraper.StatusUnreachable, Sentence: "It is down."}, says: "It is down."},
	} {
		p := newFixture(t, own, other)
		p.poll()
		visits := 0
		s := &stop{Source: p.page, Store: p.store}
		s.visited = func() error {
			visits++
			p.page.links, p.page.down = tt.second, tt.down
			return nil
		}
		p.Watcher = watch.New(watch.Options{Store: p.store, Source: s, Now: func() time.Time { return p.now }})
		r := p.lists(other) // whose bytes were not kept
		wantChanges(t, r, tt.changes...)
		if visits != 2 || r.Sentence != tt.says {
			t.Errorf("%s: after %d visits: %s", name, visits, r.Sentence)
		}
		if slices.ContainsFunc(p.publications(), func(pub roster.Publication) bool { return pub.File == "other.xlsx" }) {
			t.Errorf("%s: the list of the first visit is on record", name)
		}
		s.visited, p.page.down = nil, nil
		wantChanges(t, p.lists(own)) // it is in force, or an older one, which is held
	}
}

// conflicted is a store that refuses the next commits with deliveries.
type conflicted struct {
	store.Store
	refusals int
}

func (c *conflicted) Commit(ctx context.Context, b store.Batch) error {
	if len(b.Deliveries) > 0 && c.refusals > 0 {
		c.refusals--
		return store.ErrConflict
	}
	return c.Store.Commit(ctx, b)
}

// bell is a planner that sends one message a poll.
type bell struct{ plans, committed int }

func (b *bell) Plan(_ context.Context, e roster.CycleEvent) (roster.Notifications, error) {
	b.plans++
	return roster.Notifications{Deliveries: []roster.Delivery{{ID: "dlv_" + e.At.Format("150405"), Channel: "desk", CreatedAt: e.At, DueAt: e.At,
		State: roster.DeliveryWaiting, Notice: &roster.Notice{Kind: "test", At: e.At, Text: "A test."}}}}, nil
}

func (b *bell) Committed() { b.committed++ }

// A digest that was to grow was sent meanwhile: the messages are planned once more,
// and the poll goes on; a store that refuses for good is an error.
func TestMessagesArePlannedAnewAfterAConflict(t *testing.T) {
	for refusals, ok := range []bool{true, true, false} {
		p := heldAndNew(t)
		planner := &bell{}
		p.Watcher = watch.New(watch.Options{Store: &conflicted{p.store, refusals}, Source: p.page, Planner: planner, Now: func() time.Time { return p.now }})
		before := p.contents()
		r, err := p.Poll(t.Context())
		if (err == nil) != ok || !ok && !errors.Is(err, store.ErrConflict) || planner.plans != min(refusals+1, 2) || (planner.committed == 1) != ok {
			t.Errorf("%d refusals: %v, %+v", refusals, err, planner)
		}
		if !ok {
			if diff := storetest.Diff(before, p.contents()); diff != "" {
				t.Errorf("the refused poll left a trace:\n%s", diff)
			}
			r = p.poll()
		}
		wantChanges(t, r, "pending Ellis County Sheriff's Office")
		p.expect("holds", p.holds(), "hold_3 open")
	}
}

// Polls, decisions and imports take turns: none works on what another one is
// about to change.
func TestCallsTakeTurns(t *testing.T) {
	p := heldFixture(t, few)
	p.now = p.now.AddDate(0, 0, 1)
	p.page.links = append(p.page.links, pending("b.xlsx", day(3), sheriffs("Dallas")))
	var calls sync.WaitGroup
	for i := range 12 {
		calls.Go(func() {
			var err error
			switch i % 3 {
			case 0:
				_, err = p.Poll(t.Context())
			case 1:
				_, err = p.Import(t.Context(), history(), nil)
			default:
				if _, err = p.ResolveHold(t.Context(), "hold_2", false); err != nil && strings.HasPrefix(err.Error(), "no publication is held") {
					err = nil // another one was first, or the held list was accepted
				}
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	calls.Wait()
	if n := len(must[[]roster.Poll](t)(p.store.Polls(t.Context(), 100))); n != 2+4 {
		t.Errorf("%d polls are logged", n)
	}
}
