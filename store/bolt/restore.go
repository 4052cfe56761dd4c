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
	"strings"
	"syscall"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/internal/durable"
	"github.com/watch287g/watch287g/store"
)

// Restore puts a copy of a backup in the place of the store at path, and keeps what was
// there at the path kept, unless there was nothing. The copy is read as Inspect does
// before it counts. Whatever ends this, the file at path is the old one or the new one,
// whole. The error says what is wrong: with the backup as Inspect does, or that the
// store is in use (ErrLocked).
func Restore(ctx context.Context, path, backup, kept string) error {
	return restore(ctx, path, backup, kept, func(string) {})
}

// restore is Restore with its steps named before each, for the tests.
func restore(ctx context.Context, path, backup, kept string, before func(step string)) error {
	before("lock")
	old, err := lock(path)
	if err != nil {
		return err
	}
	defer old.release()
	if same, err := old.is(backup); same || err != nil {
		return cmp.Or(err, errors.New("it is the store itself"))
	}
	before("copy")
	temp, err := old.copyOf(ctx, backup)
	if err != nil {
		return err
	}
	defer os.Remove(temp) //nolint:errcheck // it has another name by then, or is given up
	before("read the copy")
	if _, err := Inspect(ctx, temp); err != nil {
		return fmt.Errorf("its copy %s: %w", temp, err)
	}
	if old.size > 0 {
		before("keep what is there")
		if err := old.keep(kept); err != nil {
			return fmt.Errorf("keeping what is there as %s: %w", kept, err)
		}
	}
	before("replace")
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := old.replace(temp); err != nil {
		return err
	}
	before("end")
	return nil
}

// lockedFile is the file of a store that is about to be replaced. While it is locked,
// nobody opens the store.
type lockedFile struct {
	path string // not through symbolic links
	file *os.File
	size int64
	made bool // there was none, and this one is empty
}

// lock locks the file of a store, whatever is in it; where there is none, an empty one,
// so that nobody makes another meanwhile.
func lock(path string) (*lockedFile, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	if to, err := filepath.EvalSymlinks(path); err == nil {
		path = to
	}
	l := &lockedFile{path: path}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if l.made = err == nil; !l.made {
		f, err = os.OpenFile(path, os.O_RDWR, 0)
	}
	if err != nil {
		return nil, err
	}
	l.file = f
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil { //nolint:gosec // a descriptor
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = store.ErrLocked
		}
		return nil, err
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case replaced(path, f):
		err = store.ErrLocked // by who put another one there just now
	case !info.Mode().IsRegular():
		err = errNoFile
	default:
		l.size = info.Size()
		err = l.sweep()
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return l, nil
}

// sweep removes the copies that were under way when an earlier call was ended. Who holds
// the lock is alone in making them.
func (l *lockedFile) sweep() error {
	dir := filepath.Dir(l.path)
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		rest, ours := strings.CutPrefix(e.Name(), "."+filepath.Base(l.path)+"-")
		if ours && e.Type().IsRegular() && strings.Trim(rest, "0123456789") == "" {
			err = errors.Join(err, os.Remove(filepath.Join(dir, e.Name())))
		}
	}
	return err
}

// release unlocks it. One that was made for the lock goes, unless another file took its
// place.
func (l *lockedFile) release() {
	if l.made && !replaced(l.path, l.file) {
		_ = os.Remove(l.path)
	}
	_ = l.file.Close()
}

// is says whether a path leads to this file.
func (l *lockedFile) is(path string) (bool, error) {
	mine, err := l.file.Stat()
	if err != nil {
		return false, err
	}
	other, err := os.Stat(path)
	return err == nil && os.SameFile(mine, other), err
}

// copyOf copies another store beside this one, durably and for the same owner, and
// returns where. Nobody may be writing to the other one.
func (l *lockedFile) copyOf(ctx context.Context, other string) (string, error) {
	return l.temp(func(f *os.File) error {
		return withFile(other, func(db *bbolt.DB, file *os.File) error {
			size, err := used(db)
			if err != nil {
				return err
			}
			_, err = io.Copy(&writerUntil{ctx: ctx, w: f}, io.NewSectionReader(file, 0, size))
			return err
		})
	})
}

// temp has a file filled beside this one.
func (l *lockedFile) temp(fill func(*os.File) error) (name string, err error) {
	f, err := durable.Temp(l.path)
	if err != nil {
		return "", err
	}
	err = fill(f)
	if err == nil {
		err = l.giveToOwner(f)
	}
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// giveToOwner lets the user have a file who has this one, or its directory where this
// one was only made for the lock: root can work for the service's user.
func (l *lockedFile) giveToOwner(f *os.File) error {
	if os.Geteuid() != 0 {
		return nil
	}
	info, err := l.file.Stat()
	if l.made {
		info, err = os.Stat(filepath.Dir(l.path))
	}
	if err != nil {
		return err
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); ok {
		return f.Chown(int(owner.Uid), int(owner.Gid))
	}
	return nil
}

// keep gives the file another name beside its own; where the file system knows no second
// names, a copy.
func (l *lockedFile) keep(name string) error {
	err := os.Link(l.path, name)
	if err == nil {
		return durable.SyncDir(filepath.Dir(name))
	}
	if errors.Is(err, fs.ErrExist) {
		return err
	}
	return durable.Write(name, func(f *os.File) error {
		if _, err := io.Copy(f, io.NewSectionReader(l.file, 0, l.size)); err != nil {
			return err
		}
		return l.giveToOwner(f)
	})
}

// replace puts a file that is whole and durable in the place of this one.
func (l *lockedFile) replace(temp string) error { return durable.Rename(temp, l.path) }
