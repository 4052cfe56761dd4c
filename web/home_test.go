package web

import (
	"regexp"
	"slices"
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
		"active agreements": "48", "agencies": "47", "states, D.C. and 3 territories": "37", "pending entry": "1",
		"new in 19 days": "+5", "gone in 19 days": "−1",
		"Jail Enforcement Model (JEM)": "16", "Task Force Model (TFM)": "18", "Warrant Service Officer (WSO)": "14",
	})
	if h1, want := said(doc, "h1"), "ICE lists 48 active 287(g) agreements in 37 states, the District of Columbia and 3 territories"; h1 != want {
		t.Errorf("the page claims %q", h1)
	}
	text := said(doc, "main")
	for _, want := range []string{
		"As of June 21, 2025, 11 a.m. ET; new and gone in the 19 days until then.",
		"ICE lists 48 active agreements with 47 agencies in 37 states, the District of Columbia and 3 territories, and 1 pending entry.",
		"Florida has 10% of the active agreements (5)",
		"According to ICE's participating list of June 20, 2025, 10 a.m. ET and ICE's pending list of June 11, 2025, 10 a.m. ET.",
		"ICE's page was last read June 21, 2025, 11 a.m. ET",
		"Neither an active agreement nor a pending entry: Oregon, Pennsylvania, Puerto Rico,",
		"No longer listed in the 19 days to June 21, 2025 − Harris County Sheriff's Office, Texas: Jail Enforcement Model, since June 20, 2025 The list gives no reason.",
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

// A figure of what is new or gone leads to a page that counts the same.
func TestHomeFiguresLeadToWhatTheyCount(t *testing.T) { figuresLead(t, newWorld(t), "/") }

func figuresLead(t *testing.T, w *world, page string) {
	t.Helper()
	doc := w.page(page)
	for _, what := range []string{"new", "gone"} {
		link := doc.Find(`.figure dt a:contains("` + what + ` in ")`)
		number := strings.TrimLeft(textOf(link.ParentsFiltered(".figure").Find("dd b")), "+−")
		path, fragment, _ := strings.Cut(link.AttrOr("href", ""), "#")
		if heading := said(w.page(path), "#"+fragment); number == "" || !strings.HasSuffix(heading, ": "+number) {
			t.Errorf("%s %s leads to %s, which has %q", number, what, path, heading)
		}
	}
}

// Where the record ended days ago, nothing is said as of today.
func TestHomeOfARecordThatEnded(t *testing.T) {
	w := emptyWorld(t)
	w.imports(smallLists()...)
	for days, want := range map[int]struct{ claim, band string }{
		1: {"ICE lists 48 active 287(g) agreements", ""},
		9: {"On June 20, 2025, ICE listed 48 active 287(g) agreements", "This record ends on June 20, 2025. What ICE has listed since is not in it. Status"},
	} {
		w.now = june(20).AddDate(0, 0, days)
		doc := w.page("/")
		if claim, band := said(doc, "h1"), said(doc, ".alert"); !strings.HasPrefix(claim, want.claim) || band != want.band {
			t.Errorf("after %d days the page claims %q under %q", days, claim, band)
		}
		text := said(doc, "main")
		for _, now := range []string{"ICE lists 48", "Florida has", "Latest changes"} {
			if strings.Contains(text, now) != (days < 3) {
				t.Errorf("after %d days, whether the page says %q: %v", days, now, days >= 3)
			}
		}
	}
	w.now = june(20).AddDate(0, 0, 9)
	if text := said(w.page("/states/TX"), ".alert"); !strings.Contains(text, "This record ends on June 20, 2025.") {
		t.Errorf("a state's page says %q", text)
	}
}

// On the first day all is known since that day, and nothing is new or gone.
func TestHomeOnTheFirstDay(t *testing.T) {
	w := emptyWorld(t)
	w.imports(smallLists()[0])
	w.now = june(2).Add(time.Hour)
	doc := w.page("/")
	wantFigures(t, doc, map[string]string{"active agreements": "44", "pending entries": "unknown", "agencies": "44"})
	text := said(doc, "main")
	if want := "As of June 2, 2025, 10 a.m. ET; the record begins on that day: what is new or gone counts from then on."; !strings.Contains(text, want) {
		t.Errorf("the page does not say %q: %s", want, text)
	}
	if pending := column(doc, "The curve as a table", 5); !slices.Equal(pending, []string{"unknown"}) {
		t.Errorf("the curve's table has %q pending", pending)
	}
	for _, never := range []string{"0 days", "new in", "gone in", "No longer listed", "Most new agreements", "came since", "to June 2, 2025"} {
		if strings.Contains(text, never) {
			t.Errorf("the page says %q", never)
		}
	}
}

func TestHomeShowsTheLatestNewsWithoutDetails(t *testing.T) {
	w := newWorld(t)
	doc := w.page("/")
	n := doc.Find("main li.change").Length()
	if n == 0 || n > 12 {
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

// markTitle is what a mark of a curve says.
var markTitle = regexp.MustCompile(`^(\w+ \d+, \d{4}): (?:([\d,]+) active agreements or more|(the first active agreement))`)

// marksAreTrue holds what the marks of a page's curve say against the days' own pages:
// the day has as many, and the day before did not.
func marksAreTrue(t *testing.T, w *world, path, state string) {
	t.Helper()
	titles := w.page(path).Find(".curve-wide .curve-marker title")
	active := func(day time.Time) int {
		return strings.Count(w.get("/downloads/agreements.csv?status=active&state="+state+"&as_of="+day.Format(time.DateOnly)).Body.String(), "\n") - 1
	}
	titles.Each(func(_ int, title *goquery.Selection) {
		said := markTitle.FindStringSubmatch(title.Text())
		if said == nil {
			t.Fatalf("%s: a mark says %q", path, title.Text())
		}
		day, err := time.Parse("January 2, 2006", said[1])
		if err != nil {
			t.Fatal(err)
		}
		n := 1
		if said[2] != "" {
			n = sum(t, said[2:3])
		}
		if on, before := active(day), active(day.AddDate(0, 0, -1)); on < n || before >= n {
			t.Errorf("%s: %s, with %d before and %d on that day", path, title.Text(), before, on)
		}
	})
	if titles.Length() == 0 {
		t.Errorf("%s has no marks", path)
	}
}

func TestHomeOfTheArchive(t *testing.T) {
	w := archiveSite(t)
	began := time.Now()
	rec := w.get("/", "Accept-Encoding", "gzip")
	t.Logf("%d bytes in %v", rec.Body.Len(), time.Since(began))
	if coding := rec.Header().Get("Content-Encoding"); coding != "gzip" || rec.Body.Len() > 40<<10 {
		t.Errorf("the page has %d bytes, coded as %q", rec.Body.Len(), coding)
	}
	figuresLead(t, w, "/")
	figuresLead(t, w, "/states/PA")
	for path, state := range map[string]string{"/": "", "/states/TX": "TX", "/states/WV": "WV", "/states/GU": "GU"} {
		marksAreTrue(t, w, path, state)
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
