package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/watch"
	"github.com/watch287g/watch287g/web/operator"
)

const (
	// linkSecret names the secret that links to holds are signed with.
	linkSecret = "hold-links"
	// decisionPause is how often it is looked whether a decision is due.
	decisionPause = 2 * time.Second
	// mostPreviewed and longestPreviewed bound what the page of a hold shows of a
	// channel's messages, and of one of them in bytes.
	mostPreviewed    = 20
	longestPreviewed = 20_000
)

// signHold signs the links of messages with the secret in a store.
func signHold(s store.Store) func(hold string, from time.Time) string {
	return func(hold string, from time.Time) string {
		key, err := s.Secret(context.Background(), linkSecret)
		if err != nil {
			return "" // the message says the commands anyway
		}
		return operator.NewSigner(key).Sign(hold, from)
	}
}

// newHoldPages makes the pages on which an operator decides about a hold.
func (r *reloader) newHoldPages(ctx context.Context) (http.Handler, error) {
	key, err := r.store.Secret(ctx, linkSecret)
	if err != nil {
		return nil, fmt.Errorf("reading what links are signed with: %w", err)
	}
	pages, err := operator.New(operator.Options{Signer: operator.NewSigner(key), Record: r.store, Preview: r.previewHold,
		Undo:     func() time.Duration { return r.now.Load().config.Holds.Undo },
		Conflict: func(err error) bool { return errors.Is(err, store.ErrConflict) }, Now: r.app.now, Log: r.log})
	if err != nil {
		return nil, fmt.Errorf("setting up the pages of holds: %w", err)
	}
	return pages, nil
}

// previewHold works out what each channel would be sent if a hold were approved now.
func (r *reloader) previewHold(ctx context.Context, id string) ([]operator.Channel, error) {
	now := r.now.Load()
	e, err := watch.WouldChange(ctx, watch.Options{Store: r.store, Diff: now.diff, Now: r.app.now}, id)
	if err != nil {
		return nil, err //nolint:wrapcheck // it says what it was about
	}
	in, err := snapshot.InAreas(r.store)(ctx, e.Changes)
	if err != nil {
		return nil, fmt.Errorf("reading where agencies are: %w", err)
	}
	links := notify.Links{Base: now.config.Web.URL}
	all := []operator.Channel{}
	for _, rule := range now.channels.rules {
		if rule.Operator {
			continue
		}
		messages, err := notify.Would(ctx, store.Queue{Store: r.store}, rule, in, e)
		if err != nil {
			return nil, fmt.Errorf("working out what %s would be sent: %w", rule.Channel, err)
		}
		ch := operator.Channel{Name: rule.Channel}
		for _, m := range messages[:min(len(messages), mostPreviewed)] {
			text := notify.PreviewText(now.channels.byName[rule.Channel], m, links)
			if len(text) > longestPreviewed {
				text = strings.ToValidUTF8(text[:longestPreviewed], "") + "\n… and more"
			}
			ch.Messages = append(ch.Messages, operator.Message{Due: m.Delivery.DueAt, Text: text})
		}
		all = append(all, ch)
	}
	return all, nil
}

