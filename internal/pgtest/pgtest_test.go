package pgtest_test

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/watch287g/watch287g/internal/pgtest"
)

// value asks a database for one value, after statements that prepare for that.
func value(t *testing.T, url, query string, before ...string) string {
	t.Helper()
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(t.Context()) }()
	for _, statement := range before {
		if _, err := c.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	var v string
	if err := c.QueryRow(t.Context(), query).Scan(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestDatabases(t *testing.T) {
	t.Parallel()
	s := pgtest.Need(t)
	if s != pgtest.Need(t) {
		t.Error("the second test gets another server")
	}
	one, two := s.Database(t), s.Database(t)
	value(t, one, "SELECT 'made'", "CREATE TABLE only_here ()")
	for url, want := range map[string]string{one: "1", two: "0", s.Socket(one): "1"} {
		if got := value(t, url, "SELECT count(*)::text FROM pg_tables WHERE tablename = 'only_here'"); got != want {
			t.Errorf("%s has %s such tables, want %s", url, got, want)
		}
	}
	if got := value(t, one, "SELECT rolsuper::text FROM pg_roles WHERE rolname = current_user"); got != "false" {
		t.Error("the tests' role is a superuser")
	}
	_, err := pgx.Connect(t.Context(), strings.Replace(one, pgtest.Password, "wrong", 1))
	if refused, ok := errors.AsType[*pgconn.PgError](err); !ok || refused.Code != "28P01" {
		t.Errorf("with a wrong password: %v", err)
	}
}

func TestKillAndRun(t *testing.T) {
	t.Parallel()
	s := pgtest.Start(t, "fsync=on")
	url := s.Database(t)
	value(t, url, "SELECT 'made'", "CREATE TABLE kept ()")
	for _, end := range []func(testing.TB){s.Stop, s.Kill, s.Kill} {
		end(t)
		if _, err := pgx.Connect(t.Context(), url); err == nil {
			t.Fatal("a server that ended answers")
		}
		s.Run(t)
		if got := value(t, url, "SELECT 'fsync ' || current_setting('fsync') FROM kept RIGHT JOIN (SELECT 1) AS one ON true"); got != "fsync on" {
			t.Error(got)
		}
	}
	if !strings.Contains(s.Log(t), "was not properly shut down") {
		t.Errorf("the server was not killed: %s", s.Log(t))
	}
}

// TestNothingStays runs a test process that is killed while it has a server.
func TestNothingStays(t *testing.T) {
	if dir := os.Getenv("PGTEST_DIES_IN"); dir != "" {
		pgtest.Need(t)
		if err := os.WriteFile(dir+"/up", nil, 0o600); err != nil {
			t.Fatal(err)
		}
		select {}
	}
	t.Parallel()
	pgtest.Need(t)
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir+"/..", 0o755); err != nil { // the server's account must reach it
		t.Fatal(err)
	}
	process := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestNothingStays$")
	process.Env = append(os.Environ(), "PGTEST_DIES_IN="+dir, "TMPDIR="+dir)
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	wait(t, "a server", func() bool { _, err := os.Stat(dir + "/up"); return err == nil })
	if err := process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = process.Wait()
	wait(t, "an empty directory", func() bool { left, err := os.ReadDir(dir); return err == nil && len(left) == 1 })
}

// wait waits for what another process does.
func wait(t *testing.T, what string, done func() bool) {
	t.Helper()
	again, late := time.NewTicker(20*time.Millisecond), time.After(30*time.Second)
	defer again.Stop()
	for !done() {
		select {
		case <-again.C:
		case <-late:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
