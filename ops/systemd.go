package ops

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// pulse is when the loop that polls promised to be heard of again.
type pulse struct {
	mu  sync.Mutex
	due time.Time // zero where it never promised anything
}

// Beat sees that the loop that polls is at work, and will be heard of again within a
// time.
func (m *Monitor) Beat(within time.Duration) {
	if m == nil {
		return
	}
	m.pulse.mu.Lock()
	defer m.pulse.mu.Unlock()
	m.pulse.due = time.Now().Add(within)
}

// stopped says since when the loop that polls should have been heard of.
func (p *pulse) stopped() (since time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.due.IsZero() || time.Since(p.due) < pulseSlack {
		return time.Time{}
	}
	return p.due
}

const (
	pulseSlack = time.Minute // beyond what was promised, on a busy machine
	// statusEvery is how often systemd is told how it goes, where it does not watch.
	statusEvery = 30 * time.Second
	// longestStall is for how long one read of the store may go on until the process
	// counts as stuck. A store that answers with an error is not: the pages still show
	// what is known, and a new process would not even know that.
	longestStall = 2 * time.Minute
)

// Stuck says why the process makes no progress, and is "" where it does.
func (m *Monitor) Stuck(ctx context.Context) string {
	if since := m.pulse.stopped(); !since.IsZero() {
		return "no poll and no pause since " + since.UTC().Format(time.RFC3339)
	}
	if r := m.state.now(ctx); !r.stalled.IsZero() && time.Since(r.stalled) > longestStall {
		return "the store has not answered since " + r.stalled.UTC().Format(time.RFC3339)
	}
	return ""
}

// Systemd tells systemd how the service is, as its unit asks for (Type=notify,
// WatchdogSec=). Without systemd the log alone says when the process makes no progress.
type Systemd struct {
	monitor *Monitor
	log     *slog.Logger
}

// NewSystemd makes one for a monitor, which is not nil.
func NewSystemd(m *Monitor) *Systemd { return &Systemd{monitor: m, log: m.options.Log} }

// Run says that the service is ready, then how it goes, until ctx ends, and that it
// stops. While it makes progress, the watchdog hears of it; where it makes none, the
// log does.
func (s *Systemd) Run(ctx context.Context) error {
	every := statusEvery
	if watchdog, err := strconv.ParseInt(os.Getenv("WATCHDOG_USEC"), 10, 64); err == nil && watchdog > 0 {
		every = max(min(every, time.Duration(watchdog)*time.Microsecond/3), time.Millisecond)
	}
	s.Ready(ctx)
	defer s.tell("STOPPING=1")
	tick := time.NewTicker(every)
	defer tick.Stop()
	for stuck := ""; ; {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		was := stuck
		if stuck = s.monitor.Stuck(ctx); stuck == "" {
			s.tellStatus(ctx, "WATCHDOG=1")
			continue
		}
		if was == "" {
			s.log.Error("the service makes no progress", "error", stuck)
		}
		s.tell("STATUS=stuck: " + stuck)
	}
}

// Reloading says that the configuration is being read anew. Ready must follow.
func (s *Systemd) Reloading() {
	var now unix.Timespec
	if unix.ClockGettime(unix.CLOCK_MONOTONIC, &now) == nil {
		s.tell(fmt.Sprintf("RELOADING=1\nMONOTONIC_USEC=%d", now.Nano()/1000)) // by the clock of the machine, as systemd compares it
	}
}

// Ready says that the service is at work.
func (s *Systemd) Ready(ctx context.Context) {
	s.tellStatus(ctx, "READY=1")
}

// tellStatus sends systemd a message and how it goes, for which without systemd nobody
// waits.
func (s *Systemd) tellStatus(ctx context.Context, what string) {
	if os.Getenv(notifySocket) != "" {
		s.tell(what + "\nSTATUS=" + s.monitor.Status(ctx))
	}
}

// notifySocket is the variable in which systemd names the socket that it listens on.
const notifySocket = "NOTIFY_SOCKET"

// tellTime is how long systemd has to take a message. Where it takes none, a socket is
// full in the end, and the service must stop all the same.
const tellTime = time.Second

// tell sends systemd a message. That it cannot be sent changes nothing.
func (s *Systemd) tell(what string) {
	address := os.Getenv(notifySocket)
	if address == "" {
		return
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: address, Net: "unixgram"})
	if err == nil {
		defer conn.Close() //nolint:errcheck // what was said is said
		_ = conn.SetWriteDeadline(time.Now().Add(tellTime))
		_, err = conn.Write([]byte(what))
	}
	if err != nil {
		s.log.Debug("systemd cannot be told how it goes", "error", err.Error())
	}
}

// Status says in a few words how it goes.
func (m *Monitor) Status(ctx context.Context) string {
	r := m.state.now(ctx)
	says := "running"
	if every := m.config.Load().Every; every > 0 {
		says = "polling every " + short(every)
	}
	switch read := r.store.Reading.Read; {
	case r.at.IsZero():
	case read.IsZero():
		says += "; no good poll yet"
	default:
		says += "; last good poll " + clock(read, time.Now())
	}
	if why := m.unready(r); why != "" {
		says += "; not ready: " + why
	}
	return says
}

// clock is a time of the last day as 12:04 UTC, and an earlier one with its day.
func clock(t, now time.Time) string {
	t = t.UTC()
	if now.Sub(t).Abs() < 20*time.Hour {
		return t.Format("15:04 UTC")
	}
	return t.Format("January 2, 2006, 15:04 UTC")
}

// short writes a duration as the configuration does.
func short(d time.Duration) string {
	switch {
	case d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return d.String()
}
