package main

import (
	"context"
	"fmt"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// nothingKnown is said of a store without a list that counts.
const nothingKnown = "Nothing is known yet: ICE's lists have not been read."

// knowledge is what a command can answer from: the stretch of time of which it is
// known what ICE lists, and the lists.
type knowledge struct {
	roster.Extent
	publications []roster.Publication
}

// known finds out until when it is known what ICE lists.
func (a *app) known(ctx context.Context, s store.Reader) (k knowledge, err error) {
	if k.publications, err = s.Publications(ctx); err != nil {
		return k, fmt.Errorf("reading the publications: %w", err)
	}
	reading, err := s.Reading(ctx)
	if err != nil {
		return k, fmt.Errorf("reading how far ICE's page is read: %w", err)
	}
	k.Extent = roster.ExtentOf(k.publications, reading, a.now())
	return k, nil
}

// asOf is the moment that is answered for where --as-of asks for one: the last one
// that is known where it asks for a later one, or for none.
func (k knowledge) asOf(asked time.Time) (time.Time, error) {
	if k.Before(asked) {
		return time.Time{}, fmt.Errorf("what ICE listed as of %s is not known: the record begins on %s; give --as-of %s or a later day",
			stamp(asked), stamp(k.First), roster.Day(k.First))
	}
	return k.Cut(asked), nil
}

// ends says that what is printed ends where all that is known does; "" where it
// ends earlier.
func (k knowledge) ends(at time.Time) string {
	if at.Before(k.Until) {
		return ""
	}
	return "What ICE listed after that is not known."
}
