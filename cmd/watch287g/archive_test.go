package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store/bolt"
)

// These tests need an archive of ICE's lists: a folder with an index.csv, the
// files that it names and, for the truth about them, a changes.csv. They look
// for it where WATCH287G_ARCHIVE says, or beside the checkout.

// archiveFolder returns the archive's folder, or skips the test.
func archiveFolder(t *testing.T) string {
	t.Helper()
	index := archiveIndex()
	if index == "" {
		t.Skip("no archive of ICE's lists is at hand: set WATCH287G_ARCHIVE to a folder with an index.csv")
	}
	return filepath.Dir(index)
}

// command runs one command in this process and returns what it printed.
func command(t *testing.T, args ...string) string {
	t.Helper()
	var out, complaints bytes.Buffer
	if status := newApp(&out, &complaints, time.Now).run(t.Context(), args); status != statusOK {
		t.Fatalf("%v: exit status %d\n%s", args, status, complaints.String())
	}
	return out.String()
}

// imported takes the archive into a new store and returns its data folder.
func imported(t *testing.T) (data string) {
	t.Helper()
	data = t.TempDir()
	command(t, "import", "--data", data, filepath.Join(archiveFolder(t), "index.csv"))
	return data
}

// tally counts what readers are told, publication by publication.
type tallies struct{ added, removed, amended map[string]int }

func newTallies() tallies { return tallies{map[string]int{}, map[string]int{}, map[string]int{}} }

// side names one side of a change as the truth and the log both can: without
// the date, of which a misprinted one has no right spelling.
func sideKey(state, agency, model string) string {
	return state + "|" + strings.ToLower(roster.Clean(agency)) + "|" + model
}

// truth reads changes.csv. ambiguous holds the sides that even its makers could
// not decide.
func truth(t *testing.T, path string) (want tallies, ambiguous map[string]bool, files map[string]bool) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Skipf("the truth about the archive is not at hand: %v", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	want, ambiguous, files = newTallies(), map[string]bool{}, map[string]bool{}
	for _, row := range rows[1:] {
		get := func(name string) string { return row[column[name]] }
		side := func(which string) string {
			state, _ := roster.ParseState(get(which + "_state"))
			return get("publication") + "|" + sideKey(string(state), get(which+"_agency"), get(which+"_model"))
		}
		files[get("publication")] = true
		switch get("label") {
		case "added":
			want.added[side("new")]++
		case "removed":
			want.removed[side("old")]++
		case "ambiguous":
			ambiguous[side("old")], ambiguous[side("new")] = true, true
		default:
			want.amended[side("old")+" => "+side("new")]++
		}
	}
	return want, ambiguous, files
}

// told reads the log of changes in the same way.
func told(t *testing.T, jsonl string, files map[string]bool) tallies {
	t.Helper()
	got := newTallies()
	for line := range strings.Lines(jsonl) {
		var c roster.Change
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err)
		}
		if c.Publication.List != roster.Participating || !files[c.Publication.File] {
			continue
		}
		side := func(a roster.Agreement) string {
			return c.Publication.File + "|" + sideKey(string(a.State), a.Agency, string(a.Model))
		}
		switch c.Kind {
		case roster.New, roster.Restored:
			got.added[side(c.Agreement)]++
		case roster.Removed:
			got.removed[side(c.Agreement)]++
		case roster.Amended:
			got.amended[side(*c.Before)+" => "+side(c.Agreement)]++
		default:
		}
	}
	return got
}

func TestArchiveAccuracy(t *testing.T) {
	want, ambiguous, files := truth(t, filepath.Join(archiveFolder(t), "changes.csv"))
	got := told(t, command(t, "changes", "--data", imported(t), "--format", "jsonl"), files)
	compare := func(what string, want, got map[string]int, falseAlarms bool) {
		all, found := 0, 0
		for key, n := range want {
			all, found = all+n, found+min(n, got[key])
			if got[key] < n {
				t.Errorf("%s: missed %s", what, key)
			}
		}
		for key, n := range got {
			if falseAlarms && n > want[key] && !ambiguous[key] {
				t.Errorf("%s: false alarm %s", what, key)
			}
		}
		t.Logf("%s: %d of %d found", what, found, all)
	}
	compare("new", want.added, got.added, true)
	compare("removed", want.removed, got.removed, true)
	compare("amended", want.amended, got.amended, false)
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
	data := imported(t)
	stats := func(at string) (s roster.Stats) {
		t.Helper()
		if err := json.Unmarshal([]byte(command(t, "stats", "--data", data, "--as-of", at, "--format", "json")), &s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	if s := stats("2025-05-20T00:00:00Z"); s.Active != 588 || s.States != 40 || s.Pending != 83 {
		t.Errorf("2025-05-20T00:00:00Z: %d active in %d states, %d pending; want 588 in 40, 83", s.Active, s.States, s.Pending)
	}
	s := stats("2025-09-22")
	if s.Active+s.Doubles != 1000 || s.Pending != 42 || len(s.Notes) != 2 {
		t.Errorf("2025-09-22: %d active and %d doubles, %d pending, notes %q; want 1,000 together, 42, and a note for each swapped list",
			s.Active, s.Doubles, s.Pending, s.Notes)
	}
	removed := command(t, "changes", "--data", data, "--kind", "removed", "--since", "2025-09-22", "--until", "2025-09-23", "--format", "jsonl")
	if removed != "" {
		t.Errorf("removed around the swap: %s", removed)
	}
	if removed := command(t, "changes", "--data", data, "--kind", "removed", "--since", "2025-04-21", "--until", "2025-04-21", "--format", "jsonl"); removed != "" {
		t.Errorf("removed by the list of March that came back: %s", removed)
	}
	if holds := command(t, "holds", "--data", data); !strings.Contains(holds, "participatingAgencies04212025am.xlsx") {
		t.Errorf("the list of 2025-04-21 was not held:\n%s", holds)
	}
}

// After every accepted publication, what stands is what the lists say, less the
// rows that stand twice and those that cannot be read.
func TestArchiveEveryListAddsUp(t *testing.T) {
	s, err := bolt.Open(filepath.Join(imported(t), "watch287g.db"), bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // it was only read
	publications, err := s.Publications(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range publications {
		last := i == len(publications)-1 || !publications[i+1].EffectiveAt.Equal(p.EffectiveAt) || publications[i+1].List != p.List
		if p.Verdict != roster.Accepted || !last {
			continue
		}
		standings, err := s.Standings(t.Context(), p.EffectiveAt)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, st := range standings {
			if st.Status == roster.StatusOn(p.List) {
				n++
			}
		}
		if want := p.Rows - p.Doubles - p.Unreadable; n != want {
			t.Errorf("%s, %s list: %d stand, want %d (%d rows, %d doubles, %d unreadable)", p.File, p.List, n, want, p.Rows, p.Doubles, p.Unreadable)
		}
	}
	t.Logf("%d publications", len(publications))
}
