package diff_test

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/internal/archivetest"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet"
)

// Whichever of ICE's own lists is the first that is read, the same rows once more, in
// whatever order, are no news.
func TestArchiveListsReadAgainAreNoNews(t *testing.T) {
	t.Parallel()
	dir := archivetest.Need(t)
	index, err := os.ReadFile(filepath.Join(dir, "index.csv"))
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(index)).ReadAll()
	if err != nil || len(records) < 300 {
		t.Fatal(len(records), err)
	}
	at := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	for _, r := range records[1:] {
		body, err := os.ReadFile(filepath.Join(dir, r[2]))
		if err != nil {
			t.Fatal(err)
		}
		read, err := sheet.Read(body, at)
		if err != nil {
			t.Fatal(r[2], err)
		}
		first := diff.Candidate{Roster: read[0], Baseline: true, Publication: roster.Publication{List: read[0].List, SHA256: "first", PublishedAt: at}}
		known := diff.Updated(diff.Input{Now: at, Arrivals: []diff.Candidate{first}}).Known
		again := first
		again.Roster.Rows, again.Baseline = slices.Clone(first.Roster.Rows), false
		slices.Reverse(again.Roster.Rows)
		again.Publication.SHA256, again.Publication.PublishedAt = "again", at.Add(time.Hour)
		o := diff.Updated(diff.Input{Known: known, Now: at.Add(time.Hour), Arrivals: []diff.Candidate{again}})
		for _, c := range o.Changes {
			t.Errorf("%s: %s %s", r[2], c.Kind, c.Text)
		}
		if len(o.Holds) > 0 {
			t.Errorf("%s: held because of %q", r[2], o.Holds[0].Reasons)
		}
	}
}
