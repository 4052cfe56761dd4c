package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/watch287g/watch287g/cmd/watch287g/console"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/watch"
)

type holdsCmd struct {
	List    holdsListCmd    `cmd:"" default:"withargs" help:"Print all holds, the newest first."`
	Approve holdsApproveCmd `cmd:"" help:"Accept a held publication."`
	Reject  holdsRejectCmd  `cmd:"" help:"Reject a held publication for good."`
}

type holdsListCmd struct {
	Format string `help:"table or json." enum:"table,json" default:"table"`
}

// Run prints the holds with their reasons.
func (c holdsListCmd) Run(ctx context.Context, a *app) error {
	return a.withExistingStore(func(s store.Store) error {
		holds, err := s.Holds(ctx)
		if err != nil {
			return err
		}
		if c.Format == "json" {
			return printList(a, holds, newHoldJSON)
		}
		decisions, err := s.Decisions(ctx)
		if err != nil {
			return fmt.Errorf("reading what was decided: %w", err)
		}
		t := console.NewTable(a.stdout, "ID", "STATE", "LIST", "FILE", "SINCE", "REASONS")
		for _, h := range holds {
			t.Row(h.ID, stateOf(h, decisions), string(h.List), h.File, stamp(h.Since), strings.Join(h.Reasons, " "))
		}
		return t.Flush()
	})
}

type holdsApproveCmd struct {
	ID string `arg:"" help:"The hold's id, as holds prints it."`
}

// Run lets the held publication count, and prints what that changes.
func (c holdsApproveCmd) Run(ctx context.Context, a *app) error {
	return a.resolveHold(ctx, c.ID, true)
}

type holdsRejectCmd struct {
	ID string `arg:"" help:"The hold's id, as holds prints it."`
}

// Run sets the held publication aside for good.
func (c holdsRejectCmd) Run(ctx context.Context, a *app) error {
	return a.resolveHold(ctx, c.ID, false)
}

func (a *app) resolveHold(ctx context.Context, id string, approve bool) error {
	if err := a.needStore(); err != nil {
		return err
	}
	err := a.withWatcher(ctx, func(ctx context.Context, w *watch.Watcher) error {
		r, err := w.ResolveHold(ctx, id, approve)
		if err != nil {
			return err
		}
		a.printReport(r)
		if approve {
			sayf(a.stdout, "%s\n", counted(len(r.Changes), "change"))
		}
		return nil
	})
	if err == nil {
		a.sendDue(ctx)
	}
	return err
}
