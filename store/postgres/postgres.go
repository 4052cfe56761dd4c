// Package postgres keeps the store in a PostgreSQL database, where several machines
// share it. Everything is in the schema watch287g, apart from what else the database
// holds. No statement needs a session of its own, so that a pool between program and
// database, such as PgBouncer by transaction, changes nothing.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/watch287g/watch287g/store"
)

// Options say how to open a store. The zero value opens it, and makes it where there is
// none.
type Options struct {
	// Existing opens a store that is there, of this program's version, and changes
	// nothing: not even a store of an older version.
	Existing bool
	// Snapshots is the directory that holds a copy of the store from before its schema
	// was changed. "" refuses to change one that is in use.
	Snapshots string
}

// limits bound what would otherwise grow without end.
type limits struct {
	polls      uint64
	validators int
}

// Store is a store in a database. It is safe for concurrent use, by any number of
// processes.
type Store struct {
	name   string // of the database, as errors have it: without a password
	pool   *pgxpool.Pool
	limits limits
	bounds bounds
}

var _ store.Store = (*Store)(nil)

// bounds are how long things may take. What stalls must not hold others up for longer
// than a service may be without a successor.
type bounds struct {
	point time.Duration // one try to read something small
	bulk  time.Duration // one try to read everything of a kind
	write time.Duration // one try to write a batch
	lock  time.Duration // waiting for another process's batch
	idle  time.Duration // a batch whose process says nothing any more

	// While a database restarts, calls are tried again for so long.
	readPatience, writePatience time.Duration
}

func usualBounds() bounds {
	return bounds{point: 5 * time.Second, bulk: time.Minute, write: 10 * time.Second, lock: 8 * time.Second, idle: 6 * time.Second,
		readPatience: 3 * time.Second, writePatience: 20 * time.Second}
}

// connectTime is how long a new connection may take where the URL does not say it.
const connectTime = 5 * time.Second

// mostConnections is how many connections a process opens where the URL says nothing
// (pool_max_conns). Few do all that there is to do, and a server has 100 for all.
const mostConnections = 8

// Open opens the store in the database that a URL names (postgres://user@host/name). As
// with psql, what is missing comes from the environment (PGPASSWORD and the like) and
// ~/.pgpass. The error says in one line what to do, without the password.
func Open(ctx context.Context, address string, opts Options) (*Store, error) {
	return open(ctx, address, opts, migrations)
}

func open(ctx context.Context, address string, opts Options, steps fs.FS) (*Store, error) {
	config, err := parse(address)
	if err != nil {
		return nil, err
	}
	s := &Store{name: nameOf(config.ConnConfig), limits: limits{polls: 10_000, validators: 200}, bounds: usualBounds()}
	if s.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, s.explain(ctx, "opening", err)
	}
	if err := s.prepare(ctx, s.ownSchema(opts, steps), opts.Existing); err != nil {
		s.pool.Close()
		return nil, s.explain(ctx, "opening", err)
	}
	return s, nil
}

// Name is the database of a URL as it may be shown: without a password.
func Name(address string) (string, error) {
	config, err := parse(address)
	if err != nil {
		return "", err
	}
	return nameOf(config.ConnConfig), nil
}

// errAddress does not say what is wrong where: that could be a part of the password.
var errAddress = errors.New(`this is not the URL of a PostgreSQL database; write it like postgres://user@host:5432/name, with what is special in a password as %XX`)

func parse(address string) (*pgxpool.Config, error) {
	if !strings.HasPrefix(address, "postgres://") && !strings.HasPrefix(address, "postgresql://") {
		return nil, errAddress
	}
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, errAddress
	}
	c := config.ConnConfig
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = connectTime
	}
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "watch287g"
	}
	if u, err := url.Parse(address); err == nil && !u.Query().Has("pool_max_conns") {
		config.MaxConns = mostConnections
	}
	config.MaxConns = max(config.MaxConns, 2) // migrations are made beside the one that holds their lock
	return config, nil
}

func nameOf(c *pgx.ConnConfig) string {
	u := url.URL{Scheme: "postgres", User: url.User(c.User), Host: net.JoinHostPort(c.Host, strconv.Itoa(int(c.Port))), Path: "/" + c.Database}
	if strings.HasPrefix(c.Host, "/") { // the directory of a socket
		u.Host, u.RawQuery = "", "host="+c.Host
	}
	return u.String()
}

// Pool is where the store's connections come from. What else works with the database
// shares it.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Close waits for what is under way and closes the connections.
func (s *Store) Close() error {
	s.pool.Close()
	return nil
}

// key is a name as a key of a table. PostgreSQL's text can hold neither NUL nor what is
// not UTF-8; such a name gets another form that no other name has.
func key(name string) string {
	const other = "\ufffd"
	if utf8.ValidString(name) && !strings.Contains(name, "\x00") && !strings.HasPrefix(name, other) {
		return name
	}
	return fmt.Sprintf("%s%x", other, name)
}
