package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/store"
)

// Ask keeps a request with its letter.
func (s *Store) Ask(ctx context.Context, r readers.Request) error {
	if err := r.Check(); err != nil {
		return err
	}
	key, err := s.suppressionKey(ctx, r.Address)
	if err != nil {
		return err
	}
	text, err := doc(r)
	if err != nil {
		return err
	}
	return s.write(ctx, func(ctx context.Context, c *pgx.Conn) error {
		if err := lockNumbers(ctx, c, partLetters); err != nil { // two of one address, one after the other
			return err
		}
		var taken, suppressed bool
		err := c.QueryRow(ctx, `SELECT EXISTS (SELECT FROM watch287g_readers.requests WHERE id = $1::text) OR EXISTS (SELECT FROM watch287g_readers.readers WHERE id = $1::text),
			EXISTS (SELECT FROM watch287g_readers.suppressions WHERE key = $2::text)`, string(r.ID), key).Scan(&taken, &suppressed)
		if err == nil && taken {
			err = fmt.Errorf("%w: there is such a request", readers.ErrConflict)
		}
		if err != nil {
			return err
		}
		if err := closeRequests(ctx, c, r.Address, readers.MostRequests-1); err != nil {
			return err
		}
		if !suppressed {
			if err := write(ctx, c, readers.Letter{Kind: readers.LetterConfirm, Of: r.ID, At: r.At}); err != nil {
				return err
			}
		}
		_, err = c.Exec(ctx, "INSERT INTO watch287g_readers.requests (id, address, at, doc) VALUES ($1::text, $2::text, $3::bigint, $4::text::json)",
			string(r.ID), readers.AddressKey(r.Address), r.At.Unix(), text)
		return err
	})
}

// closeRequests deletes the oldest requests of an address, so that at most so many are
// left.
func closeRequests(ctx context.Context, c *pgx.Conn, address string, left int) error {
	gone, err := all[readers.ID](ctx, c, `DELETE FROM watch287g_readers.requests WHERE id IN
		(SELECT id FROM watch287g_readers.requests WHERE address = $1::text ORDER BY at DESC, id DESC OFFSET $2::bigint) RETURNING to_json(id)`,
		readers.AddressKey(address), int64(left))
	if err != nil {
		return err
	}
	return forget(ctx, c, gone)
}

// forget deletes the letters of requests or readers.
func forget(ctx context.Context, c *pgx.Conn, of []readers.ID) error {
	if len(of) == 0 {
		return nil
	}
	ids := make([]string, len(of))
	for i, id := range of {
		ids[i] = string(id)
	}
	_, err := c.Exec(ctx, `DELETE FROM watch287g_readers.letters WHERE "of" = ANY($1::text[])`, ids)
	return err
}

// Request returns a request.
func (s *Store) Request(ctx context.Context, id readers.ID) (readers.Request, error) {
	return readOne[readers.Request](ctx, s, "SELECT doc FROM watch287g_readers.requests WHERE id = $1::text", string(id))
}

// RequestsOf returns the requests of an address.
func (s *Store) RequestsOf(ctx context.Context, address string) ([]readers.Request, error) {
	return readAll[readers.Request](ctx, s, "SELECT doc FROM watch287g_readers.requests WHERE address = $1::text ORDER BY at, id", readers.AddressKey(address))
}

// lockRequest reads a request that nobody else changes until the transaction has ended.
func lockRequest(ctx context.Context, c *pgx.Conn, id readers.ID) (readers.Request, error) {
	return one[readers.Request](ctx, c, "SELECT doc FROM watch287g_readers.requests WHERE id = $1::text FOR UPDATE", string(id))
}

// Try counts a try at the code of a request.
func (s *Store) Try(ctx context.Context, id readers.ID) (r readers.Request, err error) {
	err = s.write(ctx, func(ctx context.Context, c *pgx.Conn) error {
		if r, err = lockRequest(ctx, c, id); err != nil {
			return err
		}
		r.Tries++
		text, err := doc(r)
		if err != nil {
			return err
		}
		_, err = c.Exec(ctx, "UPDATE watch287g_readers.requests SET doc = $2::text::json WHERE id = $1::text", string(id), text)
		return err
	})
	return r, err
}

// Withdraw deletes a request with its letter.
func (s *Store) Withdraw(ctx context.Context, id readers.ID) error {
	return s.write(ctx, func(ctx context.Context, c *pgx.Conn) error { return closeRequest(ctx, c, id) })
}

func closeRequest(ctx context.Context, c *pgx.Conn, id readers.ID) error {
	if err := there(ctx, c, "DELETE FROM watch287g_readers.requests WHERE id = $1::text", string(id)); err != nil {
		return err
	}
	return forget(ctx, c, []readers.ID{id})
}

// Confirm makes a reader of a request, or adds it to the one who has the address.
func (s *Store) Confirm(ctx context.Context, id readers.ID, at time.Time, since uint64) (after readers.Reader, err error) {
	asked, err := s.Request(ctx, id)
	if err != nil {
		return readers.Reader{}, err
	}
	key, err := s.suppressionKey(ctx, asked.Address)
	if err != nil {
		return readers.Reader{}, err
	}
	err = s.write(ctx, func(ctx context.Context, c *pgx.Conn) error {
		r, err := lockRequest(ctx, c, id)
		if err != nil {
			return err
		}
		var suppressed bool
		if err := c.QueryRow(ctx, "SELECT EXISTS (SELECT FROM watch287g_readers.suppressions WHERE key = $1::text)", key).Scan(&suppressed); err != nil {
			return err
		}
		if suppressed || !r.OpenAt(at) {
			return store.ErrNotFound
		}
		if err := closeRequest(ctx, c, id); err != nil {
			return err
		}
		if err := lockNumbers(ctx, c, partReaders); err != nil { // two of one address, one after the other
			return err
		}
		before, err := one[readers.Reader](ctx, c, byAddress+" FOR UPDATE", readers.AddressKey(r.Address))
		switch {
		case errors.Is(err, store.ErrNotFound):
			seq, err := nextNumber(ctx, c, partReaders)
			if err != nil {
				return err
			}
			after = readers.NewReader(r, seq, at, since)
			return put(ctx, c, nil, &after)
		case err != nil:
			return err
		}
		after = before
		after.Join(r.Wish, at, since)
		return put(ctx, c, &before, &after)
	})
	if err != nil {
		return readers.Reader{}, err
	}
	return after, nil
}

// write adds a letter.
func write(ctx context.Context, c *pgx.Conn, l readers.Letter) (err error) {
	if l.Seq, err = nextNumber(ctx, c, partLetters); err != nil {
		return err
	}
	text, err := doc(l)
	if err != nil {
		return err
	}
	_, err = c.Exec(ctx, `INSERT INTO watch287g_readers.letters (seq, "of", doc) VALUES ($1::bigint, $2::text, $3::text::json)`, number(l.Seq), string(l.Of), text)
	return err
}
