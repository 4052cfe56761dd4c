package notify_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/roster"
)

func TestSenderReportsAFailingChannelOnce(t *testing.T) {
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
			t.Errorf("alerted too early: %s", alerts.kinds())
		}
		after(9 * time.Hour)
		if err := first.stop(); err != nil {
			t.Fatal(err)
		}
		second := run(t, o)
		after(10 * time.Hour)
		if alerts.kinds() != "channel-failing a" || alerts.at[0].Sub(start) != time.Hour {
			t.Errorf("alerts: %s at %v", alerts.kinds(), alerts.at)
		}
		const want = `Nothing has gotten through to the channel a since December 31, 1999, 7 p.m. ET: 500 Internal Server Error. 3 messages wait. Each is tried again by itself for 3 days; once it is mended, "watch287g deliveries retry a" tries at once.`
		if alerts.all[0].Text != want {
			t.Errorf("alerts: %s", alerts.all[0].Text)
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
		after(time.Minute)
		if alerts.kinds() != "channel-failing a, channel-failing a, channel-recovered a" || q.waits() != 0 {
			t.Errorf("alerts: %s", alerts.kinds())
		}
		if at := alerts.at[1].Sub(alerts.at[0]); at != 24*time.Hour {
			t.Errorf("reminded after %s", at)
		}
		after(25 * time.Hour)
		if len(q.incidents) > 0 {
			t.Errorf("open: %+v", q.incidents)
		}
	})
}

// Every operator hears of a channel that fails but through that channel itself.
func TestSenderAlertsTheOtherOperators(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q := newMemoryQueue()
		q.addTo(1, "on-call")
		refuses := always(&notify.Failure{Err: errBusy, Permanent: true})
		boss, news := &fakeChannel{}, &fakeChannel{}
		run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"on-call": refuses, "boss": boss, "news": news}),
			Rules: []notify.Rule{{Channel: "on-call", Operator: true}, {Channel: "boss", Operator: true}, {Channel: "news"}}})
		after(time.Minute)
		if len(refuses.messages()) != 1 || len(news.messages()) > 0 || len(boss.messages()) != 1 {
			t.Fatalf("%d, %d and %d sends", len(refuses.messages()), len(news.messages()), len(boss.messages()))
		}
		if n := boss.messages()[0].Delivery.Notice; n.Kind != notify.DeliveryDied || !strings.Contains(n.Text, "watch287g deliveries retry dlv_1") {
			t.Errorf("the alert: %+v", n)
		}
	})
}

// What should have been sent by now is named with its reason, and what was given
// up is sent again on request, without the parts that were sent.
func TestSenderSaysWhatIsOverdueAndSendsAgain(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q := newMemoryQueue()
		q.addTo(2, "fails", "works")
		q.add(roster.Delivery{Channel: "works", DueAt: time.Now().Add(time.Hour)})
		dead := q.add(roster.Delivery{Channel: "dead", Receipts: []roster.Receipt{{Part: "1"}}})
		fails := map[string]*fakeChannel{"fails": always(errBusy), "works": {}, "dead": always(&notify.Failure{Err: errBusy, Permanent: true})}
		s := notify.NewSender(notify.SenderOptions{Queue: q, Channels: channels(fails),
			Rules: []notify.Rule{{Channel: "works"}, {Channel: "fails"}, {Channel: "dead"}}})
		if err := s.RunOnce(t.Context()); err != nil {
			t.Fatal(err)
		}
		overdue, err := s.Overdue(t.Context())
		if want := []notify.Overdue{{Channel: "fails", Messages: 2, LastError: errBusy.Error()}}; err != nil || !slices.Equal(overdue, want) {
			t.Errorf("overdue: %+v, %v", overdue, err)
		}

		dead = q.get(dead.Seq)
		if err := notify.Requeue(t.Context(), q, dead); err != nil || dead.State != roster.DeliveryDead {
			t.Fatal(dead.State, err)
		}
		dead = q.get(dead.Seq)
		if dead.State != roster.DeliveryWaiting || dead.Attempts != 0 || !dead.TriedAt.IsZero() || !dead.EndedAt.IsZero() || !dead.Done("1") {
			t.Errorf("requeued as %+v", dead)
		}
	})
}

// What is announced past the queue reaches the others where a channel never answers, and
// is not sent there a second time before the first one has ended.
func TestAnnouncePastAChannelThatHangs(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		answer := make(chan struct{})
		hangs := &fakeChannel{behave: func(context.Context, notify.Message, func(string, string)) error {
			<-answer
			return nil
		}}
		boss := &fakeChannel{}
		s := notify.NewSender(notify.SenderOptions{Queue: newMemoryQueue(), Channels: channels(map[string]*fakeChannel{"hangs": hangs, "boss": boss}),
			Rules: []notify.Rule{{Channel: "hangs", Operator: true}, {Channel: "boss", Operator: true}}, Timeout: time.Minute})
		n, sent := roster.Notice{Kind: notify.StoreFailing, At: time.Now(), Text: "It fails."}, map[string]bool{}
		for _, within := range []time.Duration{63 * time.Second, 61 * time.Second} {
			began := time.Now()
			err := s.Announce(t.Context(), n, sent)
			if took := time.Since(began); err == nil || took > within || !sent["boss"] || sent["hangs"] || len(hangs.messages()) != 1 {
				t.Fatalf("after %v, sent to %v, %d times to the one that hangs: %v", took, sent, len(hangs.messages()), err)
			}
		}
		close(answer)
		if err := s.Announce(t.Context(), n, sent); err != nil || !sent["hangs"] || len(boss.messages()) != 1 {
			t.Errorf("sent to %v: %v", sent, err)
		}
	})
}

// What is announced past the queue reaches the others where a channel panics, and that
// one when it is tried again.
func TestAnnouncePastAChannelThatPanics(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		panics := true
		broken := &fakeChannel{behave: func(context.Context, notify.Message, func(string, string)) error {
			if panics {
				panic("https://hooks.example.org/secret")
			}
			return nil
		}}
		boss := &fakeChannel{}
		s := notify.NewSender(notify.SenderOptions{Queue: newMemoryQueue(), Channels: channels(map[string]*fakeChannel{"broken": broken, "boss": boss}),
			Rules: []notify.Rule{{Channel: "broken", Operator: true}, {Channel: "boss", Operator: true}}})
		n, sent := roster.Notice{Kind: notify.StoreFailing, At: time.Now(), Text: "It fails."}, map[string]bool{}
		err := s.Announce(t.Context(), n, sent)
		if err == nil || !strings.Contains(err.Error(), "through broken: the channel panicked (string)") || strings.Contains(err.Error(), "secret") || !sent["boss"] || sent["broken"] {
			t.Fatalf("sent to %v: %v", sent, err)
		}
		panics = false
		if err := s.Announce(t.Context(), n, sent); err != nil || !sent["broken"] || len(boss.messages()) != 1 {
			t.Errorf("sent to %v, %d times to the other: %v", sent, len(boss.messages()), err)
		}
	})
}
