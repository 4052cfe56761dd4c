package rebuild_test

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/watch287g/watch287g/past"
	"github.com/watch287g/watch287g/rebuild"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/watch"
)

var poolLists = flag.Int("rebuild.pool", 16, "how many lists of the archive a rebuild takes from the past captures")

// pooled has all lists in the past captures, in any order, as an archive or another
// instance had them.
func pooled(t *testing.T, lists []watch.Past) *past.Pool {
	t.Helper()
	dir := filepath.Join(t.TempDir(), past.Dir)
	p, err := past.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(287, 14))
	for _, i := range random.Perm(len(lists)) {
		l := lists[i]
		body, err := l.Open()
		if err != nil {
			t.Fatal(err)
		}
		at := l.PublishedAt
		c := past.Capture{Kind: past.KindList, URL: "https://www.ice.gov/doclib/" + l.File, File: l.File, At: at, Modified: at,
			Origin: roster.Origin{Source: roster.SourceInternetArchive, At: at, Dated: roster.DatedLastModified, Checked: true}}
		if random.IntN(2) == 0 {
			c.Origin.Source = roster.SourceInstance
		}
		if err := p.Add(t.Context(), c, body); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if p, err = past.Read(dir, nil); err != nil {
		t.Fatal(err)
	}
	return p
}

var besides = regexp.MustCompile(`It is now pending for [^.]*\. `)

// line is a change without what an earlier record decides, its ids, and what is pending beside
// an end: of two lists of one moment, an import judges both at once.
func line(c roster.Change) string {
	c.Text = besides.ReplaceAllString(c.Text, "")
	return fmt.Sprintln(c.DetectedAt, c.Kind, c.Publication.SHA256, c.Publication.Row, c.Text)
}

// told is what a store says: its changes as they happened, and which lists counted.
func told(t *testing.T, s *bolt.Store) (all []string) {
	t.Helper()
	changes, err := s.Changes(t.Context(), store.ChangeQuery{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range changes {
		all = append(all, line(c))
	}
	known, err := s.Known(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range known.Records {
		a := r.Now()
		all = append(all, fmt.Sprintln(r.List, a.State, a.Agency, a.Model, a.Signed, r.Listed()))
	}
	slices.Sort(all)
	return all
}

// Lists that come out of the past captures lead to what they would have led to had the store
// seen them in order.
func TestArchiveFromThePastCaptures(t *testing.T) {
	lists := pastLists(t, *poolLists)
	inOrder, later := filepath.Join(t.TempDir(), "watch287g.db"), filepath.Join(t.TempDir(), "watch287g.db")
	for path, some := range map[string][]watch.Past{inOrder: lists, later: lists[len(lists)-1:]} {
		s := opened(t, path)
		_, err := watch.New(watch.Options{Store: s}).Import(t.Context(), some, nil)
		if err := cmp.Or(err, s.Close()); err != nil {
			t.Fatal(err)
		}
	}
	pool, sent := pooled(t, lists), 0
	o := rebuild.Options{Past: rebuild.Past(pool.Lists(t.Context())), Announce: &rebuild.Announcement{
		Plan: func(context.Context, roster.CycleEvent) (n roster.Notifications, err error) { sent++; return n, nil }}}
	var report rebuild.Report
	err := bolt.Replace(t.Context(), later, later+".before", func(s *bolt.Store) (store.Dumper, error) {
		o.Source = s
		b, err := rebuild.Derive(t.Context(), o)
		if err == nil {
			report = b.Report
		}
		return b, err
	})
	if err != nil {
		t.Fatal(err)
	}
	want, got := opened(t, inOrder), opened(t, later)
	defer func() { _, _ = want.Close(), got.Close() }()
	a := told(t, want)
	b := slices.DeleteFunc(told(t, got), func(s string) bool {
		return slices.ContainsFunc(report.Corrections, func(c roster.Change) bool { return line(c) == s })
	})
	t.Logf("%d lists, %d changes and records, %d corrections", len(lists), len(a), len(report.Corrections))
	for _, s := range a {
		if !slices.Contains(b, s) {
			t.Errorf("is missing: %s", s)
		}
	}
	for _, s := range b {
		if !slices.Contains(a, s) {
			t.Errorf("is too many: %s", s)
		}
	}
	if len(report.Corrections) > 2 || sent != 1 {
		t.Errorf("%d corrections are told %d times, want one for each list, at once", len(report.Corrections), sent)
	}
	again, err := rebuild.Derive(t.Context(), rebuild.Options{Source: got, Past: o.Past})
	if err != nil || again.Differs() {
		t.Errorf("derived once more, it differs: %v", err)
	}
}
