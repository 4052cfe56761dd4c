package rebuild_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/feed"
	"github.com/watch287g/watch287g/internal/archivetest"
	"github.com/watch287g/watch287g/rebuild"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/watch"
)

// pastLists are the first lists of the archive.
func pastLists(t *testing.T, most int) (lists []watch.Past) {
	t.Helper()
	dir := archivetest.Need(t)
	index, err := os.ReadFile(filepath.Join(dir, "index.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(index))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1 : most+1] {
		cell := func(name string) string { return row[slices.Index(rows[0], name)] }
		at, err := time.Parse(time.RFC3339, cell("published_at"))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, filepath.FromSlash(cell("file")))
		lists = append(lists, watch.Past{PublishedAt: at, Link: cell("link"), File: filepath.Base(path), Open: func() ([]byte, error) { return os.ReadFile(path) }})
	}
	return lists
}

func opened(t *testing.T, path string) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// entries are the entries of the feed of all changes, as bytes, the newest first.
func entries(t *testing.T, path string) (ids []string, text map[string]string) {
	t.Helper()
	s := opened(t, path)
	defer func() { _ = s.Close() }()
	snap, err := snapshot.Load(t.Context(), s, nil, time.Date(2025, time.December, 31, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	text = map[string]string{}
	for before, more := uint64(0), true; more; {
		var page []roster.Change
		page, more = snap.FeedPage(roster.Filter{}, before)
		for _, c := range page {
			body, err := feed.Atom(feed.Feed{Title: "All", Base: "https://example.org", Self: "https://example.org/feed", Home: "https://example.org/changes",
				Updated: c.DetectedAt, Items: []feed.Item{{Change: c}}})
			if err != nil {
				t.Fatal(err)
			}
			ids, text[c.ID] = append(ids, c.ID), string(body)
			before = c.Seq
		}
	}
	return ids, text
}

// replaced puts what is derived by the right aliases in the place of a store.
func replaced(t *testing.T, path string) rebuild.Report {
	t.Helper()
	var report rebuild.Report
	err := bolt.Replace(t.Context(), path, path+".before", func(s *bolt.Store) (store.Dumper, error) {
		b, err := rebuild.Derive(t.Context(), rebuild.Options{Source: s})
		if err == nil && !b.Differs() {
			t.Error("nothing differs")
		}
		report = b.Report
		return b, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// Of a store with two agencies taken for one, and one for two, what was right stays as it
// was: its ids, its numbers, and the entries of feeds, byte by byte and in their order.
func TestArchiveWithWrongAliasesIsMended(t *testing.T) {
	wrong, err := diff.ReadAliases(strings.NewReader("TX,Smith County Sheriff's Office,Rockwall County Sheriff's Office,same\n" +
		"SD,Minehaha County Sheriff's Office,Minnehaha County Sheriff's Office,different\n"))
	if err != nil {
		t.Fatal(err)
	}
	path, twin := filepath.Join(t.TempDir(), "watch287g.db"), filepath.Join(t.TempDir(), "watch287g.db")
	s := opened(t, path)
	if _, err := watch.New(watch.Options{Store: s, Diff: diff.Settings{Aliases: wrong}}).Import(t.Context(), pastLists(t, 24), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := bolt.Load(t.Context(), twin, s); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	order, was := entries(t, path)
	report := replaced(t, path)
	if d := report.Changes; len(d.Gone) == 0 || len(d.Added) == 0 || len(d.Altered) == 0 || d.Kept < 100 {
		t.Errorf("%d kept, %d added, %d gone, %d altered", d.Kept, len(d.Added), len(d.Gone), len(d.Altered))
	}
	again, now := entries(t, path)
	gone, altered := map[string]bool{}, map[string]bool{}
	for _, c := range report.Changes.Gone {
		gone[c.ID] = true
	}
	for _, a := range report.Changes.Altered {
		altered[a.Was.ID] = true
	}
	if want := slices.DeleteFunc(order, func(id string) bool { return gone[id] }); !slices.Equal(again, want) {
		t.Errorf("the feed has %d entries, or in another order than the %d that stay", len(again), len(want))
	}
	for id, body := range now {
		if !altered[id] && body != was[id] {
			t.Errorf("the entry of %s is\n%s\nand was\n%s", id, body, was[id])
		}
	}

	replaced(t, twin)
	one, other := opened(t, path), opened(t, twin)
	defer func() { _, _ = one.Close(), other.Close() }()
	if _, err := store.Compare(t.Context(), one, other); err != nil {
		t.Errorf("derived twice: %v", err)
	}
	b, err := rebuild.Derive(t.Context(), rebuild.Options{Source: one})
	if err != nil || b.Differs() {
		t.Errorf("derived once more, it differs (%v): %+v", err, b.Report)
	}
}
