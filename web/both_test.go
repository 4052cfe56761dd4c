package web

import (
	"strings"
	"testing"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/watch"
)

// TestEvidenceInAFileOfBothLists follows each change to its row, on the list that
// it was read from, though both lists stand in one file, on a sheet each.
func TestEvidenceInAFileOfBothLists(t *testing.T) {
	both := func(day int, signed, sought []sheettest.Row) watch.Past {
		body := sheettest.Book{Sheets: []sheettest.Sheet{
			{Rows: sheettest.List(sheettest.ParticipatingColumns(), signed...)},
			{Rows: sheettest.List(sheettest.PendingColumns(), sought...)},
		}}.Bytes()
		return watch.Past{PublishedAt: june(day), File: "agencies.xlsx", Open: func() ([]byte, error) { return body, nil }}
	}
	bay := row("FLORIDA", "Bay County Sheriff's Office", "County", "Bay County", warrant, "2/3/2025")
	harris := row("TEXAS", "Harris County Sheriff's Office", "County", "Harris County", jail, "6/1/2020")
	lamar := row("TEXAS", "Lamar County Sheriff's Office", "County", "Lamar County", task, "")
	guam := row("GUAM", "Guam Police Department", "Municipality", "", task, "")
	w := emptyWorld(t)
	w.imports(both(2, []sheettest.Row{bay}, []sheettest.Row{lamar}), both(6, []sheettest.Row{bay, harris}, []sheettest.Row{lamar, guam}))
	followed := map[roster.List]string{}
	for _, c := range w.known().Changes() {
		to := w.page("/changes/"+c.ID).Find(`main a[href*="#row-"]`).AttrOr("href", "")
		path, id, _ := strings.Cut(to, "#")
		doc := w.page(path)
		if s := doc.Find("tr#" + id).Find("td").Eq(1).Text(); c.Kind != roster.KindMilestone && s != c.Agreement.Agency {
			t.Errorf("%s: %s is the row of %q", c.Text, to, s)
		}
		if h := doc.Find("h1").Text(); !strings.HasPrefix(h, "ICE's "+string(c.Publication.List)+" list of June 6, 2025") {
			t.Errorf("%s: the page is called %q", c.Text, h)
		}
		if s := doc.Find("main").Text(); strings.Contains(s, "published these bytes") || strings.Contains(s, "Published again") {
			t.Errorf("%s: published once, and the page says %q", c.Text, s)
		}
		followed[c.Publication.List] = doc.Find(`dl.facts dd a[href^="/publications/"]`).First().Text()
	}
	if followed[roster.ListParticipating] != "ICE's pending list" || followed[roster.ListPending] != "ICE's participating list" {
		t.Errorf("the pages lead to each other by %q", followed)
	}
}
