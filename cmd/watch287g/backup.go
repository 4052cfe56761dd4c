package main

import (
	"context"
	"fmt"

	"github.com/watch287g/watch287g/store"
)

type backupCmd struct {
	File string `arg:"" help:"Where to write the copy."`
}

// Run writes a copy of the store that opens like the original.
func (c backupCmd) Run(ctx context.Context, a *app) error {
	return a.withKnownStore(func(s store.Store) error {
		f, err := a.create(a.abs(c.File))
		if err != nil {
			return err
		}
		if err := s.Backup(ctx, f); err != nil {
			if d, ok := f.(discarder); ok {
				d.discard()
			}
			return fmt.Errorf("backing up: %w", err)
		}
		if err := f.Close(); err != nil {
			return err
		}
		sayf(a.stdout, "The state is copied to %s. To use it, put it in a data directory as watch287g.db.\n", c.File)
		return nil
	})
}
