package bolt

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/store"
)

// Backup writes a copy of the whole store as of one moment, while the store stays in
// use. The copy opens like the original. It is written to a temporary file first: w
// may be slow, and while bbolt copies, none of its pages can be reused. An empty file
// on the same disk is no slower, and takes no more room.
func (s *Store) Backup(ctx context.Context, w io.Writer) error {
	if f, ok := w.(*os.File); ok && s.isBeside(f) {
		err := s.copyTo(ctx, f)
		if path, ok := errors.AsType[*fs.PathError](err); ok && path.Path == f.Name() {
			return fmt.Errorf("writing the backup: %w", err)
		}
		return explain("backing up", s.path, err)
	}
	aside, err := s.copyAside(ctx)
	if err != nil {
		return explain("backing up", s.path, err)
	}
	defer discard(aside)
	if _, err := io.Copy(&writerUntil{ctx: ctx, w: w}, aside); err != nil {
		return fmt.Errorf("writing the backup: %w", err)
	}
	return nil
}

// isBeside says whether a file is empty, and on the disk of the store.
func (s *Store) isBeside(f *os.File) bool {
	mine, err := s.file.Stat()
	other, errOther := f.Stat()
	if err != nil || errOther != nil || !other.Mode().IsRegular() || other.Size() > 0 {
		return false
	}
	a, okA := mine.Sys().(*syscall.Stat_t)
	b, okB := other.Sys().(*syscall.Stat_t)
	return okA && okB && a.Dev == b.Dev
}

// copyAside returns a temporary copy, to be read from its beginning.
func (s *Store) copyAside(ctx context.Context) (*os.File, error) {
	dir := filepath.Dir(s.path)
	if s.readOnly {
		dir = "" // the system's, as this one may not be writable
	}
	aside, err := os.CreateTemp(dir, filepath.Base(s.path)+".backup-*")
	if err != nil {
		return nil, err
	}
	_ = os.Remove(aside.Name()) // early, so that not even a crash leaves it behind
	if err := s.copyTo(ctx, aside); err != nil {
		discard(aside)
		return nil, err
	}
	return aside, nil
}

// copyTo copies the store and makes sure that the copy is whole: it may be going to
// replace a better one.
func (s *Store) copyTo(ctx context.Context, aside *os.File) error {
	pageSize, w := 0, &writerUntil{ctx: ctx, w: aside}
	err := guard(func() error {
		return s.db.View(func(tx *bbolt.Tx) error {
			pageSize = tx.DB().Info().PageSize
			// What fills the disk up would keep the next step from being written.
			if err := checkRoom(filepath.Dir(aside.Name()), tx.Size()+tx.Size()/10); err != nil {
				return err
			}
			_, err := tx.WriteTo(w)
			return cmp.Or(w.err, err)
		})
	})
	switch {
	case errors.Is(err, io.EOF):
		return store.Damaged("it ends too early")
	case err != nil:
		return err
	}
	if err := check(aside, pageSize); err != nil {
		return err
	}
	_, err = aside.Seek(0, io.SeekStart)
	return err
}

// discard removes a temporary file. Where an open file can be removed, it is gone
// already.
func discard(aside *os.File) {
	_ = aside.Close()
	_ = os.Remove(aside.Name())
}

// writerUntil writes until the context ends, and stores the error that ended it, of
// which bbolt passes on the text alone.
type writerUntil struct {
	ctx context.Context // an io.Writer is given none
	w   io.Writer
	err error
}

func (u *writerUntil) Write(p []byte) (n int, err error) {
	if u.err = u.ctx.Err(); u.err == nil {
		n, u.err = u.w.Write(p)
	}
	return n, u.err
}
