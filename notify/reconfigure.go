package notify

import (
	"context"

	"github.com/watch287g/watch287g/roster"
)

// Setup is where a sender sends, and what it sends there.
type Setup struct {
	Channels map[string]Channel // by name; one that is the same value as before goes on as it was
	Rules    []Rule
	// Changed are the channels of which anything is another than before, and say
	// whether it is the place, where no part of any message is yet.
	Changed map[string]bool
}

// setup is a Setup at work. It never changes.
type setup struct {
	rules   []Rule
	workers map[string]*worker
}

func newSetup(to Setup, before *setup) *setup {
	s := &setup{rules: to.Rules, workers: map[string]*worker{}}
	for name, c := range to.Channels {
		if before != nil && before.workers[name] != nil && before.workers[name].channel == c {
			s.workers[name] = before.workers[name]
			continue
		}
		w := &worker{name: name, channel: c, sending: make(chan struct{}, 1)}
		w.moved.Store(to.Changed[name])
		s.workers[name] = w
	}
	return s
}

// Reconfigure has the sender send elsewhere from now on. A try that is under way ends as
// it began. What waits for a channel that is another one by now is tried at once; what
// waits for one that is gone goes on waiting.
func (s *Sender) Reconfigure(ctx context.Context, to Setup) {
	before := s.setup.Load()
	now := newSetup(to, before)
	s.messages.setRules(to.Rules)
	s.setup.Store(now)
	s.orphaned.Clear()
	for name, w := range before.workers {
		if c, ok := w.channel.(interface{ CloseIdleConnections() }); ok && now.workers[name] != w {
			c.CloseIdleConnections()
		}
	}
	for name := range to.Changed {
		s.tryAtOnce(ctx, name)
	}
	s.Wake()
}

// tryAtOnce ends the pause before the next try of a channel that was mended. Where that
// cannot be written, or a try is under way, the pause goes on.
func (s *Sender) tryAtOnce(ctx context.Context, name string) {
	pending, err := s.o.Queue.NextPending(ctx, name)
	for _, d := range pending {
		if d.Attempts > 0 && d.NextAt.After(s.now()) && d.State == roster.DeliveryWaiting {
			d.NextAt = s.now()
			err = s.o.Queue.SaveProgress(ctx, d)
		}
	}
	if err != nil {
		s.o.Log.Warn("a message waits for its next try although its channel was changed", "channel", name, "error", reason(err))
	}
}
