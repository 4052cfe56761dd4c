package bolt

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// channelKey joins a channel and a number to a key. Keys sort by channel, then by
// number. No channel's name has a zero byte.
func channelKey(channel string, n uint64) []byte { return append(channelPrefix(channel), key(n)...) }

// channelPrefix is how all keys of a channel begin.
func channelPrefix(channel string) []byte { return append([]byte(channel), 0) }

// splitChannelKey splits what channelKey joined.
func splitChannelKey(k []byte) (channel string, n []byte, err error) {
	end := len(k) - len(key(0))
	if end < 1 || k[end-1] != 0 {
		return "", nil, store.Damaged("%x is not a channel and number", k)
	}
	return string(k[:end-1]), k[end:], nil
}

// Enqueue adds deliveries and incidents that no publication causes.
func (s *Store) Enqueue(ctx context.Context, d []roster.Delivery, i []roster.Incident) error {
	b := store.Batch{Deliveries: d, Incidents: i}
	return s.writeBatch(ctx, b.ValidateBeside(), func(w *writer) error { return w.write(b, w.deliveries, w.incidents) })
}

// deliveries adds those that are new, and replaces those that grew.
func (w *writer) deliveries(b store.Batch) error {
	for _, d := range b.Deliveries {
		if n := len(d.Changes); n > 0 && d.Changes[n-1] > w.state.Seqs.Change {
			return fmt.Errorf("%w: delivery %s carries change %d, and the last one is %d", store.ErrInvalid, d.ID, d.Changes[n-1], w.state.Seqs.Change)
		}
		prepare := w.add
		if d.Seq != 0 {
			prepare = w.checkGrown
		}
		if err := prepare(&d); err != nil {
			return err
		}
		if err := put(deliveries.of(w.tx), key(d.Seq), d); err != nil {
			return err
		}
		if err := w.recordFirst(d); err != nil {
			return err
		}
	}
	return nil
}

// add gives a new delivery its number.
func (w *writer) add(d *roster.Delivery) error {
	byID := deliveriesByID.of(w.tx)
	if byID.Get([]byte(d.ID)) != nil {
		return fmt.Errorf("%w: there is a delivery %s already", store.ErrInvalid, d.ID)
	}
	w.state.Delivery++
	d.Seq = w.state.Delivery
	if err := byID.Put([]byte(d.ID), key(d.Seq)); err != nil {
		return err
	}
	return waiting.of(w.tx).Put(channelKey(d.Channel, d.Seq), nil)
}

// checkGrown makes sure that a stored delivery could still grow, and only grew.
func (w *writer) checkGrown(d *roster.Delivery) error {
	kept, err := readDelivery(w.tx, d.ID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return fmt.Errorf("%w: there is no delivery %s that could grow", store.ErrConflict, d.ID)
	case err != nil:
		return err
	}
	return store.CheckGrown(kept, *d)
}

// recordFirst records which delivery was the first to carry a change.
func (w *writer) recordFirst(d roster.Delivery) error {
	first := delivered.of(w.tx)
	for _, change := range d.Changes {
		k := channelKey(d.Channel, change)
		if kept := first.Get(k); kept != nil && bytes.Compare(kept, key(d.Seq)) <= 0 {
			continue
		}
		if err := first.Put(k, key(d.Seq)); err != nil {
			return err
		}
	}
	return nil
}

// incidents stores those that last, and deletes those that are over.
func (w *writer) incidents(b store.Batch) error {
	lasting := incidents.of(w.tx)
	for _, i := range b.Incidents {
		write := func() error { return put(lasting, []byte(i.Key), i) }
		if i.Ended {
			write = func() error { return lasting.Delete([]byte(i.Key)) }
		}
		if err := write(); err != nil {
			return err
		}
	}
	return nil
}

// deliveryAt reads the delivery that an index refers to, which must be there.
func deliveryAt(tx *bbolt.Tx, seq []byte) (roster.Delivery, error) {
	return getDelivery[roster.Delivery](tx, seq)
}

