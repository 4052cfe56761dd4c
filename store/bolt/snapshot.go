package bolt

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/internal/durable"
)

// keepOlder keeps a copy of a store whose schema is older beside it, before it is
// migrated: watch287g.db.schema1, or watch287g.db.schema1-2 where there is another one
// of that name already. Nothing of ours removes it. A store that is migrated again and
// again in vain is copied once.
func keepOlder(path string, db *bbolt.DB, file *os.File, latest int) error {
	version := 0
	err := db.View(func(tx *bbolt.Tx) (err error) {
		version, err = versionOf(tx)
		return err
	})
	if err != nil || version == 0 || version >= latest {
		return err
	}
	size, err := used(db)
	if err != nil {
		return err
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return err
	}
	content := func() io.Reader { return io.NewSectionReader(file, 0, size) }
	name := fmt.Sprintf("%s.schema%d", path, version)
	for n := 2; !hasContent(name, content()); n++ {
		if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
			if err := copyOlder(name, content(), size); err != nil {
				return fmt.Errorf("keeping a copy of it at %s before it is brought to schema %d: %w", name, latest, err)
			}
			return nil
		}
		name = fmt.Sprintf("%s.schema%d-%d", path, version, n)
	}
	return nil
}

// copyOlder writes the copy, if there is room for it.
func copyOlder(name string, content io.Reader, size int64) error {
	if err := checkRoom(filepath.Dir(name), size); err != nil {
		return err
	}
	return durable.Write(name, func(f *os.File) error {
		_, err := io.Copy(f, content)
		return err
	})
}

// checkRoom makes sure that the disk of a directory has room for so many bytes.
func checkRoom(dir string, size int64) error {
	if free, err := roomOn(dir); err == nil && free < uint64(size) { //nolint:gosec // no size is negative
		return fmt.Errorf("a copy takes %d bytes, and its disk has %d left: %w", size, free, syscall.ENOSPC)
	}
	return nil
}

// roomOn says how many bytes of the disk of a directory this user may still fill.
func roomOn(dir string) (uint64, error) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err != nil {
		return 0, err
	}
	return uint64(disk.Bavail) * uint64(disk.Bsize), nil //nolint:gosec,unconvert // their types differ by system
}

// hasContent says whether a file has this content, and no other.
func hasContent(name string, content io.Reader) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close() //nolint:errcheck // it was only read
	const part = 1 << 16
	a, b := make([]byte, part), make([]byte, part)
	for {
		n, errA := io.ReadFull(f, a)
		m, errB := io.ReadFull(content, b)
		if !bytes.Equal(a[:n], b[:m]) {
			return false
		}
		if errA != nil || errB != nil {
			return isEnd(errA) && isEnd(errB)
		}
	}
}

func isEnd(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }
