package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/watch287g/watch287g/store"
)

// This file is for what shares the store's database but is apart from it: its calls are
// tried again as the store's are.

// Querier is what reads: a connection, in a transaction or not.
type Querier = querier

// Read calls fn with what reads, maybe again and again; bulk gives it more time.
func (s *Store) Read(ctx context.Context, bulk bool, fn func(ctx context.Context, q Querier) error) error {
	each := s.bounds.point
	if bulk {
		each = s.bounds.bulk
	}
	return s.read(ctx, each, fn)
}

// SecretIn is Secret of a schema, whose secrets stand in a table as the store's do.
func (s *Store) SecretIn(ctx context.Context, schema, name string) ([]byte, error) {
	if err := store.CheckSecretName(name); err != nil {
		return nil, err
	}
	kept := "SELECT doc FROM " + schema + ".secrets WHERE name = $1::text"
	secret, err := readOne[[]byte](ctx, s, kept, name)
	if !errors.Is(err, store.ErrNotFound) {
		return secret, err
	}
	doc, err := json.Marshal(store.NewSecret())
	if err != nil {
		return nil, fmt.Errorf("making a secret: %w", err)
	}
	err = s.write(ctx, func(ctx context.Context, w *writing) error {
		_, err := w.Exec(ctx, "INSERT INTO "+schema+".secrets (name, doc) VALUES ($1::text, $2::text::json) ON CONFLICT DO NOTHING", name, string(doc))
		return err
	})
	if err != nil {
		return nil, err
	}
	return readOne[[]byte](ctx, s, kept, name) // which another call may have made
}

// ReadOnce calls fn with a transaction that sees one moment, however long it takes.
func (s *Store) ReadOnce(ctx context.Context, fn func(ctx context.Context, q Querier) error) error {
	return s.explain(ctx, "reading", s.snapshotOnce(ctx, dumpIdle, fn))
}

// Write calls fn in a transaction, which is rolled back if fn fails or ctx has ended by
// then. Where the connection breaks, fn is called again, unless the transaction was
// committed. It has to be short.
func (s *Store) Write(ctx context.Context, fn func(ctx context.Context, c *pgx.Conn) error) error {
	return s.write(ctx, func(ctx context.Context, w *writing) error { return fn(ctx, w.Conn) })
}

// WriteLong is Write for much at once: it has all its time, and is not tried again.
func (s *Store) WriteLong(ctx context.Context, fn func(ctx context.Context, tx pgx.Tx) error) error {
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{BeginQuery: "BEGIN; SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"})
	if err != nil {
		return s.explain(ctx, "writing", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if err := fn(ctx, tx); err != nil {
		return s.explain(ctx, "writing", err)
	}
	return s.explain(ctx, "writing", tx.Commit(ctx))
}
