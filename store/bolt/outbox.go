package bolt

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// inChannel makes a key of a channel and a number, so that keys have the order
// of channels, and of the numbers in each. No channel's name has a zero byte.
func inChannel(channel string, n uint64) []byte { return append(ofChannel(channel), key(n)...) }

// ofChannel is how all keys of a channel begin.
func ofChannel(channel string) []byte { return append([]byte(channel), 0) }

// parted takes apart what inChannel made.
func parted(k []byte) (channel string, n []byte, err error) {
	end := len(k) - len(key(0))
	if end < 1 || k[end-1] != 0 {
		return "", nil, damaged("%x is not a channel and number", k)
	}
	return string(k[:end-1]), k[end:], nil
}

// validateDeliveries looks for what no store could take to send.
func validateDeliveries(ds []roster.Delivery) error {
	for _, d := range ds {
		switch {
		case d.ID == "":
			return errors.New("a delivery has no id")
		case d.Channel == "" || strings.ContainsRune(d.Channel, 0):
			return fmt.Errorf("delivery %s cannot go to a channel %q", d.ID, d.Channel)
		case d.State != roster.DeliveryWaiting:
			return fmt.Errorf("delivery %s is %q and not waiting", d.ID, d.State)
		}
		last := uint64(0)
		for _, seq := range d.Changes {
			if seq <= last {
				return fmt.Errorf("delivery %s carries change %d after %d", d.ID, seq, last)
			}
			last = seq
		}
	}
	return nil
}

// Enqueue adds deliveries and incidents that no publication causes.
func (s *Store) Enqueue(ctx context.Context, d []roster.Delivery, i []roster.Incident) error {
	b := store.Batch{Deliveries: d, Incidents: i}
	err := validate(b)
	if slices.ContainsFunc(d, func(d roster.Delivery) bool { return d.Seq != 0 }) {
		err = errors.New("a delivery to be added has a number already")
	}
	return s.writeBatch(ctx, err, func(w *writer) error { return w.write(b, w.deliveries, w.incidents) })
}

// deliveries adds those that are new, and replaces those that grew.
func (w *writer) deliveries(b store.Batch) error {
	for _, d := range b.Deliveries {
		if n := len(d.Changes); n > 0 && d.Changes[n-1] > w.state.Seqs.Change {
			return fmt.Errorf("%w: delivery %s carries change %d, and the last one is %d", errBatch, d.ID, d.Changes[n-1], w.state.Seqs.Change)
		}
		number := w.add
		if d.Seq != 0 {
			number = w.grow
		}
		if err := number(&d); err != nil {
			return err
		}
		if err := put(deliveries.of(w.tx), key(d.Seq), d); err != nil {
			return err
		}
		if err := w.carries(d); err != nil {
			return err
		}
	}
	return nil
}

// add gives a new delivery its number.
func (w *writer) add(d *roster.Delivery) error {
	byID := deliveriesByID.of(w.tx)
	if byID.Get([]byte(d.ID)) != nil {
		return fmt.Errorf("%w: there is a delivery %s already", errBatch, d.ID)
	}
	w.state.Delivery++
	d.Seq = w.state.Delivery
	if err := byID.Put([]byte(d.ID), key(d.Seq)); err != nil {
		return err
	}
	return waiting.of(w.tx).Put(inChannel(d.Channel, d.Seq), nil)
}

// grow makes sure that a delivery can still grow, and grew.
func (w *writer) grow(d *roster.Delivery) error {
	kept, err := readDelivery(w.tx, d.ID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return fmt.Errorf("%w: there is no delivery %s that could grow", store.ErrConflict, d.ID)
	case err != nil:
		return err
	case kept.State != roster.DeliveryWaiting || kept.Attempts > 0:
		return fmt.Errorf("%w: delivery %s is %s after %d tries, and cannot grow", store.ErrConflict, d.ID, kept.State, kept.Attempts)
	case kept.Seq != d.Seq || kept.Channel != d.Channel || len(d.Changes) < len(kept.Changes) ||
		!slices.Equal(kept.Changes, d.Changes[:len(kept.Changes)]):
		return fmt.Errorf("%w: delivery %s is not what it was", store.ErrConflict, d.ID)
	}
	return nil
}

// carries keeps in mind which delivery was the first to carry a change.
func (w *writer) carries(d roster.Delivery) error {
	first := delivered.of(w.tx)
	for _, change := range d.Changes {
		k := inChannel(d.Channel, change)
		if kept := first.Get(k); kept != nil && bytes.Compare(kept, key(d.Seq)) <= 0 {
			continue
		}
		if err := first.Put(k, key(d.Seq)); err != nil {
			return err
		}
	}
	return nil
}

// incidents forgets those that are over.
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

// deliveryAt reads a delivery to which something else leads, so that it must be
// there.
func deliveryAt(tx *bbolt.Tx, seq []byte) (roster.Delivery, error) {
	return deliveryAs[roster.Delivery](tx, seq)
}

