// Package durable writes files that are there whole or not at all, whatever ends the
// program or the machine.
package durable

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// Write has fill write a file under a temporary name beside path, and gives it that
// path once all of it is on the disk, in the place of what was there. Only its owner
// may read it. Where fill fails, or anything else does, nothing is left but what was
// there before.
func Write(path string, fill func(f *os.File) error) error {
	f, err := Temp(path)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // it has another name by then, or is given up
	if err := fill(f); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return Rename(f.Name(), path)
}

// Temp creates the file that is to become the one at path. Its name begins with a
// period, the file's own name and "-", so that what a crash leaves can be found.
func Temp(path string) (*os.File, error) {
	return os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
}

// Rename gives a file another name in its directory, durably.
func Rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return SyncDir(filepath.Dir(to))
}

// SyncDir makes durable which files a directory has. Some file systems cannot, and
// need not.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		err = nil
	}
	if err := errors.Join(err, d.Close()); err != nil {
		return fmt.Errorf("making the directory %s durable: %w", dir, err)
	}
	return nil
}
