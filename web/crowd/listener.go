package crowd

import (
	"errors"
	"net"
	"syscall"
	"time"
)

// Listener lets in what another listener accepts.
func (g *Gate) Listener(l net.Listener) net.Listener { return &listener{Listener: l, gate: g} }

type listener struct {
	net.Listener
	gate   *Gate
	scarce time.Time // when connections were last short of what the system gives
}

// The pauses after the system had nothing left for another connection.
const (
	shortPause = 5 * time.Millisecond
	longPause  = time.Second
	saidEach   = time.Minute // that it is so
)

// longestQueue bounds what waits in the system to be taken by one reader, in bytes.
const longestQueue = 256 << 10

// Accept waits for the next connection that may come in. Where the system has no file
// or memory left for one, it tries again after a while; that is said once.
func (l *listener) Accept() (net.Conn, error) {
	for pause := time.Duration(0); ; {
		from, err := l.Listener.Accept()
		switch {
		case isScarce(err):
			if pause = min(max(2*pause, shortPause), longPause); time.Since(l.scarce) > saidEach {
				l.gate.log.Warn("readers have to wait, since the system has nothing left for another connection", "error", err.Error())
			}
			l.scarce = time.Now()
			l.gate.closeOne()
			time.Sleep(pause)
			continue
		case err != nil:
			return nil, err //nolint:wrapcheck // the server compares it
		}
		pause = 0
		if tcp, ok := from.(*net.TCPConn); ok {
			_ = tcp.SetWriteBuffer(longestQueue)
		}
		if c := l.gate.admit(from); c != nil {
			return c, nil
		}
		_ = from.Close() // nothing was said
	}
}

// closeOne closes the connection that has been without a request longest, to free what
// the system lacks.
func (g *Gate) closeOne() {
	g.mu.Lock()
	c := g.longest(false, 0, time.Now())
	if c != nil {
		g.forget(c)
		g.counts.Add(Closed)
	}
	g.mu.Unlock()
	if c != nil {
		c.end()
	}
}

// isScarce says whether the system had nothing left for another connection.
func isScarce(err error) bool {
	for _, e := range []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
