package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/watch287g/watch287g/backup"
	"github.com/watch287g/watch287g/cmd/watch287g/documents"
	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/ops"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
)

type backupCmd struct {
	File string `arg:"" optional:"" help:"Where to write the copy; beside those that the service makes, where backup.dir of the configuration says, if left out."`
}

// Run writes a copy of the store that opens like the original.
func (c backupCmd) Run(ctx context.Context, a *app) error {
	if c.File == "" {
		return a.backUp(ctx)
	}
	if isFile(a.abs(c.File), a.storePath()) {
		return fmt.Errorf("%s is the state itself; write the copy to another file", c.File)
	}
	return a.withExistingStore(func(s store.Store) error {
		_, _ = backup.Mark(ctx, s) // one whose disk is full is copied all the same
		err := a.writeFile(a.abs(c.File), func(w io.Writer) error {
			if err := s.Backup(ctx, w); err != nil {
				return fmt.Errorf("backing up: %w", err)
			}
			return nil
		})
		if err != nil {
			return err
		}
		a.sayCopied(c.File)
		kept, err := a.archive()
		if err != nil {
			return err
		}
		return documents.CopyBeside(ctx, a.stdout, kept, a.abs(c.File), a.now) //nolint:wrapcheck // it says what it was doing
	})
}

// backUp makes one of the service's backups now.
func (a *app) backUp(ctx context.Context) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	if c.Backup.Dir == "" {
		return usageError{errors.New("name the <file> to write, or set backup.dir in the configuration")}
	}
	return a.withExistingStore(func(s store.Store) error {
		var k *backup.Keeper
		if a.service != nil {
			k = a.service.backups
		} else {
			k = a.newKeeper(s, c, slog.New(slog.DiscardHandler), nil)
		}
		if k == nil {
			return errors.New("the service was started without backup.dir in its configuration; start it again, or name a file")
		}
		path, err := k.Make(ctx)
		if path != "" {
			a.sayCopied(path)
		}
		return err
	})
}

const exportReaders = "To copy them: watch287g readers export FILE"

func (a *app) sayCopied(path string) {
	sayf(a.stdout, "The state is copied to %s. To use it: watch287g restore %s\n", path, path)
	a.readersApart(exportReaders)
}

// newKeeper returns what makes backups as the configuration says; nil where none are
// made. Where a sender is given, it tells the operator how they go.
func (a *app) newKeeper(s store.Store, c config.Config, log *slog.Logger, sender *notify.Sender) *backup.Keeper {
	if c.Backup.Dir == "" {
		return nil
	}
	return backup.New(backup.Options{Store: s, Dir: a.abs(c.Backup.Dir), Every: c.Backup.Every, Keep: c.Backup.Keep, Now: a.now, Log: log,
		Seen: func(last time.Time) { a.monitor.Backups(ops.Backups{Last: last, Every: c.Backup.Every}) },
		Verify: func(ctx context.Context, path string) error {
			_, err := bolt.Inspect(ctx, path)
			return err
		},
		Beside: func(ctx context.Context, path string) error {
			kept, err := a.archive()
			if err == nil {
				_, err = documents.WithCopy(ctx, kept, path, a.now)
			}
			return err //nolint:wrapcheck // it says what it was doing
		},
		Report: func(ctx context.Context, failed error) {
			if sender == nil || ctx.Err() != nil { // the next one is reported
				return
			}
			if err := sender.ReportBackup(ctx, failed); err != nil {
				log.Error("cannot tell the operator how backups go", "error", oneLine(err))
			}
		}})
}
