package main

import (
	"github.com/watch287g/watch287g/cmd/watch287g/documents"
	"github.com/watch287g/watch287g/document/archive"
	"github.com/watch287g/watch287g/store"
)

// docsCmd are the commands about documents.
type docsCmd = documents.Commands

// archive is what keeps documents: the service's, or one opened for the call.
func (a *app) archive() (*archive.Current, error) {
	if a.service != nil {
		return a.service.documents, nil
	}
	if a.kept != nil {
		return a.kept, nil
	}
	c, err := a.config()
	if err != nil {
		return nil, err
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
	return &documents.Env{Stdout: a.stdout, Abs: a.abs, WriteFile: a.writeFile, With: func(do func(store.Store, archive.Archive) error) error {
		return a.withExistingStore(func(s store.Store) error {
			kept, err := a.archive()
			if err != nil {
				return err
			}
			return do(s, kept)
		})
	}}
}
