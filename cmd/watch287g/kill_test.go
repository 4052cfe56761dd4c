package main

import (
	"cmp"
	"errors"
	"math/rand/v2"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/internal/pgtest"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/store/postgres"
)

// lifetime is a store's life in the kill test: lists are imported, then ICE's
// site publishes more of them, and each is polled.
type lifetime struct {
	t      *testing.T
	site   *fakeice.Site
	config string
	data   string
	now    time.Time
	open   func() (store.Store, error)
	forget func() // ends the time for which one that was killed keeps the next one waiting
}

const importedFirst = 10 // publications, before polls find the others

func newLifetime(t *testing.T) *lifetime {
	t.Helper()
	return newLifetimeIn(t, "")
}

// newLifetimeIn begins one in a database; "" for a file.
func newLifetimeIn(t *testing.T, database string) *lifetime {
	t.Helper()
	site := &fakeice.Site{}
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	l := &lifetime{t: t, site: site, data: t.TempDir(), now: time.Date(2026, time.January, 1, 12, 0, 0, 0, time.UTC),
		config: configured(t, "source:", "  page: https://ice.example"+fakeice.PagePath, "  mirror: "+server.URL, "  every: 1h", "store: "+cmp.Or(database, `""`))}
	l.open = func() (store.Store, error) { return bolt.Open(filepath.Join(l.data, "watch287g.db"), bolt.Options{}) }
	l.forget = func() {}
	if database != "" {
		l.open = func() (store.Store, error) { return postgres.Open(t.Context(), database, postgres.Options{}) }
		l.forget = func() { bury(t, database) }
	}
	return l
}

// bury takes those that were killed for dead, which the next one does after a lease of a
// few seconds. In these it would be killed itself, time and again, before it has begun.
func bury(t *testing.T, database string) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Exec(t.Context(), "DELETE FROM watch287g.river_job WHERE state = 'running'")
	if err := errors.Join(err, c.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
}

func (l *lifetime) call(args ...string) *exec.Cmd {
	l.t.Helper()
	return program(l.t, l.now, append([]string{"--data", l.data, "--config", l.config}, args...)...)
}

// live goes through the life, each step by a call of do.
func (l *lifetime) live(all []fakeice.File, index string, do func(args ...string)) {
	l.t.Helper()
	l.site.Publish(all[:importedFirst]...)
	do("import", index)
	for _, step := range fakeice.Moments(all[importedFirst:]) {
		l.site.Publish(step.Files...) // one without the other can be a page without the participating list
		l.now = l.now.Add(time.Hour)
		do("poll")
	}
}

// told is all that the program tells of its store.
func (l *lifetime) told() string {
	l.t.Helper()
	return output(l.t, l.call("changes", "--format", "jsonl")) +
		output(l.t, l.call("list", "--status", "active,pending,ended", "--format", "json")) +
		output(l.t, l.call("stats", "--format", "json"))
}

// check opens the store, which must be sound, and returns how many publications
// it has.
func (l *lifetime) check() uint64 {
	l.t.Helper()
	s, err := l.open()
	if err != nil {
		l.t.Fatal(err)
	}
	if err := consistent(l.t.Context(), s); err != nil {
		l.t.Error(err)
	}
	known, err := s.Known(l.t.Context())
	if err := errors.Join(err, s.Close()); err != nil {
		l.t.Fatal(err)
	}
	return known.Seqs.Publication
}

// TestKillNine kills the program at any moment of an import or a poll, again and
// again. Each time the store must open and be sound, and once everything is
// through, it must tell what it would have told undisturbed, byte for byte.
func TestKillNine(t *testing.T) {
	killNine(t, 100, func() string { return "" })
}

// TestKillNineOverPostgres does it with the state in a database: what a program that was
// killed had begun there is gone.
func TestKillNineOverPostgres(t *testing.T) {
	server := pgtest.Need(t)
	killNine(t, 20, func() string { return server.Database(t) })
}

func killNine(t *testing.T, kills int, database func() string) {
	const seed = 287
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 9))
	all := yearOf(9)[:importedFirst+6]
	index := archived(t, all[:importedFirst])

	quiet := newLifetimeIn(t, database())
	took := map[string]time.Duration{}
	quiet.live(all, index, func(args ...string) {
		began := time.Now()
		output(t, quiet.call(args...))
		took[args[0]] = max(took[args[0]], time.Since(began))
	})
	quiet.check()
	want := quiet.told()
	t.Logf("undisturbed, an import takes %v and a poll %v", took["import"], took["poll"])

	done, stopped := 0, map[uint64]int{} // kills by how many publications were taken in by then
	enough := func() bool { return done >= kills && len(stopped) >= 5 || done >= 3*kills }
	for !enough() {
		l := newLifetimeIn(t, database())
		l.live(all, index, func(args ...string) {
			span := took[args[0]]
			for !enough() {
				if !l.killed(random.Int64N(int64(span)), args...) {
					return
				}
				done++
				stopped[l.check()]++
				span += span / 16 // so that it gets through where the machine has become slower
				if !enough() {
					l.forget()
				}
			}
			output(t, l.call(args...)) // after a lease, where the last one was killed
		})
		if got := l.told(); got != want {
			t.Fatalf("after %d kills the store tells\n%s\nwant\n%s", done, got, want)
		}
	}
	t.Logf("kills by the number of publications taken in: %v", stopped)
	if len(stopped) < 5 {
		t.Error("the kills came at hardly any moment")
	}
}

// killed runs the program and kills it after so many nanoseconds. It says whether
// the program was killed before it was through.
func (l *lifetime) killed(after int64, args ...string) bool {
	l.t.Helper()
	cmd := l.call(args...)
	if err := cmd.Start(); err != nil {
		l.t.Fatal(err)
	}
	killer := time.AfterFunc(time.Duration(after), func() { _ = cmd.Process.Kill() })
	defer killer.Stop()
	err := cmd.Wait()
	if err != nil && cmd.ProcessState.Exited() {
		l.t.Fatalf("%v: %v", args, err)
	}
	return err != nil
}
