package bounce

import (
	"fmt"
	"slices"
	"time"
)

// Limits are when the breaker stops mailings: where of the last so many mails more than a
// share came back, or was complained of. Amazon SES looks into an account at 5 percent of
// bounces and 0.1 percent of complaints, and stops it at 10 and 0.5; Gmail wants complaints
// below 0.1 percent and never 0.3.
type Limits struct {
	Of         int     // mails
	Bounces    float64 // percent
	Complaints float64 // percent
	// ResumeAfter is when mailings go on by themselves; 0: never.
	ResumeAfter time.Duration
}

// DefaultLimits are those where nothing else is configured. Of 1,000 mails, 0.1 percent
// would be one complaint, and any one reader could stop the mailings.
func DefaultLimits() Limits { return Limits{Of: 1000, Bounces: 5, Complaints: 0.3} }

const (
	leastMails      = 100 // before which nothing is judged
	leastComplaints = 3   // that stop mailings, whatever their share is
	mostTallied     = 100 // buckets
)

// tally counts mails and what came back of them, for the breaker.
type tally struct {
	Counts []counts `json:"counts,omitempty"` // by when the mails were sent, the oldest first
	Halted *Halt    `json:"halted,omitempty"`
	Told   bool     `json:"told,omitempty"` // the operator was told last that they are halted
}

// counts are of mails that were sent in a time, until the next one's begins.
type counts struct {
	From       time.Time `json:"from"` // to the minute, which belongs to no other time
	To         time.Time `json:"to"`   // the last minute so far
	Sent       int       `json:"sent"`
	Bounced    int       `json:"bounced,omitempty"`
	Complained int       `json:"complained,omitempty"`
}

// Halt is what the breaker stopped.
type Halt struct {
	Since time.Time `json:"since"`
	Why   string    `json:"why"`
}

// sent counts mails. It drops those before the last ones, of which nothing is counted
// anymore.
func (t *tally) sent(n int, at time.Time, l Limits) {
	at = at.UTC().Truncate(time.Minute)
	last := len(t.Counts) - 1
	if last < 0 || t.Counts[last].Sent >= max(l.Of/10, 1) && at.After(t.Counts[last].To) {
		t.Counts = append(t.Counts, counts{From: at})
		last++
	}
	t.Counts[last].Sent += n
	t.Counts[last].To = at
	sum := t.sum().Sent
	for len(t.Counts) > 1 && (sum-t.Counts[0].Sent >= l.Of || len(t.Counts) > mostTallied) {
		sum -= t.Counts[0].Sent
		t.Counts = t.Counts[1:]
	}
}

// returned counts what came back of a mail that was sent then, if that was one of the
// last ones: what many mails caused together is not held against the few after them.
func (t *tally) returned(k Kind, sentAt time.Time) {
	at, found := slices.BinarySearchFunc(t.Counts, sentAt.Truncate(time.Minute), func(c counts, at time.Time) int { return c.From.Compare(at) })
	if !found {
		at--
	}
	switch {
	case at < 0:
	case k == Complaint:
		t.Counts[at].Complained++
	default:
		t.Counts[at].Bounced++
	}
}

func (t *tally) sum() (s counts) {
	for _, c := range t.Counts {
		s.Sent += c.Sent
		s.Bounced += c.Bounced
		s.Complained += c.Complained
	}
	return s
}

// resume lets mails go on.
func (t *tally) resume() { *t = tally{Told: t.Told} }

// judge stops mailings where too much came back, and lets them go on where the time for
// that has come.
func (t *tally) judge(l Limits, now time.Time) {
	if t.Halted != nil {
		if l.ResumeAfter > 0 && now.Sub(t.Halted.Since) >= l.ResumeAfter {
			t.resume()
		}
		return
	}
	s := t.sum()
	if s.Sent < leastMails {
		return
	}
	share := func(n int) float64 { return 100 * float64(n) / float64(s.Sent) }
	switch {
	case share(s.Bounced) > l.Bounces:
		t.Halted = &Halt{Since: now.UTC(), Why: fmt.Sprintf("of the last %d mails, %d came back, which is more than %g percent", s.Sent, s.Bounced, l.Bounces)}
	case share(s.Complained) > l.Complaints && s.Complained >= leastComplaints:
		t.Halted = &Halt{Since: now.UTC(), Why: fmt.Sprintf("of the last %d mails, %d were complained of as spam, which is more than %g percent", s.Sent, s.Complained, l.Complaints)}
	}
}
