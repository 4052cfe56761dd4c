package main

import (
	"context"
	"fmt"
	"io"

	"github.com/watch287g/watch287g/store"
)

type backupCmd struct {
	File string `arg:"" help:"Where to write the copy."`
}

// Run writes a copy of the store that opens like the original.
func (c backupCmd) Run(ctx context.Context, a *app) error {
	return a.withExistingStore(func(s store.Store) error {
		err := a.writeFile(a.abs(c.File), func(w io.Writer) error {
			if err := s.Backup(ctx, w); err != nil {
				return fmt.Errorf("backing up: %w", err)
			}
			return nil
		})
		if err != nil {
			return err
		}
		sayf(a.stdout, "The state is copied to %s. To use it, put it in a data directory as watch287g.db.\n", c.File)
		return nil
	})
}
