package main

import (
	"sync"
	"time"
)

// fireMachine notes when the machine stood still, as the test itself can tell: what it
// started then, or counted on, came late for no fault of the fleet. On a machine that has
// nothing else to do that is never.
type fireMachine struct {
	mu     sync.Mutex
	stills []span
}

// stillAfter is how much later than asked for a timer fires on a machine that stands still.
// Of two processes that trust each other's leases one waits for half a second longer.
const stillAfter = 300 * time.Millisecond

// watch notes it until over is closed.
func (m *fireMachine) watch(over <-chan struct{}) {
	const every = 50 * time.Millisecond
	for last := time.Now(); ; {
		select {
		case <-over:
			return
		case <-time.After(every):
		}
		now := time.Now()
		if now.Sub(last) > every+stillAfter {
			m.mu.Lock()
			m.stills = append(m.stills, span{last, now})
			m.mu.Unlock()
		}
		last = now
	}
}

// still says whether it stood still at some moment between two.
func (m *fireMachine) still(from, to time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return overlaps(m.stills, from, to)
}

// times is how often it did, and for how long at most.
func (m *fireMachine) times() (n int, longest time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.stills {
		longest = max(longest, s.to.Sub(s.from))
	}
	return len(m.stills), longest
}
