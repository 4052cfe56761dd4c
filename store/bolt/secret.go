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
	return secretIn(ctx, s.readOnly, s.view, s.update, secrets, name)
}

// Secret is that of a store, in a part of the file.
func (f *File) Secret(ctx context.Context, part, name string) ([]byte, error) {
	return secretIn(ctx, f.readOnly, f.View, f.Update, bucket(part), name)
}

// transaction runs a function in one.
type transaction func(context.Context, func(*bbolt.Tx) error) error

func secretIn(ctx context.Context, readOnly bool, view, update transaction, in bucket, name string) (secret []byte, err error) {
	if err := store.CheckSecretName(name); err != nil {
		return nil, err
	}
	read := func(tx *bbolt.Tx) (err error) {
		secret, err = get[[]byte](in.of(tx), []byte(name))
		return err
	}
	if err := view(ctx, read); readOnly || !errors.Is(err, store.ErrNotFound) {
		return secret, err
	}
	err = update(ctx, func(tx *bbolt.Tx) error {
		if err := read(tx); !errors.Is(err, store.ErrNotFound) {
			return err // another call has made it meanwhile
		}
		secret = store.NewSecret()
		return put(in.of(tx), []byte(name), secret)
	})
	if err != nil {
		return nil, err
	}
	return secret, nil
}
