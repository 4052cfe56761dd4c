package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

type deliveriesCmd struct {
	List  deliveriesListCmd  `cmd:"" default:"withargs" help:"Print messages and how far each got, the newest first."`
	Retry deliveriesRetryCmd `cmd:"" help:"Send messages again that were given up."`
}

type deliveriesListCmd struct {
	Channel string   `help:"Only those of this channel." placeholder:"NAME"`
	State   []string `help:"waiting, sent or dead; all if left out." enum:"waiting,sent,dead" placeholder:"dead"`
	Limit   int      `help:"How many." default:"50"`
}

// Run prints the deliveries.
func (c deliveriesListCmd) Run(ctx context.Context, a *app) error {
	q := store.DeliveryQuery{Channel: c.Channel, States: as[roster.DeliveryState](c.State), Limit: c.Limit, Newest: true}
	return a.withKnownStore(func(s store.Store) error {
		deliveries, err := s.Deliveries(ctx, q)
		if err != nil {
			return fmt.Errorf("reading the deliveries: %w", err)
		}
		t := newTable(a.stdout, "ID", "CHANNEL", "STATE", "CARRIES", "MADE", "TRIES", "NEXT OR END", "LAST ERROR")
		for _, d := range deliveries {
			t.row(d.ID, d.Channel, string(d.State), carries(d), stamp(d.CreatedAt), strconv.Itoa(d.Attempts), stamp(nextOrEnd(d)), d.LastError)
		}
		return t.flush()
	})
}

func carries(d roster.Delivery) string {
	if d.Notice != nil {
		return "notice: " + d.Notice.Kind
	}
	if len(d.Changes) == 1 {
		return "1 change"
	}
	return fmt.Sprintf("%d changes", len(d.Changes))
}

func nextOrEnd(d roster.Delivery) time.Time {
	switch {
	case !d.EndedAt.IsZero():
		return d.EndedAt
	case !d.NextAt.IsZero():
		return d.NextAt
	}
	return d.DueAt
}

type deliveriesRetryCmd struct {
	ID string `arg:"" optional:"" help:"The delivery's id; all that were given up if left out."`
}

// Run puts what was given up back into the outbox.
func (c deliveriesRetryCmd) Run(ctx context.Context, a *app) error {
	return a.withKnownStore(func(s store.Store) error {
		dead, err := c.dead(ctx, s)
		if err != nil {
			return err
		}
		for i := range dead {
			d := &dead[i]
			d.State, d.Attempts, d.TriedAt, d.NextAt, d.EndedAt = roster.DeliveryWaiting, 0, time.Time{}, time.Time{}, time.Time{}
		}
		if err := s.Settle(ctx, dead...); err != nil {
			return fmt.Errorf("putting deliveries back: %w", err)
		}
		if a.service != nil {
			a.service.outbox.sender.Wake()
		}
		fmt.Fprintf(a.stdout, "%d deliveries are sent again while the service runs\n", len(dead))
		return nil
	})
}

func (c deliveriesRetryCmd) dead(ctx context.Context, s store.Store) ([]roster.Delivery, error) {
	if c.ID == "" {
		dead, err := s.Deliveries(ctx, store.DeliveryQuery{States: []roster.DeliveryState{roster.DeliveryDead}})
		if err != nil {
			return nil, fmt.Errorf("reading the deliveries: %w", err)
		}
		return dead, nil
	}
	d, err := s.Delivery(ctx, c.ID)
	if err != nil {
		return nil, fmt.Errorf("no delivery has the id %q; \"watch287g deliveries --state dead\" lists those that were given up: %w", c.ID, err)
	}
	if d.State != roster.DeliveryDead {
		return nil, fmt.Errorf("%s is %s, not given up", d.ID, d.State)
	}
	return []roster.Delivery{d}, nil
}
