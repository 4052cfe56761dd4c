package postgres

import (
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/store"
	database "github.com/watch287g/watch287g/store/postgres"
)

// Reader returns a reader by ID.
func (s *Store) Reader(ctx context.Context, id readers.ID) (readers.Reader, error) {
	return readOne[readers.Reader](ctx, s, "SELECT doc FROM watch287g_readers.readers WHERE id = $1::text", string(id))
}

const byAddress = "SELECT doc FROM watch287g_readers.readers WHERE address = $1::text"

// ReaderOf returns the reader who has an address.
func (s *Store) ReaderOf(ctx context.Context, address string) (readers.Reader, error) {
	return readOne[readers.Reader](ctx, s, byAddress, readers.AddressKey(address))
}

// ReadersAt returns those of some numbers that still are.
func (s *Store) ReadersAt(ctx context.Context, seqs []uint64) ([]readers.Reader, error) {
	return readAll[readers.Reader](ctx, s, "SELECT doc FROM watch287g_readers.readers WHERE seq = ANY($1::bigint[]) ORDER BY seq", numbers(seqs))
}

// numbers are numbers as bigints; one that is too large for that stands for more than any
// that is kept.
func numbers(seqs []uint64) []int64 {
	all := make([]int64, len(seqs))
	for i, seq := range seqs {
		all[i] = number(seq)
	}
	return all
}

func number(n uint64) int64 { return int64(min(n, math.MaxInt64)) }

// Readers returns up to limit readers with greater numbers.
func (s *Store) Readers(ctx context.Context, after uint64, limit int) ([]readers.Reader, error) {
	return readAll[readers.Reader](ctx, s, "SELECT doc FROM watch287g_readers.readers WHERE seq > $1::bigint ORDER BY seq LIMIT $2::bigint", number(after), int64(limit))
}

// lockReader reads a reader whom nobody else changes until the transaction has ended.
func lockReader(ctx context.Context, c *pgx.Conn, id readers.ID) (readers.Reader, error) {
	return one[readers.Reader](ctx, c, "SELECT doc FROM watch287g_readers.readers WHERE id = $1::text FOR UPDATE", string(id))
}

// Update changes a reader.
func (s *Store) Update(ctx context.Context, id readers.ID, change func(*readers.Reader) error) (after readers.Reader, err error) {
	err = s.write(ctx, func(ctx context.Context, c *pgx.Conn) error {
		before, err := lockReader(ctx, c, id)
		if err != nil {
			return err
		}
		after, err = before.Changed(change)
		if err != nil {
			return err
		}
		if l, left := readers.Farewell(before, after); left {
			if err := write(ctx, c, l); err != nil {
				return err
			}
		}
		return put(ctx, c, &before, &after)
	})
	if err != nil {
		return readers.Reader{}, err
	}
	return after, nil
}

// Prove has a letter written to a reader.
func (s *Store) Prove(ctx context.Context, id readers.ID, at time.Time) error {
	return s.write(ctx, func(ctx context.Context, c *pgx.Conn) error {
		r, err := lockReader(ctx, c, id)
		if err != nil {
			return err
		}
		return write(ctx, c, readers.Letter{Kind: readers.LetterOwn, Of: r.ID, At: at.UTC().Truncate(time.Second)})
	})
}

// Erase deletes a reader with all that names it or its address.
func (s *Store) Erase(ctx context.Context, id readers.ID) error {
	return s.write(ctx, func(ctx context.Context, c *pgx.Conn) error {
		r, err := lockReader(ctx, c, id)
		if err != nil {
			return err
		}
		return erase(ctx, c, r)
	})
}

func erase(ctx context.Context, c *pgx.Conn, r readers.Reader) error {
	if err := closeRequests(ctx, c, r.Address, 0); err != nil {
		return err
	}
	if err := forget(ctx, c, []readers.ID{r.ID}); err != nil {
		return err
	}
	return put(ctx, c, &r, nil)
}

