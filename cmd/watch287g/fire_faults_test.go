package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/internal/fakeice"
)

// firePace says how much is done to a fleet.
type firePace struct {
	gap    time.Duration // between two faults, on average
	down   time.Duration // at most, until a process that was killed is started again
	stall  time.Duration
	pause  time.Duration // between two lists, at least
	every  time.Duration // from one poll to the next; longer than it takes until another process goes on, which is not to poll sooner
	faults []string      // what is done; a name that stands twice is done twice as often
	turns  bool          // one after the other
}

var (
	fireShort = firePace{gap: 1500 * time.Millisecond, down: 5 * time.Second, stall: 6 * time.Second, every: time.Second,
		faults: []string{"kill", "crash", "kill", "cut"}, turns: true}
	fireLong = firePace{gap: 7 * time.Second, down: 20 * time.Second, stall: 30 * time.Second, pause: 2 * time.Second, every: 5 * time.Second,
		faults: []string{"kill", "kill", "kill", "kill", "kill", "kill", "cut", "cut", "cut", "stall", "stall", "slow", "crash", "restart"}}
)

// failover is that another process had to go on where one ended, or was cut off.
type failover struct {
	what string // "polling", or a channel with messages that wait
	why  string
	life *fireLife
	at   time.Time
}

// fire does one thing after another to the fleet.
func (u *underFire) fire(ctx context.Context, left <-chan []fakeice.Step) {
	u.Helper()
	next := time.Now().Add(2 * time.Second) // so that there is something to disturb
	for ctx.Err() == nil && len(left) == 0 {
		if time.Sleep(20 * time.Millisecond); time.Now().After(next) {
			next = time.Now().Add(u.pace.gap/4 + time.Duration(u.random.Int64N(int64(u.pace.gap)*3/2)))
			if !u.strike() {
				next = time.Now().Add(200 * time.Millisecond)
			}
		}
		u.tend()
	}
}

// strike does one thing, and returns false where there is nothing to do it to.
func (u *underFire) strike() bool {
	u.Helper()
	plan := u.pace
	what := plan.faults[u.random.IntN(len(plan.faults))]
	if plan.turns {
		what = plan.faults[u.turn%len(plan.faults)]
	}
	short := time.Duration(100+u.random.IntN(5000)) * time.Millisecond
	if what == "crash" || what == "restart" {
		u.turn++
		u.faults[what]++
		u.strikeDatabase(what, short/3)
		return true
	}
	n := u.victim()
	if n == nil {
		return false
	}
	u.turn++
	u.faults[what]++
	switch life := n.life; what {
	case "kill":
		u.kill(n)
		n.again = time.Now().Add(time.Second + time.Duration(u.random.Int64N(int64(plan.down))))
		u.expectFailover(what, life)
	case "cut":
		u.harm(n, "cut", short, n.proxy.Cut, n.proxy.Mend)
	case "stall":
		u.harm(n, "stalled", plan.stall, n.proxy.Hang, n.proxy.Mend)
		u.expectFailover(what, life)
	case "slow":
		u.harm(n, "slow", 2*short, func() { n.proxy.Slow(short / 20) }, n.proxy.Mend)
	}
	return true
}

// strikeDatabase ends the database's server, and starts it after a while.
func (u *underFire) strikeDatabase(what string, down time.Duration) {
	u.Helper()
	u.note("the database: %s", what)
	u.outage = append(u.outage, span{from: time.Now()})
	if what == "crash" {
		u.server.Kill(u.T)
	} else {
		u.server.Stop(u.T)
	}
	time.Sleep(down)
	u.server.Run(u.T)
	u.outage[len(u.outage)-1].to = time.Now()
	u.note("the database is back")
}

// victim is a process that something can be done to: mostly the one that polls, or one
// that sends. Of each role one is left alone.
func (u *underFire) victim() *fireNode {
	well := func(n *fireNode) bool { return n.life != nil && n.over == nil }
	var life *fireLife
	switch u.random.IntN(3) {
	case 0:
		life = u.site.poller()
	case 1:
		life = u.ends.sender()
	}
	n := u.nodes[u.random.IntN(len(u.nodes))]
	if life != nil && life.node.life == life {
		n = life.node
	}
	others := slices.ContainsFunc(u.nodes, func(o *fireNode) bool { return o != n && o.role == n.role && well(o) })
	if !well(n) || !others {
		return nil
	}
	return n
}

// expectFailover notes what another process has to go on with: to poll, where this one
// was the last to, and to send what waits where this one sent last.
func (u *underFire) expectFailover(why string, life *fireLife) {
	at := time.Now()
	if life.node.role == roleServe {
		return
	}
	if u.site.poller() == life {
		u.failovers = append(u.failovers, &failover{"polling", why, life, at})
	}
	ctx, cancel := context.WithTimeout(u.Context(), 5*time.Second)
	defer cancel()
	var waits []string
	// What was tried and failed just now is tried again half a second later.
	if err := u.look.QueryRow(ctx, "SELECT coalesce(array_agg(DISTINCT channel), '{}') FROM watch287g.deliveries WHERE state = 'waiting'").Scan(&waits); err != nil {
		return
	}
	last := map[string]*fireLife{}
	u.ends.mu.Lock()
	for _, r := range u.ends.got {
		last[r.channel()] = r.life
	}
	u.ends.mu.Unlock()
	for _, channel := range waits {
		if last[channel] == life {
			u.failovers = append(u.failovers, &failover{channel, why, life, at})
		}
	}
}

func (r *fireReceipt) channel() string {
	if strings.Contains(r.to, "@") {
		return "members"
	}
	return r.to
}