// carryOutDecisions carries out what was decided by link once it can no longer be undone,
// until ctx ends. Any process that polls can: what is decided is in the store.
func (r *reloader) carryOutDecisions(ctx context.Context) error {
	tick := time.NewTicker(decisionPause)
	defer tick.Stop()
	for said := ""; ; {
		err, what := r.carryOutDue(ctx), ""
		if err != nil && ctx.Err() == nil {
			what = oneLine(err)
		}
		if what != said && what != "" { // said once, not every two seconds
			r.log.Error("cannot carry out what was decided about a hold; it is tried again", "error", what)
		}
		said = what
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (r *reloader) carryOutDue(ctx context.Context) error {
	decisions, err := r.store.Decisions(ctx)
	if err != nil {
		return fmt.Errorf("reading what was decided: %w", err)
	}
	var errs []error
	for _, d := range decisions {
		if d.Open() && !d.DueAt.After(r.app.now()) {
			errs = append(errs, r.carryOut(ctx, d))
		}
	}
	return errors.Join(errs...)
}

// carryOut carries out one decision. First it is noted that it cannot be undone anymore;
// where this ends after that, the next one goes on from there.
func (r *reloader) carryOut(ctx context.Context, d roster.Decision) error {
	if d.State == roster.DecisionScheduled {
		d.Serial, d.State = d.Serial+1, roster.DecisionStarted
		if err := r.store.Decide(ctx, d); err != nil {
			return unlessConflict(err) // it was undone, or another process has it
		}
	}
	_, err := r.watcher.CarryOut(ctx, d)
	d.Serial, d.State, d.EndedAt = d.Serial+1, roster.DecisionDone, r.app.now().UTC()
	switch {
	case errors.Is(err, watch.ErrNotHeld):
		done, unread := r.wasCarriedOut(ctx, d)
		if unread != nil {
			return unread
		}
		if !done {
			d.State, d.Why = roster.DecisionFailed, err.Error()+"."
		}
	case err != nil:
		return unlessConflict(err) // the next time, by what is known then
	}
	if d.State == roster.DecisionFailed { // told first: nobody would go on from the end of it
		if err := r.tellFailed(ctx, d); err != nil {
			return err
		}
	}
	if err := r.store.Decide(ctx, d); err != nil {
		return unlessConflict(err)
	}
	log := r.log.With("hold", d.Hold, "verdict", string(d.Verdict))
	if d.State == roster.DecisionFailed {
		log.Warn("what was decided about a hold by link could not be carried out", "why", d.Why)
	} else {
		log.Info("what was decided about a hold by link is carried out")
	}
	r.sender.Wake()
	return nil
}

// tellFailed tells the operator that a decision could not be carried out. However often
// it is called, the notice has the same id, of which the store refuses the second.
func (r *reloader) tellFailed(ctx context.Context, d roster.Decision) error {
	n := roster.Notice{Kind: notify.DecisionFailed, At: d.DueAt, Text: fmt.Sprintf("What was decided about %s by link on %s could not be carried out: %s \"watch287g holds\" shows how it stands.",
		d.Hold, prose.English.Moment(d.At), d.Why)}
	err := notify.Tell(ctx, store.Queue{Store: r.store}, r.now.Load().channels.rules, []roster.Notice{n}, nil)
	if errors.Is(err, store.ErrInvalid) {
		return nil // it was told before a process ended here
	}
	return err //nolint:wrapcheck // it says what it was about
}

// wasCarriedOut says whether a decision is carried out already, by a process that ended
// before it could note so.
func (r *reloader) wasCarriedOut(ctx context.Context, d roster.Decision) (bool, error) {
	holds, err := r.store.Holds(ctx)
	if err != nil {
		return false, fmt.Errorf("reading the holds: %w", err)
	}
	for _, h := range holds {
		if h.ID == d.Hold {
			return h.State == d.Verdict && h.By == roster.ByLink && h.DecidedAt.Equal(d.At), nil
		}
	}
	return false, nil
}

// unlessConflict is nil for an error that means that somebody else was quicker.
func unlessConflict(err error) error {
	if errors.Is(err, store.ErrConflict) {
		return nil
	}
	return err
}

// stateOf says how it stands with a hold, as a table has it.
func stateOf(h roster.Hold, decisions []roster.Decision) string {
	state := string(h.State)
	if h.By == roster.ByLink {
		return state + " by link " + stamp(h.DecidedAt)
	}
	for _, d := range decisions {
		if d.Hold == h.ID && d.Open() && h.Open() {
			return state + ", to be " + string(d.Verdict) + " by link " + stamp(d.DueAt)
		}
	}
	return state
}
