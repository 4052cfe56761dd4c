package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/cmd/watch287g/earlier"
	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/internal/archivetest"
	"github.com/watch287g/watch287g/internal/pasttest"
	"github.com/watch287g/watch287g/past"
	"github.com/watch287g/watch287g/past/wayback"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/watch"
)

// storeOf is a store in which lists were imported in the order of their publication.
func storeOf(t *testing.T, lists []watch.Past) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "watch287g.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	w := watch.New(watch.Options{Store: s, Now: func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }})
	sum, err := w.Import(t.Context(), lists, nil)
	if err != nil || len(sum.Skipped)+len(sum.Older) != 0 {
		t.Fatal(sum.Skipped, len(sum.Older), err)
	}
	return s
}

// toldOf are the changes of a store that people are told of, from a moment on, in words.
func toldOf(t *testing.T, s store.Reader, from time.Time) (lines []string) {
	t.Helper()
	changes, err := s.Changes(t.Context(), store.ChangeQuery{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range changes {
		if slices.Contains(roster.DefaultKinds(), c.Kind) && c.Kind != roster.KindMilestone && !c.DetectedAt.Before(from) {
			lines = append(lines, fmt.Sprintf("%s %s %s %s %s %s", c.DetectedAt.Format(time.DateOnly), c.Kind, c.Agreement.State, c.Agreement.Agency, c.Agreement.Model, c.Agreement.Signed))
		}
	}
	slices.Sort(lines)
	return lines
}

// pagesBefore plays ICE's page from 2019 until the real list that is given: a page every
// two months, in all kinds of markup, with the agreements that had been signed by then.
// It returns what a reader of all of them should have been told.
func pagesBefore(t *testing.T, a *pasttest.Archive, first roster.Roster, until time.Time) (told []string) {
	t.Helper()
	var rows []pasttest.Row
	for _, r := range first.Rows {
		if r.Signed != "" && r.Model.Known() {
			rows = append(rows, pasttest.Row{State: r.State.Name(), Agency: r.Agency, Model: string(r.Model), Signed: string(r.Signed), MOA: strings.TrimPrefix(r.MOA, "https://www.ice.gov")})
		}
	}
	slices.SortStableFunc(rows, func(a, b pasttest.Row) int { return strings.Compare(a.State+a.Agency, b.State+b.Agency) })
	begun := time.Date(2019, 1, 15, 12, 0, 0, 0, time.UTC)
	listed := map[string]bool{}
	for i, at := 0, begun; at.Before(until); i, at = i+1, at.AddDate(0, 2, 0) {
		var now []pasttest.Row
		for _, r := range rows {
			if r.Signed > at.Format(time.DateOnly) {
				continue
			}
			now = append(now, r)
			key := r.State + r.Agency + r.Model + r.Signed
			if state, _ := roster.ParseState(r.State); !listed[key] && at.After(begun) {
				told = append(told, fmt.Sprintf("%s %s %s %s %s %s", at.Format(time.DateOnly), roster.KindNew, state, r.Agency, r.Model, r.Signed))
			}
			listed[key] = true
		}
		page := pasttest.Capture{URL: "https://www.ice.gov/identify-and-arrest/287g", At: at, Body: pasttest.Page(i%pasttest.Styles, now, fmt.Sprint(i))}
		again := page
		again.At, again.Body = at.AddDate(0, 0, 20), pasttest.Page(i%pasttest.Styles, now, fmt.Sprint(i, "again"))
		a.Add(page, again)
	}
	slices.Sort(told)
	return told
}

// A fresh store has the years from 2019 to 2025, of which the Internet Archive had pages
// and another watch287g lists, however often both imports are interrupted: what was signed
// is told once, on the first page that had it, nothing else is, and where the real lists
// begin the record goes on as that of a store which has those alone.
func TestArchiveYearsBefore(t *testing.T) {
	const kept = 40 // lists, until April 2025
	lists, err := earlier.PastLists(filepath.Join(archivetest.Need(t), "index.csv"))
	if err != nil {
		t.Fatal(err)
	}
	lists = lists[:kept]
	there := storeOf(t, lists)
	app := newApp(io.Discard, io.Discard, func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) })
	site, err := app.newSite(there, config.Default(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	body, err := lists[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	rosters, err := sheet.Read(body, lists[0].PublishedAt)
	if err != nil {
		t.Fatal(err)
	}
	a := &pasttest.Archive{PageSize: 25}
	want := pagesBefore(t, a, rosters[0], lists[0].PublishedAt.AddDate(0, 0, -30))
	pools := [2]string{t.TempDir(), t.TempDir()}
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)))
		for i := range pools {
			random := rand.New(rand.NewPCG(uint64(i), 1)) //nolint:gosec // a test's
			spoil := func(w http.ResponseWriter) (bool, error) {
				switch n := random.IntN(30); {
				case i == 0 || n > 1:
					return false, nil
				case n == 0:
					w.WriteHeader(http.StatusServiceUnavailable)
					return true, nil
				}
				return false, pasttest.ErrBroken
			}
			a.Fault = func(_ int, w http.ResponseWriter, _ *http.Request) (bool, error) { return spoil(w) }
			wire := wireTo(func(w http.ResponseWriter, r *http.Request) error {
				if done, err := spoil(w); done || err != nil {
					return err
				}
				site.ServeHTTP(w, r)
				return nil
			})
			untilDone(t, i > 0, random, func(ctx context.Context) error {
				p, err := past.Open(filepath.Join(pools[i], past.Dir), nil)
				if err != nil {
					return err
				}
				defer p.Close() //nolint:errcheck // a test's
				_, err = wayback.Import(ctx, wayback.Options{Pages: wayback.Pages(), Files: wayback.Files(), Pool: p, Pace: time.Second, Transport: a, Now: time.Now,
					Say: func(string, ...any) {}, Progress: func(string, int, int) {}})
				return err
			})
			untilDone(t, i > 0, random, func(ctx context.Context) error {
				_, err := importFrom(ctx, t, pools[i], wire, noneOwn)
				return err
			})
		}
	})
	if diff := cmp.Diff(poolIn(t, pools[0]), poolIn(t, pools[1])); diff != "" {
		t.Fatalf("interrupted, it is another pool: %s", diff)
	}
	fresh := storeOf(t, listsIn(t, pools[1]))
	begins := lists[0].PublishedAt
	told := toldOf(t, fresh, time.Time{})
	before := slices.DeleteFunc(slices.Clone(told), func(l string) bool { return l >= begins.Format(time.DateOnly) })
	if diff := cmp.Diff(want, before); diff != "" {
		t.Errorf("the years before (-want +got):\n%s", diff)
	}
	next := begins.Add(time.Minute)
	if diff := cmp.Diff(toldOf(t, there, next), toldOf(t, fresh, next)); diff != "" {
		t.Errorf("2025, beside a store that has it alone (-want +got):\n%s", diff)
	}
	t.Logf("%d changes told from 2019 to %s, %d in all", len(before), begins.Format(time.DateOnly), len(told))
}

// untilDone runs an import, interrupted at random times, until it comes to its end.
func untilDone(t *testing.T, interrupted bool, random *rand.Rand, run func(context.Context) error) {
	t.Helper()
	for range 1000 {
		ctx, cancel := context.WithCancel(t.Context())
		if interrupted {
			ctx, cancel = context.WithTimeout(t.Context(), time.Duration(random.IntN(90))*time.Second)
		}
		err := run(ctx)
		cancel()
		if err == nil {
			return
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
	}
	t.Fatal("it never came to its end")
}

// listsIn are the lists of a pool as an import takes them.
func listsIn(t *testing.T, dir string) (lists []watch.Past) {
	t.Helper()
	p, err := past.Read(filepath.Join(dir, past.Dir), nil)
	if err != nil {
		t.Fatal(err)
	}
	for l, err := range p.Lists(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		lists = append(lists, watch.Past{PublishedAt: l.PublishedAt, Link: string(l.List), File: l.File, Open: func() ([]byte, error) { return l.Body, nil }})
	}
	return lists
}
