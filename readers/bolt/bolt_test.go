package bolt

import (
	"path/filepath"
	"testing"

	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/readers/readerstest"
	file "github.com/watch287g/watch287g/store/bolt"
)

func opened(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, file.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestSuite(t *testing.T) {
	readerstest.Run(t, func(t *testing.T) readers.Store { return opened(t, filepath.Join(t.TempDir(), Name)) })
}
