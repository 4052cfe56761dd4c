package notify_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/roster"
)

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
					t.Errorf("saved as %+v", d)
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
				return fmt.Errorf("bad gateway\n<html>\x1b[31m%s", strings.Repeat("é", 600))
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
		if r := []rune(d.LastError); len(r) != 500 || !strings.HasPrefix(d.LastError, "bad gateway <html>[31mé") {
			t.Errorf("%d characters of reason: %s", len(r), d.LastError)
		}
		if next := q.get(2); next.State != roster.DeliverySent || !next.TriedAt.Equal(d.EndedAt) {
			t.Errorf("the next one: %+v", next)
		}
		after(time.Minute)
		if alerts.kinds() != "channel-failing a, channel-failing a, delivery-dead a, channel-recovered a" {
			t.Errorf("alerts: %s", alerts.kinds())
		}
		if text := alerts.all[3].Text; !strings.Contains(text, "after 3 days. 1 message that waited was sent; 1 other was given up after 3 days, and \"watch287g deliveries retry a\" sends it, too.") {
			t.Errorf("it ends with: %s", text)
		}
	})
}

func TestSenderGivesUpAtOnceWhatIsRefusedForGood(t *testing.T) {
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
			t.Errorf("saved as %+v", d)
		}
		if d := q.get(2); d.State != roster.DeliverySent {
			t.Errorf("the next one: %+v", d)
		}
		const want = "A message to the channel a was given up after 1 try: slack: no such channel. Later ones are sent all the same. To send it again: watch287g deliveries retry dlv_1."
		if alerts.kinds() != "delivery-dead a" || alerts.all[0].Text != want {
			t.Errorf("alerts: %+v", alerts.all)
		}
	})
}
