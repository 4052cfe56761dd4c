package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/sheet/sheettest"
)

// watched is a running service, with systemd and an operator's programs beside it.
type watched struct {
	t       *testing.T
	ops     string          // the address of what it shows
	web     string          // that of its pages
	data    string          // the directory
	systemd func() []string // what it has heard
	signal  func(os.Signal) error
	stop    func() (log string)
}

// watchedService starts the program with a configuration of these lines.
func watchedService(t *testing.T, flags []string, lines ...string) watched {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "notify")
	systemd, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = systemd.Close() })
	lines = append([]string{`web: {listen: "127.0.0.1:0", url: "http://287g.example.org"}`, `ops: {listen: "127.0.0.1:0"}`}, lines...)
	w := watched{t: t, systemd: hears(systemd), data: t.TempDir()}
	cmd := program(t, time.Time{}, append(flags, "--config", configured(t, lines...), "--data", w.data, "run")...)
	cmd.Env = append(cmd.Env, "NOTIFY_SOCKET="+socket, "WATCHDOG_USEC=300000")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.signal = cmd.Process.Signal
	said := bufio.NewReader(stderr)
	var log strings.Builder
	for w.ops == "" {
		line, err := said.ReadString('\n')
		log.WriteString(line)
		if err != nil {
			t.Fatalf("the service does not start: %s", log.String())
		}
		if found := regexp.MustCompile(`"?ops"?[=:]"?(http://127\.0\.0\.1:[0-9]+)`).FindStringSubmatch(line); found != nil {
			w.ops = found[1]
			w.web = regexp.MustCompile(`open (http://127\.0\.0\.1:[0-9]+)/`).FindStringSubmatch(line)[1]
		}
	}
	ended := make(chan error, 1)
	go func() {
		_, _ = io.Copy(&log, said)
		ended <- cmd.Wait()
	}()
	t.Cleanup(func() {
		if t.Failed() {
			_ = cmd.Process.Kill()
			t.Log(log.String())
		}
	})
	w.stop = func() string {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := <-ended; err != nil {
			t.Errorf("the service ends with %v", err)
		}
		return log.String()
	}
	return w
}

// hears takes in what comes over a socket until it is closed.
func hears(conn *net.UnixConn) func() []string {
	var mu sync.Mutex
	var all []string
	go func() {
		b := make([]byte, 4096)
		for {
			n, err := conn.Read(b)
			if err != nil {
				return
			}
			mu.Lock()
			all = append(all, string(b[:n]))
			mu.Unlock()
		}
	}()
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(all)
	}
}

// ask asks what the service shows.
func (w watched) ask(path string) (status int, body string) {
	w.t.Helper()
	return w.get(w.ops + path)
}

// get asks for an address.
func (w watched) get(address string) (status int, body string) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // all is read
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return resp.StatusCode, string(content)
}

