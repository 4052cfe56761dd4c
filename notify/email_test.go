package notify

import (
	"context"
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

// What a server says to one recipient changes nothing for the others. Who is put off is
// tried again alone, and who is refused is left, under a name that gives nobody away.
func TestEmailRefusals(t *testing.T) {
	full := reply(452, smtp.EnhancedCode{4, 2, 2}, "<box@example.net>: quota")
	unknown := reply(550, smtp.EnhancedCode{5, 1, 1}, "<unknown@example.net>: no such user")
	box := newMailbox(t, SecurityPlain)
	answers := map[string]error{"box@example.net": full, "unknown@example.net": unknown}
	var asked []string
	box.rcpt = func(to string) error {
		asked = append(asked, to)
		return answers[to]
	}
	box.data = func(_ net.Conn, to string) error {
		if to == "picky@example.net" {
			return reply(554, smtp.EnhancedCode{5, 7, 1}, "looks like spam")
		}
		return nil
	}
	e := box.channel(t, EmailConfig{Security: SecurityPlain, To: []string{"unknown@example.net", "a@example.net",
		"box@example.net", "picky@example.net", "b@example.net"}})
	m := oneNew()
	left := func(want ...roster.Leftover) {
		t.Helper()
		var err error
		m.Delivery.Receipts, err = sendAll(e, m)
		f := asFailure(err)
		if diff := cmp.Diff(want, f.Left); diff != "" || f.Channel {
			t.Errorf("%v, (-want +got):\n%s", err, diff)
		}
		for _, name := range []string{"unknown@", "box@", "picky@"} {
			if err != nil && strings.Contains(err.Error(), name) {
				t.Errorf("it names %s: %v", name, err)
			}
		}
		m.Delivery.Left = f.Left
	}
	no := roster.Leftover{Part: "unknown@example.net", Answer: "550 5.1.1 <u…@example.net>: no such user", Refused: true}
	later := roster.Leftover{Part: "box@example.net", Answer: "452 4.2.2 <b…@example.net>: quota"}
	spam := roster.Leftover{Part: "picky@example.net", Answer: "554 5.7.1 looks like spam", Refused: true}
	left(no, later, spam)
	if r := m.Delivery.Receipts; len(r) != 2 || r[0].Part != "a@example.net" {
		t.Errorf("receipts: %v", r)
	}

	asked, answers = nil, nil
	left(no, spam)
	if diff := cmp.Diff([]string{"box@example.net"}, asked); diff != "" {
		t.Errorf("the second try (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"a@example.net", "b@example.net", "box@example.net"}, box.got()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Who waits for an earlier message is not sent a later one first.
func TestEmailHeldRecipients(t *testing.T) {
	box := newMailbox(t, SecurityPlain)
	e := box.channel(t, EmailConfig{Security: SecurityPlain, To: []string{"a@example.net", "b@example.net"}})
	m := oneNew()
	m.Held = []string{"a@example.net"}
	_, err := sendAll(e, m)
	if f := asFailure(err); f.Permanent || f.Channel || len(f.Left) != 1 || f.Left[0].Part != "a@example.net" || f.Left[0].Refused {
		t.Errorf("%+v", f)
	}
	if diff := cmp.Diff([]string{"b@example.net"}, box.got()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Where nobody is accepted it is not the recipients that are at fault: at RCPT the
// server does not want us, and at DATA it does not want what we say. Nobody is crossed
// off.
func TestEmailAllRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		rcpt, data         error
		permanent, channel bool
		says               string
	}{
		"recipients":         {rcpt: reply(554, smtp.EnhancedCode{5, 7, 1}, "relay access denied"), permanent: true, channel: true, says: "the mail server refuses all it was asked for: 2 recipients (554 5.7.1)"},
		"recipients for now": {rcpt: reply(450, smtp.EnhancedCode{4, 7, 1}, "greylisted"), says: "the mail server puts off 2 recipients (450 4.7.1)"},
		"text":               {data: reply(554, smtp.EnhancedCode{5, 7, 1}, "spam"), permanent: true, says: "the mail server refuses what the message says (554 5.7.1)"},
		"text for now":       {data: reply(451, smtp.EnhancedCode{4, 3, 0}, "scanner down"), says: "the mail server puts off 2 recipients (451 4.3.0)"},
	} {
		t.Run(name, func(t *testing.T) {
			box := newMailbox(t, SecurityPlain)
			var allowed atomic.Bool
			answer := func(err error) error {
				if allowed.Load() {
					return nil
				}
				return err
			}
			box.rcpt = func(string) error { return answer(tt.rcpt) }
			box.data = func(net.Conn, string) error { return answer(tt.data) }
			e := box.channel(t, EmailConfig{Security: SecurityPlain, To: []string{"a@example.net", "b@example.net"}})
			through, err := sendAll(e, oneNew())
			f := asFailure(err)
			if f.Permanent != tt.permanent || f.Channel != tt.channel || len(f.Left)+len(through) > 0 || err.Error() != tt.says {
				t.Fatalf("%+v, %v", f, through)
			}
			allowed.Store(true)
			if through, err := sendAll(e, oneNew()); err != nil || len(through) != 2 {
				t.Errorf("once mended: %v, %v", through, err)
			}
		})
	}
}

// A server that hangs up on whoever names an unknown recipient keeps no mail from the
// others.
func TestEmailHangsUpAfterRefusal(t *testing.T) {
	box := newMailbox(t, SecurityPlain)
	box.rcpt = func(to string) error {
		if strings.HasPrefix(to, "x") {
			return reply(550, smtp.EnhancedCode{5, 1, 1}, "no such user")
		}
		return nil
	}
	box.reset = func(conn net.Conn) { _ = conn.Close() }
	e := box.channel(t, EmailConfig{Security: SecurityPlain, To: []string{"x1@example.net", "a@example.net", "x2@example.net", "x3@example.net", "b@example.net"}})
	through, err := sendAll(e, oneNew())
	if len(through) != 2 || len(asFailure(err).Left) != 3 {
		t.Errorf("%v, %v", through, err)
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
		"a key that is none": func(c *EmailConfig) {
			c.DKIM = &DKIMConfig{Domain: "example.org", Selector: "s1", KeyPEM: []byte("s3cret")}
		},
		"an odd unsubscribe": func(c *EmailConfig) { c.Unsubscribe = "https://example.org/>,<mailto:x@example.org" },
		"no unsubscribe":     func(c *EmailConfig) { c.Unsubscribe = "javascript:alert(1)" },
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
