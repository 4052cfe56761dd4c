package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/watch287g/watch287g/cmd/watch287g/earlier"
	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/past"
	"github.com/watch287g/watch287g/sheet/evidence"
	"github.com/watch287g/watch287g/store"
)

// earlierEnv is what "import" works with.
func (a *app) earlierEnv() *earlier.Env {
	return &earlier.Env{Stdout: a.stdout, Stderr: a.stderr, Now: a.now, Data: a.data(), Abs: a.abs, Config: a.config, Version: version,
		WithWatcher: a.withWatcher, Linked: a.linkedDocuments, Documents: a.pastDocuments, Own: a.ownFile, PrintHold: a.printHold, Progress: a.progress,
		Usage: func(err error) error { return usageError{err} }}
}

// pastDocuments keeps documents of before where documents are kept; nil: they are not.
func (a *app) pastDocuments(context.Context) (past.Documents, error) {
	c, err := a.config()
	if err != nil || c.Documents.Keep != config.KeepOn {
		return nil, err
	}
	kept, err := a.archive()
	if err != nil {
		return nil, err
	}
	return kept, nil
}

// linkedDocuments returns the addresses of documents that the agreements of the store have
// or had.
func (a *app) linkedDocuments(ctx context.Context) (linked []string, err error) {
	err = a.withStoreIfAny(func(s store.Store) error {
		known, err := s.Known(ctx)
		if err != nil {
			return err //nolint:wrapcheck // it says what it was about
		}
		for _, r := range known.Records {
			for _, v := range r.Versions {
				linked = append(linked, v.Agreement.MOA, v.Agreement.Addendum)
			}
		}
		return nil
	})
	return linked, err
}

// ownFile says whether ICE's file with a hash is in the store, and by which hash it is
// given out.
func (a *app) ownFile(ctx context.Context, sha256 string) (public string, has bool, err error) {
	err = a.withStoreIfAny(func(s store.Store) error {
		body, err := s.Body(ctx, sha256)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err //nolint:wrapcheck // it says what it was about
		}
		has = true
		if f, err := evidence.Public(body); err == nil {
			public = f.SHA256
		}
		return nil
	})
	return public, has, err
}

// withStoreIfAny runs do with the store, where there is one.
func (a *app) withStoreIfAny(do func(store.Store) error) error {
	if _, err := os.Stat(a.storePath()); errors.Is(err, fs.ErrNotExist) && a.service == nil && !a.shared() {
		return nil
	}
	return a.withStore(do)
}

// progress shows a bar where a person is watching.
func (a *app) progress(of int, what string) (step func(int), done func()) {
	f, ok := a.stderr.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil, func() {}
	}
	bar := progressbar.NewOptions(of, progressbar.OptionSetWriter(f), progressbar.OptionSetDescription(what),
		progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond))
	return func(n int) { _ = bar.Set(n) }, func() { _ = bar.Finish() }
}
