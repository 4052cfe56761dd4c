// Package postgres keeps readers in the database of the store, in a schema of their own
// (watch287g_readers), which no backup or copy of the store holds.
package postgres

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/store"
	database "github.com/watch287g/watch287g/store/postgres"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Store keeps readers in a database. It is safe for concurrent use, by any number of
// processes.
type Store struct {
	db *database.Store
}

var _ readers.Store = (*Store)(nil)

// Options say how to open the schema. The zero value makes it where there is none.
type Options struct {
	Existing bool // it is there, of this program's version, and nothing is changed
}

// Open opens the schema of readers in the database of a store, which stays open for
// longer.
func Open(ctx context.Context, db *database.Store, opts Options) (*Store, error) {
	schema := database.Schema{Name: "watch287g_readers", Steps: migrations, Lock: 287_000_288}
	if err := db.Prepare(ctx, schema, opts.Existing); err != nil {
		return nil, fmt.Errorf("for the readers: %w", err)
	}
	return &Store{db}, nil
}

// Close does nothing: the connections are the store's.
func (s *Store) Close() error { return nil }

// read calls fn, maybe again and again.
func (s *Store) read(ctx context.Context, fn func(ctx context.Context, q database.Querier) error) error {
	return s.db.Read(ctx, false, fn)
}

// write calls fn in a transaction. Errors of package readers and of callers stay as they
// are, as they do not concern the database.
func (s *Store) write(ctx context.Context, fn func(ctx context.Context, c *pgx.Conn) error) error {
	var apart error
	err := s.db.Write(ctx, func(ctx context.Context, c *pgx.Conn) error {
		apart = nil // of the try before
		err := fn(ctx, c)
		apart = readers.Apart(err)
		return err
	})
	if apart != nil {
		return apart
	}
	return err
}

// all decodes the rows of a query, which have one column of JSON. What it cannot read is
// not in its error: that could be an address.
func all[T any](ctx context.Context, q database.Querier, sql string, args ...any) (items []T, err error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var item T
		if json.Unmarshal(rows.RawValues()[0], &item) != nil {
			return nil, store.Damaged("one of the readers' rows cannot be read")
		}
		items = append(items, item)
	}
	return items, rows.Err()
}

// one is the first of all, or ErrNotFound.
func one[T any](ctx context.Context, q database.Querier, sql string, args ...any) (item T, err error) {
	items, err := all[T](ctx, q, sql, args...)
	if err == nil && len(items) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return item, err
	}
	return items[0], nil
}

// readOne is one for a store.
func readOne[T any](ctx context.Context, s *Store, sql string, args ...any) (item T, err error) {
	err = s.read(ctx, func(ctx context.Context, q database.Querier) error {
		item, err = one[T](ctx, q, sql, args...)
		return err
	})
	return item, err
}

// readAll is all for a store.
func readAll[T any](ctx context.Context, s *Store, sql string, args ...any) (items []T, err error) {
	err = s.read(ctx, func(ctx context.Context, q database.Querier) error {
		items, err = all[T](ctx, q, sql, args...)
		return err
	})
	return items, err
}

// there changes or deletes rows, and returns ErrNotFound where there are none.
func there(ctx context.Context, c *pgx.Conn, sql string, args ...any) error {
	done, err := c.Exec(ctx, sql, args...)
	if err == nil && done.RowsAffected() == 0 {
		err = store.ErrNotFound
	}
	return err
}

// doc is a value as it is kept.
func doc(v any) (string, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encoding: %w", err)
	}
	return string(text), nil
}

// Parts whose numbers are given out.
const (
	partReaders = "readers"
	partLetters = "letters"
	partBatches = "batches"
	partCursors = "cursors"
)

// nextNumber gives out the next number of a part. Nobody else gets one until the
// transaction has ended.
func nextNumber(ctx context.Context, c *pgx.Conn, part string) (seq uint64, err error) {
	err = c.QueryRow(ctx, "UPDATE watch287g_readers.numbers SET last = last + 1 WHERE name = $1::text RETURNING last", part).Scan(&seq)
	return seq, err
}

// lockNumbers has nobody else get a number of a part until the transaction has ended.
func lockNumbers(ctx context.Context, c *pgx.Conn, part string) error {
	_, err := c.Exec(ctx, "SELECT FROM watch287g_readers.numbers WHERE name = $1::text FOR UPDATE", part)
	return err
}

// Secret returns the bytes that are kept under a name, and makes them at the first call.
func (s *Store) Secret(ctx context.Context, name string) ([]byte, error) {
	return s.db.SecretIn(ctx, "watch287g_readers", name)
}

// suppressionKey is what an address is suppressed by.
func (s *Store) suppressionKey(ctx context.Context, address string) (string, error) {
	secret, err := s.Secret(ctx, readers.SecretSuppression)
	return readers.SuppressionKey(secret, address), err
}
