package bolt

import (
	"context"
	"errors"
	"time"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/store"
	file "github.com/watch287g/watch287g/store/bolt"
)

// Keep changes a small value.
func (s *Store) Keep(ctx context.Context, key string, until time.Time, change func(old []byte) ([]byte, error)) error {
	return s.update(ctx, func(tx *bbolt.Tx) error {
		before, err := file.Get[readers.Used](limits.of(tx), []byte(key))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		value, err := change(before.Value)
		if err != nil {
			return readers.Theirs(err)
		}
		if value != nil {
			return putLimit(tx, before, readers.Kept(key, until, value))
		}
		if before.Key == "" {
			return nil
		}
		return errors.Join(limitTimes.of(tx).Delete(join(before.Until, before.Key)), limits.of(tx).Delete([]byte(key)))
	})
}
