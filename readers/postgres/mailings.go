package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/store"
	database "github.com/watch287g/watch287g/store/postgres"
)

// Work tells what there is to do.
func (s *Store) Work(ctx context.Context) (w readers.Work, err error) {
	const sql = `SELECT json_build_object(
		'heads', (SELECT json_object_agg(cadence, doc) FROM watch287g_readers.heads WHERE doc IS NOT NULL),
		'owed', (SELECT json_agg(cadence) FROM watch287g_readers.heads h WHERE EXISTS
			(SELECT FROM watch287g_readers.follows f WHERE f.key = $1::text AND f.cadence = h.cadence)),
		'lanes', (SELECT json_agg(l.doc) FROM (SELECT DISTINCT ON (lane) doc FROM watch287g_readers.batches ORDER BY lane, due, seq) l),
		'letter', (SELECT doc FROM watch287g_readers.letters ORDER BY seq LIMIT 1))`
	told, err := readOne[struct {
		Heads map[notify.Cadence]readers.Head
		Owed  []notify.Cadence
		Lanes []struct {
			Lane readers.Lane
			Due  time.Time
		}
		Letter *readers.Letter
	}](ctx, s, sql, readers.KeyOwed)
	if err != nil {
		return readers.Work{}, err
	}
	w = readers.Work{Heads: told.Heads, Owed: map[notify.Cadence]bool{}, Lanes: map[readers.Lane]time.Time{}}
	for _, c := range told.Owed {
		w.Owed[c] = true
	}
	for _, b := range told.Lanes {
		w.Lanes[b.Lane] = b.Due
	}
	if l := told.Letter; l != nil {
		w.Letters = l.When()
	}
	return w, nil
}

// Following returns every active reader of a cadence who follows one of some keys.
func (s *Store) Following(ctx context.Context, keys []string, c notify.Cadence) (all []readers.Follower, err error) {
	err = s.db.Read(ctx, true, func(ctx context.Context, q database.Querier) error {
		rows, err := q.Query(ctx, following, keys, string(c))
		if err != nil {
			return err
		}
		all, err = followersOf(rows, keys)
		return err
	})
	return all, err
}

// following finds the followers of keys, each with the places of those in $1 that it has.
const following = `SELECT g.seq, g.places, r.doc FROM (
		SELECT f.seq, array_agg(k.place) AS places FROM unnest($1::text[]) WITH ORDINALITY AS k (key, place)
		JOIN watch287g_readers.follows f ON f.key = k.key AND f.cadence = $2::text GROUP BY f.seq) g
	JOIN watch287g_readers.readers r ON r.seq = g.seq ORDER BY g.seq`

// followersOf reads rows of following.
func followersOf(rows pgx.Rows, keys []string) (all []readers.Follower, err error) {
	defer rows.Close()
	for rows.Next() {
		var seq int64
		var places []int64
		var kept struct { // the rest need not be read
			readers.Wish
			Follows json.RawMessage
			Since   uint64
			Was     notify.Cadence
		}
		var text []byte
		if err := rows.Scan(&seq, &places, &text); err != nil {
			return nil, err
		}
		if json.Unmarshal(text, &kept) != nil {
			return nil, store.Damaged("one of the readers' rows cannot be read")
		}
		f := readers.Follower{Seq: uint64(seq), Wish: kept.Wish, Since: kept.Since, Was: kept.Was} //nolint:gosec // none is negative
		f.Wish.Follows = nil
		for _, p := range places {
			f.Keys = append(f.Keys, keys[p-1])
		}
		all = append(all, f)
	}
	return all, rows.Err()
}

// expect locks the head of a cadence, and returns ErrConflict unless it is this one.
func expect(ctx context.Context, q database.Querier, c notify.Cadence, want readers.Head, lock string) error {
	head, err := headOf(ctx, q, c, lock)
	if err != nil {
		return err
	}
	return head.Expect(want)
}

// headOf locks the head of a cadence; it is the zero one where it was never planned.
func headOf(ctx context.Context, q database.Querier, c notify.Cadence, lock string) (readers.Head, error) {
	return one[readers.Head](ctx, q, "SELECT coalesce(doc, '{}') FROM watch287g_readers.heads WHERE cadence = $1::text FOR "+lock, string(c))
}

// Plan writes batches with the head of their cadence.
func (s *Store) Plan(ctx context.Context, p readers.Plan) error {
	return s.db.WriteLong(ctx, func(ctx context.Context, tx pgx.Tx) error { return plan(ctx, tx, p) })
}

func plan(ctx context.Context, tx pgx.Tx, p readers.Plan) error {
	if err := expect(ctx, tx, p.Cadence, p.Before, "UPDATE"); err != nil {
		return err
	}
	followers := iter.Seq2[readers.Follower, error](func(yield func(readers.Follower, error) bool) {})
	if len(p.Keys) > 0 {
		const begin = "SET LOCAL cursor_tuple_fraction = 1; SET LOCAL work_mem = '64MB'"
		if _, err := tx.Exec(ctx, begin); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DECLARE followers NO SCROLL CURSOR FOR "+following, p.Keys, string(p.Cadence)); err != nil {
			return err
		}
		followers = fetched(ctx, tx, p.Keys)
	}
	var some []readers.Batch
	for b, err := range p.Batches(followers) {
		if err != nil {
			return err
		}
		if some = append(some, b); len(some) == batchesAtOnce {
			if err := addBatches(ctx, tx, some); err != nil {
				return err
			}
			some = some[:0]
		}
	}
	if err := addBatches(ctx, tx, some); err != nil {
		return err
	}
	text, err := doc(p.After)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE watch287g_readers.heads SET doc = $2::text::json WHERE cadence = $1::text", string(p.Cadence), text)
	return err
}

