package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/watch287g/watch287g/cmd/watch287g/console"
	"github.com/watch287g/watch287g/cmd/watch287g/documents"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
)

type restoreCmd struct {
	File string `arg:"" help:"The backup."`
	Yes  bool   `help:"Replace what is there without asking." short:"y"`
}

// Run puts a backup in the place of the state, once all of it was read and the operator
// has agreed.
func (c restoreCmd) Run(ctx context.Context, a *app) error {
	if a.service != nil {
		return a.inUse("restore")
	}
	backup, there := a.abs(c.File), a.storePath()
	h, err := bolt.Inspect(ctx, backup)
	if errors.Is(err, store.ErrLocked) && !isFile(backup, there) {
		return fmt.Errorf("%s is in use by a service; copy it with \"watch287g backup\", and restore the copy", c.File)
	}
	if err != nil {
		return c.explain(a, err)
	}
	sayf(a.stdout, "%s holds %s.\n", c.File, holdings(h))
	if h.Outdated {
		sayf(a.stdout, "It was written by an older version. The next start brings it up to date, and keeps a copy.\n")
	}
	if a.shared() {
		return c.fillDatabase(ctx, a, h)
	}
	replaces, err := c.sayReplaced(ctx, a)
	if err != nil {
		return err
	}
	if replaces && !c.Yes {
		return exited(statusAsk)
	}
	docs, err := c.bringDocuments(ctx, a, h)
	if err != nil {
		return c.explain(a, err)
	}
	kept := a.aside(there, "restore")
	if err := bolt.Restore(ctx, there, backup, kept); err != nil {
		return c.explain(a, err)
	}
	sayf(a.stdout, "The state in %s is restored from %s. The next poll finds what ICE has changed since.\n", a.flags.Data, c.File)
	if replaces {
		sayf(a.stdout, "What was there is kept as %s.\n", filepath.Join(a.flags.Data, filepath.Base(kept)))
	}
	fmt.Fprint(a.stdout, docs.Said) // a line, or nothing
	a.readersApart("They are as they were; readers export and import copy them")
	return docs.Wrong
}

// bringDocuments brings the documents beside a backup to where the state's are kept.
func (c restoreCmd) bringDocuments(ctx context.Context, a *app, h bolt.Holdings) (b documents.Brought, err error) {
	kept, err := a.archive()
	if err != nil {
		return b, err
	}
	if h.Outdated { // so that it cannot be opened as it is
		return documents.Bring(ctx, nil, a.abs(c.File), kept, a.now) //nolint:wrapcheck // it says what it was doing
	}
	from, err := bolt.Open(a.abs(c.File), bolt.Options{ReadOnly: true})
	if err != nil {
		return b, err
	}
	b, err = documents.Bring(ctx, from, a.abs(c.File), kept, a.now)
	return b, errors.Join(err, from.Close())
}

