package bolt

import (
	"errors"
	"path/filepath"
	"strings"
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

// TestLoadNamesWhatIsWrong takes in what no store has told: it is not the file's fault.
func TestLoadNamesWhatIsWrong(t *testing.T) {
	s := opened(t, filepath.Join(t.TempDir(), Name))
	for _, item := range []readers.Item{{Part: "cursors", Key: "first", Value: []byte("{}")}, {Part: "cursors", Key: "1", Value: []byte("[]")}, {Part: "pigeons"}} {
		_, err := s.Load(t.Context(), func(yield func(readers.Item, error) bool) { yield(item, nil) })
		if !errors.Is(err, readers.ErrInvalid) || strings.Contains(err.Error(), Name) {
			t.Errorf("%v: %v", item, err)
		}
	}
}

func TestSuite(t *testing.T) {
	readerstest.Run(t, func(t *testing.T) readers.Store { return opened(t, filepath.Join(t.TempDir(), Name)) })
}
