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
	// NextPending returns the first pending delivery of each of these channels that
	// has one, whether it is due or not; of all channels where none is named.
	NextPending(ctx context.Context, channels ...string) ([]roster.Delivery, error)
	// SaveProgress writes how far deliveries got, all or nothing, and durably.
	SaveProgress(ctx context.Context, d ...roster.Delivery) error
	// DeliveryOf returns the delivery that carries a change to a channel.
	DeliveryOf(ctx context.Context, channel string, change uint64) (roster.Delivery, error)
	// ChangesAt returns the changes with these numbers, in their order.
	ChangesAt(ctx context.Context, seqs []uint64) ([]roster.Change, error)
	// Incidents lists the incidents that are open.
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

	// OnAlert is called with what the operator should know; nil: nobody is. It may
	// be called for several channels at once, and holds up only the channel that it
	// is called for.
	OnAlert func(ctx context.Context, t OperatorAlert)
	// Corrected returns the number of the earlier change that a change corrects;
	// nil: none corrects any.
	Corrected func(ctx context.Context, c roster.Change) (seq uint64, ok bool)
}

const (
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
	cache    changeCache

	// What follows belongs to Run's goroutine.

	workers  map[string]*worker
	busy     int                         // workers that are
	once     bool                        // nothing is tried twice
	orphaned map[string]bool             // channels that deliveries name but the configuration does not
	pauses   *backoff.ExponentialBackOff // while the queue cannot be read
	retryAt  time.Time                   // when to read it again; zero while it can be read
}

// worker sends to one channel.
type worker struct {
	name    string
	channel Channel

	// What belongs to Run's goroutine.
	busy bool      // a job is under way
	next time.Time // when there is something to do, while it is not busy; zero: nothing waits

	// What belongs to the job while there is one, else to Run's goroutine.
	failed bool // the last try failed
	// failing is since when the channel fails, once that was reported, and zero
	// otherwise.
	failing time.Time

	// sending is full while Send runs, even where nobody waits for it anymore.
	sending chan struct{}
}

// deadlines end the jobs, which may run longer than Run's own context.
type deadlines struct {
	sending context.Context // ends Grace after Run's
	saving  context.Context // ends a little later
}

