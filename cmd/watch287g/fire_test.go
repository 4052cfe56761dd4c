package main

import (
	"context"
	"flag"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/watch287g/watch287g/internal/archivetest"
	"github.com/watch287g/watch287g/internal/fakeice"
)

var (
	fireDuration = flag.Duration("fire.duration", 0, "how long the fleet is under fire in TestFleetUnderFire; 0 for some seconds and made-up lists, or else ICE's where they are at hand")
	fireSeed     = flag.Uint64("fire.seed", 6, "seed of TestFleetUnderFire; 0 takes a new one each time")
)

// TestFleetUnderFire has a fleet poll ICE's site, which publishes one list after another,
// and send to all kinds of channels, which answer or not, while its processes are killed,
// its database is restarted, and the connections between are cut, slow or hang. At the
// end all is as if nothing had been.
func TestFleetUnderFire(t *testing.T) {
	seed := *fireSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("-fire.seed=%d", seed)
	if *fireDuration == 0 {
		u := newUnderFire(t, seed, fireShort, "all", "all", "all")
		u.live(fakeice.Moments(yearOf(seed))[:6], 7*time.Second)
		return
	}
	steps := fakeice.Moments(yearOf(seed))
	if dir := archivetest.Dir(); dir != "" {
		files, err := fakeice.ReadArchive(filepath.Join(dir, "index.csv"))
		if err != nil {
			t.Fatal(err)
		}
		steps = fakeice.Moments(files)
	}
	for began := time.Now(); !t.Failed() && time.Since(began) < *fireDuration; seed++ {
		u := newUnderFire(t, seed, fireLong, rolePoll, rolePoll, rolePoll, roleSend, roleSend, roleSend, roleServe, roleServe, roleServe)
		u.live(steps, *fireDuration-time.Since(began))
	}
}

// live goes through what ICE publishes, under fire until that is over or time is up,
// and looks at what came of it.
func (u *underFire) live(steps []fakeice.Step, lasts time.Duration) {
	u.Helper()
	u.jump(steps[0].At)
	u.site.Publish(steps[0].Files...)
	u.published = steps[0].Files
	for _, n := range u.nodes {
		u.start(n)
	}
	within, cancel := context.WithTimeout(u.Context(), lasts)
	defer cancel()
	left := make(chan []fakeice.Step, 1)
	go func() { left <- u.publish(within, steps[1:]) }()
	u.fire(within, left)
	cancel()
	u.until("the publisher has ended", func() bool { return len(left) > 0 })
	u.cease(<-left)
	fireCheck{underFire: u}.all()
}

// publish publishes one list after another: the next once the last one was polled, and
// once all was sent where messages would have waited for long by then. It returns what is
// left when ctx ends.
func (u *underFire) publish(ctx context.Context, steps []fakeice.Step) (left []fakeice.Step) {
	unsent := u.now() // since when there may be messages that wait
	for i, step := range steps {
		if !u.await(ctx, u.isPolled()) {
			return steps[i:]
		}
		if step.At.Sub(unsent) > 30*time.Hour {
			if !u.await(ctx, u.isSent) {
				return steps[i:]
			}
			unsent = step.At
		}
		u.site.close()
		for quiet := 0; quiet < 10; quiet++ { // a poll ends with the lists that it began with
			if u.site.busy() || u.isPolling() && ctx.Err() == nil {
				quiet = 0
			}
			time.Sleep(50 * time.Millisecond)
		}
		u.jump(step.At)
		u.site.jumped()
		u.site.Publish(step.Files...)
		u.mu.Lock()
		u.published = append(u.published, step.Files...)
		u.mu.Unlock()
		time.Sleep(300 * time.Millisecond) // for polls that began before
		u.site.open()
		u.note("ICE publishes what is of %s", step.At)
		u.await(ctx, func() bool { return false }, u.pace.pause)
	}
	u.await(ctx, u.isPolled())
	u.await(ctx, u.isSent)
	return nil
}

// await asks again and again until something is so, ctx ends, or the time is up. It
// returns whether it is so.
func (u *underFire) await(ctx context.Context, so func() bool, within ...time.Duration) bool {
	if len(within) > 0 {
		limited, cancel := context.WithTimeout(ctx, within[0])
		defer cancel()
		ctx = limited
	}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
	return true
}

// isPolled says whether a good poll began after now.
func (u *underFire) isPolled() func() bool {
	since := u.now()
	return func() bool {
		return u.count(`SELECT count(*) FROM (SELECT doc FROM watch287g.polls ORDER BY seq DESC LIMIT 20) p
			WHERE doc ->> 'outcome' IN ('changed', 'unchanged') AND (doc ->> 'at')::timestamptz > $1::timestamptz`, since) > 0
	}
}

// isPolling says whether a poll is under way that had the page before the site was
// closed. It may be anywhere between two requests.
func (u *underFire) isPolling() bool {
	return u.count("SELECT count(*) FROM watch287g.state WHERE doc ->> 'begun' IS NOT NULL") != 0
}

// isSent says whether no message waits.
func (u *underFire) isSent() bool {
	return u.count("SELECT count(*) FROM watch287g.deliveries WHERE state = 'waiting'") == 0
}

// count counts in the database, past all proxies; -1 where that is not to be had.
func (u *underFire) count(query string, args ...any) (n int) {
	ctx, cancel := context.WithTimeout(u.Context(), 5*time.Second)
	defer cancel()
	if err := u.look.QueryRow(ctx, query, args...).Scan(&n); err != nil {
		return -1
	}
	return n
}

// until waits, and tends the fleet meanwhile.
func (u *underFire) until(what string, so func() bool) {
	u.Helper()
	for late := time.Now().Add(2 * patience); !so(); time.Sleep(50 * time.Millisecond) {
		if u.tend(); time.Now().After(late) {
			u.Fatalf("still not so: %s; %d messages wait", what, u.count("SELECT count(*) FROM watch287g.deliveries WHERE state = 'waiting'"))
		}
	}
}

// cease ends all faults, lets the fleet catch up, where that does not take long also with
// what ICE has yet to publish, and ends its processes in order.
func (u *underFire) cease(left []fakeice.Step) {
	u.Helper()
	u.note("all goes well from here on")
	u.ends.mend()
	u.site.hurry()
	for _, n := range u.nodes {
		n.until, n.again = time.Time{}, time.Time{}
	}
	if u.pace.turns {
		rest := make(chan []fakeice.Step, 1)
		go func() { rest <- u.publish(u.Context(), left) }()
		u.until("the rest is published", func() bool { return len(rest) > 0 })
	}
	u.until("the last list is polled", u.isPolled())
	u.until("all messages are sent", u.isSent)
	for _, n := range u.nodes {
		if err := n.life.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			u.Error(err)
		}
	}
	for _, n := range u.nodes {
		select {
		case <-n.life.ended:
		case <-time.After(patience):
			u.Fatalf("%s does not stop", n.name)
		}
		if state := n.life.cmd.ProcessState; !state.Success() && !strings.Contains(state.String(), "signal") {
			u.Errorf("%s, stopped, ended with %v", n.name, state)
		}
	}
}
