package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/roster"
)

// heard is a buffer that several goroutines write to.
type heard struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.buf.Write(p)
}

func (h *heard) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.buf.String()
}

// stage is the whole service in this process, between a made-up ICE and the far
// ends of all kinds of channel.
type stage struct {
	t      *testing.T
	data   string
	config string
	clock  *clock
	site   *fakeice.Site
	ends   *ends
	heard  *heard // all that the service and the commands ever said
}

func newStage(t *testing.T, start time.Time) *stage {
	t.Helper()
	s := &stage{t: t, data: filepath.Join(t.TempDir(), "data"), clock: &clock{at: start}, site: &fakeice.Site{}, heard: &heard{}}
	server := httptest.NewServer(s.site)
	t.Cleanup(server.Close)
	s.ends = newEnds(t, s.clock.now)
	s.config = filepath.Join(t.TempDir(), "watch287g.yaml")
	t.Setenv("WATCH287G_TELL_TOKEN", hushToken)
	t.Setenv("WATCH287G_SLACK_API", s.ends.web.URL+"/api")
	s.write(filepath.Join(filepath.Dir(s.config), "hook"), s.ends.slack.URL+hushHook)
	s.write(filepath.Join(filepath.Dir(s.config), "password"), hushWord)
	s.write(s.config, fmt.Sprintf(`
web: {listen: "127.0.0.1:0"}
ops: {listen: "127.0.0.1:0"}
source: {mirror: %[1]q, silence: never}
channels:
  - {name: hook, slack: {webhook_url_file: hook}}
  - {name: bot, slack: {token_env: WATCH287G_TELL_TOKEN, channel: "#watch"}}
  - name: members
    email: {smtp: "smtp+plain://%[2]s", from: "287(g) watch <watch@example.org>", to: [ann@example.net, ben@example.net, cy@example.net]}
  - name: all
    webhook: {url: "%[3]sall", secret: %[4]s, allow_private: true}
    only: {kinds: [new, pending, removed, withdrawn, restored, amended, detail, document, milestone]}
  - name: texas
    webhook: {url: "%[3]stexas", secret: %[4]s, allow_private: true}
    only: {states: [TX], kinds: [new, removed]}
  - {name: phone, chat: {url: "ntfy://%[5]s/%[6]s?scheme=http"}}
  - name: digest
    webhook: {url: "%[3]sdigest", secret: %[4]s, allow_private: true}
    deliver: daily 08:00
  - name: on-call
    operator: true
    webhook: {url: "%[3]son-call", secret: %[4]s, allow_private: true}
`, server.URL, s.ends.mail, s.ends.web.URL+hushPath, hushSecret, strings.TrimPrefix(s.ends.web.URL, "http://"), hushTopic))
	return s
}

func (s *stage) write(path, text string) {
	s.t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// app is the program on the stage.
func (s *stage) app(stdout *bytes.Buffer) *app {
	a := newApp(s.heard, s.heard, time.Now)
	if stdout != nil {
		a.stdout = stdout
	}
	a.now, a.client, a.pace = s.clock.now, s.ends.slack.Client(), time.Millisecond
	return a
}

// do runs a command and returns its exit status and what it printed.
func (s *stage) do(args ...string) (status int, said string) {
	var out bytes.Buffer
	status = s.app(&out).run(s.t.Context(), append(args, "--data", s.data, "--config", s.config))
	if args[0] != "changes" { // which is long, and says nothing of channels
		fmt.Fprint(s.heard, out.String())
	}
	return status, out.String()
}

// must runs a command that is to succeed.
func (s *stage) must(args ...string) string {
	s.t.Helper()
	status, said := s.do(args...)
	if status != statusOK {
		s.t.Fatalf("%v ended with status %d:\n%s\n%s", args, status, said, s.heard)
	}
	return said
}

// start runs the service until the returned function is called.
func (s *stage) start() (stop func()) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	ended := make(chan int, 1)
	go func() { ended <- s.app(nil).run(ctx, []string{"run", "--data", s.data, "--config", s.config}) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if status := <-ended; status != statusOK {
			s.t.Errorf("the service ended with status %d:\n%s", status, s.heard)
		}
	})
	s.t.Cleanup(stop)
	s.until("the service answers", func() bool {
		conn, err := new(net.Dialer).DialContext(ctx, "unix", socketPath(s.data))
		return err == nil && conn.Close() == nil
	})
	s.until("the first poll is over", func() bool { return strings.Count(s.must("polls"), "\n") > 1 })
	return stop
}

// until waits for something.
func (s *stage) until(what string, ok func() bool) {
	s.t.Helper()
	tick := time.NewTicker(50 * time.Millisecond) // what is asked for takes commands, and these time
	defer tick.Stop()
	late := time.After(patience)
	for !ok() {
		select {
		case <-tick.C:
		case <-late:
			s.t.Fatalf("still not so: %s\n%s\n%s", what, s.must("deliveries", "--state", "waiting"), s.heard)
		}
	}
}

