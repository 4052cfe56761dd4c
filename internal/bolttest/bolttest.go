// Package bolttest opens stores for tests.
package bolttest

import (
	"path/filepath"
	"testing"

	"github.com/watch287g/watch287g/store/bolt"
)

// New returns an empty store, which goes with the test.
func New(t testing.TB) *bolt.Store {
	t.Helper()
	return Open(t, filepath.Join(t.TempDir(), "watch287g.db"))
}

// Open opens the store in the file at a path, and closes it with the test.
func Open(t testing.TB, path string) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
