package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// This file is what the store keeps for an operator.

// Settle moves deliveries that wait to another channel, or drops them.
func (s *Store) Settle(ctx context.Context, settlements ...store.Settlement) error {
	if err := store.ValidateSettlements(settlements); err != nil {
		return err
	}
	return s.writeBatch(ctx, func(w *writer) error {
		for _, one := range settlements {
			if err := w.settle(one); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *writer) settle(settled store.Settlement) error {
	before, after := settled.Before, settled.After
	kept, err := one[roster.Delivery](w.ctx, w.conn, "SELECT doc FROM watch287g.deliveries WHERE id = $1::text FOR UPDATE", key(before.ID))
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("delivery %s: %w", before.ID, err)
	} else if err == nil {
		err = settled.Current(kept)
	}
	if err != nil {
		return err
	}
	var rows deliveryRows
	if err := rows.add(after); err != nil {
		return err
	}
	if after.State == roster.DeliveryWaiting {
		var twice bool
		err := w.conn.QueryRow(w.ctx, "SELECT EXISTS (SELECT FROM watch287g.delivered WHERE channel = $1::text AND change = ANY($2::text::bigint[]))",
			key(after.Channel), literal(after.Changes)).Scan(&twice)
		if err == nil && twice {
			err = fmt.Errorf("%w: %s gets a change of delivery %s already", store.ErrConflict, after.Channel, after.ID)
		}
		if err != nil {
			return err
		}
	}
	w.queue.Queue(`UPDATE watch287g.deliveries d SET channel = g.channel, state = g.state, attempts = g.attempts, changes = g.changes::bigint[], doc = g.doc::json
		FROM `+deliveryColumns+` WHERE d.seq = g.seq`, rows.columns()...)
	w.queue.Queue("DELETE FROM watch287g.delivered WHERE channel = $1::text AND change = ANY($2::text::bigint[])", key(before.Channel), literal(before.Changes))
	for _, channel := range []string{before.Channel, after.Channel} {
		w.queue.Queue(`INSERT INTO watch287g.delivered (channel, change, seq)
			SELECT channel, change, min(seq) FROM watch287g.deliveries CROSS JOIN LATERAL unnest(changes) AS g (change)
			WHERE channel = $1::text AND change = ANY($2::text::bigint[]) GROUP BY channel, change
			ON CONFLICT DO NOTHING`, key(channel), literal(before.Changes))
	}
	return w.flush() // the next one may concern the same channel
}

// Decide stores a decision about a hold in place of the one before it.
func (s *Store) Decide(ctx context.Context, d roster.Decision) error {
	if err := store.ValidateDecision(d); err != nil {
		return err
	}
	return s.writeBatch(ctx, func(w *writer) error {
		last, err := one[roster.Decision](w.ctx, w.conn, "SELECT doc FROM watch287g.decisions WHERE hold = $1::text", key(d.Hold))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err := store.CheckDecision(last, d); err != nil {
			return err
		}
		if err := putAll(w, "decisions", "hold", []roster.Decision{d}, func(d roster.Decision) string { return d.Hold }); err != nil {
			return err
		}
		return w.flush()
	})
}

// Decisions returns the latest decision about each hold, by hold.
func (s *Store) Decisions(ctx context.Context) ([]roster.Decision, error) {
	return readFew[roster.Decision](ctx, s, "SELECT doc FROM watch287g.decisions ORDER BY hold")
}

// Secret returns the bytes that are kept under a name, and makes them at the first call.
func (s *Store) Secret(ctx context.Context, name string) ([]byte, error) {
	return s.SecretIn(ctx, "watch287g", name)
}
