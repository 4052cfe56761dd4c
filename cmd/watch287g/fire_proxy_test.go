package main

import (
	"net"
	"sync"
	"testing"
	"time"
)

// fireProxy is one process's way to the database, which can be cut, hang or be slow.
type fireProxy struct {
	net.Listener
	to   string
	gate sync.RWMutex // held for writing while all hangs

	mu    sync.Mutex
	open  map[net.Conn]bool
	gone  bool
	delay time.Duration
}

func newFireProxy(t testing.TB, to string) *fireProxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &fireProxy{Listener: l, to: to, open: map[net.Conn]bool{}}
	go p.serve()
	t.Cleanup(func() {
		_ = l.Close()
		p.cut()
	})
	return p
}

func (p *fireProxy) serve() {
	for {
		client, err := p.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.to)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.mu.Lock()
		gone := p.gone
		p.open[client], p.open[server] = true, true
		p.mu.Unlock()
		if gone {
			p.close(client, server)
			continue
		}
		go p.pass(client, server)
		go p.pass(server, client)
	}
}

// pass passes on what one side says. While all hangs, its end is not passed on, either.
func (p *fireProxy) pass(from, to net.Conn) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		p.mu.Lock()
		delay := p.delay
		p.mu.Unlock()
		if delay > 0 {
			time.Sleep(delay)
		}
		p.gate.RLock()
		_, failed := to.Write(buf[:n])
		p.gate.RUnlock()
		if err != nil || failed != nil {
			break
		}
	}
	p.close(from, to)
}

func (p *fireProxy) close(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		_ = c.Close()
		delete(p.open, c)
	}
}

// cut ends all connections, and takes no new ones until mend.
func (p *fireProxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gone = true
	for c := range p.open {
		_ = c.Close()
	}
}

// slow delays everything that is said, until mend.
func (p *fireProxy) slow(by time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delay = by
}

// mend ends cut and slow.
func (p *fireProxy) mend() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gone, p.delay = false, 0
}
