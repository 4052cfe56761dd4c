package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet"
)

type diffCmd struct {
	Old    string `arg:"" help:"The older list."`
	New    string `arg:"" help:"The newer list."`
	Format string `help:"table, jsonl or csv." enum:"table,jsonl,csv" default:"table"`

	Explain bool `help:"Say for each change what linked its rows, or kept them apart."`
}

// Run prints what changed between two files, with the rules that the service
// goes by.
func (c diffCmd) Run(ctx context.Context, a *app) error {
	c.Old, c.New = a.abs(c.Old), a.abs(c.New)
	older, newer := make(chan fileRead, 1), make(chan fileRead, 1)
	go func() { older <- readFile(c.Old) }()
	go func() { newer <- readFile(c.New) }()
	old, now := <-older, <-newer
	for _, f := range []fileRead{old, now} {
		if f.err != nil {
			return f.err
		}
	}
	lists := inBoth(old, now)
	if len(lists) == 0 {
		return fmt.Errorf("%s is a %s list and %s a %s list; only two of a kind can be compared",
			filepath.Base(c.Old), old.rosters[0].List, filepath.Base(c.New), now.rosters[0].List)
	}
	for _, f := range []fileRead{old, now} {
		for _, r := range f.rosters {
			if !slices.Contains(lists, r.List) {
				sayf(a.stderr, "Only one of the two files holds the %s list; it is not compared.\n", r.List)
			}
		}
	}
	o, err := c.compare(ctx, a, old, now, lists)
	if err != nil {
		return err
	}
	if c.Explain {
		return explain(a.stdout, o.Changes)
	}
	return printChanges(a.stdout, c.Format, o.Changes)
}

// compare says what changed on the lists that both files hold.
func (c diffCmd) compare(ctx context.Context, a *app, old, now fileRead, lists []roster.List) (diff.Result, error) {
	conf, err := a.config()
	if err != nil {
		return diff.Result{}, err
	}
	settings, err := a.settings(conf)
	if err != nil {
		return diff.Result{}, err
	}
	first := old.arrivals(c.Old, lists)
	for i := range first {
		first[i].Baseline, first[i].Decision = true, roster.HoldApproved
	}
	var names diff.Names
	before, err := diff.Update(ctx, diff.Input{Arrivals: first, Now: old.at, Settings: settings, Names: &names})
	if err != nil {
		return before, err
	}
	in := diff.Input{Known: before.Known, Arrivals: now.arrivals(c.New, lists), Now: now.at, Settings: settings, Names: &names}
	o, err := diff.Update(ctx, in)
	if err != nil || len(o.Holds) == 0 {
		return o, err
	}
	for _, h := range o.Holds { // the service would hold it; who asks for a comparison gets one
		sayf(a.stderr, "The service would hold %s: %s\n", h.File, strings.Join(h.Reasons, " "))
	}
	for i := range in.Arrivals {
		in.Arrivals[i].Decision = roster.HoldApproved
	}
	return diff.Update(ctx, in)
}

// inBoth returns the lists that both files hold.
func inBoth(a, b fileRead) []roster.List {
	var lists []roster.List
	for _, r := range a.rosters {
		if slices.ContainsFunc(b.rosters, func(o roster.Roster) bool { return o.List == r.List }) {
			lists = append(lists, r.List)
		}
	}
	return lists
}

// fileRead is what a file holds: one list, or both.
type fileRead struct {
	rosters []roster.Roster
	sha256  string
	at      time.Time
	err     error
}

func readFile(path string) fileRead {
	info, err := os.Stat(path)
	if err != nil {
		return fileRead{err: fmt.Errorf("opening a list: %w; name two workbooks", err)}
	}
	bytes, err := readList(path)
	if err != nil {
		return fileRead{err: fmt.Errorf("opening a list: %w", err)}
	}
	r, err := sheet.Read(bytes, info.ModTime())
	if err != nil {
		return fileRead{err: fmt.Errorf("%s: %w", filepath.Base(path), err)}
	}
	sum := sha256.Sum256(bytes)
	return fileRead{r, hex.EncodeToString(sum[:]), info.ModTime(), nil}
}

func (f fileRead) arrivals(path string, lists []roster.List) []diff.Candidate {
	var all []diff.Candidate
	for _, r := range f.rosters {
		if slices.Contains(lists, r.List) {
			all = append(all, diff.Candidate{Roster: r, Publication: roster.Publication{List: r.List, File: roster.Clean(filepath.Base(path)),
				SHA256: f.sha256, PublishedAt: f.at, SeenAt: f.at, Digest: r.Digest()}})
		}
	}
	return all
}
