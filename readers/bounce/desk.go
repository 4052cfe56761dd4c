package bounce

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/watch287g/watch287g/readers"
)

// Store is what a desk needs of readers.People.
type Store interface {
	Reader(ctx context.Context, id readers.ID) (readers.Reader, error)
	ReaderOf(ctx context.Context, address string) (readers.Reader, error)
	Request(ctx context.Context, id readers.ID) (readers.Request, error)
	Withdraw(ctx context.Context, id readers.ID) error
	Update(ctx context.Context, id readers.ID, change func(*readers.Reader) error) (readers.Reader, error)
	Suppress(ctx context.Context, address string, s readers.Suppression) error
	Suppressed(ctx context.Context, addresses ...string) (map[string]readers.Suppression, error)
	Keep(ctx context.Context, key string, until time.Time, change func(old []byte) ([]byte, error)) error
	Secret(ctx context.Context, name string) ([]byte, error)
}

// DefaultSoft is how many soft bounces in a row suppress an address where nothing else is
// configured.
const DefaultSoft = 3

const (
	oldestEvent = 30 * 24 * time.Hour
	keepEvent   = oldestEvent + 24*time.Hour
	keepTally   = 10 * 365 * 24 * time.Hour
)

// Options are a desk's parts and settings.
type Options struct {
	Store  Store
	Soft   int    // soft bounces in a row that suppress an address; 0: DefaultSoft
	Limits Limits // of the breaker; zero: DefaultLimits
	// Tell tells the operator that the breaker stopped mails (halt), or that they go on
	// (nil): of letters and of mailings each once. nil leaves that to another process.
	Tell func(ctx context.Context, letters bool, halt *Halt) error
	// Counted is called with what was taken, for metrics; nil: nothing is.
	Counted func(k Kind)
	Now     func() time.Time
	Log     *slog.Logger
}

// Desk does what follows from what is reported of mails, and says when no mails may be
// sent. All that it knows is in the store, so that any process can have one.
type Desk struct {
	o        Options
	settings atomic.Pointer[settings]
}

// settings are what can change while a desk is at work.
type settings struct {
	soft   int
	limits Limits
}

// NewDesk returns a desk.
func NewDesk(o Options) *Desk {
	if o.Counted == nil {
		o.Counted = func(Kind) {}
	}
	d := &Desk{o: o}
	d.Configure(o.Soft, o.Limits)
	return d
}

// Configure sets after how many soft bounces in a row an address is suppressed, and when
// the breaker stops mails, as Options do.
func (d *Desk) Configure(soft int, l Limits) {
	if l.Of == 0 {
		after := l.ResumeAfter
		l = DefaultLimits()
		l.ResumeAfter = after
	}
	d.settings.Store(&settings{cmp.Or(soft, DefaultSoft), l})
}

// Take takes an event. It does the same once, however often it is called with it.
func (d *Desk) Take(ctx context.Context, e Event) error {
	now := d.o.Now()
	if e.At.IsZero() || e.At.After(now) {
		e.At = now
	}
	if now.Sub(e.At) > oldestEvent || e.Kind == Nothing || e.Kind == NotUnderstood {
		d.o.Counted(e.Kind)
		return nil
	}
	secret, err := d.o.Store.Secret(ctx, readers.SecretBounces)
	if err != nil {
		return err //nolint:wrapcheck // it says what it was about
	}
	token, signed := firstReturn(secret, e.Tokens, now)
	if e.ID == "" && signed {
		e.ID = string(e.Kind) + " " + string(token.ID) + token.SentAt.String()
	}
	key := ""
	if e.ID != "" && e.Kind != Delivered { // which comes for each mail, and twice does nothing
		key = readers.LimitKey(secret, "event", e.ID)
		if done, err := d.done(ctx, key); done || err != nil {
			return err
		}
	}
	m, err := d.find(ctx, secret, e, token, signed)
	if err != nil || m == nil {
		return err
	}
	if err := d.apply(ctx, e, *m); err != nil {
		return err
	}
	d.o.Counted(e.Kind)
	if key == "" {
		return nil
	}
	return d.keep(ctx, key, keepEvent, func([]byte) ([]byte, error) { return []byte("1"), nil })
}

func (d *Desk) keep(ctx context.Context, key string, long time.Duration, change func([]byte) ([]byte, error)) error {
	return d.o.Store.Keep(ctx, key, d.o.Now().Add(long), change) //nolint:wrapcheck // it says what it was about
}

// errLook ends a change that only looked.
var errLook = errors.New("nothing is changed")

// done says whether an event was taken before.
func (d *Desk) done(ctx context.Context, key string) (done bool, err error) {
	err = d.keep(ctx, key, keepEvent, func(old []byte) ([]byte, error) {
		done = old != nil
		return nil, errLook
	})
	if errors.Is(err, errLook) {
		err = nil
	}
	return done, err
}

// firstReturn reads the first of some texts that is a return token.
func firstReturn(secret []byte, tokens []string, now time.Time) (r readers.Return, ok bool) {
	for _, t := range tokens {
		if r, ok = readers.ReadReturn(secret, t, now); ok {
			return r, true
		}
	}
	return r, false
}

