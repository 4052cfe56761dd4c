package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/watch287g/watch287g/roster"
)

// Queue is what the sender needs of a store.
type Queue interface {
	// NextPending returns the first waiting delivery of each of these channels that has
	// one, whether it is due or not; of all channels where none is named.
	NextPending(ctx context.Context, channels ...string) ([]roster.Delivery, error)
	// SaveProgress writes how far deliveries got, all or nothing, and durably.
	SaveProgress(ctx context.Context, d ...roster.Delivery) error
	// DeliveryOf returns the delivery that carries a change to a channel.
	DeliveryOf(ctx context.Context, channel string, change uint64) (roster.Delivery, error)
	// ChangesAt returns the changes with these numbers, in their order.
	ChangesAt(ctx context.Context, seqs []uint64) ([]roster.Change, error)
	// Incidents lists the troubles that last.
	Incidents(ctx context.Context) ([]roster.Incident, error)
}

// SenderOptions are a sender's parts and settings.
type SenderOptions struct {
	Queue    Queue
	Channels map[string]Channel // by name
	Now      func() time.Time   // the clock; nil: time.Now
	Log      *slog.Logger       // nil: none

	Timeout time.Duration // of one try; 0: 60 seconds
	GiveUp  time.Duration // how long a delivery is tried; 0: 3 days
	Grace   time.Duration // how long a try may go on once Run's context has ended; 0: 10 seconds
	Failing time.Duration // how long a channel fails until OnAlert hears of it; 0: an hour
	// Pause is how long to wait after so many tries; nil: 5 seconds after the
	// first, twice as long after each further one, up to an hour.
	Pause func(attempts int) time.Duration

	// OnAlert is told what the operator should know; nil: nobody is. It may be
	// called for several channels at once, and holds up none but the channel that
	// it is called for.
	OnAlert func(ctx context.Context, t OperatorAlert)
	// Corrected returns the number of the earlier change that a change corrects;
	// nil: none corrects any.
	Corrected func(ctx context.Context, c roster.Change) (seq uint64, ok bool)
}

const (
	// settlingTime is what the store gets to write down the last results, after the
	// grace that the sending of them had.
	settlingTime = 5 * time.Second
	// leeway is how long a Send may take to heed that its time is over.
	leeway = 2 * time.Second
	// longestWait is how long a timer is trusted: it notices neither that the
	// clock was set nor that the machine slept.
	longestWait = 5 * time.Minute
)

// errStopping is why a try is cut short at the end of Run.
var errStopping = errors.New("watch287g is stopping")

// Sender sends what waits in a queue: the channels side by side, and the
// deliveries of one channel one after another, each until it is through or
// given up. All that it has to remember is in the queue, so that a new sender
// goes on where the last one stopped, however that came about.
type Sender struct {
	o        SenderOptions
	wake     chan struct{}
	finished chan *worker // never blocks: each lane is in it once at most
	recent   recent

	// What follows belongs to Run's goroutine.

	workers  map[string]*worker
	busy     int                         // lanes that are
	once     bool                        // nothing is tried twice
	stranded map[string]bool             // channels that deliveries name and nobody configured
	pauses   *backoff.ExponentialBackOff // while the heads cannot be read
	again    time.Time                   // when to read them again; zero while they can be read
}

// lane is the way to one channel.
type worker struct {
	name    string
	channel Channel

	// What belongs to Run's goroutine.
	busy bool      // a job is under way
	next time.Time // when there is something to do, while it is not busy; zero: nothing waits

	// What belongs to the job while there is one, else to Run's goroutine.
	failed bool // the last try was in vain
	// failing is since when the channel fails, once that was told, and zero
	// otherwise.
	failing time.Time

	// sending is full while Send runs, even where nobody waits for it any more.
	sending chan struct{}
}

// shift is the time that jobs have, which is longer than that of Run itself.
type deadlines struct {
	sending  context.Context // ends Grace after Run's
	settling context.Context // ends a little later
}

