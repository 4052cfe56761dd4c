package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/watch287g/watch287g/roster"
)

// Queue is what the planner and the sender need of a store.
type Queue interface {
	// NextPending returns the first pending delivery of each of these channels that
	// has one, whether it is due or not; of all channels where none is named.
	NextPending(ctx context.Context, channels ...string) ([]roster.Delivery, error)
	// Pending returns all pending deliveries of a channel, in their order.
	Pending(ctx context.Context, channel string) ([]roster.Delivery, error)
	// SaveProgress writes how far deliveries got, all or nothing, and durably.
	SaveProgress(ctx context.Context, d ...roster.Delivery) error
	// Enqueue adds deliveries and incidents that no commit causes, all or nothing,
	// and durably.
	Enqueue(ctx context.Context, d []roster.Delivery, i []roster.Incident) error
	// DeliveryOf returns the delivery that carries a change to a channel.
	DeliveryOf(ctx context.Context, channel string, change uint64) (roster.Delivery, error)
	// Incidents lists the incidents that are open.
	Incidents(ctx context.Context) ([]roster.Incident, error)
	// Change returns a change by its id.
	Change(ctx context.Context, id string) (roster.Change, error)
	// ChangesAt returns the changes with these numbers, in their order.
	ChangesAt(ctx context.Context, seqs []uint64) ([]roster.Change, error)
	// ChangesAfter returns the changes with greater numbers, in order.
	ChangesAfter(ctx context.Context, seq uint64) ([]roster.Change, error)
}

// SenderOptions are a sender's parts and settings.
type SenderOptions struct {
	Queue    Queue
	Channels map[string]Channel // by name
	Rules    []Rule             // what the channels want: operators' channels get alerts
	Now      func() time.Time   // the clock; nil: time.Now
	Log      *slog.Logger       // nil: none

	Timeout time.Duration // of one try; 0: 60 seconds
	Grace   time.Duration // how long a try may go on once Run's context has ended; 0: 10 seconds
	Failing time.Duration // how long a channel fails until the operator is alerted; 0: an hour
	// Pause is how long to wait after so many tries; nil: 5 seconds after the
	// first, twice as long after each further one, up to an hour.
	Pause func(attempts int) time.Duration

	// OnAlert is called with each alert to the operator, maybe for several channels
	// at once; nil: nobody is. The alert is sent to the operators' channels of Rules
	// as well.
	OnAlert func(a OperatorAlert)
}

const (
	// giveUp is how long a delivery is tried.
	giveUp = 72 * time.Hour
	// savingTime is how long the store has to save the last results, after the grace
	// that sending had.
	savingTime = 5 * time.Second
	// overtime is how long a Send may take to return once its time is over.
	overtime = 2 * time.Second
	// longestWait is how long a timer is trusted: it notices neither that the
	// clock was set nor that the machine slept.
	longestWait = 5 * time.Minute
)

// errStopping is why a try is cut short at the end of Run.
var errStopping = errors.New("watch287g is stopping")

// Sender sends what is pending in a queue: the channels side by side, and the
// deliveries of one channel one after another, each until it is sent or given up.
// Everything that it has to remember is in the queue, so that a new sender
// continues where the last one stopped, whatever the reason.
type Sender struct {
	o        SenderOptions
	wake     chan struct{}
	finished chan *worker // never blocks: each worker is in it at most once
	messages *messageReader

	// What follows belongs to Run's goroutine.

	workers  map[string]*worker
	busy     int                         // workers that are
	once     bool                        // nothing is tried twice
	orphaned map[string]bool             // channels that deliveries name but the configuration does not
	pauses   *backoff.ExponentialBackOff // while the queue cannot be read
	retryAt  time.Time                   // when to read it again; zero while it can be read
}

// NewSender returns a sender. Its Run may be called once.
func NewSender(o SenderOptions) *Sender {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Pause == nil {
		o.Pause = pause
	}
	o.Timeout = cmp.Or(o.Timeout, time.Minute)
	o.Grace = cmp.Or(o.Grace, 10*time.Second)
	o.Failing = cmp.Or(o.Failing, time.Hour)
	s := &Sender{o: o, wake: make(chan struct{}, 1), finished: make(chan *worker, len(o.Channels)),
		messages: newMessageReader(o.Queue, o.Log, o.Rules), workers: map[string]*worker{}, orphaned: map[string]bool{}, pauses: storePauses()}
	for name, c := range o.Channels {
		s.workers[name] = &worker{name: name, channel: c, sending: make(chan struct{}, 1)}
	}
	return s
}

// Wake makes the sender look for new deliveries. It never blocks.
func (s *Sender) Wake() {
	select {
	case s.wake <- struct{}{}:
	default: // it is about to look anyway
	}
}

// Run sends until ctx ends. It returns once nothing is under way anymore, and an
// error if it had to abandon something.
func (s *Sender) Run(ctx context.Context) error { return s.run(ctx) }

// RunOnce is Run for a program that does not stay: it ends by itself when
// everything that is due was sent, or failed once. What is pending behind a failed
// delivery stays pending. An error can also mean that the queue could not be read.
func (s *Sender) RunOnce(ctx context.Context) error {
	s.once = true
	return s.run(ctx)
}

