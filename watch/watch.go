// Package watch runs the cycle from ICE's page to the store. Poll, in poll.go, is
// the cycle from top to bottom: six calls, of which each takes values and returns
// values. Import does the same for past lists, and ResolveHold for a list that
// the operator approves or rejects.
package watch

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/jobs"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/store"
)

// Source is where lists come from: ICE's page, through a scraper.
type Source interface {
	Visit(ctx context.Context, known []scraper.Validators) scraper.Visit
}

// Planner decides what messages a commit causes.
type Planner interface {
	// Plan returns the messages that a commit causes. They are written with it, or
	// not at all. It is called again for a commit whose digest was sent meanwhile.
	Plan(ctx context.Context, e roster.CycleEvent) (roster.Notifications, error)
	// Committed is called after each commit that has deliveries. It must not block.
	Committed()
}

// Options are a watcher's parts and settings.
type Options struct {
	Store   store.Store
	Source  Source        // nil where only past lists are imported
	Planner Planner       // nil: nothing is sent
	Every   time.Duration // from one poll to the next
	Diff    diff.Settings
	// Documents are watched between polls; nil: none are.
	Documents *Documents
	Now       func() time.Time // the clock; nil: time.Now
	Log       *slog.Logger     // nil: none

	// OnPoll is called with each poll that was committed; nil: nothing is.
	OnPoll func(p roster.Poll)
	// OnBeat is called by Run whenever it goes on, with how long it may be until the
	// next time; nil: nothing is.
	OnBeat func(within time.Duration)
}

// Settings are what of the options may change while a watcher is at work.
type Settings struct {
	Source  Source
	Planner Planner
	Every   time.Duration
	Diff    diff.Settings
	// Documents are watched between polls; nil: none are.
	Documents *Documents
}

// Watcher keeps a store up to date. Its methods may be called from several
// goroutines; they take turns.
type Watcher struct {
	opts     Options // but for what is in settings
	settings atomic.Pointer[Settings]
	local    *jobs.Local // that Run runs

	mu    sync.Mutex // held for a whole cycle
	now   Settings   // that the cycle goes by, but for the planner
	last  *facts     // what the last commit left; nil where the store has to be read
	names diff.Names

	doubted string // what ICE's page said at the last poll, and is only believed at the next

	asked     bool       // ICE was, by the last poll
	unwritten *unwritten // of the last poll; nil: it is stored

	looks looks

	begun atomic.Bool // a poll of this process has, by Run or on a fleet
}

// New returns a watcher.
func New(o Options) *Watcher {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if o.OnPoll == nil {
		o.OnPoll = func(roster.Poll) {}
	}
	if o.OnBeat == nil {
		o.OnBeat = func(time.Duration) {}
	}
	w := &Watcher{opts: o}
	w.settings.Store(&Settings{Source: o.Source, Planner: o.Planner, Every: o.Every, Diff: o.Diff, Documents: o.Documents})
	kind := w.Kind()
	kind.Next = func(ctx context.Context, _ ...string) ([]jobs.Task, error) {
		w.opts.OnBeat(2 * longestPoll) // it asks after each poll, and every few minutes between two
		return w.tasks(ctx, !w.begun.Load())
	}
	w.local = jobs.NewLocal(kind, o.Now, o.Log)
	return w
}

// Reconfigure changes settings between two steps: a poll that is under way goes on with
// the ones of before, but its messages are planned by the new ones. When the next poll
// is due is worked out anew.
func (w *Watcher) Reconfigure(s Settings) {
	w.settings.Store(&s)
	w.looks.forget()
	w.local.Kick()
}

// Report is what a poll, an import or a decision about a hold came to.
type Report struct {
	Publications []roster.Publication // new ones, and held ones that count now
	Changes      []roster.Change
	Holds        []roster.Hold // opened, extended or ended

	// Of a poll.
	Outcome    scraper.Status
	Sentence   string        // for the operator
	RetryAfter time.Duration // how long ICE's server asked us to stay away; 0 where it did not
	Had        []roster.List // the lists that came, changed or not

	// Of an import.
	Imported int      // lists
	Known    int      // lists that the store had already
	Skipped  []string // why a file was not imported, one sentence each
	Older    []Past   // files of before what the store has, which it cannot take in order
}

// add adds what one commit came to.
func (r *Report) add(d diff.Result) {
	r.Publications = append(r.Publications, d.Publications...)
	r.Changes = append(r.Changes, d.Changes...)
	r.Holds = append(r.Holds, d.Holds...)
}
