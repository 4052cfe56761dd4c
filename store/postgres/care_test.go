package postgres

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/watch287g/watch287g/internal/pgtest"
)

// River's tables are there with the store's, of the version that this River wants.
func TestQueueIsThere(t *testing.T) {
	t.Parallel()
	s := opened(t, pgtest.Need(t).Database(t))
	m, err := rivermigrate.New(riverpgxv5.New(s.pool), &rivermigrate.Config{Schema: "watch287g", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if all := m.AllVersions(); all[len(all)-1].Version != queueVersion {
		t.Errorf("River's tables are of version %d, and those here of %d; raise it, and add a migration", all[len(all)-1].Version, queueVersion)
	}
	if r, err := m.Validate(t.Context(), nil); err != nil || !r.OK {
		t.Errorf("River's tables: %+v, %v", r, err)
	}
	var options string
	err = s.pool.QueryRow(t.Context(), "SELECT array_to_string(reloptions, ' ') FROM pg_class WHERE oid = 'watch287g.river_job'::regclass").Scan(&options)
	if err != nil || !strings.Contains(options, "autovacuum_vacuum_threshold=500") {
		t.Errorf("River's jobs are kept with %q: %v", options, err)
	}
}

func TestOldestTransaction(t *testing.T) {
	t.Parallel()
	s := opened(t, pgtest.Need(t).Database(t))
	old, err := s.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = old.Rollback(t.Context()) }()
	if _, err := old.Exec(t.Context(), "SELECT 1"); err != nil {
		t.Fatal(err)
	}
	if age, err := s.OldestTransaction(t.Context()); err != nil || age != 0 {
		t.Errorf("one that keeps nothing: %s, %v", age, err)
	}
	if _, err := old.Exec(t.Context(), "SELECT pg_current_xact_id()"); err != nil {
		t.Fatal(err)
	}
	if age, err := s.OldestTransaction(t.Context()); err != nil || age <= 0 || age > time.Minute {
		t.Errorf("one that writes: %s, %v", age, err)
	}
}
