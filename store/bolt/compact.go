package bolt

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"
)

// Compact writes the store at path anew, without the pages that are free, which bbolt
// never gives back, and says how many bytes its pages took and take. The new file takes the
// place of the old one once it is found to hold the same, key by key; until then
// nothing changes. The error is as Inspect's: ErrLocked where the store is in use.
func Compact(ctx context.Context, path string) (before, after int64, err error) {
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return 0, 0, err
	}
	if err := withFile(path, func(*bbolt.DB, *os.File) error { return nil }); err != nil {
		return 0, 0, err
	}
	db, _, err := openWith(path, bbolt.Options{Timeout: time.Nanosecond}, func(db *bbolt.DB, file *os.File) (err error) {
		before, after, err = compact(ctx, db, &lockedFile{path: path, file: file})
		return err
	})
	if err != nil {
		return 0, 0, err
	}
	return before, after, db.Close()
}

func compact(ctx context.Context, db *bbolt.DB, old *lockedFile) (before, after int64, err error) {
	if err := old.sweep(); err != nil {
		return 0, 0, err
	}
	if before, err = used(db); err != nil {
		return 0, 0, err
	}
	temp, err := old.temp(func(f *os.File) error { return compactTo(ctx, db, f.Name()) })
	if err != nil {
		return 0, 0, err
	}
	defer os.Remove(temp) //nolint:errcheck // it has another name by then, or is given up
	info, err := os.Stat(temp)
	if err != nil {
		return 0, 0, err
	}
	if info.Size() >= before {
		return before, before, nil
	}
	return before, info.Size(), cmp.Or(ctx.Err(), old.replace(temp))
}

// compactTo fills an empty file with what another holds.
func compactTo(ctx context.Context, from *bbolt.DB, name string) error {
	const step = 1 << 20 // bytes of keys and values that are written at once
	to, err := bbolt.Open(name, 0o600, &bbolt.Options{Timeout: time.Nanosecond, NoSync: true, NoGrowSync: true})
	if err != nil {
		return classify(err)
	}
	var size int64
	err = bbolt.Compact(to, from, step)
	if err == nil {
		err = to.View(func(tx *bbolt.Tx) error {
			size = tx.Size()
			return from.View(func(old *bbolt.Tx) error { return sameContents(ctx, old, tx) })
		})
	}
	if err := errors.Join(err, to.Close()); err != nil {
		return err
	}
	if err := os.Truncate(name, size); err != nil {
		return err
	}
	_, err = Inspect(ctx, name)
	return err
}

// used says how many bytes of a file have pages in them. bbolt makes it longer than that,
// which takes no room on most disks, but would in a copy.
func used(db *bbolt.DB) (size int64, err error) {
	err = db.View(func(tx *bbolt.Tx) error {
		size = tx.Size()
		return nil
	})
	return size, err
}

// sameContents makes sure that two files hold the same parts, keys and values. Parts
// have no parts of their own.
func sameContents(ctx context.Context, a, b *bbolt.Tx) error {
	return sameKeys(ctx, a.Cursor(), b.Cursor(), func(name, _, _ []byte) error {
		one, other := a.Bucket(name), b.Bucket(name)
		if one.Sequence() != other.Sequence() {
			return fmt.Errorf("%q counts otherwise", name)
		}
		return sameKeys(ctx, one.Cursor(), other.Cursor(), func(k, v, w []byte) error {
			if !bytes.Equal(v, w) {
				return fmt.Errorf("%x in %q is not the same", k, name)
			}
			return nil
		})
	})
}

// sameKeys walks through two parts, and calls same with each key and its two values.
func sameKeys(ctx context.Context, a, b *bbolt.Cursor, same func(k, v, w []byte) error) error {
	k, v := a.First()
	l, w := b.First()
	for ; k != nil || l != nil; k, v = a.Next() {
		if !bytes.Equal(k, l) || k == nil || l == nil {
			return fmt.Errorf("the new file has %x where the old one has %x", l, k)
		}
		if err := cmp.Or(same(k, v, w), ctx.Err()); err != nil {
			return err
		}
		l, w = b.Next()
	}
	return nil
}
