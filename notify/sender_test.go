package notify_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/roster"
)

func TestSenderSendsInOrderAndSideBySide(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q := newMemoryQueue()
		posts := map[string]*fakeChannel{"a": slow(time.Second), "b": slow(time.Second), "c": slow(time.Second)}
		q.addTo(20, "a", "b", "c")
		run(t, notify.SenderOptions{Queue: q, Channels: channels(posts)})

		after(500 * time.Millisecond)
		for name, p := range posts {
			if p.runs() != 1 {
				t.Errorf("%s: %d sends under way, want 1", name, p.runs())
			}
		}
		after(20 * time.Second) // one after another would take a minute
		for name, p := range posts {
			if seqs := p.seqs(); len(seqs) != 20 || !slices.IsSorted(seqs) || p.overlap() != 1 {
				t.Errorf("%s: sent %v, %d at once", name, seqs, p.overlap())
			}
		}
		if n := q.states(); n[roster.DeliverySent] != 60 {
			t.Errorf("states: %v", n)
		}
		if d := q.get(1); d.EndedAt.IsZero() || d.TriedAt.IsZero() || d.Attempts != 1 || !d.Done("all") {
			t.Errorf("saved as %+v", d)
		}
	})
}

func TestSenderKeepsChannelsApart(t *testing.T) {
	hang := &fakeChannel{behave: func(ctx context.Context, _ notify.Message, _ func(string, string)) error {
		<-ctx.Done()
		return ctx.Err()
	}}
	for name, bad := range map[string]*fakeChannel{"refuses": always(errBusy), "hangs": hang, "crawls": slow(50 * time.Second)} {
		t.Run(name, func(t *testing.T) {
			senderTest(t, func(t *testing.T) {
				q := newMemoryQueue()
				good := map[string]*fakeChannel{"a": {}, "b": slow(500 * time.Millisecond), "c": {}}
				all := channels(good)
				all["bad"] = bad
				s := run(t, notify.SenderOptions{Queue: q, Channels: all})
				for range 24 * 6 {
					q.addTo(3, "bad", "a", "b", "c")
					s.Wake()
					after(10 * time.Minute)
				}
				for name, p := range good {
					if len(p.messages()) != 3*24*6 {
						t.Fatalf("%s: %d sends", name, len(p.messages()))
					}
					for i, m := range p.messages() {
						if late := p.at(i).Sub(m.Delivery.CreatedAt); late > time.Second {
							t.Fatalf("%s: delivery %d was %s late", name, m.Delivery.Seq, late)
						}
					}
				}
				if bad.overlap() != 1 {
					t.Errorf("%d sends at once to the bad channel", bad.overlap())
				}
			})
		})
	}
}

func TestSenderWaitsUntilDue(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q := newMemoryQueue()
		start := time.Now()
		digest := q.add(roster.Delivery{Channel: "daily", DueAt: start.Add(9*time.Hour + time.Millisecond)})
		q.changes[7] = roster.Change{ID: "chg_7", Seq: 7}
		again := q.add(roster.Delivery{Channel: "down", Attempts: 3, NextAt: start.Add(40 * time.Minute), TriedAt: start})
		daily, down := &fakeChannel{}, &fakeChannel{}
		s := run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"daily": daily, "down": down})})

		after(8 * time.Hour)
		if at := down.at(0).Sub(start); at != 40*time.Minute || q.get(again.Seq).Attempts != 4 {
			t.Errorf("tried again after %s", at)
		}
		digest.Changes = []uint64{7} // it grows while it waits
		q.set(digest)
		s.Wake()
		after(2 * time.Hour)
		if at := daily.at(0).Sub(start); at != 9*time.Hour+time.Millisecond || len(daily.messages()) != 1 {
			t.Errorf("the digest was sent %d times, first after %s", len(daily.messages()), at)
		}
		if c := daily.messages()[0].Changes; len(c) != 1 || c[0].ID != "chg_7" {
			t.Errorf("the digest carries %v", c)
		}
	})
}

func TestSenderNoticesThatTheClockWasSet(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q, p := newMemoryQueue(), &fakeChannel{}
		var skew atomic.Int64
		now := func() time.Time { return time.Now().Add(time.Duration(skew.Load())) }
		q.add(roster.Delivery{Channel: "a", DueAt: now().Add(24 * time.Hour)})
		run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": p}), Now: now})
		after(time.Hour)
		skew.Store(int64(23 * time.Hour)) // the machine slept for most of a day
		after(5 * time.Minute)
		if len(p.seqs()) != 1 {
			t.Errorf("the digest still waits")
		}
	})
}

