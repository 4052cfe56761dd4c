package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/watch287g/watch287g/notify/outage"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// worker sends to one channel, one delivery at a time.
type worker struct {
	name    string
	channel Channel
	failed  atomic.Bool // the last try failed
	moved   atomic.Bool // the place is another one since the last try: no part of any message is there
	// sending is full while Send runs, even where nobody waits for it anymore.
	sending chan struct{}
}

// deadlines end what a worker does.
type deadlines struct {
	sending context.Context // ends when nothing is to be sent anymore
	saving  context.Context // ends a little later
}

// attempt is what was known when a delivery was chosen.
type attempt struct {
	held  []string // parts that wait for an earlier delivery
	quiet bool     // nothing is wrong with the channel
}

// deliver tries a delivery once and saves the result.
func (s *Sender) deliver(dl deadlines, w *worker, d roster.Delivery, p attempt) {
	s.under.Add(1)
	defer func() {
		if s.under.Add(-1) == 0 && s.once {
			s.Wake() // now there may be something to report
		}
	}()
	if d.TriedAt.IsZero() {
		d.TriedAt = s.now()
	}
	if w.moved.Swap(false) {
		d.Receipts, d.Left = nil, nil
	}
	before, began := len(d.Receipts), time.Now()
	d, err := s.try(dl, w, d, p.held)
	took := time.Since(began)
	if errors.Is(err, errLost) {
		return
	}
	if err != nil && dl.sending.Err() != nil && !asFailure(err).Permanent {
		// The channel is not to blame; only the parts that were sent are saved.
		s.o.OnTry(w.name, "cut-short", d.Attempts+1, took)
		s.o.Log.Info("a message was cut short and will be sent again", "channel", w.name, "delivery", d.ID)
		if len(d.Receipts) > before {
			s.save(dl.saving, d)
		}
		return
	}
	d = s.result(dl, d, err, p.quiet)
	w.failed.Store(d.State == roster.DeliveryWaiting && len(d.Left) == 0)
	s.o.OnTry(w.name, cmp.Or(map[roster.DeliveryState]string{roster.DeliveryWaiting: "failed"}[d.State], string(d.State)), d.Attempts, took)
	if !s.save(dl.saving, d) {
		return
	}
	log := s.o.Log.With("channel", w.name, "delivery", d.ID, "seq", d.Seq, "attempts", d.Attempts)
	switch d.State {
	case roster.DeliverySent:
		log.Info("sent")
	case roster.DeliveryDead:
		log.Error("given up", "error", d.LastError)
		if s.o.OnAlert != nil { // the operators' channels get it with the next report
			s.o.OnAlert(OperatorAlert{Kind: DeliveryDied, Channel: d.Channel,
				Text: fmt.Sprintf("A message to the channel %s was given up after %s: %s. Later ones are sent all the same. To send it again: watch287g deliveries retry %s.",
					d.Channel, prose.English.Plural(d.Attempts, "try", "tries"), outage.Clause(d.LastError), d.ID)})
		}
	case roster.DeliveryWaiting:
		log.Warn("not sent", "error", d.LastError, "next_at", d.NextAt)
	case roster.DeliveryDropped: // by nobody who tries
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

// errLost means that how far a delivery got could not be recorded: it is somebody
// else's now, or the store had no more time.
var errLost = errors.New("it is not recorded")

// try has the channel send a delivery, and returns how far that got. Each receipt
// is saved before the next part is sent, so that only the part under way can ever
// be repeated; those of a receiptBatcher are saved a few at a time, the last of them
// with the result. A Send that does not return when its time is over is abandoned,
// but until it ends no other is started, so that two never run for one channel.
func (s *Sender) try(dl deadlines, w *worker, d roster.Delivery, held []string) (roster.Delivery, error) {
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
		err := s.send(ctx, w, d, held, receipts, abandoned)
		<-w.sending
		result <- err
	}(d)

	d.Receipts = slices.Clip(d.Receipts) // Send reads the others
	lost, unsaved, late := false, 0, (<-chan time.Time)(nil)
	save := func() {
		if !s.save(dl.saving, d) {
			lost = true
			cancel() // nothing more of it would be recorded
		}
		unsaved, late = 0, nil
	}
	ended, tooLate := ctx.Done(), (<-chan time.Time)(nil)
	for {
		select {
		case err := <-result:
			if lost {
				err = errLost
			}
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
func (s *Sender) send(ctx context.Context, w *worker, d roster.Delivery, held []string, receipts chan<- receipt, abandoned <-chan struct{}) (err error) {
	defer func() {
		if v := recover(); v != nil {
			s.o.Log.Error("a channel panicked", "channel", w.name, "delivery", d.ID, "stack", string(debug.Stack()))
			err = fmt.Errorf("the channel panicked (%T); the log says where", v)
		}
	}()
	m, err := s.messages.read(ctx, d)
	if err != nil || m.empty() {
		return err
	}
	m.Held = held
	c, ok := w.channel.(receiptBatcher)
	return w.channel.Send(ctx, m, receiptCallback(receipts, abandoned, ok && c.batchesReceipts(m)))
}

// save saves a delivery, and tries until it has: whatever is wrong with the store,
// what was sent must not be sent again. False means that ctx ended first, or that
// somebody else has the delivery now: the operator moved it, or another machine took
// the channel over.
func (s *Sender) save(ctx context.Context, d roster.Delivery) bool {
	write := func() (struct{}, error) { return struct{}{}, s.o.Queue.SaveProgress(ctx, d) }
	notify := func(err error, pause time.Duration) {
		s.o.Log.Error("cannot record how far a message got; its channel waits", "channel", d.Channel,
			"delivery", d.ID, "error", reason(err), "again_in", pause)
	}
	_, err := backoff.Retry(ctx, write, backoff.WithBackOff(storePauses()),
		backoff.WithMaxElapsedTime(0), backoff.WithNotify(notify))
	switch {
	case err != nil && ctx.Err() == nil:
		s.o.Log.Warn("a message was moved, dropped or sent by others meanwhile", "channel", d.Channel, "delivery", d.ID, "error", reason(err))
	case err != nil:
		s.o.Log.Error("stopped before it was recorded how far a message got; it may be sent again",
			"channel", d.Channel, "delivery", d.ID, "state", string(d.State), "error", reason(err))
	}
	return err == nil
}
