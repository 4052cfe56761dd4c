package notify

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/notify/letter"
)

func TestEmailSecurity(t *testing.T) {
	for _, security := range []string{SecurityTLS, SecurityStartTLS, SecurityPlain} {
		t.Run(security, func(t *testing.T) {
			box := newMailbox(t, security)
			c := EmailConfig{Security: security}
			if security != SecurityPlain {
				box.password, c.Username, c.Password = "correct horse", "mailer", "correct horse"
			}
			e := box.channel(t, c)
			through, err := sendAll(e, oneNew())
			if err != nil || len(through) != 1 {
				t.Fatalf("%v, %v", through, err)
			}
			if through[0].Part != "reader@example.net" || !ownMessageID.MatchString(through[0].Answer) {
				t.Errorf("receipt: %+v", through[0])
			}
			if diff := cmp.Diff([]string{"reader@example.net"}, box.got()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestEmailServerErrors(t *testing.T) {
	for name, tt := range map[string]struct {
		prepare func(*mailbox)
		config  EmailConfig
		says    string
		lasting bool // every message would be refused
		message bool // this one alone is
	}{
		"turned away": {
			lasting: true,
			prepare: func(b *mailbox) {
				b.hello = func() error { return reply(554, smtp.EnhancedCode{5, 7, 1}, "go away") }
			},
			says: "the mail server turns us away (554 5.7.1)",
		},
		"turned away for now": {
			prepare: func(b *mailbox) {
				b.hello = func() error { return reply(450, smtp.EnhancedCode{4, 7, 1}, "too many of you") }
			},
			says: "the mail server turns us away (450 4.7.1)",
		},
		"too big": {
			prepare: func(b *mailbox) {
				b.from = func() error { return reply(552, smtp.EnhancedCode{5, 3, 4}, "at most 10 KB") }
			},
			says:    "the mail server does not accept the sender: 552 5.3.4 at most 10 KB",
			message: true,
		},
		"sender put off": {
			prepare: func(b *mailbox) {
				b.from = func() error { return reply(451, smtp.EnhancedCode{4, 3, 0}, "later, watch@example.org") }
			},
			says: "the mail server does not accept the sender: 451 4.3.0 later, w…@example.org",
		},
		"busy": {
			prepare: func(b *mailbox) {
				b.from = func() error { return reply(421, smtp.EnhancedCode{4, 3, 2}, "shutting down") }
			},
			says: "the mail server ended the connection: 421 4.3.2 shutting down",
		},
		"sender refused": {
			lasting: true,
			prepare: func(b *mailbox) {
				b.from = func() error { return reply(553, smtp.EnhancedCode{5, 7, 1}, "not your address") }
			},
			says: "the mail server does not accept the sender: 553 5.7.1 not your address",
		},
		"sign-in needed": {
			lasting: true,
			prepare: func(b *mailbox) { b.password = "correct horse" },
			says:    "the mail server does not accept the sender: 530 5.7.0 sign in first",
		},
		"wrong password": {
			lasting: true,
			prepare: func(b *mailbox) { b.password = "correct horse" },
			config:  EmailConfig{Username: "mailer", Password: "hunter2"},
			says:    "the mail server does not accept the user name and password (535 5.7.8)",
		},
		"no sign-in offered": {
			lasting: true,
			config:  EmailConfig{Username: "mailer", Password: "hunter2"},
			says:    "the mail server offers no way to sign in",
		},
	} {
		t.Run(name, func(t *testing.T) {
			box := newMailbox(t, SecurityStartTLS)
			if tt.prepare != nil {
				tt.prepare(box)
			}
			through, err := sendAll(box.channel(t, tt.config), oneNew())
			if err == nil || len(through) > 0 || !strings.HasPrefix(err.Error(), tt.says) {
				t.Fatalf("%v, %v", through, err)
			}
			f := asFailure(err)
			if lasting, message := f.Permanent && f.Channel, f.Permanent && !f.Channel; lasting != tt.lasting || message != tt.message ||
				strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "reader@") {
				t.Errorf("%+v", f)
			}
		})
	}
}

func TestEmailUnreachable(t *testing.T) {
	plain, untrusted := newMailbox(t, SecurityPlain), newMailbox(t, SecurityTLS)
	untrusted.roots = x509.NewCertPool()
	closed := newMailbox(t, SecurityPlain)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.port = listener.Addr().(*net.TCPAddr).Port
	_ = listener.Close()
	for name, tt := range map[string]struct {
		box      *mailbox
		security string
		says     string
		lasting  bool
	}{
		"no STARTTLS":           {plain, SecurityStartTLS, "the mail server offers no STARTTLS; without it nothing is sent", true},
		"a certificate unknown": {untrusted, SecurityTLS, "the mail server cannot be reached: its certificate is not signed by anybody known here", false},
		"nobody there":          {closed, SecurityPlain, "the mail server cannot be reached: connection refused", false},
	} {
		t.Run(name, func(t *testing.T) {
			through, err := sendAll(tt.box.channel(t, EmailConfig{Security: tt.security}), oneNew())
			if err == nil || err.Error() != tt.says || len(through) > 0 || asFailure(err).Permanent != tt.lasting {
				t.Errorf("%v, %v", through, err)
			}
		})
	}
}

// A connection that breaks in the midst of a message leaves those before it done.
func TestEmailDrop(t *testing.T) {
	for name, drop := range map[string]func(net.Conn) error{
		"without a word": func(c net.Conn) error { return c.Close() },
		"with a word":    func(net.Conn) error { return reply(421, smtp.EnhancedCode{4, 4, 2}, "time is up") },
	} {
		t.Run(name, func(t *testing.T) {
			box := newMailbox(t, SecurityPlain)
			var dropped atomic.Bool // another connection may ask next
			box.data = func(conn net.Conn, to string) error {
				if to != "b@example.net" || dropped.Swap(true) {
					return nil
				}
				return drop(conn)
			}
			e := box.channel(t, EmailConfig{Security: SecurityPlain, To: []string{"a@example.net", "b@example.net", "c@example.net"}})
			m := oneNew()
			through, err := sendAll(e, m)
			if err == nil || asFailure(err).Permanent || len(through) != 1 || through[0].Part != "a@example.net" {
				t.Fatalf("%v, %v", through, err)
			}
			m.Delivery.Receipts = through
			if through, err := sendAll(e, m); err != nil || len(through) != 2 {
				t.Errorf("the second try: %v, %v", through, err)
			}
			if n := box.accepted.Load(); n != 2 {
				t.Errorf("%d connections", n)
			}
		})
	}
}

// A server that says nothing holds us up for letter.Timeout, or until we have to
// stop, and no longer.
func TestEmailHang(t *testing.T) {
	hang := func(t *testing.T) *email {
		e := newTestEmail(t, EmailConfig{})
		e.server.Dial = func(context.Context, string, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			t.Cleanup(func() { _ = theirs.Close() })
			return ours, nil
		}
		return e
	}
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		_, err := sendAll(hang(t), oneNew())
		if err == nil || err.Error() != "the mail server cannot be reached: no answer in time" || time.Since(start) != letter.Timeout {
			t.Errorf("after %s: %v", time.Since(start), err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		err := hang(t).Send(ctx, oneNew(), nil)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("after %s: %v", time.Since(start), err)
		}
	})
}

// A channel that has to stop stops in the middle of a message, after those before it.
func TestEmailStop(t *testing.T) {
	box := newMailbox(t, SecurityStartTLS)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	over := make(chan struct{})
	defer close(over)
	box.data = func(_ net.Conn, to string) error {
		if to == "b@example.net" {
			stop()
			<-over
		}
		return nil
	}
	e := box.channel(t, EmailConfig{To: []string{"a@example.net", "b@example.net"}})
	var through []string
	err := e.Send(ctx, oneNew(), func(part, _ string) { through = append(through, part) })
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "stopped after 1 of 2 recipients") {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"a@example.net"}, through); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