// getDelivery is deliveryAt for the fields of a delivery that T has.
func getDelivery[T any](tx *bbolt.Tx, seq []byte) (T, error) {
	d, err := get[T](deliveries.of(tx), seq)
	if errors.Is(err, store.ErrNotFound) {
		err = store.Damaged("the delivery %x is missing", seq)
	}
	return d, err
}

func readDelivery(tx *bbolt.Tx, id string) (roster.Delivery, error) {
	return readByID(tx, id, func(d roster.Delivery) string { return d.ID })
}

func readIdentity(tx *bbolt.Tx, id string) (identity, error) {
	return readByID(tx, id, func(d identity) string { return d.ID })
}

func readByID[T any](tx *bbolt.Tx, id string, idOf func(T) string) (d T, err error) {
	seq := deliveriesByID.of(tx).Get([]byte(id))
	if seq == nil {
		return d, store.ErrNotFound
	}
	d, err = getDelivery[T](tx, seq)
	if err == nil && idOf(d) != id {
		err = store.Damaged("its index leads to %s", idOf(d))
	}
	return d, err
}

// waitingAt reads the delivery that a key of the bucket waiting refers to.
func waitingAt(tx *bbolt.Tx, k []byte) (roster.Delivery, error) {
	channel, seq, err := splitChannelKey(k)
	if err != nil {
		return roster.Delivery{}, err
	}
	d, err := deliveryAt(tx, seq)
	if err == nil && (d.Channel != channel || d.State != roster.DeliveryWaiting) {
		err = store.Damaged("delivery %d is %s for %q and should be waiting for %q", d.Seq, d.State, d.Channel, channel)
	}
	return d, err
}

// NextPending returns the first waiting delivery of each of these channels that has
// one, by channel; of all channels where none is named.
func (s *Store) NextPending(ctx context.Context, channels ...string) ([]roster.Delivery, error) {
	read := nextPending
	if len(channels) > 0 {
		read = nextPendingOf(channels)
	}
	next, err := readTx(ctx, s, func(tx *bbolt.Tx) ([]roster.Delivery, error) {
		found, err := read(tx)
		return found, cmp.Or(err, ctx.Err())
	})
	if err != nil {
		return nil, fmt.Errorf("deliveries to be sent next: %w", err)
	}
	return next, nil
}

func nextPending(tx *bbolt.Tx) (found []roster.Delivery, err error) {
	c := waiting.of(tx).Cursor()
	for k, _ := c.First(); k != nil; {
		d, err := waitingAt(tx, k)
		if err != nil {
			return nil, err
		}
		found = append(found, d)
		k, _ = c.Seek(append([]byte(d.Channel), 1)) // beyond all keys of the channel
	}
	return found, nil
}

func nextPendingOf(channels []string) func(tx *bbolt.Tx) ([]roster.Delivery, error) {
	channels = slices.Compact(slices.Sorted(slices.Values(channels)))
	return func(tx *bbolt.Tx) (found []roster.Delivery, err error) {
		c := waiting.of(tx).Cursor()
		for _, channel := range channels {
			k, _ := c.Seek(channelPrefix(channel))
			if k == nil || !bytes.HasPrefix(k, channelPrefix(channel)) {
				continue
			}
			d, err := waitingAt(tx, k)
			if err != nil {
				return nil, err
			}
			found = append(found, d)
		}
		return found, nil
	}
}

// Delivery returns one delivery by its id, or ErrNotFound.
func (s *Store) Delivery(ctx context.Context, id string) (roster.Delivery, error) {
	d, err := readTx(ctx, s, func(tx *bbolt.Tx) (roster.Delivery, error) { return readDelivery(tx, id) })
	if err != nil {
		return d, fmt.Errorf("delivery %s: %w", id, err)
	}
	return d, nil
}

