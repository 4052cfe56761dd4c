package bolt

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// The sender saves many deliveries at the same time, and a disk completes only a
// few hundred durable writes a second. So calls wait in a queue, and the first one
// that may write writes all of them. No call waits for others to come: one alone
// is written at once.

// saveCall is one call of SaveProgress.
type saveCall struct {
	deliveries []roster.Delivery
	sealed     [][]byte      // each as it will be stored
	err        error         // may be read when done is closed
	done       chan struct{} // closed when it is written, or refused
}

// newSaveCall does all that can be done before the call may write.
func newSaveCall(ds []roster.Delivery) (*saveCall, error) {
	r := &saveCall{deliveries: ds, done: make(chan struct{})}
	for _, d := range ds {
		if err := store.ValidateProgress(d); err != nil {
			return nil, err
		}
		content, err := json.Marshal(d)
		if err != nil {
			return nil, fmt.Errorf("%w: delivery %s: %w", store.ErrInvalid, d.ID, err)
		}
		r.sealed = append(r.sealed, seal(key(d.Seq), content))
	}
	return r, nil
}

// saveQueue holds the calls that wait to be written.
type saveQueue struct {
	mu    sync.Mutex
	calls []*saveCall
}

func (q *saveQueue) add(r *saveCall) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.calls = append(q.calls, r)
}

// take empties the queue.
func (q *saveQueue) take() []*saveCall {
	q.mu.Lock()
	defer q.mu.Unlock()
	calls := q.calls
	q.calls = nil
	return calls
}

// remove takes r out of the queue, and says whether it was still there.
func (q *saveQueue) remove(r *saveCall) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.Index(q.calls, r)
	if i < 0 {
		return false
	}
	q.calls = slices.Delete(q.calls, i, i+1)
	return true
}

// SaveProgress writes how far deliveries got, all or nothing, and durably, together
// with what others save meanwhile.
func (s *Store) SaveProgress(ctx context.Context, d ...roster.Delivery) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r, err := newSaveCall(d)
	if err != nil {
		return err
	}
	s.saves.add(r)
	select {
	case s.turn <- struct{}{}:
		select {
		case <-r.done: // another call wrote it
		default:
			s.writeSaves()
		}
		<-s.turn
	case <-r.done:
	case <-ctx.Done():
		if s.saves.remove(r) {
			return ctx.Err()
		}
	}
	<-r.done // closed by the call that took it from the queue
	return r.err
}

// writeSaves writes all calls in the queue. It cannot be canceled, as a context
// belongs to one of the calls only.
func (s *Store) writeSaves() {
	calls := s.saves.take()
	err := s.write(context.Background(), func(tx *bbolt.Tx) error {
		for _, r := range calls {
			if r.err = r.check(tx); r.err != nil {
				r.err = explain("writing", s.path, r.err)
				continue
			}
			if err := r.write(tx); err != nil {
				return err
			}
		}
		return nil
	})
	for _, r := range calls {
		if err != nil {
			r.err = err
		}
		close(r.done)
	}
}

// check makes sure that all of a call can be written, so that nothing of it has to
// be undone among the others.
func (r *saveCall) check(tx *bbolt.Tx) error {
	for _, d := range r.deliveries {
		kept, err := readIdentity(tx, d.ID)
		switch {
		case err != nil:
			return fmt.Errorf("delivery %s: %w", d.ID, err)
		case !store.MayProgress(roster.Delivery{Seq: kept.Seq, Channel: kept.Channel, Changes: kept.Changes, State: kept.State, Attempts: kept.Attempts}, d):
			return fmt.Errorf("%w: delivery %s is not what it was", store.ErrConflict, d.ID)
		}
	}
	return nil
}

// identity is the part of a delivery by which SaveProgress knows it. A mail's delivery
// has thousands of receipts, which are not read each time that some are added.
type identity struct {
	ID      string   `json:"id"`
	Seq     uint64   `json:"seq"`
	Channel string   `json:"channel"`
	Changes []uint64 `json:"changes"`

	State    roster.DeliveryState `json:"state"`
	Attempts int                  `json:"attempts"`
}

func (r *saveCall) write(tx *bbolt.Tx) error {
	queued := waiting.of(tx)
	for i, d := range r.deliveries {
		if err := deliveries.of(tx).Put(key(d.Seq), r.sealed[i]); err != nil {
			return err
		}
		k := channelKey(d.Channel, d.Seq)
		move := queued.Delete
		if d.State == roster.DeliveryWaiting {
			move = func(k []byte) error { return queued.Put(k, nil) }
		}
		if err := move(k); err != nil {
			return err
		}
	}
	return nil
}
