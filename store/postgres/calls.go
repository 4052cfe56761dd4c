package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// This file tries calls again while a database restarts or a connection breaks, as far
// as that can never do a thing twice.

// querier is what reads: a connection, in a transaction or not.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// patiently calls try until it does well, fails for good, or patience is over. A try has
// an end of its own, so that a connection that stalls is given up.
func patiently(ctx context.Context, patience, each time.Duration, try func(context.Context) error) error {
	began, pause := time.Now(), 50*time.Millisecond
	for {
		trying, cancel := context.WithTimeout(ctx, each)
		err := try(trying)
		late := trying.Err() != nil
		cancel()
		switch {
		case err == nil:
			return nil
		case errors.Is(err, errUnknown):
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case !late && !connectionFailed(err):
			return err
		case time.Since(began)+pause > patience:
			if late && errors.Is(err, context.DeadlineExceeded) { // not the caller's deadline
				return fmt.Errorf("no answer within %v: %w", each, errStalled)
			}
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
		pause = min(2*pause, time.Second)
	}
}

// errStalled is a failure of the connection.
var errStalled = &stalled{}

type stalled struct{}

func (*stalled) Error() string   { return "the connection stalls" }
func (*stalled) Timeout() bool   { return true }
func (*stalled) Temporary() bool { return true }

// read calls fn with a connection, maybe again and again.
func (s *Store) read(ctx context.Context, each time.Duration, fn func(ctx context.Context, q querier) error) error {
	err := patiently(ctx, s.bounds.readPatience, each, func(ctx context.Context) error { return fn(ctx, s.pool) })
	return s.explain(ctx, "reading", err)
}

// snapshot is read for several queries that must see one state.
func (s *Store) snapshot(ctx context.Context, each time.Duration, fn func(ctx context.Context, q querier) error) error {
	err := patiently(ctx, s.bounds.readPatience, each, func(ctx context.Context) error { return s.snapshotOnce(ctx, s.bounds.bulk, fn) })
	return s.explain(ctx, "reading", err)
}

// snapshotOnce ends where nothing is asked for as long as idle: as long as it is open, no
// table can be cleaned up.
func (s *Store) snapshotOnce(ctx context.Context, idle time.Duration, fn func(ctx context.Context, q querier) error) error {
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{BeginQuery: fmt.Sprintf(
		"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL idle_in_transaction_session_timeout = %d", idle.Milliseconds())})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(ctx) }() // it only read
	return fn(ctx, tx)
}

// writing is the connection of one transaction.
type writing struct {
	*pgx.Conn
	mark mark
}

// mark is what is known of a transaction by which its end can be asked for. The server's
// number alone does not do: what a crash took with it may have its number given again.
type mark struct {
	xid    string // the server's number
	writer string // names the connection
	count  int64  // of the connection's transactions
}

// write calls fn in a transaction, which is rolled back if fn fails or ctx has ended by
// then. Where the connection breaks, fn is called again, unless the transaction is found
// to be committed: the server remembers how each one ended.
func (s *Store) write(ctx context.Context, fn func(ctx context.Context, w *writing) error) error {
	err := patiently(ctx, s.bounds.writePatience, s.bounds.write, func(trying context.Context) error {
		lost, err := s.writeOnce(trying, fn)
		if err == nil || lost == (mark{}) { // done, or sure not to be
			return err
		}
		committed, unknown := s.committed(context.WithoutCancel(ctx), lost)
		switch {
		case unknown != nil:
			return fmt.Errorf("%w (%w)", errUnknown, noDriver(unknown))
		case committed:
			return nil
		}
		return err
	})
	return s.explain(ctx, "writing", err)
}

// noDriver keeps the text of an error, which is no reason to try again.
func noDriver(err error) error { return errors.New(err.Error()) }