// deliveryAs is deliveryAt for as much of the delivery as a T has.
func deliveryAs[T any](tx *bbolt.Tx, seq []byte) (T, error) {
	d, err := get[T](deliveries.of(tx), seq)
	if errors.Is(err, store.ErrNotFound) {
		err = damaged("the delivery %x is missing", seq)
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
	d, err = deliveryAs[T](tx, seq)
	if err == nil && idOf(d) != id {
		err = damaged("it leads to %s", idOf(d))
	}
	return d, err
}

// readWaiting reads the delivery to which a key of waiting leads.
func readWaiting(tx *bbolt.Tx, k []byte) (roster.Delivery, error) {
	channel, seq, err := parted(k)
	if err != nil {
		return roster.Delivery{}, err
	}
	d, err := deliveryAt(tx, seq)
	if err == nil && (d.Channel != channel || d.State != roster.DeliveryWaiting) {
		err = damaged("delivery %d is %s for %q and should be waiting for %q", d.Seq, d.State, d.Channel, channel)
	}
	return d, err
}

// NextPending returns the first waiting delivery of each of these channels that has
// one, by channel; of all channels where none is named.
func (s *Store) NextPending(ctx context.Context, channels ...string) ([]roster.Delivery, error) {
	read := readHeads
	if len(channels) > 0 {
		read = readHeadsOf(channels)
	}
	next, err := answer(ctx, s, func(tx *bbolt.Tx) ([]roster.Delivery, error) {
		found, err := read(tx)
		return found, cmp.Or(err, ctx.Err())
	})
	if err != nil {
		return nil, fmt.Errorf("deliveries to be sent next: %w", err)
	}
	return next, nil
}

func readHeads(tx *bbolt.Tx) (found []roster.Delivery, err error) {
	c := waiting.of(tx).Cursor()
	for k, _ := c.First(); k != nil; {
		d, err := readWaiting(tx, k)
		if err != nil {
			return nil, err
		}
		found = append(found, d)
		k, _ = c.Seek(append([]byte(d.Channel), 1)) // beyond all keys of the channel
	}
	return found, nil
}

func readHeadsOf(channels []string) func(tx *bbolt.Tx) ([]roster.Delivery, error) {
	channels = slices.Compact(slices.Sorted(slices.Values(channels)))
	return func(tx *bbolt.Tx) (found []roster.Delivery, err error) {
		c := waiting.of(tx).Cursor()
		for _, channel := range channels {
			k, _ := c.Seek(ofChannel(channel))
			if k == nil || !bytes.HasPrefix(k, ofChannel(channel)) {
				continue
			}
			d, err := readWaiting(tx, k)
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
	d, err := answer(ctx, s, func(tx *bbolt.Tx) (roster.Delivery, error) { return readDelivery(tx, id) })
	if err != nil {
		return d, fmt.Errorf("delivery %s: %w", id, err)
	}
	return d, nil
}

// DeliveryOf returns the first delivery that carries a change to a channel, or
// ErrNotFound.
func (s *Store) DeliveryOf(ctx context.Context, channel string, change uint64) (roster.Delivery, error) {
	d, err := answer(ctx, s, func(tx *bbolt.Tx) (roster.Delivery, error) {
		seq := delivered.of(tx).Get(inChannel(channel, change))
		if seq == nil {
			return roster.Delivery{}, store.ErrNotFound
		}
		d, err := deliveryAt(tx, seq)
		if err == nil && (d.Channel != channel || !slices.Contains(d.Changes, change)) {
			err = damaged("it leads to delivery %d, which does not carry it", d.Seq)
		}
		return d, err
	})
	if err != nil {
		return roster.Delivery{}, fmt.Errorf("the delivery of change %d to %s: %w", change, channel, err)
	}
	return d, nil
}

// Deliveries answers the query.
func (s *Store) Deliveries(ctx context.Context, q store.DeliveryQuery) ([]roster.Delivery, error) {
	read := readDeliveries
	waits := func(st roster.DeliveryState) bool { return st == roster.DeliveryWaiting }
	if len(q.States) == 1 && waits(q.States[0]) {
		read = readAllWaiting
	}
	found, err := answer(ctx, s, func(tx *bbolt.Tx) ([]roster.Delivery, error) { return read(ctx, tx, q) })
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

// readAllWaiting answers a query for waiting deliveries alone, which are few
// beside all that was ever sent.
func readAllWaiting(ctx context.Context, tx *bbolt.Tx, q store.DeliveryQuery) ([]roster.Delivery, error) {
	var prefix []byte
	if q.Channel != "" {
		prefix = ofChannel(q.Channel)
	}
	var found []roster.Delivery
	c := waiting.of(tx).Cursor()
	for k, _ := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		d, err := readWaiting(tx, k)
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

// ChangesAt returns the changes with these numbers, in the order in which they
// are asked for; one that is not known is ErrNotFound.
func (s *Store) ChangesAt(ctx context.Context, seqs []uint64) ([]roster.Change, error) {
	return answer(ctx, s, func(tx *bbolt.Tx) ([]roster.Change, error) {
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

// Incidents lists the troubles that last, by key.
func (s *Store) Incidents(ctx context.Context) ([]roster.Incident, error) {
	return all[roster.Incident](ctx, s, incidents)
}
