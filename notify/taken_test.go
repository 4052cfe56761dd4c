package notify_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/roster"
)

// A sender whose channel another machine took over, or whose message was moved, neither
// insists on its own record nor sends on what is left of the message.
func TestSenderYieldsToWhoHasTheDelivery(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q := newMemoryQueue()
		q.addTo(2, "a")
		taken := false // so that what this sender records is not what was
		q.broken = func(call string) error {
			if call == "SaveProgress" && taken {
				taken = false
				return backoff.Permanent(errors.New("it is not what it was"))
			}
			return nil
		}
		parts := 0
		p := &fakeChannel{behave: func(ctx context.Context, m notify.Message, done func(part, answer string)) error {
			if m.Delivery.Seq == 1 {
				other := q.get(1)
				other.State, other.Attempts, other.EndedAt = roster.DeliverySent, 1, time.Now()
				if err := q.SaveProgress(ctx, other); err != nil {
					return err
				}
				taken = true
			}
			for _, part := range []string{"1", "2", "3"} {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				parts++
				done(part, "")
			}
			return nil
		}}
		run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": p})})
		after(time.Minute)
		if got := p.seqs(); !slices.Equal(got, []uint64{1, 2}) || parts != 1+3 || q.waits() != 0 {
			t.Errorf("sent %v, %d parts; %d wait", got, parts, q.waits())
		}
		if d := q.get(1); d.State != roster.DeliverySent || len(d.Receipts) != 0 || d.Attempts != 1 {
			t.Errorf("what the other machine recorded became %+v", d)
		}
	})
}
