package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

type deliveriesCmd struct {
	List  deliveriesListCmd  `cmd:"" default:"withargs" help:"Print messages and how far each got, the newest first."`
	Retry deliveriesRetryCmd `cmd:"" help:"Send failed messages again."`
}

type deliveriesListCmd struct {
	Channel string   `help:"Only those of this channel." placeholder:"NAME"`
	State   []string `help:"Only those that are waiting, sent or dead." placeholder:"dead"`
	Limit   int      `help:"At most so many, the newest first; 0 for all." default:"50"`
}

// Run prints the deliveries.
func (c deliveriesListCmd) Run(ctx context.Context, a *app) error {
	if err := atMost(c.Limit); err != nil {
		return err
	}
	states, err := parseAll("state", c.State, oneOf(roster.DeliveryWaiting, roster.DeliverySent, roster.DeliveryDead), "is none of waiting, sent, dead")
	if err != nil {
		return err
	}
	q := store.DeliveryQuery{Channel: c.Channel, States: states, Limit: c.Limit, Newest: true}
	return a.withExistingStore(func(s store.Store) error {
		deliveries, err := s.Deliveries(ctx, q)
		if err != nil {
			return fmt.Errorf("reading the deliveries: %w", err)
		}
		t := newTable(a.stdout, "ID", "CHANNEL", "STATE", "CARRIES", "MADE", "TRIES", "NEXT OR END", "LAST ERROR")
		for _, d := range deliveries {
			t.row(d.ID, d.Channel, string(d.State), carries(d), stamp(d.CreatedAt), strconv.Itoa(d.Attempts), stamp(cmp.Or(d.EndedAt, d.NextAt, d.DueAt)), d.LastError)
		}
		return t.flush()
	})
}

func carries(d roster.Delivery) string {
	if d.Notice != nil {
		return "notice: " + d.Notice.Kind
	}
	return counted(len(d.Changes), "change")
}

type deliveriesRetryCmd struct {
	ID string `arg:"" optional:"" help:"The message's id; all that were given up if left out."`
}

// Run makes what was given up pending again. The service sends it, or this command
// where no service runs.
func (c deliveriesRetryCmd) Run(ctx context.Context, a *app) error {
	err := a.withExistingStore(func(s store.Store) error {
		dead, err := c.dead(ctx, s)
		if err != nil {
			return err
		}
		if err := notify.Requeue(ctx, store.Queue{Store: s}, dead...); err != nil {
			return err
		}
		if a.service != nil {
			a.service.sender.Wake()
		}
		switch len(dead) {
		case 0:
			sayf(a.stdout, "No message was given up; there is nothing to send again.\n")
		case 1:
			sayf(a.stdout, "The message %s to %s is sent again.\n", dead[0].ID, dead[0].Channel)
		default:
			sayf(a.stdout, "%d messages that were given up are sent again.\n", len(dead))
		}
		return nil
	})
	if err == nil {
		a.sendDue(ctx)
	}
	return err
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
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, fmt.Errorf("no message has the id %q; \"watch287g deliveries --state dead\" lists those that were given up", c.ID)
	case err != nil:
		return nil, fmt.Errorf("reading a delivery: %w", err)
	case d.State != roster.DeliveryDead:
		return nil, fmt.Errorf("%s is %s, not given up", d.ID, d.State)
	}
	return []roster.Delivery{d}, nil
}
