package main

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/watch287g/watch287g/cmd/watch287g/anew"
	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/rebuild"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
)

// anewEnv is what the commands work with that derive anew what was stored or said.
func (a *app) anewEnv() *anew.Env {
	e := &anew.Env{Stdout: a.stdout, Now: a.now, Abs: a.abs, With: a.withExistingStore, InUse: a.inUse, Exit: a.exit,
		Settings: func() (diff.Settings, error) {
			c, err := a.config()
			if err != nil {
				return diff.Settings{}, err
			}
			return settings(c)
		}}
	if e.Data = a.data(); a.service == nil {
		e.Replace = a.replaceStore
	}
	return e
}

// replaceStore puts what derive makes of the store in its place.
func (a *app) replaceStore(ctx context.Context, derive func(rebuild.Source) (*rebuild.Rebuilt, error)) (kept string, err error) {
	if err := a.needStore(); err != nil {
		return "", err
	}
	if a.shared() {
		return "", errors.New("the state is in a database; copy it to a directory, rebuild that, and copy it to an empty database")
	}
	name := a.storePath() + ".before-rebuild-" + a.now().UTC().Format("20060102T150405Z")
	err = bolt.Replace(ctx, a.storePath(), name, func(s *bolt.Store) (store.Dumper, error) {
		b, err := derive(s)
		if err != nil || !b.Differs() {
			return nil, err
		}
		kept = filepath.Join(a.flags.Data, filepath.Base(name))
		return b, nil
	})
	if errors.Is(err, store.ErrLocked) {
		return "", a.inUse("rebuild")
	}
	return kept, err
}

// exit ends a command with a status, and says why unless that is nil.
func (a *app) exit(status int, why error) error {
	if why != nil {
		sayf(a.stderr, "watch287g: %s\n", oneLine(why))
	}
	return exited(status)
}
