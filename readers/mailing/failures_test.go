package mailing_test

import (
	"context"
	"errors"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/readers/mailing"
	"github.com/watch287g/watch287g/roster"
)

func refusal(code int, e smtp.EnhancedCode) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: e, Message: "no"}
}

// One who is put off is tried again alone, one who is refused is told to who judges that,
// and nobody else waits for either.
func TestPutOffAndRefused(t *testing.T) {
	p := newPost(t)
	p.run(t)
	for _, name := range []string{"a", "b", "full", "gone"} {
		p.reads(t, name, notify.Instant, "state:TX")
	}
	full := true
	p.sink.rcpt = func(to string) error {
		switch {
		case strings.HasPrefix(to, "gone"):
			return refusal(550, smtp.EnhancedCode{5, 1, 1})
		case strings.HasPrefix(to, "full") && full:
			return refusal(452, smtp.EnhancedCode{4, 2, 2})
		}
		return nil
	}
	p.lists.add(july3, change(roster.KindNew, agreement("TX", "Harris", roster.TFM)))
	p.run(t)
	if diff := cmp.Diff([]string{"a@example.net", "b@example.net"}, p.sink.recipients()); diff != "" {
		t.Errorf("at first (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"gone@example.net 550 5.1.1"}, p.desk.refused); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}
	p.clock.set(july3.Add(6 * time.Minute)) // still full
	p.restart(t)
	p.run(t)
	full = false
	p.clock.set(july3.Add(8 * time.Minute)) // not yet tried again
	p.run(t)
	if got := p.sink.recipients(); len(got) != 2 {
		t.Errorf("too early: %v", got)
	}
	p.clock.set(july3.Add(20 * time.Minute))
	p.run(t)
	if diff := cmp.Diff([]string{"a@example.net", "b@example.net", "full@example.net"}, p.sink.recipients()); diff != "" {
		t.Errorf("in the end (-want +got):\n%s", diff)
	}
	if p.desk.sent[false] != 3 {
		t.Errorf("%v were counted", p.desk.sent)
	}
}

// One who is put off for three days is told to who judges that.
func TestPutOffForLong(t *testing.T) {
	p := newPost(t)
	p.run(t)
	p.reads(t, "full", notify.Instant, "state:TX")
	tries := 0
	p.sink.rcpt = func(string) error { tries++; return refusal(452, smtp.EnhancedCode{4, 2, 2}) }
	p.lists.add(july3, change(roster.KindNew, agreement("TX", "Harris", roster.TFM)))
	for at := july3; at.Before(july3.Add(80 * time.Hour)); at = at.Add(30 * time.Minute) {
		p.clock.set(at)
		p.run(t)
	}
	if len(p.desk.refused) != 1 || p.desk.refused[0] != "full@example.net 452 4.2.2" || tries < 12 || tries > 25 {
		t.Errorf("%d tries, refused: %v", tries, p.desk.refused)
	}
}

// A server that is down stops the mail, which the operator hears of once; when it is back
// everybody gets theirs, once.
func TestServerDown(t *testing.T) {
	var told []string
	p := newPost(t, func(o *mailing.Options) {
		o.Trouble = func(_ context.Context, err error) {
			if err == nil {
				told = append(told, "back")
			} else {
				told = append(told, "down")
			}
		}
	})
	p.run(t)
	for i := range 120 {
		p.reads(t, "reader"+strconv.Itoa(i), notify.Instant, "state:TX")
	}
	p.sink.stop()
	p.lists.add(july3, change(roster.KindNew, agreement("TX", "Harris", roster.TFM)))
	p.run(t)
	if len(told) > 0 {
		t.Errorf("told at once: %v", told)
	}
	for i := range 4 {
		p.clock.set(july3.Add(time.Duration(i) * 6 * time.Minute))
		p.run(t)
	}
	told = slices.Compact(told) // who is told says it once
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:"+strconv.Itoa(p.sink.port))
	if err != nil {
		t.Skip(err) // somebody took the port
	}
	p.sink.serve(t, listener)
	p.clock.set(july3.Add(time.Hour))
	p.run(t)
	got := p.sink.recipients()
	if once := slices.Compact(slices.Clone(got)); len(got) != 120 || len(once) != 120 {
		t.Errorf("%d mails to %d readers", len(got), len(once))
	}
	if diff := cmp.Diff([]string{"down", "back"}, told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

// A server that hangs up after some mails costs nobody theirs, nor gives it twice.
func TestServerHangsUp(t *testing.T) {
	p := newPost(t)
	p.run(t)
	for i := range 120 {
		p.reads(t, "reader"+strconv.Itoa(i), notify.Instant, "state:TX")
	}
	var mu sync.Mutex
	n := 0
	p.sink.rcpt = func(string) error {
		mu.Lock()
		defer mu.Unlock()
		if n++; n%30 == 0 {
			return &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 7, 0}, Message: "enough"}
		}
		return nil
	}
	p.lists.add(july3, change(roster.KindNew, agreement("TX", "Harris", roster.TFM)))
	for i := range 4 {
		p.clock.set(july3.Add(time.Duration(i) * time.Hour))
		p.run(t)
	}
	got := p.sink.recipients()
	if once := slices.Compact(slices.Clone(got)); len(got) != 120 || len(once) != 120 {
		t.Errorf("%d mails to %d readers", len(got), len(once))
	}
}

// crash is a store that fails once its time has come.
type crash struct {
	mailing.Store
	after int // calls of Save that go well
}

var errCrash = errors.New("the process ends")

func (c *crash) Save(ctx context.Context, batch uint64, cursor readers.Cursor) error {
	if c.after--; c.after < 0 {
		return errCrash
	}
	return c.Store.Save(ctx, batch, cursor)
}

// Another process goes on where one died: nobody is missed, and who gets a mail twice was
// being sent to, and can tell by its Message-ID.
func TestGoesOn(t *testing.T) {
	p := newPost(t)
	p.run(t)
	const many = 230
	for i := range many {
		p.reads(t, "reader"+strconv.Itoa(i), notify.Instant, "state:TX")
	}
	p.lists.add(july3, change(roster.KindNew, agreement("TX", "Harris", roster.TFM)))
	p.o.Store = &crash{Store: p.store, after: 2}
	p.restart(t)
	if err := p.try(t); !errors.Is(err, errCrash) {
		t.Fatalf("it ends with %v", err)
	}
	p.o.Store = p.store
	p.restart(t)
	p.run(t)
	ids := map[string][]string{}
	for _, m := range p.sink.all(t) {
		ids[m.to] = append(ids[m.to], m.header.Get("Message-Id"))
	}
	twice := 0
	for to, of := range ids {
		if twice += len(of) - 1; len(slices.Compact(of)) != 1 {
			t.Errorf("%s has mails of several ids: %v", to, of)
		}
	}
	if len(ids) != many || twice == 0 || twice > 50 {
		t.Errorf("%d readers of %d have mail, %d twice", len(ids), many, twice)
	}
}

// So many letters leave within an hour, and the others after that.
func TestConfirmationsAreCapped(t *testing.T) {
	p := newPost(t, func(o *mailing.Options) { o.Confirmations = 5 })
	p.run(t)
	w := readers.Wish{Language: "es", Cadence: notify.Daily, Follows: followed(t, "county:48201")}
	for i := range 12 {
		if err := p.store.Ask(t.Context(), readers.NewRequest("reader"+strconv.Itoa(i)+"@example.net", w, july3)); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		after time.Duration
		want  int
	}{{0, 5}, {59 * time.Minute, 5}, {61 * time.Minute, 10}, {2 * time.Hour, 10}, {3 * time.Hour, 12}} {
		p.clock.set(july3.Add(step.after))
		p.restart(t)
		p.run(t)
		if got := len(p.sink.recipients()); got != step.want {
			t.Errorf("after %s %d letters have left, not %d", step.after, got, step.want)
		}
	}
}
