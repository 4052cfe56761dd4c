package pgtest

import (
	"net"
	"net/url"
	"sync"
	"testing"
	"time"
)

// Proxy is a way to a server that can be cut, hang or be slow.
type Proxy struct {
	listener net.Listener
	server   string
	gate     sync.RWMutex // held for writing while all hangs

	mu    sync.Mutex
	open  map[net.Conn]bool
	hangs bool
	gone  bool // it takes nobody in
	delay time.Duration
	judge func(said []byte) (forward, cut bool)
}

// Behind starts a proxy before the server of a database, which ends with the test, and
// returns the URL through it.
func Behind(t testing.TB, database string) (p *Proxy, through string) {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	p = &Proxy{server: u.Host, open: map[net.Conn]bool{}}
	if p.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil { //nolint:noctx // at once
		t.Fatal(err)
	}
	go p.serve()
	t.Cleanup(func() {
		_ = p.listener.Close()
		p.Mend()
		p.Cut()
	})
	u.Host = p.listener.Addr().String()
	return p, u.String()
}

func (p *Proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.server) //nolint:noctx // at once, or refused
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
		go p.pass(client, server, true)
		go p.pass(server, client, false)
	}
}

// pass passes on what one side says, and closes both when it is done. While all hangs,
// the end of a side is not passed on, either.
func (p *Proxy) pass(from, to net.Conn, judged bool) {
	defer p.close(from, to)
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		p.mu.Lock()
		delay, judge := p.delay, p.judge
		p.mu.Unlock()
		if delay > 0 {
			time.Sleep(delay)
		}
		forward, cut := true, false
		if judged && judge != nil && n > 0 {
			forward, cut = judge(buffer[:n])
		}
		if cut {
			_ = from.Close()
		}
		var failed error
		p.gate.RLock()
		if forward {
			_, failed = to.Write(buffer[:n])
		}
		p.gate.RUnlock()
		if cut || err != nil || failed != nil {
			return
		}
	}
}

func (p *Proxy) close(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		_ = c.Close()
		delete(p.open, c)
	}
}

// Cut ends all connections, and takes no new ones until Mend.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gone = true
	for c := range p.open {
		_ = c.Close()
	}
}

// Hang passes nothing on until Mend.
func (p *Proxy) Hang() {
	p.gate.Lock()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hangs = true
}

// Slow delays everything that is said until Mend.
func (p *Proxy) Slow(by time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delay = by
}

// Mend ends Cut, Hang and Slow.
func (p *Proxy) Mend() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gone, p.delay = false, 0
	if p.hangs {
		p.hangs = false
		p.gate.Unlock()
	}
}

// Judge has a function say of whatever a client sends whether it goes to the server, and
// whether the client is cut off before; nil ends that.
func (p *Proxy) Judge(judge func(said []byte) (forward, cut bool)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.judge = judge
}
