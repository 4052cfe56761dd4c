// Package crowd bounds what readers can hold of the service, so that a few who hold
// much, or many who come at once, leave room for the others. It knows no route.
package crowd

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Reason is why a reader was turned away, or a request not answered as it was meant.
type Reason string

// The reasons.
const (
	Address   Reason = "address"   // a connection was closed at once: its address had as many as it may
	Full      Reason = "full"      // a connection was closed at once: there were as many as there may be
	Closed    Reason = "closed"    // a connection was closed while it sent no request, to make room
	Cut       Reason = "cut"       // a connection was closed within a request, to make room
	Malformed Reason = "malformed" // a request was no HTTP
	Bad       Reason = "bad"       // a request was answered with status 400, 405, 414 or the like
	Many      Reason = "many"      // a request was answered 429: its client had as many as it may
	Busy      Reason = "busy"      // a request was answered 503: no turn came
	Failed    Reason = "failed"    // a request was answered with another status of 500 and more
)

func reasons() []Reason {
	return []Reason{Address, Full, Closed, Cut, Malformed, Bad, Many, Busy, Failed}
}

// Counts count by their reasons what readers were refused. Nothing of it is logged one
// by one: a flood of requests would be a flood of lines.
type Counts struct {
	told func(reason string)

	mu        sync.Mutex
	by        map[Reason]int64
	logged    int  // of the failed ones, since the last summary
	forwarded bool // an address at its bound sends the headers of a proxy that is not trusted
}

// NewCounts makes counts, which tell, unless it is nil, of each one by its reason.
func NewCounts(told func(reason string)) *Counts {
	return &Counts{told: told, by: map[Reason]int64{}}
}

// Add counts one.
func (c *Counts) Add(r Reason) {
	c.mu.Lock()
	c.by[r]++
	c.mu.Unlock()
	if c.told != nil {
		c.told(string(r))
	}
}

// Of returns how many there were of a reason.
func (c *Counts) Of(r Reason) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.by[r]
}

// mostLogged is how many failures are logged, each with its error, between two
// summaries.
const mostLogged = 10

// Fail counts a request that failed, and says whether there is room for its error in
// the log.
func (c *Counts) Fail() (toLog bool) {
	c.Add(Failed)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.logged++
	return c.logged <= mostLogged
}

// suspect notes an address that may be a proxy's which nobody named.
func (c *Counts) suspect() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forwarded = true
}

// Summarize logs at most once in every what was refused since the last time, in one
// line, until ctx ends, and once more then.
func (c *Counts) Summarize(ctx context.Context, every time.Duration, log *slog.Logger) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	said, last := map[Reason]int64{}, time.Now()
	for done := false; !done; {
		select {
		case <-ctx.Done():
			done = true
		case <-tick.C:
		}
		all, forwarded := c.since(said)
		if len(all) > 0 {
			log.Warn("readers were refused", append([]any{"within", time.Since(last).Round(time.Second).String()}, all...)...)
		}
		if forwarded {
			log.Warn("an address that has all the connections that it may sends X-Forwarded-For; if that is your proxy, name it in web.trusted_proxies")
		}
		last = time.Now()
	}
}

// since returns what was counted beyond what was said, which it brings up to date, and
// begins anew what counts from one summary to the next.
func (c *Counts) since(said map[Reason]int64) (all []any, forwarded bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range reasons() {
		if n := c.by[r] - said[r]; n > 0 {
			all = append(all, string(r), n)
			said[r] = c.by[r]
		}
	}
	forwarded, c.forwarded, c.logged = c.forwarded, false, 0
	return all, forwarded
}
