package main

import (
	"fmt"
	"slices"
	"time"
)

// longestFailover is within what time another process goes on.
const longestFailover = 15 * time.Second

// takeovers measures how long it took until another process went on. Where something
// else went wrong meanwhile it may take longer.
func (c *fireCheck) takeovers() {
	c.Helper()
	alone, disturbed := map[string][]time.Duration{}, map[string][]time.Duration{}
	for _, f := range c.failovers {
		next := c.next(f)
		if next.IsZero() {
			continue // it went on by itself, at the end
		}
		what := "sending, " + f.why
		if f.what == "polling" {
			what = "polling, " + f.why
		}
		took := next.Sub(f.at)
		if c.disturbed(f, next) {
			disturbed[what] = append(disturbed[what], took)
			continue
		}
		if alone[what] = append(alone[what], took); took > longestFailover {
			c.Errorf("%s, %s: after life %d another one went on only after %v, at %s", f.what, f.why, f.life.n, took, clockOf(next))
		}
	}
	for what, took := range alone {
		c.Logf("failover of %s: %s", what, spread(took))
	}
	for what, took := range disturbed {
		c.Logf("failover of %s, while something else went wrong: %s", what, spread(took))
	}
}

func spread(took []time.Duration) string {
	slices.Sort(took)
	at := func(share float64) time.Duration {
		return took[int(share*float64(len(took)-1))].Round(10 * time.Millisecond)
	}
	return fmt.Sprintf("%d times, median %v, 9 of 10 within %v, at most %v", len(took), at(0.5), at(0.9), at(1))
}

// next is when another life first did what a failover is about.
func (c *fireCheck) next(f *failover) time.Time {
	if f.what == "polling" {
		for _, q := range c.site.requests {
			if q.life != f.life && q.begun.After(f.at) {
				return q.begun
			}
		}
		return time.Time{}
	}
	for _, r := range c.ends.got {
		if r.channel() != f.what || !r.at.After(f.at) {
			continue
		}
		if r.life == f.life && f.why != "kill" {
			return time.Time{} // it had what it sent in hand, or could go on
		}
		if r.life != f.life {
			return r.at
		}
	}
	return time.Time{}
}

// disturbed says whether anything else went wrong with those that could have gone on.
func (c *fireCheck) disturbed(f *failover, until time.Time) bool {
	from := f.at.Add(-5 * time.Second)
	if overlaps(c.outage, from, until) || c.machine.still(f.at, until) {
		return true
	}
	for _, n := range c.nodes {
		if n != f.life.node && overlaps(n.troubles, from, until) {
			return true
		}
	}
	for _, life := range c.site.lives {
		if life != f.life && life.killed.After(from) && life.killed.Before(until) {
			return true
		}
	}
	return false
}
