package web

import (
	"context"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
)

// Source is where the site reads: everything that was ever seen, and what it
// means. Answers are the caller's own.
type Source interface {
	snapshot.Source
	// Revision is a number that moves whenever another answer may have moved.
	// It is asked for at every request.
	Revision(ctx context.Context) (uint64, error)
	// Body returns the bytes of a publication by their hash.
	Body(ctx context.Context, sha256 string) ([]byte, error)
	// Roster returns what a publication says, by its number.
	Roster(ctx context.Context, seq uint64) (roster.Roster, error)
}
