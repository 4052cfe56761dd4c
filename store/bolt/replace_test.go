package bolt

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/watch287g/watch287g/store"
)

// from derives of any store what another one holds.
func from(t *testing.T, path string) func(*Store) (store.Dumper, error) {
	s := opened(t, path, Options{ReadOnly: true})
	t.Cleanup(func() { _ = s.Close() })
	return func(*Store) (store.Dumper, error) { return s, nil }
}

func TestReplace(t *testing.T) {
	l := newLost(t)
	if err := Replace(t.Context(), l.path, l.kept, func(*Store) (store.Dumper, error) { return nil, nil }); err != nil {
		t.Fatal(err)
	}
	l.has(t, l.path, l.old)
	l.files(t, "watch287g.db")
	if err := Replace(t.Context(), l.path, l.kept, from(t, l.backup)); err != nil {
		t.Fatal(err)
	}
	l.has(t, l.path, l.saved)
	l.has(t, l.kept, l.old)
	l.files(t, "watch287g.db", "watch287g.db.before")
	s := opened(t, l.path, impatient())
	if err := Replace(t.Context(), l.path, l.kept+"2", from(t, l.backup)); !errors.Is(err, store.ErrLocked) {
		t.Errorf("while it is in use: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestReplaceEndsAnywhere ends it before each step: the store is the old one or the new one,
// and the next call removes what was left.
func TestReplaceEndsAnywhere(t *testing.T) {
	for _, last := range []string{"derive", "write", "keep what is there", "replace", "end"} {
		t.Run(last, func(t *testing.T) {
			l := newLost(t)
			ctx, cancel := context.WithCancel(t.Context())
			err := replace(ctx, l.path, l.kept, from(t, l.backup), func(step string) {
				if step == last {
					cancel()
				}
			})
			if done := last == "end"; done != (err == nil) {
				t.Fatal(err)
			} else if done {
				l.has(t, l.path, l.saved)
				return
			}
			l.has(t, l.path, l.old)
			l.files(t, "watch287g.db")
			if err := os.WriteFile(filepath.Join(l.dir, ".watch287g.db-123"), []byte("left by a kill"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := Replace(t.Context(), l.path, l.kept, from(t, l.backup)); err != nil {
				t.Fatal(err)
			}
			l.has(t, l.path, l.saved)
			l.files(t, "watch287g.db", "watch287g.db.before")
		})
	}
}
