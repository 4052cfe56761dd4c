package main

import (
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/pgtest"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/store/postgres"
)

var rebuildKills = flag.Int("rebuild.kills", 3, "how often a rebuild is killed")

// remade is a store with past captures that it does not have, and what an announced rebuild
// makes of it.
type remade struct {
	t             *testing.T
	now           time.Time
	dir           string // of the store before it, which is copied for each try
	before, after string // files
	took          time.Duration
}

const storeFile = "watch287g.db"

func newRemade(t *testing.T) *remade {
	t.Helper()
	m := &remade{t: t, now: time.Date(2026, time.January, 1, 12, 0, 0, 0, time.UTC), dir: t.TempDir()}
	all := yearOf(9)[:20]
	output(t, m.call(m.dir, "", "import", archived(t, all[6:])))
	output(t, m.call(m.dir, "", "import", archived(t, all[:6]))) // which are older, and so go to the past captures
	m.before = filepath.Join(m.dir, storeFile)
	done := m.copied()
	m.after = filepath.Join(done, storeFile)
	began := time.Now()
	said := output(t, m.call(done, "", rebuilding...))
	if m.took = time.Since(began); !strings.Contains(said, "in one message") || !strings.Contains(said, "It is written, with the corrections.") {
		t.Fatalf("a rebuild says\n%s", said)
	}
	m.holds(done, m.after)
	if again := output(t, m.call(done, "", rebuilding...)); !strings.Contains(again, "Nothing differs.") || !strings.Contains(again, "there is nothing to announce") {
		t.Errorf("once more it says\n%s", again)
	}
	return m
}

var rebuilding = []string{"rebuild", "--write", "--announce"}

func (m *remade) call(data, database string, args ...string) *exec.Cmd {
	m.t.Helper()
	lines := []string{"channels:", `  - {name: news, webhook: {url: "http://127.0.0.1:9/", allow_private: true}}`}
	if database != "" {
		lines = append(lines, "store: "+database)
	}
	return program(m.t, m.now, append([]string{"--data", data, "--config", configured(m.t, lines...)}, args...)...)
}

// copied is a copy of the directory before the rebuild.
func (m *remade) copied() string {
	m.t.Helper()
	dir := filepath.Join(m.t.TempDir(), "data")
	if err := os.CopyFS(dir, os.DirFS(m.dir)); err != nil {
		m.t.Fatal(err)
	}
	return dir
}

// same says whether a store holds what the one in a file does, to the byte.
func (m *remade) same(got store.Dumper, file string) bool {
	m.t.Helper()
	want, err := bolt.Open(file, bolt.Options{ReadOnly: true})
	if err != nil {
		m.t.Fatal(err)
	}
	_, err = store.Compare(m.t.Context(), want, got)
	if err := errors.Join(err, want.Close()); err != nil && !errors.Is(err, store.ErrDiffers) {
		m.t.Fatal(err)
	}
	return err == nil
}

// holds says whether the store in a directory is sound and holds what a file does.
func (m *remade) holds(data, file string) bool {
	m.t.Helper()
	s, err := bolt.Open(filepath.Join(data, storeFile), bolt.Options{})
	if err != nil {
		m.t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if err := consistent(m.t.Context(), s); err != nil {
		m.t.Error(err)
	}
	return file == filepath.Join(data, storeFile) || m.same(s, file)
}

// TestRebuildKilled kills an announced rebuild at any moment: the store is the one of before,
// with no message, or the one behind it, with all of them.
func TestRebuildKilled(t *testing.T) {
	m := newRemade(t)
	random := rand.New(rand.NewPCG(287, 12))
	data, killed, written := m.copied(), 0, 0
	for killed < *rebuildKills {
		cmd := m.call(data, "", rebuilding...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		killer := time.AfterFunc(m.took/3+time.Duration(random.Int64N(int64(m.took))), func() { _ = cmd.Process.Kill() })
		err := cmd.Wait()
		if killer.Stop(); err != nil {
			killed++
		}
		switch {
		case m.holds(data, m.before):
			if err == nil {
				t.Fatal("it wrote nothing, and says no word of it")
			}
		case m.holds(data, m.after):
			written++
			data = m.copied()
		default:
			t.Fatalf("after %d kills the store is neither the old nor the new one", killed)
		}
	}
	output(t, m.call(data, "", rebuilding...))
	if !m.holds(data, m.after) {
		t.Error("a rebuild after the kills leads to something else")
	}
	t.Logf("%d kills; %d times the new store was there; undisturbed it takes %v", killed, written, m.took)
	m.atOnce()
	t.Run("in a database", m.overPostgres)
}

// atOnce begins two rebuilds of one store: one writes, and the other one says why it does not,
// or has nothing to do.
func (m *remade) atOnce() {
	data := m.copied()
	first := m.call(data, "", rebuilding...)
	if err := first.Start(); err != nil {
		m.t.Fatal(err)
	}
	said, err := m.call(data, "", rebuilding...).CombinedOutput()
	if late := first.Wait(); err != nil && late != nil {
		m.t.Errorf("both fail: %v: %s", late, said)
	}
	if err != nil && !strings.Contains(string(said), "is in use; stop the service first, then rebuild; nothing was changed") {
		m.t.Errorf("the other one says %s", said)
	}
	if !m.holds(data, m.after) {
		m.t.Error("two rebuilds at once lead to something else")
	}
}

// overPostgres kills it with the state in a database.
func (m *remade) overPostgres(t *testing.T) {
	server := pgtest.Need(t)
	random := rand.New(rand.NewPCG(287, 13))
	database, data := "", m.copied()
	renew := func() {
		database = server.Database(t)
		output(t, m.call(data, database, "copy", "--from", m.dir, "--to", database))
	}
	holds := func(file string) bool {
		s, err := postgres.Open(t.Context(), database, postgres.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = s.Close() }()
		return m.same(s, file)
	}
	renew()
	for range max(2, *rebuildKills-1) {
		cmd := m.call(data, database, rebuilding...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		killer := time.AfterFunc(m.took/3+time.Duration(random.Int64N(2*int64(m.took))), func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait() // most are killed
		killer.Stop()
		eventually(t, "what the killed one had begun is gone", func() bool { return holds(m.before) || holds(m.after) })
		if holds(m.after) {
			renew()
		}
	}
	output(t, m.call(data, database, rebuilding...))
	if !holds(m.after) {
		t.Error("a rebuild after the kills leads to something else")
	}
}
