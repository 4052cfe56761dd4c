package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/watch287g/watch287g/cmd/watch287g/earlier"
	"github.com/watch287g/watch287g/internal/archivetest"
	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/internal/score"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/store/bolt"
)

// These tests need an archive of ICE's lists (internal/archivetest), and for the
// truth about it a changes.csv and a pending.csv beside its index.csv.

// archiveStore holds the file of a store that the whole archive was imported
// into, once for all tests and benchmarks.
var archiveStore struct {
	once sync.Once
	file []byte
	err  error
}

// importedArchive makes a data folder with that store.
func importedArchive(t testing.TB) (data string) {
	t.Helper()
	index := filepath.Join(archivetest.Need(t), "index.csv")
	archiveStore.once.Do(func() {
		made := t.TempDir()
		out, err := program(t, time.Time{}, "--data", made, "import", index).CombinedOutput()
		t.Logf("%s", bytes.TrimSpace(out))
		if archiveStore.err = err; err == nil {
			archiveStore.file, archiveStore.err = os.ReadFile(filepath.Join(made, "watch287g.db"))
		}
	})
	if archiveStore.err != nil {
		t.Fatal(archiveStore.err)
	}
	data = t.TempDir()
	if err := os.WriteFile(filepath.Join(data, "watch287g.db"), archiveStore.file, 0o600); err != nil {
		t.Fatal(err)
	}
	return data
}

// What ICE's lists of 2025 say is known to the row, and so is what became of every
// pending entry. All of it is found, and nothing is said that is not so.
func TestArchiveAccuracy(t *testing.T) {
	truth := readTruth(t)
	result, err := truth.Score(strings.NewReader(output(t, program(t, time.Time{}, "--data", importedArchive(t), "changes", "--format", "jsonl"))))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("\n%s", result)
	for _, tally := range []score.Tally{result.New, result.Removed, result.Amended, result.Withdrawn} {
		for _, wrong := range tally.Wrong {
			t.Error(wrong)
		}
		if tally.Known == 0 {
			t.Error("the truth lacks a kind of change")
		}
	}
}

// readTruth reads what became of every row of the archive.
func readTruth(t *testing.T) *score.Truth {
	t.Helper()
	open := func(name string) io.Reader {
		f, err := os.Open(filepath.Join(archivetest.Need(t), name))
		if err != nil {
			t.Skipf("the truth about the archive is not at hand: %v", err)
		}
		t.Cleanup(func() { _ = f.Close() })
		return f
	}
	truth, err := score.ReadTruth(open("changes.csv"), open("pending.csv"))
	if err != nil {
		t.Fatal(err)
	}
	return truth
}

var archiveStarts = flag.Int("archive.starts", 4, "on how many lists of the archive TestArchiveAccuracyOfALateStart begins, as `number`")

