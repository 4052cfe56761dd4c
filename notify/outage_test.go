package notify_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/notify/outage"
	"github.com/watch287g/watch287g/roster"
)

var (
	errRevoked = &notify.Failure{Err: errors.New("slack answers token_revoked: the token is not valid"), Permanent: true, Channel: true}
	errTooBig  = &notify.Failure{Err: errors.New("the endpoint answers 413 Request Entity Too Large"), Permanent: true}
)

// broken is a channel that fails while it is told to.
type broken struct {
	fakeChannel
	with atomic.Pointer[error]
}

func (b *broken) fail(err error) { b.with.Store(&err) }

func (b *broken) Send(ctx context.Context, m notify.Message, done func(part, answer string)) error {
	if err := b.with.Load(); err != nil && *err != nil {
		return *err
	}
	return b.fakeChannel.Send(ctx, m, done)
}

// notices are the texts that an operator's channel got, each behind its kind.
func (p *fakeChannel) notices() []string {
	var all []string
	for _, m := range p.messages() {
		if n := m.Delivery.Notice; n != nil {
			all = append(all, n.Kind+": "+n.Text)
		}
	}
	return all
}

func rules(operators []string, others ...string) []notify.Rule {
	var all []notify.Rule
	for _, name := range operators {
		all = append(all, notify.Rule{Channel: name, Operator: true})
	}
	for _, name := range others {
		all = append(all, notify.Rule{Channel: name})
	}
	return all
}

// A token that was revoked is one outage: its messages wait in their order, across
// restarts, and the operator hears of it once, at stated times, and once when it ends.
func TestOutageOfAChannel(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q, ops, room := newMemoryQueue(), &fakeChannel{}, &broken{}
		room.fail(errRevoked)
		q.addTo(3, "room")
		o := notify.SenderOptions{Queue: q, Channels: map[string]notify.Channel{"ops": ops, "room": room}, Rules: rules([]string{"ops"}, "room")}
		s := run(t, o)
		restart := func() {
			if err := s.stop(); err != nil {
				t.Fatal(err)
			}
			s = run(t, o)
		}
		after(2*time.Minute - time.Second)
		if got := ops.notices(); len(got) > 0 {
			t.Fatalf("told too early: %q", got)
		}
		after(time.Second)
		const began = `channel-failing: Nothing has gotten through to the channel room since December 31, 1999, 7 p.m. ET: slack answers token_revoked: the token is not valid. 3 messages wait. Each is tried again by itself for 3 days; once it is mended, "watch287g deliveries retry room" tries at once.`
		if got := ops.notices(); len(got) != 1 || got[0] != began {
			t.Fatalf("it begins with %q", got)
		}
		for range 20 {
			after(2 * time.Hour)
			q.addTo(1, "room")
			s.Wake()
			restart()
		}
		if n := q.states(); n[roster.DeliveryDead] != 0 || n[roster.DeliveryWaiting] != 23 {
			t.Errorf("states: %v", n)
		}
		const lasting = `channel-failing: Still nothing gets through to the channel room, for 24 hours now: slack answers token_revoked: the token is not valid. 14 messages wait. Once it is mended, "watch287g deliveries retry room" sends all of them.`
		if got := ops.notices(); len(got) != 2 || got[1] != lasting {
			t.Fatalf("it lasts with %q", got)
		}
		room.fail(nil)
		if err := q.Enqueue(t.Context(), nil, []roster.Incident{outage.Retry("room", time.Now())}); err != nil {
			t.Fatal(err)
		}
		s.Wake()
		synctest.Wait()
		if got := room.seqs(); len(got) != 23 || !slices.IsSorted(got) {
			t.Errorf("sent at once when the operator asks: %v", got)
		}
		after(time.Minute)
		const ended = `channel-recovered: Messages get through to the channel room again, after 40 hours. 23 messages that waited were sent.`
		if got := ops.notices(); len(got) != 3 || got[2] != ended {
			t.Errorf("it ends with %q", got)
		}
		after(25 * time.Hour)
		if len(q.incidents) > 0 {
			t.Errorf("left: %+v", q.incidents)
		}
	})
}

