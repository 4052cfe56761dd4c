package bounce

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"github.com/watch287g/watch287g/readers"
)

const imapPassword = "a-password-of-the-mailbox"

// imapServer is a mail server with one mailbox.
type imapServer struct {
	user    *imapmemserver.User
	address string
	trust   *tls.Config
}

// tlsPair is a certificate for 127.0.0.1, and what trusts it.
func tlsPair(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	s := httptest.NewTLSServer(nil)
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return &tls.Config{Certificates: s.TLS.Certificates}, &tls.Config{RootCAs: roots}
}

func newIMAP(t *testing.T, startTLS bool, caps ...imap.Cap) *imapServer {
	t.Helper()
	serve, trust := tlsPair(t)
	mem, s := imapmemserver.New(), &imapServer{user: imapmemserver.NewUser("bounces", imapPassword), trust: trust}
	mem.AddUser(s.user)
	for _, folder := range []string{"INBOX", "Read"} {
		if err := s.user.Create(folder, nil); err != nil {
			t.Fatal(err)
		}
	}
	set := imap.CapSet{imap.CapIMAP4rev1: {}}
	for _, c := range caps {
		set[c] = struct{}{}
	}
	o := &imapserver.Options{Caps: set, Logger: log.New(io.Discard, "", 0),
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.address = l.Addr().String()
	if startTLS {
		o.TLSConfig = serve
	} else {
		l = tls.NewListener(l, serve)
	}
	server := imapserver.New(o)
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return s
}

func (s *imapServer) put(t *testing.T, mail string, at time.Time) {
	t.Helper()
	if _, err := s.user.Append("INBOX", literal{strings.NewReader(mail)}, &imap.AppendOptions{Time: at}); err != nil {
		t.Fatal(err)
	}
}

type literal struct{ *strings.Reader }

func (l literal) Size() int64 { return int64(l.Len()) }

// count returns how many mails are in a folder, and how many of them are not seen.
func (s *imapServer) count(t *testing.T, folder string) (all, unseen uint32) {
	t.Helper()
	d, err := s.user.Status(folder, &imap.StatusOptions{NumMessages: true, NumUnseen: true})
	if err != nil {
		t.Fatal(err)
	}
	return *d.NumMessages, *d.NumUnseen
}

func (s *imapServer) config() MailboxConfig {
	return MailboxConfig{Address: s.address, Username: "bounces", Password: imapPassword, TLS: s.trust}
}

// mailbox makes a mailbox for the desk of a world.
func (w *world) mailbox(c MailboxConfig, log io.Writer) *Mailbox {
	return NewMailbox(MailboxOptions{Config: c, Taker: w.desk, Store: w.store, Now: func() time.Time { return w.now },
		Log: slog.New(slog.NewTextHandler(log, nil)), Tell: func(_ context.Context, why error) error {
			w.told = append(w.told, fmt.Sprint(why))
			return nil
		}})
}

// looks has a mailbox be looked into when it is due, which it must be.
func (w *world) looks(m *Mailbox) {
	w.Helper()
	tasks, err := m.Kind().Next(w.Context())
	if err != nil || len(tasks) != 1 || tasks[0].At.After(w.now) {
		w.Fatalf("%+v, %v; it is %s", tasks, err, w.now)
	}
	if err := tasks[0].Do(w.Context()); err != nil {
		w.Fatal(err)
	}
}

func TestMailbox(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		startTLS             bool
		caps                 []imap.Cap
		change               func(*MailboxConfig)
		inbox, unseen, moved uint32
	}{
		"marked":             {false, nil, nil, 3, 0, 0},
		"deleted":            {false, []imap.Cap{imap.CapUIDPlus}, func(c *MailboxConfig) { c.Delete = true }, 0, 0, 0},
		"deleted, old":       {true, nil, func(c *MailboxConfig) { c.Delete = true }, 0, 0, 0},
		"moved":              {false, []imap.Cap{imap.CapUIDPlus, imap.CapMove}, func(c *MailboxConfig) { c.MoveTo = "Read" }, 0, 0, 3},
		"moved, old, by TLS": {true, nil, func(c *MailboxConfig) { c.MoveTo = "Read" }, 0, 0, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, s := newWorld(t), newIMAP(t, c.startTLS, c.caps...)
			ann, bob := w.joins("ann@example.org"), w.joins("bob@example.org")
			mail := dsn(recipient + "Action: failed\nStatus: 5.1.1")
			s.put(t, strings.ReplaceAll(mail, token, w.token(ann.ID, ann.Address, false)), w.now)
			s.put(t, strings.ReplaceAll(mail, token, strings.Repeat("a", readers.ReturnSize)), w.now) // of nobody
			s.put(t, "From: x@example.org\r\n\r\n"+strings.Repeat("Viagra\r\n", mostBytes/6), w.now)
			config := s.config()
			config.StartTLS = c.startTLS
			if c.change != nil {
				c.change(&config)
			}
			m := w.mailbox(config, t.Output())
			w.looks(m)
			if w.reason(ann.Address) != readers.ReasonHard || w.reason(bob.Address) != "" {
				t.Errorf("ann is suppressed for %q, bob for %q", w.reason(ann.Address), w.reason(bob.Address))
			}
			inbox, unseen := s.count(t, "INBOX")
			if moved, _ := s.count(t, "Read"); inbox != c.inbox || unseen != c.unseen || moved != c.moved {
				t.Errorf("%d in the inbox, %d not seen, %d moved", inbox, unseen, moved)
			}
			is, err := w.desk.Mailbox(t.Context())
			if err != nil || is.Read != 3 || is.NotUnderstood != 1 || !is.At.Equal(w.now) || !is.Failing.IsZero() {
				t.Errorf("%+v, %v", is, err)
			}
			// Nothing is read twice, nor before it is due, nor by another process.
			for _, one := range []*Mailbox{m, w.mailbox(config, t.Output())} {
				if tasks, err := one.Kind().Next(t.Context()); err != nil || !tasks[0].At.Equal(w.now.Add(lookEach)) {
					t.Errorf("due %+v, %v", tasks, err)
				}
			}
			w.now = w.now.Add(lookEach)
			w.looks(m)
			if is, _ := w.desk.Mailbox(t.Context()); is.Read != 3 {
				t.Errorf("read again: %+v", is)
			}
		})
	}
}

