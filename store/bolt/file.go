package bolt

import (
	"bytes"
	"context"
	"io"
	"iter"
	"os"
	"sync"

	"go.etcd.io/bbolt"
)

// Layout is what a file holds that is not a store, but is opened, checked and written
// as one.
type Layout struct {
	Parts []string // buckets, those of the latest version
	// Steps[n] leads from version n to version n+1, and version 0 is an empty file. A
	// released step never changes again.
	Steps []func(tx *bbolt.Tx) error
}

// File is a file that is not a store. It is safe for concurrent use. Its values are
// written by Put, with a checksum.
type File struct {
	base
	reading sync.RWMutex // Scrub waits for whoever reads
}

// OpenFile opens a file as Open does a store. No copy of it is kept before its layout
// is changed: what is in it is nobody else's.
func OpenFile(path string, opts Options, l Layout) (*File, error) {
	of := layout{parts: []bucket{meta}}
	for _, name := range l.Parts {
		of.parts = append(of.parts, bucket(name))
	}
	for i, s := range l.Steps {
		of.steps = append(of.steps, func(tx *bbolt.Tx) error {
			if i == 0 {
				if err := create(tx, []bucket{meta}); err != nil {
					return err
				}
			}
			return s(tx)
		})
	}
	b, err := openFile(path, opts, of)
	if err != nil {
		return nil, err
	}
	return &File{base: b}, nil
}

// View runs fn in a read transaction. It must be short, and neither it nor what it calls
// may use the file otherwise.
func (f *File) View(ctx context.Context, fn func(tx *bbolt.Tx) error) error {
	f.reading.RLock()
	defer f.reading.RUnlock()
	return f.view(ctx, fn)
}

// Update runs fn in a write transaction, which is rolled back if fn fails or ctx has
// ended by then.
func (f *File) Update(ctx context.Context, fn func(tx *bbolt.Tx) error) error {
	return f.update(ctx, fn)
}

// Scrub overwrites all pages of the file that nothing uses anymore, so that what was
// deleted is not in them. It waits until nobody reads or writes.
func (f *File) Scrub(ctx context.Context) error {
	select {
	case f.turn <- struct{}{}:
		defer func() { <-f.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if f.broken != nil {
		return f.broken
	}
	f.reading.Lock()
	defer f.reading.Unlock()
	return explain("writing", f.path, guard(func() error { return scrub(ctx, f.db, f.file) }))
}

func scrub(ctx context.Context, db *bbolt.DB, file *os.File) error {
	tx, err := db.Begin(true) // lets go of the pages that the last readers saw
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	size := int64(db.Info().PageSize)
	blank, page := make([]byte, size), make([]byte, size)
	for id := range int((info.Size() + size - 1) / size) {
		// What lies behind the pages in use may be left of a write that failed.
		if p, err := tx.Page(id); err != nil || p != nil && p.Type != "free" {
			if err != nil {
				return err
			}
			continue
		}
		n, err := file.ReadAt(page, int64(id)*size)
		if err != nil && err != io.EOF {
			return err
		}
		if bytes.Equal(page[:n], blank[:n]) {
			continue
		}
		if _, err := file.WriteAt(blank[:n], int64(id)*size); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return file.Sync()
}

// Put keeps a value as JSON with a checksum.
func Put(b *bbolt.Bucket, k []byte, v any) error { return put(b, k, v) }

// Get returns a value that Put has kept, or store.ErrNotFound.
func Get[T any](b *bbolt.Bucket, k []byte) (T, error) { return get[T](b, k) }

// Decode reads what Put has kept under a key, as it stands in the file.
func Decode(k, sealed []byte, item any) error { return decode(k, sealed, item) }

// Unseal is the JSON that Put has kept under a key.
func Unseal(k, sealed []byte) ([]byte, error) { return unseal(k, sealed) }

// From yields the values of a bucket from a key on.
func From[T any](ctx context.Context, b *bbolt.Bucket, k []byte) iter.Seq2[T, error] {
	c := b.Cursor()
	k, v := c.Seek(k)
	return scan[T](ctx, k, v, c.Next)
}

// Number is a number as a key, which sorts as numbers do.
func Number(n uint64) []byte { return key(n) }

// ParseNumber reads a key that Number has made.
func ParseNumber(k []byte) (uint64, error) { return parseKey(k) }
