package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// Enqueue adds deliveries and incidents that no publication causes.
func (s *Store) Enqueue(ctx context.Context, d []roster.Delivery, i []roster.Incident) error {
	b := store.Batch{Deliveries: d, Incidents: i}
	if err := b.ValidateBeside(); err != nil {
		return err
	}
	return s.writeBatch(ctx, func(w *writer) error { return w.write(b, w.deliveries, w.incidents) })
}

// deliveryRows are deliveries to be written, each column for itself.
type deliveryRows struct {
	deliveries            []roster.Delivery
	seqs, attempts        []int64
	ids, channels, states []string
	changes               []string // literals of arrays
	docs                  []string
}

func (r *deliveryRows) add(d roster.Delivery) error {
	doc, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("%w: delivery %s: %w", store.ErrInvalid, d.ID, err)
	}
	r.addAs(d, string(doc))
	return nil
}

// addAs adds a delivery with its JSON.
func (r *deliveryRows) addAs(d roster.Delivery, doc string) {
	r.deliveries = append(r.deliveries, d)
	r.seqs, r.ids, r.channels = append(r.seqs, number(d.Seq)), append(r.ids, key(d.ID)), append(r.channels, key(d.Channel))
	r.states, r.attempts = append(r.states, string(d.State)), append(r.attempts, int64(d.Attempts))
	r.changes, r.docs = append(r.changes, literal(d.Changes)), append(r.docs, doc)
}

func (r *deliveryRows) columns() []any {
	return []any{r.seqs, r.ids, r.channels, r.states, r.attempts, r.changes, r.docs}
}

// deliveryColumns are the columns of deliveryRows as a table.
const deliveryColumns = `unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[])
	AS g (seq, id, channel, state, attempts, changes, doc)`

// literal writes numbers as PostgreSQL does an array.
func literal(seqs []uint64) string {
	b := []byte{'{'}
	for i, seq := range seqs {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendUint(b, seq, 10)
	}
	return string(append(b, '}'))
}

// deliveries adds those that are new, and replaces those that grew.
func (w *writer) deliveries(b store.Batch) error {
	var rows deliveryRows
	var channels []string
	var changes, firsts []int64
	for _, d := range b.Deliveries {
		if n := len(d.Changes); n > 0 && d.Changes[n-1] > w.state.Seqs.Change {
			return fmt.Errorf("%w: delivery %s carries change %d, and the last one is %d", store.ErrInvalid, d.ID, d.Changes[n-1], w.state.Seqs.Change)
		}
		if d.Seq == 0 {
			w.state.Delivery++
			d.Seq = w.state.Delivery
		} else if err := w.checkGrown(d); err != nil {
			return err
		}
		if err := rows.add(d); err != nil {
			return err
		}
		for _, change := range d.Changes {
			channels, changes, firsts = append(channels, key(d.Channel)), append(changes, number(change)), append(firsts, number(d.Seq))
		}
	}
	if len(rows.seqs) == 0 {
		return nil
	}
	w.queue.Queue(`INSERT INTO watch287g.deliveries (seq, id, channel, state, attempts, changes, doc)
		SELECT seq, id, channel, state, attempts, changes::bigint[], doc::json FROM `+deliveryColumns+`
		ON CONFLICT (seq) DO UPDATE SET changes = excluded.changes, doc = excluded.doc`, rows.columns()...)
	if len(changes) > 0 {
		w.queue.Queue(`INSERT INTO watch287g.delivered (channel, change, seq)
			SELECT channel, change, min(seq) FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS g (channel, change, seq) GROUP BY channel, change
			ON CONFLICT (channel, change) DO UPDATE SET seq = excluded.seq WHERE excluded.seq < delivered.seq`, channels, changes, firsts)
	}
	return nil
}