// table reads the first columns of what "deliveries" prints.
func (s *stage) deliveries(args ...string) (rows [][]string) {
	s.t.Helper()
	for i, line := range strings.Split(strings.TrimSpace(s.must(append([]string{"deliveries", "--limit", "0"}, args...)...)), "\n") {
		if i > 0 {
			rows = append(rows, strings.Fields(line))
		}
	}
	return rows
}

// settle waits until all but the digest is sent.
func (s *stage) settle() {
	s.t.Helper()
	s.until("all instant messages are sent", func() bool {
		return !slices.ContainsFunc(s.deliveries("--state", "waiting"), func(row []string) bool { return row[1] != "digest" })
	})
	if dead := s.deliveries("--state", "dead"); len(dead) > 0 {
		s.t.Fatalf("given up: %v\n%s", dead, s.heard)
	}
}

// changes are those after a number, as "changes" prints them, a line each.
func (s *stage) changes(after uint64, flags ...string) (found []roster.Change, lines []string) {
	s.t.Helper()
	said := s.must(append([]string{"changes", "--format", "jsonl"}, flags...)...)
	for line := range strings.Lines(said) {
		var c roster.Change
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			s.t.Fatal(err)
		}
		if c.Seq > after {
			found, lines = append(found, c), append(lines, strings.TrimSuffix(line, "\n"))
		}
	}
	return found, lines
}

// usual are the flags for what a channel gets that names no kinds.
var usual = []string{"--kind", "new,pending,removed,withdrawn,restored,amended,milestone"}

func TestTheMainJob(t *testing.T) {
	const seed = 287
	t.Logf("seed %d", seed)
	s := newStage(t, time.Date(2025, time.June, 2, 13, 0, 0, 0, time.UTC))
	p := newPublisher(seed)
	imported := s.importPast(p)
	s.site.Publish(p.lists(s.clock.now(), 0)...)
	stop := s.start()
	s.expectSilence("an import and a first poll of what was imported")

	for i := 1; i <= 25; i++ {
		s.clock.advance(9 * time.Hour)
		switch s.site.Mend(); i {
		case 6:
			s.site.Spoil(fakeice.Fault{Name: "swap"}, -1)
		case 10:
			s.site.Spoil(fakeice.Fault{Name: "block"}, -1)
		}
		lost := 0
		if i == 14 { // a slip of ICE's, which its next list mends
			lost = 15
		} else if i != 10 {
			p.publish()
		}
		s.site.Publish(p.lists(s.clock.now(), lost)...)
		s.clock.advance(time.Minute)
		if status, said := s.do("poll"); (status == statusOK) != (i != 10) {
			t.Fatalf("publication %d: status %d\n%s", i, status, said)
		}
		s.settle()
	}
	s.finish()
	s.expectKinds(imported)
	s.check(imported)
	s.expectNotices("held", "hold-ended")
	s.expectSecrecy()
	stop()
	s.expectSecrecy()
}

// importPast takes in lists of days before, and returns the number of the last
// change that they brought.
func (s *stage) importPast(p *publisher) uint64 {
	s.t.Helper()
	var past []fakeice.File
	at := s.clock.now().AddDate(0, 0, -2)
	for i := range 3 {
		at = at.Add(13 * time.Hour)
		if i > 0 {
			p.publish()
		}
		past = append(past, p.lists(at, 0)...)
	}
	s.must("import", archived(s.t, past))
	found, _ := s.changes(0)
	if len(found) == 0 {
		s.t.Fatal("the import brought no change, so that it could not have sent any")
	}
	return found[len(found)-1].Seq
}

// expectSilence checks that nothing is sent or waits.
func (s *stage) expectSilence(after string) {
	s.t.Helper()
	if rows := s.deliveries(); len(rows) > 0 {
		s.t.Errorf("after %s there are messages: %v", after, rows)
	}
}

// finish lets the digest's last hour come.
func (s *stage) finish() {
	s.t.Helper()
	s.clock.advance(25 * time.Hour)
	s.must("deliveries", "retry") // nothing was given up: it only has the sender look
	s.until("the last digest is sent", func() bool { return len(s.deliveries("--state", "waiting")) == 0 })
}

// expectKinds checks that what was published makes each kind of change that is
// told.
func (s *stage) expectKinds(after uint64) {
	s.t.Helper()
	found, _ := s.changes(after)
	n := map[roster.Kind]int{}
	for _, c := range found {
		n[c.Kind]++
	}
	s.t.Logf("changes: %v", n)
	for _, k := range []roster.Kind{roster.KindNew, roster.KindPending, roster.KindRemoved, roster.KindWithdrawn, roster.KindRestored, roster.KindAmended, roster.KindDetail, roster.KindDocument} {
		if n[k] == 0 {
			s.t.Errorf("no change is %s, which this test is to see", k)
		}
	}
}
