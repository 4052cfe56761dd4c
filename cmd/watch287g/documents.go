package main

import (
	"context"
	"errors"

	"github.com/watch287g/watch287g/cmd/watch287g/documents"
	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/document/archive"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/watch"
)

// docsCmd are the commands about documents.
type docsCmd = documents.Commands

// archive is what keeps documents: the service's, or one opened for the call.
func (a *app) archive() (*archive.Current, error) {
	if a.service != nil {
		return a.service.documents, nil
	}
	c, err := a.config()
	if err != nil {
		return nil, err
	}
	return a.archiveBy(c)
}

// archiveBy is archive by a configuration, where none was opened yet.
func (a *app) archiveBy(c config.Config) (*archive.Current, error) {
	if a.kept != nil {
		return a.kept, nil
	}
	opened, err := documents.Open(c.Documents, a.storePath(), a.now)
	if err != nil {
		return nil, err //nolint:wrapcheck // it says what to do
	}
	a.kept = archive.NewCurrent(opened)
	return a.kept, nil
}

// documentsEnv is what commands about documents work with.
func (a *app) documentsEnv() *documents.Env {
	e := &documents.Env{Stdout: a.stdout, Now: a.now, Abs: a.abs, WriteFile: a.writeFile, With: func(do func(store.Store, archive.Archive) error) error {
		return a.withExistingStore(func(s store.Store) error {
			kept, err := a.archive()
			if err != nil {
				return err
			}
			return do(s, kept)
		})
	}}
	e.Look = func(ctx context.Context, do func(context.Context, documents.Looking) error) error {
		if err := a.needStore(); err != nil {
			return err
		}
		return a.withWatcherOf(ctx, func(ctx context.Context, s store.Store, w *watch.Watcher) error {
			c, err := a.config()
			if err != nil {
				return err
			}
			if c.Documents.Keep == config.KeepOff {
				return errors.New("documents are left alone, as documents.keep says in the configuration; nothing was fetched")
			}
			kept, err := a.archive()
			if err != nil {
				return err
			}
			return do(ctx, documents.Looking{Store: s, Archive: kept, Look: w.Look})
		})
	}
	return e
}
