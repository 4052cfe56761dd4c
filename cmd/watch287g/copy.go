package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/watch287g/watch287g/cmd/watch287g/documents"
	"github.com/watch287g/watch287g/document/archive"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/store/postgres"
)

type copyCmd struct {
	From string `help:"A data directory, or the URL of a PostgreSQL database." required:"" placeholder:"DIR|URL"`
	To   string `help:"The same, with nothing in it yet." required:"" placeholder:"DIR|URL"`
}

// Run copies everything that a store holds to an empty one. What is written is read back
// and compared before it counts, so that there is a whole copy or none. Neither is the
// store of a running service: what that commits meanwhile would be lost.
func (c copyCmd) Run(ctx context.Context, a *app) error {
	if a.service != nil {
		return errors.New("stop the service first, since what it commits from now on would be in one of both only")
	}
	from, err := a.openToCopy(ctx, c.From)
	if err != nil {
		return notAsked(err)
	}
	items, err := a.copyTo(ctx, from, c.To)
	if errors.Is(err, store.ErrDiffers) {
		err = fmt.Errorf("%w; nothing was copied: stop what writes to %s, and try again", err, shownPlace(c.From))
	}
	if err := errors.Join(err, from.Close()); err != nil {
		return notAsked(err)
	}
	sayf(a.stdout, "%d things are copied from %s to %s, read back and found to be the same.\n", items, shownPlace(c.From), shownPlace(c.To))
	if err := documents.CopyBetween(ctx, a.stdout, c.To, c.From, func(place string) (archive.Archive, error) {
		if isURL(place) {
			return a.archive()
		}
		return documents.On(fileOf(a.abs(place)), a.now), nil
	}); err != nil {
		return err
	}
	if isURL(c.To) {
		sayf(a.stdout, "To use it, write the URL into the configuration as \"store\".\n")
	}
	a.readersApart("To move them, too: watch287g readers export FILE, and import with the other configuration")
	return nil
}

// notAsked is an error for which a running service is not asked instead.
func notAsked(err error) error {
	if errors.Is(err, store.ErrLocked) {
		return errors.New(err.Error())
	}
	return err
}

// dumped is a store to be copied.
type dumped interface {
	store.Store
	store.Dumper
}

// openToCopy opens a store that is there. That of a directory is locked, so that nobody
// changes it meanwhile.
func (a *app) openToCopy(ctx context.Context, place string) (dumped, error) {
	if isURL(place) {
		s, err := postgres.Open(ctx, place, postgres.Options{Existing: true})
		if err != nil { // not s, which would be no nil
			return nil, err
		}
		return s, nil
	}
	path := fileOf(a.abs(place))
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("there is no store in %s: %w; name a data directory, or a URL like postgres://user@host/name", place, err)
	}
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (a *app) copyTo(ctx context.Context, from store.Dumper, place string) (items int, err error) {
	if !isURL(place) {
		return bolt.Load(ctx, fileOf(a.abs(place)), from)
	}
	to, err := postgres.Open(ctx, place, postgres.Options{})
	if err != nil {
		return 0, err
	}
	items, err = to.Load(ctx, from)
	return items, errors.Join(err, to.Close())
}

func isURL(place string) bool { return strings.Contains(place, "://") }

// shownPlace is a place without a password.
func shownPlace(place string) string {
	if !isURL(place) {
		return place
	}
	name, err := postgres.Name(place)
	if err != nil {
		return "the database"
	}
	return name
}