// writeOnce returns the mark of the transaction only where it was to be committed, and
// the answer was lost.
func (s *Store) writeOnce(ctx context.Context, fn func(ctx context.Context, w *writing) error) (lost mark, err error) {
	c, err := s.pool.Acquire(ctx)
	if err != nil {
		return mark{}, err
	}
	defer c.Release() // closes a connection that is still in a transaction
	w := &writing{Conn: c.Conn()}
	if w.mark, err = s.begin(ctx, w.PgConn()); err != nil {
		return mark{}, err
	}
	if err := fn(ctx, w); err != nil {
		_, _ = c.Exec(ctx, "ROLLBACK") // where it does not get through, closing does it
		return mark{}, err
	}
	if err := ctx.Err(); err != nil {
		return mark{}, err
	}
	// What was sent cannot be taken back: the caller gets the answer even if it gives up.
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.bounds.write)
	defer cancel()
	tag, err := c.Exec(ending, "COMMIT")
	switch {
	case err != nil && sqlState(err) != "" && !connectionFailed(err):
		return mark{}, err // the server refused it
	case err != nil:
		return w.mark, err
	case tag.String() != "COMMIT":
		return mark{}, fmt.Errorf("the transaction ended with %s", tag)
	}
	return mark{}, nil
}

// durably is for a server that says that a transaction is committed before that is on its
// disk: after a crash, what was sent would be sent again, and another list would get the
// revision by which processes know what they have read.
const durably = "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off';"

// begin begins a transaction with bounds of its own, and marks it in a row that only its
// connection writes. The rows of connections that are long gone go with the first one.
func (s *Store) begin(ctx context.Context, c *pgconn.PgConn) (mark, error) {
	m, marked := c.CustomData()[writerKey].(mark)
	prune := ""
	if !marked {
		m.writer = rand.Text()
		prune = `DELETE FROM watch287g.writers WHERE name IN
			(SELECT name FROM watch287g.writers WHERE began < now() - interval '7 days' FOR UPDATE SKIP LOCKED);`
	}
	m.count++
	c.CustomData()[writerKey] = m
	results, err := c.Exec(ctx, fmt.Sprintf(`BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
		SET LOCAL lock_timeout = %d; SET LOCAL statement_timeout = %d; SET LOCAL idle_in_transaction_session_timeout = %d; %s %s
		INSERT INTO watch287g.writers (name, count, began) VALUES ('%s', %d, now())
			ON CONFLICT (name) DO UPDATE SET count = excluded.count, began = excluded.began
			RETURNING pg_current_xact_id()::text`, s.bounds.lock.Milliseconds(), s.bounds.write.Milliseconds(), s.bounds.idle.Milliseconds(),
		durably, prune, m.writer, m.count)).ReadAll()
	if err != nil {
		return mark{}, err
	}
	last := results[len(results)-1]
	if len(last.Rows) != 1 {
		return mark{}, errors.New("the server did not number the transaction")
	}
	m.xid = string(last.Rows[0][0])
	return m, nil
}

// writerKey is where a connection keeps the mark of its last transaction.
const writerKey = "writer"

// committed asks how a transaction ended: first whether it has, then whether its mark is
// there. After a lost answer the connection marks nothing else.
func (s *Store) committed(ctx context.Context, m mark) (committed bool, err error) {
	err = patiently(ctx, s.bounds.writePatience, s.bounds.point, func(ctx context.Context) error {
		var status *string
		err := s.pool.QueryRow(ctx, "SELECT pg_xact_status($1::text::xid8)", m.xid).Scan(&status)
		switch {
		case sqlState(err) == "22023": // a number that was not given yet: a crash took the transaction
			return nil
		case err != nil:
			return err
		case status != nil && *status == "in progress":
			return errStalled // the server has not noticed yet that nobody waits
		}
		return s.pool.QueryRow(ctx, "SELECT EXISTS (SELECT FROM watch287g.writers WHERE name = $1 AND count = $2)", m.writer, m.count).Scan(&committed)
	})
	return committed, err
}
