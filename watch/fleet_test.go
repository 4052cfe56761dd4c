package watch_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watch287g/watch287g/jobs"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/watch"
)

// A watcher that takes over from another one goes by the store: it polls no earlier
// than that one would have, and its commit is not refused.
func TestWatchersTakeTurnsOverOneStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := bolt.Open(filepath.Join(t.TempDir(), "watch287g.db"), bolt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close() //nolint:errcheck // the test is over
		visits := make(chan time.Time, 100)
		watcher := func(answer answer) *watch.Watcher {
			return watch.New(watch.Options{Store: s, Every: every, Source: &source{visits: visits, answer: answer}})
		}
		due := func(w *watch.Watcher) time.Duration {
			tasks, err := w.Kind().Next(t.Context())
			if err != nil || len(tasks) != 1 {
				t.Fatalf("%d tasks: %v", len(tasks), err)
			}
			return time.Until(tasks[0].At)
		}
		poll := func(w *watch.Watcher) {
			tasks, err := w.Kind().Next(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := tasks[0].Do(t.Context()); err != nil {
				t.Error(err)
			}
		}

		lists := 0
		listed := func(ctx context.Context, _ int) scraper.Visit {
			lists++
			return (&site{links: []link{without(lists%2, "a.xlsx", day(lists))}}).Visit(ctx, nil)
		}
		one, other := watcher(listed), watcher(listed)
		if d := due(one); d != 0 {
			t.Errorf("the first poll of an empty store is due in %s", d)
		}
		for range 3 {
			poll(one)
			if a, b := due(one), due(other); a != b || !about(a, every) {
				t.Errorf("after a poll: due in %s and in %s", a, b)
			}
			time.Sleep(every)
			poll(other)
			time.Sleep(every)
		}

		down, later := watcher(func(context.Context, int) scraper.Visit { return failing(0) }), watcher(listed)
		for range 4 {
			poll(down)
			time.Sleep(time.Second)
		}
		if d, want := due(later), 3375*every/1000; !about(d, want) {
			t.Errorf("after four failures of another: due in %s, want about %s", d, want)
		}
		asked := watcher(func(context.Context, int) scraper.Visit { return failing(5 * time.Hour) })
		poll(asked)
		if d := due(later); d != 5*time.Hour {
			t.Errorf("after the server asked another to stay away: due in %s", d)
		}
	})
}

// A poll that could not be stored is not made up for at once. But one that seems to be of
// a time to come, since the clock was set back, keeps nothing waiting.
func TestPollThatWasNotStoredCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := bolt.Open(filepath.Join(t.TempDir(), "watch287g.db"), bolt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close() //nolint:errcheck // the test is over
		began := time.Now()
		var setBack time.Duration
		w := watch.New(watch.Options{Store: &full{Store: s, failures: 100, err: errDisk}, Every: every, Source: &source{visits: make(chan time.Time, 9), answer: wellListed},
			Now: func() time.Time { return time.Now().Round(0).Add(-setBack) }}) // the wall's clock
		tasks, err := w.Kind().Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := tasks[0].Do(t.Context()); err != nil || time.Since(began) < every || time.Since(began) > every+2*time.Minute {
			t.Errorf("it is given up after %v: %v", time.Since(began), err)
		}
		if tasks, err = w.Kind().Next(t.Context()); err != nil || tasks[0].At.Sub(began) < every {
			t.Errorf("the next one is due %v after it: %v", tasks[0].At.Sub(began), err)
		}
		setBack = 5 * time.Hour
		if tasks, err = w.Kind().Next(t.Context()); err != nil || !tasks[0].At.Equal(time.Now().Add(-setBack)) {
			t.Errorf("after the clock was set back, the next one is due in %v: %v", tasks[0].At.Sub(time.Now().Add(-setBack)), err)
		}
	})
}

// overtaken is a store to which another process commits just before a commit.
type overtaken struct {
	store.Store
	before func(ctx context.Context, now roster.Seqs) error
}

func (o *overtaken) Commit(ctx context.Context, b store.Batch) error {
	if before := o.before; before != nil {
		o.before = nil
		if err := before(ctx, b.Before); err != nil {
			return err
		}
	}
	return o.Store.Commit(ctx, b)
}

// A poll whose facts another process has overtaken writes nothing, even where the numbers
// are the same, as after a decision about a hold. The next one reads them anew.
func TestOvertakenPoll(t *testing.T) {
	s, err := bolt.Open(filepath.Join(t.TempDir(), "watch287g.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	o := &overtaken{Store: s}
	visits := make(chan time.Time, 100)
	w := watch.New(watch.Options{Store: o, Every: time.Hour, Source: &source{visits: visits, answer: func(ctx context.Context, _ int) scraper.Visit {
		return (&site{links: []link{without(0, "a.xlsx", day(0))}}).Visit(ctx, nil)
	}}})
	if _, err := w.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.before = func(ctx context.Context, now roster.Seqs) error {
		return s.Commit(ctx, store.Batch{Before: now, Holds: []roster.Hold{{ID: "hold_1", State: roster.HoldRejected}}})
	}
	if _, err := w.Poll(t.Context()); !errors.Is(err, store.ErrConflict) {
		t.Errorf("a poll that was overtaken: %v", err)
	}
	if _, err := w.Poll(t.Context()); err != nil {
		t.Error(err)
	}
	if polls, err := s.Polls(t.Context(), 10); err != nil || len(polls) != 2 {
		t.Errorf("%d polls are on record, want 2 (%v)", len(polls), err)
	}
}

// What an operator decides while a poll waits for its store stays: the poll was made from
// the facts of before, and is dropped, although the numbers are the same.
func TestDecisionWhileAPollWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := bolt.Open(filepath.Join(t.TempDir(), "watch287g.db"), bolt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close() //nolint:errcheck // the test is over
		f, page := &full{Store: s, err: errDisk}, &site{links: []link{without(0, "whole.xlsx", day(1))}}
		w := watch.New(watch.Options{Store: f, Every: every, Source: page})
		holds := func(want ...roster.HoldState) {
			t.Helper()
			var states []roster.HoldState
			for _, h := range must[[]roster.Hold](t)(s.Holds(t.Context())) {
				states = append(states, h.State)
			}
			if !slices.Equal(states, want) {
				t.Errorf("the holds are %v, want %v", states, want)
			}
		}
		must[watch.Report](t)(w.Poll(t.Context()))
		page.links = []link{without(few, "short.xlsx", day(2))}
		must[watch.Report](t)(w.Poll(t.Context()))
		holds(roster.HoldOpen)

		page.links, f.failures = []link{without(lots, "shorter.xlsx", day(3))}, 1
		tasks := must[[]jobs.Task](t)(w.Kind().Next(t.Context()))
		done := make(chan error, 1)
		go func() { done <- tasks[0].Do(t.Context()) }()
		synctest.Wait() // until it pauses
		must[watch.Report](t)(w.ResolveHold(t.Context(), "hold_2", false))
		if err := <-done; err != nil {
			t.Error(err)
		}
		holds(roster.HoldRejected)
		must[watch.Report](t)(w.Poll(t.Context()))
		holds(roster.HoldOpen, roster.HoldRejected)
	})
}
