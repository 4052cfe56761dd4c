package crowd

import (
	"cmp"
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Limits bound the connections of readers.
type Limits struct {
	Connections int // of all of them
	Address     int // of one address; of IPv6, of one network of 64 bits
	// Wait is how long a connection may be without a request before it is closed to
	// make room for another, where room is short.
	Wait time.Duration
}

// pressed says whether room is short: three quarters of the connections are taken.
func (l Limits) pressed(held int) bool { return held >= l.Connections-l.Connections/4 }

// Gate lets readers in.
type Gate struct {
	limits  Limits
	proxies Proxies
	counts  *Counts
	log     *slog.Logger
	asking  *Shares // requests under way, by their clients behind trusted proxies

	mu      sync.Mutex
	held    int
	holders map[netip.Addr]*holder
}

// holder is who holds connections: an address.
type holder struct {
	trusted bool // a proxy that many readers come through
	conns   map[*conn]struct{}
}

// NewGate makes a gate. Connections of proxies are bounded by Limits.Connections alone,
// and requests that come through them by their clients.
func NewGate(l Limits, proxies Proxies, counts *Counts, log *slog.Logger) *Gate {
	return &Gate{limits: l, proxies: proxies, counts: counts, log: log, asking: NewShares(l.Address), holders: map[netip.Addr]*holder{}}
}

// conn is a connection that was let in.
type conn struct {
	net.Conn
	gate    *Gate
	of      netip.Addr
	handled atomic.Bool // its last request was one

	// What follows is the gate's, by its mutex.
	gone   bool
	cut    bool      // it went within a request; nobody writes that any more
	within bool      // a request is read or answered
	since  time.Time // when that began, or when it began to wait
}

// CloseWrite says that nothing more comes, so that what was sent last arrives.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite() //nolint:wrapcheck // it is the connection's own
	}
	return nil
}

// Close closes the connection.
func (c *conn) Close() error {
	c.gate.mu.Lock()
	c.gate.forget(c)
	c.gate.mu.Unlock()
	return c.Conn.Close() //nolint:wrapcheck // it is the connection's own
}

// forget takes a connection off what is held. The gate is locked.
func (g *Gate) forget(c *conn) {
	if c.gone {
		return
	}
	c.gone, c.cut = true, c.within
	g.held--
	h := g.holders[c.of]
	if delete(h.conns, c); len(h.conns) == 0 {
		delete(g.holders, c.of)
	}
}

// admit lets a connection in, and closes another one where it takes that; nil where
// there is no room.
func (g *Gate) admit(from net.Conn) *conn {
	at := addressOf(from.RemoteAddr().String())
	c := &conn{Conn: from, gate: g, of: party(at), since: time.Now()}
	g.mu.Lock()
	h := g.holders[c.of]
	if h == nil {
		h = &holder{trusted: g.proxies.Trusts(at), conns: map[*conn]struct{}{}}
	}
	other, ok := g.roomFor(h, c.since)
	if other != nil {
		g.forget(other)
	}
	if ok {
		g.held++
		g.holders[c.of] = h
		h.conns[c] = struct{}{}
	}
	g.mu.Unlock()
	if other != nil {
		other.end()
	}
	if !ok {
		return nil
	}
	return c
}

// roomFor says whether a connection of h may come in, and which other one must go. The
// gate is locked.
func (g *Gate) roomFor(h *holder, now time.Time) (other *conn, ok bool) {
	if !h.trusted && len(h.conns) >= g.limits.Address {
		if other = h.longest(false, now.Add(-g.limits.Wait)); other == nil {
			g.counts.Add(Address)
			return nil, false
		}
		g.counts.Add(Closed)
		return other, true
	}
	if !g.limits.pressed(g.held) {
		return nil, true
	}
	if other = g.longest(false, len(h.conns), now.Add(-g.limits.Wait)); other != nil {
		g.counts.Add(Closed)
		return other, true
	}
	if g.held < g.limits.Connections {
		return nil, true
	}
	if other = g.longest(true, len(h.conns)+1, now); other != nil {
		g.counts.Add(Cut)
		return other, true
	}
	g.counts.Add(Full)
	return nil, false
}