func TestSenderReadsTheQueueWhenWokenAndOnlyThen(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q, p := newMemoryQueue(), &fakeChannel{}
		s := run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": p})})
		after(time.Minute)
		before := len(q.reads())
		after(24 * time.Hour)
		if len(q.reads()) != before {
			t.Errorf("read %d times though nothing happened", len(q.reads())-before)
		}
		for range 100 { // none of these may block
			s.Wake()
		}
		q.addTo(1, "a")
		committed := time.Now()
		s.Wake()
		synctest.Wait()
		if len(p.seqs()) != 1 || !p.at(0).Equal(committed) {
			t.Errorf("sent %v at %v, committed at %v", p.seqs(), p.times, committed)
		}
	})
}

// What one channel sends does not have the others read again.
func TestSenderReadsTheChannelOfAnIdleWorker(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q := newMemoryQueue()
		q.addTo(3, "a")
		q.addTo(1, "slow", "later")
		q.set(later(q.get(5), time.Hour))
		run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": {}, "slow": slow(30 * time.Second), "later": {}})})
		after(2 * time.Minute)
		if want := []string{"*", "a", "a", "a", "slow"}; !slices.Equal(q.reads(), want) {
			t.Errorf("read at %q", q.reads())
		}
		after(time.Hour)
		if q.waits() != 0 {
			t.Error("what is due later was forgotten")
		}
	})
}

// A channel that could not be read is not forgotten because of another that could.
func TestSenderReadsTheQueueAgain(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q := newMemoryQueue()
		q.addTo(3, "a")
		q.addTo(1, "slow")
		reads := 0
		q.broken = func(call string) error {
			if call != "NextPending" {
				return nil
			}
			if reads++; reads == 2 {
				return errBusy
			}
			return nil
		}
		run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": {}, "slow": slow(10 * time.Millisecond)})})
		after(time.Second)
		if q.waits() != 0 {
			t.Errorf("%d still wait", q.waits())
		}
	})
}

// TestSenderRunsOnce has a sender that does not stay try all that is due, and no
// more.
func TestSenderRunsOnce(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q := newMemoryQueue()
		q.addTo(3, "good", "bad", "slow", "gone", "nobody")
		q.set(later(q.add(roster.Delivery{Channel: "digest"}), time.Hour))
		gone := &fakeChannel{behave: func(_ context.Context, m notify.Message, _ func(string, string)) error {
			if m.Delivery.Seq < 14 {
				return nil
			}
			time.Sleep(40 * time.Second) // the last thing that happens
			return &notify.Failure{Err: errors.New("410"), Permanent: true}
		}}
		posts := map[string]*fakeChannel{"good": {}, "bad": always(errBusy), "slow": slow(10 * time.Second), "gone": gone, "digest": {}, "ops": {}}
		var s *notify.Sender
		onAlert := func(notify.OperatorAlert) {
			q.addTo(1, "ops")
			s.Wake()
		}
		s = notify.NewSender(notify.SenderOptions{Queue: q, Channels: channels(posts), OnAlert: onAlert})
		start := time.Now()
		if err := s.RunOnce(t.Context()); err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]int{"good": 3, "bad": 1, "slow": 3, "gone": 3, "digest": 0, "ops": 1} {
			if n := len(posts[name].messages()); n != want {
				t.Errorf("%s: %d tries, want %d", name, n, want)
			}
		}
		if took := time.Since(start); took != 40*time.Second {
			t.Errorf("it took %s", took)
		}
		if n := q.states(); n[roster.DeliveryWaiting] != 7 || n[roster.DeliverySent] != 9 || n[roster.DeliveryDead] != 1 {
			t.Errorf("states: %v", n)
		}
	})
}

// What the last try leads to is sent as well, in whichever order the sender hears
// of the two.
func TestSenderRunsOnceToTheEnd(t *testing.T) {
	for range 20 {
		senderTest(t, func(t *testing.T) {
			q := newMemoryQueue()
			q.addTo(1, "gone", "short")
			ops, gone := &fakeChannel{}, &fakeChannel{behave: func(context.Context, notify.Message, func(string, string)) error {
				time.Sleep(500 * time.Millisecond)
				return &notify.Failure{Err: errors.New("410"), Permanent: true}
			}}
			q.broken = func(call string) error {
				if call == "NextPending" && len(q.reads()) == 1 {
					time.Sleep(time.Second) // meanwhile the last try ends
				}
				return nil
			}
			var s *notify.Sender
			onAlert := func(notify.OperatorAlert) {
				q.addTo(1, "ops")
				s.Wake()
			}
			s = notify.NewSender(notify.SenderOptions{Queue: q, OnAlert: onAlert,
				Channels: channels(map[string]*fakeChannel{"gone": gone, "short": slow(time.Millisecond), "ops": ops})})
			if err := s.RunOnce(t.Context()); err != nil || len(ops.messages()) != 1 {
				t.Fatalf("%d messages to the operator: %v", len(ops.messages()), err)
			}
		})
	}
}

