package bounce

import (
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/watch287g/watch287g/jobs"
	"github.com/watch287g/watch287g/notify/wire"
)

// MailboxConfig says where the mailbox is to which bounces go, by IMAP.
type MailboxConfig struct {
	Address            string // host:port
	StartTLS           bool   // encrypted before anything is said, and else from the first byte
	Username, Password string
	Folder             string // "" is INBOX
	// Then is what becomes of a mail that was read: it is deleted, or moved to this
	// folder, or with neither marked as seen. Only mails that are not seen are read then.
	Delete bool
	MoveTo string
	TLS    *tls.Config // nil: the certificates that the system trusts
}

// MailboxOptions are the parts of a mailbox.
type MailboxOptions struct {
	Config MailboxConfig
	Taker  Taker
	Store  Store
	Every  time.Duration // from one look to the next; 0: five minutes
	// Tell tells the operator that the mailbox cannot be read for an hour (why), or that
	// it can again (nil).
	Tell func(ctx context.Context, why error) error
	Now  func() time.Time
	Log  *slog.Logger
}

// Mailbox looks for bounces in a mailbox. Whose turn it is follows from the store, so that
// any process can have it.
type Mailbox struct {
	o MailboxOptions

	mu  sync.Mutex
	due time.Time // as this process knows
}

const (
	lookEach     = 5 * time.Minute
	mailboxTime  = 4 * time.Minute // for one look
	unreadSilent = time.Hour       // before the operator is told
	mostMails    = 1000            // that one look reads
	mailboxKey   = "mailbox"
)

// NewMailbox returns a mailbox.
func NewMailbox(o MailboxOptions) *Mailbox {
	o.Every = cmp.Or(o.Every, lookEach)
	o.Config.Folder = cmp.Or(o.Config.Folder, "INBOX")
	return &Mailbox{o: o}
}

// Kind is the work of looking into the mailbox. Of a mailbox that is nil there is none.
func (m *Mailbox) Kind() jobs.Kind {
	return jobs.Kind{Name: "bounces", Next: m.next, Timeout: mailboxTime + time.Minute, Grace: 10 * time.Second}
}

// looked is how it stands with the mailbox, as it is kept.
type looked struct {
	At      time.Time `json:"at"`               // the last time
	Failing time.Time `json:"failing,omitzero"` // since when it cannot be read
	Told    bool      `json:"told,omitempty"`   // the operator was
	Unread  int       `json:"unread,omitempty"` // mails that were not understood, of all
	Read    int       `json:"read,omitempty"`   // mails that were read, of all
}

// Looked is how it stands with the mailbox.
type Looked struct {
	At            time.Time `json:"at,omitzero"`      // the last look; zero for none
	Failing       time.Time `json:"failing,omitzero"` // since when it cannot be read; zero where it can
	Read          int       `json:"read"`             // mails, since ever
	NotUnderstood int       `json:"not_understood"`   // of those
}

// Mailbox returns how it stands with the mailbox.
func (d *Desk) Mailbox(ctx context.Context) (Looked, error) {
	l, err := readLooked(ctx, d.o.Store, d.o.Now())
	return Looked{l.At, l.Failing, l.Read, l.Unread}, err
}

func readLooked(ctx context.Context, s Store, now time.Time) (l looked, err error) {
	err = s.Keep(ctx, mailboxKey, now, func(old []byte) ([]byte, error) {
		l = looked{}
		if old == nil {
			return nil, errLook
		}
		return nil, errors.Join(errLook, json.Unmarshal(old, &l))
	})
	if errors.Is(err, errLook) {
		err = nil
	}
	return l, err //nolint:wrapcheck // it says what it was about
}

