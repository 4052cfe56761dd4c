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

// The sender settles many deliveries at the same time, and the disk can wait
// only for some hundred writes a second. So those who wait for their turn line
// up, and the first whose turn it is writes for all of them. Nobody waits for
// others to come: one alone writes at once.

// settling is one call of SaveProgress.
type settling struct {
	deliveries []roster.Delivery
	sealed     [][]byte      // each as it is stored
	err        error         // may be read when done is closed
	done       chan struct{} // closed when it is written, or refused
}

// newSettling does what can be done before its turn.
func newSettling(ds []roster.Delivery) (*settling, error) {
	r := &settling{deliveries: ds, done: make(chan struct{})}
	for _, d := range ds {
		switch d.State {
		case roster.DeliveryWaiting, roster.DeliverySent, roster.DeliveryDead:
		default:
			return nil, fmt.Errorf("%w: delivery %s is %q", errBatch, d.ID, d.State)
		}
		content, err := json.Marshal(d)
		if err != nil {
			return nil, fmt.Errorf("%w: delivery %s: %w", errBatch, d.ID, err)
		}
		r.sealed = append(r.sealed, seal(key(d.Seq), content))
	}
	return r, nil
}

// queue holds what waits to be settled.
type queue struct {
	mu    sync.Mutex
	calls []*settling
}

func (q *queue) add(r *settling) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.calls = append(q.calls, r)
}

// take empties the queue.
func (q *queue) take() []*settling {
	q.mu.Lock()
	defer q.mu.Unlock()
	calls := q.calls
	q.calls = nil
	return calls
}

// remove says whether r was still in the queue.
func (q *queue) remove(r *settling) bool {
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
// with what others settle meanwhile.
func (s *Store) SaveProgress(ctx context.Context, d ...roster.Delivery) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r, err := newSettling(d)
	if err != nil {
		return err
	}
	s.settlings.add(r)
	select {
	case s.turn <- struct{}{}:
		select {
		case <-r.done: // with another's turn
		default:
			s.settleQueue()
		}
		<-s.turn
	case <-r.done:
	case <-ctx.Done():
		if s.settlings.remove(r) {
			return ctx.Err()
		}
	}
	<-r.done // whoever took it from the queue sees to that
	return r.err
}

// settleQueue writes for all who wait. It cannot be cancelled: they do not know
// each other.
func (s *Store) settleQueue() {
	calls := s.settlings.take()
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

// check makes sure that a call can be written whole, so that a wrong one leaves
// nothing to be undone among the others.
func (r *settling) check(tx *bbolt.Tx) error {
	for _, d := range r.deliveries {
		kept, err := readIdentity(tx, d.ID)
		switch {
		case err != nil:
			return fmt.Errorf("delivery %s: %w", d.ID, err)
		case kept.Seq != d.Seq || kept.Channel != d.Channel || !slices.Equal(kept.Changes, d.Changes):
			return fmt.Errorf("%w: delivery %s is not what it was", store.ErrConflict, d.ID)
		}
	}
	return nil
}

// identity is as much of a delivery as settling never changes. A mail's delivery
// has thousands of receipts, which are not read each time that some are added.
type identity struct {
	ID      string   `json:"id"`
	Seq     uint64   `json:"seq"`
	Channel string   `json:"channel"`
	Changes []uint64 `json:"changes"`
}

func (r *settling) write(tx *bbolt.Tx) error {
	queued := waiting.of(tx)
	for i, d := range r.deliveries {
		if err := deliveries.of(tx).Put(key(d.Seq), r.sealed[i]); err != nil {
			return err
		}
		k := inChannel(d.Channel, d.Seq)
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