// One that is cut short, or that cannot read its queue, comes to an end, too.
func TestSenderRunsOnceAtMost(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q := newMemoryQueue()
		q.addTo(2, "a")
		ctx, cancel := context.WithTimeout(t.Context(), 45*time.Second)
		defer cancel()
		start := time.Now()
		o := notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": slow(time.Hour)}), Timeout: 2 * time.Hour}
		if err := notify.NewSender(o).RunOnce(ctx); err != nil || time.Since(start) != 55*time.Second {
			t.Errorf("after %s: %v", time.Since(start), err)
		}
		if d := q.get(1); d.State != roster.DeliveryWaiting || d.Attempts != 0 || q.waits() != 2 {
			t.Errorf("saved as %+v", d)
		}
		q.broken = func(string) error { return errBusy }
		if err := notify.NewSender(o).RunOnce(t.Context()); !errors.Is(err, errBusy) {
			t.Errorf("a queue that cannot be read: %v", err)
		}
	})
}

func TestSenderGoesOnAfterRestart(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q := newMemoryQueue()
		q.addTo(1, "a")
		o := notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": always(errBusy)})}
		first := run(t, o)
		after(10 * time.Minute)
		if err := first.stop(); err != nil {
			t.Fatal(err)
		}
		before := q.get(1)

		p := always(errBusy)
		o.Channels = channels(map[string]*fakeChannel{"a": p})
		run(t, o)
		synctest.Wait()
		if len(p.seqs()) != 0 {
			t.Error("tried before its time")
		}
		after(time.Until(before.NextAt))
		d := q.get(1)
		if d.Attempts != before.Attempts+1 || !d.TriedAt.Equal(before.TriedAt) || d.ID != before.ID {
			t.Errorf("before the restart %+v, after it %+v", before, d)
		}
		if pause, least := time.Until(d.NextAt), before.NextAt.Sub(before.TriedAt)/2; pause < least {
			t.Errorf("the pauses began anew: %s", pause)
		}
	})
}

func TestSenderOutlastsAStoreThatCannotBeRead(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q := newMemoryQueue()
		var outage, failures atomic.Int64 // reads that are to fail, and that did
		q.broken = func(call string) error {
			if call == "SaveProgress" || outage.Load() == 0 {
				return nil
			}
			outage.Add(-1)
			failures.Add(1)
			return errors.New("timeout")
		}
		q.addTo(1, "a")
		outage.Store(20)
		s := run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": {}})})
		after(10 * time.Second)
		if n := failures.Load(); n < 3 || n > 15 {
			t.Errorf("%d tries in ten seconds", n)
		}
		after(20 * time.Minute)
		if q.waits() != 0 {
			t.Error("nothing was sent")
		}

		q.addTo(1, "a")
		outage.Store(1)
		s.Wake()
		after(time.Second)
		if q.waits() != 0 {
			t.Error("the pauses of the last outage still hold")
		}
	})
}

func TestSenderLeavesUnknownChannelsAlone(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q := newMemoryQueue()
		q.addTo(3, "gone", "a")
		var log lines
		s := run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": {}}), Log: slog.New(slog.NewTextHandler(&log, nil))})
		for range 10 {
			s.Wake()
			after(time.Hour)
		}
		if n := q.states(); n[roster.DeliveryWaiting] != 3 || n[roster.DeliverySent] != 3 {
			t.Errorf("states: %v", n)
		}
		if n := log.count("not configured"); n != 1 {
			t.Errorf("said %d times", n)
		}
	})
}

// BenchmarkSender sends 10,000 deliveries over 100 channels.
func BenchmarkSender(b *testing.B) {
	all := map[string]notify.Channel{}
	var names []string
	for i := range 100 {
		name := fmt.Sprint("channel", i)
		names = append(names, name)
		all[name] = &fakeChannel{}
	}
	for b.Loop() {
		q := newMemoryQueue()
		q.addTo(100, names...)
		ctx, cancel := context.WithCancel(context.Background())
		q.saved = func(roster.Delivery) {
			if q.left == 0 {
				cancel()
			}
		}
		if err := notify.NewSender(notify.SenderOptions{Queue: q, Channels: all}).Run(ctx); err != nil {
			b.Fatal(err)
		}
		if len(q.read) > 10_001 {
			b.Errorf("read %d times", len(q.read))
		}
	}
	b.ReportMetric(10_000*float64(b.N)/b.Elapsed().Seconds(), "deliveries/s")
}
