package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// each decodes the rows of a query, which have one column of JSON.
func each[T any](ctx context.Context, q querier, take func(T), sql string, args ...any) error {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var item T
		if err := json.Unmarshal(rows.RawValues()[0], &item); err != nil {
			return store.Damaged("%.80q cannot be read: %w", rows.RawValues()[0], err)
		}
		take(item)
	}
	return rows.Err()
}

// all returns what each decodes.
func all[T any](ctx context.Context, q querier, sql string, args ...any) ([]T, error) {
	var items []T
	err := each(ctx, q, func(item T) { items = append(items, item) }, sql, args...)
	return items, err
}

// one returns the only row, or ErrNotFound.
func one[T any](ctx context.Context, q querier, sql string, args ...any) (T, error) {
	items, err := all[T](ctx, q, sql, args...)
	if err == nil && len(items) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		var none T
		return none, err
	}
	return items[0], nil
}

// readAll is all for a store.
func readAll[T any](ctx context.Context, s *Store, sql string, args ...any) ([]T, error) {
	return readWithin[T](ctx, s, s.bounds.bulk, sql, args...)
}

// readFew is readAll for what is never much.
func readFew[T any](ctx context.Context, s *Store, sql string, args ...any) ([]T, error) {
	return readWithin[T](ctx, s, s.bounds.point, sql, args...)
}

func readWithin[T any](ctx context.Context, s *Store, each time.Duration, sql string, args ...any) (items []T, err error) {
	err = s.read(ctx, each, func(ctx context.Context, q querier) (err error) {
		items, err = all[T](ctx, q, sql, args...)
		return err
	})
	if err != nil {
		return nil, err
	}
	return items, nil
}

// readOne is one for a store.
func readOne[T any](ctx context.Context, s *Store, sql string, args ...any) (item T, err error) {
	err = s.read(ctx, s.bounds.point, func(ctx context.Context, q querier) (err error) {
		item, err = one[T](ctx, q, sql, args...)
		return err
	})
	return item, err
}

// number is a number as a bigint; one that is too large for that stands for more than
// any that is stored.
func number(n uint64) int64 { return int64(min(n, math.MaxInt64)) }

// Revision is the number of batches that were written.
func (s *Store) Revision(ctx context.Context) (revision uint64, err error) {
	err = s.read(ctx, s.bounds.point, func(ctx context.Context, q querier) error {
		return stateThere(q.QueryRow(ctx, "SELECT commits FROM watch287g.state").Scan(&revision))
	})
	return revision, err
}

// stateThere is the error of a query of the state's row, which every store has.
func stateThere(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return store.Damaged("its last numbers are missing")
	}
	return err
}

func readState(ctx context.Context, q querier) (store.State, error) {
	return stateBy(ctx, q, "SELECT doc FROM watch287g.state")
}

// lockState is readState for who is going to change it: others wait.
func lockState(ctx context.Context, q querier) (store.State, error) {
	return stateBy(ctx, q, "SELECT doc FROM watch287g.state FOR UPDATE")
}

func stateBy(ctx context.Context, q querier, sql string) (store.State, error) {
	st, err := one[store.State](ctx, q, sql)
	if errors.Is(err, store.ErrNotFound) {
		err = store.Damaged("its last numbers are missing")
	}
	return st, err
}

// Known returns everything that a new publication is compared with.
func (s *Store) Known(ctx context.Context) (known roster.Snapshot, err error) {
	err = s.snapshot(ctx, s.bounds.bulk, func(ctx context.Context, q querier) (err error) {
		known, err = readKnown(ctx, q)
		return err
	})
	if err != nil {
		return roster.Snapshot{}, fmt.Errorf("what is known: %w", err)
	}
	return known, nil
}