// ours is a mail of ours of which something is reported.
type ours struct {
	address string
	reader  *readers.Reader // nil where nobody has the address, or none yet
	letter  bool
	request readers.ID // "" where it was not one that waits
	sentAt  time.Time
}

// find finds the mail that an event is about; nil where there is none, or nobody who got
// it anymore.
func (d *Desk) find(ctx context.Context, secret []byte, e Event, token readers.Return, signed bool) (*ours, error) {
	m := &ours{address: e.To, sentAt: e.SentAt, letter: token.Letter}
	if signed {
		m.sentAt = token.SentAt
		r, err := d.o.Store.Reader(ctx, token.ID)
		if found, err := known(err); err != nil || found && token.Of(secret, r.Address) {
			m.address, m.reader = r.Address, &r
			return m, err
		}
		asked, err := d.o.Store.Request(ctx, token.ID)
		if found, err := known(err); err != nil || found && token.Of(secret, asked.Address) {
			m.address, m.letter, m.request = asked.Address, true, asked.ID
			return m, err
		}
	}
	if e.Only || e.To == "" {
		return nil, nil //nolint:nilnil // nobody is meant
	}
	if m.sentAt.IsZero() || m.sentAt.After(e.At) {
		m.sentAt = e.At
	}
	address, err := readers.ParseAddress(e.To)
	if err != nil {
		return nil, nil //nolint:nilerr,nilnil // we write to none that cannot be one
	}
	r, err := d.o.Store.ReaderOf(ctx, address)
	found, err := known(err)
	m.address, m.letter = address, token.Letter || !found
	if found {
		m.reader = &r
	}
	return m, err
}

