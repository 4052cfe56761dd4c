package river_test

import (
	"net"
	"sync"
	"testing"
)

// proxy is a way to a server that can be cut, or hang.
type proxy struct {
	net.Listener
	to string

	mu    sync.Mutex
	open  map[net.Conn]bool
	gate  *sync.RWMutex // locked for writing while all hangs
	hangs bool
	gone  bool // it takes nobody in
}

func newProxy(t *testing.T, to string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{Listener: l, to: to, open: map[net.Conn]bool{}, gate: &sync.RWMutex{}}
	go p.serve()
	t.Cleanup(func() {
		_ = l.Close()
		p.goOn()
		p.cut()
	})
	return p
}

func (p *proxy) serve() {
	for {
		client, err := p.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.to)
		if err != nil || p.isGone() {
			_ = client.Close()
			continue
		}
		p.mu.Lock()
		p.open[client], p.open[server] = true, true
		p.mu.Unlock()
		go p.pass(client, server)
		go p.pass(server, client)
	}
}

// pass passes on what one side says, and closes both when it is done. While all hangs,
// the end of a side is not passed on, either.
func (p *proxy) pass(from, to net.Conn) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		p.gate.RLock()
		_, failed := to.Write(buf[:n])
		p.gate.RUnlock()
		if err != nil || failed != nil {
			break
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range []net.Conn{from, to} {
		_ = c.Close()
		delete(p.open, c)
	}
}

func (p *proxy) isGone() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.gone
}

// cut cuts all connections, and lets no new ones be made until goOn.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gone = true
	for c := range p.open {
		_ = c.Close()
	}
}

// hang passes nothing on, until goOn.
func (p *proxy) hang() {
	p.gate.Lock()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hangs = true
}

func (p *proxy) goOn() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gone = false
	if p.hangs {
		p.hangs = false
		p.gate.Unlock()
	}
}
