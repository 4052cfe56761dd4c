package postgres

import (
	"encoding/json"
	"testing"

	"github.com/watch287g/watch287g/internal/pgtest"
)

// TestCostOfNextPending counts the pages that are read to find what is to be sent next,
// after much was sent: as many as where nothing was.
func TestCostOfNextPending(t *testing.T) {
	t.Parallel()
	s := opened(t, pgtest.Need(t).Database(t))
	const sent, waiting = 10_000, 1_000
	_, err := s.pool.Exec(t.Context(), `INSERT INTO watch287g.deliveries (seq, id, channel, state, attempts, changes, doc)
		SELECT n, 'dlv' || n, 'channel-' || n % 10, CASE WHEN n > $1::int THEN 'waiting' ELSE 'sent' END, 0, '{}', json_build_object('seq', n, 'x', repeat('x', 1000))
		FROM generate_series(1, $1::int + $2::int) AS g (n)`, sent, waiting)
	if err != nil {
		t.Fatal(err)
	}
	for _, analyzed := range []string{"SELECT 1", "ANALYZE watch287g.deliveries"} {
		if _, err := s.pool.Exec(t.Context(), analyzed); err != nil {
			t.Fatal(err)
		}
		for query, args := range map[string][]any{nextOfAll: nil, nextOf: {[]string{"channel-3", "channel-7", "none"}}} {
			if pages := pagesRead(t, s, query, args...); pages == 0 || pages > 150 { // of some 1,600
				t.Errorf("after %s %d pages are read by %s", analyzed, pages, query)
			}
		}
	}
}

// pagesRead is how many pages a query reads, of the cache or not.
func pagesRead(t *testing.T, s *Store, query string, args ...any) int {
	t.Helper()
	var plan []byte
	if err := s.pool.QueryRow(t.Context(), "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) "+query, args...).Scan(&plan); err != nil {
		t.Fatal(err)
	}
	var said []struct {
		Plan struct {
			Hit  int `json:"Shared Hit Blocks"`
			Read int `json:"Shared Read Blocks"`
		}
	}
	if err := json.Unmarshal(plan, &said); err != nil || len(said) != 1 {
		t.Fatalf("%s: %v", plan, err)
	}
	return said[0].Plan.Hit + said[0].Plan.Read
}
