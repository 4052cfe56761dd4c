package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/sheet/sheettest"
)

// program prepares a call of the program, with the clock at a moment where that
// is not zero.
func program(t testing.TB, now time.Time, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "watch287g", args...)
	cmd.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0")
	if !now.IsZero() {
		clock := filepath.Join(t.TempDir(), "clock")
		if err := os.WriteFile(clock, []byte(now.Format(time.RFC3339)), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd.Env = append(cmd.Env, clockFile+"="+clock)
	}
	return cmd
}

// output runs a call that must succeed and returns what it prints.
func output(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s%s", cmd.Args[1:], err, out, &stderr)
	}
	return string(out)
}

// complaint runs a call that must fail with status 1, and returns the one line
// that it says.
func complaint(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok || exit.ExitCode() != statusFailure {
		t.Fatalf("%v ends with %v\n%s%s", cmd.Args[1:], err, out, &stderr)
	}
	line, ok := strings.CutPrefix(stderr.String(), "watch287g: ")
	if !ok || strings.Count(line, "\n") != 1 || !strings.HasSuffix(line, "\n") {
		t.Fatalf("%v does not say one line: %q", cmd.Args[1:], stderr.String())
	}
	return strings.TrimSuffix(line, "\n")
}

// configured writes a configuration of these lines, and returns its path.
func configured(t *testing.T, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "watch287g.yaml")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// patience is how long tests wait for what must happen. Only a test that fails
// waits that long, so it is ample for a machine that is busy with other things.
const patience = 2 * time.Minute

// eventually waits for another process to do something.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(patience); !done(); {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("still not: %s", what)
		}
	}
}

// TestServiceEndsWithinASecond tells a service to stop in the middle of one
// thing or another. A slow machine gets more time: twice what the service took to
// start and to poll.
func TestServiceEndsWithinASecond(t *testing.T) {
	const rows = 1000 // whose list is more than a socket holds
	list := sheettest.Participating(sheettest.Sample(rows)...)
	dial := func(t *testing.T, data string) net.Conn {
		conn, err := net.Dial("unix", filepath.Join(data, "watch287g.sock"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		return conn
	}
	for _, tt := range []struct {
		name string
		when func(t *testing.T, data string, site *fakeice.Site)
	}{
		{"on Ctrl-C", func(*testing.T, string, *fakeice.Site) {}},
		{"between two polls", func(*testing.T, string, *fakeice.Site) {}},
		{"while ICE's server does not answer", func(t *testing.T, data string, site *fakeice.Site) {
			site.Requests()
			site.Spoil(fakeice.Fault{Name: "hang"}, -1)
			fmt.Fprintln(dial(t, data), `{"args":["--data","`+data+`","poll"]}`)
			eventually(t, "it asks for the page", func() bool { return len(site.Requests()) > 0 })
		}},
		{"while somebody is connected and says nothing", func(t *testing.T, data string, _ *fakeice.Site) { dial(t, data) }},
		{"while somebody does not take in the answer", func(t *testing.T, data string, _ *fakeice.Site) {
			conn := dial(t, data)
			fmt.Fprintln(conn, `{"args":["--data","`+data+`","list","--format","json"]}`)
			if _, err := conn.Read(make([]byte, 1)); err != nil { // it begins
				t.Fatal(err)
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			signal := os.Signal(syscall.SIGTERM) // which is handled as the other one is
			if tt.name == "on Ctrl-C" {
				signal = os.Interrupt
			}
			endsWithinASecond(t, rows, list, signal, tt.when)
		})
	}
}

// endsWithinASecond tells a service that knows a list, of so many rows, to stop, in the
// middle of something.
func endsWithinASecond(t *testing.T, rows int, list []byte, signal os.Signal, when func(t *testing.T, data string, site *fakeice.Site)) {
	site := &fakeice.Site{}
	site.Publish(fakeice.File{Link: fakeice.Participating, Name: "a.xlsx", At: time.Now().Add(-time.Hour), Body: list})
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	data := t.TempDir()
	cmd := program(t, time.Time{}, "--config", configured(t, `web: {listen: "127.0.0.1:0"}`, `ops: {listen: "127.0.0.1:0"}`, "source:", "  page: "+server.URL+fakeice.PagePath), "--data", data, "run")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	eventually(t, "it listens", func() bool { _, err := os.Stat(socketPath(data)); return err == nil })
	eventually(t, "it has polled", func() bool {
		out, _ := program(t, time.Time{}, "--data", data, "list", "--format", "csv").Output()
		return bytes.Count(out, []byte("\n")) > rows
	})
	limit := time.Second + 2*time.Since(began)
	when(t, data, site)
	began = time.Now()
	if err := cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-done:
		if took := time.Since(began); err != nil || took > limit {
			t.Errorf("it ends after %v with %v\n%s", took, err, &stderr)
		}
	case <-time.After(patience):
		_ = cmd.Process.Kill()
		t.Errorf("it does not end\n%s", &stderr)
	}
}
