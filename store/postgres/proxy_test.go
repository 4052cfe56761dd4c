package postgres

import (
	"bytes"
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
)

// proxy stands between a store and its server.
type proxy struct {
	listener net.Listener
	server   string
	// onCommit is asked what to do with what a client sends where that has a COMMIT in
	// it: whether it goes to the server, and whether the connection is cut then.
	onCommit atomic.Pointer[func() (forward, cut bool)]
	stall    atomic.Bool // nothing goes through
	stalled  chan struct{}

	ending sync.Once
	mu     sync.Mutex
	conns  []net.Conn
}

// behind starts a proxy before the server of a database, and returns the URL through it.
func behind(t *testing.T, address string) (*proxy, string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{server: u.Host, stalled: make(chan struct{})}
	if p.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.cut)
	go func() {
		for {
			client, err := p.listener.Accept()
			if err != nil {
				return
			}
			go p.serve(client)
		}
	}()
	u.Host = p.listener.Addr().String()
	return p, u.String()
}

// cut ends everything, for good.
func (p *proxy) cut() {
	p.ending.Do(func() {
		_ = p.listener.Close()
		close(p.stalled)
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, c := range p.conns {
			_ = c.Close()
		}
	})
}

func (p *proxy) serve(client net.Conn) {
	server, err := net.Dial("tcp", p.server)
	if err != nil {
		_ = client.Close()
		return
	}
	p.mu.Lock()
	p.conns = append(p.conns, client, server)
	p.mu.Unlock()
	go func() {
		_, _ = io.Copy(client, server)
		_ = client.Close()
	}()
	defer func() { _ = server.Close() }()
	buffer := make([]byte, 64<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		if p.stall.Load() {
			<-p.stalled
			return
		}
		forward, cut := true, false
		if ask := p.onCommit.Load(); ask != nil && bytes.Contains(buffer[:n], []byte("\x0bCOMMIT\x00")) {
			forward, cut = (*ask)()
		}
		if cut {
			_ = client.Close()
		}
		if forward {
			if _, err := server.Write(buffer[:n]); err != nil {
				return
			}
		}
		if cut {
			return
		}
	}
}