// A channel that nobody mends gives its messages up one after the other, each after
// three days, and says so in the reminders and not one by one.
func TestOutageThatNobodyEnds(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q, ops, room := newMemoryQueue(), &fakeChannel{}, &broken{}
		room.fail(errRevoked)
		start := time.Now()
		died := map[uint64]time.Duration{} // how long each waited
		q.saved = func(d roster.Delivery) {
			if d.State == roster.DeliveryDead {
				died[d.Seq] = time.Since(d.DueAt)
			}
		}
		s := run(t, notify.SenderOptions{Queue: q, Channels: map[string]notify.Channel{"ops": ops, "room": room}, Rules: rules([]string{"ops"}, "room")})
		for range 10 {
			q.addTo(1, "room")
			s.Wake()
			after(12 * time.Hour)
		}
		after(11*24*time.Hour - time.Since(start))
		if len(died) != 10 {
			t.Fatalf("%d were given up", len(died))
		}
		for seq, waited := range died {
			if waited < 72*time.Hour || waited > 74*time.Hour {
				t.Errorf("message %d was given up after %s", seq, waited)
			}
		}
		got := ops.notices()
		if len(got) != 4 || !strings.Contains(got[2], "for 3 days now: slack answers token_revoked: the token is not valid. 6 messages wait, and 1 message was given up after 3 days.") &&
			!strings.Contains(got[2], "for 3 days now: slack answers token_revoked: the token is not valid. 7 messages wait.") {
			t.Errorf("told %q", got)
		}
		if last := got[len(got)-1]; !strings.Contains(last, "for 10 days now") || !strings.Contains(last, "No message waits, and 10 messages were given up after 3 days.") {
			t.Errorf("told at last: %s", last)
		}
	})
}

// Fifty channels that fail together are one message, and the operator's own channel
// among them is told about in the log.
func TestOutageOfManyChannels(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q, ops := newMemoryQueue(), &broken{}
		all, names := map[string]notify.Channel{"ops": ops}, []string{}
		down := []*broken{ops}
		for i := range 49 {
			name, c := fmt.Sprintf("c%02d", i), &broken{}
			all[name], names, down = c, append(names, name), append(down, c)
		}
		for i, c := range down {
			if c.fail(errBusy); i%7 == 3 {
				c.fail(errRevoked)
			}
		}
		q.addTo(2, append(names, "ops")...)
		var log lines
		run(t, notify.SenderOptions{Queue: q, Channels: all, Rules: rules([]string{"ops"}, names...), Log: slog.New(slog.NewTextHandler(&log, nil))})
		after(3 * time.Hour)
		if n := log.count(`level=ERROR msg="trouble with a channel" about=channel-failing channel=ops operators=true`); n != 1 {
			t.Errorf("its own outage was logged %d times", n)
		}
		for _, c := range down {
			c.fail(nil)
		}
		after(2 * time.Hour)
		got := ops.notices()
		if len(got) < 3 || len(got) > 5 { // one may have been under way when the others came back
			t.Fatalf("%d notices: %s", len(got), strings.Join(got, "\n\n"))
		}
		if want := "channel-failing: Nothing has gotten through to 7 channels since"; !strings.HasPrefix(got[0], want) {
			t.Errorf("first %s", got[0])
		}
		if want := "channel-failing: Nothing has gotten through to 42 channels since"; !strings.HasPrefix(got[1], want) || !strings.Contains(got[1], "\nThe channels: c") || len(got[1]) > 500 {
			t.Errorf("then %s", got[1])
		}
		if want := " channels again, after up to 3 hours. "; !strings.HasPrefix(got[2], "channel-recovered: Messages get through to 4") || !strings.Contains(got[2], want) || !strings.Contains(got[2], "\nThe channels: c0") {
			t.Errorf("at last %s", got[2])
		}
	})
}

// A channel that fails every second time is no outage, and one that refuses every second
// message is reported once an hour at most.
func TestOutageFlaps(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q, ops, tries := newMemoryQueue(), &fakeChannel{}, 0
		flaps := &fakeChannel{behave: func(context.Context, notify.Message, func(string, string)) error {
			if tries++; tries%2 == 0 {
				return errRevoked
			}
			return nil
		}}
		sends := 0
		picky := &fakeChannel{behave: func(context.Context, notify.Message, func(string, string)) error {
			if sends++; sends%2 == 0 {
				return errTooBig
			}
			return nil
		}}
		s := run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"flaps": flaps, "picky": picky, "ops": ops}),
			Rules: rules([]string{"ops"}, "flaps", "picky")})
		for range 120 {
			q.addTo(1, "flaps", "picky")
			s.Wake()
			after(2 * time.Minute)
		}
		got := ops.notices()
		if len(got) != 4 || strings.Contains(strings.Join(got, ""), "flaps") || !strings.HasPrefix(got[0], "delivery-dead: A message to the channel picky was given up: the endpoint answers 413 Request Entity Too Large. Later ones are sent all the same. To send it again: watch287g deliveries retry dlv_") ||
			!strings.HasPrefix(got[1], "delivery-dead: 15 messages to the channel picky were given up while others got through.") {
			t.Errorf("%d notices: %s", len(got), strings.Join(got, "\n\n"))
		}
	})
}

