package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/watch287g/watch287g/cmd/watch287g/anew"
	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/internal/durable"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/rebuild"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/store/postgres"
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
		},
		Plan: func(source rebuild.Source) (func(context.Context, roster.CycleEvent) (roster.Notifications, error), error) {
			c, err := a.config()
			if err != nil {
				return nil, err
			}
			s, ok := source.(store.Store)
			if !ok {
				return nil, errors.New("this store cannot plan messages")
			}
			var rules []notify.Rule
			for _, ch := range c.Channels {
				rules = append(rules, ruleOf(ch))
			}
			return notify.NewPlanner(store.Queue{Store: s}, rules, snapshot.InAreas(s), notify.AlertThresholds{}).Plan, nil
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
	name := a.aside(a.storePath(), "rebuild")
	if a.shared() {
		return a.replaceDatabase(ctx, name, derive)
	}
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

// aside is a name beside a file's, which nothing has yet, for what something is about to
// replace.
func (a *app) aside(path, something string) string {
	name := fmt.Sprintf("%s.before-%s-%s", path, something, a.now().UTC().Format("20060102T150405Z"))
	free := name
	for n := 2; ; n++ {
		if _, err := os.Lstat(free); err != nil {
			return free
		}
		free = fmt.Sprintf("%s-%d", name, n)
	}
}

// exit ends a command with a status, and says why unless that is nil.
func (a *app) exit(status int, why error) error {
	if why != nil {
		sayf(a.stderr, "watch287g: %s\n", oneLine(why))
	}
	return exited(status)
}

// replaceDatabase does so in a database, after a backup to a file in the data directory. Who
// commits or sends meanwhile keeps it from that.
func (a *app) replaceDatabase(ctx context.Context, name string, derive func(rebuild.Source) (*rebuild.Rebuilt, error)) (kept string, err error) {
	opened, err := a.openStore(true)
	if err != nil {
		return "", a.nothingYet(err)
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	s, ok := opened.(*postgres.Store)
	if !ok {
		return "", errors.New("the store is no database")
	}
	b, err := derive(s)
	if err != nil || !b.Differs() {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return "", fmt.Errorf("making a place for the backup: %w", err)
	}
	if err := durable.Write(name, func(f *os.File) error { return s.Backup(ctx, f) }); err != nil {
		return "", fmt.Errorf("backing up what is there: %w", err)
	}
	if err := s.Replace(ctx, b); errors.Is(err, store.ErrConflict) {
		return "", errors.Join(fmt.Errorf("%w; stop all processes that use the database, then rebuild", err), os.Remove(name))
	} else if err != nil {
		return "", err
	}
	return filepath.Join(a.flags.Data, filepath.Base(name)), nil
}
