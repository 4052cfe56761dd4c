package notify_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/roster"
)

// queueOf is a queue with one message for each of the channels.
func queueOf(channels ...string) *memoryQueue {
	q := newMemoryQueue()
	q.addTo(1, channels...)
	return q
}

// TestReconfigureWhileSending changes all that there is to change while a message is
// under way: that one ends where it began, and the next goes where it belongs.
func TestReconfigureWhileSending(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		before, after1, removed, added := slow(30*time.Second), &fakeChannel{}, slow(30*time.Second), &fakeChannel{}
		log := &lines{}
		q := queueOf("moves", "moves", "goes", "goes", "comes")
		s := run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"moves": before, "goes": removed}), Log: slog.New(slog.NewTextHandler(log, nil))})
		after(10 * time.Second)
		s.Reconfigure(t.Context(), notify.Setup{Channels: channels(map[string]*fakeChannel{"moves": after1, "comes": added})})
		after(time.Second)
		if !slices.Equal(added.seqs(), []uint64{5}) || len(after1.seqs()) > 0 {
			t.Errorf("to the one that came: %v; to the other place: %v, while the first message is under way", added.seqs(), after1.seqs())
		}
		after(time.Minute)
		if !slices.Equal(before.seqs(), []uint64{1}) || !slices.Equal(after1.seqs(), []uint64{2}) || !slices.Equal(removed.seqs(), []uint64{3}) {
			t.Errorf("sent to the place of before: %v, to the one of now: %v, to the one that is gone: %v", before.seqs(), after1.seqs(), removed.seqs())
		}
		for seq, state := range map[uint64]roster.DeliveryState{1: "sent", 2: "sent", 3: "sent", 4: "waiting", 5: "sent"} {
			if d := q.get(seq); d.State != state {
				t.Errorf("message %d is %s", seq, d.State)
			}
		}
		if log.count("messages wait for a channel that is not configured") != 2 {
			t.Errorf("the log is %q", log.all)
		}

		// The one that went comes back while nothing else happens.
		back := &fakeChannel{}
		s.Reconfigure(t.Context(), notify.Setup{Channels: channels(map[string]*fakeChannel{"goes": back})})
		after(time.Second)
		if !slices.Equal(back.seqs(), []uint64{4}) {
			t.Errorf("to the one that came back: %v", back.seqs())
		}
	})
}

// TestReconfigureBackAndForth takes a channel away and gives it back while its message
// is under way: no other try begins before that one has ended.
func TestReconfigureBackAndForth(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		long := slow(30 * time.Second)
		q := queueOf("a", "a")
		s := run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": long})})
		after(time.Second)
		last := slow(time.Second)
		for range 20 {
			s.Reconfigure(t.Context(), notify.Setup{})
			s.Reconfigure(t.Context(), notify.Setup{Channels: channels(map[string]*fakeChannel{"a": slow(time.Second)})})
			s.Reconfigure(t.Context(), notify.Setup{Channels: channels(map[string]*fakeChannel{"a": last})})
			after(time.Second)
		}
		if !slices.Equal(long.seqs(), []uint64{1}) || len(last.seqs()) > 0 {
			t.Errorf("began on the first: %v, on the last: %v", long.seqs(), last.seqs())
		}
		after(time.Minute)
		if !slices.Equal(long.seqs(), []uint64{1}) || !slices.Equal(last.seqs(), []uint64{2}) {
			t.Errorf("sent to the first: %v, to the last: %v", long.seqs(), last.seqs())
		}
	})
}

// TestReconfigureTriesAtOnce mends a channel: what failed is not left waiting for the
// end of its pause, and where the place is another one, all parts are sent there.
func TestReconfigureTriesAtOnce(t *testing.T) {
	for _, moved := range []bool{false, true} {
		senderTest(t, func(t *testing.T) {
			half := &fakeChannel{behave: func(_ context.Context, _ notify.Message, done func(string, string)) error {
				done("1", "there")
				return &notify.Failure{Err: errors.New("429"), RetryAfter: 10 * time.Hour}
			}}
			q := queueOf("a")
			s := run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": half})})
			after(time.Second)
			mended := &fakeChannel{}
			s.Reconfigure(t.Context(), notify.Setup{Channels: channels(map[string]*fakeChannel{"a": mended}), Changed: map[string]bool{"a": moved}})
			after(time.Second)
			if len(mended.messages()) != 1 {
				t.Fatalf("%d messages", len(mended.messages()))
			}
			if had := len(mended.messages()[0].Delivery.Receipts); had != 1 && !moved || had != 0 && moved {
				t.Errorf("it has %d parts by the time it is sent; moved: %v", had, moved)
			}
		})
	}
}
