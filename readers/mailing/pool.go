package mailing

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/watch287g/watch287g/notify/letter"
)

// longestIdle is how long a connection is kept that nothing is sent through: less than
// servers wait.
const longestIdle = 20 * time.Second

// pool keeps connections to the server open.
type pool struct {
	server *letter.Server
	now    func() time.Time

	mu   sync.Mutex
	free []idle // the last that was used at the end
}

type idle struct {
	session *letter.Session
	since   time.Time
}

// send sends a mail through a connection that is open, or a new one. Where one that was
// open turns out to be closed, before anything of the mail was said, another one is made.
func (p *pool) send(ctx context.Context, m mail) (refusal *letter.Refusal, err error) {
	for {
		s, used, err := p.get(ctx)
		if err != nil {
			return nil, err
		}
		refusal, err := s.Send(ctx, m.from, m.to, m.raw)
		if err == nil {
			p.put(s)
			return refusal, nil
		}
		s.Abort()
		_, unsaid := errors.AsType[*letter.Unsaid](err)
		switch {
		case refusal != nil:
			return refusal, nil // the connection alone is over
		case !unsaid:
			return nil, &broken{err}
		case !used:
			return nil, err
		}
	}
}

// broken is the error of a connection that ended in the middle of a mail, which may have
// arrived.
type broken struct{ error }

func (b *broken) Unwrap() error { return b.error }

// get returns a connection, and whether it was used before.
func (p *pool) get(ctx context.Context) (s *letter.Session, used bool, err error) {
	p.mu.Lock()
	var stale []*letter.Session
	for len(p.free) > 0 && s == nil {
		last := p.free[len(p.free)-1]
		p.free = p.free[:len(p.free)-1]
		if p.now().Sub(last.since) < longestIdle {
			s = last.session
		} else {
			stale = append(stale, last.session)
		}
	}
	p.mu.Unlock()
	for _, old := range stale {
		old.Abort()
	}
	if s != nil {
		return s, true, nil
	}
	s, err = p.server.Connect(ctx)
	return s, false, err
}

func (p *pool) put(s *letter.Session) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = append(p.free, idle{s, p.now()})
}

// closeAll says goodbye on all connections that are not in use.
func (p *pool) closeAll() {
	p.mu.Lock()
	free := p.free
	p.free = nil
	p.mu.Unlock()
	for _, f := range free {
		f.session.Close()
	}
}
