package notify_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/roster"
)

var errBusy = errors.New("500 Internal Server Error")

// fakeChannel is a channel that sends nothing. It notes what arrives, and whether two sends overlap.
type fakeChannel struct {
	// behave says how a send goes; nil: one part, "all", is through at once.
	behave func(ctx context.Context, m notify.Message, done func(part, answer string)) error

	mu      sync.Mutex
	began   []notify.Message
	times   []time.Time
	running int
	most    int // that ran at once
}

func (p *fakeChannel) Send(ctx context.Context, m notify.Message, done func(part, answer string)) error {
	p.mu.Lock()
	p.began, p.times = append(p.began, m), append(p.times, time.Now())
	p.running++
	p.most = max(p.most, p.running)
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.running--
	}()
	if p.behave == nil {
		done("all", "answer to "+m.Delivery.ID)
		return nil
	}
	return p.behave(ctx, m, done)
}

// seqs are the numbers of the deliveries that sends began for.
func (p *fakeChannel) seqs() []uint64 {
	var all []uint64
	for _, m := range p.messages() {
		all = append(all, m.Delivery.Seq)
	}
	return all
}

// messages are those that sends began for.
func (p *fakeChannel) messages() []notify.Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.began)
}

// runs is how many sends are under way, and overlap how many ever were at once.
func (p *fakeChannel) runs() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.running
}

func (p *fakeChannel) overlap() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.most
}

// at is when the send with this index began.
func (p *fakeChannel) at(i int) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.times[i]
}

// always fails every send with err.
func always(err error) *fakeChannel {
	return &fakeChannel{behave: func(context.Context, notify.Message, func(string, string)) error { return err }}
}

// slow takes a while for each send, and heeds its context.
func slow(d time.Duration) *fakeChannel {
	return &fakeChannel{behave: func(ctx context.Context, _ notify.Message, done func(string, string)) error {
		select {
		case <-time.After(d):
			done("all", "")
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}}
}

// senderTest runs f in a bubble of fake time, and sees that nothing is left running.
func senderTest(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	current := goleak.IgnoreCurrent()
	synctest.Test(t, func(t *testing.T) {
		t.Cleanup(func() { time.Sleep(2 * time.Hour) }) // so long do the deaf go on
		f(t)
	})
	goleak.VerifyNone(t, current)
}

// running is a sender at work.
type running struct {
	*notify.Sender
	cancel  context.CancelFunc
	result  chan error
	stopped bool
}

func run(t *testing.T, o notify.SenderOptions) *running {
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{Sender: notify.NewSender(o), cancel: cancel, result: make(chan error, 1)}
	go func() { r.result <- r.Run(ctx) }()
	t.Cleanup(func() {
		if !r.stopped {
			if err := r.stop(); err != nil {
				t.Errorf("Run: %v", err)
			}
		}
	})
	return r
}

func (r *running) stop() error {
	r.stopped = true
	r.cancel()
	return <-r.result
}

// after lets time pass, until nothing moves any more.
func after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// alertLog collects the alerts to the operator.
type alertLog struct {
	mu  sync.Mutex
	all []notify.OperatorAlert
	at  []time.Time
}

func (l *alertLog) add(t notify.OperatorAlert) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all, l.at = append(l.all, t), append(l.at, time.Now())
}

func (l *alertLog) kinds() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []string
	for _, t := range l.all {
		all = append(all, t.Kind+" "+t.Channel)
	}
	return strings.Join(all, ", ")
}

func channels(named map[string]*fakeChannel) map[string]notify.Channel {
	all := map[string]notify.Channel{}
	for name, p := range named {
		all[name] = p
	}
	return all
}

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
			t.Errorf("settled as %+v", d)
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

