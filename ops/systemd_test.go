package ops

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watch287g/watch287g/store"
)

// manager plays systemd, for what a test calls within this process. It returns what
// waits for the next message.
func manager(t *testing.T, watchdog time.Duration) (next func() string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	t.Setenv("NOTIFY_SOCKET", path)
	t.Setenv("WATCHDOG_USEC", strconv.FormatInt(watchdog.Microseconds(), 10))
	t.Setenv("WATCHDOG_PID", "")
	return func() string {
		t.Helper()
		_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
		b := make([]byte, 4096)
		n, err := conn.Read(b)
		if err != nil {
			t.Fatalf("systemd hears nothing: %v", err)
		}
		return string(b[:n])
	}
}

func TestSystemdHearsHowItGoes(t *testing.T) {
	next := manager(t, 30*time.Millisecond)
	var log bytes.Buffer
	m := New(Options{Log: slog.New(slog.NewTextHandler(&log, nil)), Measure: func(context.Context) (store.Measures, error) { return measures(), nil }})
	m.Configure(Config{Every: 15 * time.Minute})
	s := NewSystemd(m)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	status := "STATUS=polling every 15m; last good poll June 11, 2025, 12:30 UTC"
	if got := next(); got != "READY=1\n"+status {
		t.Errorf("at first it says %q", got)
	}
	for range 2 {
		if got := next(); got != "WATCHDOG=1\n"+status {
			t.Errorf("then it says %q", got)
		}
	}
	m.Beat(-time.Hour) // the loop that polls is not heard of
	got := next()
	for n := 0; n < 10 && strings.HasPrefix(got, "WATCHDOG=1\n"); n++ { // which was under way
		got = next()
	}
	for range 3 {
		if !strings.HasPrefix(got, "STATUS=stuck: no poll and no pause since ") || strings.Contains(got, "WATCHDOG") {
			t.Errorf("stuck, it says %q", got)
		}
		got = next()
	}
	m.Beat(time.Hour)
	for n := 0; n < 10 && strings.HasPrefix(got, "STATUS=stuck"); n++ {
		got = next()
	}
	if got != "WATCHDOG=1\n"+status {
		t.Errorf("at work again, it says %q", got)
	}
	cancel()
	for got = next(); got != "STOPPING=1"; got = next() {
		if !strings.HasPrefix(got, "WATCHDOG=1\n") {
			t.Errorf("at last it says %q", got)
		}
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if strings.Count(log.String(), "level=ERROR") != 1 {
		t.Errorf("it logs %s", &log)
	}
}

// A systemd that takes in nothing keeps nothing from ending.
func TestSystemdThatHangs(t *testing.T) {
	manager(t, time.Hour)                // whose messages nobody reads
	for err := error(nil); err == nil; { // until its socket is full
		conn, bad := net.Dial("unixgram", os.Getenv("NOTIFY_SOCKET"))
		if bad != nil {
			t.Fatal(bad)
		}
		_ = conn.SetWriteDeadline(time.Now().Add(50 * time.Millisecond))
		_, err = conn.Write([]byte("full"))
		_ = conn.Close()
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	s := NewSystemd(New(Options{}))
	go func() { ended <- s.Run(ctx) }()
	cancel()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Error("it does not end")
	}
}

func TestSystemdHearsOfReload(t *testing.T) {
	next := manager(t, 0)
	m := New(Options{})
	s := NewSystemd(m)
	s.Reloading()
	if got := next(); !strings.HasPrefix(got, "RELOADING=1\nMONOTONIC_USEC=") {
		t.Errorf("it says %q", got)
	}
	m.Configure(Config{Every: 90 * time.Minute})
	s.Ready(t.Context())
	if got := next(); got != "READY=1\nSTATUS=polling every 90m; no good poll yet" {
		t.Errorf("it says %q", got)
	}
}

// Without systemd the store is not read for a status that nobody hears, and the log still
// says when no progress is made.
func TestNobodyHearsAStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		t.Setenv("NOTIFY_SOCKET", "")
		t.Setenv("WATCHDOG_USEC", "")
		var log bytes.Buffer
		reads := 0
		m := New(Options{Log: slog.New(slog.NewTextHandler(&log, nil)), Measure: func(context.Context) (store.Measures, error) {
			reads++
			return measures(), nil
		}})
		s := NewSystemd(m)
		s.Ready(t.Context())
		if reads != 0 {
			t.Errorf("the store is read %d times", reads)
		}
		m.Beat(5 * time.Minute)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if err := s.Run(ctx); err != nil {
			t.Error(err)
		}
		if strings.Count(log.String(), "no poll and no pause since ") != 1 {
			t.Errorf("it logs %s", &log)
		}
	})
}

// Without systemd, and with a socket that nobody reads, nothing happens.
func TestNoSystemd(t *testing.T) {
	for _, socket := range []string{"", filepath.Join(t.TempDir(), "nobody")} {
		t.Setenv("NOTIFY_SOCKET", socket)
		t.Setenv("WATCHDOG_USEC", "broken")
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := NewSystemd(New(Options{})).Run(ctx); err != nil {
			t.Error(err)
		}
	}
}

func TestStatus(t *testing.T) {
	now := time.Date(2025, 6, 11, 13, 0, 0, 0, time.UTC)
	for at, want := range map[time.Time]string{
		minute(4):                          "12:04 UTC",
		now.Add(-26 * time.Hour):           "June 10, 2025, 11:00 UTC",
		now.In(time.FixedZone("ET", -4e4)): "13:00 UTC",
	} {
		if got := clock(at, now); got != want {
			t.Errorf("%v is told as %s, want %s", at, got, want)
		}
	}
	empty := New(Options{Measure: func(context.Context) (store.Measures, error) { return store.Measures{}, nil }})
	empty.ServePages()
	if got := empty.Status(t.Context()); got != "running; no good poll yet; not ready: what pages are made from is not loaded yet" {
		t.Errorf("it says %q", got)
	}
}
