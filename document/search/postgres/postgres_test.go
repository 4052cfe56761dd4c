package postgres

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/watch287g/watch287g/document/search"
	"github.com/watch287g/watch287g/document/search/searchtest"
	"github.com/watch287g/watch287g/internal/pgtest"
	database "github.com/watch287g/watch287g/store/postgres"
)

func TestSuite(t *testing.T) {
	t.Parallel()
	searchtest.Run(t, func(t *testing.T) search.Keeper { return open(t) })
}

func FuzzQueries(f *testing.F) { searchtest.Fuzz(f, open(f)) }

func open(t testing.TB) *Keeper {
	t.Helper()
	db, err := database.Open(t.Context(), pgtest.Need(t).Database(t), database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return New(db)
}

// Who drops the schema of a running service has it made again.
func TestSchemaIsMadeAgain(t *testing.T) {
	t.Parallel()
	p, k := searchtest.Small(), open(t)
	x := search.New(k, nil)
	for _, harm := range []string{"SELECT", "DROP SCHEMA watch287g_search CASCADE", "DROP TABLE watch287g_search.words", "TRUNCATE watch287g_search.documents", "DROP FUNCTION watch287g_search.found"} {
		err := x.Fill(t.Context(), p.Documents(), p)
		if err == nil {
			err = k.db.Write(t.Context(), func(ctx context.Context, c *pgx.Conn) error {
				_, err := c.Exec(ctx, harm)
				return err
			})
		}
		if err != nil {
			t.Fatal(err)
		}
		for range 3 { // what is gone is seen where it is read
			_, _ = x.Find(t.Context(), search.Query{Text: "lottery reimbursement", Count: 3})
			_ = x.Fill(t.Context(), p.Documents(), p)
		}
		if r, err := x.Find(t.Context(), search.Query{Text: "lottery", Count: 3}); err != nil || r.Documents != 1 {
			t.Errorf("after %s: %+v, %v", harm, r, err)
		}
	}
}
