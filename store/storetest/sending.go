package storetest

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// This file is the outbox of the store in memory.

func (d *data) addDeliveries(b store.Batch) error {
	d.Deliveries = slices.Clone(d.Deliveries)
	for _, given := range b.Deliveries {
		given := copyOf(given)
		if given.ID == "" || given.Channel == "" || strings.Contains(given.Channel, "\x00") || given.State != roster.DeliveryWaiting {
			return errors.New("a delivery cannot be sent")
		}
		for i, seq := range given.Changes {
			if seq < 1 || seq > d.seqs().Change || i > 0 && seq <= given.Changes[i-1] {
				return errors.New("a delivery carries what there is not")
			}
		}
		if given.Seq != 0 {
			i := slices.IndexFunc(d.Deliveries, func(k roster.Delivery) bool { return k.ID == given.ID && k.Seq == given.Seq })
			if i < 0 || !grew(d.Deliveries[i], given) {
				return store.ErrConflict
			}
			d.Deliveries[i] = given
			continue
		}
		if slices.ContainsFunc(d.Deliveries, func(k roster.Delivery) bool { return k.ID == given.ID }) {
			return errors.New("a delivery is there already")
		}
		given.Seq = uint64(len(d.Deliveries)) + 1
		d.Deliveries = append(d.Deliveries, given)
	}
	return nil
}

// grew says whether one delivery can become the other.
func grew(from, to roster.Delivery) bool {
	return from.State == roster.DeliveryWaiting && from.Attempts == 0 && from.Channel == to.Channel &&
		len(from.Changes) <= len(to.Changes) && slices.Equal(from.Changes, to.Changes[:len(from.Changes)])
}

func (d *data) setIncidents(b store.Batch) error {
	if slices.ContainsFunc(b.Incidents, func(i roster.Incident) bool { return i.Key == "" }) {
		return errors.New("an incident has no key")
	}
	d.Incidents = with(d.Incidents, b.Incidents, func(i roster.Incident) string { return i.Key })
	maps.DeleteFunc(d.Incidents, func(_ string, i roster.Incident) bool { return i.Ended })
	return nil
}

func (m *memory) Enqueue(ctx context.Context, given []roster.Delivery, i []roster.Incident) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	d, b := m.data, store.Batch{Deliveries: given, Incidents: i}
	if slices.ContainsFunc(given, func(d roster.Delivery) bool { return d.Seq != 0 }) {
		return errors.New("a new delivery has no number")
	}
	if err := errors.Join(ctx.Err(), d.addDeliveries(b), d.setIncidents(b)); err != nil {
		return err
	}
	m.data = d
	return nil
}

func (m *memory) SaveProgress(ctx context.Context, given ...roster.Delivery) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	d := m.data
	d.Deliveries = slices.Clone(d.Deliveries)
	states := []roster.DeliveryState{roster.DeliveryWaiting, roster.DeliverySent, roster.DeliveryDead}
	for _, g := range given {
		i := slices.IndexFunc(d.Deliveries, func(k roster.Delivery) bool { return k.ID == g.ID })
		switch {
		case !slices.Contains(states, g.State):
			return errors.New("a delivery is in no state")
		case i < 0:
			return store.ErrNotFound
		}
		kept := d.Deliveries[i]
		if kept.Seq != g.Seq || kept.Channel != g.Channel || !slices.Equal(kept.Changes, g.Changes) ||
			g.State != roster.DeliverySent && (kept.State == roster.DeliveryDropped || kept.State == roster.DeliverySent) ||
			g.State == roster.DeliveryWaiting && kept.State == roster.DeliveryWaiting && g.Attempts < kept.Attempts {
			return store.ErrConflict
		}
		d.Deliveries[i] = copyOf(g)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	m.data = d
	return nil
}

func (m *memory) NextPending(ctx context.Context, channels ...string) ([]roster.Delivery, error) {
	d, err := m.read(ctx)
	next := map[string]roster.Delivery{}
	for _, waits := range slices.Backward(d.Deliveries) {
		if waits.State == roster.DeliveryWaiting && (len(channels) == 0 || slices.Contains(channels, waits.Channel)) {
			next[waits.Channel] = waits
		}
	}
	return copyOf(sorted(next)), err
}

func (m *memory) Delivery(ctx context.Context, id string) (roster.Delivery, error) {
	d, err := m.read(ctx)
	return find(d.Deliveries, err, func(k roster.Delivery) bool { return k.ID == id })
}

func (m *memory) DeliveryOf(ctx context.Context, channel string, change uint64) (roster.Delivery, error) {
	d, err := m.read(ctx)
	return find(d.Deliveries, err, func(k roster.Delivery) bool {
		return k.Channel == channel && slices.Contains(k.Changes, change)
	})
}

func (m *memory) Deliveries(ctx context.Context, q store.DeliveryQuery) ([]roster.Delivery, error) {
	d, err := m.read(ctx)
	return copyOf(siftDeliveries(d.Deliveries, q)), err
}

// siftDeliveries answers a query as slowly as can be.
func siftDeliveries(kept []roster.Delivery, q store.DeliveryQuery) []roster.Delivery {
	var found []roster.Delivery
	for _, d := range kept {
		if (q.Channel == "" || q.Channel == d.Channel) && (len(q.States) == 0 || slices.Contains(q.States, d.State)) {
			found = append(found, d)
		}
	}
	if q.Newest {
		slices.Reverse(found)
	}
	if q.Limit > 0 {
		found = found[:min(len(found), q.Limit)]
	}
	return found
}

func (m *memory) ChangesAt(ctx context.Context, seqs []uint64) ([]roster.Change, error) {
	d, err := m.read(ctx)
	var found []roster.Change
	for _, seq := range seqs {
		if seq < 1 || seq > d.seqs().Change {
			return nil, store.ErrNotFound
		}
		found = append(found, copyOf(d.Changes[seq-1]))
	}
	return found, err
}

func (m *memory) Incidents(ctx context.Context) ([]roster.Incident, error) {
	d, err := m.read(ctx)
	return copyOf(sorted(d.Incidents)), err
}