func (m *Mailbox) next(ctx context.Context, _ ...string) ([]jobs.Task, error) {
	if m == nil {
		return nil, nil
	}
	m.mu.Lock()
	due := m.due
	m.mu.Unlock()
	if now := m.o.Now(); !due.After(now) || due.After(now.Add(m.o.Every)) { // another process may have looked
		l, err := readLooked(ctx, m.o.Store, now)
		if err != nil {
			return nil, fmt.Errorf("reading when the mailbox for bounces was looked into: %w", err)
		}
		due = l.At.Add(m.o.Every)
		if l.At.After(now) { // the clock was set back
			due = now
		}
		m.remember(due)
	}
	return []jobs.Task{{At: due, Do: m.look}}, nil
}

func (m *Mailbox) remember(due time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.due = due
}

// look reads what is in the mailbox, and keeps how that went. Only an error of the store
// is returned.
func (m *Mailbox) look(ctx context.Context) error {
	began := m.o.Now()
	within, cancel := context.WithTimeout(ctx, mailboxTime)
	defer cancel()
	read, unread, failed := m.read(within)
	if ctx.Err() != nil {
		return nil // the process stops: the next one looks at once
	}
	if s, ok := errors.AsType[storeError](failed); ok {
		return s.error
	}
	ctx = context.WithoutCancel(ctx)
	var is looked
	err := m.o.Store.Keep(ctx, mailboxKey, began.Add(keepTally), func(old []byte) ([]byte, error) {
		is = looked{}
		if old != nil {
			if err := json.Unmarshal(old, &is); err != nil {
				return nil, fmt.Errorf("reading how the mailbox was: %w", err)
			}
		}
		is.At, is.Read, is.Unread = began.UTC(), is.Read+read, is.Unread+unread
		switch {
		case failed == nil:
			is.Failing = time.Time{}
		case is.Failing.IsZero():
			is.Failing = began.UTC()
		}
		return json.Marshal(is)
	})
	if err != nil {
		return fmt.Errorf("keeping when the mailbox for bounces was looked into: %w", err)
	}
	m.remember(is.At.Add(m.o.Every))
	return m.tell(ctx, is, failed)
}

// tell tells of a mailbox that cannot be read, or can again.
func (m *Mailbox) tell(ctx context.Context, is looked, failed error) error {
	if failed != nil {
		m.o.Log.Warn("cannot read the mailbox for bounces; it is tried again", "error", failed.Error())
	}
	begins := failed != nil && !is.Told && is.At.Sub(is.Failing) >= unreadSilent
	ends := failed == nil && is.Told
	if !begins && !ends {
		return nil
	}
	if err := m.o.Tell(ctx, failed); err != nil {
		m.o.Log.Error("cannot tell the operator about the mailbox for bounces", "error", err.Error())
		return nil // the next look tells it
	}
	is.Told = begins
	err := m.o.Store.Keep(ctx, mailboxKey, is.At.Add(keepTally), func([]byte) ([]byte, error) { return json.Marshal(is) })
	if err != nil {
		return fmt.Errorf("keeping that the operator was told about the mailbox for bounces: %w", err)
	}
	return nil
}

// storeError is an error of the store, and not of the mailbox.
type storeError struct{ error }

// dial connects to the server.
func (m *Mailbox) dial(ctx context.Context) (net.Conn, *tls.Config, error) {
	c := m.o.Config
	host, _, err := net.SplitHostPort(c.Address)
	if err != nil {
		return nil, nil, errors.New("the address of the mail server is not host:port")
	}
	settings := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.TLS != nil {
		settings = c.TLS.Clone()
	}
	settings.ServerName = cmp.Or(settings.ServerName, host)
	conn, err := (&net.Dialer{Timeout: 30 * time.Second}).DialContext(ctx, "tcp", c.Address)
	if err != nil {
		return nil, nil, errors.New("the mail server cannot be reached: " + wire.Unreachable(err))
	}
	if c.StartTLS {
		return conn, settings, nil
	}
	secure := tls.Client(conn, settings)
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, nil, errors.New("the mail server cannot be reached: " + wire.Unreachable(err))
	}
	return secure, settings, nil
}
