package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// Moving says where what waits for a channel is to wait instead.
type Moving struct {
	From, To string
	// Due is when a message is due on the other channel at the latest, by its schedule.
	Due func(roster.Delivery) time.Time
	// Has says whether a part of a message, as a receipt names it, is where it belongs
	// on the other channel, too: a reader of both need not get a mail twice.
	Has func(part string) bool
	Now time.Time
}

// settleTries is how often settling is planned anew where the store moves on meanwhile.
const settleTries = 10

// Move has all that waits for a channel wait for another one, all or nothing. A message
// comes there in the order of its changes among those that wait, is tried as if it were
// new, and leaves out the changes that the other channel has in another message; one of
// which nothing is left is dropped. It returns how many messages were moved, and how
// many dropped. Doing it again does nothing.
func Move(ctx context.Context, s Outbox, m Moving) (moved, dropped int, err error) {
	err = settle(ctx, s, m.From, func(waiting []roster.Delivery) ([]Settlement, error) {
		moved, dropped = 0, 0
		var all []Settlement
		seen := map[uint64]bool{}
		for _, d := range waiting {
			after := m.moved(d)
			var err error
			if after.Changes, err = m.missing(ctx, s, d.Changes, seen); err != nil {
				return nil, err
			}
			if len(after.Changes) == 0 && len(d.Changes) > 0 {
				after = droppedAt(d, m.Now, fmt.Sprintf("The channel %s has all of it already.", m.To))
				dropped++
			} else {
				moved++
			}
			all = append(all, Settlement{Before: d, After: after})
		}
		return all, nil
	})
	return moved, dropped, err
}

// moved is a delivery as it waits for the other channel.
func (m Moving) moved(d roster.Delivery) roster.Delivery {
	after := d
	after.Channel, after.Attempts, after.LastError = m.To, 0, ""
	after.TriedAt, after.NextAt, after.Receipts = time.Time{}, time.Time{}, nil
	if due := m.Due(d); due.Before(after.DueAt) {
		after.DueAt = due
	}
	for _, r := range d.Receipts {
		if m.Has(r.Part) {
			after.Receipts = append(after.Receipts, r)
		}
	}
	return after
}

// missing are the changes that the other channel has in no message, nor in one of those
// that were seen.
func (m Moving) missing(ctx context.Context, s Outbox, changes []uint64, seen map[uint64]bool) ([]uint64, error) {
	var missing []uint64
	for _, change := range changes {
		_, err := s.DeliveryOf(ctx, m.To, change)
		switch {
		case err == nil || seen[change]:
		case !errors.Is(err, ErrNotFound):
			return nil, fmt.Errorf("reading what %s has: %w", m.To, err)
		default:
			seen[change] = true
			missing = append(missing, change)
		}
	}
	return missing, nil
}

// Drop drops all that waits for a channel, all or nothing, and returns how many messages
// that were. Doing it again does nothing.
func Drop(ctx context.Context, s Outbox, channel string, now time.Time) (dropped int, err error) {
	err = settle(ctx, s, channel, func(waiting []roster.Delivery) ([]Settlement, error) {
		dropped = len(waiting)
		var all []Settlement
		for _, d := range waiting {
			all = append(all, Settlement{Before: d, After: droppedAt(d, now, "")})
		}
		return all, nil
	})
	return dropped, err
}

func droppedAt(d roster.Delivery, now time.Time, why string) roster.Delivery {
	d.State, d.EndedAt, d.NextAt = roster.DeliveryDropped, now, time.Time{}
	if why != "" {
		d.LastError = why
	}
	return d
}

// settle settles what waits for a channel as plan says. A message that is tried or added
// meanwhile has it planned anew.
func settle(ctx context.Context, s Outbox, channel string, plan func([]roster.Delivery) ([]Settlement, error)) error {
	for try := 1; ; try++ {
		waiting, err := s.Deliveries(ctx, DeliveryQuery{Channel: channel, States: []roster.DeliveryState{roster.DeliveryWaiting}})
		if err != nil {
			return fmt.Errorf("reading what waits for %s: %w", channel, err)
		}
		settlements, err := plan(waiting)
		if err != nil {
			return err
		}
		if err = s.Settle(ctx, settlements...); err == nil {
			return nil
		}
		if !errors.Is(err, ErrConflict) || try == settleTries {
			return fmt.Errorf("settling what waits for %s: %w", channel, err)
		}
	}
}