// known says whether something was found, and returns what else went wrong.
func known(err error) (bool, error) {
	if errors.Is(err, readers.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// apply does what follows from an event.
func (d *Desk) apply(ctx context.Context, e Event, m ours) error {
	switch e.Kind {
	case Hard:
		return d.suppress(ctx, e, m, readers.ReasonHard)
	case Complaint:
		return d.suppress(ctx, e, m, readers.ReasonComplaint)
	case Soft:
		return d.soft(ctx, e, m)
	case Delivered:
		if m.reader == nil || m.reader.Soft == 0 {
			return nil
		}
		return d.update(ctx, m.reader.ID, func(r *readers.Reader) bool { return r.Delivered(e.At) })
	case Leaves:
		return d.leaves(ctx, e, m)
	case Nothing, NotUnderstood:
	}
	return nil
}

// leaves ends the mails to whoever asks for that by mail, as the page does.
func (d *Desk) leaves(ctx context.Context, e Event, m ours) error {
	if m.request != "" {
		if err := d.o.Store.Withdraw(ctx, m.request); err != nil && !errors.Is(err, readers.ErrNotFound) {
			return err //nolint:wrapcheck // it says what it was about
		}
		r, err := d.o.Store.ReaderOf(ctx, m.address)
		if found, err := known(err); err != nil || !found {
			return err
		}
		m.reader = &r
	}
	if m.reader == nil {
		return nil
	}
	return d.update(ctx, m.reader.ID, func(r *readers.Reader) bool {
		if r.State != readers.StateActive && r.State != readers.StatePaused || e.At.Before(r.ConfirmedAt) {
			return false // and came back since
		}
		r.Leave(d.o.Now())
		return true
	})
}

// errSame ends a change of a reader that changes nothing.
var errSame = errors.New("the reader stays as it is")

// update changes a reader who still is, if change says that there is anything to change.
func (d *Desk) update(ctx context.Context, id readers.ID, change func(*readers.Reader) bool) error {
	_, err := d.o.Store.Update(ctx, id, func(r *readers.Reader) error {
		if !change(r) {
			return errSame
		}
		return nil
	})
	if errors.Is(err, errSame) || errors.Is(err, readers.ErrNotFound) {
		return nil
	}
	return err //nolint:wrapcheck // it says what it was about
}

// suppress has an address get nothing anymore.
func (d *Desk) suppress(ctx context.Context, e Event, m ours, why readers.Reason) error {
	before, err := d.o.Store.Suppressed(ctx, m.address)
	if err != nil {
		return err //nolint:wrapcheck // it says what it was about
	}
	// What the other side said is not kept: it can name the reader in any way.
	if err := d.o.Store.Suppress(ctx, m.address, readers.Suppression{Reason: why, At: e.At, Detail: e.Status}); err != nil {
		return err //nolint:wrapcheck // it says what it was about
	}
	if had, ok := before[m.address]; ok && (had.Reason == why || had.Outlasts()) {
		return nil
	}
	return d.returned(ctx, e.Kind, m)
}

// soft counts a soft bounce.
func (d *Desk) soft(ctx context.Context, e Event, m ours) error {
	counts, inRow := m.reader == nil, 0
	if m.reader != nil {
		err := d.update(ctx, m.reader.ID, func(r *readers.Reader) bool {
			counts = r.SoftBounce(e.At)
			inRow = r.Soft
			return counts
		})
		if err != nil {
			return err
		}
	}
	if inRow >= d.settings.Load().soft {
		s := readers.Suppression{Reason: readers.ReasonSoft, At: e.At, Detail: e.Status}
		if err := d.o.Store.Suppress(ctx, m.address, s); err != nil {
			return err //nolint:wrapcheck // it says what it was about
		}
	}
	if !counts || len(e.Status) > 0 && e.Status[0] == '4' { // a full mailbox is nobody's view of us
		return nil
	}
	return d.returned(ctx, Soft, m)
}

// returned counts for the breaker.
func (d *Desk) returned(ctx context.Context, k Kind, m ours) error {
	_, err := d.change(ctx, m.letter, func(t *tally) { t.returned(k, m.sentAt) })
	return err
}

// Refused is called with a mail that a server refused to a recipient: a code such as
// "5.1.1" or "550" says how.
func (d *Desk) Refused(ctx context.Context, s readers.Sent, code string) error {
	secret, err := d.o.Store.Secret(ctx, readers.SecretBounces)
	if err != nil {
		return err //nolint:wrapcheck // it says what it was about
	}
	status := statusIn(code)
	return d.Take(ctx, Event{Kind: kindOf(status), Status: status, Tokens: []string{readers.ReturnToken(secret, s)}, Only: true, At: d.o.Now()})
}

// Took is called with a mail to a reader that a server took. It is needed only of those
// with soft bounces.
func (d *Desk) Took(ctx context.Context, r readers.Reader) error {
	if r.Soft == 0 {
		return nil
	}
	now := d.o.Now()
	return d.update(ctx, r.ID, func(r *readers.Reader) bool { return r.Took(now) })
}

// Sent counts mails that a server took.
func (d *Desk) Sent(ctx context.Context, letters bool, n int) error {
	now := d.o.Now()
	_, err := d.change(ctx, letters, func(t *tally) { t.sent(n, now, d.settings.Load().limits) })
	return err
}

// Halted says whether no mails may be sent. What stops mailings stops letters, too, but
// not the other way around: anybody can have us send letters to addresses that there are
// not, and nobody is to miss an alert by that.
func (d *Desk) Halted(ctx context.Context, letters bool) (bool, error) {
	h, err := d.change(ctx, false, func(*tally) {})
	if h != nil || err != nil || !letters {
		return h != nil, err
	}
	h, err = d.change(ctx, true, func(*tally) {})
	return h != nil, err
}

// Standing is how it stands with letters or mailings.
type Standing struct {
	Sent       int   `json:"sent"` // of the last mails
	Bounced    int   `json:"bounced"`
	Complained int   `json:"complained"`
	Halted     *Halt `json:"halted"` // null while they are sent
}

// Standing returns how it stands with letters or mailings.
func (d *Desk) Standing(ctx context.Context, letters bool) (Standing, error) {
	var t tally
	_, err := d.change(ctx, letters, func(now *tally) { t = *now })
	s := t.sum()
	return Standing{s.Sent, s.Bounced, s.Complained, t.Halted}, err
}

// Resume lets mails go on that the breaker stopped, and says whether it had.
func (d *Desk) Resume(ctx context.Context) (resumed bool, err error) {
	for _, letters := range []bool{false, true} {
		had := false
		if _, err := d.change(ctx, letters, func(t *tally) {
			if had = t.Halted != nil; had {
				t.resume()
			}
		}); err != nil {
			return resumed, err
		}
		resumed = resumed || had
	}
	return resumed, nil
}

// change changes what is counted of letters or of mailings, tells the operator where that
// stops them or lets them go on, and returns what is stopped.
func (d *Desk) change(ctx context.Context, letters bool, change func(*tally)) (*Halt, error) {
	var now tally
	err := d.keepTally(ctx, letters, func(t *tally) {
		change(t)
		t.judge(d.settings.Load().limits, d.o.Now())
		now = *t
	})
	halted := now.Halted != nil
	if err != nil || halted == now.Told || d.o.Tell == nil {
		return now.Halted, err
	}
	if err := d.o.Tell(ctx, letters, now.Halted); err != nil { // the next call tells it
		d.o.Log.Error("cannot tell the operator about mails to readers", "error", err.Error())
		return now.Halted, nil
	}
	return now.Halted, d.keepTally(ctx, letters, func(t *tally) { t.Told = halted })
}

func (d *Desk) keepTally(ctx context.Context, letters bool, change func(*tally)) error {
	key := "tally mailings"
	if letters {
		key = "tally letters"
	}
	err := d.keep(ctx, key, keepTally, func(old []byte) ([]byte, error) {
		t := tally{}
		if old != nil {
			if err := json.Unmarshal(old, &t); err != nil {
				return nil, fmt.Errorf("reading what was counted of mails: %w", err)
			}
		}
		change(&t)
		now, err := json.Marshal(t)
		if err == nil && (bytes.Equal(now, old) || old == nil && string(now) == "{}") {
			return nil, errLook
		}
		return now, err
	})
	if errors.Is(err, errLook) {
		return nil
	}
	return err
}
