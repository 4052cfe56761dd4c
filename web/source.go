package web

import (
	"context"

	"github.com/watch287g/watch287g/roster"
)

// Source is where the site reads: everything that was ever seen, and what it
// means. Answers are the caller's own.
type Source interface {
	// Revision is a number that moves whenever another answer may have moved.
	// It is asked for at every request.
	Revision(ctx context.Context) (uint64, error)
	// Known is what stands now, with all that each agreement ever was.
	Known(ctx context.Context) (roster.Snapshot, error)
	// ChangesAfter lists the changes with a greater number, the oldest first.
	ChangesAfter(ctx context.Context, seq uint64) ([]roster.Change, error)
	// Publications lists every publication, in the order of their numbers.
	Publications(ctx context.Context) ([]roster.Publication, error)
	// Holds lists all holds ever, the newest first.
	Holds(ctx context.Context) ([]roster.Hold, error)
	// Polls lists the last n polls, the newest first.
	Polls(ctx context.Context, n int) ([]roster.Poll, error)
	// Reading is how far ICE's page is read.
	Reading(ctx context.Context) (roster.Reading, error)
	// Body returns the bytes of a publication by their hash.
	Body(ctx context.Context, sha256 string) ([]byte, error)
	// Roster returns what a publication says, by its number.
	Roster(ctx context.Context, seq uint64) (roster.Roster, error)
}
