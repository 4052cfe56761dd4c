package bolt

import (
	"context"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// Settle moves deliveries that wait to another channel, or drops them.
func (s *Store) Settle(ctx context.Context, settlements ...store.Settlement) error {
	return s.writeBatch(ctx, store.ValidateSettlements(settlements), func(w *writer) error {
		left := map[string]bool{}
		for _, one := range settlements {
			if err := w.settle(one); err != nil {
				return err
			}
			if one.After.Channel != one.Before.Channel {
				left[one.Before.Channel] = true
			}
		}
		return w.indexAgain(left)
	})
}

func (w *writer) settle(one store.Settlement) error {
	before, after := one.Before, one.After
	kept, err := readDelivery(w.tx, before.ID)
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("delivery %s: %w", before.ID, err)
	} else if err == nil {
		err = one.Current(kept)
	}
	if err != nil {
		return err
	}
	if err := waiting.of(w.tx).Delete(channelKey(before.Channel, before.Seq)); err != nil {
		return err
	}
	if err := put(deliveries.of(w.tx), key(after.Seq), after); err != nil || after.State != roster.DeliveryWaiting {
		return err
	}
	first := delivered.of(w.tx)
	for _, change := range after.Changes {
		if first.Get(channelKey(after.Channel, change)) != nil {
			return fmt.Errorf("%w: change %d goes to %s already", store.ErrConflict, change, after.Channel)
		}
	}
	for _, change := range before.Changes {
		if err := first.Delete(channelKey(before.Channel, change)); err != nil {
			return err
		}
	}
	if err := waiting.of(w.tx).Put(channelKey(after.Channel, after.Seq), nil); err != nil {
		return err
	}
	return w.recordFirst(after)
}

// indexAgain records for channels that deliveries left which of the others carry
// their changes. It reads all deliveries, which is done for an operator only.
func (w *writer) indexAgain(channels map[string]bool) error {
	if len(channels) == 0 {
		return nil
	}
	for d, err := range every[roster.Delivery](w.ctx, w.tx, deliveries) {
		if err != nil {
			return err
		}
		if !channels[d.Channel] {
			continue
		}
		if err := w.recordFirst(d); err != nil {
			return err
		}
	}
	return nil
}

// Decide stores a decision about a hold in place of the one before it.
func (s *Store) Decide(ctx context.Context, d roster.Decision) error {
	if err := store.ValidateDecision(d); err != nil {
		return err
	}
	return s.update(ctx, func(tx *bbolt.Tx) error {
		last, err := get[roster.Decision](decisions.of(tx), []byte(d.Hold))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err := store.CheckDecision(last, d); err != nil {
			return err
		}
		return put(decisions.of(tx), []byte(d.Hold), d)
	})
}

// Decisions returns the latest decision about each hold, by hold.
func (s *Store) Decisions(ctx context.Context) ([]roster.Decision, error) {
	return listAll[roster.Decision](ctx, s, decisions)
}
