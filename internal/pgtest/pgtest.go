// Package pgtest starts PostgreSQL for tests: a real server, made by initdb in a
// temporary directory, which is gone when the test process is, however that ends.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Role and Password are who owns the databases of tests: no superuser. What a program
// prints must not have the password in it.
const (
	Role     = "watch287g"
	Password = "hunter2-of-postgres"
)

// patience is how long a server may take to start or to stop.
const patience = 30 * time.Second

// Server is a running PostgreSQL, by TCP on the loopback interface and by a socket.
type Server struct {
	dir       string // holds the data, the log, the socket
	port      int
	tools     tools
	settings  []string
	keeper    *keeper
	server    *exec.Cmd
	ended     chan struct{} // closed when server is
	databases atomic.Int64
}

// shared starts one server for all tests of a process: initdb takes a second.
var shared = sync.OnceValues(func() (*Server, error) { return start(nil) })

// Need returns the server that all tests of this process share, and that none may
// stop. Without PostgreSQL it skips the test, or fails it where CI is set.
func Need(t testing.TB) *Server {
	t.Helper()
	s, err := shared()
	check(t, err)
	return s
}

// Start starts a server for this test alone, which may stop it. Settings are those of
// postgresql.conf, such as "fsync=on" and "synchronous_commit=on"; without these two nothing is made durable.
func Start(t testing.TB, settings ...string) *Server {
	t.Helper()
	s, err := start(settings)
	check(t, err)
	t.Cleanup(s.keeper.end)
	return s
}

func check(t testing.TB, err error) {
	t.Helper()
	switch {
	case errors.Is(err, errNone) && os.Getenv("CI") == "":
		t.Skip(err)
	case err != nil:
		t.Fatal(err)
	}
}

// start makes a server. Each step undoes what it began where it fails.
func start(settings []string) (*Server, error) {
	tools, err := findTools()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "pgtest-")
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, tools: tools, settings: settings}
	if s.keeper, err = keep(dir); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := s.initialize(); err != nil {
		s.keeper.end()
		return nil, fmt.Errorf("starting PostgreSQL for the tests: %w", err)
	}
	return s, nil
}

func (s *Server) initialize() error {
	if err := s.tools.own(s.dir); err != nil {
		return err
	}
	out, err := s.tools.command("initdb", "-D", s.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync").CombinedOutput()
	if err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	// The tests' own role has a password, so that a wrong one is refused.
	rules := "local all postgres trust\nlocal all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n"
	if err := os.WriteFile(filepath.Join(s.data(), "pg_hba.conf"), []byte(rules), 0o600); err != nil {
		return err
	}
	if s.port, err = freePort(); err != nil {
		return err
	}
	if err := s.run(); err != nil {
		return err
	}
	return s.asSuperuser(context.Background(), fmt.Sprintf("CREATE ROLE %s LOGIN PASSWORD '%s'", Role, Password))
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) log() string { return filepath.Join(s.dir, "log") }

// killed is a file that is there while the server is not, which tells its keeper.
func (s *Server) killed() string { return filepath.Join(s.dir, "killed") }

// freePort returns a port that nothing listens on now.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // closed at once
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// run starts the server and waits until it answers. After a kill, the processes that
// it left behind may hold its memory for a moment, in which the next one gives up.
func (s *Server) run() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		if err := s.launch(); err != nil {
			return err
		}
		if s.answers(ctx) {
			return os.RemoveAll(s.killed())
		}
		if ctx.Err() != nil {
			log, _ := os.ReadFile(s.log())
			return fmt.Errorf("PostgreSQL did not answer within %v; its log: %s", patience, log)
		}
	}
}

func (s *Server) launch() error {
	args := []string{"-D", s.data(), "-k", s.dir, "-h", "127.0.0.1", "-p", strconv.Itoa(s.port)}
	settings := []string{"shared_buffers=32MB", "max_connections=200", "fsync=off", "synchronous_commit=off", "full_page_writes=off"}
	for _, setting := range append(settings, s.settings...) { // the last one counts
		args = append(args, "-c", setting)
	}
	log, err := os.OpenFile(s.log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	server := s.tools.command("postgres", args...)
	server.Stderr = log
	if err := server.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() {
		_ = server.Wait()
		close(ended)
	}()
	s.server, s.ended = server, ended
	return nil
}

// answers waits until the server takes connections, has ended, or time is up.
func (s *Server) answers(ctx context.Context) bool {
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		if s.asSuperuser(ctx, "SELECT 1") == nil {
			return true
		}
		select {
		case <-again.C:
		case <-s.ended:
			return false
		case <-ctx.Done():
			return false
		}
	}
}

func (s *Server) asSuperuser(ctx context.Context, query string) error {
	c, err := pgx.Connect(ctx, s.Superuser("postgres"))
	if err != nil {
		return err
	}
	_, err = c.Exec(ctx, query)
	return errors.Join(err, c.Close(ctx))
}

// Superuser is the URL of a database for the superuser, by the socket.
func (s *Server) Superuser(database string) string {
	return fmt.Sprintf("postgres://postgres@/%s?host=%s&port=%d", database, url.QueryEscape(s.dir), s.port)
}

// Addr is where the server listens, as host:port.
func (s *Server) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// Socket is the URL of the database of a URL by the socket instead of TCP.
func (s *Server) Socket(database string) string {
	u, _ := url.Parse(database)
	u.Host, u.RawQuery = "", url.Values{"host": {s.dir}, "port": {strconv.Itoa(s.port)}}.Encode()
	return u.String()
}

// Database makes an empty database that is dropped with the test, and returns its URL
// by TCP, with the password.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	return s.Copy(t, "template0")
}

// Copy makes a database as Database does, with all that is in another one, by its
// name, to which nobody may be connected.
func (s *Server) Copy(t testing.TB, template string) string {
	t.Helper()
	name := fmt.Sprintf("test%d", s.databases.Add(1))
	if err := s.asSuperuser(t.Context(), fmt.Sprintf("CREATE DATABASE %s OWNER %s TEMPLATE %s", name, Role, template)); err != nil {
		t.Fatalf("making a database: %v", err)
	}
	t.Cleanup(func() {
		select {
		case <-s.ended: // stopped by the test, and never started again
			return
		default:
		}
		if err := s.asSuperuser(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("dropping a database: %v", err)
		}
	})
	u := url.URL{Scheme: "postgres", User: url.UserPassword(Role, Password), Host: s.Addr(), Path: "/" + name}
	return u.String()
}

// Stop ends the server in order, and cuts who is connected.
func (s *Server) Stop(t testing.TB) { t.Helper(); s.signal(t, syscall.SIGINT) }

// Kill ends the server as a crash does.
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	if err := os.WriteFile(s.killed(), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s.signal(t, syscall.SIGKILL)
}

func (s *Server) signal(t testing.TB, signal os.Signal) {
	t.Helper()
	if err := s.server.Process.Signal(signal); err != nil {
		t.Fatalf("stopping PostgreSQL: %v", err)
	}
	select {
	case <-s.ended:
	case <-time.After(patience):
		t.Fatalf("PostgreSQL did not stop within %v", patience)
	}
}

// Run starts the server again after Stop or Kill, at the same address.
func (s *Server) Run(t testing.TB) {
	t.Helper()
	if err := s.run(); err != nil {
		t.Fatal(err)
	}
}

// Log is what the server has logged.
func (s *Server) Log(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(s.log())
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}
