package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"maps"
	"net"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/watch287g/watch287g/roster"
)

// mailbox is a mail server on this machine: it answers as a test wants, and
// keeps what it takes.
type mailbox struct {
	port     int
	roots    *x509.CertPool
	accepted atomic.Int32 // connections

	// What it answers; nil is yes. They are set before anything is sent.
	hello, from func() error
	rcpt        func(to string) error
	data        func(conn net.Conn, to string) error
	reset       func(conn net.Conn) // after a refusal
	password    string              // "" lets everybody in

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
	// refused says that a recipient was.
	refused bool
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
	if s.box.rcpt == nil {
		return nil
	}
	err := s.box.rcpt(to)
	s.refused = err != nil
	return err
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

func (s *mailSession) Reset() {
	if s.box.reset != nil && s.to != "" && s.refused {
		s.box.reset(s.conn)
	}
	s.to, s.refused = "", false
}

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

// oneMail is a queue of one delivery to many, for a sender to work on.
type oneMail struct {
	Queue
	mu    sync.Mutex
	d     roster.Delivery
	saves int
	saved chan int // gets how many receipts each call saves, if not nil
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
	q.saves++
	if q.saved != nil {
		q.saved <- len(q.d.Receipts)
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

// fixtureNames are the fixtures' names in order.
func fixtureNames(all map[string]Message) []string { return slices.Sorted(maps.Keys(all)) }