func readKnown(ctx context.Context, q querier) (roster.Snapshot, error) {
	k := roster.Snapshot{
		Agencies: map[string]*roster.Agency{},
		Records:  map[string]*roster.Record{},
		InForce:  map[roster.List]roster.Publication{},
	}
	st, err := readState(ctx, q)
	if err != nil {
		return k, err
	}
	k.Seqs, k.First, k.Rebuilds = st.Seqs, st.First, st.Rebuilds
	for list, last := range st.InForce {
		if k.InForce[list], err = publication(ctx, q, last.Seq); errors.Is(err, store.ErrNotFound) {
			return k, store.Damaged("publication %d, which is in force, is missing", last.Seq)
		} else if err != nil {
			return k, err
		}
	}
	err = each(ctx, q, func(a roster.Agency) { k.Agencies[a.ID] = &a }, "SELECT doc FROM watch287g.agencies")
	if err != nil {
		return k, err
	}
	err = each(ctx, q, func(r roster.Record) { k.Records[r.ID()] = &r }, "SELECT doc FROM watch287g.records")
	if err != nil {
		return k, err
	}
	kept, err := all[roster.Hold](ctx, q, "SELECT doc FROM watch287g.holds")
	k.Holds = slices.DeleteFunc(store.SortNewestFirst(kept), func(h roster.Hold) bool { return !h.Open() })
	return k, err
}

// changesAtOnce is how many changes are read by one query. Changes are only ever added,
// with greater numbers, so that several queries see what one would.
const changesAtOnce = 1000

// Changes returns the changes that match the query.
func (s *Store) Changes(ctx context.Context, q store.ChangeQuery) ([]roster.Change, error) {
	var matching []roster.Change
	full := func() bool { return q.Limit > 0 && len(matching) == q.Limit }
	sql := "SELECT doc FROM watch287g.changes WHERE seq > $1::bigint AND seq < $2::bigint ORDER BY seq LIMIT $3::bigint"
	if q.Newest {
		sql = "SELECT doc FROM watch287g.changes WHERE seq > $1::bigint AND seq < $2::bigint ORDER BY seq DESC LIMIT $3::bigint"
	}
	after, before := number(q.AfterSeq), int64(math.MaxInt64)
	for read := changesAtOnce; read == changesAtOnce && !full(); {
		found, err := readAll[roster.Change](ctx, s, sql, after, before, changesAtOnce)
		if err != nil {
			return nil, fmt.Errorf("changes: %w", err)
		}
		read = len(found)
		for _, c := range found {
			if after = number(c.Seq); q.Newest {
				after, before = number(q.AfterSeq), number(c.Seq)
			}
			if !full() && q.Wants(c) {
				matching = append(matching, c)
			}
		}
	}
	return matching, nil
}

// Change returns one change, or ErrNotFound.
func (s *Store) Change(ctx context.Context, id string) (roster.Change, error) {
	c, err := readOne[roster.Change](ctx, s, "SELECT doc FROM watch287g.changes WHERE id = $1::text", key(id))
	if err != nil {
		return c, fmt.Errorf("change %s: %w", id, err)
	}
	return c, nil
}

// ChangesAt returns the changes with these numbers, in that order. The error is
// ErrNotFound where one of them is unknown.
func (s *Store) ChangesAt(ctx context.Context, seqs []uint64) ([]roster.Change, error) {
	var numbers []int64
	for _, seq := range seqs {
		numbers = append(numbers, number(seq))
	}
	kept, err := readFew[roster.Change](ctx, s, "SELECT doc FROM watch287g.changes WHERE seq = ANY($1::bigint[])", numbers)
	if err != nil {
		return nil, err
	}
	at := map[uint64]roster.Change{}
	for _, c := range kept {
		at[c.Seq] = c
	}
	var found []roster.Change
	for _, seq := range seqs {
		c, ok := at[seq]
		if !ok {
			return nil, fmt.Errorf("change %d: %w", seq, store.ErrNotFound)
		}
		found = append(found, c)
	}
	return found, nil
}

// Publications lists every publication, in the order of their numbers.
func (s *Store) Publications(ctx context.Context) ([]roster.Publication, error) {
	return readAll[roster.Publication](ctx, s, "SELECT doc FROM watch287g.publications ORDER BY seq")
}

func publication(ctx context.Context, q querier, seq uint64) (roster.Publication, error) {
	return one[roster.Publication](ctx, q, "SELECT doc FROM watch287g.publications WHERE seq = $1::bigint", number(seq))
}

// Publication returns one publication, or ErrNotFound.
func (s *Store) Publication(ctx context.Context, seq uint64) (p roster.Publication, err error) {
	err = s.read(ctx, s.bounds.point, func(ctx context.Context, q querier) (err error) {
		p, err = publication(ctx, q, seq)
		return err
	})
	if err != nil {
		return p, fmt.Errorf("publication %d: %w", seq, err)
	}
	return p, nil
}

