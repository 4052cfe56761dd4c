package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/store/postgres"
)

// data is the directory of the state.
func (a *app) data() string { return a.abs(a.flags.Data) }

func (a *app) storePath() string { return fileOf(a.data()) }

// fileOf is the file of a store in a directory.
func fileOf(dir string) string { return filepath.Join(dir, "watch287g.db") }

// shared says whether the store is a database, which other processes use at the same
// time. A configuration that is wrong is reported where the store is opened.
func (a *app) shared() bool {
	c, err := a.config()
	return err == nil && c.Store.Reveal() != ""
}

// openStore opens the store that the configuration names; where existing is set, only
// one that is there.
//
// A file belongs to one process, so that commands ask a running service to run them. A
// database belongs to none, and commands open it themselves: the service may run on
// another machine. Only what polls is left to a service on this one (withWatcher).
func (a *app) openStore(existing bool) (store.Store, error) {
	c, err := a.config()
	if err != nil && a.serviceAnswers() {
		return nil, store.ErrLocked // it goes on by the configuration of before, and is asked
	}
	if err != nil {
		return nil, err
	}
	if address := c.Store.Reveal(); address != "" {
		s, err := postgres.Open(a.ctx, address, postgres.Options{Existing: existing, Snapshots: a.data()})
		if err != nil { // not s, which would be no nil
			return nil, err
		}
		return s, nil
	}
	var opts bolt.Options
	if a.serviceAnswers() {
		opts.LockTimeout = time.Nanosecond // it holds the store, and is there to be asked
	}
	s, err := bolt.Open(a.storePath(), opts)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// withStore runs do with the store: the service's, or one opened for the call.
func (a *app) withStore(do func(store.Store) error) error {
	return a.withOpened(false, do)
}

func (a *app) withOpened(existing bool, do func(store.Store) error) error {
	if a.service != nil {
		return do(a.service.store)
	}
	s, err := a.openStore(existing)
	if existing {
		err = a.nothingYet(err)
	}
	if err != nil {
		return err
	}
	return errors.Join(do(s), s.Close())
}

// withExistingStore is withStore for commands that make no sense without one.
func (a *app) withExistingStore(do func(store.Store) error) error {
	if a.service == nil && a.shared() {
		return a.withOpened(true, do)
	}
	if err := a.needStore(); err != nil {
		return err
	}
	return a.withStore(do)
}

// needStore says that there is nothing to read yet.
func (a *app) needStore() error {
	if a.service != nil {
		return nil
	}
	if a.shared() {
		return a.withOpened(true, func(store.Store) error { return nil })
	}
	_, err := os.Stat(a.storePath())
	if errors.Is(err, fs.ErrNotExist) {
		return a.nothingYet(err)
	}
	return nil
}

// nothingYet says where nothing is yet, and passes other errors on.
func (a *app) nothingYet(err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	place := a.flags.Data
	if a.shared() {
		place = "the database"
	}
	return fmt.Errorf("there is nothing in %s yet; \"watch287g poll\" or \"watch287g import\" puts something there", place)
}
