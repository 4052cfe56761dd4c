package storetest

import (
	"context"
	"fmt"
	"slices"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// This file makes up what a history sends.

func channels() []string { return []string{"digest", "digest-two", "ops", "été"} }

func (h *history) states() []roster.DeliveryState {
	all := []roster.DeliveryState{roster.DeliveryWaiting, roster.DeliverySent, roster.DeliveryDead}
	h.rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:h.rand.IntN(3)]
}

// deliveries makes up new deliveries of any of the changes up to the last, and
// lets old ones grow.
func (h *history) deliveries(last uint64) []roster.Delivery {
	var ds []roster.Delivery
	for _, d := range h.model.data.Deliveries {
		if d.State == roster.DeliveryWaiting && d.Attempts == 0 && h.rand.IntN(6) == 0 {
			ds = append(ds, h.grown(d, last))
		}
	}
	for range h.rand.IntN(3) {
		d := waits(fmt.Sprintf("dlv_%016x", h.rand.Uint64()), pick(h, channels()))
		if last > 0 && h.coin() {
			d = h.grown(d, last)
		}
		ds = append(ds, d)
	}
	return ds
}

// grown adds one to a few changes, where there are later ones than the delivery
// has.
func (h *history) grown(d roster.Delivery, last uint64) roster.Delivery {
	d = copyOf(d)
	first := uint64(1)
	if n := len(d.Changes); n > 0 {
		first = d.Changes[n-1] + 1
	}
	for seq := first; seq <= last && len(d.Changes) < 6; seq++ {
		if h.coin() {
			d.Changes = append(d.Changes, seq)
		}
	}
	d.Figures.Active++
	return d
}

func (h *history) incidents() []roster.Incident {
	var is []roster.Incident
	for range h.rand.IntN(3) {
		is = append(is, roster.Incident{
			Key: fmt.Sprintf("channel-%d", h.rand.IntN(5)), Since: h.now, Reported: h.coin(), Ended: h.rand.IntN(3) == 0,
		})
	}
	return is
}

// outboxStep is what a sender does beside the watcher.
type outboxStep func(ctx context.Context, s store.Outbox) error

// beside makes up what happens between two batches.
func (h *history) beside() []outboxStep {
	var steps []outboxStep
	if h.rand.IntN(3) == 0 {
		ds := []roster.Delivery{waits(fmt.Sprintf("dlv_%016x", h.rand.Uint64()), pick(h, channels()))}
		is := h.incidents()
		steps = append(steps, func(ctx context.Context, s store.Outbox) error { return s.Enqueue(ctx, ds, is) })
	}
	for range h.rand.IntN(3) {
		var ds []roster.Delivery
		for _, d := range h.model.data.Deliveries {
			if h.rand.IntN(8) == 0 {
				ds = append(ds, h.tried(d))
			}
		}
		h.rand.Shuffle(len(ds), func(i, j int) { ds[i], ds[j] = ds[j], ds[i] })
		steps = append(steps, func(ctx context.Context, s store.Outbox) error { return s.SaveProgress(ctx, ds...) })
	}
	return steps
}

// operated makes up what an operator does: moves and drops what waits, some of it in
// vain, and decides about holds.
func (h *history) operated() []operatorStep {
	var all []store.Settlement
	for _, d := range h.model.data.Deliveries {
		if d.State != roster.DeliveryWaiting && h.rand.IntN(20) > 0 || h.rand.IntN(8) > 0 {
			continue
		}
		if to := pick(h, channels()); to != d.Channel {
			all = append(all, moving(d, to))
		} else {
			all = append(all, dropping(d))
		}
	}
	var steps []operatorStep
	for _, one := range all { // together, each would be refused for another
		steps = append(steps, func(ctx context.Context, s store.Store) error { return s.Settle(ctx, one) })
	}
	hold := fmt.Sprintf("hold_%d", h.rand.IntN(3))
	next := roster.Decision{Hold: hold, Serial: h.model.data.Decisions[hold].Serial + uint64(h.rand.IntN(2)), At: h.now}
	return append(steps, func(ctx context.Context, s store.Store) error { return s.Decide(ctx, next) })
}

type operatorStep func(ctx context.Context, s store.Store) error

// tried tries a delivery, or gives it a new chance.
func (h *history) tried(d roster.Delivery) roster.Delivery {
	d = copyOf(d)
	if d.State == roster.DeliverySent {
		return sent(d)
	}
	switch h.rand.IntN(4) {
	case 0:
		return dead(d)
	case 1:
		d.State, d.NextAt, d.LastError = roster.DeliveryWaiting, h.now, "not yet"
		d.Attempts++
		return d
	}
	return sent(d)
}

// wrong makes up what must be refused.
func (h *history) wrong() outboxStep {
	known := h.model.data.Deliveries
	if len(known) == 0 || h.rand.IntN(4) == 0 {
		return func(ctx context.Context, s store.Outbox) error {
			return s.SaveProgress(ctx, sent(waits("unknown", "ops")))
		}
	}
	d := copyOf(pick(h, known))
	switch h.rand.IntN(3) {
	case 0:
		return func(ctx context.Context, s store.Outbox) error {
			return s.Enqueue(ctx, []roster.Delivery{waits("new", "ops"), waits(d.ID, d.Channel)}, nil)
		}
	case 1:
		other := sent(pick(h, known))
		d.Changes = append(slices.Clip(d.Changes), 4711)
		return func(ctx context.Context, s store.Outbox) error { return s.SaveProgress(ctx, other, d) }
	}
	d.Channel += "-other"
	return func(ctx context.Context, s store.Outbox) error { return s.SaveProgress(ctx, sent(d)) }
}
