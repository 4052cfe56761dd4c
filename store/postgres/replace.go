package postgres

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/watch287g/watch287g/store"
)

// Replacement is what a store is to hold instead, as rebuild.Rebuilt has it.
type Replacement interface {
	// State is what the store keeps beside, as it was when all was derived, and as it is to be.
	State() (before, after store.State)
	// Replaced are the parts that are replaced, each whole, and Items what they are to hold.
	Replaced() []store.Part
	Items(part store.Part) ([]store.Item, error)
	// Messages are the items of all deliveries as they were when all was derived.
	Messages() ([]store.Item, error)
	// Bodies are those that are added, by hash.
	Bodies() map[string][]byte
}

// Replace puts what was derived from the store in its place, in one transaction, in which it
// is read back and compared. The error is ErrConflict where the store moved on since, as
// where another process commits or sends; nothing is changed then.
func (s *Store) Replace(ctx context.Context, r Replacement) error {
	return s.explain(ctx, "replacing", s.replaceOnce(ctx, r))
}

func (s *Store) replaceOnce(ctx context.Context, r Replacement) error {
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{BeginQuery: fmt.Sprintf(
		"BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = %d; %s", s.bounds.lock.Milliseconds(), durably)})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // after a commit it does nothing
	st, err := lockState(ctx, tx)
	if err != nil {
		return err
	}
	before, after := r.State()
	if st.Commits != before.Commits || st.Seqs != before.Seqs || st.Delivery != before.Delivery {
		return store.ErrConflict
	}
	if _, err := tx.Exec(ctx, "LOCK TABLE watch287g.deliveries IN EXCLUSIVE MODE"); err != nil {
		return err
	}
	was, err := r.Messages()
	if err == nil {
		err = sameItems(ctx, tx, store.PartDeliveries, was)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", store.ErrConflict, err)
	}
	st.Seqs, st.Delivery, st.First, st.InForce, st.Commits, st.Rebuilds = after.Seqs, after.Delivery, after.First, after.InForce, after.Commits, after.Rebuilds
	if err := writeParts(ctx, tx, r, st); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

// writeParts writes all parts anew, and compares what is there then.
func writeParts(ctx context.Context, tx pgx.Tx, r Replacement, st store.State) error {
	l := loader{ctx: ctx, tx: tx}
	for hash, body := range r.Bodies() {
		if _, err := tx.Exec(ctx, "INSERT INTO watch287g.bodies (sha256, body) VALUES ($1::text, $2::bytea) ON CONFLICT DO NOTHING", hash, body); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, "DELETE FROM watch287g.delivered"); err != nil {
		return err
	}
	for _, part := range r.Replaced() {
		items, err := r.Items(part)
		if err != nil {
			return err
		}
		if part == store.PartState {
			if items[0].Value, err = json.Marshal(st); err != nil {
				return err
			}
		} else if _, err := tx.Exec(ctx, fmt.Sprintf("DELETE FROM watch287g.%s", part)); err != nil {
			return err
		}
		for _, item := range items {
			if err := l.add(item); err != nil {
				return err
			}
		}
		if err := l.flush(); err != nil {
			return err
		}
		if part == store.PartState {
			continue
		}
		if err := sameItems(ctx, tx, part, items); err != nil {
			return err
		}
	}
	return l.indexDelivered()
}

// sameItems makes sure that a part holds just these items, in this order.
func sameItems(ctx context.Context, tx pgx.Tx, part store.Part, want []store.Item) error {
	n, same := 0, true
	_, err := dumpPart(ctx, tx, part, dumping()[part], func(i store.Item, _ error) bool {
		same = same && n < len(want) && want[n].Key == i.Key && bytes.Equal(want[n].Value, i.Value)
		n++
		return true
	})
	if err == nil && (!same || n != len(want)) {
		err = fmt.Errorf("%w: the %s are others", store.ErrDiffers, part)
	}
	return err
}
