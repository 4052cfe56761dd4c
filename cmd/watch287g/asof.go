package main

import (
	"context"
	"fmt"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/store"
)

// notKnown says that what is asked for was before the record, and which value of the
// flag is not.
func notKnown(what string, asked, first time.Time, flag string) error {
	return fmt.Errorf("what %s %s is not known: the record begins on %s; give --%s %s or a later day",
		what, stamp(asked), stamp(first), flag, roster.Day(first))
}

// withAgreements loads the agreements and calls do with them, with the moment that is
// answered for, and with the one that --as-of asks for, zero where it does not. The
// former is the last one that is known where a later one is asked for, or none.
func (a *app) withAgreements(ctx context.Context, flag string, do func(snap *snapshot.Agreements, at, asked time.Time) error) error {
	asked, err := moment("as-of", flag, true)
	if err != nil {
		return err
	}
	return a.withExistingStore(func(s store.Store) error {
		snap, err := snapshot.LoadAgreements(ctx, s, a.now())
		if err != nil {
			return err
		}
		at, ok := snap.AsOf(asked)
		if !ok {
			return notKnown("ICE listed as of", asked, snap.Extent().First, "as-of")
		}
		return do(snap, at, asked)
	})
}

// recordEndNote says that what is printed ends where all that is known does; "" where it
// ends earlier.
func recordEndNote(snap *snapshot.Agreements, at time.Time) string {
	if at.Before(snap.KnownUntil()) {
		return ""
	}
	return "What ICE listed after that is not known."
}