// checkGrown makes sure that a stored delivery can still grow, and only grew. It holds
// the delivery's row, so that it is not sent meanwhile.
func (w *writer) checkGrown(d roster.Delivery) error {
	kept, err := one[roster.Delivery](w.ctx, w.conn, "SELECT doc FROM watch287g.deliveries WHERE id = $1::text FOR UPDATE", key(d.ID))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return fmt.Errorf("%w: there is no delivery %s that could grow", store.ErrConflict, d.ID)
	case err != nil:
		return err
	}
	return store.CheckGrown(kept, d)
}

// incidents stores those that last, and deletes those that are over.
func (w *writer) incidents(b store.Batch) error {
	last := map[string]roster.Incident{} // by key: one batch can end an incident and begin it anew
	for _, i := range b.Incidents {
		last[i.Key] = i
	}
	var lasting []roster.Incident
	var over []string
	for _, i := range last {
		if i.Ended {
			over = append(over, key(i.Key))
		} else {
			lasting = append(lasting, i)
		}
	}
	if len(over) > 0 {
		w.queue.Queue("DELETE FROM watch287g.incidents WHERE key = ANY($1::text[])", over)
	}
	return putAll(w, "incidents", "key", lasting, func(i roster.Incident) string { return i.Key })
}

// SaveProgress stores how far deliveries got, all or nothing.
func (s *Store) SaveProgress(ctx context.Context, ds ...roster.Delivery) error {
	var rows deliveryRows
	for _, d := range ds {
		if err := store.ValidateProgress(d); err != nil {
			return err
		}
	}
	ds = slices.Clone(ds)
	slices.SortStableFunc(ds, func(a, b roster.Delivery) int { return strings.Compare(a.ID, b.ID) })
	for i, d := range ds {
		if i+1 < len(ds) && ds[i+1].ID == d.ID {
			if !store.MayProgress(d, ds[i+1]) {
				return fmt.Errorf("%w: delivery %s is not what it was", store.ErrConflict, d.ID)
			}
			continue // the later one counts
		}
		if err := rows.add(d); err != nil {
			return err
		}
	}
	if len(rows.seqs) == 0 {
		return ctx.Err()
	}
	return s.write(ctx, func(ctx context.Context, w *writing) error {
		if err := rows.check(ctx, w); err != nil {
			return err
		}
		_, err := w.Exec(ctx, `UPDATE watch287g.deliveries d SET state = g.state, attempts = g.attempts, doc = g.doc::json FROM `+deliveryColumns+` WHERE d.seq = g.seq`, rows.columns()...)
		return err
	})
}