const (
	// followersAtOnce is how many followers are read at once: some 5 MB.
	followersAtOnce = 5000
	// batchesAtOnce is how many batches are written at once.
	batchesAtOnce = 50
)

// fetched reads from the cursor.
func fetched(ctx context.Context, tx pgx.Tx, keys []string) iter.Seq2[readers.Follower, error] {
	return func(yield func(readers.Follower, error) bool) {
		for {
			rows, err := tx.Query(ctx, fmt.Sprintf("FETCH %d FROM followers", followersAtOnce))
			if err != nil {
				yield(readers.Follower{}, err)
				return
			}
			some, err := followersOf(rows, keys)
			if err != nil {
				yield(readers.Follower{}, err)
				return
			}
			for _, f := range some {
				if !yield(f, nil) {
					return
				}
			}
			if len(some) < followersAtOnce {
				return
			}
		}
	}
}

// batchColumns are the columns of batchRow.
func batchColumns() []string { return []string{"seq", "lane", "due", "doc"} }

func batchRow(b readers.Batch) ([]any, error) {
	text, err := doc(b)
	return []any{number(b.Seq), string(b.Lane), b.Due.Unix(), text}, err
}

// addBatches numbers batches, and writes them.
func addBatches(ctx context.Context, tx pgx.Tx, some []readers.Batch) error {
	if len(some) == 0 {
		return nil
	}
	seqs, err := all[uint64](ctx, tx, "SELECT to_json(nextval('watch287g_readers.batches_seq_seq')) FROM generate_series(1, $1::bigint)", int64(len(some)))
	if err != nil {
		return err
	}
	var rows [][]any
	for i, b := range some {
		b.Seq = seqs[i]
		row, err := batchRow(b)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"watch287g_readers", partBatches}, batchColumns(), pgx.CopyFromRows(rows))
	return err
}

// addBatch numbers one batch, and writes it.
func addBatch(ctx context.Context, c *pgx.Conn, b readers.Batch) (err error) {
	if b.Seq, err = one[uint64](ctx, c, "SELECT to_json(nextval('watch287g_readers.batches_seq_seq'))"); err != nil {
		return err
	}
	row, err := batchRow(b)
	if err != nil {
		return err
	}
	_, err = c.Exec(ctx, "INSERT INTO watch287g_readers.batches (seq, lane, due, doc) VALUES ($1::bigint, $2::text, $3::bigint, $4::text::json)", row...)
	return err
}

// Settle writes what a reader is owed.
func (s *Store) Settle(ctx context.Context, t readers.Settlement) error {
	if t.Reader.Was == "" { // and no cadence has a head of that name
		return fmt.Errorf("%w: nothing is owed to the reader", readers.ErrConflict)
	}
	return s.write(ctx, func(ctx context.Context, c *pgx.Conn) error {
		// Plans lock their head before they read who follows.
		if err := expect(ctx, c, t.Reader.Was, t.Head, "SHARE"); err != nil {
			return err
		}
		now, err := headOf(ctx, c, t.Reader.Cadence, "SHARE")
		if err != nil {
			return err
		}
		before, err := lockReader(ctx, c, t.Reader.ID)
		if err != nil {
			return err
		}
		after, err := t.Settled(before, now)
		if err != nil {
			return err
		}
		if t.Batch != nil {
			if err := addBatch(ctx, c, *t.Batch); err != nil {
				return err
			}
		}
		return put(ctx, c, &before, &after)
	})
}

// Batch returns the batch of a lane that is due first.
func (s *Store) Batch(ctx context.Context, l readers.Lane) (readers.Batch, readers.Cursor, error) {
	const sql = `SELECT json_build_object('batch', doc, 'cursor', cursor) FROM watch287g_readers.batches
		WHERE lane = $1::text ORDER BY due, seq LIMIT 1`
	found, err := readOne[struct {
		Batch  readers.Batch
		Cursor readers.Cursor
	}](ctx, s, sql, string(l))
	return found.Batch, found.Cursor, err
}

// Save writes how far a batch was sent.
func (s *Store) Save(ctx context.Context, batch uint64, c readers.Cursor) error {
	text, err := doc(c)
	if err != nil {
		return err
	}
	return s.write(ctx, func(ctx context.Context, c *pgx.Conn) error {
		return there(ctx, c, "UPDATE watch287g_readers.batches SET cursor = $2::text::json WHERE seq = $1::bigint", number(batch), text)
	})
}

// Finish deletes a batch, and writes what is left of it.
func (s *Store) Finish(ctx context.Context, batch uint64, rest *readers.Batch) error {
	return s.write(ctx, func(ctx context.Context, c *pgx.Conn) error {
		if err := there(ctx, c, "DELETE FROM watch287g_readers.batches WHERE seq = $1::bigint", number(batch)); err != nil || rest == nil {
			return err
		}
		return addBatch(ctx, c, *rest)
	})
}

// Letters returns up to limit letters that wait, the oldest first.
func (s *Store) Letters(ctx context.Context, limit int) ([]readers.Letter, error) {
	return readAll[readers.Letter](ctx, s, "SELECT doc FROM watch287g_readers.letters ORDER BY seq LIMIT $1::bigint", int64(limit))
}

// FinishLetter deletes a letter, and writes it anew where it is to be sent again.
func (s *Store) FinishLetter(ctx context.Context, seq uint64, again *readers.Letter) error {
	return s.write(ctx, func(ctx context.Context, c *pgx.Conn) error {
		if err := there(ctx, c, "DELETE FROM watch287g_readers.letters WHERE seq = $1::bigint", number(seq)); err != nil || again == nil {
			return err
		}
		return write(ctx, c, *again)
	})
}
