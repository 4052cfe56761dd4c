package bolt

import (
	"context"
	"errors"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/store"
)

// Secret returns the bytes that are kept under a name, and makes them at the first
// call.
func (s *Store) Secret(ctx context.Context, name string) ([]byte, error) {
	if err := store.CheckSecretName(name); err != nil {
		return nil, err
	}
	secret, err := getOne[[]byte](ctx, s, secrets, []byte(name))
	if s.readOnly || !errors.Is(err, store.ErrNotFound) {
		return secret, err
	}
	err = s.update(ctx, func(tx *bbolt.Tx) (err error) {
		kept := secrets.of(tx)
		secret, err = get[[]byte](kept, []byte(name))
		if !errors.Is(err, store.ErrNotFound) {
			return err // another call has made it meanwhile
		}
		secret = store.NewSecret()
		return put(kept, []byte(name), secret)
	})
	if err != nil {
		return nil, err
	}
	return secret, nil
}
