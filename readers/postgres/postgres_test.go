package postgres

import (
	"strings"
	"testing"

	"github.com/watch287g/watch287g/internal/pgtest"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/readers/readerstest"
	database "github.com/watch287g/watch287g/store/postgres"
)

func opened(t *testing.T, address string) *Store {
	t.Helper()
	db, err := database.Open(t.Context(), address, database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s, err := Open(t.Context(), db, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSuite(t *testing.T) {
	t.Parallel()
	t.Cleanup(func() { // once all of it has run
		if log := pgtest.Need(t).Log(t); strings.Contains(log, "@example.org") {
			t.Errorf("the server has logged an address: %s", log)
		}
	})
	readerstest.Run(t, func(t *testing.T) readers.Store { return opened(t, pgtest.Need(t).Database(t)) })
}
