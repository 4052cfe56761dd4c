package main

import (
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
}

// Run prints what changed between two files, with the rules that the service
// goes by.
func (c diffCmd) Run(a *app) error {
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
	first := old.arrival(c.Old)
	first.Baseline, first.Decision = true, roster.HoldApproved
	before := diff.Update(diff.Input{Arrivals: []diff.Arrival{first}, Now: old.at, Settings: settings})
	o := diff.Update(diff.Input{Known: before.Known, Arrivals: []diff.Arrival{now.arrival(c.New)}, Now: now.at, Settings: settings})
	for _, h := range o.Holds { // the service would hold it; who asks for a comparison gets one
		sayf(a.stderr, "The service would hold %s: %s\n", h.File, strings.Join(h.Reasons, " "))
		forced := now.arrival(c.New)
		forced.Decision = roster.HoldApproved
		o = diff.Update(diff.Input{Known: before.Known, Arrivals: []diff.Arrival{forced}, Now: now.at, Settings: settings})
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