// Outages that come back are told less and less often.
func TestOutageComesBack(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q, ops, room := newMemoryQueue(), &fakeChannel{}, &broken{}
		s := run(t, notify.SenderOptions{Queue: q, Channels: map[string]notify.Channel{"ops": ops, "room": room}, Rules: rules([]string{"ops"}, "room")})
		for i := range 24 * 6 { // ten minutes each
			room.fail(nil)
			if i%2 == 0 {
				room.fail(errRevoked)
			}
			q.addTo(1, "room")
			s.Wake()
			after(10 * time.Minute)
		}
		if got := ops.notices(); len(got) > 10 {
			t.Errorf("%d notices: %s", len(got), strings.Join(got, "\n\n"))
		}
	})
}

// A channel that refuses one message after the other for what it is gives up two of
// them; the others wait.
func TestOutageOfAChannelThatRefusesAll(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q, ops, hook := newMemoryQueue(), &fakeChannel{}, &broken{}
		hook.fail(errTooBig)
		q.addTo(6, "hook")
		o := notify.SenderOptions{Queue: q, Channels: map[string]notify.Channel{"ops": ops, "hook": hook}, Rules: rules([]string{"ops"}, "hook")}
		for range 4 { // as a poll by cron does
			if err := notify.NewSender(o).RunOnce(t.Context()); err != nil {
				t.Fatal(err)
			}
			after(15 * time.Minute)
		}
		if n := q.states(); n[roster.DeliveryDead] != 2 || n[roster.DeliveryWaiting] != 4 {
			t.Errorf("states: %v", n)
		}
		if got := ops.notices(); len(got) != 2 || !strings.HasPrefix(got[0], "delivery-dead: 2 messages to the channel hook were given up") || !strings.HasPrefix(got[1], "channel-failing: Nothing has gotten through to the channel hook") {
			t.Errorf("told %q", got)
		}
	})
}

// Two operators' channels that refuse what they get do not tell each other forever.
func TestOutageOfTheOperatorsChannels(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q, one, two, room := newMemoryQueue(), always(errTooBig), always(errTooBig), &broken{}
		room.fail(errRevoked)
		q.addTo(1, "room")
		var log lines
		run(t, notify.SenderOptions{Queue: q, Channels: map[string]notify.Channel{"one": one, "two": two, "room": room},
			Rules: rules([]string{"one", "two"}, "room"), Log: slog.New(slog.NewTextHandler(&log, nil))})
		after(30 * 24 * time.Hour)
		if n := len(q.all); n > 30 {
			t.Errorf("%d deliveries in a month", n)
		}
	})
}

// A clock that is set a year ahead has no messages given up but the one under way, and
// one that is set back has nobody wait for a year.
func TestOutageWhileTheClockIsSet(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q, ops, room := newMemoryQueue(), &fakeChannel{}, &broken{}
		var skew atomic.Int64
		now := func() time.Time { return time.Now().Add(time.Duration(skew.Load())) }
		room.fail(errRevoked)
		q.addTo(5, "room")
		run(t, notify.SenderOptions{Queue: q, Channels: map[string]notify.Channel{"ops": ops, "room": room}, Rules: rules([]string{"ops"}, "room"), Now: now})
		after(time.Hour)
		skew.Store(int64(365 * 24 * time.Hour))
		after(20 * time.Minute)
		if n := q.states(); n[roster.DeliveryDead] > 1 {
			t.Errorf("set ahead: %v", n)
		}
		skew.Store(0)
		room.fail(nil)
		after(30 * time.Minute)
		if n := q.states(); n[roster.DeliveryWaiting] > 4 {
			t.Errorf("set back: %v", n)
		}
	})
}

// A service that asks for a pause of a year is asked again after a day, and the operator
// hears of it after an hour.
func TestOutageByRetryAfter(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q, ops := newMemoryQueue(), &fakeChannel{}
		limited := always(&notify.Failure{Err: errors.New("the endpoint answers 429 Too Many Requests"), RetryAfter: 365 * 24 * time.Hour})
		q.addTo(2, "a")
		run(t, notify.SenderOptions{Queue: q, Channels: channels(map[string]*fakeChannel{"a": limited, "ops": ops}), Rules: rules([]string{"ops"}, "a")})
		after(time.Hour)
		if got := ops.notices(); len(got) != 1 {
			t.Errorf("told %q", got)
		}
		after(7 * 24 * time.Hour)
		if n := q.states(); n[roster.DeliveryDead] != 2 || len(limited.messages()) > 8 {
			t.Errorf("%v after %d tries", n, len(limited.messages()))
		}
	})
}
