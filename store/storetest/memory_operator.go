package storetest

import (
	"context"
	"errors"
	"slices"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// This file is what the store in memory keeps for an operator.

func (m *memory) Settle(ctx context.Context, given ...store.Settlement) error {
	if err := store.ValidateSettlements(given); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	d := m.data
	d.Deliveries = slices.Clone(d.Deliveries)
	for _, g := range given {
		i := slices.IndexFunc(d.Deliveries, func(k roster.Delivery) bool { return k.ID == g.Before.ID })
		if i < 0 {
			return store.ErrNotFound
		}
		if err := g.Current(d.Deliveries[i]); err != nil {
			return err
		}
		for _, k := range d.Deliveries {
			doubled := func(change uint64) bool { return slices.Contains(k.Changes, change) }
			if k.ID != g.After.ID && k.Channel == g.After.Channel && g.After.State == roster.DeliveryWaiting && slices.ContainsFunc(g.After.Changes, doubled) {
				return store.ErrConflict
			}
		}
		d.Deliveries[i] = copyOf(g.After)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	m.data = d
	return nil
}

func (m *memory) Decide(ctx context.Context, given roster.Decision) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := errors.Join(ctx.Err(), store.ValidateDecision(given)); err != nil {
		return err
	}
	if given.Serial != m.data.Decisions[given.Hold].Serial+1 {
		return store.ErrConflict
	}
	m.data.Decisions = with(m.data.Decisions, []roster.Decision{given}, func(d roster.Decision) string { return d.Hold })
	return nil
}

func (m *memory) Decisions(ctx context.Context) ([]roster.Decision, error) {
	d, err := m.read(ctx)
	return copyOf(sorted(d.Decisions)), err
}

func (m *memory) Secret(ctx context.Context, name string) ([]byte, error) {
	if err := errors.Join(ctx.Err(), store.CheckSecretName(name)); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.data.Secrets[name] == nil {
		m.data.Secrets = with(m.data.Secrets, [][]byte{store.NewSecret()}, func([]byte) string { return name })
	}
	return copyOf(m.data.Secrets[name]), nil
}