// job is something that is done on a lane.
type job func(sh deadlines)

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
	o.GiveUp = cmp.Or(o.GiveUp, 72*time.Hour)
	o.Grace = cmp.Or(o.Grace, 10*time.Second)
	o.Failing = cmp.Or(o.Failing, time.Hour)
	s := &Sender{o: o, wake: make(chan struct{}, 1), finished: make(chan *worker, len(o.Channels)),
		workers: map[string]*worker{}, stranded: map[string]bool{}, pauses: storePauses()}
	for name, c := range o.Channels {
		s.workers[name] = &worker{name: name, channel: c, sending: make(chan struct{}, 1)}
	}
	return s
}

// Wake says that something was committed. It never blocks.
func (s *Sender) Wake() {
	select {
	case s.wake <- struct{}{}:
	default: // it is about to look anyway
	}
}

// Run sends until ctx ends. It returns once nothing is under way any more, and
// an error if it had to leave something behind.
func (s *Sender) Run(ctx context.Context) error { return s.run(ctx) }

// RunOnce is Run for a program that does not stay: it ends by itself when all
// that is due was sent, or tried once in vain. What waits behind such a one waits
// on. An error can also be that the queue could not be read.
func (s *Sender) RunOnce(ctx context.Context) error {
	s.once = true
	return s.run(ctx)
}

func (s *Sender) run(ctx context.Context) error {
	defer s.rest()
	settling, stopSettling := context.WithCancel(context.WithoutCancel(ctx))
	defer stopSettling()
	sending, stopSending := context.WithCancelCause(settling)
	defer stopSending(errStopping)
	sh := deadlines{sending: sending, settling: settling}

	s.recall(ctx)
	var idle []string // channels to look at; none: all
	for ctx.Err() == nil {
		err := s.look(ctx, sh, idle)
		if s.once && s.busy == 0 && !s.woken() {
			return err
		}
		idle = nil
		select {
		case <-ctx.Done():
		case <-s.wake:
		case <-s.timer():
		case l := <-s.finished:
			idle = s.release(l)
		}
	}

	defer time.AfterFunc(s.o.Grace, func() { stopSending(errStopping) }).Stop()
	defer time.AfterFunc(s.o.Grace+settlingTime, stopSettling).Stop()
	for s.busy > 0 {
		select {
		case l := <-s.finished:
			s.release(l)
		case <-settling.Done():
			return fmt.Errorf("stopped while messages to %d channels were under way; they may be sent again", s.busy)
		}
	}
	return nil
}

// rest has channels close what they keep open for the next message.
func (s *Sender) rest() {
	for _, l := range s.workers {
		if c, ok := l.channel.(interface{ rest() }); ok {
			c.rest()
		}
	}
}

// woken says whether something was committed that was not looked at.
func (s *Sender) woken() bool { return len(s.wake) > 0 }

// recall finds out of which channels it was told that they fail.
func (s *Sender) recall(ctx context.Context) {
	incidents, err := s.o.Queue.Incidents(ctx)
	if err != nil {
		s.o.Log.Warn("cannot read which channels fail, so that it may be told again", "error", reason(err))
	}
	for _, i := range incidents {
		name, ok := strings.CutPrefix(i.Key, incidentPrefix)
		if l := s.workers[name]; ok && l != nil && i.Reported && !i.Ended {
			l.failing = i.Since
		}
	}
}

// free takes note that a lane's job has ended, and those of others that have,
// and returns their names. Only then are the heads read again: what was read
// before the job's result was settled would send the same delivery twice.
func (s *Sender) release(l *worker) (names []string) {
	for {
		l.busy, l.next = false, time.Time{}
		s.busy--
		names = append(names, l.name)
		select {
		case l = <-s.finished:
		default:
			return names
		}
	}
}

// look reads the heads of channels, of all where none is named, and starts what
// is to be done now.
func (s *Sender) look(ctx context.Context, sh deadlines, channels []string) error {
	if !s.again.IsZero() {
		channels = nil // those that could not be read the last time, too
	}
	heads, err := s.o.Queue.NextPending(ctx, channels...)
	switch {
	case ctx.Err() != nil:
		return nil // nothing is begun any more
	case err != nil:
		pause := s.pauses.NextBackOff()
		s.o.Log.Error("cannot read what is to be sent", "error", reason(err), "again_in", pause)
		s.again = s.now().Add(pause)
		return fmt.Errorf("reading what is to be sent: %w", err)
	}
	s.pauses.Reset()
	s.again = time.Time{}

	now := s.now()
	for _, d := range heads {
		l := s.workers[d.Channel]
		switch {
		case l == nil:
			s.strand(d)
		case l.busy, s.once && l.failed:
		default:
			at, do := s.plan(l, d, now)
			if l.next = at; !at.After(now) {
				s.start(l, do, sh)
			}
		}
	}
	return nil
}

