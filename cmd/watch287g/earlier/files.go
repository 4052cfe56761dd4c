package earlier

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

	"github.com/watch287g/watch287g/cmd/watch287g/console"
	"github.com/watch287g/watch287g/past"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet"
	"github.com/watch287g/watch287g/watch"
)

const whatToName = "name workbooks (.xlsx), a directory of them, or an index.csv"

// importFiles imports past lists, in order, and sends nothing. Those that are older than
// what the store has go to the past captures.
func importFiles(ctx context.Context, e *Env, paths []string) error {
	var lists []watch.Past
	for _, path := range paths {
		found, err := PastLists(e.Abs(path))
		if err != nil {
			return err
		}
		lists = append(lists, found...)
	}
	slices.SortStableFunc(lists, func(a, b watch.Past) int { return a.PublishedAt.Compare(b.PublishedAt) })
	if len(lists) == 0 {
		return fmt.Errorf("there is no list in %s; %s", strings.Join(paths, ", "), whatToName)
	}
	var sum watch.Report
	err := e.WithWatcher(ctx, func(ctx context.Context, w *watch.Watcher) (err error) {
		progress, done := e.Progress(len(lists), "importing")
		sum, err = w.Import(ctx, lists, progress)
		done()
		printImported(e, sum)
		if errors.Is(err, context.Canceled) {
			return errors.New("interrupted; what was imported stays, and the same import goes on where it stopped")
		}
		return err //nolint:wrapcheck // it says what it was about
	})
	if err != nil || len(sum.Older) == 0 {
		return err
	}
	return keepOlder(ctx, e, sum.Older)
}

func printImported(e *Env, sum watch.Report) {
	for _, why := range sum.Skipped {
		console.Sayf(e.Stderr, "not imported: %s\n", why)
	}
	for i, h := range sum.Holds {
		later := func(l roster.Hold) bool { return l.ID == h.ID }
		if !slices.ContainsFunc(sum.Holds[i+1:], later) { // how it ended, if it did
			e.PrintHold(h)
		}
	}
	console.Sayf(e.Stdout, "%s imported, %d known already, %d not imported; %s\n",
		console.Counted(sum.Imported, "publication"), sum.Known, len(sum.Skipped)+len(sum.Older), console.Counted(len(sum.Changes), "change"))
}

// keepOlder puts lists that are older than what the store has among the past captures.
func keepOlder(ctx context.Context, e *Env, lists []watch.Past) error {
	pool, err := past.Open(e.pool(), nil)
	if err != nil {
		return inTheWay(err)
	}
	defer pool.Close() //nolint:errcheck // each capture was made durable
	known := map[string]bool{}
	for _, c := range pool.Captures() {
		known[c.File+" "+c.At.String()+" "+c.SHA256] = true
	}
	added := 0
	for _, l := range lists {
		body, err := l.Open()
		if err != nil {
			return fmt.Errorf("reading %s: %w", l.File, err)
		}
		c := past.Capture{Kind: past.KindList, File: l.File, At: l.PublishedAt.UTC(), List: roster.List(l.Link), Origin: roster.Origin{
			Source: roster.SourceOperator, At: l.PublishedAt.UTC(), Dated: roster.DatedStated,
		}}
		if known[c.File+" "+c.At.String()+" "+past.Hash(body)] {
			continue
		}
		if err := pool.Add(ctx, c, body); err != nil {
			return err //nolint:wrapcheck // it says what it was about
		}
		added++
	}
	console.Sayf(e.Stdout, "%s older than what the store has: %d kept now, %d before; %s\n",
		console.WereCounted(len(lists), "list"), added, len(lists)-added, thenRebuild)
	return nil
}

// PastLists finds the lists that a path stands for: an index names them in
// order; a folder or file without one has its time of modification.
func PastLists(path string) ([]watch.Past, error) {
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
	return watch.Past{PublishedAt: info.ModTime(), File: filepath.Base(path), Open: func() ([]byte, error) { return ReadList(path) }}
}

// ReadList reads a file that may be far larger than a list without taking all
// of it into memory; sheet refuses what is longer than a list can be.
func ReadList(path string) ([]byte, error) {
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
			Open: func() ([]byte, error) { return ReadList(name) }})
	}
}
