package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/watch287g/watch287g/jobs"
	"github.com/watch287g/watch287g/notify/outage"
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
	// at once; nil: nobody is. The operators' channels of Rules are told as well, and
	// of messages that were given up soon after.
	OnAlert func(a OperatorAlert)
	// OnTry is called with each try: how many there were with it, how long it took,
	// and what came of it: "sent", "failed" (it is tried again), "dead" (given up) or
	// "cut-short" (the sender stops). nil: nothing is.
	OnTry func(channel, result string, attempt int, took time.Duration)
}

const (
	// gathering is how long a report waits for what goes wrong, or well again, at the
	// same time in other channels.
	gathering = 15 * time.Second
	// reportKey is where the operator is told what is wrong with the channels. None of
	// them has that name.
	reportKey = "="
	// reportPause is how long a report waits that could not be stored.
	reportPause = 10 * time.Second
	// savingTime is how long the store has to save the last results, after the grace
	// that sending had.
	savingTime = 5 * time.Second
	// overtime is how long a Send may take to return once its time is over.
	overtime = 2 * time.Second
)

// Sender sends what is pending in a queue: the channels side by side, and the
// deliveries of one channel one after another, each until it is sent or given up.
// Everything that it has to remember is in the queue, so that a new sender, or one
// on another machine, continues where the last one stopped, whatever the reason.
type Sender struct {
	o         SenderOptions
	local     *jobs.Local
	wake      func()
	messages  *messageReader
	setup     atomic.Pointer[setup]
	once      bool         // nothing is tried twice
	under     atomic.Int32 // deliveries that are under way
	unwritten atomic.Bool  // the last report could not be stored
	notes     sync.Mutex   // held while what is wrong with channels is read and written
	orphaned  sync.Map     // channels that deliveries name but the configuration does not
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
	if o.OnTry == nil {
		o.OnTry = func(string, string, int, time.Duration) {}
	}
	o.Timeout = cmp.Or(o.Timeout, time.Minute)
	o.Grace = cmp.Or(o.Grace, 10*time.Second)
	o.Failing = cmp.Or(o.Failing, time.Hour)
	s := &Sender{o: o, messages: newMessageReader(o.Queue, o.Log, o.Rules)}
	s.setup.Store(newSetup(Setup{Channels: o.Channels, Rules: o.Rules}, nil))
	s.local = jobs.NewLocal(s.Kind(), s.now, o.Log)
	s.wake = s.local.Kick
	return s
}

// Wake makes the sender look for new deliveries. It never blocks.
func (s *Sender) Wake() { s.wake() }

// Run sends until ctx ends. It returns once nothing is under way anymore, and an
// error if it had to abandon something.
func (s *Sender) Run(ctx context.Context) error { return unfinished(s.local.Run(ctx)) }

// RunOnce is Run for a program that does not stay: it ends by itself when
// everything that is due was sent, or failed once. What is pending behind a failed
// delivery stays pending. An error can also mean that the queue could not be read.
func (s *Sender) RunOnce(ctx context.Context) error {
	s.once = true
	return unfinished(s.local.RunOnce(ctx))
}

// unfinished says what it means that sending was abandoned.
func unfinished(err error) error {
	if n, ok := errors.AsType[jobs.Unfinished](err); ok {
		return fmt.Errorf("stopped while messages to %d channels were under way; they may be sent again", int(n))
	}
	return err
}

// WakeBy has the sender call kick where it finds more to send, in place of waking its
// own Run: for who runs its Kind otherwise.
func (s *Sender) WakeBy(kick func()) { s.wake = kick }

// GuardBy has Run and RunOnce do as guard says of their Kind.
func (s *Sender) GuardBy(guard func(jobs.Kind) jobs.Kind) {
	s.local = jobs.NewLocal(guard(s.Kind()), s.now, s.o.Log)
	s.wake = s.local.Kick
}

// Kind is the work of sending, a channel a key.
func (s *Sender) Kind() jobs.Kind {
	return jobs.Kind{Name: "send", Next: s.next, Grace: s.o.Grace}
}

// next returns what is next for each of these channels, for all where none is named,
// and when there is something to report of them.
func (s *Sender) next(ctx context.Context, keys ...string) ([]jobs.Task, error) {
	channels := slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return key == reportKey })
	reports := len(keys) == 0 || len(channels) < len(keys)
	var pending []roster.Delivery
	var err error
	if len(keys) == 0 || len(channels) > 0 {
		pending, err = s.o.Queue.NextPending(ctx, channels...)
	}
	if err != nil || len(pending) == 0 && !reports {
		return nil, err //nolint:wrapcheck // as the queue says it
	}
	incidents, err := s.o.Queue.Incidents(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading which channels fail: %w", err)
	}
	var tasks []jobs.Task
	workers := s.setup.Load().workers
	for _, d := range pending {
		w := workers[d.Channel]
		switch {
		case w == nil:
			s.noteOrphan(d)
		case s.once && w.failed.Load():
		default:
			t, err := s.nextTask(ctx, d, outage.Of(incidents, w.name))
			if err != nil {
				return nil, err
			}
			tasks = append(tasks, t)
		}
	}
	due := slices.ContainsFunc(tasks, func(t jobs.Task) bool { return !t.At.After(s.now()) })
	if !reports || s.once && (due || s.under.Load() > 0 || s.unwritten.Load()) { // one that does not stay reports last
		return tasks, nil
	}
	r, err := s.makeReport(ctx, incidents)
	at := r.Next
	if len(r.Incidents) > 0 {
		at = s.now()
	}
	if err == nil && !at.IsZero() {
		tasks = append(tasks, task(reportKey, at, s.report))
	}
	return tasks, err
}

// nextTask is what is done next for a channel, and when. d is the first of its pending
// deliveries.
func (s *Sender) nextTask(ctx context.Context, d roster.Delivery, c outage.Channel) (jobs.Task, error) {
	at, held := d.ReadyAt(), []string(nil)
	if d.Attempts > 0 && c.RetryNow() && !d.DueAt.After(s.now()) {
		at = s.now()
	}
	if len(d.Left) > 0 && at.After(s.now()) { // it does not keep the others waiting
		pending, err := s.o.Queue.Pending(ctx, d.Channel)
		if err != nil {
			return jobs.Task{}, fmt.Errorf("reading what is pending for %s: %w", d.Channel, err)
		}
		d, held = outage.Next(pending, s.now())
		at = d.ReadyAt()
	}
	return task(d.Channel, at, func(dl deadlines) {
		// The channel is looked up here, after the delivery was read: what was planned
		// for another one of that name is never sent to the one of before.
		if w := s.setup.Load().workers[d.Channel]; w != nil {
			s.deliver(dl, w, d, attempt{held: held, quiet: c.None()})
		}
	}), nil
}

func task(key string, at time.Time, do func(deadlines)) jobs.Task {
	return jobs.Task{Key: key, At: at, Do: func(ctx context.Context) error {
		saving, stop := context.WithCancel(context.WithoutCancel(ctx))
		defer stop()
		defer context.AfterFunc(ctx, func() { time.AfterFunc(savingTime, stop) })()
		do(deadlines{sending: ctx, saving: saving})
		return nil
	}}
}

// noteOrphan logs, once a channel, that a delivery belongs to a channel that is not
// configured. The delivery stays pending, in case the channel comes back.
func (s *Sender) noteOrphan(d roster.Delivery) {
	if _, known := s.orphaned.LoadOrStore(d.Channel, true); known {
		return
	}
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
	for _, r := range s.setup.Load().rules {
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