func TestSenderPausesGrow(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q := newMemoryQueue()
		all := map[string]notify.Channel{}
		var pauses []time.Duration
		first := map[time.Duration]bool{}
		q.saved = func(d roster.Delivery) {
			pause := time.Until(d.NextAt)
			if d.Attempts == 1 {
				first[pause] = true
			}
			if d.Seq == 1 && d.State == roster.DeliveryWaiting {
				pauses = append(pauses, pause)
			}
		}
		for i := range 10 {
			name := fmt.Sprint("channel", i)
			all[name] = always(errBusy)
			q.addTo(1, name)
		}
		run(t, notify.SenderOptions{Queue: q, Channels: all})
		after(48 * time.Hour)

		if len(pauses) < 50 {
			t.Fatalf("only %d pauses in two days", len(pauses))
		}
		want := 5 * time.Second
		for i, p := range pauses {
			if p < want*8/10 || p > want*12/10 || p > time.Hour {
				t.Errorf("pause %d is %s, want %s give or take a fifth", i+1, p, want)
			}
			want = min(2*want, 50*time.Minute)
		}
		if len(first) < 8 {
			t.Errorf("ten channels pause alike: %v", slices.Collect(maps.Keys(first)))
		}
	})
}

func TestSenderObeysRetryAfter(t *testing.T) {
	for _, c := range []struct{ asked, least, most time.Duration }{
		{90 * time.Second, 90 * time.Second, 90 * time.Second},
		{time.Second, 4 * time.Second, 6 * time.Second}, // our own pause is longer
		{48 * time.Hour, 24 * time.Hour, 24 * time.Hour},
	} {
		t.Run(c.asked.String(), func(t *testing.T) {
			senderTest(t, func(t *testing.T) {
				q := newMemoryQueue()
				q.addTo(1, "a")
				p := &fakeChannel{behave: func(_ context.Context, m notify.Message, _ func(string, string)) error {
					if m.Delivery.Attempts > 0 {
						return nil
					}
					return fmt.Errorf("slack: %w", &notify.Failure{Err: errors.New("429"), RetryAfter: c.asked})
				}}
				run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": p})})
				after(c.most)
				if len(p.messages()) != 2 {
					t.Fatalf("%d tries within %s", len(p.messages()), c.most)
				}
				if waited := p.at(1).Sub(p.at(0)); waited < c.least {
					t.Errorf("waited %s", waited)
				}
				d := q.get(1)
				if d.State != roster.DeliverySent || d.Attempts != 2 || d.LastError != "" || !d.NextAt.IsZero() {
					t.Errorf("settled as %+v", d)
				}
			})
		})
	}
}

func TestSenderGivesUpAfterThreeDays(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q, alerts := newMemoryQueue(), &alertLog{}
		q.addTo(2, "a")
		p := &fakeChannel{behave: func(_ context.Context, m notify.Message, _ func(string, string)) error {
			if m.Delivery.Seq == 1 {
				return fmt.Errorf("bad gateway\n<html>\x1b[31m%s", strings.Repeat("é ", 600))
			}
			return nil
		}}
		run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": p}), OnAlert: alerts.add})
		after(72*time.Hour - time.Second)
		if d := q.get(1); d.State != roster.DeliveryWaiting || len(q.get(2).Receipts) != 0 {
			t.Fatalf("before three days: %+v", d)
		}
		after(time.Second)
		d := q.get(1)
		if d.State != roster.DeliveryDead || d.EndedAt.Sub(d.TriedAt) != 72*time.Hour || !d.NextAt.IsZero() {
			t.Errorf("after three days: %+v", d)
		}
		if r := []rune(d.LastError); len(r) != 500 || !strings.HasPrefix(d.LastError, "bad gateway <html> [31mé é") {
			t.Errorf("%d characters of reason: %s", len(r), d.LastError)
		}
		if next := q.get(2); next.State != roster.DeliverySent || !next.TriedAt.Equal(d.EndedAt) {
			t.Errorf("the next one: %+v", next)
		}
		if alerts.kinds() != "channel-failing a, delivery-dead a, channel-recovered a" {
			t.Errorf("told: %s", alerts.kinds())
		}
	})
}

