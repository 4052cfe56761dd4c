package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/pgtest"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// follow commits one change after what is known, or says that another did.
func follow(ctx context.Context, s *Store, who string) (uint64, error) {
	k, err := s.Known(ctx)
	if err != nil {
		return 0, err
	}
	seq := k.Seqs.Change + 1
	id := fmt.Sprintf("%s-%d", who, seq)
	return seq, s.Commit(ctx, store.Batch{Before: k.Seqs,
		Changes:    []roster.Change{{ID: "chg_" + id, Seq: seq}},
		Deliveries: []roster.Delivery{{ID: "dlv_" + id, Channel: "news", State: roster.DeliveryWaiting, Changes: []uint64{seq}}},
		Poll:       &roster.Poll{At: time.Unix(int64(seq), 0).UTC()},
	})
}

// contend commits until it did so n times, and returns the numbers.
func contend(ctx context.Context, s *Store, who string, n int) (won []uint64, err error) {
	for len(won) < n {
		switch seq, err := follow(ctx, s, who); {
		case err == nil:
			won = append(won, seq)
		case !errors.Is(err, store.ErrConflict):
			return won, err
		}
	}
	return won, nil
}

// whole makes sure that there are n changes, each with one delivery and one poll.
func whole(t *testing.T, s *Store, n int) {
	t.Helper()
	changes, err := s.Changes(t.Context(), store.ChangeQuery{})
	deliveries, err2 := s.Deliveries(t.Context(), store.DeliveryQuery{})
	polls, err3 := s.Polls(t.Context(), 10*n)
	revision, err4 := s.Revision(t.Context())
	if err := errors.Join(err, err2, err3, err4); err != nil {
		t.Fatal(err)
	}
	if len(changes) != n || len(deliveries) != n || len(polls) != n || revision != uint64(n) {
		t.Fatalf("%d changes, %d deliveries, %d polls and revision %d, want %d of each", len(changes), len(deliveries), len(polls), revision, n)
	}
	for i, c := range changes {
		if seq := uint64(i) + 1; c.Seq != seq || deliveries[i].Seq != seq || polls[n-1-i].Seq != seq || deliveries[i].Changes[0] != seq {
			t.Fatalf("in place %d: change %d, delivery %d of %d, poll %d", seq, c.Seq, deliveries[i].Seq, deliveries[i].Changes, polls[n-1-i].Seq)
		}
	}
}