// fillDatabase has an empty database hold what the backup does. One that is not empty
// stays as it is.
func (c restoreCmd) fillDatabase(ctx context.Context, a *app, h bolt.Holdings) error {
	conf, err := a.config()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "watch287g-restore-*")
	if err != nil {
		return fmt.Errorf("restoring %s: %w", c.File, err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // it is the system's to clean up
	// A copy is read, since one of an older version is brought up to date for that.
	if err := bolt.Restore(ctx, fileOf(dir), a.abs(c.File), ""); err != nil {
		return c.explain(a, err)
	}
	from, err := bolt.Open(fileOf(dir), bolt.Options{})
	if err != nil {
		return err
	}
	docs, err := c.bringDocuments(ctx, a, h)
	if err != nil {
		return errors.Join(c.explain(a, err), from.Close())
	}
	place := shownPlace(conf.Store.Reveal())
	items, err := a.copyTo(ctx, from, conf.Store.Reveal())
	if err := errors.Join(err, from.Close()); err != nil {
		return fmt.Errorf("restoring %s to %s: %w", c.File, place, err)
	}
	sayf(a.stdout, "%d things are restored to %s, read back and found to be the same. The next poll finds what ICE has changed since.\n", items, place)
	fmt.Fprint(a.stdout, docs.Said) // a line, or nothing
	a.readersApart("They are as they were; readers export and import copy them")
	return docs.Wrong
}

// sayReplaced says what the backup takes the place of, and whether that is anything.
func (c restoreCmd) sayReplaced(ctx context.Context, a *app) (bool, error) {
	info, err := os.Stat(a.storePath())
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 {
		sayf(a.stdout, "There is nothing in %s yet.\n", a.flags.Data)
		return false, nil
	}
	h, err := bolt.Inspect(ctx, a.storePath())
	switch {
	case errors.Is(err, store.ErrLocked):
		return true, a.inUse("restore")
	case err != nil:
		sayf(a.stdout, "It takes the place of what is in %s, which cannot be read: %s.\n", a.flags.Data, err.Error())
	default:
		sayf(a.stdout, "It takes the place of what is in %s: %s.\n", a.flags.Data, holdings(h))
	}
	return true, nil
}

// explain says what is wrong with the backup, or with its new place, and what to do.
func (c restoreCmd) explain(a *app, err error) error {
	switch {
	case errors.Is(err, store.ErrLocked):
		if isFile(a.abs(c.File), a.storePath()) {
			return fmt.Errorf("%s is the state itself", c.File)
		}
		return a.inUse("restore")
	case errors.Is(err, store.ErrNewer):
		return fmt.Errorf("%s: %w; install that version to use it; nothing was changed", c.File, err)
	case errors.Is(err, store.ErrDamaged):
		return fmt.Errorf("%s: %w; take another backup; nothing was changed", c.File, err)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no file %s; name a backup", c.File)
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("restoring %s: %w; make room for it beside the state; nothing was changed", c.File, err)
	}
	return fmt.Errorf("restoring %s: %w; nothing was changed", c.File, err)
}

// inUse says that a command has to wait for the service to stop. It is not an
// ErrLocked, with which the service would be asked.
func (a *app) inUse(command string) error {
	return fmt.Errorf("the state in %s is in use; stop the service first, then %s", a.flags.Data, command)
}

// holdings says what a store holds.
func holdings(h bolt.Holdings) string {
	said := fmt.Sprintf("%s, %s and %s", counted(h.Publications, "list"), counted(h.Changes, "change"), counted(h.Deliveries, "message"))
	if h.Waiting > 0 {
		said += fmt.Sprintf(" (%d waiting)", h.Waiting)
	}
	if h.Newest.File != "" {
		said += fmt.Sprintf("; the newest list is %s of %s", h.Newest.File, stamp(h.Newest.PublishedAt))
	}
	if !h.Read.IsZero() {
		said += ", and ICE's page was read until " + stamp(h.Read)
	}
	return said
}

type compactCmd struct{}

// Run writes the file of the store anew, without the room that it does not use.
func (compactCmd) Run(ctx context.Context, a *app) error {
	if a.service != nil {
		return a.inUse("compact")
	}
	if a.shared() {
		return errors.New("the state is in a database, which uses its room again by itself; there is nothing to compact")
	}
	if err := a.needStore(); err != nil {
		return err
	}
	before, after, err := bolt.Compact(ctx, a.storePath())
	switch {
	case errors.Is(err, store.ErrLocked):
		return a.inUse("compact")
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("compacting the state: %w; make room for it beside the state, where it stands twice for a while; nothing was changed", err)
	case errors.Is(err, store.ErrDamaged):
		return fmt.Errorf("compacting the state: %w; restore a backup; nothing was changed", err)
	case err != nil:
		return fmt.Errorf("compacting the state: %w; nothing was changed", err)
	case after == before:
		sayf(a.stdout, "The state in %s takes %s, and there is nothing to gain.\n", a.flags.Data, console.Bytes(before))
		return nil
	}
	sayf(a.stdout, "The state in %s took %s, and takes %s now.\n", a.flags.Data, console.Bytes(before), console.Bytes(after))
	return nil
}
