package postgres

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/watch287g/watch287g/internal/pgtest"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/store/storetest"
)

// opened opens the store in a database, and closes it with the test.
func opened(t *testing.T, address string) *Store {
	t.Helper()
	s, err := Open(t.Context(), address, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() }) // twice does no harm
	return s
}

// backend is one database, which is emptied for each store: to make one takes longer.
// Every other store does without prepared statements, as behind a pool by transaction.
func backend(t *testing.T) storetest.Backend {
	address := pgtest.Need(t).Database(t)
	first := opened(t, address)
	small := limits{polls: 7, validators: 9}
	opens := 0
	return storetest.Backend{
		New: func(t *testing.T) func(*testing.T) store.Store {
			empty(t, first)
			return func(t *testing.T) store.Store {
				parameters := ""
				if opens++; opens%2 == 0 {
					parameters = "?default_query_exec_mode=exec"
				}
				s := opened(t, address+parameters)
				s.limits = small
				return s
			}
		},
		Restore: func(t *testing.T, backup []byte) store.Store {
			path := filepath.Join(t.TempDir(), "watch287g.db")
			if err := os.WriteFile(path, backup, 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := bolt.Open(path, bolt.Options{})
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
		Polls: int(small.polls), Validators: small.validators,
	}
}

// empty makes a store a new one.
func empty(t *testing.T, s *Store) {
	t.Helper()
	sql := "UPDATE watch287g.state SET commits = 0, doc = '{}'"
	for _, table := range []string{"publications", "bodies", "rosters", "agencies", "records", "changes", "holds", "polls",
		"validators", "deliveries", "delivered", "incidents", "decisions", "secrets", "addresses", "documents", "page_texts"} {
		sql += "; DELETE FROM watch287g." + table
	}
	if _, err := s.pool.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func TestContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t, backend(t))
}
