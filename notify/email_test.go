package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/roster"
)

// mailbox is a mail server on this machine: it answers as it is told to, and
// keeps what it takes.
type mailbox struct {
	port     int
	roots    *x509.CertPool
	accepted atomic.Int32 // connections

	// What it answers; nil is yes. They are set before anything is sent.
	hello, from func() error
	rcpt        func(to string) error
	data        func(conn net.Conn, to string) error
	password    string // "" lets everybody in

	mu    sync.Mutex
	mails map[string][]string // by recipient
}

// newMailbox starts a mail server. security is that of EmailConfig.
func newMailbox(t *testing.T, security string) *mailbox {
	t.Helper()
	certified := httptest.NewTLSServer(nil) // for the sake of its certificate
	certified.Close()
	b := &mailbox{roots: x509.NewCertPool(), mails: map[string][]string{}}
	b.roots.AddCert(certified.Certificate())

	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		if b.hello != nil {
			if err := b.hello(); err != nil {
				return nil, err
			}
		}
		return &mailSession{box: b, conn: c.Conn()}, nil
	}))
	server.Domain = "mail.example.org"
	server.ErrorLog = log.New(io.Discard, "", 0)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b.port = listener.Addr().(*net.TCPAddr).Port
	listener = &countingListener{listener, &b.accepted}
	switch security {
	case SecurityTLS:
		listener = tls.NewListener(listener, &tls.Config{Certificates: certified.TLS.Certificates})
	case SecurityStartTLS:
		server.TLSConfig = &tls.Config{Certificates: certified.TLS.Certificates}
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(listener)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-ended
	})
	return b
}

type countingListener struct {
	net.Listener
	accepted *atomic.Int32
}

func (l *countingListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err == nil {
		l.accepted.Add(1)
	}
	return conn, err
}

// mailSession is one connection to a mailbox.
type mailSession struct {
	box    *mailbox
	conn   net.Conn
	signed bool
	to     string
}

func (s *mailSession) AuthMechanisms() []string {
	if s.box.password == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *mailSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if username != "mailer" || password != s.box.password {
			// A server that repeats what it got must not get it into our errors.
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "wrong password " + password}
		}
		s.signed = true
		return nil
	}), nil
}

func (s *mailSession) Mail(string, *smtp.MailOptions) error {
	if s.box.password != "" && !s.signed {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "sign in first"}
	}
	if s.box.from != nil {
		return s.box.from()
	}
	return nil
}

func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	if s.box.rcpt != nil {
		return s.box.rcpt(to)
	}
	return nil
}

func (s *mailSession) Data(r io.Reader) error {
	if s.box.data != nil {
		if err := s.box.data(s.conn, s.to); err != nil {
			return err
		}
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	s.box.mails[s.to] = append(s.box.mails[s.to], string(raw))
	return nil
}

func (s *mailSession) Reset()        { s.to = "" }
func (s *mailSession) Logout() error { return nil }

// got are the recipients that have mail, each as often as they have.
func (b *mailbox) got() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []string
	for to, mails := range b.mails {
		all = append(all, slices.Repeat([]string{to}, len(mails))...)
	}
	slices.Sort(all)
	return all
}

// channel makes a channel that sends to the mailbox.
func (b *mailbox) channel(t *testing.T, c EmailConfig) *email {
	t.Helper()
	c.Host, c.Port, c.TLS = "127.0.0.1", b.port, &tls.Config{RootCAs: b.roots}
	return newTestEmail(t, c)
}

func newTestEmail(t testing.TB, c EmailConfig) *email {
	t.Helper()
	if c.Name == "" {
		c.Name = "Members' list"
	}
	if c.Host == "" {
		c.Host = "smtp.example.org"
	}
	if c.From == "" {
		c.From = `"287(g) watch" <watch@example.org>`
	}
	if c.To == nil {
		c.To = []string{"reader@example.net"}
	}
	channel, err := NewEmail(c, Deps{Now: func() time.Time { return fixtureTime }, Version: "1.2.3", Links: fixtureLinks})
	if err != nil {
		t.Fatal(err)
	}
	return channel.(*email)
}

func oneNew() Message { return fixtureMessage(newPalmBay(1)) }

func reply(code int, enhanced smtp.EnhancedCode, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: text}
}

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

