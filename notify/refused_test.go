package notify_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/roster"
)

// mailList is a channel to several recipients, of whom a server refuses or puts off some.
type mailList struct {
	mu      sync.Mutex
	members []string
	answers map[string]int      // the code for a recipient; 0 and none: accepted
	got     map[string][]uint64 // what each has, in order
}

func newMailList(members ...string) *mailList {
	return &mailList{members: members, answers: map[string]int{}, got: map[string][]uint64{}}
}

func (l *mailList) answer(member string, code int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answers[member] = code
}

func (l *mailList) has(member string) []uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.got[member])
}

func (l *mailList) Send(_ context.Context, m notify.Message, done func(part, answer string)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var left []roster.Leftover
	later := false
	for _, to := range l.members {
		only := len(m.Delivery.Left) > 0 && !slices.ContainsFunc(m.Delivery.Left, func(f roster.Leftover) bool { return f.Part == to })
		code := l.answers[to]
		switch {
		case m.Delivery.Done(to) || only:
			continue
		case code == 0 && !slices.Contains(m.Held, to):
			l.got[to] = append(l.got[to], m.Delivery.Seq)
			done(to, "")
			continue
		}
		left = append(left, roster.Leftover{Part: to, Answer: fmt.Sprint(code), Refused: code >= 500})
		later = later || code < 500
	}
	if len(left) == 0 {
		return nil
	}
	return &notify.Failure{Err: errors.New("some are left"), Left: left, Permanent: !later}
}

// A recipient who is refused is a dead letter, told of once and sent again alone; the
// others have everything once.
func TestRefusedRecipient(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q, ops, list := newMemoryQueue(), &fakeChannel{}, newMailList("ann@example.org", "bea@example.org", "cem@example.org")
		list.answer("bea@example.org", 550)
		var log lines
		s := run(t, notify.SenderOptions{Queue: q, Channels: map[string]notify.Channel{"ops": ops, "list": list}, Rules: rules([]string{"ops"}, "list"),
			Log: slog.New(slog.NewTextHandler(&log, nil))})
		var dead []roster.Delivery
		for range 3 {
			d := q.add(roster.Delivery{Channel: "list"})
			s.Wake()
			after(time.Hour)
			d = q.get(d.Seq)
			if d.State != roster.DeliveryDead || !slices.Equal(d.Left, []roster.Leftover{{Part: "bea@example.org", Answer: "550", Refused: true}}) || len(d.Receipts) != 2 {
				t.Fatalf("saved as %+v", d)
			}
			dead = append(dead, d)
		}
		const want = `recipient-refused: The mail server takes no mail for 1 recipient of the channel list: b…@example.org (550). The others have theirs. This is reported once per address: correct or remove it in the configuration. "watch287g deliveries retry list" sends what was missed.`
		if got := ops.notices(); len(got) != 1 || got[0] != want {
			t.Errorf("told %q", got)
		}
		list.answer("bea@example.org", 0)
		if err := notify.Requeue(t.Context(), q, dead...); err != nil {
			t.Fatal(err)
		}
		s.Wake()
		after(time.Minute)
		for _, member := range list.members {
			if got, want := list.has(member), []uint64{dead[0].Seq, dead[1].Seq, dead[2].Seq}; !slices.Equal(got, want) {
				t.Errorf("%s has %v", member, got)
			}
		}
		if len(q.incidents) > 0 || log.count("bea@") > 0 {
			t.Errorf("left: %+v", q.incidents)
		}
	})
}

// Recipients who are put off keep nothing from the others, and get theirs in order.
func TestRecipientsPutOff(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q, list := newMemoryQueue(), newMailList("ann@example.org", "bea@example.org", "cem@example.org")
		list.answer("bea@example.org", 450)
		o := notify.SenderOptions{Queue: q, Channels: map[string]notify.Channel{"list": list}}
		s := run(t, o)
		var sent []uint64
		add := func(n int) {
			for range n {
				sent = append(sent, q.add(roster.Delivery{Channel: "list"}).Seq)
			}
			s.Wake()
			after(time.Second)
			if got := list.has("ann@example.org"); !slices.Equal(got, sent) {
				t.Fatalf("one who is not put off has %v of %v", got, sent)
			}
		}
		add(3)
		after(20 * time.Minute)
		list.answer("cem@example.org", 451)
		add(2)
		after(3 * time.Hour)
		if err := s.stop(); err != nil {
			t.Fatal(err)
		}
		s = run(t, o)
		add(1)
		list.answer("bea@example.org", 0)
		after(2 * time.Hour)
		add(1)
		list.answer("cem@example.org", 0)
		after(2 * time.Hour)
		for _, member := range list.members {
			if got := list.has(member); !slices.Equal(got, sent) {
				t.Errorf("%s has %v of %v", member, got, sent)
			}
		}
		if n := q.states(); n[roster.DeliverySent] != len(sent) {
			t.Errorf("states: %v", n)
		}
	})
}

// One who is put off for three days is given up, and one who is for longer does not make
// the channel one that fails.
func TestRecipientPutOffForDays(t *testing.T) {
	senderTest(t, func(t *testing.T) {
		q, ops, list := newMemoryQueue(), &fakeChannel{}, newMailList("ann@example.org", "bea@example.org")
		list.answer("bea@example.org", 452)
		s := run(t, notify.SenderOptions{Queue: q, Channels: map[string]notify.Channel{"ops": ops, "list": list}, Rules: rules([]string{"ops"}, "list")})
		for range 10 {
			q.addTo(1, "list")
			s.Wake()
			after(12 * time.Hour)
		}
		if n := q.states(); n[roster.DeliveryDead] != 4 && n[roster.DeliveryDead] != 5 {
			t.Errorf("states: %v", n)
		}
		if got := ops.notices(); len(got) != 1 || !strings.HasPrefix(got[0], "recipient-refused: ") {
			t.Errorf("told %q", got)
		}
	})
}