// timer fires when something is to be done on a lane that is not busy; it is nil
// where nothing is.
func (s *Sender) timer() <-chan time.Time {
	next := s.again
	for _, l := range s.workers {
		if s.again.IsZero() && !l.busy && !l.next.IsZero() && (next.IsZero() || l.next.Before(next)) {
			next = l.next
		}
	}
	if next.IsZero() {
		return nil
	}
	return time.After(min(next.Sub(s.now()), longestWait))
}

// plan says what is to be done next on an idle lane, and when: send the head, or
// tell that it has not been getting through.
func (s *Sender) plan(l *worker, head roster.Delivery, now time.Time) (time.Time, job) {
	send := func(sh deadlines) { s.deliver(sh, l, head) }
	due := head.DueAt
	if head.NextAt.After(due) {
		due = head.NextAt
	}
	if !due.After(now) || head.Attempts == 0 || !l.failing.IsZero() {
		return due, send
	}
	if tell := head.TriedAt.Add(s.o.Failing); tell.Before(due) {
		return tell, func(sh deadlines) { s.tellFailing(sh, l, head) }
	}
	return due, send
}

// start does a job on a lane.
func (s *Sender) start(l *worker, do job, sh deadlines) {
	l.busy = true
	s.busy++
	go func() {
		do(sh)
		s.finished <- l
	}()
}

// strand takes note of a delivery that nobody can send. It stays as it is, in
// case the channel comes back.
func (s *Sender) strand(d roster.Delivery) {
	if s.stranded[d.Channel] {
		return
	}
	s.stranded[d.Channel] = true
	s.o.Log.Warn("messages wait for a channel that is not configured", "channel", d.Channel, "delivery", d.ID)
}

// deliver tries a delivery once and settles what came of it.
func (s *Sender) deliver(sh deadlines, l *worker, d roster.Delivery) {
	if d.TriedAt.IsZero() {
		d.TriedAt = s.now()
	}
	through := len(d.Receipts)
	d, err := s.try(sh, l, d)
	if err != nil && errors.Is(context.Cause(sh.sending), errStopping) && !isPermanent(err) {
		// The channel is not to blame; only the parts that are through are settled.
		s.o.Log.Info("a message was cut short and will be sent again", "channel", l.name, "delivery", d.ID)
		if len(d.Receipts) > through {
			s.settle(sh.settling, d)
		}
		return
	}
	d = judge(d, err, s.now(), s.o.GiveUp, s.o.Pause)
	l.failed = d.State == roster.DeliveryWaiting
	if !s.settle(sh.settling, d) {
		return
	}
	log := s.o.Log.With("channel", l.name, "delivery", d.ID, "seq", d.Seq, "attempts", d.Attempts)
	switch d.State {
	case roster.DeliverySent:
		log.Info("sent")
		s.tellRecovered(sh, l)
	case roster.DeliveryDead:
		log.Error("given up", "error", d.LastError)
		s.report(sh, died(d))
	case roster.DeliveryWaiting:
		log.Warn("not sent", "error", d.LastError, "next_at", d.NextAt)
	}
}

// receipt is a roster.Receipt on its way from a Send to the store.
type receipt struct {
	roster.Receipt
	stored chan struct{} // closed once it is there, or need not be; nil where it may be stored a little later
}

// lazy is a channel that can tell of a message that its receipts may be stored
// a little later, together, because it has one part, whose receipt is stored with
// the result, or many parts of which a few may be repeated after a crash. That
// spares the disk most of its work.
type lazy interface {
	lazy(m Message) bool
}

// So many receipts are stored together, and so long does the first of them wait
// for the others. A crash repeats as many parts at most, and the one under way.
const (
	lazyReceipts = 25
	lazyTime     = 200 * time.Millisecond
)

