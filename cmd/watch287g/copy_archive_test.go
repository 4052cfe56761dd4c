package main

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/archivetest"
	"github.com/watch287g/watch287g/internal/pgtest"
)

// TestArchiveMoves copies the state of the archive to PostgreSQL and back, and imports
// the archive into a database: all of them say the same, to the byte. What the score
// says of one it so says of all.
func TestArchiveMoves(t *testing.T) {
	t.Parallel()
	data := importedArchive(t)
	server := pgtest.Need(t)
	there, imported, back := server.Database(t), server.Database(t), filepath.Join(t.TempDir(), "back")
	call := func(args ...string) string {
		t.Helper()
		return output(t, program(t, time.Time{}, args...))
	}
	call("copy", "--from", data, "--to", there)
	call("copy", "--from", there, "--to", back)
	on := func(address string) []string { return []string{"--config", configured(t, "store: "+address)} }
	call(append(on(imported), "import", filepath.Join(archivetest.Need(t), "index.csv"))...)
	stores := map[string][]string{"there": on(there), "back": {"--data", back}, "imported": on(imported)}
	for _, args := range [][]string{
		{"changes", "--format", "jsonl"},
		{"list", "--status", "active,pending,ended", "--format", "json"},
		{"list", "--format", "csv", "--as-of", "2025-05-19"},
		{"list", "--format", "csv", "--as-of", "2025-09-22"},
	} {
		want := call(append([]string{"--data", data}, args...)...)
		for name, where := range stores {
			if got := call(append(where, args...)...); got != want || len(want) < 100 {
				t.Errorf("%s: %v differs: %d bytes, want %d", name, args, len(got), len(want))
			}
		}
	}
}
