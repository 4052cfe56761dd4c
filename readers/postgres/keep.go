package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/watch287g/watch287g/readers"
)

// Keep changes a small value.
func (s *Store) Keep(ctx context.Context, key string, until time.Time, change func(old []byte) ([]byte, error)) error {
	return s.write(ctx, func(ctx context.Context, c *pgx.Conn) error {
		// A row that is there can be locked, so that no other call reads the same value.
		_, err := c.Exec(ctx, "INSERT INTO watch287g_readers.limits (key, until, doc) VALUES ($1::text, 0, '{}') ON CONFLICT DO NOTHING", key)
		if err != nil {
			return err
		}
		kept, err := one[readers.Used](ctx, c, "SELECT doc FROM watch287g_readers.limits WHERE key = $1::text FOR UPDATE", key)
		if err != nil {
			return err
		}
		value, err := change(kept.Value)
		if err != nil {
			return readers.Theirs(err)
		}
		if value == nil {
			_, err := c.Exec(ctx, "DELETE FROM watch287g_readers.limits WHERE key = $1::text", key)
			return err
		}
		return putLimits(ctx, c, map[string]readers.Used{key: readers.Kept(key, until, value)})
	})
}
