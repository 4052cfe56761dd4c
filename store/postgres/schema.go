package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"

	"github.com/watch287g/watch287g/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Schema is a schema of the database: the store's own, or that of what shares its
// database but is apart from it.
type Schema struct {
	Name  string
	Steps fs.FS // its migrations: migrations/00001_….sql and so on
	// Lock is the number of the lock that one process holds while it changes the schema;
	// it means nothing, and is another one for each schema.
	Lock int64

	// before is called before one that is in use is changed, and queue makes the tables
	// of the queue. Both are the store's alone.
	before func(ctx context.Context, version, latest int64) error
	queue  func(ctx context.Context) error
}

func (s *Store) ownSchema(opts Options, steps fs.FS) Schema {
	before := func(ctx context.Context, version, latest int64) error {
		return s.snapshotBefore(ctx, opts, version, latest)
	}
	return Schema{Name: "watch287g", Steps: steps, Lock: 287_000_287, before: before, queue: s.migrateQueue}
}

// versionTable is where goose keeps which migrations were made.
func (c Schema) versionTable() string { return c.Name + ".goose_db_version" }

// Prepare makes a schema beside the store's, or brings it up to date, in the same way. No
// copy of it is kept before.
func (s *Store) Prepare(ctx context.Context, c Schema, existing bool) error {
	return s.explain(ctx, "opening", s.prepare(ctx, c, existing))
}

// prepare makes sure that a schema is the one that this program knows, and brings an
// older one up to date, unless only an existing one is wanted.
func (s *Store) prepare(ctx context.Context, c Schema, existing bool) error {
	latest, err := latestOf(c.Steps)
	if err != nil {
		return err
	}
	version, err := s.version(ctx, c)
	switch {
	case err != nil:
		return err
	case version > latest:
		return store.Newer(version, latest)
	case version == latest:
		return nil
	case existing && version == 0:
		return errNoStore
	case existing:
		return errOutdated
	}
	return s.migrate(ctx, c, latest)
}

// latestOf is the version that the migrations lead to. They are numbered from 1.
func latestOf(steps fs.FS) (int64, error) {
	files, err := fs.Glob(steps, "migrations/*.sql")
	return int64(len(files)), err
}

// version is that of the schema, 0 where there is none.
func (s *Store) version(ctx context.Context, c Schema) (version int64, err error) {
	err = patiently(ctx, s.bounds.readPatience, s.bounds.point, func(ctx context.Context) error {
		err := s.pool.QueryRow(ctx, "SELECT coalesce(max(version_id), 0) FROM "+c.versionTable()).Scan(&version)
		switch sqlState(err) {
		case undefinedTable, "3F000": // no such table or schema
			return nil
		}
		return err
	})
	return version, err
}

// migrate brings the schema up to date, while no other process does. The lock is that of
// a transaction, and goes with it, whatever happens to this process; the migrations are
// made on other connections, each in a transaction together with its number.
func (s *Store) migrate(ctx context.Context, c Schema, latest int64) error {
	lock, err := s.pool.BeginTx(ctx, pgx.TxOptions{BeginQuery: "BEGIN; SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"})
	if err != nil {
		return err
	}
	defer func() { _ = lock.Rollback(context.WithoutCancel(ctx)) }()
	if _, err := lock.Exec(ctx, "SELECT pg_advisory_xact_lock($1::bigint)", c.Lock); err != nil {
		return fmt.Errorf("waiting for another process that changes the schema: %w", err)
	}
	version, err := s.version(ctx, c)
	switch {
	case err != nil:
		return err
	case version > latest:
		return store.Newer(version, latest)
	case version == latest: // by another process, meanwhile
		return nil
	case version > 0 && c.before != nil:
		if err := c.before(ctx, version, latest); err != nil {
			return err
		}
	}
	var encoding string
	if err := s.pool.QueryRow(ctx, "SELECT current_setting('server_encoding')").Scan(&encoding); err != nil {
		return err
	}
	if encoding != "UTF8" { // another one cannot hold every text of ICE's
		return fmt.Errorf("%w but %s", errEncoding, encoding)
	}
	if _, err := s.pool.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS "+c.Name); err != nil {
		return err
	}
	// The queue comes first: by our own version it is known that both are made.
	if c.queue != nil {
		if err := c.queue(ctx); err != nil {
			return err
		}
	}
	if err := s.goUp(ctx, c); err != nil {
		return fmt.Errorf("bringing it from schema %d to %d: %w", version, latest, err)
	}
	return nil
}

// goUp makes the migrations that are missing.
func (s *Store) goUp(ctx context.Context, c Schema) (err error) {
	db := stdlib.OpenDBFromPool(s.pool)
	defer func() { err = errors.Join(err, db.Close()) }()
	table, err := database.NewStore(goose.DialectPostgres, c.versionTable())
	if err != nil {
		return err
	}
	dir, err := fs.Sub(c.Steps, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectCustom, db, dir, goose.WithStore(table), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}
