package notify_test

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/roster"
)

func TestSenderRepeatsNoPartThatIsThrough(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q := newMemoryQueue()
		q.addTo(1, "a")
		sent := map[string]int{}
		p := &fakeChannel{behave: func(_ context.Context, m notify.Message, done func(string, string)) error {
			for _, part := range []string{"1", "2", "3"} {
				if m.Delivery.Done(part) {
					continue
				}
				if sent[part]++; part == "2" && sent[part] < 3 {
					return errBusy
				}
				done(part, "answer "+part)
				done(part, "twice")
				if d := q.get(1); !d.Done(part) || d.State != roster.DeliveryWaiting || d.TriedAt.IsZero() {
					t.Errorf("part %s is through, and stored is %+v", part, d)
				}
			}
			return nil
		}}
		o := notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": p})}
		first := run(t, o)
		synctest.Wait()
		if err := first.stop(); err != nil {
			t.Fatal(err)
		}
		run(t, o)
		after(time.Minute)
		want := []roster.Receipt{{Part: "1", Answer: "answer 1"}, {Part: "2", Answer: "answer 2"}, {Part: "3", Answer: "answer 3"}}
		if d := q.get(1); d.State != roster.DeliverySent || !slices.Equal(d.Receipts, want) {
			t.Errorf("saved as %+v", d)
		}
		if want := map[string]int{"1": 1, "2": 3, "3": 1}; !maps.Equal(sent, want) {
			t.Errorf("sent %v, want %v", sent, want)
		}
	})
}

func TestSenderNeverSendsTwiceBecauseOfTheStore(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q := newMemoryQueue()
		q.addTo(2, "a")
		full := time.Now().Add(40 * time.Minute)
		q.broken = func(call string) error {
			if call == "SaveProgress" && time.Now().Before(full) {
				return errors.New("no space left on device")
			}
			return nil
		}
		p := &fakeChannel{}
		var log lines
		run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": p}), Log: slog.New(slog.NewTextHandler(&log, nil))})
		after(39 * time.Minute)
		if got := p.seqs(); !slices.Equal(got, []uint64{1}) {
			t.Errorf("while the disk is full: sent %v", got)
		}
		if n := log.count("cannot record how far a message got"); n < 50 || n > 150 {
			t.Errorf("logged %d times", n)
		}
		after(2 * time.Minute)
		if got := p.seqs(); !slices.Equal(got, []uint64{1, 2}) || q.waits() != 0 || q.get(1).Attempts != 1 {
			t.Errorf("after that: sent %v", got)
		}
	})
}

func TestSenderStopsInTime(t *testing.T) {
	stuck := &fakeChannel{behave: func(context.Context, notify.Message, func(string, string)) error {
		time.Sleep(time.Hour)
		return nil
	}}
	for _, c := range []struct {
		name     string
		channel  *fakeChannel
		stopped  time.Duration
		state    roster.DeliveryState
		attempts int
	}{
		{"in time", slow(5 * time.Second), 4 * time.Second, roster.DeliverySent, 1},
		{"cut short", slow(30 * time.Second), 10 * time.Second, roster.DeliveryWaiting, 0},
		{"stuck", stuck, 12 * time.Second, roster.DeliveryWaiting, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			senderTest(t, func(t *testing.T) {
				q := newMemoryQueue()
				q.addTo(2, "a")
				s := run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": c.channel})})
				after(time.Second)
				start := time.Now()
				s.Wake()
				if err := s.stop(); err != nil {
					t.Errorf("Run: %v", err)
				}
				if took := time.Since(start); took != c.stopped {
					t.Errorf("stopped after %s, want %s", took, c.stopped)
				}
				if got := c.channel.seqs(); !slices.Equal(got, []uint64{1}) {
					t.Errorf("sent %v", got)
				}
				if d := q.get(1); d.State != c.state || d.Attempts != c.attempts || !d.NextAt.IsZero() {
					t.Errorf("saved as %+v", d)
				}
			})
		})
	}
}

func TestSenderStopsThoughTheStoreDoesNotAnswer(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q := newMemoryQueue()
		q.addTo(1, "a", "b")
		q.broken = func(call string) error {
			if call == "SaveProgress" {
				time.Sleep(time.Hour)
			}
			return nil
		}
		s := run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": {}, "b": {}})})
		after(time.Second)
		start := time.Now()
		if err := s.stop(); err == nil || !strings.Contains(err.Error(), "2 channels") {
			t.Errorf("Run: %v", err)
		}
		if took := time.Since(start); took != 15*time.Second {
			t.Errorf("stopped after %s", took)
		}
	})
}

func TestSenderSurvivesPanics(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q := newMemoryQueue()
		q.addTo(1, "a", "b")
		var log lines
		p := &fakeChannel{behave: func(_ context.Context, m notify.Message, _ func(string, string)) error {
			if m.Delivery.Attempts == 0 {
				panic("https://hooks.example.org/secret")
			}
			return nil
		}}
		var failed roster.Delivery
		q.saved = func(d roster.Delivery) {
			if d.State == roster.DeliveryWaiting && d.Channel == "a" {
				failed = d
			}
		}
		run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": p, "b": {}}), Log: slog.New(slog.NewTextHandler(&log, nil))})
		after(10 * time.Second)
		if failed.Attempts != 1 || failed.LastError != "the channel panicked (string); the log says where" {
			t.Errorf("saved as %+v", failed)
		}
		if q.waits() != 0 {
			t.Errorf("%d still wait", q.waits())
		}
		if log.count("secret") != 0 || log.count("worker_test.go") == 0 {
			t.Errorf("logged:\n%s", strings.Join(log.all, ""))
		}
	})
}

func TestSenderNeverRunsTwoSendsOfAChannel(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q := newMemoryQueue()
		q.addTo(2, "a")
		p := &fakeChannel{behave: func(_ context.Context, m notify.Message, done func(string, string)) error {
			if m.Delivery.Seq == 1 && m.Delivery.Attempts == 0 {
				time.Sleep(20 * time.Minute) // whatever its context says
				done("late", "")
			}
			return nil
		}}
		run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": p})})
		after(10 * time.Minute)
		if d := q.get(1); d.Attempts < 3 || d.LastError != "an earlier try has not ended yet" || p.overlap() != 1 {
			t.Errorf("%d sends at once; saved as %+v", p.overlap(), d)
		}
		after(time.Hour)
		if d := q.get(1); q.waits() != 0 || p.overlap() != 1 || d.Done("late") {
			t.Errorf("%d still wait, %d sends at once; %+v", q.waits(), p.overlap(), d)
		}
	})
}

func TestSenderBoundsATry(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q := newMemoryQueue()
		q.addTo(1, "a")
		run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": slow(time.Hour)}), Timeout: 20 * time.Second})
		after(20 * time.Second)
		if d := q.get(1); d.Attempts != 1 || d.LastError != context.DeadlineExceeded.Error() {
			t.Errorf("saved as %+v", d)
		}
	})
}