// check makes sure that each delivery may become what it is to be, and holds its row.
// Everybody takes the rows in the order of their numbers, so that nobody waits in a
// circle.
func (r *deliveryRows) check(ctx context.Context, q querier) error {
	rows, err := q.Query(ctx, `SELECT id, seq, channel, state, attempts, changes FROM watch287g.deliveries
		WHERE id = ANY($1::text[]) ORDER BY seq FOR UPDATE`, r.ids)
	if err != nil {
		return err
	}
	defer rows.Close()
	kept := map[string]roster.Delivery{}
	for rows.Next() {
		var d roster.Delivery
		if err := rows.Scan(&d.ID, &d.Seq, &d.Channel, &d.State, &d.Attempts, &d.Changes); err != nil {
			return err
		}
		kept[d.ID] = d
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for i, id := range r.ids {
		next := r.deliveries[i]
		next.Channel = r.channels[i] // as it is kept
		switch d, ok := kept[id]; {
		case !ok:
			return fmt.Errorf("delivery %s: %w", next.ID, store.ErrNotFound)
		case !store.MayProgress(d, next):
			return fmt.Errorf("%w: delivery %s is not what it was", store.ErrConflict, next.ID)
		}
	}
	return nil
}

// NextPending returns the first waiting delivery of each of these channels that has one,
// by channel; of all channels where none is named. It reads the index of what waits, and
// there one entry a channel.
func (s *Store) NextPending(ctx context.Context, channels ...string) ([]roster.Delivery, error) {
	next, err := s.nextPending(ctx, channels)
	if err != nil {
		return nil, fmt.Errorf("deliveries to be sent next: %w", err)
	}
	return next, nil
}

// nextOfAll looks for the next channel in the index again and again; nextOf looks up each.
const (
	nextOfAll = `WITH RECURSIVE next AS (
			(SELECT channel, seq FROM watch287g.deliveries WHERE state = 'waiting' ORDER BY channel, seq LIMIT 1)
			UNION ALL
			SELECT d.channel, d.seq FROM next n CROSS JOIN LATERAL (
				SELECT channel, seq FROM watch287g.deliveries WHERE state = 'waiting' AND channel > n.channel ORDER BY channel, seq LIMIT 1) d
		) SELECT d.doc FROM next JOIN watch287g.deliveries d USING (seq) ORDER BY d.channel`
	nextOf = `SELECT d.doc FROM (SELECT DISTINCT c FROM unnest($1::text[]) AS g (c)) g CROSS JOIN LATERAL (
			SELECT channel, doc FROM watch287g.deliveries WHERE state = 'waiting' AND channel = g.c ORDER BY channel, seq LIMIT 1) d
		ORDER BY d.channel`
)

func (s *Store) nextPending(ctx context.Context, channels []string) ([]roster.Delivery, error) {
	if len(channels) == 0 {
		return readFew[roster.Delivery](ctx, s, nextOfAll)
	}
	var keys []string
	for _, channel := range channels {
		keys = append(keys, key(channel))
	}
	return readFew[roster.Delivery](ctx, s, nextOf, keys)
}

// Delivery returns one delivery by its id, or ErrNotFound.
func (s *Store) Delivery(ctx context.Context, id string) (roster.Delivery, error) {
	d, err := readOne[roster.Delivery](ctx, s, "SELECT doc FROM watch287g.deliveries WHERE id = $1::text", key(id))
	if err != nil {
		return d, fmt.Errorf("delivery %s: %w", id, err)
	}
	return d, nil
}

// DeliveryOf returns the first delivery that carries a change to a channel, or
// ErrNotFound.
func (s *Store) DeliveryOf(ctx context.Context, channel string, change uint64) (roster.Delivery, error) {
	d, err := readOne[roster.Delivery](ctx, s, `SELECT d.doc FROM watch287g.delivered f JOIN watch287g.deliveries d USING (seq)
		WHERE f.channel = $1::text AND f.change = $2::bigint`, key(channel), number(change))
	if err != nil {
		return d, fmt.Errorf("the delivery of change %d to %s: %w", change, channel, err)
	}
	return d, nil
}

// Deliveries returns the deliveries that match the query.
func (s *Store) Deliveries(ctx context.Context, q store.DeliveryQuery) ([]roster.Delivery, error) {
	where, args := []string{"true"}, []any{}
	if q.Channel != "" {
		args = append(args, key(q.Channel))
		where = append(where, "channel = $1::text")
	}
	if len(q.States) == 1 && (q.States[0] == roster.DeliveryWaiting || q.States[0] == roster.DeliveryDead) {
		where = append(where, "state = '"+string(q.States[0])+"'") // as the index of those has it
	} else if len(q.States) > 0 {
		var states []string
		for _, state := range q.States {
			states = append(states, string(state))
		}
		args = append(args, states)
		where = append(where, fmt.Sprintf("state = ANY($%d::text[])", len(args)))
	}
	sql := "SELECT doc FROM watch287g.deliveries WHERE " + strings.Join(where, " AND ") + " ORDER BY seq"
	if q.Newest {
		sql += " DESC"
	}
	if q.Limit > 0 {
		args = append(args, q.Limit)
		sql += fmt.Sprintf(" LIMIT $%d::bigint", len(args))
	}
	found, err := readAll[roster.Delivery](ctx, s, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("deliveries: %w", err)
	}
	return found, nil
}

// Incidents returns the incidents that have not ended, by key.
func (s *Store) Incidents(ctx context.Context) ([]roster.Incident, error) {
	return readFew[roster.Incident](ctx, s, "SELECT doc FROM watch287g.incidents ORDER BY key")
}
