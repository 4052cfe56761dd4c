package main

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/internal/pgtest"
)

// firePlan is a fleet's configuration, but for what differs from one life of a process
// to the next. ICE's silence is nothing to tell the operator of here, nor are polls that
// fail while the clock jumps over days.
const firePlan = `
web: {listen: "127.0.0.1:0"}
ops: {listen: "127.0.0.1:0"}
store: %q
holds: {accept: never}
source: {page: "https://ice.example%s", mirror: %q, contact: "https://fleet.example/life-%d", every: %s, silence: never, failing: 9999h}
documents: {keep: %[8]s} # an import, with which the others are compared, has none
channels:
`

const fireChannels = `  - {name: all, webhook: {url: "http://%[6]s/all", allow_private: true}, only: {kinds: [new, pending, removed, withdrawn, restored, amended, detail, document, milestone]}}
  - {name: news, webhook: {url: "http://%[6]s/news", allow_private: true}}
  - {name: joined, webhook: {url: "http://%[6]s/joined", allow_private: true}, only: {kinds: [new]}}
  - {name: slack, slack: {token_env: WATCH287G_TELL_TOKEN, channel: "#watch"}}
  - {name: phone, chat: {url: "ntfy://%[6]s/phone?scheme=http"}}
  - name: members
    email: {smtp: "smtp+plain://%[7]s", from: watch@example.org, to: [one@example.net, two@example.net]}
  - {name: on-call, operator: true, webhook: {url: "http://%[6]s/on-call", allow_private: true}}
`

// fireLife is a process of the fleet, from its start to its end.
type fireLife struct {
	n    int
	node *fireNode
	cmd  *exec.Cmd
	// killed is when it was killed; zero where it was not.
	killed time.Time
	begun  time.Time
	ended  chan struct{} // closed once it has
}

// fireNode is a place in the fleet, where one process after another runs.
type fireNode struct {
	name, role string
	address    string // of the database, through the proxy
	proxy      *pgtest.Proxy
	life       *fireLife // nil while none runs
	again      time.Time // when the next one is to be started
	troubles   []span    // when it could not reach the database
	over       func()    // ends the trouble that there is; nil for none
	until      time.Time // when that is to be called
}

type span struct{ from, to time.Time } // to is zero while it lasts

// overlaps says whether any of the spans has a moment of this one.
func overlaps(spans []span, from, to time.Time) bool {
	for _, s := range spans {
		if !s.from.After(to) && (s.to.IsZero() || !s.to.Before(from)) {
			return true
		}
	}
	return false
}

// underFire is a fleet of processes over one database, with what it watches and what it
// sends to.
type underFire struct {
	*testing.T
	dir      string
	random   *rand.Rand // of what is done to the fleet
	server   *pgtest.Server
	database string        // its URL
	look     *pgxpool.Pool // past all proxies
	site     *fireSite
	ends     *fireEnds
	nodes    []*fireNode
	pace     firePace
	channels string // as the configuration has them, where %[6]s is the far ends' address, and %[7]s that of the mail server
	direct   bool   // no proxies are between
	keep     string // what is done with documents; "" leaves them alone
	machine  fireMachine

	lives     int
	turn      int
	outage    []span // of the database
	faults    map[string]int
	failovers []*failover

	mu        sync.Mutex
	ahead     time.Duration // the clock
	events    []string
	published []fakeice.File
}

func newUnderFire(t *testing.T, seed uint64, pace firePace, roles ...string) *underFire {
	t.Helper()
	chance := func(n uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, n)) } //nolint:gosec // chance that can be repeated
	u := &underFire{T: t, pace: pace, channels: fireChannels, dir: t.TempDir(), random: chance(1),
		// A connection that hangs before it has begun keeps the server from stopping for so long.
		server: pgtest.Start(t, "synchronous_commit=on", "authentication_timeout=5s"), faults: map[string]int{}}
	u.database = u.server.Database(t)
	var err error
	if u.look, err = pgxpool.New(t.Context(), u.database); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(u.look.Close)
	over := make(chan struct{})
	go u.machine.watch(over)
	t.Cleanup(func() { close(over) })
	u.site, u.ends = newFireSite(t, chance(2)), newFireEnds(t, chance(3))
	for i, role := range roles {
		n := &fireNode{name: fmt.Sprint(role, "-", i+1), role: role}
		n.proxy, n.address = pgtest.Behind(t, u.database)
		u.nodes = append(u.nodes, n)
	}
	t.Cleanup(func() {
		for _, n := range u.nodes {
			if n.life != nil {
				_ = n.life.cmd.Process.Kill()
				<-n.life.ended
			}
		}
		u.tellLogs()
	})
	return u
}

// note keeps what was done, for whoever looks for the reason of a failure.
func (u *underFire) note(format string, args ...any) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.events = append(u.events, time.Now().Format("15:04:05.000 ")+fmt.Sprintf(format, args...))
}

