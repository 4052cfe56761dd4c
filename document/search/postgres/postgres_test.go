package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/watch287g/watch287g/document"
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
	for _, harm := range []string{"SELECT", "DROP SCHEMA watch287g_search CASCADE", "DROP TABLE watch287g_search.words", "TRUNCATE watch287g_search.documents", "DROP TABLE watch287g_search.found CASCADE", "DROP FUNCTION watch287g_search.passages_with"} {
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

func TestMadeAgainDuringASearch(t *testing.T) {
	t.Parallel()
	k := open(t)
	searchtest.MadeAgain(t, k, func() { drop(t, k) })
}

// drop drops the schema.
func drop(t *testing.T, k *Keeper) {
	t.Helper()
	must(t, k.db.Write(t.Context(), func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, "DROP SCHEMA watch287g_search CASCADE")
		return err
	}))
}

// Where another process made the index anew, the passages of the new one are not shown under
// the numbers that others had in the old.
func TestMadeAnewByAnotherProcess(t *testing.T) {
	t.Parallel()
	p, k := searchtest.Small(), open(t)
	mine, others := search.New(k, nil), search.New(New(k.db), nil)
	must(t, mine.Fill(t.Context(), p.Documents(), p))
	drop(t, k)
	must(t, others.Fill(t.Context(), p.Reversed(), p))
	q := search.Query{Text: "lottery", Count: 3}
	if r, err := mine.Find(t.Context(), q); !errors.Is(err, search.ErrNotYet) {
		t.Errorf("%+v, %v", r, err)
	}
	must(t, mine.Fill(t.Context(), p.Documents(), p))
	if r, err := mine.Find(t.Context(), q); err != nil || r.Documents != 1 {
		t.Errorf("after it: %+v, %v", r, err)
	}
}

// Many passages are on a block, or what stands in most of them takes long to find.
func TestVectorsAreOutsideOfTheRows(t *testing.T) {
	t.Parallel()
	p, k := searchtest.Small(), open(t)
	var text strings.Builder
	for i := range 500 {
		fmt.Fprintf(&text, "Sentence number%d says that this agency and ICE agree on what is said here.\n\n", i)
	}
	p.Add("many sentences", document.Page{Text: text.String()})
	must(t, search.New(k, nil).Fill(t.Context(), p.Documents(), p))
	var rows, blocks int
	must(t, k.db.Read(t.Context(), false, func(ctx context.Context, q database.Querier) error {
		return q.QueryRow(ctx, "SELECT count(*), pg_relation_size('watch287g_search.found') / 8192 FROM watch287g_search.found").Scan(&rows, &blocks)
	}))
	if rows < 500 || rows < 60*(blocks-1) {
		t.Errorf("%d rows are on %d blocks", rows, blocks)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
