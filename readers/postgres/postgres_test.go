package postgres

import (
	"context"
	"errors"
	"testing"

	"github.com/watch287g/watch287g/internal/pgtest"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/readers/readerstest"
	database "github.com/watch287g/watch287g/store/postgres"
)

func opened(t *testing.T, address string) *Store {
	t.Helper()
	db, err := database.Open(t.Context(), address, database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s, err := Open(t.Context(), db, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSuite(t *testing.T) {
	t.Parallel()
	readerstest.Run(t, func(t *testing.T) readerstest.Keeper { return half{opened(t, pgtest.Need(t).Database(t))} })
}

// half shows the index of followers and the letters.
type half struct{ *Store }

func (h half) Following(ctx context.Context, keys []string, c notify.Cadence, yield func(readers.Follower) error) error {
	all, err := readAll[uint64](ctx, h.Store, "SELECT to_json(seq) FROM watch287g_readers.follows WHERE key = ANY($1::text[]) AND cadence = $2::text GROUP BY seq ORDER BY seq", keys, string(c))
	for _, seq := range all {
		err = errors.Join(err, yield(readers.Follower{Seq: seq}))
	}
	return err
}

func (h half) Letters(ctx context.Context, limit int) ([]readers.Letter, error) {
	return readAll[readers.Letter](ctx, h.Store, "SELECT doc FROM watch287g_readers.letters ORDER BY seq LIMIT $1::bigint", int64(limit))
}
