// Package mailing works out which reader is told what, and sends it: alerts, digests, and
// letters such as the one that asks to confirm.
//
// What is to be done follows from two stores: the changes from that of the lists, and who
// is told of which from that of the readers. They are never written together. So the
// readers' store keeps until which change each cadence was planned (readers.Head), in one
// step with the batches that this made; and each batch how far it was sent.
package mailing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/watch287g/watch287g/jobs"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/notify/letter"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// Changes is what is needed of the store of ICE's lists.
type Changes interface {
	Changes(ctx context.Context, q store.ChangeQuery) ([]roster.Change, error)
	ChangesAt(ctx context.Context, seqs []uint64) ([]roster.Change, error)
	Known(ctx context.Context) (roster.Snapshot, error)
}

// Store is what is needed of the readers' store.
type Store interface {
	readers.Mailings
	Request(ctx context.Context, id readers.ID) (readers.Request, error)
	Reader(ctx context.Context, id readers.ID) (readers.Reader, error)
	ReaderOf(ctx context.Context, address string) (readers.Reader, error)
	ReadersAt(ctx context.Context, seqs []uint64) ([]readers.Reader, error)
	Suppressed(ctx context.Context, addresses ...string) (map[string]readers.Suppression, error)
	Take(ctx context.Context, limits []readers.Limit, at time.Time) (refused string, err error)
	Secret(ctx context.Context, name string) ([]byte, error)
}

// Desk judges what comes back, and stops what sends too much of that.
type Desk interface {
	// Halted says whether letters, or mailings, are stopped.
	Halted(ctx context.Context, letters bool) (bool, error)
	// Sent counts mails that a server took.
	Sent(ctx context.Context, letters bool, n int) error
	// Refused is called for a recipient whom a server refuses for good, or puts off for
	// too long, with the code of its reply.
	Refused(ctx context.Context, to readers.Sent, code string) error
	// Took is called after a mail to a reader with soft bounces was taken.
	Took(ctx context.Context, r readers.Reader) error
}

// Options are a mailer's parts and settings.
type Options struct {
	Store   Store
	Changes Changes
	Desk    Desk

	Server *letter.Server
	Signer *letter.Signer // nil: nothing is signed
	From   *netmail.Address
	Bounce string // the address that bounces come back to, as readers.ReturnAddress extends it; "": From
	// LeaveByMail has mails name a way to leave by a mail to Bounce, where it is read.
	LeaveByMail bool
	Sender      string // a postal address, or how to reach who sends this
	Links       notify.Links
	Version     string

	Deliver       map[notify.Cadence]notify.Schedule // of digests
	Confirmations int                                // mails to addresses that are not confirmed, an hour
	Connections   int                                // to the server, of each lane that has much to do; 0: 8

	// Figures counts what is active as of a moment; nil: no mail says it.
	Figures func(ctx context.Context, at time.Time) (roster.Figures, error)
	// Trouble is called with why the server has taken nothing for a while, and with nil
	// once it does, also at first. It tells the operator, once. nil: nobody is told.
	Trouble func(ctx context.Context, failed error)
	// Mailed is called with each mail that was tried, for metrics: the lane (LaneInstant,
	// LaneBulk or LaneLetters) and how it ended (ResultSent and the others); nil: nothing is.
	Mailed func(lane, result string)
	Now    func() time.Time
	Log    *slog.Logger
}

// Mailer plans and sends. It is safe for concurrent use.
type Mailer struct {
	o        Options
	secrets  secrets
	changes  *lru.Cache[readChange, roster.Change]
	composed *lru.Cache[string, *composed]
	pool     pool
	listed   listed

	mu      sync.Mutex
	wake    func()               // has whoever runs the work look for more
	rests   map[string]time.Time // when what is stopped, or fails, is tried again, by key
	failing int                  // tries in a row that did not reach the server
	since   time.Time            // the first of them
	works   bool                 // Trouble knows that it takes mail
}

// listed are the agencies that ICE lists, as they were a moment ago.
type listed struct {
	mu       sync.Mutex
	at       time.Time
	agencies map[string]bool
}

// secrets sign what a mail holds.
type secrets struct {
	links, codes, messages, limits, returns []byte
}

const (
	cachedChanges  = 1000
	cachedComposed = 200
)

// New returns a mailer.
func New(ctx context.Context, o Options) (*Mailer, error) {
	o.Connections = cmp.Or(o.Connections, 8)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Trouble == nil {
		o.Trouble = func(context.Context, error) {}
	}
	if o.Mailed == nil {
		o.Mailed = func(string, string) {}
	}
	m := &Mailer{o: o, rests: map[string]time.Time{}, pool: pool{server: o.Server, now: o.Now}}
	var err error
	if m.changes, err = lru.New[readChange, roster.Change](cachedChanges); err != nil {
		return nil, err
	}
	if m.composed, err = lru.New[string, *composed](cachedComposed); err != nil {
		return nil, err
	}
	for name, secret := range map[string]*[]byte{readers.SecretLinks: &m.secrets.links, readers.SecretMessages: &m.secrets.messages,
		readers.SecretCodes: &m.secrets.codes, readers.SecretLimits: &m.secrets.limits, readers.SecretBounces: &m.secrets.returns} {
		if *secret, err = o.Store.Secret(ctx, name); err != nil {
			return nil, fmt.Errorf("reading a secret of the readers' store: %w", err)
		}
	}
	return m, nil
}

// Close closes the connections that are kept open. Nothing may be under way.
func (m *Mailer) Close() { m.pool.closeAll() }

