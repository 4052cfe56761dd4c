package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/cenkalti/backoff/v5"
)

const (
	// overtime is how long a task may take to return once its context has ended.
	overtime = 5 * time.Second
	// longestWait is how long a timer is trusted: it notices neither that the
	// clock was set nor that the machine slept.
	longestWait = 5 * time.Minute
)

// Local runs the tasks of one kind within this process: the keys side by side, and
// the tasks of one key one after another.
type Local struct {
	kind     Kind
	now      func() time.Time
	log      *slog.Logger
	wake     chan struct{}
	finished chan ended
	gone     chan struct{} // closed when nobody takes what is finished anymore

	// What follows belongs to Run's goroutine.

	slots   map[string]*slot
	busy    int // slots that are
	once    bool
	pauses  *backoff.ExponentialBackOff // while the tasks cannot be read
	retryAt time.Time                   // when to read them again; zero while they can be read
}

// slot is the place of a key, at which one task is done at a time.
type slot struct {
	key  string
	busy bool      // a task is under way
	next time.Time // when there is something to do, while it is not busy; zero: nothing
}

// ended is a task that has ended.
type ended struct {
	slot *slot
	err  error
}

// NewLocal returns what runs a kind's tasks. Its Run may be called once. now is the
// clock.
func NewLocal(kind Kind, now func() time.Time, log *slog.Logger) *Local {
	return &Local{kind: kind, now: now, log: log, wake: make(chan struct{}, 1), finished: make(chan ended), gone: make(chan struct{}),
		slots: map[string]*slot{}, pauses: &backoff.ExponentialBackOff{InitialInterval: 250 * time.Millisecond, Multiplier: 2,
			RandomizationFactor: 0.2, MaxInterval: 30 * time.Second}}
}

// Kick has it look for what is due now. It never blocks.
func (l *Local) Kick() {
	select {
	case l.wake <- struct{}{}:
	default: // it is about to look anyway
	}
}

// Run does what is due until ctx ends. It returns once nothing is under way anymore:
// an Unfinished if it had to abandon something, or the error of a task.
func (l *Local) Run(ctx context.Context) error { return l.run(ctx) }

// RunOnce is Run for a program that does not stay: it ends by itself when nothing is
// due anymore. An error can also mean that the tasks could not be read.
func (l *Local) RunOnce(ctx context.Context) error {
	l.once = true
	return l.run(ctx)
}

func (l *Local) run(ctx context.Context) (err error) {
	defer close(l.gone)
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var keys []string // to look at; none: all
	for ctx.Err() == nil {
		unread := l.dispatch(ctx, working, keys)
		if l.once && l.busy == 0 && len(l.wake) == 0 { // nobody has called Kick since
			return unread
		}
		keys = nil
		select {
		case <-ctx.Done():
		case <-l.wake:
		case <-l.timer():
		case e := <-l.finished:
			if keys, err = l.release(e); err != nil {
				return l.drain(stop, 0, err)
			}
		}
	}
	return l.drain(stop, l.kind.Grace, nil)
}

// drain waits for what is under way, which has so much time, and returns what went
// wrong first.
func (l *Local) drain(stop func(), grace time.Duration, err error) error {
	defer time.AfterFunc(grace, stop).Stop()
	tooLate := time.After(grace + overtime)
	for l.busy > 0 {
		select {
		case e := <-l.finished:
			if _, failed := l.release(e); err == nil {
				err = failed
			}
		case <-tooLate:
			return Unfinished(l.busy)
		}
	}
	return err
}

// release frees the slot of a task that has ended, and those of all others that have
// ended, and returns their keys. Only then is it read what comes next for them: what
// was read before a task had saved its result would have it done twice.
func (l *Local) release(e ended) (keys []string, err error) {
	for {
		e.slot.busy = false
		l.busy--
		keys = append(keys, e.slot.key)
		if err == nil {
			err = e.err
		}
		select {
		case e = <-l.finished:
		default:
			return keys, err
		}
	}
}

// dispatch reads the next tasks of keys, of all where none is named, and starts what
// is due.
func (l *Local) dispatch(ctx, working context.Context, keys []string) error {
	if !l.retryAt.IsZero() {
		keys = nil // those that could not be read last time, too
	}
	tasks, err := l.kind.Next(ctx, keys...)
	switch {
	case ctx.Err() != nil:
		return nil // nothing is started anymore
	case err != nil:
		pause := l.pauses.NextBackOff()
		l.log.Error("cannot read what is to be done", "kind", l.kind.Name, "error", err.Error(), "again_in", pause)
		l.retryAt = l.now().Add(pause)
		return fmt.Errorf("reading what is to be done: %w", err)
	}
	l.pauses.Reset()
	l.retryAt = time.Time{}
	l.forget(keys)
	now := l.now()
	for _, t := range tasks {
		s := l.slots[t.Key]
		if s == nil {
			s = &slot{key: t.Key}
			l.slots[t.Key] = s
		}
		switch {
		case s.busy:
		case t.At.After(now):
			s.next = t.At
		default:
			l.start(working, s, t)
		}
	}
	return nil
}

// forget lets go of what was to be done for keys, for all where none is named.
func (l *Local) forget(keys []string) {
	for _, key := range keys {
		l.slots[key].next = time.Time{}
	}
	if len(keys) == 0 {
		for _, s := range l.slots {
			s.next = time.Time{}
		}
	}
}

// start does a task.
func (l *Local) start(working context.Context, s *slot, t Task) {
	s.busy = true
	l.busy++
	go func() {
		e := ended{s, t.Do(working)}
		select {
		case l.finished <- e:
		case <-l.gone:
		}
	}()
}

// timer fires when a slot that is not busy has something to do; it is nil where
// none has.
func (l *Local) timer() <-chan time.Time {
	next := l.retryAt
	if next.IsZero() {
		for _, s := range l.slots {
			if !s.busy && !s.next.IsZero() && (next.IsZero() || s.next.Before(next)) {
				next = s.next
			}
		}
	}
	if next.IsZero() {
		return nil
	}
	return time.After(min(next.Sub(l.now()), longestWait))
}