// DeliveryOf returns the first delivery that carries a change to a channel, or
// ErrNotFound.
func (s *Store) DeliveryOf(ctx context.Context, channel string, change uint64) (roster.Delivery, error) {
	d, err := readTx(ctx, s, func(tx *bbolt.Tx) (roster.Delivery, error) {
		seq := delivered.of(tx).Get(channelKey(channel, change))
		if seq == nil {
			return roster.Delivery{}, store.ErrNotFound
		}
		d, err := deliveryAt(tx, seq)
		if err == nil && (d.Channel != channel || !slices.Contains(d.Changes, change)) {
			err = store.Damaged("its index leads to delivery %d, which does not carry it", d.Seq)
		}
		return d, err
	})
	if err != nil {
		return roster.Delivery{}, fmt.Errorf("the delivery of change %d to %s: %w", change, channel, err)
	}
	return d, nil
}

// Deliveries returns the deliveries that match the query.
func (s *Store) Deliveries(ctx context.Context, q store.DeliveryQuery) ([]roster.Delivery, error) {
	read := readDeliveries
	if len(q.States) == 1 && q.States[0] == roster.DeliveryWaiting {
		read = readWaitingDeliveries
	}
	found, err := readTx(ctx, s, func(tx *bbolt.Tx) ([]roster.Delivery, error) { return read(ctx, tx, q) })
	if err != nil {
		return nil, fmt.Errorf("deliveries: %w", err)
	}
	return found, nil
}

func readDeliveries(ctx context.Context, tx *bbolt.Tx, q store.DeliveryQuery) ([]roster.Delivery, error) {
	c := deliveries.of(tx).Cursor()
	k, v := c.First()
	next := c.Next
	if q.Newest {
		k, v = c.Last()
		next = c.Prev
	}
	var found []roster.Delivery
	for d, err := range scan[roster.Delivery](ctx, k, v, next) {
		if err != nil {
			return nil, err
		}
		if (q.Channel == "" || d.Channel == q.Channel) && (len(q.States) == 0 || slices.Contains(q.States, d.State)) {
			found = append(found, d)
		}
		if q.Limit > 0 && len(found) == q.Limit {
			break
		}
	}
	return found, nil
}

// readWaitingDeliveries reads waiting deliveries alone, which are few compared with
// all that were ever sent.
func readWaitingDeliveries(ctx context.Context, tx *bbolt.Tx, q store.DeliveryQuery) ([]roster.Delivery, error) {
	var prefix []byte
	if q.Channel != "" {
		prefix = channelPrefix(q.Channel)
	}
	var found []roster.Delivery
	c := waiting.of(tx).Cursor()
	for k, _ := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		d, err := waitingAt(tx, k)
		if err = cmp.Or(err, ctx.Err()); err != nil {
			return nil, err
		}
		found = append(found, d)
	}
	slices.SortFunc(found, func(a, b roster.Delivery) int { return cmp.Compare(a.Seq, b.Seq) })
	if q.Newest {
		slices.Reverse(found)
	}
	if q.Limit > 0 {
		found = found[:min(q.Limit, len(found))]
	}
	return found, nil
}

// ChangesAt returns the changes with these numbers, in that order. The error is
// ErrNotFound where one of them is unknown.
func (s *Store) ChangesAt(ctx context.Context, seqs []uint64) ([]roster.Change, error) {
	return readTx(ctx, s, func(tx *bbolt.Tx) ([]roster.Change, error) {
		var found []roster.Change
		for _, seq := range seqs {
			c, err := get[roster.Change](changes.of(tx), key(seq))
			if err = cmp.Or(err, ctx.Err()); err != nil {
				return nil, fmt.Errorf("change %d: %w", seq, err)
			}
			found = append(found, c)
		}
		return found, nil
	})
}

// Incidents returns the incidents that have not ended, by key.
func (s *Store) Incidents(ctx context.Context) ([]roster.Incident, error) {
	return listAll[roster.Incident](ctx, s, incidents)
}