// TestOperatorSeesTheService watches a service from its start to its end, over a
// channel that works, one that fails, and a secret in each.
func TestOperatorSeesTheService(t *testing.T) {
	t.Parallel()
	const secret = "not-to-be-seen"
	site := &fakeice.Site{}
	site.Publish(fakeice.File{Link: fakeice.Participating, Name: "a.xlsx", At: time.Now().Add(-time.Hour), Body: sheettest.Participating(sheettest.Sample(20)...)})
	ice := httptest.NewServer(site)
	defer ice.Close()
	end := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/broken") {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer end.Close()
	s := watchedService(t, []string{"--log-format", "json"}, "source: {every: 1s, mirror: "+ice.URL+"}", "channels:",
		"  - {name: works, webhook: {url: "+end.URL+"/works/"+secret+", allow_private: true}}",
		"  - {name: broken, webhook: {url: "+end.URL+"/broken/"+secret+", allow_private: true}}",
		"  - {name: on-call, operator: true, webhook: {url: "+end.URL+"/works/"+secret+", allow_private: true}}")
	if status, body := s.ask("/healthz"); status != http.StatusOK || body != "alive\n" {
		t.Errorf("alive: %d, %q", status, body)
	}
	eventually(t, "it is ready", func() bool { status, _ := s.ask("/readyz"); return status == http.StatusOK })
	eventually(t, "it has polled", func() bool {
		_, body := s.ask("/metrics")
		return strings.Contains(body, "\nwatch287g_poll_good_timestamp_seconds ")
	})
	site.Publish(fakeice.File{Link: fakeice.Participating, Name: "b.xlsx", At: time.Now().Add(-time.Minute), Body: sheettest.Participating(sheettest.Sample(22)...)})
	var body string
	for _, want := range []string{
		`watch287g_polls_total{outcome="changed"} [2-9]`,
		`watch287g_sends_total{channel="works",result="sent"} 1`,
		`watch287g_sends_total{channel="broken",result="failed"} 1`,
		`watch287g_deliveries_waiting{channel="broken"} 1`,
		`watch287g_deliveries_waiting{channel="works"} 0`,
		`watch287g_deliveries_due_timestamp_seconds{channel="broken"} [0-9.e+]+`,
		`watch287g_channel_info{channel="on-call",operator="true"} 1`,
		`watch287g_list_read_timestamp_seconds{list="participating"} [0-9.e+]+`,
		`watch287g_list_linked{list="pending"} 0`,
		`watch287g_snapshot_revision [0-9]+`,
		`watch287g_store_up 1`,
		`watch287g_ready 1`,
		`watch287g_poll_interval_seconds 1`,
	} {
		pattern := regexp.MustCompile("(?m)^" + want + "$")
		eventually(t, want, func() bool { _, body = s.ask("/metrics"); return pattern.MatchString(body) })
	}
	eventually(t, "the watchdog hears of it", func() bool {
		return slices.ContainsFunc(s.systemd(), func(said string) bool {
			return strings.HasPrefix(said, "WATCHDOG=1\nSTATUS=polling every 1s; last good poll ")
		})
	})
	if err := s.signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	eventually(t, "systemd hears that it reloads, and has", func() bool {
		said := s.systemd()
		at := slices.IndexFunc(said, func(said string) bool { return strings.HasPrefix(said, "RELOADING=1\nMONOTONIC_USEC=") })
		return at > 0 && slices.ContainsFunc(said[at:], func(said string) bool { return strings.HasPrefix(said, "READY=1\n") })
	})
	log := s.stop()
	eventually(t, "systemd hears that it stops", func() bool { return slices.Contains(s.systemd(), "STOPPING=1") })
	if said := s.systemd(); !strings.HasPrefix(said[0], "READY=1\nSTATUS=polling every 1s") {
		t.Errorf("systemd hears %q", said)
	}
	for name, text := range map[string]string{"the metrics": body, "the log": log} {
		if strings.Contains(text, secret) || strings.Contains(text, strings.TrimPrefix(end.URL, "http://")) {
			t.Errorf("%s have an address of a channel: %s", name, text)
		}
	}
	checkJSONLog(t, log)
}

// checkJSONLog reads a log as another program does: an object a line, each with its
// time, level and message, and with attributes that the documentation names.
func checkJSONLog(t *testing.T, log string) {
	t.Helper()
	text, err := os.ReadFile("../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	messages := map[string]bool{}
	for line := range strings.Lines(log) {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Errorf("the log has %q: %v", line, err)
			continue
		}
		if _, err := time.Parse(time.RFC3339Nano, fmt.Sprint(entry["time"])); err != nil || entry["level"] == nil || entry["msg"] == nil {
			t.Errorf("the log has %q: %v", line, err)
		}
		messages[fmt.Sprint(entry["msg"])] = true
		for name := range entry {
			if !strings.Contains(string(text), "`"+name+"`") {
				t.Errorf("docs/operating.md does not know %q of %q", name, line)
			}
		}
	}
	for _, want := range []string{"polled", "sent", "not sent", "stopping"} {
		if !messages[want] {
			t.Errorf("the log does not have %q: %s", want, log)
		}
	}
}

// A service that cannot start says so in the log's own format.
func TestServiceFailsInJSON(t *testing.T) {
	t.Parallel()
	cmd := program(t, time.Time{}, "--log-format", "json", "--config", configured(t, "web: {listen: nowhere}"), "--data", t.TempDir(), "run")
	out, err := cmd.CombinedOutput()
	var entry map[string]any
	if err == nil || json.Unmarshal(out, &entry) != nil || entry["level"] != "ERROR" || !strings.Contains(fmt.Sprint(entry["error"]), `"nowhere" is not an address to listen on`) {
		t.Errorf("it ends with %v, and says %s", err, out)
	}
}

// Two services on one machine that were not told to choose: the second works without
// metrics. One that was told is refused.
func TestTwoServicesHaveOneAddress(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // nobody comes
	if got, err := listenOps(t.Context(), l.Addr().String(), slog.New(slog.DiscardHandler)); got != nil || err == nil || !strings.Contains(err.Error(), "with ops.listen in the configuration") {
		t.Errorf("an address that was chosen: %v, %v", got, err)
	}
	usual := config.Default().Ops.Listen
	if taken, err := net.Listen("tcp", usual); err == nil {
		defer taken.Close() //nolint:errcheck // nobody comes
	}
	var log bytes.Buffer
	if got, err := listenOps(t.Context(), usual, slog.New(slog.NewTextHandler(&log, nil))); got != nil || err != nil || !strings.Contains(log.String(), "level=WARN") {
		t.Errorf("the usual address: %v, %v, log %s", got, err, &log)
	}
}
