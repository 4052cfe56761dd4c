package crowd

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestClientBehindProxies(t *testing.T) {
	trusted := Proxies{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8:1::/48")}
	for _, test := range []struct {
		name, from string
		header     http.Header
		want       string
	}{
		{"no proxy", "192.0.2.7:1234", http.Header{"X-Forwarded-For": {"198.51.100.1"}}, "192.0.2.7"},
		{"a proxy for itself", "127.0.0.1:1", nil, "127.0.0.1"},
		{"one proxy", "127.0.0.1:1", http.Header{"X-Forwarded-For": {"198.51.100.1"}}, "198.51.100.1"},
		{"what the client wrote", "127.0.0.1:1", http.Header{"X-Forwarded-For": {"203.0.113.9, 198.51.100.1"}}, "198.51.100.1"},
		{"what the client wrote, on a line of its own", "127.0.0.1:1", http.Header{"X-Forwarded-For": {"203.0.113.9", "198.51.100.1"}}, "198.51.100.1"},
		{"two proxies", "127.0.0.1:1", http.Header{"X-Forwarded-For": {"203.0.113.9, 198.51.100.1, 10.1.2.3"}}, "198.51.100.1"},
		{"proxies alone", "127.0.0.1:1", http.Header{"X-Forwarded-For": {"10.0.0.9, 10.1.2.3"}}, "10.0.0.9"},
		{"one that hides", "127.0.0.1:1", http.Header{"X-Forwarded-For": {"198.51.100.1, unknown, 10.1.2.3"}}, "10.1.2.3"},
		{"nothing between commas", "127.0.0.1:1", http.Header{"X-Forwarded-For": {"198.51.100.1,"}}, "127.0.0.1"},
		{"a port", "127.0.0.1:1", http.Header{"X-Forwarded-For": {"198.51.100.1:4711"}}, "198.51.100.1"},
		{"IPv6", "[2001:db8:1::5]:1", http.Header{"X-Forwarded-For": {"2001:db8:2::7"}}, "2001:db8:2::7"},
		{"IPv6 with a port", "[2001:db8:1::5]:1", http.Header{"X-Forwarded-For": {"[2001:db8:2::7]:80"}}, "2001:db8:2::7"},
		{"IPv4 as IPv6", "[::ffff:127.0.0.1]:1", http.Header{"X-Forwarded-For": {"::ffff:198.51.100.1"}}, "198.51.100.1"},
		{"Forwarded", "127.0.0.1:1", http.Header{"Forwarded": {`for=203.0.113.9, by=x;For="[2001:db8:2::7]:4711";proto=https`}}, "2001:db8:2::7"},
		{"Forwarded that hides", "127.0.0.1:1", http.Header{"Forwarded": {"for=203.0.113.9;proto=http, for=_x"}}, "127.0.0.1"},
		{"both", "127.0.0.1:1", http.Header{"X-Forwarded-For": {"198.51.100.1"}, "Forwarded": {"for=203.0.113.9"}}, "198.51.100.1"},
	} {
		r := &http.Request{RemoteAddr: test.from, Header: test.header}
		if got := trusted.client(r); got.String() != test.want {
			t.Errorf("%s: %v, want %s", test.name, got, test.want)
		}
	}
}

// Whatever the headers are, only a trusted proxy's last word counts.
func FuzzClientBehindProxies(f *testing.F) {
	f.Add("203.0.113.9, ", `for="[::1`)
	f.Add("unknown", "for=;;;,,=")
	f.Fuzz(func(t *testing.T, way, forwarded string) {
		trusted := Proxies{netip.MustParsePrefix("127.0.0.1/32")}
		r := &http.Request{RemoteAddr: "127.0.0.1:1", Header: http.Header{"X-Forwarded-For": {way, "198.51.100.1"}, "Forwarded": {forwarded}}}
		if got := trusted.client(r); got.String() != "198.51.100.1" {
			t.Errorf("%q passes for %v", way, got)
		}
		r.Header.Del("X-Forwarded-For")
		trusted.client(r)
	})
}

// from is a connection from an address.
type from struct {
	net.Conn
	address string
}

func (f from) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(f.address), 1234))
}

func (f from) Close() error { return nil }

func newGate(l Limits, proxies ...netip.Prefix) *Gate {
	return NewGate(l, proxies, NewCounts(nil), slog.New(slog.DiscardHandler))
}