func TestSenderBuriesWhatIsRefusedForGood(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q, alerts := newMemoryQueue(), &alertLog{}
		q.addTo(2, "a")
		const reason = "no such channel."
		p := &fakeChannel{behave: func(_ context.Context, m notify.Message, _ func(string, string)) error {
			if m.Delivery.Seq == 1 {
				return fmt.Errorf("slack: %w", &notify.Failure{Err: errors.New(reason), Permanent: true})
			}
			return nil
		}}
		run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": p}), OnAlert: alerts.add})
		synctest.Wait()
		if d := q.get(1); d.State != roster.DeliveryDead || d.Attempts != 1 || d.LastError != "slack: no such channel." {
			t.Errorf("settled as %+v", d)
		}
		if d := q.get(2); d.State != roster.DeliverySent {
			t.Errorf("the next one: %+v", d)
		}
		const want = "A message to the channel a was given up after the first try: slack: no such channel. Later ones are sent all the same. To send it again: watch287g deliveries retry dlv_1."
		if alerts.kinds() != "delivery-dead a" || alerts.all[0].Text != want || alerts.all[0].Delivery.ID != "dlv_1" {
			t.Errorf("told: %+v", alerts.all)
		}
	})
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

// A digest that would carry a milestone and its taking back carries neither, and
// is not sent where it has nothing else to say.
func TestSenderLeavesOutWhatIsTakenBackMeanwhile(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q := newMemoryQueue()
		first := &roster.Milestone{Name: "first-in-state"}
		q.changes[1] = roster.Change{ID: "chg_1", Seq: 1, Kind: roster.KindNew}
		q.changes[2] = roster.Change{ID: "chg_2", Seq: 2, Kind: roster.KindMilestone, Milestone: first}
		q.changes[3] = roster.Change{ID: "chg_3", Seq: 3, Kind: roster.KindMilestone, Milestone: first, Corrects: "chg_2"}
		q.changes[4] = roster.Change{ID: "chg_4", Seq: 4, Kind: roster.KindMilestone, Milestone: first, Corrects: "chg_0"}
		q.changes[5] = roster.Change{ID: "chg_5", Seq: 5, Kind: roster.KindNew, Corrects: "chg_1"}
		empty := q.add(roster.Delivery{Channel: "daily", Changes: []uint64{2, 3}})
		q.add(roster.Delivery{Channel: "daily", Changes: []uint64{1, 2, 3, 4, 5}})
		daily := &fakeChannel{}
		run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"daily": daily})})
		after(time.Minute)
		if got := daily.messages(); len(got) != 1 || len(got[0].Changes) != 3 || got[0].Changes[1].ID != "chg_4" {
			t.Errorf("sent %v", got)
		}
		if d := q.get(empty.Seq); d.State != roster.DeliverySent {
			t.Errorf("what has nothing left to tell is %s", d.State)
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

func TestSenderLooksWhenWokenAndOnlyThen(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q, p := newMemoryQueue(), &fakeChannel{}
		s := run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": p})})
		after(time.Minute)
		before := len(q.looked())
		after(24 * time.Hour)
		if len(q.looked()) != before {
			t.Errorf("looked %d times though nothing happened", len(q.looked())-before)
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
func TestSenderLooksAtTheChannelThatIsFree(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q := newMemoryQueue()
		q.addTo(3, "a")
		q.addTo(1, "slow", "later")
		q.set(later(q.get(5), time.Hour))
		run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": {}, "slow": slow(time.Minute), "later": {}})})
		after(2 * time.Minute)
		if want := []string{"*", "a", "a", "a", "slow"}; !slices.Equal(q.looked(), want) {
			t.Errorf("looked at %q", q.looked())
		}
		after(time.Hour)
		if q.waits() != 0 {
			t.Error("what is due later was forgotten")
		}
	})
}

// A channel that could not be looked at is not forgotten over another that could.
func TestSenderLooksAgain(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q := newMemoryQueue()
		q.addTo(3, "a")
		q.addTo(1, "slow")
		heads := 0
		q.broken = func(call string) error {
			if call != "NextPending" {
				return nil
			}
			if heads++; heads == 2 {
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

func later(d roster.Delivery, by time.Duration) roster.Delivery {
	d.DueAt = d.DueAt.Add(by)
	return d
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
		told := func(notify.OperatorAlert) {
			q.addTo(1, "ops")
			s.Wake()
		}
		s = notify.NewSender(notify.SenderOptions{Queue: q, Channels: channels(posts), OnAlert: told})
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
				if call == "NextPending" && len(q.looked()) == 1 {
					time.Sleep(time.Second) // meanwhile the last try ends
				}
				return nil
			}
			var s *notify.Sender
			told := func(notify.OperatorAlert) {
				q.addTo(1, "ops")
				s.Wake()
			}
			s = notify.NewSender(notify.SenderOptions{Queue: q, OnAlert: told,
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
			t.Errorf("settled as %+v", d)
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
			t.Errorf("settled as %+v", d)
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
			t.Errorf("complained %d times", n)
		}
		after(2 * time.Minute)
		if got := p.seqs(); !slices.Equal(got, []uint64{1, 2}) || q.waits() != 0 || q.get(1).Attempts != 1 {
			t.Errorf("after that: sent %v", got)
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

func TestSenderStopsInTime(t *testing.T) {
	deaf := &fakeChannel{behave: func(context.Context, notify.Message, func(string, string)) error {
		time.Sleep(time.Hour)
		return nil
	}}
	for _, c := range []struct {
		name     string
		post     *fakeChannel
		stopped  time.Duration
		state    roster.DeliveryState
		attempts int
	}{
		{"in time", slow(5 * time.Second), 4 * time.Second, roster.DeliverySent, 1},
		{"cut short", slow(30 * time.Second), 10 * time.Second, roster.DeliveryWaiting, 0},
		{"deaf", deaf, 12 * time.Second, roster.DeliveryWaiting, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			senderTest(t, func(t *testing.T) {
				q := newMemoryQueue()
				q.addTo(2, "a")
				s := run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": c.post})})
				after(time.Second)
				start := time.Now()
				s.Wake()
				if err := s.stop(); err != nil {
					t.Errorf("Run: %v", err)
				}
				if took := time.Since(start); took != c.stopped {
					t.Errorf("stopped after %s, want %s", took, c.stopped)
				}
				if got := c.post.seqs(); !slices.Equal(got, []uint64{1}) {
					t.Errorf("sent %v", got)
				}
				if d := q.get(1); d.State != c.state || d.Attempts != c.attempts || !d.NextAt.IsZero() {
					t.Errorf("settled as %+v", d)
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
			t.Errorf("settled as %+v", failed)
		}
		if q.waits() != 0 {
			t.Errorf("%d still wait", q.waits())
		}
		if log.count("secret") != 0 || log.count("sender_test.go") == 0 {
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
			t.Errorf("%d sends at once; settled as %+v", p.overlap(), d)
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
			t.Errorf("settled as %+v", d)
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

func TestSenderTellsOfAFailingChannelOnce(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q, alerts := newMemoryQueue(), &alertLog{}
		q.addTo(3, "a")
		start := time.Now()
		back := start.Add(30 * time.Hour)
		p := &fakeChannel{behave: func(context.Context, notify.Message, func(string, string)) error {
			if time.Now().Before(back) {
				return errBusy
			}
			return nil
		}}
		o := notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": p}), OnAlert: alerts.add}
		first := run(t, o)
		after(time.Hour - time.Second)
		if alerts.kinds() != "" {
			t.Errorf("told too early: %s", alerts.kinds())
		}
		after(9 * time.Hour)
		if err := first.stop(); err != nil {
			t.Fatal(err)
		}
		second := run(t, o)
		after(10 * time.Hour)
		if alerts.kinds() != "channel-failing a" || alerts.at[0].Sub(start) != time.Hour {
			t.Errorf("told: %s at %v", alerts.kinds(), alerts.at)
		}
		const want = "For 60 minutes nothing got through to the channel a. The last try: 500 Internal Server Error. Its messages wait and are tried again. To try the channel now: watch287g notify test a."
		if alerts.all[0].Text != want {
			t.Errorf("told: %s", alerts.all[0].Text)
		}
		if err := second.stop(); err != nil {
			t.Fatal(err)
		}
		third := run(t, o)
		after(20 * time.Hour)
		if err := third.stop(); err != nil {
			t.Fatal(err)
		}
		q.addTo(1, "a")
		run(t, o)
		synctest.Wait()
		if alerts.kinds() != "channel-failing a, channel-recovered a" || q.waits() != 0 {
			t.Errorf("told: %s", alerts.kinds())
		}
		if i := alerts.all[1].Incidents; len(i) != 1 || !i[0].Ended || i[0].Key != "channel-a" || !i[0].Since.Equal(start) || len(q.incidents) > 0 {
			t.Errorf("incidents: %+v, and open: %+v", i, q.incidents)
		}
	})
}

func TestSenderNamesWhatACorrectionCorrects(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q := newMemoryQueue()
		for seq := range uint64(6) {
			q.changes[seq] = roster.Change{ID: fmt.Sprint("chg_", seq), Seq: seq}
			if seq > 2 {
				c := q.changes[seq]
				c.Corrects = fmt.Sprint("chg_", seq-2)
				q.changes[seq] = c
			}
		}
		// 3 corrects 1, which was sent; 4 corrects 2, of which nothing is known.
		q.add(roster.Delivery{Channel: "a", Changes: []uint64{1}})
		q.add(roster.Delivery{Channel: "a", Changes: []uint64{3, 4}})
		// 5 corrects 3, in the same message, whose first part is through already.
		q.add(roster.Delivery{Channel: "b", Changes: []uint64{3, 5}, Receipts: []roster.Receipt{{Part: "1", Answer: "itself"}}})
		q.add(roster.Delivery{Channel: "a", Notice: &roster.Notice{Text: "All is well."}})
		p, other := &fakeChannel{}, &fakeChannel{}
		run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": p, "b": other})})
		synctest.Wait()
		if len(p.messages()) != 3 || len(other.messages()) != 1 {
			t.Fatalf("%d and %d sends", len(p.messages()), len(other.messages()))
		}
		if got := other.messages()[0].Corrects; len(got) != 0 {
			t.Errorf("corrects itself: %v", got)
		}
		if got, want := p.messages()[1].Corrects, map[string]string{"chg_3": "answer to dlv_1"}; !maps.Equal(got, want) {
			t.Errorf("corrects %v, want %v", got, want)
		}
		if m := p.messages()[2]; m.Delivery.Notice == nil || len(m.Changes) != 0 {
			t.Errorf("the notice: %+v", m)
		}
	})
}

// An amendment corrects the last message that named the agreement as it was.
func TestSenderNamesWhatAnAmendmentCorrects(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q := newMemoryQueue()
		for seq, c := range []roster.Change{
			1: {Kind: roster.KindNew, Agreement: roster.Agreement{ID: "x"}},
			2: {Kind: roster.KindNew, Agreement: roster.Agreement{ID: "y"}},
			3: {Kind: roster.KindDocument, Agreement: roster.Agreement{ID: "x"}}, // names it by the way
			4: {Kind: roster.KindAmended, Agreement: roster.Agreement{ID: "x"}},
			5: {Kind: roster.KindAmended, Agreement: roster.Agreement{ID: "z"}}, // of which nothing was said
		} {
			c.ID, c.Seq = fmt.Sprint("chg_", seq), uint64(seq)
			q.changes[c.Seq] = c
			if seq > 0 {
				q.add(roster.Delivery{Channel: "a", Changes: []uint64{c.Seq}})
			}
		}
		a := &fakeChannel{}
		run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": a})})
		synctest.Wait()
		var got []map[string]string
		for _, m := range a.messages() {
			got = append(got, m.Corrects)
		}
		if diff := cmp.Diff([]map[string]string{{}, {}, {}, {"chg_4": "answer to dlv_1"}, {}}, got); diff != "" {
			t.Error(diff)
		}
	})
}

// lines is a log.
type lines struct {
	mu  sync.Mutex
	all []string
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, string(p))
	return len(p), nil
}

// count says how many lines contain a text.
func (l *lines) count(text string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.all {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

var senderSeed = flag.Uint64("sender.seed", 0, "repeat TestSenderLosesNothing with this seed")

// TestSenderLosesNothing sends through services that fail in every way, from a
// store that fails, by senders that are killed at any moment.
func TestSenderLosesNothing(t *testing.T) {
	seed := *senderSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("-sender.seed=%d", seed)
	senderTest(t, func(t *testing.T) {
		w := &world{queue: newMemoryQueue(), random: rand.New(rand.NewPCG(seed, 287)), arrivals: map[partOf][]arrival{}, last: map[string]uint64{}, t: t}
		var dead []chan struct{}
		for range 40 {
			for range w.intn(12) {
				due := time.Now().Add(time.Duration(w.intn(3)) * time.Minute)
				w.queue.add(roster.Delivery{Channel: worldChannels[w.intn(len(worldChannels))], DueAt: due})
			}
			life := w.start()
			time.Sleep(time.Duration(w.intn(40_000)) * time.Millisecond)
			dead = append(dead, life.kill())
		}
		w.calm.Store(true)
		life := w.start()
		after(6 * time.Hour)
		dead = append(dead, life.kill())
		for _, gone := range dead {
			<-gone
		}
		w.check()
	})
}

var worldChannels = []string{"slack", "email", "webhook", "chat", "phone"}

// partOf is a part of a delivery.
type partOf struct{ id, part string }

// arrival is a part's arrival at a service.
type arrival struct {
	life *life // of the sender that sent it
	lost bool  // so was the answer
}

// world is what outlives a sender: the queue and the services.
type world struct {
	t        *testing.T
	queue    *memoryQueue
	calm     atomic.Bool // nothing fails any more
	mu       sync.Mutex
	random   *rand.Rand
	arrivals map[partOf][]arrival
	last     map[string]uint64 // Seq of what arrived last, by channel
}

func (w *world) intn(n int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.random.IntN(n)
}

// life is one sender's, up to its kill. After that nothing that it does counts.
type life struct {
	*memoryQueue
	world   *world
	killed  atomic.Bool
	cancel  context.CancelFunc
	gone    chan struct{}
	settled map[partOf]bool // under world.mu
}

var errKilled = errors.New("killed")

func (w *world) start() *life {
	ctx, cancel := context.WithCancel(context.Background())
	l := &life{memoryQueue: w.queue, world: w, cancel: cancel, gone: make(chan struct{}), settled: map[partOf]bool{}}
	all := map[string]notify.Channel{}
	for _, name := range worldChannels {
		all[name] = l
	}
	s := notify.NewSender(notify.SenderOptions{Queue: l, Channels: all, Grace: time.Nanosecond})
	go func() {
		defer close(l.gone)
		_ = s.Run(ctx) // a dead sender's complaints concern nobody
	}()
	return l
}

func (l *life) kill() (gone chan struct{}) {
	l.killed.Store(true)
	l.cancel()
	return l.gone
}

func (l *life) NextPending(ctx context.Context, channels ...string) ([]roster.Delivery, error) {
	if l.killed.Load() || l.fails(20) {
		return nil, errKilled
	}
	return l.memoryQueue.NextPending(ctx, channels...)
}

// SaveProgress fails now and then, also after it has written.
func (l *life) SaveProgress(ctx context.Context, ds ...roster.Delivery) error {
	time.Sleep(time.Duration(l.world.intn(20)) * time.Millisecond)
	if l.killed.Load() || l.fails(20) {
		return errKilled
	}
	if err := l.memoryQueue.SaveProgress(ctx, ds...); err != nil {
		return err
	}
	l.world.mu.Lock()
	for _, r := range ds[0].Receipts {
		l.settled[partOf{ds[0].ID, r.Part}] = true
	}
	l.world.mu.Unlock()
	if l.fails(20) {
		return errKilled
	}
	return nil
}

// fails is true once in n times, until all is calm.
func (l *life) fails(n int) bool { return !l.world.calm.Load() && l.world.intn(n) == 0 }

// Send is the service of every channel.
func (l *life) Send(ctx context.Context, m notify.Message, done func(part, answer string)) error {
	for _, part := range []string{"1", "2", "3"}[:1+m.Delivery.Seq%3] {
		if m.Delivery.Done(part) {
			continue
		}
		if err := l.sendPart(ctx, m.Delivery, part); err != nil {
			return err
		}
		done(part, "")
	}
	return nil
}

func (l *life) sendPart(ctx context.Context, d roster.Delivery, part string) error {
	l.takeTime()
	fault := ""
	if l.fails(3) {
		fault = []string{"500", "429", "hang", "panic", "close", "no answer"}[l.world.intn(6)]
	}
	switch fault {
	case "500":
		return errBusy
	case "429":
		return &notify.Failure{Err: errors.New("429"), RetryAfter: time.Duration(l.world.intn(30)) * time.Second}
	case "hang":
		<-ctx.Done()
		return ctx.Err()
	case "panic":
		panic("at random")
	}
	l.world.arrive(d, part, arrival{life: l, lost: fault != ""})
	switch fault {
	case "close":
		return errors.New("connection reset by peer")
	case "no answer":
		<-ctx.Done()
		return ctx.Err()
	}
	l.takeTime()
	return nil
}

func (l *life) takeTime() { time.Sleep(time.Duration(l.world.intn(1500)) * time.Millisecond) }

// arrive notes what got to a service, and that it is in order.
func (w *world) arrive(d roster.Delivery, part string, a arrival) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if a.life.killed.Load() {
		return // the process was gone before it sent
	}
	if d.Seq < w.last[d.Channel] {
		w.t.Errorf("%s: %d arrived after %d", d.Channel, d.Seq, w.last[d.Channel])
	}
	w.last[d.Channel] = d.Seq
	key := partOf{d.ID, part}
	w.arrivals[key] = append(w.arrivals[key], a)
}

// check sees that all arrived, and that what arrived twice had to.
func (w *world) check() {
	var parts, doubles int
	for _, d := range w.queue.all {
		if d.State != roster.DeliverySent {
			w.t.Errorf("%s is %s: %s", d.ID, d.State, d.LastError)
		}
		for _, part := range []string{"1", "2", "3"}[:1+d.Seq%3] {
			key := partOf{d.ID, part}
			all := w.arrivals[key]
			if len(all) == 0 || !d.Done(part) {
				w.t.Errorf("%v was lost", key)
				continue
			}
			parts, doubles = parts+1, doubles+len(all)-1
			for _, a := range all[:len(all)-1] {
				killedBetween := a.life.killed.Load() && !a.life.settled[key]
				if !a.lost && !killedBetween {
					w.t.Errorf("%v was sent again though its receipt was stored", key)
				}
			}
			delete(w.arrivals, key)
		}
	}
	if len(w.arrivals) > 0 {
		w.t.Errorf("arrived under ids that nobody sent: %v", slices.Collect(maps.Keys(w.arrivals)))
	}
	w.t.Logf("%d deliveries in %d parts, %d of them twice", len(w.queue.all), parts, doubles)
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
		if len(q.looks) > 10_001 {
			b.Errorf("looked %d times", len(q.looks))
		}
	}
	b.ReportMetric(10_000*float64(b.N)/b.Elapsed().Seconds(), "deliveries/s")
}
