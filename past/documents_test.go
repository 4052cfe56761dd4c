package past_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/past"
	"github.com/watch287g/watch287g/roster"
)

// What stood at an address before goes in front of what the store knows of it, once.
func TestNewDocuments(t *testing.T) {
	t.Parallel()
	at := func(month int) time.Time { return time.Date(2020, time.Month(month), 1, 0, 0, 0, 0, time.UTC) }
	const known, unlinked, waiting, fresh = "https://www.ice.gov/known.pdf", "https://www.ice.gov/unlinked.pdf", "https://www.ice.gov/waiting.pdf", "https://www.ice.gov/fresh.pdf"
	capture := func(url, hash string, month int) past.Capture {
		return past.Capture{Kind: past.KindDocument, URL: url, SHA256: hash, Size: 3, At: at(month)}
	}
	captures := []past.Capture{
		capture(known, "c", 9), capture(known, "a", 1), capture(known, "a", 2), capture(known, "b", 3), capture(known, "c", 4),
		capture(unlinked, "a", 5), capture(waiting, "d", 1), capture(fresh, "e", 1),
		{Kind: past.KindDocument, URL: known, At: at(1), Problem: "is not a PDF file"}, {Kind: past.KindList, URL: unlinked, SHA256: "f", At: at(1)},
	}
	there := []roster.DocumentAddress{
		{URL: known, LookedAt: at(8), Versions: []roster.DocumentVersion{{From: at(7), SHA256: "c"}, {From: at(8), SHA256: "d"}}},
		{URL: waiting, Baseline: true, DueAt: at(8)},
	}
	files, addresses := past.NewDocuments(captures, []roster.Document{{SHA256: "c"}}, there)
	wantFiles := []roster.Document{{SHA256: "e", Size: 3, HadAt: at(1)}, {SHA256: "a", Size: 3, HadAt: at(1)}, {SHA256: "d", Size: 3, HadAt: at(1)}, {SHA256: "b", Size: 3, HadAt: at(3)}}
	if diff := cmp.Diff(wantFiles, files); diff != "" {
		t.Error(diff)
	}
	captured := &roster.Origin{Dated: roster.DatedCaptured} // whatever ICE says of the file, that it stood there then is all that is known
	want := []roster.DocumentAddress{
		{URL: known, LookedAt: at(8), Versions: []roster.DocumentVersion{{From: at(1), SHA256: "a", Size: 3, Origin: captured}, {From: at(3), SHA256: "b", Size: 3, Origin: captured}, {From: at(4), SHA256: "c", Origin: captured, Found: at(7)}, {From: at(8), SHA256: "d"}}},
		{URL: unlinked, Baseline: true, FirstLinked: at(5), Versions: []roster.DocumentVersion{{From: at(5), SHA256: "a", Size: 3, Origin: captured}}},
		{URL: waiting, Baseline: true, DueAt: at(8), Versions: []roster.DocumentVersion{{From: at(1), SHA256: "d", Size: 3, Origin: captured}}},
		{URL: fresh, Baseline: true, FirstLinked: at(1), Versions: []roster.DocumentVersion{{From: at(1), SHA256: "e", Size: 3, Origin: captured}}},
	}
	byURL := func(a, b roster.DocumentAddress) int { return strings.Compare(a.URL, b.URL) }
	slices.SortFunc(want, byURL)
	slices.SortFunc(addresses, byURL)
	if diff := cmp.Diff(want, addresses); diff != "" {
		t.Error(diff)
	}
	files = append(files, roster.Document{SHA256: "c"})
	if files, addresses := past.NewDocuments(captures, files, addresses); len(files) != 0 || len(addresses) != 0 {
		t.Errorf("again: %v, %v", files, addresses)
	}
	// What is captured later goes behind what was, as long as nothing was found here.
	_, addresses = past.NewDocuments(append(captures, capture(fresh, "a", 6)), files, addresses)
	if len(addresses) != 1 || len(addresses[0].Versions) != 2 || addresses[0].Versions[1].SHA256 != "a" {
		t.Errorf("another capture: %v", addresses)
	}
}
