package main

import (
	"context"
	"errors"
	"os"

	"github.com/watch287g/watch287g/cmd/watch287g/people"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/postgres"
)

func (a *app) readersPlace() people.Place {
	return people.Place{Data: a.data(), Held: a.service == nil && a.serviceAnswers()}
}

// readersEnv is what commands about readers work with.
func (a *app) readersEnv() *people.Env {
	return &people.Env{Stdout: a.stdout, Now: a.now, Abs: a.abs, WriteFile: a.writeFile, With: a.withReaders,
		File: func() string { return people.Place{Data: a.data()}.Path() }, Ask: exited(statusAsk), Usage: func(err error) error { return usageError{err} }}
}

// withReaders runs do with the readers: the service's, or those opened for the call;
// where existing is set, only where there are any.
func (a *app) withReaders(ctx context.Context, existing bool, do func(readers.Store) error) error {
	if a.service != nil && a.service.readers != nil {
		return do(a.service.readers.Store)
	}
	open := func(s store.Store) error {
		all, err := a.readersPlace().Open(ctx, s, existing)
		if err != nil {
			return err //nolint:wrapcheck // it says what to do
		}
		return errors.Join(do(all), all.Close())
	}
	if a.service != nil {
		if _, ok := a.service.store.(*postgres.Store); ok {
			return open(a.service.store)
		}
		return open(nil)
	}
	_, err := a.config()
	switch {
	case err != nil && a.serviceAnswers():
		return store.ErrLocked // it goes on by the configuration of before, and is asked
	case err != nil:
		return err
	case a.shared():
		return a.withOpened(existing, open)
	}
	return open(nil)
}

// readersApart says, where there are readers, that a copy of the state does not have
// them, and how it is with them.
func (a *app) readersApart(then string) {
	_, err := os.Stat(a.readersEnv().File())
	if c, wrong := a.config(); err == nil || wrong == nil && c.Readers != nil {
		sayf(a.stdout, "Readers who signed up are not in it. %s\n", then)
	}
}
