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

// versionTable is where goose keeps which migrations were made.
const versionTable = "watch287g.goose_db_version"

// migrationLock is the number of the lock that one process holds while it changes the
// schema; it means nothing.
const migrationLock = 287_000_287

// prepare makes sure that the schema is the one that this program knows, and brings an
// older one up to date.
func (s *Store) prepare(ctx context.Context, opts Options, steps fs.FS) error {
	latest, err := latestOf(steps)
	if err != nil {
		return err
	}
	version, err := s.version(ctx)
	switch {
	case err != nil:
		return err
	case version > latest:
		return store.Newer(version, latest)
	case version == latest:
		return nil
	case opts.Existing && version == 0:
		return errNoStore
	case opts.Existing:
		return errOutdated
	}
	return s.migrate(ctx, opts, steps, latest)
}

// latestOf is the version that the migrations lead to. They are numbered from 1.
func latestOf(steps fs.FS) (int64, error) {
	files, err := fs.Glob(steps, "migrations/*.sql")
	return int64(len(files)), err
}

// version is that of the schema, 0 where there is none.
func (s *Store) version(ctx context.Context) (version int64, err error) {
	err = patiently(ctx, s.bounds.readPatience, s.bounds.point, func(ctx context.Context) error {
		err := s.pool.QueryRow(ctx, "SELECT coalesce(max(version_id), 0) FROM "+versionTable).Scan(&version)
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
func (s *Store) migrate(ctx context.Context, opts Options, steps fs.FS, latest int64) error {
	lock, err := s.pool.BeginTx(ctx, pgx.TxOptions{BeginQuery: "BEGIN; SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"})
	if err != nil {
		return err
	}
	defer func() { _ = lock.Rollback(context.WithoutCancel(ctx)) }()
	if _, err := lock.Exec(ctx, "SELECT pg_advisory_xact_lock($1::bigint)", migrationLock); err != nil {
		return fmt.Errorf("waiting for another process that changes the schema: %w", err)
	}
	version, err := s.version(ctx)
	switch {
	case err != nil:
		return err
	case version > latest:
		return store.Newer(version, latest)
	case version == latest: // by another process, meanwhile
		return nil
	case version > 0:
		if err := s.snapshotBefore(ctx, opts, version, latest); err != nil {
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
	if _, err := s.pool.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS watch287g"); err != nil {
		return err
	}
	// The queue comes first: by our own version it is known that both are made.
	if err := s.migrateQueue(ctx); err != nil {
		return err
	}
	if err := s.goUp(ctx, steps); err != nil {
		return fmt.Errorf("bringing it from schema %d to %d: %w", version, latest, err)
	}
	return nil
}

// goUp makes the migrations that are missing.
func (s *Store) goUp(ctx context.Context, steps fs.FS) (err error) {
	db := stdlib.OpenDBFromPool(s.pool)
	defer func() { err = errors.Join(err, db.Close()) }()
	table, err := database.NewStore(goose.DialectPostgres, versionTable)
	if err != nil {
		return err
	}
	dir, err := fs.Sub(steps, "migrations")
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
