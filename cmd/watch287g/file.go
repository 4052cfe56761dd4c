package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/watch287g/watch287g/internal/durable"
)

// writeFile has a file written under another name, and gives it its own once it is
// whole and durable, so that no half of it is ever taken for it.
func writeFile(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("creating %s: %w; make its directory first, or choose another place", path, err)
	}
	defer os.Remove(f.Name()) //nolint:errcheck // it has another name by then, or is given up
	if err := write(outputFile{f}); err != nil {
		return errors.Join(err, f.Close())
	}
	if err = errors.Join(f.Sync(), f.Close()); err == nil {
		err = durable.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w; %s", path, err, makeRoom)
	}
	return nil
}

// isFile says whether two paths lead to one file.
func isFile(path, other string) bool {
	a, errA := os.Stat(path)
	b, errB := os.Stat(other)
	return errA == nil && errB == nil && os.SameFile(a, b)
}

const makeRoom = "make room for it, or choose another place"

// outputFile is a file that says what to do where there is no room.
type outputFile struct{ file *os.File }

// Write writes to the file.
func (f outputFile) Write(p []byte) (int, error) {
	n, err := f.file.Write(p)
	if err != nil {
		err = fmt.Errorf("%w; %s", err, makeRoom)
	}
	return n, err
}