// job is one thing that a worker does.
type job func(dl deadlines)

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
		workers: map[string]*worker{}, orphaned: map[string]bool{}, pauses: storePauses()}
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
	defer s.closeIdle()
	saving, stopSaving := context.WithCancel(context.WithoutCancel(ctx))
	defer stopSaving()
	sending, stopSending := context.WithCancelCause(saving)
	defer stopSending(errStopping)
	dl := deadlines{sending: sending, saving: saving}

	s.loadFailing(ctx)
	var idle []string // channels to look at; none: all
	for ctx.Err() == nil {
		err := s.dispatch(ctx, dl, idle)
		if s.once && s.busy == 0 && !s.woken() {
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

// closeIdle has channels close what they keep open for the next message.
func (s *Sender) closeIdle() {
	for _, w := range s.workers {
		if c, ok := w.channel.(interface{ closeIdle() }); ok {
			c.closeIdle()
		}
	}
}

// woken says whether Wake was called since the queue was last read.
func (s *Sender) woken() bool { return len(s.wake) > 0 }

// loadFailing reads which channels were reported as failing.
func (s *Sender) loadFailing(ctx context.Context) {
	incidents, err := s.o.Queue.Incidents(ctx)
	if err != nil {
		s.o.Log.Warn("cannot read which channels fail, so that it may be reported again", "error", reason(err))
	}
	for _, i := range incidents {
		name, ok := strings.CutPrefix(i.Key, incidentPrefix)
		if w := s.workers[name]; ok && w != nil && i.Reported && !i.Ended {
			w.failing = i.Since
		}
	}
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

// deliver tries a delivery once and saves the result.
func (s *Sender) deliver(dl deadlines, w *worker, d roster.Delivery) {
	if d.TriedAt.IsZero() {
		d.TriedAt = s.now()
	}
	before := len(d.Receipts)
	d, err := s.try(dl, w, d)
	if err != nil && errors.Is(context.Cause(dl.sending), errStopping) && !isPermanent(err) {
		// The channel is not to blame; only the parts that were sent are saved.
		s.o.Log.Info("a message was cut short and will be sent again", "channel", w.name, "delivery", d.ID)
		if len(d.Receipts) > before {
			s.save(dl.saving, d)
		}
		return
	}
	d = applyResult(d, err, s.now(), s.o.GiveUp, s.o.Pause)
	w.failed = d.State == roster.DeliveryWaiting
	if !s.save(dl.saving, d) {
		return
	}
	log := s.o.Log.With("channel", w.name, "delivery", d.ID, "seq", d.Seq, "attempts", d.Attempts)
	switch d.State {
	case roster.DeliverySent:
		log.Info("sent")
		s.alertRecovered(dl, w)
	case roster.DeliveryDead:
		log.Error("given up", "error", d.LastError)
		s.alert(dl, died(d))
	case roster.DeliveryWaiting:
		log.Warn("not sent", "error", d.LastError, "next_at", d.NextAt)
	}
}

// receipt is a roster.Receipt on its way from a Send to the store.
type receipt struct {
	roster.Receipt
	saved chan struct{} // closed once it is saved, or need not be; nil where it may be saved a little later
}

// receiptBatcher is a channel some of whose messages may have their receipts saved
// in batches: a message of one part, whose receipt is saved with the result, or one
// of many parts, a few of which may be repeated after a crash. That spares the disk
// most of its work.
type receiptBatcher interface {
	batchesReceipts(m Message) bool
}

const (
	// receiptBatch is how many receipts are saved together. A crash repeats at most
	// so many parts, and the one under way.
	receiptBatch = 25
	// receiptBatchTime is how long the first receipt of a batch waits for the others.
	receiptBatchTime = 200 * time.Millisecond
)

// try has the channel send a delivery, and returns how far that got. Each receipt
// is saved before the next part is sent, so that only the part under way can ever
// be repeated; those of a receiptBatcher are saved a few at a time, the last of them
// with the result. A Send that does not return when its time is over is abandoned,
// but until it ends no other is started, so that two never run for one channel.
func (s *Sender) try(dl deadlines, w *worker, d roster.Delivery) (roster.Delivery, error) {
	select {
	case w.sending <- struct{}{}:
	default:
		return d, errors.New("an earlier try has not ended yet")
	}
	ctx, cancel := context.WithTimeout(dl.sending, s.o.Timeout)
	defer cancel()
	receipts, abandoned := make(chan receipt), make(chan struct{})
	defer close(abandoned)
	result := make(chan error, 1)
	go func(d roster.Delivery) {
		err := s.send(ctx, w, d, receipts, abandoned)
		<-w.sending
		result <- err
	}(d)

	d.Receipts = slices.Clip(d.Receipts) // Send reads the others
	unsaved, late := 0, (<-chan time.Time)(nil)
	save := func() {
		s.save(dl.saving, d)
		unsaved, late = 0, nil
	}
	ended, tooLate := ctx.Done(), (<-chan time.Time)(nil)
	for {
		select {
		case err := <-result:
			return d, err
		case r := <-receipts:
			if !d.Done(r.Part) {
				d.Receipts = append(d.Receipts, r.Receipt)
				unsaved++
				switch {
				case r.saved != nil, unsaved == receiptBatch:
					save()
				case unsaved == 1:
					late = time.After(receiptBatchTime)
				}
			}
			if r.saved != nil {
				close(r.saved)
			}
		case <-late:
			save()
		case <-ended:
			ended, tooLate = nil, time.After(overtime)
		case <-tooLate:
			return d, fmt.Errorf("the try did not end within %s", s.o.Timeout)
		}
	}
}

// receiptCallback makes the callback of a Send. It returns when the receipt is
// saved, or will be soon where receipts are batched, or when the Send was abandoned.
func receiptCallback(receipts chan<- receipt, abandoned <-chan struct{}, batched bool) func(part, answer string) {
	return func(part, answer string) {
		r := receipt{Receipt: roster.Receipt{Part: part, Answer: answer}}
		if !batched {
			r.saved = make(chan struct{})
		}
		select {
		case receipts <- r:
			if !batched {
				<-r.saved
			}
		case <-abandoned:
		}
	}
}

// send makes the message of a delivery and hands it to the channel. A panic is a
// failure like any other, for the sake of the other channels. Its text is not passed
// on: it could hold an address or a secret.
func (s *Sender) send(ctx context.Context, w *worker, d roster.Delivery, receipts chan<- receipt, abandoned <-chan struct{}) (err error) {
	defer func() {
		if v := recover(); v != nil {
			s.o.Log.Error("a channel panicked", "channel", w.name, "delivery", d.ID, "stack", string(debug.Stack()))
			err = fmt.Errorf("the channel panicked (%T); the log says where", v)
		}
	}()
	m, err := s.message(ctx, d)
	if err != nil || len(m.Changes) == 0 && len(d.Changes) > 0 { // everything that it said was corrected meanwhile
		return err
	}
	c, ok := w.channel.(receiptBatcher)
	return w.channel.Send(ctx, m, receiptCallback(receipts, abandoned, ok && c.batchesReceipts(m)))
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

// changeCache holds the changes that were read last: those of one publication go
// to most channels, all at the same time. Changes are never edited.
type changeCache struct {
	mu    sync.Mutex
	bySeq map[uint64]roster.Change
}

const cachedChanges = 1000 // some 2 MB

// changes reads changes by their numbers, in their order.
func (s *Sender) changes(ctx context.Context, seqs []uint64) ([]roster.Change, error) {
	if found, ok := s.cache.all(seqs); ok {
		return found, nil
	}
	found, err := s.o.Queue.ChangesAt(ctx, seqs)
	if err == nil {
		s.cache.add(found)
	}
	return found, err
}

// all returns the changes with these numbers, if it has every one of them.
func (r *changeCache) all(seqs []uint64) (found []roster.Change, ok bool) {
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

// add stores changes, and drops older ones where they become too many.
func (r *changeCache) add(changes []roster.Change) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.bySeq == nil || len(r.bySeq)+len(changes) > cachedChanges {
		r.bySeq = map[uint64]roster.Change{}
	}
	for _, c := range changes[:min(len(changes), cachedChanges)] {
		r.bySeq[c.Seq] = c
	}
}

// corrected is how the service named the message that a change corrects, "" where
// that is not known. A correction of a correction belongs with the first one: to
// the message that was sent first.
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

// save saves a delivery, and tries until it has: whatever is wrong with the store,
// what was sent must not be sent again. False means that ctx ended first.
func (s *Sender) save(ctx context.Context, d roster.Delivery) bool {
	write := func() (struct{}, error) { return struct{}{}, s.o.Queue.SaveProgress(ctx, d) }
	notify := func(err error, pause time.Duration) {
		s.o.Log.Error("cannot record how far a message got; its channel waits", "channel", d.Channel,
			"delivery", d.ID, "error", reason(err), "again_in", pause)
	}
	_, err := backoff.Retry(ctx, write, backoff.WithBackOff(storePauses()),
		backoff.WithMaxElapsedTime(0), backoff.WithNotify(notify))
	if err != nil {
		s.o.Log.Error("stopped before it was recorded how far a message got; it may be sent again",
			"channel", d.Channel, "delivery", d.ID, "state", string(d.State), "error", reason(err))
	}
	return err == nil
}

// alertFailing reports, once, that a channel keeps failing.
func (s *Sender) alertFailing(dl deadlines, w *worker, d roster.Delivery) {
	w.failing = d.TriedAt
	s.alert(dl, failing(d, s.now()))
}

// alertRecovered reports that a channel works again, if it was reported as failing.
func (s *Sender) alertRecovered(dl deadlines, w *worker) {
	if w.failing.IsZero() {
		return
	}
	since := w.failing
	w.failing = time.Time{}
	s.alert(dl, recovered(w.name, since, s.now()))
}

func (s *Sender) alert(dl deadlines, t OperatorAlert) {
	if s.o.OnAlert != nil {
		s.o.OnAlert(dl.saving, t)
	}
}

// now is in UTC, as all that is stored.
func (s *Sender) now() time.Time { return s.o.Now().UTC() }
