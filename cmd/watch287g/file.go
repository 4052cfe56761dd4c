package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// wholeFile is written under another name and gets its own once it is whole, so
// that no half of it is ever taken for it.
type wholeFile struct {
	*os.File
	path string
}

func createFile(path string) (io.WriteCloser, error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return nil, fmt.Errorf("creating %s: %w; make its directory first, or choose another place", path, err)
	}
	return &wholeFile{f, path}, nil
}

// Write says what to do where there is no room.
func (w *wholeFile) Write(p []byte) (int, error) {
	n, err := w.File.Write(p)
	if err != nil {
		err = fmt.Errorf("%w; make room for it, or choose another place", err)
	}
	return n, err
}

// Close makes the file durable and gives it its name.
func (w *wholeFile) Close() error {
	err := w.Sync()
	if e := w.File.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(w.Name(), w.path)
	}
	if err != nil {
		os.Remove(w.Name()) //nolint:errcheck // the first error says what went wrong
		return fmt.Errorf("writing %s: %w; make room for it, or choose another place", w.path, err)
	}
	return nil
}

// discarder is a file that can be given up half written.
type discarder interface{ discard() }

func (w *wholeFile) discard() {
	_ = w.File.Close()
	_ = os.Remove(w.Name())
}
