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
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/watch287g/watch287g/roster"
)

// Queue is what the sender needs of a store.
type Queue interface {
	// Heads returns the first waiting delivery of each channel that has one,
	// whether it is due or not.
	Heads(ctx context.Context) ([]roster.Delivery, error)
	// Settle writes how far deliveries got, all or nothing, and durably.
	Settle(ctx context.Context, d ...roster.Delivery) error
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
	Failing time.Duration // how long a channel fails until OnTrouble hears of it; 0: an hour
	// Pause is how long to wait after so many tries; nil: 5 seconds after the
	// first, twice as long after each further one, up to an hour.
	Pause func(attempts int) time.Duration

	// OnTrouble is told what the operator should know; nil: nobody is. It may be
	// called for several channels at once, and holds up none but the channel that
	// it is called for.
	OnTrouble func(ctx context.Context, t Trouble)
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
	finished chan *lane // never blocks: each lane is in it once at most

	// What follows belongs to Run's goroutine.

	lanes    map[string]*lane
	busy     int                         // lanes that are
	stranded map[string]bool             // channels that deliveries name and nobody configured
	pauses   *backoff.ExponentialBackOff // while the heads cannot be read
}

// lane is the way to one channel.
type lane struct {
	name    string
	channel Channel
	busy    bool // a job is under way; belongs to Run's goroutine
	// failing is since when the channel fails, once that was told, and zero
	// otherwise. It belongs to the job while there is one, else to Run.
	failing time.Time
	// sending is full while Send runs, even where nobody waits for it any more.
	sending chan struct{}
}

// shift is the time that jobs have, which is longer than that of Run itself.
type shift struct {
	sending  context.Context // ends Grace after Run's
	settling context.Context // ends a little later
}

// job is something that is done on a lane.
type job func(sh shift)

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
	s := &Sender{o: o, wake: make(chan struct{}, 1), finished: make(chan *lane, len(o.Channels)),
		lanes: map[string]*lane{}, stranded: map[string]bool{}, pauses: storePauses()}
	for name, c := range o.Channels {
		s.lanes[name] = &lane{name: name, channel: c, sending: make(chan struct{}, 1)}
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
func (s *Sender) Run(ctx context.Context) error {
	settling, stopSettling := context.WithCancel(context.WithoutCancel(ctx))
	defer stopSettling()
	sending, stopSending := context.WithCancelCause(settling)
	defer stopSending(errStopping)
	sh := shift{sending: sending, settling: settling}

	s.recall(ctx)
	for ctx.Err() == nil {
		timer := s.look(ctx, sh)
		select {
		case <-ctx.Done():
		case <-s.wake:
		case <-timer:
		case l := <-s.finished:
			s.free(l)
		}
	}

	defer time.AfterFunc(s.o.Grace, func() { stopSending(errStopping) }).Stop()
	defer time.AfterFunc(s.o.Grace+settlingTime, stopSettling).Stop()
	for s.busy > 0 {
		select {
		case l := <-s.finished:
			s.free(l)
		case <-settling.Done():
			return fmt.Errorf("stopped while messages to %d channels were under way; they may be sent again", s.busy)
		}
	}
	return nil
}

// recall finds out of which channels it was told that they fail.
func (s *Sender) recall(ctx context.Context) {
	incidents, err := s.o.Queue.Incidents(ctx)
	if err != nil {
		s.o.Log.Warn("cannot read which channels fail, so that it may be told again", "error", reason(err))
	}
	for _, i := range incidents {
		name, ok := strings.CutPrefix(i.Key, incidentPrefix)
		if l := s.lanes[name]; ok && l != nil && i.Told && !i.Ended {
			l.failing = i.Since
		}
	}
}

// free takes note that a lane's job has ended, and those of others that have.
// Only then are the heads read again: what was read before the job's result was
// settled would send the same delivery twice.
func (s *Sender) free(l *lane) {
	for {
		l.busy = false
		s.busy--
		select {
		case l = <-s.finished:
		default:
			return
		}
	}
}

// look reads the heads, starts what is to be done now, and returns a timer for
// the next time, nil if there is nothing to wait for.
func (s *Sender) look(ctx context.Context, sh shift) <-chan time.Time {
	heads, err := s.o.Queue.Heads(ctx)
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil:
		pause := s.pauses.NextBackOff()
		s.o.Log.Error("cannot read what is to be sent", "error", reason(err), "again_in", pause)
		return time.After(pause)
	}
	s.pauses.Reset()

	now := s.now()
	var next time.Time
	for _, d := range heads {
		l := s.lanes[d.Channel]
		if l == nil {
			s.strand(d)
			continue
		}
		if l.busy {
			continue
		}
		at, do := s.plan(l, d, now)
		switch {
		case !at.After(now):
			s.start(l, do, sh)
		case next.IsZero() || at.Before(next):
			next = at
		}
	}
	if next.IsZero() {
		return nil
	}
	return time.After(min(next.Sub(now), longestWait))
}

