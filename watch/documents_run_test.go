package watch_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/jobs"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/watch"
)

// slowShelf takes its time for each document, and gives up with its context.
type slowShelf struct {
	*shelf
	takes time.Duration
}

func (s slowShelf) Fetch(ctx context.Context, address string, known scraper.Validators) scraper.File {
	select {
	case <-ctx.Done():
		return scraper.File{Err: ctx.Err()}
	case <-time.After(s.takes):
	}
	s.p.now = time.Now()
	return s.shelf.Fetch(ctx, address, known)
}

// Polls come at their time, however long documents take, also where one hangs.
func TestPollsDoNotWaitForDocuments(t *testing.T) {
	for name, takes := range map[string]time.Duration{"quick": time.Second, "slow": 20 * time.Second, "hangs": 100 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var files []string
				for range 26 {
					files = append(files, "f"+string(rune('a'+len(files)))+".pdf")
				}
				p := newFixture(t, participating("a.xlsx", time.Now().Add(-time.Hour), linking(files...)))
				s := newShelf(t, p)
				for _, f := range files {
					s.has(f, "", "Words of "+f)
				}
				p.now = time.Now()
				slow := slowShelf{s, takes}
				w := watch.New(watch.Options{Store: p.store, Source: p.page, Every: 15 * time.Minute, Diff: diff.Settings{AcceptAfter: 24 * time.Hour},
					Documents: &watch.Documents{Source: slow, Archive: s, Reader: s, Timeout: 30 * time.Second}, Now: time.Now})
				ctx, cancel := context.WithCancel(t.Context())
				ended := make(chan error)
				go func() { ended <- w.Run(ctx) }()
				time.Sleep(6 * time.Hour)
				cancel()
				if err := <-ended; err != nil {
					t.Error(err)
				}
				polls := must[[]roster.Poll](t)(p.store.Polls(t.Context(), 100))
				for i, poll := range polls[1:] {
					if pause := polls[i].At.Sub(poll.At); pause > 16*time.Minute {
						t.Errorf("a poll came after %s", pause)
					}
				}
				if len(polls) < 23 {
					t.Errorf("%d polls in 6 hours", len(polls))
				}
				if had := len(must[[]roster.Document](t)(p.store.Documents(t.Context()))); name != "hangs" && had != len(files) {
					t.Errorf("%d documents were had", had)
				}
			})
		})
	}
}

// Of two processes of a fleet, none asks within a second of the other one, of which it knows
// nothing but what is in the store.
func TestLooksOfAFleetKeepTheirPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		files := []string{"a.pdf", "b.pdf", "c.pdf", "d.pdf"}
		p := newFixture(t, participating("a.xlsx", time.Now().Add(-time.Hour), linking(files...)))
		s := newShelf(t, p)
		for _, f := range files {
			s.has(f, "", "Words of "+f)
		}
		p.now = time.Now()
		slow := slowShelf{s, 0}
		var fleet []*watch.Watcher
		for range 2 {
			fleet = append(fleet, watch.New(watch.Options{Store: p.store, Source: p.page, Every: time.Hour, Now: time.Now,
				Documents: &watch.Documents{Source: slow, Archive: s, Reader: s, Timeout: 30 * time.Second}}))
		}
		must[watch.Report](t)(fleet[0].Poll(t.Context()))
		time.Sleep(time.Minute)
		for i := range files {
			task := must[[]jobs.Task](t)(fleet[i%2].Kind().Next(t.Context()))[0]
			if err := task.Do(t.Context()); err != nil || task.At.After(time.Now()) {
				t.Errorf("nothing is due: %v (%v)", task.At, err)
			}
		}
		for i, a := range s.asked[1:] {
			if pause := a.at.Sub(s.asked[i].at); pause < time.Second {
				t.Errorf("%s is asked for after %s", a.file, pause)
			}
		}
		if len(s.asked) != len(files) {
			t.Errorf("asked for %v", s.asked)
		}
	})
}

// cutting is a store whose next commits fail, before or after they are written.
type cutting struct {
	store.Store
	before, after int
}

var errCut = errors.New("cut off")

func (f *cutting) Commit(ctx context.Context, b store.Batch) error {
	if f.before > 0 {
		f.before--
		return errCut
	}
	if err := f.Store.Commit(ctx, b); err != nil {
		return err
	}
	if f.after > 0 {
		f.after--
		return errCut
	}
	return nil
}

// A process that ends at any step of a look leaves a store and an archive from which the next
// one comes to the same, and tells it once.
func TestLookIsCutOff(t *testing.T) {
	for name, cut := range map[string]cutting{"before the commit": {before: 1}, "after the commit": {after: 1}} {
		p, s := newShelved(t, "one.pdf")
		s.has("one.pdf", "", "I. Purpose of it.")
		p.poll()
		p.look()
		s.has("two.pdf", "", "I. Another purpose altogether.")
		p.lists(participating("b.xlsx", day(2), linking("one.pdf", "two.pdf")))
		cut.Store = p.store
		dying := p.watching(s, &cut)
		if _, err := dying.Look(t.Context()); !errors.Is(err, errCut) {
			t.Fatalf("%s: %v", name, err)
		}
		for _, d := range must[[]roster.Document](t)(p.store.Documents(t.Context())) {
			if has, err := s.Has(t.Context(), d.SHA256); err != nil || !has {
				t.Errorf("%s: the store names a document that is not kept: %v", name, err)
			}
		}
		p.Watcher = p.watching(s, p.store)
		p.look()
		p.wantTold("linked two.pdf")
		if all := must[[]roster.DocumentAddress](t)(p.store.Addresses(t.Context())); len(all) != 2 || len(all[1].Versions) != 1 {
			t.Errorf("%s: known are %+v", name, all)
		}
	}
}
