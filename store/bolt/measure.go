package bolt

import (
	"bytes"
	"context"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

var _ store.Measurer = (*Store)(nil)

// Measures measures the store as of one moment.
func (s *Store) Measures(ctx context.Context) (store.Measures, error) {
	m, err := readTx(ctx, s, func(tx *bbolt.Tx) (store.Measures, error) { return measure(ctx, tx) })
	if err != nil {
		return m, fmt.Errorf("measuring: %w", err)
	}
	return m, nil
}

func measure(ctx context.Context, tx *bbolt.Tx) (store.Measures, error) {
	st, err := readState(tx)
	if err != nil {
		return store.Measures{}, err
	}
	m := store.Measures{Revision: st.Commits, Bytes: tx.Size(), Channels: map[string]store.ChannelMeasures{}}
	if m.Reading, err = readingOf(ctx, tx, st); err != nil {
		return m, err
	}
	if err := measurePolls(ctx, tx, &m); err != nil {
		return m, err
	}
	for h, err := range every[roster.Hold](ctx, tx, holds) {
		if err != nil {
			return m, err
		}
		if h.Open() {
			m.Holds++
		}
	}
	if err := measureWaiting(ctx, tx, m.Channels); err != nil {
		return m, err
	}
	if err := measureDead(ctx, tx, m.Channels); err != nil {
		return m, err
	}
	return m, measureDocuments(ctx, tx, &m)
}

func measureDocuments(ctx context.Context, tx *bbolt.Tx, m *store.Measures) error {
	for d, err := range every[roster.Document](ctx, tx, documents) {
		if err != nil {
			return err
		}
		m.AddDocument(d)
	}
	m.Addresses = map[roster.DocumentState]int{}
	for a, err := range every[roster.DocumentAddress](ctx, tx, addresses) {
		if err != nil {
			return err
		}
		m.Addresses[a.State()]++
	}
	return nil
}

func measurePolls(ctx context.Context, tx *bbolt.Tx, m *store.Measures) (err error) {
	m.Lists = roster.ListReadings(func(yield func(roster.Poll) bool) {
		c := polls.of(tx).Cursor()
		k, v := c.Last()
		n := 0
		for p, bad := range scan[roster.Poll](ctx, k, v, c.Prev) {
			if n++; bad != nil || n > store.MeasuredPolls {
				err = bad
				return
			}
			if n == 1 {
				m.LastPoll = p.At
			}
			if !yield(p) {
				return
			}
		}
	})
	return err
}

// measureWaiting counts what waits by the index, and reads the first of each channel.
func measureWaiting(ctx context.Context, tx *bbolt.Tx, channels map[string]store.ChannelMeasures) error {
	c := waiting.of(tx).Cursor()
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		name, seq, err := splitChannelKey(k)
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		of := channels[name]
		if of.Waiting++; of.Waiting == 1 {
			first, err := deliveryAt(tx, seq)
			if err != nil {
				return err
			}
			of.Due = first.DueAt
		}
		channels[name] = of
	}
	return nil
}

// measureDead counts what was given up. There is no index of that, and all that was
// ever sent is there: so only what may be dead is decoded, which put writes so.
func measureDead(ctx context.Context, tx *bbolt.Tx, channels map[string]store.ChannelMeasures) error {
	mark := fmt.Appendf(nil, `"state":%q`, roster.DeliveryDead)
	c := deliveries.of(tx).Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !bytes.Contains(v, mark) {
			continue
		}
		var d roster.Delivery
		if err := decode(k, v, &d); err != nil {
			return err
		}
		if d.State == roster.DeliveryDead {
			of := channels[d.Channel]
			of.Dead++
			channels[d.Channel] = of
		}
	}
	return nil
}