// Whichever list is the first that a store has, nothing that it tells of the later ones is
// false. The list of April 21 is left out as a first one: ICE had lost 200 of its rows.
func TestArchiveAccuracyOfALateStart(t *testing.T) {
	truth := readTruth(t)
	dir, err := filepath.Abs(archivetest.Need(t))
	if err != nil {
		t.Fatal(err)
	}
	index, err := os.ReadFile(filepath.Join(dir, "index.csv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(strings.TrimSpace(string(index)), "\n")
	for i := range *archiveStarts {
		first := 1 + (2*i+1)*(len(lines)-1)/(2**archiveStarts)
		if strings.Contains(strings.Join(lines[first:min(first+2, len(lines))], ""), "04212025am") {
			continue
		}
		t.Run(strings.Split(lines[first], ",")[2], func(t *testing.T) {
			t.Parallel()
			rest := t.TempDir()
			for _, list := range roster.Lists() {
				if err := os.Symlink(filepath.Join(dir, string(list)), filepath.Join(rest, string(list))); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.WriteFile(filepath.Join(rest, "index.csv"), []byte(lines[0]+strings.Join(lines[first:], "")), 0o600); err != nil {
				t.Fatal(err)
			}
			data := t.TempDir()
			output(t, program(t, time.Time{}, "--data", data, "import", rest))
			result, err := truth.Score(strings.NewReader(output(t, program(t, time.Time{}, "--data", data, "changes", "--format", "jsonl", "--limit", "0"))))
			if err != nil {
				t.Fatal(err)
			}
			for _, tally := range []score.Tally{result.New, result.Removed, result.Withdrawn} {
				if tally.False > 0 {
					t.Errorf("%d false alarms: %s", tally.False, tally.Wrong)
				}
			}
		})
	}
}

// A table of the cases would not count as rules.
func TestShippedAliasesAreFew(t *testing.T) {
	if lines := bytes.Count(shippedAliases, []byte("\n")); lines > 10 {
		t.Errorf("%d lines, want at most 10", lines)
	}
	if _, err := aliases(""); err != nil {
		t.Error(err)
	}
}

func TestArchiveFigures(t *testing.T) {
	data := importedArchive(t)
	stats := func(at string) (s roster.Stats) {
		t.Helper()
		if err := json.Unmarshal([]byte(output(t, program(t, time.Time{}, "--data", data, "stats", "--as-of", at, "--format", "json"))), &s); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d active and %d doubles in %d states, %d pending, notes %q", at, s.Active, s.Duplicates, s.States, s.Pending, s.Notes)
		return s
	}
	if s := stats("2025-05-20T00:00:00Z"); s.Active != 588 || s.States != 40 || s.Pending != 83 {
		t.Errorf("2025-05-20T00:00:00Z: %d active in %d states, %d pending; want 588 in 40, 83", s.Active, s.States, s.Pending)
	}
	if s := stats("2025-09-22"); s.Active+s.Duplicates != 1000 || s.Pending != 42 || len(s.Notes) != 2 || !strings.Contains(s.Notes[0], "stood behind the link to") {
		t.Errorf("2025-09-22: %d active and %d doubles, %d pending, notes %q; want 1,000 together, 42, and a note for each swapped list",
			s.Active, s.Duplicates, s.Pending, s.Notes)
	}
	for _, day := range []string{"2025-04-21", "2025-09-22"} {
		if removed := output(t, program(t, time.Time{}, "--data", data, "changes", "--kind", "removed", "--since", day, "--until", day, "--format", "jsonl")); removed != "" {
			t.Errorf("removed on %s: %s", day, removed)
		}
	}
	const old = "participatingAgencies04212025am.xlsx 2025-04-21 10:00 EDT It is byte for byte an older publication, and differs from the last one, participatingAgencies-20250410172009.xlsx. 137 of 444 active agreements would be removed."
	if holds := output(t, program(t, time.Time{}, "--data", data, "holds")); !strings.Contains(roster.Clean(holds), old) {
		t.Errorf("the list of March that came back was not held:\n%s", holds)
	}
}

// After every accepted publication, what stands is what the lists in force say,
// less the rows that stand twice and those that cannot be read.
func TestArchiveAddsUpAfterEveryList(t *testing.T) {
	s, err := bolt.Open(filepath.Join(importedArchive(t), "watch287g.db"), bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	snap, err := snapshot.LoadAgreements(t.Context(), s, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	publications := snap.Publications()
	looked, inForce := 0, map[roster.List]roster.Publication{}
	for i, p := range publications {
		if p.Verdict == roster.VerdictAccepted {
			inForce[p.List] = p
		}
		if i+1 < len(publications) && publications[i+1].PublishedAt.Equal(p.PublishedAt) {
			continue // what was published in one moment counts together
		}
		n, doubles := map[roster.Status]int{}, 0
		for _, st := range snap.AgreementsAt(p.PublishedAt) {
			n[st.Status]++
			if st.Status != roster.StatusEnded {
				doubles += st.Duplicates
			}
		}
		looked++
		for _, list := range roster.Lists() {
			q := inForce[list]
			if got, want := n[roster.StatusOn(list)], q.Rows-q.Duplicates-q.Unreadable; got != want {
				t.Errorf("%s: %d stand, want %d (%d rows, %d doubles, %d unreadable)", q.File, got, want, q.Rows, q.Duplicates, q.Unreadable)
			}
		}
		if stats := snap.Stats(p.PublishedAt); stats.Active != n[roster.StatusActive] || stats.Pending != n[roster.StatusPending] || stats.Duplicates != doubles {
			t.Errorf("%s: the stats are %+v", p.File, stats)
		}
	}
	t.Logf("%d publications, of %d moments", len(publications), looked)
	if err := errors.Join(consistent(t.Context(), s), s.Close()); err != nil {
		t.Error(err)
	}
}

// replayedArchive serves the archive as ICE's site did, or skips the test.
func replayedArchive(t *testing.T) (site *fakeice.Replay, url string) {
	t.Helper()
	files, err := fakeice.ReadArchive(filepath.Join(archivetest.Need(t), "index.csv"))
	if err != nil {
		t.Fatal(err)
	}
	site = fakeice.NewReplay(fakeice.Moments(files))
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	return site, server.URL
}

// TestArchiveReality leads the service's watcher through 2025, from one moment
// at which ICE published to the next, with polls between: the changes are those
// of the import.
func TestArchiveReality(t *testing.T) {
	t.Parallel()
	want, moments := archiveChanges(t)
	t.Run("well", func(t *testing.T) {
		t.Parallel()
		site, url := replayedArchive(t)
		s := newSentry(t, url+fakeice.PagePath)
		for _, at := range moments {
			s.now = at
			site.Goto(at)
			if r := s.poll(); r.Outcome != scraper.StatusChanged && r.Outcome != scraper.StatusUnchanged {
				t.Errorf("%s: %s", r.Outcome, r.Sentence)
			}
		}
		s.polled(want)
	})
	t.Run("with faults", func(t *testing.T) {
		t.Parallel()
		const seed = 287
		t.Logf("seed %d", seed)
		random := rand.New(rand.NewPCG(seed, 12))
		names := slices.DeleteFunc(fakeice.Faults(), func(name string) bool { return name == "hang" })
		site, url := replayedArchive(t)
		s := newSentry(t, url+fakeice.PagePath)
		struck := map[string]int{}
		for i, at := range moments {
			s.now = at
			site.Goto(at)
			if i > 0 && random.IntN(2) == 0 { // what the first poll finds is where the story begins
				name, count := names[random.IntN(len(names))], []int{1, 2, -1}[random.IntN(3)]
				if name == "reset" {
					count = -1 // net/http asks once more by itself
				}
				site.Spoil(fakeice.Fault{Name: name}, count)
				r := s.poll()
				site.Mend()
				struck[name]++
				want, said := outcomes(name)
				if slices.Contains(fakeice.ListFaults(), name) { // which spoil what is sent, if anything is
					want, said = append(want, scraper.StatusChanged, scraper.StatusUnchanged), nil
				}
				if !slices.Contains(want, r.Outcome) || slices.ContainsFunc(said, func(part string) bool { return !strings.Contains(r.Sentence, part) }) {
					t.Errorf("%s was logged as %s: %s; want %s with %q", name, r.Outcome, r.Sentence, want, said)
				}
			}
			if r := s.poll(); r.Outcome.Failed() {
				t.Errorf("%s: %s", r.Outcome, r.Sentence)
			}
		}
		t.Logf("struck: %v", struck)
		s.polledInSpite(want)
	})
}

// archiveChanges returns what the import of the archive brings, and when its
// lists were published.
func archiveChanges(t *testing.T) (changes []string, moments []time.Time) {
	t.Helper()
	s, err := bolt.Open(archiveFile(t), bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // it was only read
	lists, err := earlier.PastLists(filepath.Join(archivetest.Need(t), "index.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lists {
		moments = append(moments, l.PublishedAt)
	}
	return all(t, s), slices.Compact(moments)
}
