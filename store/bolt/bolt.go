// Package bolt keeps the store in one file with nothing to set up. The file is
// a tree of pages by go.etcd.io/bbolt, which writes each step durably, and
// whole or not at all.
package bolt

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"github.com/watch287g/watch287g/internal/boltcheck"
	"github.com/watch287g/watch287g/store"
)

// mapped is how much of the file is mapped into memory from the start, in bytes.
// That takes addresses and no memory; a commit that makes the file outgrow it has to
// wait for every read that is under way.
const mapped = 1 << (28 + 2*(^uint(0)>>63)) // 1 GB, or 256 MB where addresses are short

// Options say how to open a store. The zero value opens it for reading and
// writing, and creates it where there is none.
type Options struct {
	// LockTimeout is how long to wait for another process to close the store; 0:
	// one second.
	LockTimeout time.Duration
	// ReadOnly opens a store that exists, together with other readers, and never
	// changes it.
	ReadOnly bool
}

// limits bound what would otherwise grow without end.
type limits struct {
	polls      uint64
	validators int
}

// Store is a store in one file. It is safe for concurrent use. Writes are done one
// after the other, but calls of SaveProgress are written together.
type Store struct {
	base
	limits limits
	saves  saveQueue // the calls of SaveProgress to be written next
}

var _ store.Store = (*Store)(nil)

// Open opens the store in the file at path. It creates the directory and the file,
// both for their owner only, where they are missing. The error says in one line
// what to do.
func Open(path string, opts Options) (*Store, error) {
	return open(path, opts, steps())
}

func open(path string, opts Options, steps []step) (*Store, error) {
	b, err := openFile(path, opts, layout{steps: steps, parts: buckets(), keepOlder: true})
	if err != nil {
		return nil, err
	}
	return &Store{base: b, limits: limits{polls: 10_000, validators: 200}}, nil
}

// openChecked opens a file that exists twice: first for reading only, so that one
// that is damaged or newer stays as it is.
func openChecked(path string, opts Options, of layout) (*bbolt.DB, *os.File, error) {
	there, err := checkPath(path, opts.ReadOnly)
	if err != nil {
		return nil, nil, err
	}
	if there {
		db, file, err := openWith(path, bbolt.Options{ReadOnly: true, Timeout: opts.LockTimeout},
			func(db *bbolt.DB, file *os.File) error { return inspect(db, file, opts, of) })
		if err != nil || opts.ReadOnly {
			return db, file, err
		}
		if err := db.Close(); err != nil {
			return nil, nil, err
		}
	}
	return openWith(path, bbolt.Options{Timeout: opts.LockTimeout, FreelistType: bbolt.FreelistMapType, InitialMmapSize: mapped},
		func(db *bbolt.DB, file *os.File) error {
			if of.keepOlder {
				if err := keepOlder(path, db, file, len(of.steps)); err != nil {
					return err
				}
			}
			return migrate(db, of.steps)
		})
}

// checkPath says whether the file exists, and creates its directory where that is
// allowed.
func checkPath(path string, readOnly bool) (bool, error) {
	info, err := os.Stat(path)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return false, errNoFile
	case err == nil && info.Size() > 0:
		return true, nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return false, err
	case readOnly:
		return false, errNoStore
	}
	return false, os.MkdirAll(filepath.Dir(path), 0o700)
}

// openWith opens the file with bbolt, which locks it, calls follow, and closes the
// file again if that fails. It also returns bbolt's file handle: closing another one
// could undo the lock.
func openWith(path string, opts bbolt.Options, follow func(*bbolt.DB, *os.File) error) (db *bbolt.DB, file *os.File, err error) {
	opts.OpenFile = func(name string, flag int, mode os.FileMode) (*os.File, error) {
		var err error
		file, err = os.OpenFile(name, flag, mode)
		return file, err
	}
	err = guard(func() (err error) {
		db, err = bbolt.Open(path, 0o600, &opts)
		return err
	})
	if err != nil {
		return nil, nil, classify(err)
	}
	if replaced(path, file) {
		_ = db.Close()
		return openWith(path, opts, follow)
	}
	if err := guard(func() error { return follow(db, file) }); err != nil {
		_ = db.Close() // what is wrong with the file matters more
		return nil, nil, err
	}
	return db, file, nil
}

// replaced says whether another file has the path by now. While one waits for the lock,
// who holds it may put another file there, and what is written to this one is lost.
func replaced(path string, file *os.File) bool {
	opened, err := file.Stat()
	if err != nil {
		return false
	}
	now, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist) || err == nil && !os.SameFile(opened, now)
}

// inspect makes sure that the file is whole, and of a version that this program
// knows.
func inspect(db *bbolt.DB, file *os.File, opts Options, of layout) error {
	latest := len(of.steps)
	if err := check(file, db.Info().PageSize); err != nil {
		return err
	}
	return db.View(func(tx *bbolt.Tx) error {
		version, err := versionOf(tx)
		switch {
		case err != nil:
			return err
		case version > latest:
			return store.Newer(int64(version), int64(latest))
		case version < latest && opts.ReadOnly:
			return errOutdated
		case version < latest:
			return nil
		}
		for _, b := range of.parts {
			if b.of(tx) == nil {
				return store.Damaged("the part %q is missing", b)
			}
		}
		return nil
	})
}

// check makes sure that a file is whole. The checksums of values are compared when
// they are read.
func check(file *os.File, pageSize int) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if err := boltcheck.Check(file, info.Size(), int64(pageSize)); err != nil {
		return store.Damaged("%w", err)
	}
	return nil
}

// classify returns what an error from opening a file with bbolt means.
func classify(err error) error {
	var path *fs.PathError
	var errno syscall.Errno
	switch {
	case err == nil, errors.As(err, &path), errors.As(err, &errno), errors.Is(err, store.ErrDamaged):
		return err
	case errors.Is(err, berrors.ErrTimeout):
		return store.ErrLocked
	}
	return store.Damaged("%w", err)
}
