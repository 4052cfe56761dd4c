// Package watch conducts: it fetches ICE's page, has what came read, linked and
// judged, and commits what follows, in one cycle that can be read here from top
// to bottom. It also takes in past lists, and the operator's word on held ones.
package watch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/store"
)

// Source is where lists come from: ICE's page, through a scraper.
type Source interface {
	Visit(ctx context.Context, known []scraper.Validators) scraper.Visit
}

// Options are a watcher's parts and settings.
type Options struct {
	Store  store.Store
	Source Source        // nil where only past lists are taken in
	Every  time.Duration // from one poll to the next
	Diff   diff.Settings
	Now    func() time.Time // the clock; nil: time.Now
	Log    *slog.Logger     // nil: none

	// Planner says what a commit sends; nil: nothing.
	Planner Planner
}

// Planner decides what messages a commit causes.
type Planner interface {
	// Plan returns the messages that a commit causes. They are written with it, or
	// not at all. It is called again for a commit whose digest was sent meanwhile.
	Plan(ctx context.Context, e roster.CycleEvent) (roster.Notifications, error)
	// Committed is called after each commit that has deliveries. It must not block.
	Committed()
}

// Watcher keeps a store up to date. Its methods may be called from several
// goroutines; they take turns.
type Watcher struct {
	o Options

	mu    sync.Mutex // held for a whole cycle
	known *roster.Snapshot
	names diff.Names
	said  map[roster.List]map[string]string // what accepted lists said, by digest: the last one's file
}

// New returns a watcher.
func New(o Options) *Watcher {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	return &Watcher{o: o}
}

// Report is what one cycle came to.
type Report struct {
	Outcome      scraper.Status
	Sentence     string        // for the operator
	RetryAfter   time.Duration // what ICE's server asked for
	Had          []roster.List // the lists that came, changed or not
	Publications []roster.Publication
	Changes      []roster.Change
	Holds        []roster.Hold // opened, extended or ended
}

// Poll runs one cycle: fetch, read, judge and link, commit. A failing source is
// no error: the report's outcome says it, and the state stays as it is. An error
// means that the store failed, or that ctx ended.
func (w *Watcher) Poll(ctx context.Context) (Report, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	started := w.o.Now()

	known, err := w.load(ctx)
	if err != nil {
		return Report{}, err
	}
	validators, err := w.o.Store.Validators(ctx)
	if err != nil {
		return Report{}, fmt.Errorf("reading what was fetched before: %w", err)
	}
	c, err := w.look(ctx, known, validators)
	if err == nil && len(c.wanted) > 0 {
		c, err = w.look(ctx, known, without(validators, c.wanted))
	}
	if err != nil {
		return Report{}, err
	}
	outcome, err := c.update()
	if err != nil {
		return Report{}, err
	}
	poll := c.log(outcome, started)
	report := c.report(outcome)
	e := roster.CycleEvent{At: c.now.UTC(), Poll: &poll, Failed: report.Outcome.Failed()}
	if err := w.tell(ctx, e, known.Seqs, outcome, c.bodies, c.validators); err != nil {
		return Report{}, err
	}
	w.o.Log.Info("polled", "outcome", string(report.Outcome), "said", report.Sentence, "changes", len(report.Changes))
	return report, nil
}

// tell commits an outcome with the messages that it causes. A digest that was to
// grow can have gone to the sender meanwhile; then the messages are planned anew.
func (w *Watcher) tell(ctx context.Context, e roster.CycleEvent, before roster.Seqs, o diff.Result, bodies []body, v []roster.Validator) error {
	e.Changes, e.Holds, e.InForce = o.Changes, o.Holds, o.Known.InForce
	if len(o.Changes) > 0 {
		e.Figures = roster.FiguresOf(o.Known.Records)
	}
	if w.o.Planner != nil {
		var err error
		if e.LastPublished, err = w.lastPublished(ctx, before, o); err != nil {
			return err
		}
	}
	for again := false; ; again = true {
		var told roster.Notifications
		if w.o.Planner != nil {
			var err error
			if told, err = w.o.Planner.Plan(ctx, e); err != nil {
				return fmt.Errorf("planning the messages: %w", err)
			}
		}
		err := w.commit(ctx, before, o, told, bodies, v, e.Poll)
		if again || len(told.Deliveries) == 0 || !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
}

// lastPublished is the date of ICE's newest list, of those in force, those of
// this commit and the one that came before it.
func (w *Watcher) lastPublished(ctx context.Context, before roster.Seqs, o diff.Result) (last time.Time, err error) {
	known := slices.Concat(slices.Collect(maps.Values(o.Known.InForce)), o.Publications)
	if before.Publication > 0 {
		p, err := w.o.Store.Publication(ctx, before.Publication)
		if err != nil {
			return last, fmt.Errorf("reading the last publication: %w", err)
		}
		known = append(known, p)
	}
	for _, p := range known {
		if p.PublishedAt.After(last) {
			last = p.PublishedAt
		}
	}
	return last, nil
}

// look visits ICE's page and reads what came.
func (w *Watcher) look(ctx context.Context, known *roster.Snapshot, validators []roster.Validator) (*cycle, error) {
	visit := w.o.Source.Visit(ctx, asKnown(validators))
	if visit.Err != nil {
		return nil, fmt.Errorf("visiting ICE's page: %w", visit.Err)
	}
	c := &cycle{w: w, ctx: ctx, known: known, asked: byAddress(validators), visit: visit, now: w.o.Now(),
		outcome: visit.Outcome, sentence: visit.Sentence, notes: slices.Clone(visit.Notes)}
	return c, c.read()
}

// load returns what the store knows. Nothing else writes to the store, so that
// it is read once and kept.
func (w *Watcher) load(ctx context.Context) (*roster.Snapshot, error) {
	if w.known == nil {
		known, err := w.o.Store.Known(ctx)
		if err != nil {
			return nil, fmt.Errorf("reading what is known: %w", err)
		}
		w.known = &known
	}
	return w.known, nil
}

// held fetches the publications of the open holds, for comparison.
func (w *Watcher) held(ctx context.Context, holds []roster.Hold) (map[string]diff.Candidate, error) {
	held := map[string]diff.Candidate{}
	for _, h := range holds {
		a, err := w.heldArrival(ctx, h)
		if err != nil {
			return nil, err
		}
		held[h.ID] = a
	}
	return held, nil
}

func (w *Watcher) heldArrival(ctx context.Context, h roster.Hold) (diff.Candidate, error) {
	p, err := w.o.Store.Publication(ctx, h.Publication)
	if err != nil {
		return diff.Candidate{}, fmt.Errorf("reading the publication of %s: %w", h.ID, err)
	}
	r, err := w.o.Store.Roster(ctx, h.Publication)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return diff.Candidate{}, fmt.Errorf("reading the roster of %s: %w", h.ID, err)
	}
	baseline, err := w.baseline(ctx, h.List)
	return diff.Candidate{Publication: p, Roster: r, NoColumns: p.Digest == "", Baseline: baseline}, err
}