// put keeps a reader in the place of what it was before, with all that finds it. before
// is nil for a new one, and after for one that goes.
func put(ctx context.Context, c *pgx.Conn, before, after *readers.Reader) error {
	var b pgx.Batch
	var was, is []readers.Place
	if before != nil {
		was = before.Places()
	}
	if after == nil {
		b.Queue("DELETE FROM watch287g_readers.readers WHERE seq = $1::bigint", number(before.Seq))
	} else {
		is = after.Places()
		args, err := columns(*after)
		if err != nil {
			return err
		}
		b.Queue(`INSERT INTO watch287g_readers.readers (seq, id, address, state, language, cadence, ends, doc)
			VALUES ($1::bigint, $2::text, $3::text, $4::text, $5::text, $6::text, $7::bigint, $8::text::json)
			ON CONFLICT (seq) DO UPDATE SET state = excluded.state, language = excluded.language, cadence = excluded.cadence, ends = excluded.ends, doc = excluded.doc`, args...)
	}
	seq := before
	if seq == nil {
		seq = after
	}
	queuePlaces(&b, `DELETE FROM watch287g_readers.follows f USING unnest($2::text[], $3::text[]) AS g (key, cadence)
		WHERE f.key = g.key AND f.cadence = g.cadence AND f.seq = $1::bigint`, seq.Seq, without(was, is))
	queuePlaces(&b, `INSERT INTO watch287g_readers.follows (seq, key, cadence)
		SELECT $1::bigint, key, cadence FROM unnest($2::text[], $3::text[]) AS g (key, cadence)`, seq.Seq, without(is, was))
	return c.SendBatch(ctx, &b).Close()
}

// columns are what is kept of a reader.
func columns(r readers.Reader) ([]any, error) {
	text, err := doc(r)
	var ends *int64
	if at := r.EndsAt(); !at.IsZero() {
		ends = new(at.Unix())
	}
	return []any{number(r.Seq), string(r.ID), readers.AddressKey(r.Address), string(r.State), string(r.Language), string(r.Cadence), ends, text}, err
}

func without(places, others []readers.Place) (left []readers.Place) {
	for _, p := range places {
		if !slices.Contains(others, p) {
			left = append(left, p)
		}
	}
	return left
}

func queuePlaces(b *pgx.Batch, sql string, seq uint64, places []readers.Place) {
	if len(places) == 0 {
		return
	}
	var keys, cadences []string
	for _, p := range places {
		keys, cadences = append(keys, p.Key), append(cadences, string(p.Cadence))
	}
	b.Queue(sql, number(seq), keys, cadences)
}

// sweptAtOnce is how many of a kind one sweep does.
const sweptAtOnce = 1000

// Sweep deletes what is over, and ends pauses.
func (s *Store) Sweep(ctx context.Context, at time.Time, last uint64) (done readers.Swept, err error) {
	err = s.write(ctx, func(ctx context.Context, c *pgx.Conn) error {
		done = readers.Swept{}
		over, err := all[readers.ID](ctx, c, `DELETE FROM watch287g_readers.requests WHERE id IN
			(SELECT id FROM watch287g_readers.requests WHERE at <= $1::bigint ORDER BY at LIMIT $2::bigint FOR UPDATE SKIP LOCKED) RETURNING to_json(id)`,
			at.Add(-readers.RequestLife).Unix(), int64(sweptAtOnce))
		if err != nil {
			return err
		}
		if err := forget(ctx, c, over); err != nil {
			return err
		}
		used, err := c.Exec(ctx, `DELETE FROM watch287g_readers.limits WHERE key IN
			(SELECT key FROM watch287g_readers.limits WHERE until <= $1::bigint ORDER BY until LIMIT $2::bigint FOR UPDATE SKIP LOCKED)`, at.Unix(), int64(sweptAtOnce))
		if err != nil {
			return err
		}
		ended, err := all[readers.Reader](ctx, c, `SELECT doc FROM watch287g_readers.readers WHERE ends <= $1::bigint
			ORDER BY ends, seq LIMIT $2::bigint FOR UPDATE SKIP LOCKED`, at.Unix(), int64(sweptAtOnce))
		if err != nil {
			return err
		}
		done.Requests, done.Limits = len(over), int(used.RowsAffected())
		done.More = max(done.Requests, done.Limits, len(ended)) == sweptAtOnce
		if err := endAll(ctx, c, ended, &done, at, last); err != nil || done.More {
			return err
		}
		_, err = c.Exec(ctx, `INSERT INTO watch287g_readers.moments (what, at) VALUES ('swept', $1::bigint)
			ON CONFLICT (what) DO UPDATE SET at = greatest(moments.at, excluded.at)`, at.Unix())
		return err
	})
	if err != nil {
		return readers.Swept{}, err
	}
	return done, nil
}

