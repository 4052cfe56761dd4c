package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet"
	"github.com/watch287g/watch287g/watch"
)

type importCmd struct {
	Paths []string `arg:"" name:"path" help:"Files, directories, or an index.csv with the columns published_at, link and file."`
}

const whatToName = "name workbooks (.xlsx), a directory of them, or an index.csv"

// Run imports past lists, in order, and sends nothing.
func (c importCmd) Run(ctx context.Context, a *app) error {
	var lists []watch.Past
	for _, path := range c.Paths {
		found, err := pastLists(a.abs(path))
		if err != nil {
			return err
		}
		lists = append(lists, found...)
	}
	slices.SortStableFunc(lists, func(a, b watch.Past) int { return a.PublishedAt.Compare(b.PublishedAt) })
	if len(lists) == 0 {
		return fmt.Errorf("there is no list in %s; %s", strings.Join(c.Paths, ", "), whatToName)
	}
	return a.withWatcher(ctx, func(ctx context.Context, w *watch.Watcher) error {
		progress, done := a.progress(len(lists))
		sum, err := w.Import(ctx, lists, progress)
		done()
		a.printImported(sum)
		if errors.Is(err, context.Canceled) {
			return errors.New("interrupted; what was imported stays, and the same import goes on where it stopped")
		}
		return err
	})
}

func (a *app) printImported(sum watch.Report) {
	for _, why := range sum.Skipped {
		sayf(a.stderr, "not imported: %s\n", why)
	}
	for i, h := range sum.Holds {
		later := func(l roster.Hold) bool { return l.ID == h.ID }
		if !slices.ContainsFunc(sum.Holds[i+1:], later) { // how it ended, if it did
			a.printHold(h)
		}
	}
	sayf(a.stdout, "%s imported, %d known already, %d not imported; %s\n",
		counted(sum.Imported, "publication"), sum.Known, len(sum.Skipped), counted(len(sum.Changes), "change"))
}

// progress shows a bar where a person is watching.
func (a *app) progress(of int) (step func(int), done func()) {
	f, ok := a.stderr.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil, func() {}
	}
	bar := progressbar.NewOptions(of, progressbar.OptionSetWriter(f), progressbar.OptionSetDescription("importing"),
		progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond))
	return func(n int) { _ = bar.Set(n) }, func() { _ = bar.Finish() }
}

// pastLists finds the lists that a path stands for: an index names them in
// order; a folder or file without one has its time of modification.
func pastLists(path string) ([]watch.Past, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("looking for past lists: %w; %s", err, whatToName)
	}
	if !info.IsDir() {
		if strings.EqualFold(filepath.Ext(path), ".csv") {
			return indexed(path)
		}
		return []watch.Past{pastFile(path, info)}, nil
	}
	index := filepath.Join(path, "index.csv")
	if _, err := os.Stat(index); err == nil {
		return indexed(index)
	}
	return folder(path)
}

func folder(root string) ([]watch.Past, error) {
	var lists []watch.Past
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.EqualFold(filepath.Ext(path), ".xlsx") {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		lists = append(lists, pastFile(path, info))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking for past lists: %w", err)
	}
	// By name where the time is the same: the caller sorts by time.
	slices.SortStableFunc(lists, func(a, b watch.Past) int { return strings.Compare(a.File, b.File) })
	return lists, nil
}

func pastFile(path string, info fs.FileInfo) watch.Past {
	return watch.Past{PublishedAt: info.ModTime(), File: filepath.Base(path), Open: func() ([]byte, error) { return readList(path) }}
}

// readList reads a file that may be far larger than a list without taking all
// of it into memory; sheet refuses what is longer than a list can be.
func readList(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%w; make it readable, or leave it out", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	return io.ReadAll(io.LimitReader(f, sheet.MaxBytes+1))
}

const whatIndexHas = "its first line must name the columns published_at, link and file"

// indexed reads an index: CSV with the columns published_at, link and file, and
// any others. The files are where the index says, counted from its folder.
func indexed(path string) ([]watch.Past, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening the index: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	in := csv.NewReader(f)
	head, err := in.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s is empty; %s", path, whatIndexHas)
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w; mend that line", path, err)
	}
	column := func(name string) int {
		return slices.IndexFunc(head, func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), name) })
	}
	published, link, file := column("published_at"), column("link"), column("file")
	if published < 0 || link < 0 || file < 0 {
		return nil, fmt.Errorf("%s is not an index; %s", path, whatIndexHas)
	}
	var lists []watch.Past
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return lists, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w; mend that line", path, err)
		}
		at, err := time.Parse(time.RFC3339, row[published])
		if err != nil {
			line, _ := in.FieldPos(published)
			return nil, fmt.Errorf("%s, line %d: published_at %q is not a time like 2025-02-21T21:49:37Z", path, line, row[published])
		}
		name := filepath.Join(filepath.Dir(path), filepath.FromSlash(row[file]))
		lists = append(lists, watch.Past{PublishedAt: at, Link: row[link], File: filepath.Base(name),
			Open: func() ([]byte, error) { return readList(name) }})
	}
}
