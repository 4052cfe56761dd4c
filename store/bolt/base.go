package bolt

import (
	"context"
	"os"
	"runtime/debug"
	"time"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/store"
)

// layout is what a file holds.
type layout struct {
	steps     []step
	parts     []bucket // of the latest version
	keepOlder bool     // a copy stays beside it before a step is made
}

// base is a file that is open, however much is known of what it holds.
type base struct {
	path     string
	readOnly bool
	db       *bbolt.DB
	file     *os.File // the one that db reads and writes

	turn chan struct{} // full while a write goes on
	// broken is why nothing can be written anymore; guarded by turn. Only a panic in
	// bbolt does that: a write that fails, as on a full disk, leaves bbolt as it was, and
	// the next one may succeed. The error is an ErrDamaged, by which a service ends, so
	// that the file is checked when it is opened anew.
	broken error
}

func openFile(path string, opts Options, of layout) (base, error) {
	if opts.LockTimeout == 0 {
		opts.LockTimeout = time.Second
	}
	db, file, err := openChecked(path, opts, of)
	if err != nil {
		return base{}, explain("opening", path, err)
	}
	return base{path: path, readOnly: opts.ReadOnly, db: db, file: file, turn: make(chan struct{}, 1)}, nil
}

// Close waits for what is under way and closes the file.
func (b *base) Close() error {
	b.turn <- struct{}{}
	defer func() { <-b.turn }()
	if b.broken != nil {
		return b.file.Close() // bbolt would wait for locks that nobody holds
	}
	return explain("closing", b.path, b.db.Close())
}

// view runs fn in a read transaction. It must be short: while it is open, the file
// cannot be mapped anew.
func (b *base) view(ctx context.Context, fn func(tx *bbolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return explain("reading", b.path, guard(func() error { return b.db.View(fn) }))
}

// update runs fn in a write transaction, which is rolled back if fn fails or ctx has
// ended by then.
func (b *base) update(ctx context.Context, fn func(tx *bbolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case b.turn <- struct{}{}:
		defer func() { <-b.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	return b.write(ctx, fn)
}

// write is update for a caller that holds turn.
func (b *base) write(ctx context.Context, fn func(tx *bbolt.Tx) error) error {
	if b.broken != nil {
		return b.broken
	}
	returned := false
	err := explain("writing", b.path, guard(func() error {
		err := b.db.Update(func(tx *bbolt.Tx) error {
			if err := fn(tx); err != nil {
				return err
			}
			return ctx.Err()
		})
		returned = true
		return err
	}))
	if !returned {
		// bbolt may still hold its locks after a panic, and would wait forever.
		b.broken = err
	}
	return err
}

// guard runs fn, which reads the mapped file, and turns a panic that a damaged or
// unreadable page causes into an error.
func guard(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = store.Damaged("%v", p)
		}
	}()
	return fn()
}
