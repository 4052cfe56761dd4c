package postgres

import (
	"testing"

	"github.com/watch287g/watch287g/document/search"
	"github.com/watch287g/watch287g/document/search/searchtest"
	"github.com/watch287g/watch287g/internal/pgtest"
	database "github.com/watch287g/watch287g/store/postgres"
)

func TestSuite(t *testing.T) {
	t.Parallel()
	searchtest.Run(t, func(t *testing.T) search.Keeper {
		db, err := database.Open(t.Context(), pgtest.Need(t).Database(t), database.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		return New(db)
	})
}
