package web

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// statesTable reads the table of states: the rows by state, as they are shown.
func statesTable(doc *goquery.Document) (names []string, rows map[string][]string) {
	rows = map[string][]string{}
	doc.Find("table.states tbody tr").Each(func(_ int, tr *goquery.Selection) {
		name := textOf(tr.Find("th"))
		names = append(names, name)
		rows[name] = tr.Find("td.num").Map(func(_ int, td *goquery.Selection) string { return textOf(td) })
	})
	return names, rows
}

func TestStatesSideBySide(t *testing.T) {
	w := newWorld(t)
	doc := w.page("/states")
	if got := said(doc, ".lead"); !strings.HasPrefix(got, "As of June 21, 2025, 11 a.m. ET, ICE lists 48 active agreements with 47 agencies in 37 states") {
		t.Errorf("it says %q", got)
	}
	names, rows := statesTable(doc)
	if len(names) != len(roster.States()) || !slices.IsSorted(names) {
		t.Errorf("the states are %q", names)
	}
	// Active, new, gone, the three models, pending, counties covered, residents there.
	for state, want := range map[string]string{
		"Texas":         "2 +1 −1 0 1 1 0 1 of 254 0.1%",
		"Florida":       "5 +2 0 2 2 1 0 2 of 67 1.0%",
		"Guam":          "2 +1 0 0 2 0 0 – –",
		"West Virginia": "0 0 0 0 0 0 1 0 of 55 0%",
		"Wyoming":       "0 0 0 0 0 0 0 0 of 23 0%",
	} {
		if got := strings.Join(rows[state], " "); got != want {
			t.Errorf("%s: %s, want %s", state, got, want)
		}
	}
	if text := said(doc, "main"); !strings.Contains(text, "New and gone are agreements first listed, and no longer listed, in the 19 days to June 21, 2025.") {
		t.Errorf("what is new is not said: %s", text)
	}
	front := shownFigures(t, w.page("/"))["new in 19 days"]
	fresh := 0
	for _, r := range rows {
		fresh += sum(t, []string{strings.Trim(r[1], "+")})
	}
	if sum(t, []string{strings.Trim(front, "+")}) != fresh {
		t.Errorf("the front page says %s new agreements, the states %d", front, fresh)
	}
}

func TestStatesAreSortedByLinks(t *testing.T) {
	w := newWorld(t)
	doc := w.page("/states")
	if sorted := doc.Find("th[aria-sort]"); sorted.Length() != 1 || textOf(sorted) != "State" || sorted.AttrOr("aria-sort", "") != "ascending" {
		t.Errorf("it is sorted by %s", textOf(sorted))
	}
	for column, first := range map[string]string{"Active": "Florida", "New": "Florida", "Gone": "Texas", "Pending": "West Virginia", "Counties covered": "Florida"} {
		to := doc.Find(`table.states thead a:contains("`+column+`")`).AttrOr("href", "")
		by := w.page(to)
		names, rows := statesTable(by)
		if names[0] != first || len(rows) != len(roster.States()) {
			t.Errorf("%s: %q is first", to, names[0])
		}
		if sorted := by.Find("th[aria-sort=descending]"); sorted.Length() != 1 || textOf(sorted) != column {
			t.Errorf("%s is sorted by %q", to, textOf(sorted))
		}
		if by.Find(`link[rel="canonical"]`).Length() != 0 || by.Find(`meta[name="robots"]`).Length() != 1 {
			t.Errorf("%s is kept by search engines beside the table", to)
		}
	}
	if rec := w.get("/states?sort=size"); rec.Code != http.StatusBadRequest {
		t.Errorf("an order that there is not: status %d", rec.Code)
	}
}

func TestStatesAsOfADay(t *testing.T) {
	w := newWorld(t)
	doc := w.page("/states?as_of=2025-06-16&sort=active")
	if got := said(doc, "h1") + ". " + said(doc, ".lead"); got != "287(g) agreements by state as of June 16, 2025. As of June 16, 2025, ICE listed 49 active agreements with 48 agencies in 37 states, the District of Columbia and 3 territories, and 1 pending entry." {
		t.Errorf("it says %q", got)
	}
	if _, rows := statesTable(doc); rows["Texas"][0] != "3" || rows["Texas"][2] != "0" {
		t.Errorf("Texas has %q", rows["Texas"])
	}
	if to := doc.Find(`table.states thead a:contains("New")`).AttrOr("href", ""); to != "/states?as_of=2025-06-16&sort=new" {
		t.Errorf("the head leads to %s", to)
	}
	if got := said(w.page("/states?as_of=2026-01-01"), "main .card"); !strings.Contains(got, "What is known here ends June 21, 2025") {
		t.Errorf("of a day that is not known: %q", got)
	}
	for address, status := range map[string]int{"/states?as_of=2025-01-01": http.StatusNotFound, "/states?as_of=never": http.StatusBadRequest} {
		if rec := w.get(address); rec.Code != status {
			t.Errorf("%s: status %d", address, rec.Code)
		}
	}
	if got := said(emptyWorld(t).page("/states"), "main"); !strings.Contains(got, "Nothing is known yet") {
		t.Errorf("of an empty store: %s", got)
	}
}

// On the first day of the record nothing counts as new or gone.
func TestStatesOnTheFirstDay(t *testing.T) {
	text := said(newWorld(t).page("/states?as_of=2025-06-02"), "main")
	if !strings.Contains(text, "The record begins on June 2, 2025: what is new or gone counts from then on. Each curve") || strings.Contains(text, "0 days") {
		t.Errorf("it says %.600s", text)
	}
}

// The states add up to the nation, on any day, and weigh little.
func TestStatesTableOfTheArchive(t *testing.T) {
	w := archiveSite(t)
	for _, address := range []string{"/states", "/states?as_of=2025-03-01", "/states?as_of=2025-05-19&sort=wso"} {
		began := worked()
		rec := w.get(address)
		took := worked() - began
		var zipped bytes.Buffer
		z := gzip.NewWriter(&zipped)
		_, _ = z.Write(rec.Body.Bytes()) // to memory
		_ = z.Close()
		doc := w.page(address)
		_, rows := statesTable(doc)
		var totals [7]int
		for _, r := range rows {
			for i, n := range r[:7] {
				totals[i] += sum(t, []string{strings.TrimLeft(n, "+−")})
			}
		}
		if !strings.Contains(said(doc, ".lead"), prose.English.Active(totals[0])) || totals[0] != totals[3]+totals[4]+totals[5] {
			t.Errorf("%s: %v, and it says %s", address, totals, said(doc, ".lead"))
		}
		if zipped.Len() > 40<<10 || took > time.Second {
			t.Errorf("%s: %d bytes compressed, in %v", address, zipped.Len(), took)
		}
		t.Logf("%s: %d bytes, %d compressed, in %v with what was read for it", address, rec.Body.Len(), zipped.Len(), took)
	}
}