// accepted says whether anything on the list was ever accepted.
func (w *Watcher) accepted(list roster.List) bool {
	_, ok := w.known.InForce[list]
	return ok
}

// baseline says whether a list is merely new to this store, so that nothing on
// it is news. The pending list comes and goes: where earlier polls found the
// other one without it, all that it lists is news.
func (w *Watcher) baseline(ctx context.Context, list roster.List) (bool, error) {
	if list == roster.ListParticipating || w.accepted(list) {
		return !w.accepted(list), nil
	}
	polls, err := w.o.Store.Polls(ctx, 100)
	if err != nil {
		return false, fmt.Errorf("reading the log of polls: %w", err)
	}
	return !slices.ContainsFunc(polls, func(p roster.Poll) bool { return slices.Contains(p.Absent, list) }), nil
}

// commit writes an outcome with the bytes behind it. What is known moves only
// once it is on disk.
func (w *Watcher) commit(ctx context.Context, before roster.Seqs, o diff.Result, told roster.Notifications, bodies []body, v []roster.Validator, poll *roster.Poll) error {
	b := store.Batch{Before: before, Verdicts: o.Verdicts, Agencies: o.Agencies, Records: o.Records,
		Changes: o.Changes, Holds: o.Holds, Validators: v, Poll: poll,
		Deliveries: told.Deliveries, Incidents: told.Incidents}
	for _, p := range o.Publications {
		if p.Seq <= before.Publication {
			b.Verdicts = append(b.Verdicts, p)
			continue
		}
		var err error
		if p.KeptAs, err = w.keptAs(ctx, o, p); err != nil {
			return err
		}
		if now := o.Known.InForce[p.List]; now.Seq == p.Seq {
			now.KeptAs = p.KeptAs
			o.Known.InForce[p.List] = now
		}
		e := store.NewPublication{Publication: p}
		for _, body := range bodies {
			if body.list == p.List && p.KeptAs == "" {
				e.Body, e.Roster = body.bytes, body.roster
			}
		}
		b.Entries = append(b.Entries, e)
	}
	if err := w.o.Store.Commit(ctx, b); err != nil {
		w.known, w.said = nil, nil // whatever happened, the store knows best
		return fmt.Errorf("writing to the store: %w", err)
	}
	w.known = &o.Known
	for _, p := range o.Publications {
		w.remember(p)
	}
	if len(told.Deliveries) > 0 {
		w.o.Planner.Committed()
	}
	return nil
}

// ResolveHold accepts or rejects a held publication for the operator.
func (w *Watcher) ResolveHold(ctx context.Context, id string, approve bool) (Report, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	known, err := w.load(ctx)
	if err != nil {
		return Report{}, err
	}
	held, err := w.held(ctx, known.Holds)
	if err != nil {
		return Report{}, err
	}
	a, open := held[id]
	if !open {
		return Report{}, fmt.Errorf("no publication is held as %q; \"watch287g holds\" lists those that are", id)
	}
	in := diff.Input{Known: *known, Held: held, Now: w.o.Now(), Unread: true, Settings: w.o.Diff, Names: &w.names}
	switch {
	case !approve:
		in.Rejected = id
	case a.NoColumns:
		return Report{}, fmt.Errorf("%s has no list's columns, so that there is nothing to accept; reject it instead", id)
	default:
		a.Decision = roster.HoldApproved
		in.Arrivals = []diff.Candidate{a}
	}
	o, err := diff.Update(ctx, in)
	if err != nil {
		return Report{}, fmt.Errorf("working out what changed: %w", err)
	}
	if err := w.tell(ctx, roster.CycleEvent{At: in.Now.UTC()}, known.Seqs, o, nil, nil); err != nil {
		return Report{}, err
	}
	return Report{Publications: o.Publications, Changes: o.Changes, Holds: o.Holds}, nil
}
