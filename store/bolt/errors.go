package bolt

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	berrors "go.etcd.io/bbolt/errors"

	"github.com/watch287g/watch287g/store"
)

var (
	errNoFile   = errors.New("it is not a regular file")
	errNoStore  = fmt.Errorf("there is none yet (%w)", fs.ErrNotExist)
	errOutdated = errors.New("it was written by an older version of watch287g")
	errReadOnly = errors.New("it was opened for reading only")
	errClosed   = errors.New("it is closed")
)

// explain adds to an error what was being done to which file and what to do next,
// in one line. Errors that do not concern the file stay as they are.
func explain(doing, path string, err error) error {
	switch {
	case err == nil, errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrConflict), errors.Is(err, store.ErrInvalid),
		errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, berrors.ErrDatabaseNotOpen):
		err = errClosed
	case errors.Is(err, berrors.ErrDatabaseReadOnly):
		err = errReadOnly
	}
	err = fmt.Errorf("%s the store %s: %w", doing, path, err)
	if next := advice(err); next != "" {
		err = fmt.Errorf("%w; %s", err, next)
	}
	return err
}

// advice says what to do next, "" where there is nothing.
func advice(err error) string {
	is := func(targets ...error) bool {
		for _, target := range targets {
			if errors.Is(err, target) {
				return true
			}
		}
		return false
	}
	switch {
	case is(store.ErrDamaged):
		return "put a backup in its place, or move it away to start over"
	case is(store.ErrLocked):
		return "ask the running service instead, or stop it first"
	case is(store.ErrNewer):
		return "install that version again; nothing was changed"
	case is(errNoStore):
		return "run, poll or import make one"
	case is(errOutdated):
		return "open it once for writing, as run and poll do, to bring it up to date"
	case is(errNoFile, syscall.ENOTDIR):
		return "choose another place"
	case is(syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG):
		return "free some space on its disk; nothing of this step was written"
	case is(fs.ErrPermission, syscall.EROFS):
		return "let this user write to the file and its directory, or choose another directory"
	case is(errReadOnly, errClosed):
		return "" // a mistake of the program, not of the user
	}
	return "check its disk, and try again"
}