// bytesOf returns the only value of a query, or ErrNotFound.
func (s *Store) bytesOf(ctx context.Context, sql string, args ...any) (value []byte, err error) {
	err = s.read(ctx, s.bounds.point, func(ctx context.Context, q querier) error {
		return found(q.QueryRow(ctx, sql, args...).Scan(&value))
	})
	return value, err
}

// Body returns the bytes with this hash, or ErrNotFound.
func (s *Store) Body(ctx context.Context, sha string) ([]byte, error) {
	body, err := s.bytesOf(ctx, "SELECT body FROM watch287g.bodies WHERE sha256 = $1::text", key(sha))
	if err != nil {
		return nil, fmt.Errorf("the file with the hash %s: %w", sha, err)
	}
	if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != sha {
		return nil, s.explain(ctx, "reading", store.Damaged("the file with the hash %s has changed", sha))
	}
	return body, nil
}

// Roster returns what a publication says, or ErrNotFound.
func (s *Store) Roster(ctx context.Context, seq uint64) (roster.Roster, error) {
	// The rows of another one that says the same stand for those of one that is kept as it.
	packed, err := s.bytesOf(ctx, `SELECT r.packed FROM watch287g.publications p
		LEFT JOIN LATERAL (
			SELECT packed FROM watch287g.publications o JOIN watch287g.rosters USING (seq)
			WHERE o.seq = p.seq OR o.sha256 = p.kept_as
			ORDER BY o.seq <> p.seq, o.seq LIMIT 1
		) r ON true
		WHERE p.seq = $1::bigint`, number(seq))
	var r roster.Roster
	if err == nil {
		if err = store.Unpack(packed, &r); err != nil {
			err = s.explain(ctx, "reading", store.Damaged("its rows cannot be read: %w", err))
		}
	}
	if err != nil {
		return roster.Roster{}, fmt.Errorf("the roster of publication %d: %w", seq, err)
	}
	return r, nil
}

// Holds lists all holds ever, the newest first.
func (s *Store) Holds(ctx context.Context) ([]roster.Hold, error) {
	kept, err := readAll[roster.Hold](ctx, s, "SELECT doc FROM watch287g.holds")
	return store.SortNewestFirst(kept), err
}

// Polls lists the last n polls, the newest first.
func (s *Store) Polls(ctx context.Context, n int) ([]roster.Poll, error) {
	return readAll[roster.Poll](ctx, s, "SELECT doc FROM watch287g.polls ORDER BY seq DESC LIMIT $1::bigint", max(n, 0))
}

// Reading returns until when ICE's page was read.
func (s *Store) Reading(ctx context.Context) (roster.Reading, error) {
	st, err := s.state(ctx)
	return st.Reading, err
}

// BegunPoll returns when a poll began that has not ended, or was cut off.
func (s *Store) BegunPoll(ctx context.Context) (time.Time, error) {
	st, err := s.state(ctx)
	return st.Begun, err
}

func (s *Store) state(ctx context.Context) (st store.State, err error) {
	err = s.read(ctx, s.bounds.point, func(ctx context.Context, q querier) (err error) {
		st, err = readState(ctx, q)
		return err
	})
	return st, err
}

// Validators returns what is known of the URLs that were fetched, by URL.
func (s *Store) Validators(ctx context.Context) ([]roster.Validator, error) {
	return readAll[roster.Validator](ctx, s, "SELECT doc FROM watch287g.validators ORDER BY url")
}

// Addresses returns what is known of all addresses of documents, by URL.
func (s *Store) Addresses(ctx context.Context) ([]roster.DocumentAddress, error) {
	return readAll[roster.DocumentAddress](ctx, s, "SELECT doc FROM watch287g.addresses ORDER BY url")
}

// Documents returns what all documents say that were ever had, by SHA256.
func (s *Store) Documents(ctx context.Context) ([]roster.Document, error) {
	return readAll[roster.Document](ctx, s, "SELECT doc FROM watch287g.documents ORDER BY sha256")
}

// PageTexts returns all that ICE's page ever said, the oldest first.
func (s *Store) PageTexts(ctx context.Context) ([]roster.PageText, error) {
	return readAll[roster.PageText](ctx, s, "SELECT doc FROM watch287g.page_texts ORDER BY id")
}

// nanoseconds is a moment as a number that sorts as moments do; those that it cannot
// hold are before all others.
func nanoseconds(t time.Time) int64 {
	if t.Year() < 1700 || t.Year() > 2200 {
		return math.MinInt64
	}
	return t.UnixNano()
}
