// Package rebuild derives everything anew from what is kept: the publications of a store
// with their bytes and times, its polls, what its operator decided, and the past lists that
// others had. Nothing but that counts, no clock and no chance, so that the same evidence
// leads to the same bytes. docs/design.md, section 12, says what stays the same.
package rebuild

import (
	"context"
	"fmt"
	"slices"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// Options are what everything is derived from.
type Options struct {
	Source   Source
	Past     Past // past lists that others had; nil for none
	Settings diff.Settings
	Progress func(done, of int) // called after each moment that was gone through; nil: nothing is
	Announce *Announcement      // nil: nothing that differs is told
}

// Rebuilt is what a store is to hold instead.
type Rebuilt struct {
	Report  Report
	old     *kept
	source  Source
	changed bool

	publications []roster.Publication
	rosters      map[uint64][]byte // packed
	bodies       map[string][]byte // of new publications, by hash
	agencies     map[string]*roster.Agency
	records      map[string]*roster.Record
	changes      []roster.Change
	holds        map[string]roster.Hold
	deliveries   []roster.Delivery
	state        store.State
	identity     identity
	inForce      map[roster.List]roster.Publication
}

// Derive derives everything anew. It writes nothing. The error is ErrDamaged where the store
// cannot be read, or that of ctx.
func Derive(ctx context.Context, o Options) (*Rebuilt, error) {
	old, err := read(ctx, o.Source)
	if err != nil {
		return nil, err
	}
	past, skipped, err := old.arrivals(ctx, o.Past)
	if err != nil {
		return nil, err
	}
	var plain outcomes
	if o.Announce != nil && len(past) > 0 {
		b, err := derive(ctx, o, old, nil)
		if err != nil {
			return nil, err
		}
		plain = outcomesOf(b.Report.Changes)
	}
	b, err := derive(ctx, o, old, past)
	if err != nil {
		return nil, err
	}
	b.Report.Skipped = skipped
	if o.Announce != nil {
		if len(past) == 0 {
			plain = outcomesOf(b.Report.Changes)
		}
		if err := b.announce(ctx, *o.Announce, plain); err != nil {
			return nil, err
		}
	}
	if b.state = b.newState(); b.changed || !equal(b.state, old.state) {
		b.changed = true
		b.state.Commits++
		b.state.Rebuilds++
	}
	return b, nil
}

// derive goes through all that happened.
func derive(ctx context.Context, o Options, old *kept, past []arrival) (*Rebuilt, error) {
	r := newReplay(old, o.Source, o.Settings)
	steps := old.timeline(past)
	for i, s := range steps {
		if err := r.run(ctx, s); err != nil {
			return nil, fmt.Errorf("deriving what happened %s: %w", s.at.UTC().Format("2006-01-02T15:04:05Z"), err)
		}
		if o.Progress != nil {
			o.Progress(i+1, len(steps))
		}
	}
	b := &Rebuilt{old: old, source: o.Source, state: old.state}
	b.take(r)
	return b, nil
}

// take gives what was derived the ids and numbers of before, and compares both.
func (b *Rebuilt) take(r *replay) {
	id := b.old.identify(r.known)
	b.identity, b.inForce = id, r.known.InForce
	b.changes, b.Report.Changes = b.old.reconcile(id, r.changes)
	b.agencies, b.records = map[string]*roster.Agency{}, map[string]*roster.Record{}
	for _, a := range r.known.Agencies {
		same := *a
		same.ID = id.agencies[a.ID]
		b.agencies[same.ID] = &same
	}
	for _, record := range r.known.Records {
		record = id.record(record)
		b.records[record.ID()] = record
	}
	b.holds = map[string]roster.Hold{}
	for key, h := range r.holds {
		b.holds[key] = id.hold(h)
	}
	for key, h := range b.old.holds { // a decision is evidence, even where nothing was to be decided this time
		if _, again := b.holds[key]; decided(h) && !again {
			b.holds[key] = h
		}
	}
	b.publications = make([]roster.Publication, 0, r.last)
	b.rosters, b.bodies = map[uint64][]byte{}, map[string][]byte{}
	for seq := uint64(1); seq <= r.last; seq++ {
		p := r.publications[seq]
		b.publications = append(b.publications, p)
		if p.KeptAs == "" {
			b.rosters[seq] = r.rosters[seq]
		}
		if body := r.bodies[seq]; body != nil {
			b.bodies[p.SHA256] = body
		}
	}
	b.deliveries = b.old.deliver(b.changes)
	b.compare(r)
}

// newState is the state of the store with what was derived.
func (b *Rebuilt) newState() store.State {
	st := b.state
	st.Seqs = roster.Seqs{Publication: uint64(len(b.publications)), Change: uint64(len(b.changes))}
	st.First, st.InForce = roster.Publication{}.EffectiveAt, nil
	for _, p := range b.publications {
		st.Count(p)
	}
	return st
}

// deliver are the messages of before. What waits leaves out what was taken back, and one
// of which nothing is left is dropped.
func (k *kept) deliver(changes []roster.Change) []roster.Delivery {
	all := slices.Clone(k.deliveries)
	for i, d := range all {
		all[i] = withoutTakenBack(d, changes)
	}
	return all
}

func withoutTakenBack(d roster.Delivery, changes []roster.Change) roster.Delivery {
	if d.State != roster.DeliveryWaiting || len(d.Changes) == 0 {
		return d
	}
	wrong := func(seq uint64) bool { return seq-1 < uint64(len(changes)) && changes[seq-1].TakenBack }
	left := slices.DeleteFunc(slices.Clone(d.Changes), wrong)
	switch {
	case len(left) == len(d.Changes):
	case len(left) > 0:
		d.Changes = left
	default: // it keeps its changes, since they say what it was
		d.State, d.EndedAt, d.LastError = roster.DeliveryDropped, d.CreatedAt, "A rebuild took back all that it was to say."
	}
	return d
}
