package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet/sheettest"
)

var faultSeed = flag.Uint64("faults.seed", 287, "seed of TestFaults; 0 takes a new one each time")

// faultSite is a made-up ICE whose two lists change only when they are published
// anew.
type faultSite struct {
	fakeice.Site
	url    string
	spare  []sheettest.Row // that stood on no list yet
	active []sheettest.Row
	seeks  []sheettest.Row
	at     time.Time // at which the lists were published
	hidden bool      // the page lacks the link to the pending list
	n      int
}

func newFaultSite(t testing.TB) *faultSite {
	s := &faultSite{spare: sheettest.Sample(400), at: time.Now().UTC().Add(-48 * time.Hour)}
	s.active, s.spare = s.spare[:150], s.spare[150:]
	s.seeks, s.spare = s.spare[:12], s.spare[12:]
	s.print()
	server := httptest.NewServer(s)
	s.url = server.URL
	t.Cleanup(server.Close)
	return s
}

// publish makes the next lists: three agencies join, one leaves, one is respelled,
// one begins to wait, and every fourth time the pending list goes or comes.
func (s *faultSite) publish() {
	s.n++
	s.active = append(slices.Clone(s.active[1:]), s.spare[:3]...)
	respelled := &s.active[s.n]
	respelled.Agency = strings.Replace(respelled.Agency, "Sample", "Sampel", 1)
	s.seeks = append(slices.Clone(s.seeks), s.spare[3])
	s.spare = s.spare[4:]
	if s.n%4 == 0 {
		s.hidden = !s.hidden
	}
	s.print()
}

func (s *faultSite) print() {
	s.at = s.at.Add(time.Hour)
	pending := fakeice.File{Link: fakeice.Pending, Name: "pendingAgencies.xlsx", At: s.at}
	if !s.hidden {
		pending.Body = sheettest.Pending(s.seeks...)
	}
	s.Publish(fakeice.File{Link: fakeice.Participating, Name: "participatingAgencies.xlsx", At: s.at, Body: sheettest.Participating(s.active...)}, pending)
}

// tellingProgram is the built watch287g with its folder.
type tellingProgram struct {
	t    testing.TB
	path string
	dir  string
	log  *os.File
}

func newProgram(t testing.TB) *tellingProgram {
	p := &tellingProgram{t: t, path: buildProgram(t), dir: t.TempDir()}
	var err error
	if p.log, err = os.Create(filepath.Join(p.dir, "log")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.log.Close()
		if body, err := os.ReadFile(p.log.Name()); err == nil && t.Failed() {
			t.Logf("the end of the program's log:\n%s", body[max(0, len(body)-8000):])
		}
	})
	return p
}

func (p *tellingProgram) command(args ...string) *exec.Cmd {
	cmd := exec.Command(p.path, append([]string{"--data", filepath.Join(p.dir, "data"), "--config", p.config()}, args...)...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "WATCH287G_TEST_PAUSE=30ms")
	return cmd
}

func (p *tellingProgram) config() string { return filepath.Join(p.dir, "watch287g.yaml") }

// must runs a command to its end.
func (p *tellingProgram) must(args ...string) string {
	p.t.Helper()
	out, err := p.command(args...).CombinedOutput()
	if err != nil {
		p.t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return string(out)
}

// start starts the service.
func (p *tellingProgram) start() *exec.Cmd {
	p.t.Helper()
	cmd := p.command("run")
	cmd.Stdout, cmd.Stderr = p.log, p.log
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	return cmd
}

// configure writes a configuration whose channels lead to the endpoints, and say
// which life of the program calls.
func (p *tellingProgram) configure(site, web, mail string, life int) {
	p.t.Helper()
	text := fmt.Sprintf("web: {listen: \"127.0.0.1:0\"}\nops: {listen: \"127.0.0.1:0\"}\nsource:\n  mirror: %s\n  every: 1s\ndocuments: {keep: off}\nchannels:\n", site)
	for _, c := range []struct{ name, more string }{
		{"everything", "only: {kinds: [new, pending, removed, withdrawn, restored, amended, detail, document, milestone]}"},
		{"news", ""},
		{"joined", "only: {kinds: [new], models: [TFM]}"},
		{"on-call", "operator: true"},
	} {
		text += fmt.Sprintf("  - name: %s\n    webhook: {url: \"%s/%s?life=%d\", allow_private: true}\n", c.name, web, c.name, life)
		if c.more != "" {
			text += "    " + c.more + "\n"
		}
	}
	text += fmt.Sprintf("  - name: members\n    email: {smtp: \"smtp+plain://%s\", from: watch@example.org, to: [one@example.net, %s, two@example.net]}\n", mail, refusedRecipient)
	if err := os.WriteFile(p.config(), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// Whatever endpoints do, and however often the program is killed: all that was
// committed arrives, in order, and nothing else does.
func TestFaults(t *testing.T) {
	seed := *faultSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("-faults.seed=%d", seed)
	const kills = 24
	random := rand.New(rand.NewPCG(seed, 287)) //nolint:gosec // chance that can be repeated
	site, p := newFaultSite(t), newProgram(t)
	ends := newFaultEnds(t, rand.New(rand.NewPCG(seed, 278))) //nolint:gosec // chance that can be repeated
	p.configure(site.url, ends.web.URL, ends.begin(t, 0, 0), 0)
	p.must("poll") // what is there is no news

	for life := 1; life <= kills; life++ {
		// Some lives end in the middle of a message, others at any time.
		messages := 1 + random.IntN(14)
		limit := 1500 * time.Millisecond
		if life%3 == 0 {
			messages, limit = 0, time.Duration(20+random.IntN(400))*time.Millisecond
		}
		p.configure(site.url, ends.web.URL, ends.begin(t, life, messages), life)
		site.publish()
		cmd := p.start()
		select {
		case <-ends.enough:
			<-time.After(time.Duration(random.IntN(15_000)) * time.Microsecond)
		case <-time.After(limit):
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); cmd.ProcessState.ExitCode() != -1 {
			t.Fatalf("life %d ended by itself: %v", life, err)
		}
	}

	ends.mend()
	p.configure(site.url, ends.web.URL, ends.begin(t, kills+1, 0), kills+1)
	site.publish()
	cmd := p.start()
	p.await("the last list", func() bool {
		var stats roster.Stats
		if err := json.Unmarshal([]byte(p.must("stats", "--format", "json")), &stats); err != nil {
			t.Fatal(err)
		}
		return stats.Active == len(site.active)
	})
	p.await("the last message", func() bool { return strings.Count(p.must("deliveries", "--state", "waiting"), "\n") <= 1 })
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("stopping: %v", err)
	}
	faultCheck{t: t, p: p, ends: ends}.all(len(site.active))
}

// await asks again and again until something is so.
func (p *tellingProgram) await(what string, so func() bool) {
	p.t.Helper()
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	over := time.After(patience)
	for !so() {
		select {
		case <-ticker.C:
		case <-over:
			p.t.Fatalf("waited for %s in vain\n%s", what, p.must("deliveries", "--state", "waiting"))
		}
	}
}
