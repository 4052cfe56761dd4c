package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/watch287g/watch287g/cmd/watch287g/console"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/notify/outage"
	"github.com/watch287g/watch287g/notify/wire"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

type deliveriesCmd struct {
	List  deliveriesListCmd  `cmd:"" default:"withargs" help:"Print messages and how far each got, the newest first."`
	Retry deliveriesRetryCmd `cmd:"" help:"Send messages again that were given up, and try channels that fail now."`
	Move  deliveriesMoveCmd  `cmd:"" help:"Send what waits for a gone channel through another."`
	Drop  deliveriesDropCmd  `cmd:"" help:"Never send what waits for a channel."`
}

type deliveriesListCmd struct {
	Channel string   `help:"Only those of this channel." placeholder:"NAME"`
	State   []string `help:"Only those that are waiting, sent, dead or dropped." placeholder:"dead"`
	Limit   int      `help:"At most so many, the newest first; 0 for all." default:"50"`
	Format  string   `help:"table or json." enum:"table,json" default:"table"`
}

// Run prints the deliveries.
func (c deliveriesListCmd) Run(ctx context.Context, a *app) error {
	if err := atMost(c.Limit); err != nil {
		return err
	}
	states, err := parseAll("state", c.State, oneOf(roster.DeliveryWaiting, roster.DeliverySent, roster.DeliveryDead, roster.DeliveryDropped), "is none of waiting, sent, dead, dropped")
	if err != nil {
		return err
	}
	q := store.DeliveryQuery{Channel: c.Channel, States: states, Limit: c.Limit, Newest: true}
	return a.withExistingStore(func(s store.Store) error {
		deliveries, err := s.Deliveries(ctx, q)
		if err != nil {
			return fmt.Errorf("reading the deliveries: %w", err)
		}
		if c.Format == "json" {
			return printList(a, deliveries, newDeliveryJSON)
		}
		t := console.NewTable(a.stdout, "ID", "CHANNEL", "STATE", "CARRIES", "MADE", "TRIES", "NEXT OR END", "LAST ERROR")
		for _, d := range deliveries {
			t.Row(d.ID, d.Channel, string(d.State), carries(d), stamp(d.CreatedAt), strconv.Itoa(d.Attempts), stamp(cmp.Or(d.EndedAt, d.NextAt, d.DueAt)), d.LastError)
		}
		return t.Flush()
	})
}

// carries says what a delivery carries, and for whom where the others have it.
func carries(d roster.Delivery) string {
	what := counted(len(d.Changes), "change")
	if d.Notice != nil {
		what = "notice: " + d.Notice.Kind
	}
	switch len(d.Left) {
	case 0:
		return what
	case 1:
		return what + " for " + wire.Mask(d.Left[0].Part)
	}
	return what + " for " + counted(len(d.Left), "recipient")
}

type deliveriesRetryCmd struct {
	What string `arg:"" optional:"" help:"The message's id, or the name of a channel; all that were given up if left out."`
}

// Run makes what was given up pending again, and has the channels that fail tried now.
// The service sends it, or this command where no service runs.
func (c deliveriesRetryCmd) Run(ctx context.Context, a *app) error {
	err := a.withExistingStore(func(s store.Store) error {
		dead, failing, err := c.find(ctx, s)
		if err != nil {
			return err
		}
		if err := notify.Requeue(ctx, store.Queue{Store: s}, dead...); err != nil {
			return err
		}
		var orders []roster.Incident
		for _, channel := range failing {
			orders = append(orders, outage.Retry(channel, a.now().UTC()))
		}
		if err := s.Enqueue(ctx, nil, orders); err != nil {
			return fmt.Errorf("having the channels tried again: %w", err)
		}
		if a.service != nil {
			a.service.sender.Wake()
		}
		switch {
		case len(dead) == 1:
			sayf(a.stdout, "The message %s to %s is sent again.\n", dead[0].ID, dead[0].Channel)
		case len(dead) > 1:
			sayf(a.stdout, "%d messages that were given up are sent again.\n", len(dead))
		case len(failing) == 0:
			sayf(a.stdout, "No message was given up; there is nothing to send again.\n")
		}
		switch {
		case len(failing) > mostNamed:
			sayf(a.stdout, "What waits for %d channels is tried now.\n", len(failing))
		case len(failing) > 0:
			sayf(a.stdout, "What waits for %s is tried now.\n", strings.Join(failing, ", "))
		}
		return nil
	})
	if err == nil {
		a.sendDue(ctx)
	}
	return err
}

// mostNamed is how many channels are named; more are counted.
const mostNamed = 5

// find returns the messages that are to be sent again, and the channels that fail and
// are to be tried now.
func (c deliveriesRetryCmd) find(ctx context.Context, s store.Store) (dead []roster.Delivery, failing []string, err error) {
	if strings.HasPrefix(c.What, "dlv_") {
		d, err := s.Delivery(ctx, c.What)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return nil, nil, fmt.Errorf("no message has the id %q; \"watch287g deliveries --state dead\" lists those that were given up", c.What)
		case err != nil:
			return nil, nil, fmt.Errorf("reading a delivery: %w", err)
		case d.State != roster.DeliveryDead:
			return nil, nil, fmt.Errorf("%s is %s, not given up", d.ID, d.State)
		}
		return []roster.Delivery{d}, nil, nil
	}
	incidents, err := s.Incidents(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("reading which channels fail: %w", err)
	}
	failing = slices.DeleteFunc(outage.Failing(incidents), func(name string) bool { return c.What != "" && name != c.What })
	dead, err = s.Deliveries(ctx, store.DeliveryQuery{Channel: c.What, States: []roster.DeliveryState{roster.DeliveryDead}})
	if err != nil {
		return nil, nil, fmt.Errorf("reading the deliveries: %w", err)
	}
	if c.What != "" && len(dead)+len(failing) == 0 {
		return nil, nil, fmt.Errorf("%q is neither a message's id nor a channel to which a message was given up or waits because it fails; \"watch287g deliveries\" lists all", c.What)
	}
	return dead, failing, nil
}
