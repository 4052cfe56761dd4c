package watch

import (
	"context"
	"fmt"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/roster"
)

// ResolveHold approves or rejects a held publication for the operator.
func (w *Watcher) ResolveHold(ctx context.Context, id string, approve bool) (Report, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	known, err := w.readFacts(ctx)
	if err != nil {
		return Report{}, err
	}
	held, open := known.held[id]
	if !open {
		return Report{}, fmt.Errorf("no publication is held as %q; \"watch287g holds\" lists those that are", id)
	}
	at := w.opts.Now()
	in := diff.Input{Now: at.UTC(), Unread: true}
	switch {
	case !approve:
		in.Rejected = id
	case held.NoColumns:
		return Report{}, fmt.Errorf("%s has no list's columns, so that there is nothing to accept; reject it instead", id)
	default:
		held.Decision = roster.HoldApproved
		in.Arrivals = []diff.Candidate{held}
	}
	result, err := w.update(ctx, known, in)
	if err != nil {
		return Report{}, err
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
