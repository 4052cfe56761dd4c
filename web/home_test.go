package web

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/watch287g/watch287g/roster"
)

// shownFigures are a page's big figures, by their words.
func shownFigures(t *testing.T, doc *goquery.Document) map[string]string {
	t.Helper()
	all := map[string]string{}
	doc.Find("main .figure").Each(func(_ int, f *goquery.Selection) {
		words := textOf(f.Find("dt"))
		if note := textOf(f.Find("dd span")); words == "new agreements" {
			words += " " + note
		}
		all[words] = textOf(f.Find("dd b"))
	})
	return all
}

// textOf is an element's text with single blanks.
func textOf(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

// wantFigures compares figures with those that a page must show.
func wantFigures(t *testing.T, doc *goquery.Document, want map[string]string) {
	t.Helper()
	got := shownFigures(t, doc)
	for words, number := range want {
		if got[words] != number {
			t.Errorf("%q is %q, want %q (of %v)", words, got[words], number, got)
		}
	}
}

// column is the text of a column's cells, in the table of that name.
func column(doc *goquery.Document, table string, n int) []string {
	var all []string
	doc.Find(`.tablebox[aria-label="` + table + `"] tbody tr`).Each(func(_ int, row *goquery.Selection) {
		all = append(all, textOf(row.Children().Eq(n)))
	})
	return all
}

// sum adds the numbers of a column.
func sum(t *testing.T, cells []string) int {
	t.Helper()
	total := 0
	for _, c := range cells {
		n, err := strconv.Atoi(strings.NewReplacer(",", "", "−", "-", "+", "").Replace(c))
		if err != nil {
			t.Fatalf("%q is no number", c)
		}
		total += n
	}
	return total
}

func TestHomeShowsWhatReportersQuote(t *testing.T) {
	doc := newWorld(t).page("/")
	wantFigures(t, doc, map[string]string{
		"active agreements": "48", "agencies that hold them": "47", "states and territories": "41", "pending entries": "1",
		"new agreements since June 2, 2025, the day of the first list known here": "",
		"new agreements in the 19 days to June 21, 2025":                          "5",
		"Jail Enforcement Model (JEM)":                                            "16", "Task Force Model (TFM)": "18", "Warrant Service Officer (WSO)": "14",
	})
	text := said(doc, "main")
	for _, want := range []string{
		"ICE lists 48 active agreements with 47 agencies in 37 states, the District of Columbia and 3 territories, and 1 pending entry.",
		"Florida has 10% of the active agreements (5)",
		"According to ICE's participating list of June 20, 2025, 10 a.m. ET and ICE's pending list of June 11, 2025, 10 a.m. ET.",
		"ICE's page was last read June 21, 2025, 11 a.m. ET",
		"Neither an active agreement nor a pending entry: Oregon, Pennsylvania, Puerto Rico,",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if got := sum(t, column(doc, "The map as a table", 1)); got != 48 {
		t.Errorf("the map's table adds up to %d", got)
	}
	if got := column(doc, "Most new agreements", 0); strings.Join(got, " ") != "Florida Georgia Guam Texas" {
		t.Errorf("growing: %q", got)
	}
	if got := column(doc, "The curve as a table", 1); strings.Join(got, " ") != "48" {
		t.Errorf("the curve's table: %q", got)
	}
}

func TestHomeShowsTheLatestNewsWithoutDetails(t *testing.T) {
	w := newWorld(t)
	doc := w.page("/")
	n := doc.Find("main li.change").Length()
	if n == 0 || n > 15 {
		t.Errorf("%d changes", n)
	}
	if doc.Find("main li.change.detail, main li.change.document").Length() > 0 {
		t.Error("details are among the news")
	}
	if doc.Find("main li.change.milestone").Length() == 0 {
		t.Error("no milestone is among the news")
	}
	if first := textOf(doc.Find("main li.change").First()); !strings.Contains(first, "Harris County Sheriff's Office") {
		t.Errorf("the newest is %q", first)
	}
	if doc.Find("main script, main img").Length() > 0 {
		t.Error("what an agency's name holds became markup")
	}
}

func TestHomeBeforeAnyList(t *testing.T) {
	w := emptyWorld(t)
	for _, path := range []string{"/", "/compare", "/states/TX", "/embed/nation", "/embed/states/TX"} {
		if text := said(w.page(path), "body"); !strings.Contains(text, "Nothing is known yet") {
			t.Errorf("%s says %q", path, text)
		}
	}
	if rec := w.get("/on/2025-06-02"); rec.Code != 404 || !strings.Contains(rec.Body.String(), "Nothing is known yet") {
		t.Errorf("a day: status %d", rec.Code)
	}
}

func TestNothingIsKnownBeyondTheLastGoodLook(t *testing.T) {
	w := newWorld(t)
	w.now = worldNow().AddDate(0, 0, 9)
	w.polled(roster.Poll{At: w.now.Add(-2 * time.Hour), Outcome: "unreachable", Sentence: "ICE's page could not be reached."})
	if text := said(w.page("/states/TX"), ".lead"); !strings.Contains(text, "As of June 21, 2025, 11 a.m. ET, ICE lists") {
		t.Errorf("the state's page says %q", text)
	}
	if text := said(w.page("/on/2025-06-25"), "main"); !strings.Contains(text, "What is known here ends June 21, 2025, 11 a.m. ET.") {
		t.Errorf("the day's page says %q", text)
	}
	if text := said(w.page("/embed/nation"), "main"); !strings.Contains(text, "Not readable at ICE since June 30, 2025.") {
		t.Errorf("the card says %q", text)
	}
}

func TestHomeOfTheArchive(t *testing.T) {
	w := archiveSite(t)
	began := time.Now()
	rec := w.get("/")
	t.Logf("%d bytes in %v", rec.Body.Len(), time.Since(began))
	if rec.Body.Len() > 300_000 {
		t.Errorf("the page has %d bytes", rec.Body.Len())
	}
	doc := w.page("/")
	figures := shownFigures(t, doc)
	active := sum(t, []string{figures["active agreements"]})
	byState, byModel := sum(t, column(doc, "The map as a table", 1)), 0
	for _, m := range roster.Models() {
		byModel += sum(t, []string{figures[m.Name()+" ("+string(m)+")"]})
	}
	growing := column(doc, "Most new agreements", 1)
	for i := 1; i < len(growing); i++ {
		if sum(t, growing[i:i+1]) > sum(t, growing[i-1:i]) {
			t.Errorf("the states that grow do not come with the most first: %q", growing)
		}
	}
	curve := column(doc, "The curve as a table", 1)
	if last := sum(t, curve[len(curve)-1:]); active == 0 || byState != active || byModel != active || last != active {
		t.Errorf("%d active agreements, by state %d, by model %d, on the curve %d", active, byState, byModel, last)
	}
}