// tellLogs logs what was done, and the ends of the processes' logs, of a test that failed.
func (u *underFire) tellLogs() {
	if !u.Failed() {
		return
	}
	u.Logf("what was done:\n%s", strings.Join(u.events, "\n"))
	said := u.server.Log(u.T)
	u.Logf("the end of the database's log:\n%s", said[max(0, len(said)-4000):])
	for _, n := range u.nodes {
		if body, err := os.ReadFile(filepath.Join(u.dir, n.name, "log")); err == nil {
			u.Logf("the end of the log of %s:\n%s", n.name, body[max(0, len(body)-4000):])
		}
	}
}

func (u *underFire) clock() string { return filepath.Join(u.dir, "clock") }

// now is the time that it is for the fleet.
func (u *underFire) now() time.Time {
	u.mu.Lock()
	defer u.mu.Unlock()
	return time.Now().Add(u.ahead)
}

// jump moves the fleet's clock on, unless it is later already.
func (u *underFire) jump(to time.Time) {
	u.Helper()
	if d := to.Sub(u.now()); d > 0 || u.ahead == 0 {
		u.mu.Lock()
		u.ahead += d
		u.mu.Unlock()
	}
	next := u.clock() + ".next"
	err := os.WriteFile(next, []byte("in "+u.ahead.String()), 0o600)
	if err == nil {
		err = os.Rename(next, u.clock())
	}
	if err != nil {
		u.Error(err)
	}
}

// configure writes the configuration of a node for a life, and prepares its command.
func (u *underFire) configure(n *fireNode, life *fireLife) {
	u.Helper()
	address := n.address
	if u.direct {
		address = u.database
	}
	web, mail := u.ends.begin(life)
	text := fmt.Sprintf(firePlan+u.channels, address, fakeice.PagePath, u.site.url, life.n, u.pace.every, web, mail, cmp.Or(u.keep, "off"))
	dir := filepath.Join(u.dir, n.name)
	path := filepath.Join(dir, "watch287g.yaml")
	if err := errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
		u.Fatal(err)
	}
	life.cmd = exec.Command("watch287g", "--data", filepath.Join(dir, "data"), "--config", path, "run", "--role", n.role)
	life.cmd.Env = append(os.Environ(), clockFile+"="+u.clock(), "WATCH287G_TEST_PAUSE=500ms", "GORACE=atexit_sleep_ms=0",
		"WATCH287G_TELL_TOKEN="+hushToken, "WATCH287G_SLACK_API=http://"+web+"/api")
}

// start starts a node's next process.
func (u *underFire) start(n *fireNode) {
	u.Helper()
	u.lives++
	life := &fireLife{n: u.lives, node: n, begun: time.Now(), ended: make(chan struct{})}
	u.configure(n, life)
	u.site.mu.Lock()
	u.site.lives[life.n] = life
	u.site.mu.Unlock()
	log, err := os.OpenFile(filepath.Join(u.dir, n.name, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		u.Fatal(err)
	}
	defer log.Close() //nolint:errcheck // it is the process's now
	life.cmd.Stderr = log
	if err := life.cmd.Start(); err != nil {
		u.Fatal(err)
	}
	go func() {
		_ = life.cmd.Wait()
		close(life.ended)
	}()
	n.life = life
	u.note("%s begins life %d", n.name, life.n)
}

// kill kills a node's process.
func (u *underFire) kill(n *fireNode) *fireLife {
	u.Helper()
	life := n.life
	life.killed, n.life = time.Now(), nil
	_ = life.cmd.Process.Kill()
	<-life.ended
	u.note("%s is killed in life %d", n.name, life.n)
	return life
}

// harm begins a trouble between a node and its database, which lasts for a while.
func (u *underFire) harm(n *fireNode, what string, lasts time.Duration, begin, end func()) {
	u.note("%s: %s for %v", n.name, what, lasts)
	i := len(n.troubles)
	n.troubles = append(n.troubles, span{from: time.Now()})
	begin()
	n.until = time.Now().Add(lasts)
	n.over = func() {
		end()
		n.troubles[i].to, n.over = time.Now(), nil
		u.note("%s: no longer %s", n.name, what)
	}
}

// tend starts processes anew, as systemd does, and ends what is over.
func (u *underFire) tend() {
	u.Helper()
	for _, n := range u.nodes {
		if n.over != nil && time.Now().After(n.until) {
			n.over()
		}
		if n.life == nil {
			if time.Now().After(n.again) {
				u.start(n)
			}
			continue
		}
		select {
		case <-n.life.ended:
			// One that cannot open its store as it starts says so and ends.
			if !u.troubled(n, n.life.begun.Add(-time.Second), n.life.begun.Add(patience)) {
				u.Errorf("life %d of %s ended by itself: %v", n.life.n, n.name, n.life.cmd.ProcessState)
			}
			u.note("%s ends by itself", n.name)
			n.life.killed = time.Now()
			n.life, n.again = nil, time.Now().Add(time.Second)
		default:
		}
	}
}

// troubled says whether a node could not reach its database at some moment between two.
func (u *underFire) troubled(n *fireNode, from, to time.Time) bool {
	return overlaps(n.troubles, from, to) || overlaps(u.outage, from, to)
}
