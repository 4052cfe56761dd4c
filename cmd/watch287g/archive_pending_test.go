package main

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store/bolt"
)

// loggedChanges is the whole log of the archive's changes.
func loggedChanges(t *testing.T) []roster.Change {
	t.Helper()
	var all []roster.Change
	for line := range strings.Lines(output(t, program(t, time.Time{}, "--data", importedArchive(t), "changes", "--format", "jsonl"))) {
		var c roster.Change
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b roster.Change) int { return int(a.Seq) - int(b.Seq) })
	return all
}

// No withdrawal is contradicted by what the program itself says, unless it says
// so: that the agency signed, or that its agreement was listed meanwhile.
func TestArchiveWithdrawalsAgreeWithTheRest(t *testing.T) {
	changes := loggedChanges(t)
	takenBack := map[string]bool{}
	for _, c := range changes {
		takenBack[c.Corrects] = true
	}
	withdrawn := 0
	for _, w := range changes {
		if w.Kind != roster.KindWithdrawn {
			continue
		}
		withdrawn++
		from := w.ListedSince.Time().AddDate(0, 0, -7)
		seeksAnew := false
		for _, c := range changes {
			same := c.Agreement.AgencyID == w.Agreement.AgencyID && c.Agreement.Model == w.Agreement.Model
			// Another application since then, maybe under another name at first.
			seeksAnew = seeksAnew || same && c.Seq > w.Seq && (c.Kind == roster.KindPending || c.PendingSince > roster.Day(w.DetectedAt))
			if !same || c.Kind != roster.KindNew || c.Corrects == w.ID || takenBack[w.ID] {
				continue
			}
			if c.Seq < w.Seq && !c.Agreement.Signed.Time().Before(from) || c.PendingSince == w.ListedSince || c.Seq > w.Seq && !seeksAnew {
				t.Errorf("said: %s\nand:  %s", w.Text, c.Text)
			}
		}
	}
	if withdrawn == 0 {
		t.Error("nothing was withdrawn in a year")
	}
}

// Every first that was told is one still, as ICE gives the agreements at the end,
// or has been taken back.
func TestArchiveFirstsStandOrAreTakenBack(t *testing.T) {
	s, err := bolt.Open(filepath.Join(importedArchive(t), "watch287g.db"), bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	known, err := s.Known(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	keyOf := map[string]func(roster.Agreement) string{
		"first-in-state": func(a roster.Agreement) string { return string(a.State) },
		"first-in-model": func(a roster.Agreement) string { return string(a.State) + string(a.Model) },
		"first-of-type":  func(a roster.Agreement) string { return string(a.State) + string(a.Type) },
	}
	changes := loggedChanges(t)
	takenBack, told := map[string]bool{}, 0
	for _, c := range changes {
		if c.Kind == roster.KindMilestone && c.Corrects != "" {
			takenBack[c.Corrects] = true
		}
	}
	for _, c := range changes {
		if c.Milestone == nil || keyOf[c.Milestone.Name] == nil || c.Corrects != "" {
			continue
		}
		told++
		key := keyOf[c.Milestone.Name]
		want, first := key(c.Agreement), known.Records[c.Agreement.ID]
		wrong := key(first.Now()) != want
		for _, r := range known.Records {
			if r.List == roster.ListParticipating && key(r.Now()) == want && r.FirstListed().Before(first.FirstListed()) {
				wrong = true
			}
		}
		if wrong && !takenBack[c.ID] {
			t.Errorf("never taken back: %s", c.Text)
		}
	}
	t.Logf("%d firsts told, %d taken back", told, len(takenBack))
	if told == 0 || len(takenBack) == 0 {
		t.Error("a year has firsts, and some that were none")
	}
}
