package people

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/internal/pgtest"
	"github.com/watch287g/watch287g/ops"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/readers/readerstest"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/store/postgres"
	"github.com/watch287g/watch287g/store/storetest"
)

// mentions says whether something has one of the addresses of the test in it, in any case
// or encoding that a program would use by accident.
func mentions(what []byte) bool {
	what = bytes.ToLower(what)
	for _, name := range []string{"ada.lovelace", "bea.lovelace", "cleo.lovelace", "dora.lovelace"} {
		for _, form := range []string{name, fmt.Sprintf("%x", name), strings.ToLower(base64.StdEncoding.EncodeToString([]byte(name + "@e")))[:8]} {
			if bytes.Contains(what, []byte(form)) {
				return true
			}
		}
	}
	return false
}

// signedUp puts a reader of each state and a request into a store.
func signedUp(t *testing.T, s readers.Store) (all []readers.Reader) {
	t.Helper()
	ctx := t.Context()
	for _, name := range []string{"ada", "Bea", "cleo"} {
		all = append(all, readerstest.Signed(ctx, t, s, name+".Lovelace@example.org", readerstest.Wish(t, "county:48201", "nation")))
	}
	_, err := s.Update(ctx, all[1].ID, func(r *readers.Reader) error { r.Leave(readerstest.Start()); return nil })
	err2 := s.Suppress(ctx, all[2].Address, readers.Suppression{Reason: readers.ReasonHard, At: readerstest.Start(), Detail: "550 no <Cleo.Lovelace@example.org>"})
	err3 := s.Ask(ctx, readers.NewRequest("dora.lovelace@example.org", readerstest.Wish(t, "state:TX"), readerstest.Start()))
	err4 := s.Ask(ctx, readers.NewRequest("ada.lovelace@example.org", readerstest.Wish(t, "state:TX"), readerstest.Start()))
	if err := errors.Join(err, err2, err3, err4); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestKeptApart signs readers up beside a store, and looks for them in everything that is
// not the readers' own: the store, its backups and copies, the log, the metrics, errors.
// Then it erases them, and looks for them there, too.
func TestKeptApart(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T, dir string) store.Store{
		"bolt": func(t *testing.T, dir string) store.Store {
			s, err := bolt.Open(filepath.Join(dir, "watch287g.db"), bolt.Options{})
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
		"postgres": func(t *testing.T, dir string) store.Store {
			s, err := postgres.Open(t.Context(), pgtest.Need(t).Database(t), postgres.Options{Snapshots: dir})
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			keptApart(t, dir, open(t, dir))
		})
	}
}

func keptApart(t *testing.T, dir string, s store.Store) {
	ctx := t.Context()
	t.Cleanup(func() { _ = s.Close() })
	var logged bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	monitor := ops.New(ops.Options{Log: log, Measure: func(ctx context.Context) (store.Measures, error) { return store.Measure(ctx, s) }})
	place := Place{Data: dir}
	room, err := New(ctx, Options{Store: s, Place: place, Config: settings(), Monitor: monitor, Now: readerstest.Start, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = room.Close() })
	all := signedUp(t, room.Store)
	if err := storetest.Fill(ctx, s, 20, 7); err != nil {
		t.Fatal(err)
	}
	for _, k := range room.Kinds() {
		if k.Name != "readers-sweep" {
			continue // the others send
		}
		tasks, err := k.Next(ctx)
		if err != nil || len(tasks) != 1 {
			t.Fatal(tasks, err)
		}
		if err := tasks[0].Do(ctx); err != nil {
			t.Fatal(err)
		}
	}
	clean := func(what string, content []byte) {
		t.Helper()
		if len(content) == 0 || mentions(content) {
			t.Errorf("%s has a reader's address in it, or nothing at all (%d bytes)", what, len(content))
		}
	}
	elsewhere := func(when string) {
		t.Helper()
		var backup bytes.Buffer
		if err := s.Backup(ctx, &backup); err != nil {
			t.Fatal(err)
		}
		clean("a backup "+when, backup.Bytes())
		copied := filepath.Join(t.TempDir(), "copy.db")
		if _, err := bolt.Load(ctx, copied, s.(store.Dumper)); err != nil {
			t.Fatal(err)
		}
		clean("a copy "+when, file(t, copied))
		answer := httptest.NewRecorder()
		monitor.Handler().ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
		clean("the metrics "+when, answer.Body.Bytes())
		if !strings.Contains(answer.Body.String(), "watch287g_readers_requests ") {
			t.Error("the metrics count no readers")
		}
		log.Debug("looked "+when, "reader", fmt.Sprint(all), "request", fmt.Sprintf("%v %s", all[0], all[0]))
		clean("the log "+when, logged.Bytes())
	}
	elsewhere("before")
	for _, who := range all {
		if err := room.Store.Erase(ctx, who.ID); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := room.Store.Sweep(ctx, readerstest.Start().Add(readers.RequestLife), 1); err != nil {
		t.Fatal(err)
	}
	elsewhere("after")
	var export bytes.Buffer
	if _, err := readers.Export(&export, room.Store.Dump(ctx), time.Now()); err != nil {
		t.Fatal(err)
	}
	clean("an export after", export.Bytes())
	if found, err := room.Store.Suppressed(ctx, "CLEO.lovelace@example.org"); err != nil || len(found) != 1 {
		t.Errorf("the suppression is %v (%v)", found, err)
	}
	if _, is := s.(*bolt.Store); is {
		clean("the file of readers", file(t, place.Path()))
	}
}

func file(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func settings() config.Config {
	c := config.Default()
	c.Web.URL = "https://example.org"
	c.Readers = &config.Readers{Server: config.Server{Host: "127.0.0.1", Port: 1, Security: "plain"}, From: "watch@example.org", Contact: "desk@example.org"}
	return c
}