// plan says what is to be done next on an idle lane, and when: send the head, or
// tell that it has not been getting through.
func (s *Sender) plan(l *lane, head roster.Delivery, now time.Time) (time.Time, job) {
	send := func(sh shift) { s.deliver(sh, l, head) }
	due := head.DueAt
	if head.NextAt.After(due) {
		due = head.NextAt
	}
	if !due.After(now) || head.Attempts == 0 || !l.failing.IsZero() {
		return due, send
	}
	if tell := head.TriedAt.Add(s.o.Failing); tell.Before(due) {
		return tell, func(sh shift) { s.tellFailing(sh, l, head) }
	}
	return due, send
}

// start does a job on a lane.
func (s *Sender) start(l *lane, do job, sh shift) {
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
func (s *Sender) deliver(sh shift, l *lane, d roster.Delivery) {
	if d.TriedAt.IsZero() {
		d.TriedAt = s.now()
	}
	d, err := s.try(sh, l, d)
	if err != nil && errors.Is(context.Cause(sh.sending), errStopping) && !isPermanent(err) {
		// The channel is not to blame, and the parts that are through are settled.
		s.o.Log.Info("a message was cut short and will be sent again", "channel", l.name, "delivery", d.ID)
		return
	}
	d = judge(d, err, s.now(), s.o.GiveUp, s.o.Pause)
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
	only   bool          // no other part follows: it is stored with the result
	stored chan struct{} // closed once it is there, or need not be
}

// whole is a channel that can tell of a message that it has one part. The receipt
// of such a one is stored together with the result, which spares the disk half of
// its work.
type whole interface {
	whole(m Message) bool
}

// try has the channel send a delivery, and returns how far that got. Each receipt
// is settled before the next part is sent, so that nothing but the part under way
// is ever repeated. A Send that does not heed the end of its time is left behind,
// but until it ends no other is begun, so that two never run for one channel.
func (s *Sender) try(sh shift, l *lane, d roster.Delivery) (roster.Delivery, error) {
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

	ended, overtime := ctx.Done(), (<-chan time.Time)(nil)
	for {
		select {
		case err := <-result:
			return d, err
		case r := <-receipts:
			if !d.Done(r.Part) {
				d.Receipts = append(slices.Clip(d.Receipts), r.Receipt)
				if !r.only {
					s.settle(sh.settling, d)
				}
			}
			close(r.stored)
		case <-ended:
			ended, overtime = nil, time.After(leeway)
		case <-overtime:
			return d, fmt.Errorf("the try did not end within %s", s.o.Timeout)
		}
	}
}

// hand makes the callback of a Send, which returns when the receipt is stored, or
// when the Send was left behind. only is for a message of one part.
func hand(receipts chan<- receipt, left <-chan struct{}, only bool) func(part, answer string) {
	return func(part, answer string) {
		r := receipt{Receipt: roster.Receipt{Part: part, Answer: answer}, only: only, stored: make(chan struct{})}
		select {
		case receipts <- r:
			<-r.stored
		case <-left:
		}
	}
}

// send makes the message of a delivery and hands it to the channel. A panic is a
// failure like any other, for the sake of the other channels. What it says is
// not passed on: it could be an address or a secret.
func (s *Sender) send(ctx context.Context, l *lane, d roster.Delivery, receipts chan<- receipt, left <-chan struct{}) (err error) {
	defer func() {
		if v := recover(); v != nil {
			s.o.Log.Error("a channel panicked", "channel", l.name, "delivery", d.ID, "stack", string(debug.Stack()))
			err = fmt.Errorf("the channel panicked (%T); the log says where", v)
		}
	}()
	m, err := s.message(ctx, d)
	if err != nil {
		return err
	}
	c, ok := l.channel.(whole)
	return l.channel.Send(ctx, m, hand(receipts, left, ok && c.whole(m)))
}

// message reads what a delivery carries.
func (s *Sender) message(ctx context.Context, d roster.Delivery) (Message, error) {
	m := Message{Delivery: d, Corrects: map[string]string{}}
	if len(d.Changes) == 0 {
		return m, nil
	}
	changes, err := s.o.Queue.ChangesAt(ctx, d.Changes)
	if err != nil {
		return m, fmt.Errorf("reading the changes to be sent: %w", err)
	}
	m.Changes = changes
	if s.o.Corrected == nil {
		return m, nil
	}
	for _, c := range changes {
		if answer := s.corrected(ctx, d, c); answer != "" {
			m.Corrects[c.ID] = answer
		}
	}
	return m, nil
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
		earlier, err := s.o.Queue.ChangesAt(ctx, []uint64{seq})
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
	write := func() (struct{}, error) { return struct{}{}, s.o.Queue.Settle(ctx, d) }
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
func (s *Sender) tellFailing(sh shift, l *lane, head roster.Delivery) {
	l.failing = head.TriedAt
	s.report(sh, failing(head, s.now()))
}

// tellRecovered reports that a channel gets through again, if it was told that
// it did not.
func (s *Sender) tellRecovered(sh shift, l *lane) {
	if l.failing.IsZero() {
		return
	}
	since := l.failing
	l.failing = time.Time{}
	s.report(sh, recovered(l.name, since, s.now()))
}

func (s *Sender) report(sh shift, t Trouble) {
	if s.o.OnTrouble != nil {
		s.o.OnTrouble(sh.settling, t)
	}
}

// now is in UTC, as all that is stored.
func (s *Sender) now() time.Time { return s.o.Now().UTC() }
