package notify

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/roster"
)

// All go over one connection, each to one recipient, and nobody sees the others.
func TestEmailManyRecipients(t *testing.T) {
	box := newMailbox(t, SecurityStartTLS)
	var to []string
	for i := range 100 {
		to = append(to, fmt.Sprintf("reader%03d@example.net", i))
	}
	e := box.channel(t, EmailConfig{To: to})
	m := oneNew()
	through, err := sendAll(e, m)
	if err != nil || len(through) != 100 {
		t.Fatalf("%d are through: %v", len(through), err)
	}
	if n := box.accepted.Load(); n != 1 {
		t.Errorf("%d connections", n)
	}
	if diff := cmp.Diff(to, box.got()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for to, mails := range box.mails {
		if n := strings.Count(mails[0], "reader"); n != 1 || !strings.Contains(mails[0], "To: <"+to+">") {
			t.Errorf("the mail to %s names %d readers", to, n)
		}
	}
	m.Delivery.Receipts = through
	if again, err := sendAll(e, m); err != nil || len(again) > 0 || box.accepted.Load() != 1 {
		t.Errorf("sent again: %v, %v", again, err)
	}
}

// What a server says to one recipient changes nothing for the others, and they
// are done with at the next try.
func TestEmailRefusals(t *testing.T) {
	full := reply(452, smtp.EnhancedCode{4, 2, 2}, "mailbox full")
	unknown := reply(550, smtp.EnhancedCode{5, 1, 1}, "no such user here")
	spam := reply(554, smtp.EnhancedCode{5, 7, 1}, "looks like spam")
	box := newMailbox(t, SecurityPlain)
	answers := map[string]error{"full@example.net": full, "unknown@example.net": unknown}
	box.rcpt = func(to string) error { return answers[to] }
	box.data = func(_ net.Conn, to string) error {
		if to == "picky@example.net" {
			return spam
		}
		return nil
	}
	e := box.channel(t, EmailConfig{Security: SecurityPlain, To: []string{"unknown@example.net", "a@example.net",
		"full@example.net", "picky@example.net", "b@example.net"}})

	m := oneNew()
	through, err := sendAll(e, m)
	failure, ok := errors.AsType[*Failure](err)
	if !ok || failure.Permanent || err.Error() != "the mail server puts off 1 recipient (452 4.2.2)" {
		t.Errorf("the first try: %v", err)
	}
	answered := map[string]string{}
	for _, r := range through {
		answered[r.Part] = r.Answer
	}
	if a := answered["unknown@example.net"]; a != "refused: 550 5.1.1 no such user here" {
		t.Errorf("unknown: %q", a)
	}
	if a := answered["picky@example.net"]; a != "refused: 554 5.7.1 looks like spam" {
		t.Errorf("picky: %q", a)
	}
	// The first receipt is what a correction will be a reply to.
	if through[0].Part != "a@example.net" || len(through) != 4 {
		t.Errorf("receipts: %v", through)
	}

	delete(answers, "full@example.net")
	m.Delivery.Receipts = through
	through, err = sendAll(e, m)
	if err != nil || len(through) != 1 || through[0].Part != "full@example.net" {
		t.Errorf("the second try: %v, %v", through, err)
	}
	if diff := cmp.Diff([]string{"a@example.net", "b@example.net", "full@example.net"}, box.got()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Where nobody is accepted it is given up, but nobody is crossed off either:
// "deliveries retry" sends it once the server has been mended.
func TestEmailAllRefused(t *testing.T) {
	box := newMailbox(t, SecurityPlain)
	var allowed atomic.Bool
	box.rcpt = func(string) error {
		if !allowed.Load() {
			return reply(554, smtp.EnhancedCode{5, 7, 1}, "relay access denied")
		}
		return nil
	}
	e := box.channel(t, EmailConfig{Security: SecurityPlain, To: []string{"a@example.net", "b@example.net"}})
	through, err := sendAll(e, oneNew())
	failure, ok := errors.AsType[*Failure](err)
	if !ok || !failure.Permanent || len(through) > 0 || strings.Contains(err.Error(), "example.net") {
		t.Fatalf("%v, %v", through, err)
	}
	allowed.Store(true)
	if through, err := sendAll(e, oneNew()); err != nil || len(through) != 2 {
		t.Errorf("once mended: %v, %v", through, err)
	}
}

// Receipts are saved some at a time, and yet soon, so that a crash has few get
// their mail twice.
func TestEmailReceiptsAreSavedTogether(t *testing.T) {
	box := newMailbox(t, SecurityPlain)
	q, sent := newOneMail(), 0
	box.data = func(net.Conn, string) error {
		if sent++; sent > q.receipts()+26 { // the one under way included
			t.Errorf("mail %d goes out when %d receipts are saved", sent, q.receipts())
		}
		return nil
	}
	var to []string
	for i := range 110 {
		to = append(to, fmt.Sprintf("reader%d@example.net", i))
	}
	e := box.channel(t, EmailConfig{Security: SecurityPlain, To: to})
	if err := NewSender(SenderOptions{Queue: q, Channels: map[string]Channel{"members": e}}).RunOnce(t.Context()); err != nil {
		t.Fatal(err)
	}
	if q.d.State != roster.DeliverySent || len(q.d.Receipts) != 110 || len(box.got()) != 110 {
		t.Errorf("%s with %d receipts, %d mails", q.d.State, len(q.d.Receipts), len(box.got()))
	}
	if q.saves > 30 { // 5, and more where a mail took its time
		t.Errorf("%d writes", q.saves)
	}
}

// However slow the next recipient is, those before it are soon on record, also
// when it never comes to an end.
func TestEmailReceiptsAreSavedSoon(t *testing.T) {
	box := newMailbox(t, SecurityPlain)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	over := make(chan struct{})
	defer close(over)
	q := newOneMail()
	q.saved = make(chan int, 10)
	box.data = func(_ net.Conn, to string) error {
		switch to {
		case "c@example.net":
			if n := <-q.saved; n != 2 {
				t.Errorf("%d receipts are saved", n)
			}
		case "e@example.net":
			stop()
			<-over
		}
		return nil
	}
	e := box.channel(t, EmailConfig{Security: SecurityPlain,
		To: []string{"a@example.net", "b@example.net", "c@example.net", "d@example.net", "e@example.net"}})
	o := SenderOptions{Queue: q, Channels: map[string]Channel{"members": e}, Grace: time.Nanosecond}
	if err := NewSender(o).Run(ctx); err != nil {
		t.Fatal(err)
	}
	if q.d.State != roster.DeliveryWaiting || q.d.Attempts != 0 || q.receipts() != 4 {
		t.Errorf("stopped with %+v", q.d)
	}
}

func TestNewEmail(t *testing.T) {
	valid := EmailConfig{Name: "members", Host: "smtp.example.org", From: "watch@example.org", To: []string{"reader@example.net"}}
	for name, change := range map[string]func(*EmailConfig){
		"no host":               func(c *EmailConfig) { c.Host = "" },
		"a port too high":       func(c *EmailConfig) { c.Port = 70000 },
		"another security":      func(c *EmailConfig) { c.Security = "ssl" },
		"a password in clear":   func(c *EmailConfig) { c.Security, c.Username, c.Password = SecurityPlain, "mailer", "s3cret" },
		"no sender":             func(c *EmailConfig) { c.From = "" },
		"a sender with a break": func(c *EmailConfig) { c.From = "watch@example.org\r\nBcc: x@example.org" },
		"nobody to write to":    func(c *EmailConfig) { c.To = nil },
		"no address":            func(c *EmailConfig) { c.To = []string{"reader"} },
		"letters beyond ASCII":  func(c *EmailConfig) { c.To = []string{"lésér@example.net"} },
		"two addresses in one":  func(c *EmailConfig) { c.To = []string{`"a> <b"@example.net`} },
		"a key that is none":    func(c *EmailConfig) { c.DKIM = &DKIMConfig{"example.org", "s1", []byte("s3cret")} },
		"an odd unsubscribe":    func(c *EmailConfig) { c.Unsubscribe = "https://example.org/>,<mailto:x@example.org" },
		"no unsubscribe":        func(c *EmailConfig) { c.Unsubscribe = "javascript:alert(1)" },
	} {
		c := valid
		change(&c)
		_, err := NewEmail(c, Deps{Now: time.Now})
		if err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	c := valid
	c.To = []string{"reader@example.net", "Reader <READER@example.net>", "other@example.net"}
	if e := newTestEmail(t, c); len(e.to) != 2 {
		t.Errorf("%d recipients, although two are one", len(e.to))
	}
}
