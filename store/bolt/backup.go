package bolt

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// Backup writes a copy of the whole store, consistent as of one moment, while
// the store stays in use. The copy opens like the original. It is written to a
// file beside the store first: w may be slow, and while bbolt copies, no page
// of the store can be used again.
func (s *Store) Backup(ctx context.Context, w io.Writer) error {
	aside, err := s.copyAside(ctx)
	if err != nil {
		return explain("backing up", s.path, err)
	}
	defer discard(aside)
	if _, err := io.Copy(writerUntil{ctx, w}, aside); err != nil {
		return fmt.Errorf("writing the backup: %w", err)
	}
	return nil
}

// copyAside returns a temporary copy, which was checked, at its beginning.
func (s *Store) copyAside(ctx context.Context) (aside *os.File, err error) {
	folder := filepath.Dir(s.path)
	if s.readOnly {
		folder = "" // the system's, as this one may not be writable
	}
	if aside, err = os.CreateTemp(folder, filepath.Base(s.path)+".backup-*"); err != nil {
		return nil, err
	}
	_ = os.Remove(aside.Name()) // early, so that none is left behind even by a crash
	defer func() {
		if err != nil {
			discard(aside)
		}
	}()
	pageSize := 0
	err = guard(func() error {
		return s.db.View(func(tx *bbolt.Tx) error {
			pageSize = tx.DB().Info().PageSize
			_, err := tx.WriteTo(writerUntil{ctx, aside})
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	if err := check(aside, int64(pageSize)); err != nil {
		return nil, err
	}
	_, err = aside.Seek(0, io.SeekStart)
	return aside, err
}

// discard removes a temporary file, which is gone already wherever an open file
// can be removed.
func discard(aside *os.File) {
	_ = aside.Close()
	_ = os.Remove(aside.Name())
}

// writerUntil writes until the context is done.
type writerUntil struct {
	ctx context.Context //nolint:containedctx // a writer has no other way to be told
	w   io.Writer
}

func (u writerUntil) Write(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.w.Write(p)
}
