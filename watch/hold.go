package watch

import (
	"context"
	"errors"
	"fmt"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/roster"
)

// ErrNotHeld means that what was to be decided about is not held, or is another list by
// now.
var ErrNotHeld = errors.New("it is not held")

// ResolveHold approves or rejects a held publication for the operator.
func (w *Watcher) ResolveHold(ctx context.Context, id string, approve bool) (Report, error) {
	d := roster.Decision{Hold: id, Verdict: roster.HoldRejected}
	if approve {
		d.Verdict = roster.HoldApproved
	}
	return w.resolve(ctx, d, func(*roster.Hold) {})
}

// CarryOut does what was decided by a link. The error wraps ErrNotHeld where that cannot
// be done anymore.
func (w *Watcher) CarryOut(ctx context.Context, d roster.Decision) (Report, error) {
	return w.resolve(ctx, d, func(h *roster.Hold) { h.By, h.DecidedAt = roster.ByLink, d.At })
}

func (w *Watcher) resolve(ctx context.Context, d roster.Decision, mark func(*roster.Hold)) (Report, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	known, err := w.readFacts(ctx)
	if err != nil {
		return Report{}, err
	}
	at := w.opts.Now()
	result, err := w.decide(ctx, known, d)
	if err != nil {
		return Report{}, err
	}
	for i := range result.Holds {
		if result.Holds[i].ID == d.Hold {
			mark(&result.Holds[i])
		}
	}
	c := cycle{facts: known, at: at, result: result}
	messages, err := w.plan(ctx, c)
	if err != nil {
		return Report{}, err
	}
	if err := w.commit(ctx, c, messages); err != nil {
		return Report{}, err
	}
	var r Report
	r.add(result)
	return r, nil
}

// decide works out what a decision about a hold changes.
func (w *Watcher) decide(ctx context.Context, known facts, d roster.Decision) (diff.Result, error) {
	held, open := known.held[d.Hold]
	switch {
	case !open:
		return diff.Result{}, notHeld("no publication is held as %q; \"watch287g holds\" lists those that are", d.Hold)
	case d.Publication != "" && held.Publication.SHA256 != d.Publication:
		return diff.Result{}, notHeld("ICE has published another list since, which %s is about by now", d.Hold)
	}
	in := diff.Input{Now: w.opts.Now().UTC(), Unread: true}
	switch {
	case d.Verdict == roster.HoldRejected:
		in.Rejected = d.Hold
	case held.NoColumns:
		return diff.Result{}, notHeld("%s has no list's columns, so that there is nothing to accept; reject it instead", d.Hold)
	default:
		held.Decision = roster.HoldApproved
		in.Arrivals = []diff.Candidate{held}
	}
	return w.update(ctx, known, in)
}

// notHeldError is an ErrNotHeld in words of its own.
type notHeldError string

func (e notHeldError) Error() string { return string(e) }

// Is is for errors.Is.
func (e notHeldError) Is(target error) bool { return target == ErrNotHeld }

func notHeld(format string, args ...any) error { return notHeldError(fmt.Sprintf(format, args...)) }

// WouldChange works out what the approval of a held publication would change now, as an
// event that is not committed. Nothing is written, and no poll waits for it.
func WouldChange(ctx context.Context, o Options, id string) (roster.CycleEvent, error) {
	w := New(o)
	w.mu.Lock()
	defer w.mu.Unlock()
	known, err := w.readFacts(ctx)
	if err != nil {
		return roster.CycleEvent{}, err
	}
	result, err := w.decide(ctx, known, roster.Decision{Hold: id, Verdict: roster.HoldApproved})
	if err != nil {
		return roster.CycleEvent{}, err
	}
	return roster.CycleEvent{At: w.opts.Now().UTC(), Changes: result.Changes, Figures: roster.FiguresOf(result.Known.Records)}, nil
}
