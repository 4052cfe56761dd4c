package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/cmd/watch287g/console"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/watch"
)

type pollCmd struct {
	Quiet bool `help:"Print only changes, lists that are held or no longer, and what fails: nothing where all is as it was." short:"q"`
}

// Run looks at ICE's page once, and sends what is due where no service does. A
// source that fails is a failure of the command; a message that does is none.
func (c pollCmd) Run(ctx context.Context, a *app) error {
	polled, began := false, a.now()
	err := a.withWatcher(ctx, func(ctx context.Context, w *watch.Watcher) error {
		r, err := w.Poll(ctx)
		if err != nil {
			return err
		}
		polled = true
		if r.Outcome.Failed() {
			a.printReport(r) // what came beside the failure
			return fmt.Errorf("%s: %s What is known stays; the next poll tries again", r.Outcome, r.Sentence)
		}
		if c.Quiet { // a list that stays held was printed when that began
			r.Holds = slices.DeleteFunc(r.Holds, func(h roster.Hold) bool { return h.Open() && h.Since.Before(began) })
		} else {
			sayf(a.stdout, "%s: %s\n", r.Outcome, r.Sentence)
		}
		a.printReport(r)
		return nil
	})
	if polled {
		if c.Quiet {
			a.quietSince = began
		}
		a.sendDue(ctx)
	}
	return err
}

// printReport prints what a cycle changed, a sentence a line.
func (a *app) printReport(r watch.Report) {
	for _, h := range r.Holds {
		a.printHold(h)
	}
	for _, c := range r.Changes {
		sayf(a.stdout, "%s  %s\n", c.Kind, c.Text)
	}
}

func (a *app) printHold(h roster.Hold) {
	if !h.Open() {
		sayf(a.stdout, "%s, the %s list %s: %s\n", h.ID, h.List, h.File, h.State)
		return
	}
	sayf(a.stdout, "%s, the %s list %s, is held: %s\n", h.ID, h.List, h.File, strings.Join(h.Reasons, " "))
	sayf(a.stdout, "  to let it count: watch287g holds approve %s\n", h.ID)
}

type pollsCmd struct {
	Limit  int    `help:"At most so many, the newest first; 0 for all." default:"20"`
	Format string `help:"table or json." enum:"table,json" default:"table"`
}

// Run prints the log of polls.
func (c pollsCmd) Run(ctx context.Context, a *app) error {
	if err := atMost(c.Limit); err != nil {
		return err
	}
	if c.Limit == 0 {
		c.Limit = math.MaxInt
	}
	return a.withExistingStore(func(s store.Store) error {
		polls, err := s.Polls(ctx, c.Limit)
		if err != nil {
			return err
		}
		if c.Format == "json" {
			return printList(a, polls, newPollJSON)
		}
		t := console.NewTable(a.stdout, "AT", "OUTCOME", "CHANGES", "TOOK", "SAID")
		for _, p := range polls {
			t.Row(stamp(p.At), p.Outcome, fmt.Sprint(p.Changes), p.Took.Round(100*time.Millisecond).String(), p.Sentence)
		}
		return t.Flush()
	})
}
