package postgres

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"

	"github.com/watch287g/watch287g/internal/pgtest"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/storetest"
)

// later has the migrations of a program that knows one more version.
func later(t *testing.T, sql string) fs.FS {
	t.Helper()
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	all := fstest.MapFS{}
	for _, name := range files {
		text, err := migrations.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = &fstest.MapFile{Data: text}
	}
	next := maps.Clone(all)
	next[fmt.Sprintf("migrations/%05d_later.sql", len(files)+1)] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + sql)}
	return next
}

func TestSchema(t *testing.T) {
	t.Parallel()
	address := pgtest.Need(t).Database(t)
	ctx, existing := t.Context(), Options{Existing: true}
	refused := func(what string, err error, want error, says string) {
		t.Helper()
		if !errors.Is(err, want) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: got %v, want %v and %q", what, err, want, says)
		}
	}
	_, err := Open(ctx, address, existing)
	refused("nothing is there", err, fs.ErrNotExist, "run, poll or import make one")

	var wg sync.WaitGroup // several start at once
	for range 4 {
		wg.Go(func() {
			s, err := Open(ctx, address, Options{})
			if err != nil {
				t.Error(err)
				return
			}
			_ = s.Close()
		})
	}
	wg.Wait()
	s, err := Open(ctx, address, existing)
	if err != nil {
		t.Fatal(err)
	}
	if err := storetest.Fill(ctx, s, 30, 1); err != nil {
		t.Fatal(err)
	}
	want, err := storetest.Read(ctx, s)
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}

	next := later(t, "ALTER TABLE watch287g.holds ADD COLUMN later text; DELETE FROM watch287g.changes;")
	_, err = open(ctx, address, existing, next)
	refused("an older one", err, errOutdated, "start the service, or poll once")
	_, err = open(ctx, address, Options{}, next)
	if err == nil || !strings.Contains(err.Error(), "no directory for a copy") {
		t.Errorf("without a directory: %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = open(ctx, address, Options{Snapshots: file}, next)
	if err == nil || !strings.Contains(err.Error(), "could not be written, so that nothing was changed") {
		t.Errorf("where no copy can be written: %v", err)
	}
	dir := t.TempDir()
	_, err = open(ctx, address, Options{Snapshots: dir}, later(t, "ALTER TABLE watch287g.holds ADD COLUMN later text; SELECT 1/0;"))
	if err == nil || !strings.Contains(err.Error(), "division by zero") {
		t.Errorf("a migration that fails: %v", err)
	}
	same(t, "after all that was refused", want, address)

	s, err = open(ctx, address, Options{Snapshots: dir}, next)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = Open(ctx, address, Options{})
	refused("a newer one", err, store.ErrNewer, "its schema is 3, this one knows 2); install that version again; nothing was changed")
	restoreFrom(t, filepath.Join(dir, "before-schema-3.sql.gz"), want)
}

// same makes sure that a store of this version holds what it did.
func same(t *testing.T, what string, want storetest.Contents, address string) {
	t.Helper()
	got, err := storetest.Read(t.Context(), opened(t, address))
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if diff := storetest.Diff(want, got); diff != "" {
		t.Errorf("%s:\n%s", what, diff)
	}
}

// restoreFrom does what a copy from before a migration says at its top, in another
// database, by the protocol in place of psql.
func restoreFrom(t *testing.T, path string, want storetest.Contents) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	address := pgtest.Need(t).Database(t)
	s := opened(t, address)
	err = pgx.BeginFunc(t.Context(), s.pool, func(tx pgx.Tx) error { return restoreText(t.Context(), tx, string(text)) })
	if err != nil {
		t.Fatal(err)
	}
	same(t, "what was restored", want, address)
}

func restoreText(ctx context.Context, tx pgx.Tx, text string) error {
	for text != "" {
		line, rest, _ := strings.Cut(text, "\n")
		text = rest
		switch {
		case strings.HasPrefix(line, "--"):
		case strings.HasPrefix(line, "COPY "):
			rows, rest, ok := strings.Cut("\n"+text, "\n\\.\n")
			if !ok {
				return fmt.Errorf("%s has no end", line)
			}
			text = rest
			if _, err := tx.Conn().PgConn().CopyFrom(ctx, strings.NewReader(strings.TrimPrefix(rows+"\n", "\n")), line); err != nil {
				return err
			}
		default:
			if _, err := tx.Exec(ctx, line); err != nil {
				return fmt.Errorf("%.80s: %w", line, err)
			}
		}
	}
	return nil
}
