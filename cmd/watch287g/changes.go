package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/watch287g/watch287g/cmd/watch287g/console"
	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/export"
	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/store"
)

type changesCmd struct {
	agreementFlags `embed:""`
	Since          string   `help:"Only changes seen then or later: a day in Washington, or an RFC 3339 time." placeholder:"T"`
	Until          string   `help:"Only changes seen until then; a day means its end." placeholder:"T"`
	Kind           []string `help:"Only these kinds: new, pending, removed, withdrawn, restored, amended, detail, document, milestone, page." placeholder:"new"`
	Limit          int      `help:"At most so many, the latest ones; 0 for all." default:"0"`
	Explain        string   `help:"Only this change, with what linked its rows or kept them apart." placeholder:"ID"`
	Format         string   `help:"table, jsonl, csv, json or xlsx (a workbook, for a file)." enum:"table,jsonl,csv,json,xlsx" default:"table"`
}

// Run prints the changes that the flags choose, the oldest first.
func (c changesCmd) Run(ctx context.Context, a *app) error {
	q, err := c.query()
	if err != nil {
		return err
	}
	return a.withExistingStore(func(s store.Store) error {
		if c.Explain != "" {
			return explainOne(ctx, a.stdout, s, c.Explain)
		}
		lists, err := snapshot.LoadLists(ctx, s, a.now())
		if err != nil {
			return err
		}
		if until := q.Filter.Until; lists.Extent().Before(until) {
			return notKnown("changed until", until, lists.Extent().First, "until")
		}
		atlas := place.NewAtlas(nil, nil)
		if q.Filter.ByArea() || export.Format(c.Format).PlacesChanges() {
			if atlas, err = snapshot.Atlas(ctx, s, nil); err != nil {
				return err
			}
		}
		q.InArea = atlas.InArea
		changes, err := s.Changes(ctx, q)
		if err != nil {
			return fmt.Errorf("reading the changes: %w", err)
		}
		if q.Newest {
			slices.Reverse(changes)
		}
		return printChanges(a.stdout, c.Format, atlas.Locate, changes)
	})
}

func explainOne(ctx context.Context, out io.Writer, s store.Store, id string) error {
	change, err := s.Change(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("no change has the id %q; \"watch287g changes --format jsonl\" lists them", id)
	}
	if err != nil {
		return fmt.Errorf("reading the change: %w", err)
	}
	return explain(out, []roster.Change{change})
}

// explain prints what each change rests on, a paragraph each.
func explain(out io.Writer, changes []roster.Change) error {
	for i, c := range changes {
		if i > 0 {
			sayf(out, "\n")
		}
		for _, line := range diff.Explain(c) {
			if _, err := fmt.Fprintln(out, roster.Clean(line)); err != nil {
				return fmt.Errorf("printing the explanation: %w", err)
			}
		}
	}
	return nil
}

func (c changesCmd) query() (q store.ChangeQuery, err error) {
	if err := atMost(c.Limit); err != nil {
		return q, err
	}
	if q.Filter, err = c.filter(); err != nil {
		return q, err
	}
	if q.Filter.Kinds, err = parseAll("kind", c.Kind, oneOf(roster.Kinds()...), fmt.Sprintf("is none of %v", roster.Kinds())); err != nil {
		return q, err
	}
	if q.Filter.Since, err = moment("since", c.Since, false); err != nil {
		return q, err
	}
	if q.Filter.Until, err = moment("until", c.Until, true); err != nil {
		return q, err
	}
	q.Limit, q.Newest = c.Limit, c.Limit > 0
	return q, nil
}

// printChanges prints changes in one of the formats that changes and diff share.
func printChanges(out io.Writer, format string, locate export.Locate, changes []roster.Change) error {
	if format != "table" {
		return exported(out, format, nil, locate, changes, export.Changes)
	}
	t := console.NewTable(out, "SEEN", "KIND", "STATE", "AGENCY", "MODEL", "SIGNED", "NOTE")
	for _, c := range changes {
		agreement := c.Agreement
		t.Row(stamp(c.DetectedAt), string(c.Kind), string(agreement.State), agreement.Agency, string(agreement.Model),
			string(agreement.Signed), note(c))
	}
	return t.Flush()
}

// note is what a line of the table adds to who, where and when.
func note(c roster.Change) string {
	var parts []string
	for _, f := range c.Fields {
		if c.Kind == roster.KindDocument {
			parts = append(parts, strings.TrimSuffix(f.Name, "_url"))
			continue
		}
		parts = append(parts, fmt.Sprintf("%s: %s → %s", f.Name, cmp.Or(f.From, "none"), cmp.Or(f.To, "none")))
	}
	switch {
	case c.Milestone != nil && c.Milestone.Count > 0:
		parts = append(parts, c.Milestone.Name+" "+strconv.Itoa(c.Milestone.Count))
	case c.Milestone != nil:
		parts = append(parts, c.Milestone.Name)
	case c.PendingUntil != "":
		parts = append(parts, "pending "+string(c.PendingSince)+" to "+string(c.PendingUntil))
	case c.PendingSince != "":
		parts = append(parts, "pending since "+string(c.PendingSince))
	case c.ListedSince != "":
		parts = append(parts, "listed since "+string(c.ListedSince))
	}
	for _, gap := range c.Gaps {
		parts = append(parts, "off the list "+string(gap.From)+" to "+string(gap.Until))
	}
	if c.Corrects != "" && c.Kind != roster.KindRestored {
		parts = append(parts, "takes back "+c.Corrects)
	}
	if doubt := prose.English.Doubt(c); doubt != "" {
		parts = append(parts, doubt)
	}
	return strings.Join(parts, "; ")
}
