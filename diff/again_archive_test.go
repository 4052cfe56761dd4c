package diff_test

import (
	"slices"
	"testing"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/roster"
)

// Whichever of ICE's own lists is the first that is read, the same rows once more, in
// whatever order, are no news.
func TestArchiveListsReadAgainAreNoNews(t *testing.T) {
	t.Parallel()
	records := archiveIndex(t)
	if len(records) < 300 {
		t.Fatal(len(records))
	}
	at := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	for _, r := range records[1:] {
		list := archiveList(t, r[2])
		first := diff.Candidate{Roster: list, Baseline: true, Publication: roster.Publication{List: list.List, SHA256: "first", PublishedAt: at}}
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