// TestMailboxFails has the operator be told of a mailbox that cannot be read for an hour,
// without a secret.
func TestMailboxFails(t *testing.T) {
	t.Parallel()
	w, s, log := newWorld(t), newIMAP(t, false), &bytes.Buffer{}
	config := s.config()
	config.Password = "another-password"
	m := w.mailbox(config, log)
	for i := range 14 {
		w.looks(m)
		if early := w.now.Sub(noon) < time.Hour; early && len(w.told) > 0 {
			t.Fatalf("told at look %d", i)
		}
		w.now = w.now.Add(lookEach)
	}
	if len(w.told) != 1 || !strings.Contains(w.told[0], "does not accept the user name and password") {
		t.Fatalf("told %q", w.told)
	}
	m = w.mailbox(s.config(), log) // as after another configuration
	w.looks(m)
	w.now = w.now.Add(lookEach)
	w.looks(m)
	if len(w.told) != 2 || w.told[1] != "<nil>" {
		t.Errorf("told %q", w.told)
	}
	if strings.Contains(log.String()+strings.Join(w.told, ""), "password\"") || strings.Contains(log.String(), "another-password") || strings.Contains(log.String(), imapPassword) {
		t.Errorf("a secret is in the log: %s", log)
	}
}

// TestMailboxStoreFails leaves a mail as it is that was not taken.
func TestMailboxStoreFails(t *testing.T) {
	t.Parallel()
	w, s := newWorld(t), newIMAP(t, false)
	s.put(t, dsn(recipient+"Action: failed\nStatus: 5.1.1"), w.now)
	m := w.mailbox(s.config(), t.Output())
	m.o.Taker = &taken{err: errors.New("the disk is full")}
	tasks, err := m.Kind().Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := tasks[0].Do(t.Context()); err == nil || !strings.Contains(err.Error(), "disk is full") {
		t.Error(err)
	}
	if _, unseen := s.count(t, "INBOX"); unseen != 1 {
		t.Error("it is marked as read")
	}
}

// TestMailboxHostile connects to servers that are none, or mean harm.
func TestMailboxHostile(t *testing.T) {
	t.Parallel()
	serve, trust := tlsPair(t)
	for name, c := range map[string]struct {
		says string // to each command, after the greeting; %s is its tag
		want string
	}{
		"not IMAP":          {"HTTP/1.1 400 Bad Request\r\n\r\n", ""},
		"repeats a secret":  {"%s NO [ALERT] bad password " + imapPassword + "\r\n", "does not accept the user name"},
		"hangs up":          {"", "broke"},
		"endless line":      {strings.Repeat("x", 1<<20), ""},
		"a huge literal":    {"* 1 FETCH (UID 1 BODY[] {4294967295}\r\nabc", ""},
		"a negative number": {"* -1 EXISTS\r\n%s OK\r\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, err := tls.Listen("tcp", "127.0.0.1:0", serve)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = l.Close() }()
			go func() {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				defer func() { _ = conn.Close() }()
				_, _ = io.WriteString(conn, "* OK [CAPABILITY IMAP4rev1] ready\r\n")
				for lines := bufio.NewScanner(conn); lines.Scan() && c.says != ""; {
					tag, _, _ := strings.Cut(lines.Text(), " ")
					if _, err := io.WriteString(conn, strings.ReplaceAll(c.says, "%s", tag)); err != nil {
						return
					}
				}
			}()
			w := newWorld(t)
			m := w.mailbox(MailboxConfig{Address: l.Addr().String(), Username: "bounces", Password: imapPassword, TLS: trust}, t.Output())
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			_, _, err = m.read(ctx)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), imapPassword) {
				t.Errorf("%v", err)
			}
		})
	}
	t.Run("not trusted", func(t *testing.T) {
		t.Parallel()
		w, s := newWorld(t), newIMAP(t, false)
		config := s.config()
		config.TLS = nil
		if _, _, err := w.mailbox(config, t.Output()).read(t.Context()); err == nil || !strings.Contains(err.Error(), "not signed by anybody known") {
			t.Error(err)
		}
	})
	t.Run("no STARTTLS", func(t *testing.T) {
		t.Parallel()
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }()
		said := make(chan string, 10)
		go func() {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(conn, "* PREAUTH [CAPABILITY IMAP4rev1] welcome\r\n")
			for lines := bufio.NewScanner(conn); lines.Scan(); {
				said <- lines.Text()
				tag, _, _ := strings.Cut(lines.Text(), " ")
				_, _ = io.WriteString(conn, tag+" BAD no\r\n")
			}
			close(said)
		}()
		w := newWorld(t)
		config := MailboxConfig{Address: l.Addr().String(), StartTLS: true, Username: "bounces", Password: imapPassword}
		if _, _, err := w.mailbox(config, t.Output()).read(t.Context()); err == nil {
			t.Error("went on without encryption")
		}
		for line := range said {
			if strings.Contains(line, imapPassword) {
				t.Error("sent the password")
			}
		}
	})
}
