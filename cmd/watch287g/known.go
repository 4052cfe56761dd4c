package main

import (
	"context"
	"fmt"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/store"
)

// nothingKnown is said of a store without a list that counts.
const nothingKnown = "Nothing is known yet: ICE's lists have not been read."

// asOf is the moment that is answered for where --as-of asks for one: the last one
// that is known where it asks for a later one, or for none.
func asOf(snap *snapshot.Agreements, asked time.Time) (time.Time, error) {
	at, ok := snap.AsOf(asked)
	if !ok {
		first := snap.Extent().First
		return at, fmt.Errorf("what ICE listed as of %s is not known: the record begins on %s; give --as-of %s or a later day",
			stamp(asked), stamp(first), roster.Day(first))
	}
	return at, nil
}

// withAgreements loads the agreements and the moment that --as-of asks for, and calls
// do with them and with what was asked: the zero time where nothing was.
func (a *app) withAgreements(ctx context.Context, flag string, do func(snap *snapshot.Agreements, at, asked time.Time) error) error {
	asked, err := moment("as-of", flag, true)
	if err != nil {
		return err
	}
	return a.withKnownStore(func(s store.Store) error {
		snap, err := snapshot.LoadAgreements(ctx, s, a.now())
		if err != nil {
			return err
		}
		at, err := asOf(snap, asked)
		if err != nil {
			return err
		}
		return do(snap, at, asked)
	})
}

// knownEnds says that what is printed ends where all that is known does; "" where it
// ends earlier.
func knownEnds(snap *snapshot.Agreements, at time.Time) string {
	if at.Before(snap.KnownUntil()) {
		return ""
	}
	return "What ICE listed after that is not known."
}