func TestGateBoundsAddresses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(Limits{Connections: 100, Address: 3, Wait: time.Second}, netip.MustParsePrefix("10.0.0.0/8"))
		for i, test := range []struct {
			address string
			in      bool
		}{
			{"192.0.2.1", true}, {"192.0.2.1", true}, {"192.0.2.1", true}, {"192.0.2.1", false}, {"192.0.2.2", true},
			{"2001:db8::1", true}, {"2001:db8::2", true}, {"2001:db8::ffff:0:0:3", true}, {"2001:db8::4", false}, {"2001:db8:0:1::1", true},
			{"::ffff:192.0.2.1", false}, {"10.0.0.1", true}, {"10.0.0.1", true}, {"10.0.0.1", true}, {"10.0.0.1", true},
		} {
			if got := g.admit(from{address: test.address}) != nil; got != test.in {
				t.Errorf("connection %d, of %s, is let in: %v", i, test.address, got)
			}
		}
		time.Sleep(2 * time.Second)
		if g.admit(from{address: "192.0.2.1"}) == nil || g.counts.Of(Closed) != 1 || g.counts.Of(Address) != 3 {
			t.Error("one that waits for long does not make room")
		}
	})
}

// Where room is short, connections without a request go first, of them the longest idle
// of the address that has most; then one within a request, of an address that has many.
func TestGateMakesRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(Limits{Connections: 8, Address: 5, Wait: time.Second})
		in := func(address string) *conn {
			t.Helper()
			c := g.admit(from{address: address})
			if c == nil {
				t.Fatalf("a connection of %s is refused", address)
			}
			time.Sleep(10 * time.Millisecond)
			return c
		}
		one := in("192.0.2.9") // the longest idle, and the only one of its address
		var many []*conn
		for range 5 {
			many = append(many, in("192.0.2.1"))
		}
		g.State(many[0], http.StateActive)
		time.Sleep(2 * time.Second)
		in("192.0.2.2")
		if !many[1].gone || one.gone || many[0].gone || g.held != 6 {
			t.Errorf("of the busiest address the longest idle is gone: %v; another is: %v", many[1].gone, one.gone || many[0].gone)
		}
		for _, c := range append(many[2:], one) {
			g.State(c, http.StateActive)
		}
		last := []*conn{in("192.0.2.2"), in("192.0.2.3")}
		if g.held != 8 || g.counts.Of(Cut) != 0 {
			t.Errorf("%d are held, %d cut", g.held, g.counts.Of(Cut))
		}
		in("192.0.2.4") // all are taken, and no idle one is old enough
		if !many[0].gone || !many[0].cut || g.counts.Of(Cut) != 1 {
			t.Errorf("the longest within a request, of the busiest address, is cut: %v", many[0].gone)
		}
		for _, c := range last {
			_ = c.Close()
			_ = c.Close()
		}
		if g.held != 6 {
			t.Errorf("%d are held", g.held)
		}
	})
}

// failing is a listener that the system has nothing left for.
type failing struct {
	net.Listener
	errs []error
}

func (f *failing) Accept() (net.Conn, error) {
	if len(f.errs) == 0 {
		return from{address: "192.0.2.1"}, nil
	}
	err := f.errs[0]
	f.errs = f.errs[1:]
	return nil, err
}

func TestScarcityIsWaitedOutAndSaidOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var said bytes.Buffer
		g := NewGate(Limits{Connections: 10, Address: 10}, nil, NewCounts(nil), slog.New(slog.NewTextHandler(&said, nil)))
		full := &net.OpError{Op: "accept", Err: os.NewSyscallError("accept4", syscall.EMFILE)}
		var errs []error
		for range 50 {
			errs = append(errs, full)
		}
		idle := g.admit(from{address: "192.0.2.2"})
		time.Sleep(time.Millisecond)
		l := g.Listener(&failing{errs: append(errs, net.ErrClosed)})
		began := time.Now()
		if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Fatal(err)
		}
		if waited := time.Since(began); waited < 30*time.Second || waited > time.Minute || strings.Count(said.String(), "\n") != 1 || !idle.gone {
			t.Errorf("waited %v, and said:\n%s", waited, &said)
		}
	})
}

func TestRefusalsAreSummedUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var said bytes.Buffer
		ctx, cancel := context.WithCancel(t.Context())
		c := NewCounts(nil)
		go c.Summarize(ctx, time.Minute, slog.New(slog.NewTextHandler(&said, nil)))
		logged := 0
		for range 10_000 {
			c.Add(Busy)
			if c.Fail() {
				logged++
			}
		}
		time.Sleep(90 * time.Second)
		synctest.Wait()
		if got := said.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "busy=10000 failed=10000") || logged != mostLogged {
			t.Errorf("%d errors are logged, and:\n%s", logged, got)
		}
		c.Add(Bad)
		c.Add(Bad)
		time.Sleep(time.Hour)
		cancel()
		synctest.Wait()
		if got := said.String(); strings.Count(got, "\n") != 2 || !strings.HasSuffix(got, "bad=2\n") {
			t.Errorf("an hour later:\n%s", got)
		}
	})
}

func TestRoom(t *testing.T) {
	for files, want := range map[int]int{1 << 20: 2000, 1024: 824, 256: 128, 64: 32, 1: 1, 0: 1} {
		if got := Room(2000, files); got != want {
			t.Errorf("of %d files %d connections, want %d", files, got, want)
		}
	}
}