// longest returns the connection that has been within a request, or without one, for
// the longest time since before a moment, of the address that has most of all and more
// than so many.
func (g *Gate) longest(within bool, moreThan int, before time.Time) (found *conn) {
	most := moreThan
	for _, h := range g.holders {
		if h.trusted || len(h.conns) < most || len(h.conns) == moreThan && within {
			continue
		}
		c := h.longest(within, before)
		if c != nil && (found == nil || len(h.conns) > most || c.since.Before(found.since)) {
			found, most = c, len(h.conns)
		}
	}
	return found
}

// longest returns the one of its connections that has been within a request, or without
// one, for the longest time since before a moment.
func (h *holder) longest(within bool, before time.Time) (found *conn) {
	for c := range h.conns {
		if c.within == within && c.since.Before(before) && (found == nil || c.since.Before(found.since)) {
			found = c
		}
	}
	return found
}

// end closes a connection that makes room. What is on its way is dropped, so that
// nothing of it is held either.
func (c *conn) end() {
	if tcp, ok := c.Conn.(*net.TCPConn); ok && c.cut {
		_ = tcp.SetLinger(0)
	}
	_ = c.Conn.Close() // its server hears of that
}

// State follows a connection, as http.Server.ConnState.
func (g *Gate) State(nc net.Conn, s http.ConnState) {
	c, ok := nc.(*conn)
	if !ok {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	switch s {
	case http.StateActive:
		c.within, c.since = true, time.Now()
		c.handled.Store(false)
	case http.StateIdle:
		c.within, c.since = false, time.Now()
	case http.StateClosed:
		if c.within && !c.handled.Load() {
			g.counts.Add(Malformed)
		}
	case http.StateNew, http.StateHijacked:
	}
}

type connKey struct{}

// Context remembers a connection in the context of its requests, as
// http.Server.ConnContext.
func (g *Gate) Context(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

type clientKey struct{}

// Client returns the address that stands for who sent the request of a context; none
// where it came through no gate, or a trusted proxy asks for itself.
func Client(ctx context.Context) netip.Addr {
	if a, ok := ctx.Value(clientKey{}).(netip.Addr); ok {
		return a
	}
	if c, ok := ctx.Value(connKey{}).(*conn); ok {
		return c.of
	}
	return netip.Addr{}
}

// Handler bounds the requests that one client has under way behind trusted proxies;
// where nothing is between, its connections are bounded.
func (g *Gate) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, ok := r.Context().Value(connKey{}).(*conn)
		if !ok {
			next.ServeHTTP(w, r)
			return
		}
		c.handled.Store(true)
		if !g.proxies.Trusts(addressOf(r.RemoteAddr)) {
			g.suspect(c, r)
			next.ServeHTTP(w, r)
			return
		}
		client := g.proxies.client(r)
		if g.proxies.Trusts(client) {
			client = netip.Addr{} // a proxy that asks for itself
		}
		client = party(client)
		if !g.asking.Take(client) {
			g.counts.Add(Many)
			w.Header().Set("Retry-After", "5")
			w.Header().Set("Cache-Control", "no-store")
			http.Error(w, "Too many requests of your address are under way. Please try again in a few seconds.", http.StatusTooManyRequests)
			return
		}
		defer g.asking.Give(client)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), clientKey{}, client)))
	})
}

// suspect notes that an address which has many connections may be a proxy.
func (g *Gate) suspect(c *conn, r *http.Request) {
	if r.Header.Get("X-Forwarded-For") == "" {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if h := g.holders[c.of]; h != nil && len(h.conns) >= g.limits.Address {
		g.counts.suspect()
	}
}

// Shares bound what each client has of something.
type Shares struct {
	mu   sync.Mutex
	most int
	by   map[netip.Addr]int
}

// NewShares makes shares of at most so many.
func NewShares(most int) *Shares { return &Shares{most: most, by: map[netip.Addr]int{}} }

// Take takes one more for a client, and says whether it may have that. Nobody, the
// address that is none, may have any number.
func (s *Shares) Take(client netip.Addr) bool {
	if !client.IsValid() {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.by[client] >= s.most {
		return false
	}
	s.by[client]++
	return true
}

// Give gives back what was taken.
func (s *Shares) Give(client netip.Addr) {
	if !client.IsValid() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.by[client]--; s.by[client] == 0 {
		delete(s.by, client)
	}
}

// Room returns how many connections fit besides what the service itself needs open, of
// as many files as it may open: a part is kept for the store, polls and messages.
func Room(most, files int) int {
	const kept = 200
	return max(1, min(most, files-min(kept, cmp.Or(files/2, 1))))
}
