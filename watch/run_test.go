package watch_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/watch"
)

const every = 15 * time.Minute

// runner is a watcher that runs in a bubble of time.
type runner struct {
	*watch.Watcher
	visits chan time.Time // when it visits the page
	first  time.Time      // the first of them that was looked at
	err    chan error     // what Run returned
	store  store.Store
	full   *full
	cancel context.CancelFunc
}

// answer is what the nth visit, from 1, comes to.
type answer func(ctx context.Context, n int) scraper.Visit

// wellListed is a visit that finds a list.
func wellListed(ctx context.Context, _ int) scraper.Visit {
	return (&site{links: []link{without(0, "a.xlsx", day(1))}}).Visit(ctx, nil)
}

// failing is a visit that fails.
func failing(retryAfter time.Duration) scraper.Visit {
	return scraper.Visit{Outcome: scraper.StatusUnreachable, Sentence: "It is down.", RetryAfter: retryAfter}
}

// source answers visits.
type source struct {
	visits chan<- time.Time
	n      int
	answer answer
}

func (s *source) Visit(ctx context.Context, _ []scraper.Validators) scraper.Visit {
	s.visits <- time.Now()
	s.n++
	return s.answer(ctx, s.n)
}

// full is a store of which the next so many commits fail.
type full struct {
	store.Store
	failures int
	err      error
}

func (f *full) Commit(ctx context.Context, b store.Batch) error {
	if f.failures > 0 {
		f.failures--
		return f.err
	}
	return f.Store.Commit(ctx, b)
}

// startRunner starts a watcher over a store of which so many writes fail.
func startRunner(t *testing.T, answer answer, failures int) *runner {
	t.Helper()
	return startFailing(t, answer, failures, errDisk)
}

// startFailing says how the writes fail as well.
func startFailing(t *testing.T, answer answer, failures int, how error) *runner {
	t.Helper()
	bolted, err := bolt.Open(filepath.Join(t.TempDir(), "watch287g.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d := &runner{visits: make(chan time.Time, 100), err: make(chan error, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	d.cancel = cancel
	d.store, d.full = bolted, &full{Store: bolted, failures: failures, err: how}
	d.Watcher = watch.New(watch.Options{Store: d.full, Every: every,
		Source: &source{visits: d.visits, answer: answer}})
	go func() { d.err <- d.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		synctest.Wait()
		if err := bolted.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// pauses waits for n pauses between visits. They can be made out to a tenth, as
// each is up to a twentieth longer or shorter.
func (d *runner) pauses(n int) []time.Duration {
	var pauses []time.Duration
	d.first = <-d.visits
	last := d.first
	for range n {
		next := <-d.visits
		pauses = append(pauses, next.Sub(last))
		last = next
	}
	return pauses
}

func about(got, want time.Duration) bool { return (got - want).Abs() <= want/20 }

// A link to the pending list that leads nowhere does not slow the polls down; one
// that the server refuses does.
func TestRunKeepsItsPaceWhileTheParticipatingListIsThere(t *testing.T) {
	for outcome, slower := range map[scraper.Status]bool{scraper.StatusBroken: false, scraper.StatusMissing: false, scraper.StatusRefused: true, scraper.StatusUnreachable: true} {
		synctest.Test(t, func(t *testing.T) {
			pendingLost := link{hint: scraper.HintPending, file: "b.xlsx", down: outcome}
			d := startRunner(t, func(ctx context.Context, _ int) scraper.Visit {
				return (&site{links: []link{without(0, "a.xlsx", day(1)), pendingLost}}).Visit(ctx, nil)
			}, 0)
			if pauses := d.pauses(5); about(pauses[4], every) == slower {
				t.Errorf("%s: pauses %v", outcome, pauses)
			}
		})
	}
}

func TestRunPollsAtOnceAndThenAtTheInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		d := startRunner(t, wellListed, 0)
		pauses := d.pauses(20)
		for _, p := range pauses {
			if !about(p, every) {
				t.Errorf("a pause of %v", p)
			}
		}
		if slices.Min(pauses) == slices.Max(pauses) {
			t.Error("all watchers of the world poll at the same moment")
		}
		if late := d.first.Sub(began); late != 0 {
			t.Errorf("the first poll comes %v late", late)
		}
	})
}

func TestRunWaitsLongerWhileTheSourceFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := startRunner(t, func(ctx context.Context, n int) scraper.Visit {
			if 3 <= n && n <= 11 {
				return failing(0)
			}
			return wellListed(ctx, n)
		}, 0)
		want := []float64{1, 1, 1, 1.5, 2.25, 3.375, 5.0625, 6, 6, 6, 6, 1, 1} // times the usual pause
		for i, p := range d.pauses(len(want)) {
			if usual := time.Duration(want[i] * float64(every)); !about(p, usual) {
				t.Errorf("pause %d is %v, want about %v", i+1, p, usual)
			}
		}
	})
}

func TestRunStaysAwayForAsLongAsTheServerAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := startRunner(t, func(context.Context, int) scraper.Visit { return failing(5 * time.Hour) }, 0)
		for _, p := range d.pauses(3) {
			if p != 5*time.Hour {
				t.Errorf("a pause of %v", p)
			}
		}
	})
}

// A server that asks for less than the usual pause gets the usual one.
func TestRunIsNeverHurriedByTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := startRunner(t, func(context.Context, int) scraper.Visit { return failing(time.Second) }, 0)
		if p := d.pauses(1)[0]; !about(p, every) {
			t.Errorf("a pause of %v", p)
		}
	})
}

func TestRunEndsAtOnceWithItsContext(t *testing.T) {
	slow := func(ctx context.Context, _ int) scraper.Visit {
		<-ctx.Done()
		return scraper.Visit{Err: ctx.Err()}
	}
	for name, answer := range map[string]answer{"between two polls": wellListed, "while the page is slow": slow} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := startRunner(t, answer, 0)
				<-d.visits
				synctest.Wait()
				asked := time.Now()
				d.cancel()
				if err := <-d.err; err != nil || !time.Now().Equal(asked) {
					t.Errorf("it ends after %v with the error %v", time.Since(asked), err)
				}
			})
		})
	}
}

// What ICE answered is kept while it cannot be stored, and stored as soon as it can be:
// ICE is asked no more often because of that.
func TestRunOutlastsAStoreThatFails(t *testing.T) {
	for failures, within := range map[int]time.Duration{1: 2 * time.Second, 10: 6 * time.Minute, 100: 3 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			d := startRunner(t, wellListed, failures)
			for i, p := range d.pauses(8) {
				if p < every*94/100 {
					t.Errorf("with %d failures ICE is asked again after %v, the %d. time", failures, p, i+1)
				}
			}
			polls, err := d.store.Polls(t.Context(), 100)
			if err != nil || len(polls) == 0 {
				t.Fatalf("%d polls are stored: %v", len(polls), err)
			}
			if first := polls[len(polls)-1]; first.At.Sub(d.first) > within || failures < 20 && !first.At.Equal(d.first) {
				t.Errorf("with %d failures the first poll that is stored is of %v after the start", failures, first.At.Sub(d.first))
			}
		})
	}
}

// A store that is damaged ends it: whoever starts it anew has the store checked.
func TestRunEndsWhereTheStoreIsDamaged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := startFailing(t, wellListed, 1, store.ErrDamaged)
		if err := <-d.err; !errors.Is(err, store.ErrDamaged) {
			t.Errorf("it ends with the error %v", err)
		}
	})
}
