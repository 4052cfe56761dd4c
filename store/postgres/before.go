package postgres

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"

	"github.com/watch287g/watch287g/internal/durable"
)

// snapshotBefore writes all tables as they are to a file, before their schema is changed.
// A program knows how to read the tables of its own version alone; so the file has them
// as SQL, which psql reads into tables that the older version has made.
func (s *Store) snapshotBefore(ctx context.Context, opts Options, version, latest int64) error {
	if opts.Snapshots == "" {
		return fmt.Errorf("its schema %d has to be brought to %d, and there is no directory for a copy of it from before; start the service with --data", version, latest)
	}
	path := filepath.Join(opts.Snapshots, fmt.Sprintf("before-schema-%d.sql.gz", version+1))
	if err := s.writeSnapshot(ctx, path, version); err != nil {
		return fmt.Errorf("its schema %d has to be brought to %d, and a copy of it from before could not be written, so that nothing was changed: %w", version, latest, err)
	}
	return nil
}

func (s *Store) writeSnapshot(ctx context.Context, path string, version int64) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return durable.Write(path, func(f *os.File) error {
		buffered := bufio.NewWriterSize(f, 1<<20)
		z := gzip.NewWriter(buffered)
		_, err := fmt.Fprintf(z, `-- Everything that watch287g kept in a database, before its schema %[1]d was changed.
-- To go back: drop the schema watch287g, start the version that has schema %[1]d, which
-- makes the tables, stop it, and run
--   gunzip -c %[2]s | psql -v ON_ERROR_STOP=1 -1 URL
`, version, filepath.Base(path))
		if err := errors.Join(err, s.copyTables(ctx, z)); err != nil {
			return err
		}
		return errors.Join(z.Close(), buffered.Flush())
	})
}

// copyTables writes the rows of every table but goose's, as of one moment.
func (s *Store) copyTables(ctx context.Context, z *gzip.Writer) error {
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // it only read
	rows, err := tx.Query(ctx, "SELECT tablename::text FROM pg_tables WHERE schemaname = 'watch287g' AND tablename NOT LIKE 'goose%' AND tablename NOT LIKE 'river%' ORDER BY 1")
	if err != nil {
		return err
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, table := range tables {
		quoted := pgx.Identifier{"watch287g", table}.Sanitize()
		if _, err := fmt.Fprintf(z, "TRUNCATE %[1]s;\nCOPY %[1]s FROM STDIN;\n", quoted); err != nil {
			return err
		}
		if _, err := tx.Conn().PgConn().CopyTo(ctx, z, "COPY "+quoted+" TO STDOUT"); err != nil {
			return err
		}
		if _, err := fmt.Fprint(z, "\\.\n"); err != nil {
			return err
		}
	}
	return nil
}
