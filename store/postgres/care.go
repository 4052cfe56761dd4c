package postgres

import (
	"context"
	"time"
)

// OldestTransaction is for how long the oldest transaction in the database has kept
// tables from being cleaned up, whosever it is: 0 where none does. Of other users'
// sessions the server tells only members of pg_read_all_stats.
func (s *Store) OldestTransaction(ctx context.Context) (age time.Duration, err error) {
	err = s.read(ctx, s.bounds.point, func(ctx context.Context, q querier) error {
		return q.QueryRow(ctx, `SELECT coalesce(max(now() - least(xact_start, now())), '0') FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid() AND (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL)`).Scan(&age)
	})
	return age, err
}