func TestEmailServerTrouble(t *testing.T) {
	for name, tt := range map[string]struct {
		prepare func(*mailbox)
		config  EmailConfig
		says    string
	}{
		"turned away": {
			prepare: func(b *mailbox) {
				b.hello = func() error { return reply(554, smtp.EnhancedCode{5, 7, 1}, "go away") }
			},
			says: "the mail server turns us away (554 5.7.1)",
		},
		"busy": {
			prepare: func(b *mailbox) {
				b.from = func() error { return reply(421, smtp.EnhancedCode{4, 3, 2}, "shutting down") }
			},
			says: "the mail server ended the connection: 421 4.3.2 shutting down",
		},
		"sender refused": {
			prepare: func(b *mailbox) {
				b.from = func() error { return reply(553, smtp.EnhancedCode{5, 7, 1}, "not your address") }
			},
			says: "the mail server does not accept the sender: 553 5.7.1 not your address",
		},
		"sign-in needed": {
			prepare: func(b *mailbox) { b.password = "correct horse" },
			says:    "the mail server does not accept the sender: 530 5.7.0 sign in first",
		},
		"wrong password": {
			prepare: func(b *mailbox) { b.password = "correct horse" },
			config:  EmailConfig{Username: "mailer", Password: "hunter2"},
			says:    "the mail server does not accept the user name and password (535 5.7.8)",
		},
		"no sign-in offered": {
			config: EmailConfig{Username: "mailer", Password: "hunter2"},
			says:   "the mail server offers no way to sign in",
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
			if isPermanent(err) || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "reader@") {
				t.Errorf("%v (permanent %v)", err, isPermanent(err))
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
	}{
		"no STARTTLS":           {plain, SecurityStartTLS, "the mail server offers no STARTTLS; without it nothing is sent"},
		"a certificate unknown": {untrusted, SecurityTLS, "the mail server cannot be reached: its certificate is not signed by anybody known here"},
		"nobody there":          {closed, SecurityPlain, "the mail server cannot be reached: connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			through, err := sendAll(tt.box.channel(t, EmailConfig{Security: tt.security}), oneNew())
			if err == nil || err.Error() != tt.says || len(through) > 0 || isPermanent(err) {
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
			if err == nil || isPermanent(err) || len(through) != 1 || through[0].Part != "a@example.net" {
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

// A server that says nothing holds us up for smtpTimeout, or until we are told to
// stop, and no longer.
func TestEmailHang(t *testing.T) {
	hang := func(t *testing.T) *email {
		e := newTestEmail(t, EmailConfig{})
		e.dial = func(context.Context, string, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			t.Cleanup(func() { _ = theirs.Close() })
			return ours, nil
		}
		return e
	}
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		_, err := sendAll(hang(t), oneNew())
		if err == nil || err.Error() != "the mail server cannot be reached: no answer in time" || time.Since(start) != smtpTimeout {
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

// Who is told to stop stops in the midst of a message, with those before it done.
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

// oneMail is a queue of one delivery to many, for a sender to work on.
type oneMail struct {
	Queue
	mu      sync.Mutex
	d       roster.Delivery
	settles int
	stored  chan int // told how many receipts each call stores; nil: nobody is
}

func (q *oneMail) NextPending(context.Context, ...string) ([]roster.Delivery, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.d.State != roster.DeliveryWaiting {
		return nil, nil
	}
	return []roster.Delivery{q.d}, nil
}

func (q *oneMail) SaveProgress(_ context.Context, ds ...roster.Delivery) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.d = ds[0]
	q.d.Receipts = slices.Clone(q.d.Receipts)
	q.settles++
	if q.stored != nil {
		q.stored <- len(q.d.Receipts)
	}
	return nil
}

func (q *oneMail) receipts() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.d.Receipts)
}

func (q *oneMail) Incidents(context.Context) ([]roster.Incident, error) { return nil, nil }

func newOneMail() *oneMail {
	return &oneMail{d: roster.Delivery{ID: "dlv_1", Seq: 1, Channel: "members", State: roster.DeliveryWaiting,
		Notice: &roster.Notice{Kind: SourceSilent, Text: "All is quiet."}}}
}

// Receipts are stored some at a time, and yet soon, so that a crash has few get
// their mail twice.
func TestEmailReceiptsAreStoredTogether(t *testing.T) {
	box := newMailbox(t, SecurityPlain)
	q, sent := newOneMail(), 0
	box.data = func(net.Conn, string) error {
		if sent++; sent > q.receipts()+26 { // the one under way included
			t.Errorf("mail %d goes out when %d receipts are stored", sent, q.receipts())
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
	if q.settles > 30 { // 5, and more where a mail took its time
		t.Errorf("%d writes", q.settles)
	}
}

// However slow the next recipient is, those before it are soon on record, also
// when it never comes to an end.
func TestEmailReceiptsAreStoredSoon(t *testing.T) {
	box := newMailbox(t, SecurityPlain)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	over := make(chan struct{})
	defer close(over)
	q := newOneMail()
	q.stored = make(chan int, 10)
	box.data = func(_ net.Conn, to string) error {
		switch to {
		case "c@example.net":
			if n := <-q.stored; n != 2 {
				t.Errorf("%d receipts are stored", n)
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

// fixtureNames are the fixtures' names in order.
func fixtureNames(all map[string]Message) []string { return slices.Sorted(maps.Keys(all)) }