// The keys of the work. A cadence's plan has its own, and each lane.
const (
	planPrefix = "plan-"
	keyLetters = "letters"
	keyLook    = "look"
)

// OnPlanned has a function called whenever there is more to send than what runs the work
// can know: it is its Kick.
func (m *Mailer) OnPlanned(wake func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.wake = wake
}

// Wake says that there is more to send, or may be.
func (m *Mailer) Wake() {
	m.mu.Lock()
	wake := m.wake
	m.mu.Unlock()
	if wake != nil {
		wake()
	}
}

// lookEvery is how often it is looked for what to do, at least.
const lookEvery = time.Second / 2

// Kind is the work of planning and sending.
func (m *Mailer) Kind() jobs.Kind {
	return jobs.Kind{Name: "readers", Next: m.next, Grace: 10 * time.Second, Timeout: 10 * time.Minute}
}

// next returns what there is to do.
func (m *Mailer) next(ctx context.Context, keys ...string) ([]jobs.Task, error) {
	w, last, err := m.there(ctx)
	if err != nil {
		return nil, err
	}
	var tasks []jobs.Task
	add := func(key string, at time.Time, do func(context.Context) error) {
		if len(keys) == 0 || slices.Contains(keys, key) {
			tasks = append(tasks, jobs.Task{Key: key, At: later(at, m.restOf(key)), Do: do})
		}
	}
	now := m.o.Now()
	for _, c := range readers.Cadences() {
		if at, due := m.planDue(c, w, last, now); due {
			add(planPrefix+string(c), at, func(ctx context.Context) error { return m.plan(ctx, c) })
		}
	}
	for lane, at := range w.Lanes {
		add(string(lane), at, func(ctx context.Context) error { return m.work(ctx, lane) })
	}
	if !w.Letters.IsZero() {
		add(keyLetters, w.Letters, m.letters)
	}
	// Nothing else says that people signed up, or that another process has committed
	// changes: what runs tasks looks again when one is to come.
	add(keyLook, now.Add(lookEvery), func(context.Context) error { return nil })
	return tasks, nil
}

// planDue says when a cadence is to be planned, if it is. last is the last change.
func (m *Mailer) planDue(c notify.Cadence, w readers.Work, last uint64, now time.Time) (at time.Time, due bool) {
	head, known := w.Heads[c]
	switch {
	case !known || w.Owed[c]:
		return now, true
	case c != notify.Instant:
		return m.planAt(c, head, now), true
	}
	return now, last != head.Change
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// restOf is until when work under a key rests.
func (m *Mailer) restOf(key string) time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.rests[key]
}

// rest has work under a key begin again only after a while.
func (m *Mailer) rest(key string, d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rests[key] = m.o.Now().Add(d)
}

// halted says whether what comes back has stopped the letters, or the mailings.
func (m *Mailer) halted(ctx context.Context, key string) (bool, error) {
	stopped, err := m.o.Desk.Halted(ctx, key == keyLetters)
	if err != nil {
		return false, fmt.Errorf("reading whether mail to readers is stopped: %w", err)
	}
	if stopped {
		m.rest(key, time.Minute)
	}
	return stopped, nil
}

// How long the server takes nothing until the operator hears of it: soon, where it says
// that trying again is useless.
const (
	patience      = 10 * time.Minute
	shortPatience = 2 * time.Minute
)

// unreachable notes that the server took nothing, and has the lane wait.
func (m *Mailer) unreachable(ctx context.Context, key string, err error) {
	if ctx.Err() != nil {
		return // it was this process that stopped
	}
	now, wait := m.o.Now(), patience
	if f, ok := errors.AsType[*letter.Failure](err); ok && f.Permanent {
		wait = shortPatience
	}
	m.mu.Lock()
	if m.failing++; m.failing == 1 {
		m.since = now
	}
	long := now.Sub(m.since) >= wait
	m.works = m.works && !long
	pause := min(5*time.Second<<min(m.failing, 8), 10*time.Minute)
	m.mu.Unlock()
	m.rest(key, pause)
	m.o.Log.Warn("mail to readers waits", "lane", key, "error", err.Error(), "again_in", pause)
	if long {
		m.o.Trouble(ctx, err)
	}
}

// reached notes that the server took mail.
func (m *Mailer) reached(ctx context.Context) {
	m.mu.Lock()
	known := m.works
	m.failing, m.works = 0, true
	m.mu.Unlock()
	if !known {
		m.o.Trouble(ctx, nil)
	}
}

// What mails are counted by.
const (
	LaneInstant = "instant" // alerts
	LaneBulk    = "bulk"    // digests, and alerts to very many
	LaneLetters = "letters"

	ResultSent    = "sent"
	ResultRefused = "refused" // by the server, for good or after it was tried for days
	ResultLater   = "later"   // is tried again
	ResultFailed  = "failed"  // the server was not reached, or the mail is given up
)

// connections is how many mails a lane has under way at once.
func (m *Mailer) connections(lane readers.Lane) int {
	if strings.HasPrefix(string(lane), laneBulk) {
		return max(1, m.o.Connections/bulkLanes)
	}
	return m.o.Connections
}

// errNobody is why a mail is not written.
var errNobody = errors.New("nobody")

// numbers writes numbers as a key.
func numbers(seqs []uint64) string {
	var b []byte
	for _, n := range seqs {
		b = append(strconv.AppendUint(b, n, 36), ' ')
	}
	return string(b)
}
