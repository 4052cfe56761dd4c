package postgres

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

// queueVersion is that of the tables of River, the queue of a fleet's jobs, which are in
// the same schema. Where a newer River brings another one, a migration of ours has to go
// with it, even an empty one: by its number everybody knows which tables there are.
const queueVersion = 8

// queueCare are the settings of River's tables. A job's row lives for minutes, and is
// written several times; what is left of it has to go as fast.
const queueCare = `
	ALTER TABLE watch287g.river_job SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500,
		autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 5000, autovacuum_analyze_scale_factor = 0,
		autovacuum_analyze_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
	ALTER TABLE watch287g.river_leader SET (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 100);
	ALTER TABLE watch287g.river_queue SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 100)`

// migrateQueue makes River's tables, or brings them up to date.
func (s *Store) migrateQueue(ctx context.Context) error {
	m, err := rivermigrate.New(riverpgxv5.New(s.pool), &rivermigrate.Config{Schema: "watch287g", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, &rivermigrate.MigrateOpts{TargetVersion: queueVersion}); err != nil {
		return fmt.Errorf("bringing the queue to its version %d: %w", queueVersion, err)
	}
	_, err = s.pool.Exec(ctx, queueCare)
	return err
}