// SweptAt is when the last sweep began that left nothing over.
func (s *Store) SweptAt(ctx context.Context) (at time.Time, err error) {
	seconds, err := readOne[int64](ctx, s, "SELECT to_json(at) FROM watch287g_readers.moments WHERE what = 'swept'")
	switch {
	case errors.Is(err, store.ErrNotFound):
		return at, nil
	case err != nil:
		return at, err
	}
	return time.Unix(seconds, 0).UTC(), nil
}

// endAll ends pauses, and erases those whose leaving can be undone no longer.
func endAll(ctx context.Context, c *pgx.Conn, ended []readers.Reader, done *readers.Swept, at time.Time, last uint64) error {
	for _, before := range ended {
		if before.State != readers.StatePaused {
			done.Erased++
			if err := erase(ctx, c, before); err != nil {
				return err
			}
			continue
		}
		after := before
		after.Resume(at, last)
		done.Resumed++
		if err := put(ctx, c, &before, &after); err != nil {
			return err
		}
	}
	return nil
}

// Stats counts.
func (s *Store) Stats(ctx context.Context) (stats readers.Stats, err error) {
	err = s.db.Read(ctx, true, func(ctx context.Context, q database.Querier) error {
		stats = readers.Stats{Suppressed: map[readers.Reason]int{}}
		stats.Readers, err = all[readers.Count](ctx, q, `SELECT json_build_object('state', state, 'language', language, 'cadence', cadence, 'readers', count(*))
			FROM watch287g_readers.readers GROUP BY state, language, cadence ORDER BY state, language, cadence`)
		if err != nil {
			return err
		}
		type reasons struct {
			Reason readers.Reason `json:"reason"`
			N      int            `json:"n"`
		}
		counted, err := all[reasons](ctx, q, "SELECT json_build_object('reason', reason, 'n', count(*)) FROM watch287g_readers.suppressions GROUP BY reason")
		if err != nil {
			return err
		}
		for _, r := range counted {
			stats.Suppressed[r.Reason] = r.N
		}
		return waiting(ctx, q, &stats)
	})
	return stats, err
}

// waiting counts what is to be confirmed and what is to be sent, and finds what of that
// was planned or asked for first.
func waiting(ctx context.Context, q database.Querier, stats *readers.Stats) error {
	var oldest *time.Time
	err := q.QueryRow(ctx, `SELECT (SELECT count(*) FROM watch287g_readers.requests), (SELECT count(*) FROM watch287g_readers.letters), (SELECT count(*) FROM watch287g_readers.batches),
		least((SELECT min((doc->>'at')::timestamptz) FROM watch287g_readers.batches),
			(SELECT (doc->>'at')::timestamptz FROM watch287g_readers.letters ORDER BY seq LIMIT 1))`).Scan(&stats.Requests, &stats.Letters, &stats.Batches, &oldest)
	if oldest != nil {
		stats.Oldest = oldest.UTC()
	}
	return err
}
