package postgres

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/store"
)

// Suppress has an address get nothing anymore.
func (s *Store) Suppress(ctx context.Context, address string, sup readers.Suppression) error {
	secret, err := s.Secret(ctx, readers.SecretSuppression)
	if err != nil {
		return err
	}
	asked := readers.Suppressing(secret, address, sup)
	return s.write(ctx, func(ctx context.Context, c *pgx.Conn) error {
		sup := asked
		before, err := one[readers.Reader](ctx, c, byAddress+" FOR UPDATE", readers.AddressKey(address))
		switch {
		case err == nil:
			after := before
			after.Suppress(sup.At)
			if after.State == readers.StateSuppressed {
				sup.Seq = after.Seq
			}
			if err := put(ctx, c, &before, &after); err != nil {
				return err
			}
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
		kept, err := one[readers.Suppression](ctx, c, "SELECT doc FROM watch287g_readers.suppressions WHERE key = $1::text FOR UPDATE", sup.Key)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		sup = sup.Over(kept)
		text, err := doc(sup)
		if err != nil {
			return err
		}
		_, err = c.Exec(ctx, `INSERT INTO watch287g_readers.suppressions (key, reason, doc) VALUES ($1::text, $2::text, $3::text::json)
			ON CONFLICT (key) DO UPDATE SET reason = excluded.reason, doc = excluded.doc`, sup.Key, string(sup.Reason), text)
		return err
	})
}

// Suppressed returns which of some addresses are suppressed.
func (s *Store) Suppressed(ctx context.Context, asked ...string) (map[string]readers.Suppression, error) {
	secret, err := s.Secret(ctx, readers.SecretSuppression)
	if err != nil {
		return nil, err
	}
	of := map[string][]string{} // addresses by key
	var keys []string
	for _, address := range asked {
		key := readers.SuppressionKey(secret, address)
		of[key], keys = append(of[key], address), append(keys, key)
	}
	all, err := readAll[readers.Suppression](ctx, s, "SELECT doc FROM watch287g_readers.suppressions WHERE key = ANY($1::text[])", keys)
	found := map[string]readers.Suppression{}
	for _, sup := range all {
		for _, address := range of[sup.Key] {
			found[address] = sup
		}
	}
	return found, err
}

// Suppressions returns up to limit suppressions with greater keys.
func (s *Store) Suppressions(ctx context.Context, after string, limit int) ([]readers.Suppression, error) {
	return readAll[readers.Suppression](ctx, s, "SELECT doc FROM watch287g_readers.suppressions WHERE key > $1::text ORDER BY key LIMIT $2::bigint", after, int64(limit))
}

// Unsuppress takes back a suppression.
func (s *Store) Unsuppress(ctx context.Context, key string) error {
	return s.write(ctx, func(ctx context.Context, c *pgx.Conn) error {
		sup, err := one[readers.Suppression](ctx, c, "DELETE FROM watch287g_readers.suppressions WHERE key = $1::text RETURNING doc", key)
		if err != nil {
			return err
		}
		before, err := one[readers.Reader](ctx, c, "SELECT doc FROM watch287g_readers.readers WHERE seq = $1::bigint FOR UPDATE", number(sup.Seq))
		if errors.Is(err, store.ErrNotFound) {
			return nil
		} else if err != nil {
			return err
		}
		after := before
		after.Unsuppress(before.ChangedAt)
		return put(ctx, c, &before, &after)
	})
}

// Take counts one use against each of some limits, or against none.
func (s *Store) Take(ctx context.Context, limits []readers.Limit, at time.Time) (refused string, err error) {
	var keys []string
	for _, l := range limits {
		keys = append(keys, l.Key)
	}
	slices.Sort(keys) // so that no two wait for each other
	keys = slices.Compact(keys)
	err = s.write(ctx, func(ctx context.Context, c *pgx.Conn) error {
		refused = ""
		_, err := c.Exec(ctx, `INSERT INTO watch287g_readers.limits (key, until, doc)
			SELECT key, 0, '{}' FROM unnest($1::text[]) AS g (key) ORDER BY key ON CONFLICT DO NOTHING`, keys)
		if err != nil {
			return err
		}
		kept, err := all[readers.Used](ctx, c, "SELECT doc FROM watch287g_readers.limits WHERE key = ANY($1::text[]) ORDER BY key FOR UPDATE", keys)
		if err != nil {
			return err
		}
		used := map[string]readers.Used{}
		for _, u := range kept {
			used[u.Key] = u
		}
		for _, l := range limits {
			now, ok := l.Use(used[l.Key], at)
			if !ok {
				refused = l.Name
				return readers.Theirs(errRefused)
			}
			used[l.Key] = now
		}
		return putLimits(ctx, c, used)
	})
	if errors.Is(err, errRefused) {
		err = nil
	}
	return refused, err
}

// errRefused has nothing be counted.
var errRefused = errors.New("a limit is used up")

func putLimits(ctx context.Context, c *pgx.Conn, used map[string]readers.Used) error {
	var b pgx.Batch
	for key, u := range used {
		if key == "" { // of a row that was just made
			continue
		}
		text, err := doc(u)
		if err != nil {
			return err
		}
		b.Queue("UPDATE watch287g_readers.limits SET until = $2::bigint, doc = $3::text::json WHERE key = $1::text", key, u.Until.Unix(), text)
	}
	if b.Len() == 0 {
		return nil
	}
	return c.SendBatch(ctx, &b).Close()
}