// try has the channel send a delivery, and returns how far that got. Each receipt
// is settled before the next part is sent, so that nothing but the part under way
// is ever repeated; only those of a lazy channel are settled a few at a time, the
// last of them with the result. A Send that does not heed the end of its time is
// left behind, but until it ends no other is begun, so that two never run for one
// channel.
func (s *Sender) try(sh deadlines, l *worker, d roster.Delivery) (roster.Delivery, error) {
	select {
	case l.sending <- struct{}{}:
	default:
		return d, errors.New("an earlier try has not ended yet")
	}
	ctx, cancel := context.WithTimeout(sh.sending, s.o.Timeout)
	defer cancel()
	receipts, left := make(chan receipt), make(chan struct{})
	defer close(left)
	result := make(chan error, 1)
	go func(d roster.Delivery) {
		err := s.send(ctx, l, d, receipts, left)
		<-l.sending
		result <- err
	}(d)

	d.Receipts = slices.Clip(d.Receipts) // Send reads the others
	unsettled, late := 0, (<-chan time.Time)(nil)
	store := func() {
		s.settle(sh.settling, d)
		unsettled, late = 0, nil
	}
	ended, overtime := ctx.Done(), (<-chan time.Time)(nil)
	for {
		select {
		case err := <-result:
			return d, err
		case r := <-receipts:
			if !d.Done(r.Part) {
				d.Receipts = append(d.Receipts, r.Receipt)
				unsettled++
				switch {
				case r.stored != nil, unsettled == lazyReceipts:
					store()
				case unsettled == 1:
					late = time.After(lazyTime)
				}
			}
			if r.stored != nil {
				close(r.stored)
			}
		case <-late:
			store()
		case <-ended:
			ended, overtime = nil, time.After(leeway)
		case <-overtime:
			return d, fmt.Errorf("the try did not end within %s", s.o.Timeout)
		}
	}
}

// hand makes the callback of a Send, which returns when the receipt is stored, or
// or will be soon where lazy is set, or when the Send was left behind.
func hand(receipts chan<- receipt, left <-chan struct{}, lazy bool) func(part, answer string) {
	return func(part, answer string) {
		r := receipt{Receipt: roster.Receipt{Part: part, Answer: answer}}
		if !lazy {
			r.stored = make(chan struct{})
		}
		select {
		case receipts <- r:
			if !lazy {
				<-r.stored
			}
		case <-left:
		}
	}
}

// send makes the message of a delivery and hands it to the channel. A panic is a
// failure like any other, for the sake of the other channels. What it says is
// not passed on: it could be an address or a secret.
func (s *Sender) send(ctx context.Context, l *worker, d roster.Delivery, receipts chan<- receipt, left <-chan struct{}) (err error) {
	defer func() {
		if v := recover(); v != nil {
			s.o.Log.Error("a channel panicked", "channel", l.name, "delivery", d.ID, "stack", string(debug.Stack()))
			err = fmt.Errorf("the channel panicked (%T); the log says where", v)
		}
	}()
	m, err := s.message(ctx, d)
	if err != nil || len(m.Changes) == 0 && len(d.Changes) > 0 { // all that it had to tell was taken back
		return err
	}
	c, ok := l.channel.(lazy)
	return l.channel.Send(ctx, m, hand(receipts, left, ok && c.lazy(m)))
}

// message reads what a delivery carries.
func (s *Sender) message(ctx context.Context, d roster.Delivery) (Message, error) {
	m := Message{Delivery: d, Corrects: map[string]string{}}
	if len(d.Changes) == 0 {
		return m, nil
	}
	changes, err := s.changes(ctx, d.Changes)
	if err != nil {
		return m, fmt.Errorf("reading the changes to be sent: %w", err)
	}
	m.Changes = netted(changes)
	if s.o.Corrected == nil {
		return m, nil
	}
	for _, c := range m.Changes {
		if answer := s.corrected(ctx, d, c); answer != "" {
			m.Corrects[c.ID] = answer
		}
	}
	return m, nil
}

// recent are the changes that were read last: those of one publication go to
// most channels, all at the same time. Changes are never edited.
type recent struct {
	mu    sync.Mutex
	bySeq map[uint64]roster.Change
}

