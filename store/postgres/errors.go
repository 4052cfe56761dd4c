package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/watch287g/watch287g/store"
)

var (
	errNoStore  = fmt.Errorf("there is none yet (%w)", fs.ErrNotExist)
	errOutdated = errors.New("it was written by an older version of watch287g")
	errEncoding = errors.New("the encoding of the database is not UTF8")
	errUnknown  = errors.New("the connection broke while a step was written, and whether it was written could not be found out")
)

// explain adds to an error what was being done to which database and what to do next, in
// one line. Errors that do not concern the database stay as they are.
func (s *Store) explain(ctx context.Context, doing string, err error) error {
	switch {
	case err == nil, errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrConflict), errors.Is(err, store.ErrInvalid),
		ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return err
	case sqlState(err) == lockNotAvailable:
		err = store.ErrLocked
	case errors.As(err, new(*pgconn.ConnectError)):
		err = lastTry{err}
	}
	err = fmt.Errorf("%s the store %s: %w", doing, s.name, err)
	if next := advice(err); next != "" {
		err = fmt.Errorf("%w; %s", err, next)
	}
	return err
}

// lastTry is an error of connecting that says in one line how the last try ended: pgx
// tries a name's addresses and TLS one after the other.
type lastTry struct{ error }

func (e lastTry) Error() string {
	text := e.error.Error()
	return strings.TrimSpace(text[strings.LastIndex(text, "\n")+1:])
}

func (e lastTry) Unwrap() error { return e.error }

// Codes of PostgreSQL's errors; an entry of two characters stands for a class.
const (
	lockNotAvailable = "55P03"
	uniqueViolation  = "23505"
	undefinedTable   = "42P01"
)

// sqlState is the code of the server's error, "" where it is not the server's.
func sqlState(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}

// advice says what to do next.
func advice(err error) string {
	state := sqlState(err)
	switch {
	case errors.Is(err, store.ErrNotEmpty), errors.Is(err, store.ErrDiffers):
		return "" // which say it themselves
	case errors.Is(err, store.ErrDamaged):
		return "restore a backup of it"
	case errors.Is(err, store.ErrLocked):
		return "try again; where it stays locked, look for what holds it in pg_stat_activity"
	case errors.Is(err, store.ErrNewer):
		return "install that version again; nothing was changed"
	case errors.Is(err, errNoStore):
		return "run, poll or import make one"
	case errors.Is(err, errOutdated):
		return "start the service, or poll once, to bring it up to date"
	case errors.Is(err, errEncoding):
		return "create one with ENCODING 'UTF8' TEMPLATE template0"
	case errors.Is(err, errUnknown):
		return "look whether it is there before doing it again"
	case strings.HasPrefix(state, "28"):
		return "mend the user or the password (in the URL, PGPASSWORD or ~/.pgpass)"
	case state == "3D000":
		return "create the database, or name another one"
	case state == "42501":
		return "let this user create and use the schema watch287g in the database"
	case state == "53100":
		return "free some space on the database's disk; nothing of this step was written"
	case state == "53300":
		return "let the server take more connections, or lower pool_max_conns in the URL"
	case state == "25006":
		return "name the server that can be written to, or add target_session_attrs=read-write to the URL"
	case state == "26000", state == "42P05": // prepared statements of another client's
		return "where a pool such as PgBouncer stands before the database, add default_query_exec_mode=exec to the URL"
	case connectionFailed(err):
		return "start the database or mend the way to it; until then each call tries again"
	}
	return "look at the database's log, and try again"
}

// connectionFailed says whether an error is the connection's, or that of a server that
// starts, stops or has too much to do: the same call can do well a little later, on
// another connection.
func connectionFailed(err error) bool {
	switch state := sqlState(err); {
	case state == "57P01", state == "57P02", state == "57P03", state == "25P03", state == "53300", state == "40001", state == "40P01":
		return true
	case state != "":
		return strings.HasPrefix(state, "08")
	}
	var network net.Error
	var connecting *pgconn.ConnectError
	return errors.As(err, &connecting) || errors.As(err, &network) || pgconn.SafeToRetry(err) || pgconn.Timeout(err) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, pgconn.ErrConnClosed) || errors.Is(err, net.ErrClosed)
}

// found turns pgx's word for nothing into the store's.
func found(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return store.ErrNotFound
	}
	return err
}
