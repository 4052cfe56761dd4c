package bolt

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/watch287g/watch287g/store"
)

// Replace puts in the place of the store at path what derive says that it is to hold, and
// keeps what was there at the path kept. derive is given the store, which nobody else can
// open meanwhile, and returns nil where it is to stay as it is. What is written is read back
// and compared before it counts: whatever ends this, the file at path is the old one or the
// new one, whole. The error is ErrLocked where the store is in use.
func Replace(ctx context.Context, path, kept string, derive func(s *Store) (store.Dumper, error)) error {
	return replace(ctx, path, kept, derive, func(string) {})
}

// replace is Replace with its steps named before each, for the tests.
func replace(ctx context.Context, path, kept string, derive func(s *Store) (store.Dumper, error), before func(step string)) (err error) {
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return explain("opening", path, err)
	}
	s, err := Open(path, Options{LockTimeout: time.Nanosecond})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	old := &lockedFile{path: path, file: s.file}
	if err := old.sweep(); err != nil {
		return explain("replacing", path, err)
	}
	before("derive")
	anew, err := derive(s)
	if err != nil || anew == nil {
		return err
	}
	before("write")
	temp, err := old.temp(func(f *os.File) error { return fillFile(ctx, f.Name(), anew) })
	if err != nil {
		return explain("replacing", path, err)
	}
	defer os.Remove(temp) //nolint:errcheck // it has another name by then, or is given up
	if old.size, err = used(s.db); err != nil {
		return explain("replacing", path, err)
	}
	before("keep what is there")
	if err := old.keep(kept); err != nil {
		return fmt.Errorf("keeping what is there as %s: %w", kept, err)
	}
	before("replace")
	if err := ctx.Err(); err != nil {
		return errors.Join(err, os.Remove(kept))
	}
	if err := old.replace(temp); err != nil {
		return explain("replacing", path, err)
	}
	before("end")
	return nil
}

// fillFile has an empty file hold what another store does, and reads it back.
func fillFile(ctx context.Context, name string, from store.Dumper) error {
	s, err := Open(name, Options{})
	if err != nil {
		return err
	}
	if err := errors.Join(s.fill(ctx, from), s.Close()); err != nil {
		return err
	}
	if s, err = Open(name, Options{ReadOnly: true}); err != nil {
		return err
	}
	_, err = store.Compare(ctx, from, s)
	if err := errors.Join(err, s.Close()); err != nil {
		return err
	}
	_, err = Inspect(ctx, name)
	return err
}
