package store

import (
	"context"
	"errors"

	"github.com/cenkalti/backoff/v5"

	"github.com/watch287g/watch287g/roster"
)

// Queue is a store as a planner and a sender of messages ask for it.
type Queue struct{ Store }

// SaveProgress is the store's. That somebody else has the delivery is not tried again.
func (q Queue) SaveProgress(ctx context.Context, d ...roster.Delivery) error {
	err := q.Store.SaveProgress(ctx, d...)
	if errors.Is(err, ErrConflict) {
		return backoff.Permanent(err)
	}
	return err
}

// Pending returns all pending deliveries of a channel, in their order.
func (q Queue) Pending(ctx context.Context, channel string) ([]roster.Delivery, error) {
	return q.Deliveries(ctx, DeliveryQuery{Channel: channel, States: []roster.DeliveryState{roster.DeliveryWaiting}})
}

// ChangesAfter returns the changes with greater numbers, in order.
func (q Queue) ChangesAfter(ctx context.Context, seq uint64) ([]roster.Change, error) {
	return q.Changes(ctx, ChangeQuery{AfterSeq: seq})
}
