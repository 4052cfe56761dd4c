package river

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Count is how many jobs of a kind are in a state, such as "available" or "running". Of
// those that ended it is those of the last minutes.
type Count struct {
	Kind, State string
	Jobs        int
}

// Counts counts the jobs in a database.
func Counts(ctx context.Context, pool *pgxpool.Pool) (counts []Count, err error) {
	rows, err := pool.Query(ctx, "SELECT kind, state::text, count(*) FROM "+Schema+".river_job GROUP BY 1, 2 ORDER BY 1, 2")
	if err != nil {
		return nil, fmt.Errorf("counting jobs: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c Count
		if err := rows.Scan(&c.Kind, &c.State, &c.Jobs); err != nil {
			return nil, fmt.Errorf("counting jobs: %w", err)
		}
		counts = append(counts, c)
	}
	return counts, rows.Err()
}