// TestTwoProcesses lets several goroutines of two processes commit what follows the same
// state.
func TestTwoProcesses(t *testing.T) {
	const each, goroutines = 10, 4
	work := func(t *testing.T, address, who string) {
		s := opened(t, address)
		var wg sync.WaitGroup
		for i := range goroutines {
			wg.Go(func() {
				if _, err := contend(t.Context(), s, fmt.Sprintf("%s-%d", who, i), each); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	if address := os.Getenv("TEST_TWO_PROCESSES"); address != "" {
		work(t, address, "child")
		return
	}
	t.Parallel()
	address := pgtest.Need(t).Database(t)
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestTwoProcesses$")
	child.Env = append(os.Environ(), "TEST_TWO_PROCESSES="+address)
	done := make(chan error, 1)
	go func() { // both make the schema, too
		out, err := child.CombinedOutput()
		if err != nil {
			err = fmt.Errorf("%w: %s", err, out)
		}
		done <- err
	}()
	work(t, address, "parent")
	if err := <-done; err != nil {
		t.Error(err)
	}
	whole(t, opened(t, address), 2*goroutines*each)
}

// TestAnswerLost cuts the connection when a transaction is to be committed, before or
// after the server does it. What was committed is not done again, and the rest is.
func TestAnswerLost(t *testing.T) {
	t.Parallel()
	server := pgtest.Need(t)
	for name, arrives := range map[string]bool{"before": false, "after": true} {
		t.Run(name, func(t *testing.T) {
			address := server.Database(t)
			p, through := pgtest.Behind(t, address)
			s := opened(t, through)
			cuts := 0
			var mu sync.Mutex
			p.Judge(func(said []byte) (forward, cut bool) {
				if !bytes.Contains(said, []byte("\x0bCOMMIT\x00")) {
					return true, false
				}
				mu.Lock()
				defer mu.Unlock()
				if cuts++; cuts%2 == 1 {
					return arrives, true
				}
				return true, false
			})
			for i := range 5 {
				if _, err := follow(t.Context(), s, "me"); err != nil {
					t.Fatal(err)
				}
				notice := roster.Delivery{ID: fmt.Sprint("notice", i), Channel: "ops", State: roster.DeliveryWaiting}
				if err := s.Enqueue(t.Context(), []roster.Delivery{notice}, nil); err != nil {
					t.Fatal(err)
				}
			}
			p.Judge(nil)
			all, err := s.Deliveries(t.Context(), store.DeliveryQuery{})
			revision, err2 := s.Revision(t.Context())
			polls, err3 := s.Polls(t.Context(), 100)
			if err := errors.Join(err, err2, err3); err != nil || len(all) != 10 || revision != 5 || len(polls) != 5 {
				t.Errorf("%d deliveries, %d polls and revision %d (%v), want 10, 5 and 5", len(all), len(polls), revision, err)
			}
			if cuts < 10 {
				t.Errorf("%d connections were cut", cuts)
			}
		})
	}
}

// TestNumberGivenAgain asks for the end of a transaction that a crash took with it, and
// whose number the server then gave to another one, which was committed.
func TestNumberGivenAgain(t *testing.T) {
	t.Parallel()
	s := opened(t, pgtest.Need(t).Database(t))
	var other mark
	if err := s.write(t.Context(), func(_ context.Context, w *writing) error { other = w.mark; return nil }); err != nil {
		t.Fatal(err)
	}
	for want, m := range map[bool]mark{true: other, false: {xid: other.xid, writer: "crashed", count: 1}} {
		if got, err := s.committed(t.Context(), m); err != nil || got != want {
			t.Errorf("committed is %t (%v), want %t", got, err, want)
		}
	}
}

// TestDurable writes to a server that would not wait for its disk, and to one that waits
// for more than that.
func TestDurable(t *testing.T) {
	t.Parallel()
	u, err := url.Parse(pgtest.Need(t).Database(t))
	if err != nil {
		t.Fatal(err)
	}
	for usual, want := range map[string]string{"off": "on", "remote_apply": "remote_apply"} {
		q := u.Query()
		q.Set("synchronous_commit", usual)
		u.RawQuery = q.Encode()
		var got string
		err := opened(t, u.String()).write(t.Context(), func(ctx context.Context, w *writing) error {
			return w.QueryRow(ctx, "SELECT current_setting('synchronous_commit')").Scan(&got)
		})
		if err != nil || got != want {
			t.Errorf("where it is %s: %s (%v), want %s", usual, got, err, want)
		}
	}
}

// TestRestart stops and kills the server while several commit and send.
func TestRestart(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t, "fsync=on", "synchronous_commit=on", "full_page_writes=on")
	s := opened(t, server.Database(t))
	s.bounds.readPatience, s.bounds.writePatience = time.Minute, time.Minute // a busy machine takes its time to start it
	ctx, stop := context.WithCancel(t.Context())
	var total, sent atomic.Int64
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Go(func() {
			for ctx.Err() == nil {
				won, err := contend(t.Context(), s, fmt.Sprint("writer", i), 1)
				total.Add(int64(len(won)))
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Go(func() {
		for ctx.Err() == nil {
			next, err := s.NextPending(t.Context(), "news")
			if err == nil && len(next) > 0 {
				next[0].State = roster.DeliverySent
				if err = s.SaveProgress(t.Context(), next[0]); err == nil {
					sent.Add(1)
				}
			}
			if err != nil {
				t.Error(err)
				return
			}
		}
	})
	for _, end := range []func(testing.TB){server.Stop, server.Kill, server.Kill} {
		before := total.Load()
		for total.Load() < before+5 && !t.Failed() {
			if _, err := s.Revision(t.Context()); err != nil { // which takes a while
				t.Fatal(err)
			}
		}
		end(t)
		server.Run(t)
	}
	stop()
	wg.Wait()
	whole(t, s, int(total.Load()))
	gone, err := s.Deliveries(t.Context(), store.DeliveryQuery{States: []roster.DeliveryState{roster.DeliverySent}})
	if err != nil || int64(len(gone)) != sent.Load() || sent.Load() == 0 {
		t.Errorf("%d deliveries are sent (%v), and %d were", len(gone), err, sent.Load())
	}
}

// TestStall lets a process say nothing any more in the middle of a batch: others do not
// wait for it for long, and it finds out.
func TestStall(t *testing.T) {
	t.Parallel()
	address := pgtest.Need(t).Database(t)
	p, through := pgtest.Behind(t, address)
	slow, other := opened(t, through), opened(t, address)
	slow.bounds.idle, slow.bounds.write, slow.bounds.writePatience = 300*time.Millisecond, 500*time.Millisecond, time.Second
	inside, failed := make(chan struct{}), make(chan error)
	go func() {
		var once sync.Once
		failed <- slow.writeBatch(t.Context(), func(w *writer) error {
			once.Do(func() {
				p.Hang()
				close(inside)
			})
			return w.write(store.Batch{})
		})
	}()
	<-inside
	began := time.Now()
	if _, err := follow(t.Context(), other, "other"); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("the other one waited for %v", took)
	}
	if err := <-failed; err == nil || !strings.Contains(err.Error(), "mend the way to it") {
		t.Errorf("the one that stalled: %v", err)
	}
	p.Cut() // else the pool would take its time to say goodbye
	whole(t, other, 1)
}

// TestLocked holds the row of the state for longer than others wait.
func TestLocked(t *testing.T) {
	t.Parallel()
	address := pgtest.Need(t).Database(t)
	holder, s := opened(t, address), opened(t, address)
	s.bounds.lock = 200 * time.Millisecond
	err := holder.writeBatch(t.Context(), func(w *writer) error {
		_, err := follow(t.Context(), s, "me")
		return err
	})
	if !errors.Is(err, store.ErrLocked) || !strings.Contains(err.Error(), "pg_stat_activity") {
		t.Errorf("got %v", err)
	}
	whole(t, s, 0)
}