const recentChanges = 1000 // some 2 MB

// changes reads changes by their numbers, in their order.
func (s *Sender) changes(ctx context.Context, seqs []uint64) ([]roster.Change, error) {
	if found, ok := s.recent.all(seqs); ok {
		return found, nil
	}
	found, err := s.o.Queue.ChangesAt(ctx, seqs)
	if err == nil {
		s.recent.add(found)
	}
	return found, err
}

// all returns the changes with these numbers, if it has every one of them.
func (r *recent) all(seqs []uint64) (found []roster.Change, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, seq := range seqs {
		c, ok := r.bySeq[seq]
		if !ok {
			return nil, false
		}
		found = append(found, c)
	}
	return found, true
}

// add takes in changes, and lets go of older ones where they become too many.
func (r *recent) add(changes []roster.Change) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.bySeq == nil || len(r.bySeq)+len(changes) > recentChanges {
		r.bySeq = map[uint64]roster.Change{}
	}
	for _, c := range changes[:min(len(changes), recentChanges)] {
		r.bySeq[c.Seq] = c
	}
}

// corrected is how the service named the message that a change corrects, "" where
// that is not known. A correction of a correction belongs where the first one
// does: to the message that said it first.
func (s *Sender) corrected(ctx context.Context, d roster.Delivery, c roster.Change) (answer string) {
	for {
		seq, ok := s.o.Corrected(ctx, c)
		if !ok || seq >= c.Seq {
			return answer
		}
		if found := s.answer(ctx, d, seq); found != "" {
			answer = found
		}
		earlier, err := s.changes(ctx, []uint64{seq})
		if err != nil || len(earlier) != 1 {
			return answer
		}
		c = earlier[0]
	}
}

// answer is how the service named the message that carried a change, "" where
// that is not known: then the correction stands alone.
func (s *Sender) answer(ctx context.Context, d roster.Delivery, change uint64) string {
	earlier, err := s.o.Queue.DeliveryOf(ctx, d.Channel, change)
	if err != nil {
		s.o.Log.Debug("a correction does not know what it corrects", "channel", d.Channel, "change", change, "error", reason(err))
		return ""
	}
	if earlier.ID == d.ID || len(earlier.Receipts) == 0 {
		return ""
	}
	return earlier.Receipts[0].Answer
}

// settle writes a delivery until it is written: whatever ails the store, what is
// through must not be sent again. False says that ctx ended first.
func (s *Sender) settle(ctx context.Context, d roster.Delivery) bool {
	write := func() (struct{}, error) { return struct{}{}, s.o.Queue.SaveProgress(ctx, d) }
	complain := func(err error, pause time.Duration) {
		s.o.Log.Error("cannot record how far a message got; its channel waits", "channel", d.Channel,
			"delivery", d.ID, "error", reason(err), "again_in", pause)
	}
	_, err := backoff.Retry(ctx, write, backoff.WithBackOff(storePauses()),
		backoff.WithMaxElapsedTime(0), backoff.WithNotify(complain))
	if err != nil {
		s.o.Log.Error("stopped before it was recorded how far a message got; it may be sent again",
			"channel", d.Channel, "delivery", d.ID, "state", string(d.State), "error", reason(err))
	}
	return err == nil
}

// tellFailing reports, once, that a channel has not been getting through.
func (s *Sender) tellFailing(sh deadlines, l *worker, head roster.Delivery) {
	l.failing = head.TriedAt
	s.report(sh, failing(head, s.now()))
}

// tellRecovered reports that a channel gets through again, if it was told that
// it did not.
func (s *Sender) tellRecovered(sh deadlines, l *worker) {
	if l.failing.IsZero() {
		return
	}
	since := l.failing
	l.failing = time.Time{}
	s.report(sh, recovered(l.name, since, s.now()))
}

func (s *Sender) report(sh deadlines, t OperatorAlert) {
	if s.o.OnAlert != nil {
		s.o.OnAlert(sh.settling, t)
	}
}

// now is in UTC, as all that is stored.
func (s *Sender) now() time.Time { return s.o.Now().UTC() }