func (s *Sender) run(ctx context.Context) error {
	saving, stopSaving := context.WithCancel(context.WithoutCancel(ctx))
	defer stopSaving()
	sending, stopSending := context.WithCancelCause(saving)
	defer stopSending(errStopping)
	dl := deadlines{sending: sending, saving: saving}

	s.loadFailing(ctx)
	var idle []string // channels to read; none: all
	for ctx.Err() == nil {
		err := s.dispatch(ctx, dl, idle)
		if s.once && s.busy == 0 && len(s.wake) == 0 { // nobody has called Wake since
			return err
		}
		idle = nil
		select {
		case <-ctx.Done():
		case <-s.wake:
		case <-s.timer():
		case w := <-s.finished:
			idle = s.release(w)
		}
	}

	defer time.AfterFunc(s.o.Grace, func() { stopSending(errStopping) }).Stop()
	defer time.AfterFunc(s.o.Grace+savingTime, stopSaving).Stop()
	for s.busy > 0 {
		select {
		case w := <-s.finished:
			s.release(w)
		case <-saving.Done():
			return fmt.Errorf("stopped while messages to %d channels were under way; they may be sent again", s.busy)
		}
	}
	return nil
}

// release marks a worker whose job has ended as idle, and all others whose jobs
// have ended, and returns their names. Only then is the queue read for them: what
// was read before the result was saved would send the same delivery twice.
func (s *Sender) release(w *worker) (names []string) {
	for {
		w.busy, w.next = false, time.Time{}
		s.busy--
		names = append(names, w.name)
		select {
		case w = <-s.finished:
		default:
			return names
		}
	}
}

// dispatch reads the next pending delivery of channels, of all where none is
// named, and starts what is to be done now.
func (s *Sender) dispatch(ctx context.Context, dl deadlines, channels []string) error {
	if !s.retryAt.IsZero() {
		channels = nil // those that could not be read last time, too
	}
	pending, err := s.o.Queue.NextPending(ctx, channels...)
	switch {
	case ctx.Err() != nil:
		return nil // nothing is started anymore
	case err != nil:
		pause := s.pauses.NextBackOff()
		s.o.Log.Error("cannot read what is to be sent", "error", reason(err), "again_in", pause)
		s.retryAt = s.now().Add(pause)
		return fmt.Errorf("reading what is to be sent: %w", err)
	}
	s.pauses.Reset()
	s.retryAt = time.Time{}

	now := s.now()
	for _, d := range pending {
		w := s.workers[d.Channel]
		switch {
		case w == nil:
			s.noteOrphan(d)
		case w.busy, s.once && w.failed:
		default:
			at, do := s.nextJob(w, d, now)
			if w.next = at; !at.After(now) {
				s.start(w, do, dl)
			}
		}
	}
	return nil
}

// timer fires when a worker that is not busy has something to do; it is nil where
// none has.
func (s *Sender) timer() <-chan time.Time {
	next := s.retryAt
	for _, w := range s.workers {
		if s.retryAt.IsZero() && !w.busy && !w.next.IsZero() && (next.IsZero() || w.next.Before(next)) {
			next = w.next
		}
	}
	if next.IsZero() {
		return nil
	}
	return time.After(min(next.Sub(s.now()), longestWait))
}

// nextJob is what an idle worker does next, and when: send its next pending
// delivery, or report that the delivery keeps failing.
func (s *Sender) nextJob(w *worker, d roster.Delivery, now time.Time) (time.Time, job) {
	send := func(dl deadlines) { s.deliver(dl, w, d) }
	due := d.DueAt
	if d.NextAt.After(due) {
		due = d.NextAt
	}
	if !due.After(now) || d.Attempts == 0 || !w.failing.IsZero() {
		return due, send
	}
	if alertAt := d.TriedAt.Add(s.o.Failing); alertAt.Before(due) {
		return alertAt, func(dl deadlines) { s.alertFailing(dl, w, d) }
	}
	return due, send
}

// start has a worker do a job.
func (s *Sender) start(w *worker, do job, dl deadlines) {
	w.busy = true
	s.busy++
	go func() {
		do(dl)
		s.finished <- w
	}()
}

// noteOrphan logs, once a channel, that a delivery belongs to a channel that is not
// configured. The delivery stays pending, in case the channel comes back.
func (s *Sender) noteOrphan(d roster.Delivery) {
	if s.orphaned[d.Channel] {
		return
	}
	s.orphaned[d.Channel] = true
	s.o.Log.Warn("messages wait for a channel that is not configured", "channel", d.Channel, "delivery", d.ID)
}

// Overdue is what a channel should have been sent by now.
type Overdue struct {
	Channel   string
	Messages  int    // at least one
	LastError string // of the first of them, "" where it was not tried
}

// Overdue returns the channels with pending deliveries that are due.
func (s *Sender) Overdue(ctx context.Context) ([]Overdue, error) {
	var overdue []Overdue
	for _, r := range s.o.Rules {
		pending, err := s.o.Queue.Pending(ctx, r.Channel)
		if err != nil {
			return nil, fmt.Errorf("reading what is pending for %s: %w", r.Channel, err)
		}
		pending = slices.DeleteFunc(pending, func(d roster.Delivery) bool { return d.DueAt.After(s.now()) })
		if len(pending) > 0 {
			overdue = append(overdue, Overdue{Channel: r.Channel, Messages: len(pending), LastError: pending[0].LastError})
		}
	}
	return overdue, nil
}

// now is in UTC, as all that is stored.
func (s *Sender) now() time.Time { return s.o.Now().UTC() }
