package bolt

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// queued opens a store with so many deliveries for each of so many channels,
// and returns them by channel.
func queued(tb testing.TB, channels, each int) (*Store, [][]roster.Delivery) {
	tb.Helper()
	s, err := Open(filepath.Join(tb.TempDir(), "watch287g.db"), Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	var all []roster.Delivery
	byChannel := make([][]roster.Delivery, channels)
	for n := range each {
		for c := range channels {
			d := roster.Delivery{
				ID: fmt.Sprintf("dlv_%04d_%04d", c, n), Channel: fmt.Sprintf("channel-%d", c), State: roster.DeliveryWaiting,
				Figures: roster.Figures{ByState: map[roster.State]int{"TX": 1, "FL": 2, "GA": 3}},
			}
			all = append(all, d)
			d.Seq = uint64(len(all))
			byChannel[c] = append(byChannel[c], d)
		}
	}
	if err := s.Enqueue(tb.Context(), all, nil); err != nil {
		tb.Fatal(err)
	}
	return s, byChannel
}

func through(d roster.Delivery) roster.Delivery {
	d.State, d.Attempts = roster.DeliverySent, 1
	return d
}

// commits counts what was written to the disk.
func commits(s *Store) int {
	var id int
	_ = s.db.View(func(tx *bbolt.Tx) error { id = tx.ID(); return nil })
	return id
}

// lineUp has each of several save while somebody else writes, and returns
// their errors, in their order, once they could.
func lineUp(ctx context.Context, t *testing.T, s *Store, calls [][]roster.Delivery, meanwhile func()) []error {
	t.Helper()
	s.turn <- struct{}{}
	errs := make([]error, len(calls))
	var wg sync.WaitGroup
	for i, ds := range calls {
		wg.Go(func() { errs[i] = s.SaveProgress(ctx, ds...) })
	}
	for len(waitingCalls(s)) < len(calls) {
		time.Sleep(time.Millisecond)
	}
	meanwhile()
	<-s.turn
	wg.Wait()
	return errs
}

func waitingCalls(s *Store) []*saveCall {
	s.saves.mu.Lock()
	defer s.saves.mu.Unlock()
	return s.saves.calls
}

// TestSaveProgressTogether has many save at once, some of them wrongly, and makes
// sure that one write is enough and that only the wrong ones fail.
func TestSaveProgressTogether(t *testing.T) {
	const channels = 40
	s, ds := queued(t, channels, 2)
	var calls [][]roster.Delivery
	for c := range channels {
		call := []roster.Delivery{through(ds[c][0])}
		switch c % 4 {
		case 1:
			call = append(call, roster.Delivery{ID: "unknown", State: roster.DeliverySent})
		case 2:
			call[0].Seq++
		}
		calls = append(calls, call)
	}
	before := commits(s)
	errs := lineUp(t.Context(), t, s, calls, func() {})
	if n := commits(s) - before; n != 1 {
		t.Errorf("%d calls took %d writes", channels, n)
	}
	for c, err := range errs {
		want := []error{nil, store.ErrNotFound, store.ErrConflict, nil}[c%4]
		if !errors.Is(err, want) {
			t.Errorf("call %d: got the error %v, want %v", c, err, want)
		}
		d, err := s.Delivery(t.Context(), ds[c][0].ID)
		if saved := d.State == roster.DeliverySent; err != nil || saved != (want == nil) {
			t.Errorf("after call %d, the delivery is %s (%v)", c, d.State, err)
		}
	}
}

// TestSaveProgressCancelled has some give up while they wait for their turn.
func TestSaveProgressCancelled(t *testing.T) {
	s, ds := queued(t, 3, 1)
	ctx, cancel := context.WithCancel(t.Context())
	errs := lineUp(ctx, t, s, [][]roster.Delivery{{through(ds[0][0])}, {through(ds[1][0])}}, func() {
		cancel()
		for len(waitingCalls(s)) > 0 {
			time.Sleep(time.Millisecond)
		}
	})
	for _, err := range errs {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got the error %v", err)
		}
	}
	if next, err := s.NextPending(t.Context()); err != nil || len(next) != 3 {
		t.Errorf("%d wait (%v)", len(next), err)
	}
	if err := s.SaveProgress(t.Context(), through(ds[2][0])); err != nil {
		t.Error(err)
	}
}

// TestSaveProgressUnderFault makes sure that everybody hears of a write that failed.
func TestSaveProgressUnderFault(t *testing.T) {
	s, ds := queued(t, 3, 1)
	calls := [][]roster.Delivery{{through(ds[0][0])}, {through(ds[1][0])}, {through(ds[2][0])}}
	fault := errors.New("the disk is gone")
	for _, err := range lineUp(t.Context(), t, s, calls, func() { s.broken = fault }) {
		if !errors.Is(err, fault) {
			t.Errorf("got the error %v", err)
		}
	}
	s.broken = nil
	if next, err := s.NextPending(t.Context()); err != nil || len(next) != 3 {
		t.Errorf("%d wait (%v)", len(next), err)
	}
}

// TestCostOfHeads makes sure that finding what to send next does not get dearer
// with what was sent and with what waits.
func TestCostOfHeads(t *testing.T) {
	s, ds := queued(t, 3, 1000)
	var gone []roster.Delivery
	for _, of := range ds {
		for _, d := range of[:500] {
			gone = append(gone, through(d))
		}
	}
	if err := s.SaveProgress(t.Context(), gone...); err != nil {
		t.Fatal(err)
	}
	allocs := testing.AllocsPerRun(3, func() {
		if next, err := s.NextPending(t.Context()); err != nil || len(next) != 3 {
			t.Errorf("%d wait (%v)", len(next), err)
		}
	})
	if allocs > 500 {
		t.Errorf("it takes %v allocations", allocs)
	}
}

// BenchmarkSaveProgress saves as many senders do at the same time, and as one alone.
func BenchmarkSaveProgress(b *testing.B) {
	for _, senders := range []int{1, 10, 100} {
		b.Run(fmt.Sprintf("%d senders", senders), func(b *testing.B) {
			const each = 100
			s, ds := queued(b, senders, each)
			before, begin := commits(s), time.Now()
			rounds := 0
			for b.Loop() {
				rounds++
				var wg sync.WaitGroup
				for _, of := range ds {
					wg.Go(func() {
						for _, d := range of {
							if err := s.SaveProgress(b.Context(), through(d)); err != nil {
								b.Error(err)
							}
						}
					})
				}
				wg.Wait()
			}
			saved := float64(rounds * senders * each)
			b.ReportMetric(saved/time.Since(begin).Seconds(), "saves/s")
			b.ReportMetric(saved/float64(commits(s)-before), "saves/write")
		})
	}
}
