package sqlite

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/watch287g/watch287g/document/search"
	"github.com/watch287g/watch287g/document/search/searchtest"
)

func TestSuite(t *testing.T) {
	t.Parallel()
	searchtest.Run(t, func(t *testing.T) search.Keeper {
		k := New(filepath.Join(t.TempDir(), "a b?#%", "documents.index"))
		if err := os.Mkdir(filepath.Dir(k.path), 0o755); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = k.Close() })
		return k
	})
}

func FuzzQueries(f *testing.F) {
	k := New(filepath.Join(f.TempDir(), "documents.index"))
	f.Cleanup(func() { _ = k.Close() })
	searchtest.Fuzz(f, k)
}

// Whatever becomes of the file, the next time that documents are indexed makes it again.
func TestFileIsMadeAgain(t *testing.T) {
	t.Parallel()
	p := searchtest.Small()
	for name, harm := range map[string]func(t *testing.T, path string){
		"nothing": func(*testing.T, string) {},
		"removed": func(t *testing.T, path string) { must(t, os.Remove(path)) },
		"emptied": func(t *testing.T, path string) { must(t, os.Truncate(path, 0)) },
		"cut":     func(t *testing.T, path string) { must(t, os.Truncate(path, 8192)) },
		"replaced": func(t *testing.T, path string) {
			must(t, os.Remove(path))
			must(t, os.WriteFile(path, []byte("no index"), 0o600))
		},
		"of another version": func(t *testing.T, path string) {
			db, err := sql.Open("sqlite", "file:"+path)
			must(t, err)
			_, err = db.ExecContext(t.Context(), "PRAGMA user_version = 9")
			must(t, errors.Join(err, db.Close()))
		},
		"scrawled": func(t *testing.T, path string) { scrawl(t, path) },
		"all gone": func(t *testing.T, path string) {
			for _, end := range []string{"", "-wal", "-shm"} {
				must(t, os.Remove(path+end))
			}
		},
	} {
		for _, running := range []bool{true, false} {
			k := New(filepath.Join(t.TempDir(), "documents.index"))
			x := search.New(k, nil)
			must(t, x.Fill(t.Context(), p.Documents(), p))
			if !running {
				must(t, k.Close())
			} else if _, err := k.write.ExecContext(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
				t.Fatal(err)
			}
			if !running && name == "all gone" {
				continue
			}
			harm(t, k.path)
			if !running {
				x = search.New(New(k.path), nil)
			}
			for range 3 { // what is damaged is seen where it is read
				_, _ = x.Find(t.Context(), search.Query{Text: "lottery reimbursement", Count: 3})
				_ = x.Fill(t.Context(), p.Documents(), p)
			}
			r, err := x.Find(t.Context(), search.Query{Text: "lottery", Count: 3})
			if err != nil || r.Documents != 1 || len(r.Found) != 1 || len(r.Found[0].Text) != 3 {
				t.Errorf("%s (running: %v): %+v, %v", name, running, r, err)
			}
			must(t, x.Close())
		}
	}
}

func TestMadeAgainDuringASearch(t *testing.T) {
	t.Parallel()
	k := New(filepath.Join(t.TempDir(), "documents.index"))
	t.Cleanup(func() { _ = k.Close() })
	searchtest.MadeAgain(t, k, func() { must(t, os.Remove(k.path)) })
}

func scrawl(t *testing.T, path string) {
	t.Helper()
	body, err := os.ReadFile(path)
	must(t, err)
	for i := 100; i < len(body); i += 7 {
		body[i] ^= 0x5a
	}
	must(t, os.WriteFile(path, body, 0o600))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
