package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
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
	if old.roster.List != now.roster.List {
		return fmt.Errorf("%s is a %s list and %s a %s list; only two of a kind can be compared",
			filepath.Base(c.Old), old.roster.List, filepath.Base(c.New), now.roster.List)
	}
	conf, err := a.config()
	if err != nil {
		return err
	}
	settings, err := a.settings(conf)
	if err != nil {
		return err
	}
	first, second := old.arrival(c.Old), now.arrival(c.New)
	first.Baseline, first.Decision = true, roster.HoldApproved
	var names diff.Names
	before, err := diff.Update(ctx, diff.Input{Arrivals: []diff.Arrival{first}, Now: old.at, Settings: settings, Names: &names})
	if err != nil {
		return err
	}
	in := diff.Input{Known: before.Known, Arrivals: []diff.Arrival{second}, Now: now.at, Settings: settings, Names: &names}
	o, err := diff.Update(ctx, in)
	for _, h := range o.Holds { // the service would hold it; who asks for a comparison gets one
		sayf(a.stderr, "The service would hold %s: %s\n", h.File, strings.Join(h.Reasons, " "))
		in.Arrivals[0].Decision = roster.HoldApproved
		o, err = diff.Update(ctx, in)
	}
	if err != nil {
		return err
	}
	if c.Explain {
		return explain(a.stdout, o.Changes)
	}
	return printChanges(a.stdout, c.Format, o.Changes)
}

// fileRead is a list out of a file.
type fileRead struct {
	roster roster.Roster
	sha256 string
	at     time.Time
	err    error
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

func (f fileRead) arrival(path string) diff.Arrival {
	return diff.Arrival{Roster: f.roster, Publication: roster.Publication{List: f.roster.List, File: roster.Clean(filepath.Base(path)),
		SHA256: f.sha256, PublishedAt: f.at, SeenAt: f.at, Digest: f.roster.Digest()}}
}
