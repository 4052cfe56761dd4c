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

// Suppress has an address get nothing anymore.
func (s *Store) Suppress(ctx context.Context, address string, sup readers.Suppression) error {
	secret, err := s.Secret(ctx, readers.SecretSuppression)
	if err != nil {
		return err
	}
	sup = readers.Suppressing(secret, address, sup)
	return s.update(ctx, func(tx *bbolt.Tx) error {
		before, err := readerBy(tx, addresses, readers.AddressKey(address))
		switch {
		case err == nil:
			after := before
			after.Suppress(sup.At)
			if after.State == readers.StateSuppressed {
				sup.Seq = after.Seq
			}
			if err := put(tx, &before, &after); err != nil {
				return err
			}
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
		kept, err := file.Get[readers.Suppression](suppressions.of(tx), []byte(sup.Key))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		return putSuppression(tx, sup.Over(kept))
	})
}

// putSuppression keeps a suppression in the place of the one before it.
func putSuppression(tx *bbolt.Tx, sup readers.Suppression) error {
	if err := dropSuppression(tx, sup.Key); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err := count(tx, 1, "suppressed", string(sup.Reason)); err != nil {
		return err
	}
	return file.Put(suppressions.of(tx), []byte(sup.Key), sup)
}

func dropSuppression(tx *bbolt.Tx, key string) error {
	kept, err := file.Get[readers.Suppression](suppressions.of(tx), []byte(key))
	if err != nil {
		return err
	}
	return errors.Join(suppressions.of(tx).Delete([]byte(key)), count(tx, -1, "suppressed", string(kept.Reason)))
}

// Suppressed returns which of some addresses are suppressed.
func (s *Store) Suppressed(ctx context.Context, asked ...string) (map[string]readers.Suppression, error) {
	secret, err := s.Secret(ctx, readers.SecretSuppression)
	if err != nil {
		return nil, err
	}
	found := map[string]readers.Suppression{}
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		for _, address := range asked {
			sup, err := file.Get[readers.Suppression](suppressions.of(tx), []byte(readers.SuppressionKey(secret, address)))
			switch {
			case err == nil:
				found[address] = sup
			case !errors.Is(err, store.ErrNotFound):
				return err
			}
		}
		return nil
	})
	return found, err
}

// Suppressions returns up to limit suppressions with greater keys.
func (s *Store) Suppressions(ctx context.Context, after string, limit int) (all []readers.Suppression, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		for sup, err := range file.From[readers.Suppression](ctx, suppressions.of(tx), append([]byte(after), 0)) {
			if err != nil || len(all) >= limit {
				return err
			}
			all = append(all, sup)
		}
		return nil
	})
	return all, err
}

// Unsuppress takes back a suppression.
func (s *Store) Unsuppress(ctx context.Context, key string) error {
	return s.update(ctx, func(tx *bbolt.Tx) error {
		if key == "" {
			return store.ErrNotFound
		}
		sup, err := file.Get[readers.Suppression](suppressions.of(tx), []byte(key))
		if err != nil {
			return err
		}
		if err := dropSuppression(tx, key); err != nil {
			return err
		}
		before, err := file.Get[readers.Reader](people.of(tx), file.Number(sup.Seq))
		if errors.Is(err, store.ErrNotFound) {
			return nil
		} else if err != nil {
			return err
		}
		after := before
		after.Unsuppress(before.ChangedAt)
		return put(tx, &before, &after)
	})
}

// Take counts one use against each of some limits, or against none.
func (s *Store) Take(ctx context.Context, all []readers.Limit, at time.Time) (refused string, err error) {
	err = s.update(ctx, func(tx *bbolt.Tx) error {
		refused = ""
		for _, l := range all {
			kept, err := file.Get[readers.Used](limits.of(tx), []byte(l.Key))
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			used, ok := l.Use(kept, at)
			if !ok {
				refused = l.Name
				return readers.Theirs(errRefused)
			}
			if err := putLimit(tx, kept, used); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, errRefused) {
		err = nil
	}
	return refused, err
}

// errRefused has nothing be counted.
var errRefused = errors.New("a limit is used up")

// putLimit keeps what is used of a limit in the place of what was used before, if it was.
func putLimit(tx *bbolt.Tx, before, after readers.Used) error {
	if before.Key != "" {
		if err := limitTimes.of(tx).Delete(join(before.Until, before.Key)); err != nil {
			return err
		}
	}
	if err := limitTimes.of(tx).Put(join(after.Until, after.Key), nil); err != nil {
		return err
	}
	return file.Put(limits.of(tx), []byte(after.Key), after)
}
