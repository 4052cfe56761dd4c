package web

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/internal/csvtest"
	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/watch"
)

// all are the ids of the changes on a page, in its order.
func changeIDs(doc *goquery.Document) []string {
	return doc.Find(".changes .what a").Map(func(_ int, a *goquery.Selection) string {
		return strings.TrimPrefix(a.AttrOr("href", ""), "/changes/")
	})
}

// known is what the world's site shows.
func (w *world) known() *snapshot.Snapshot {
	w.t.Helper()
	now, err := w.current(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return now.Snapshot
}

func TestChangesShowTheUsualKindsUnlessOthersAreChosen(t *testing.T) {
	w := emptyWorld(t)
	before := row("TEXAS", "Fernbrook Police Department", "Municipality", "Travis County", task, "6/1/2025")
	linked, elsewhere, gone := before, before, sheettest.Sample(12)
	before.MOA = ""
	elsewhere.County = "Hays County"
	for i, rows := range [][]sheettest.Row{append(gone, before), append(gone, linked), append(gone, elsewhere), gone} {
		body := sheettest.Participating(rows...)
		w.imports(watch.Past{PublishedAt: june(2 + i), Link: "participating", File: "list.xlsx", Open: func() ([]byte, error) { return body, nil }})
	}
	snap := w.known()
	var usual, everything []string
	for _, c := range slices.Backward(snap.Changes()) {
		everything = append(everything, c.ID)
		if c.Kind != roster.KindDetail && c.Kind != roster.KindDocument {
			usual = append(usual, c.ID)
		}
	}
	if len(usual) == 0 || len(everything) < len(usual)+2 {
		t.Fatalf("the world has %d changes, %d of them usual", len(everything), len(usual))
	}
	doc := w.page("/changes")
	if diff := cmp.Diff(usual, changeIDs(doc)); diff != "" {
		t.Errorf("the page without a choice (-want +got):\n%s", diff)
	}
	if s := said(doc, ".note"); !strings.Contains(s, "Shown without changes of details") {
		t.Errorf("the page does not say what it leaves out: %s", s)
	}
	all, _ := doc.Find("p.note a").First().Attr("href")
	doc = w.page(all)
	if diff := cmp.Diff(everything, changeIDs(doc)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", all, diff)
	}
	if s := said(doc, "main"); strings.Contains(s, "Shown without") {
		t.Errorf("the page of everything says that it leaves something out: %s", s)
	}
}

// What is new and gone is counted and called as on the front page.
func TestChangesCountWhatIsNewAsTheFrontPageDoes(t *testing.T) {
	w := newWorld(t)
	front, changes := shownFigures(t, w.page("/")), shownFigures(t, w.page("/changes"))
	if len(changes) != 2 {
		t.Errorf("the page has the figures %v", changes)
	}
	for words, n := range changes {
		if front[words] != n {
			t.Errorf("%q is %q on the page of changes, and %q on the front page", words, n, front[words])
		}
	}
	if narrowed := w.page("/changes?state=TX"); narrowed.Find(".figure").Length() > 0 {
		t.Errorf("the changes of a state have figures of the nation")
	}
}

// Where no list was read, nothing is said to have been new or gone.
func TestChangesOfNothingCountNothing(t *testing.T) {
	if figures := shownFigures(t, emptyWorld(t).page("/changes")); len(figures) > 0 {
		t.Errorf("it counts %v", figures)
	}
}

func TestChangesAreSaidInWords(t *testing.T) {
	w := newWorld(t)
	for query, want := range map[string]string{
		"": "All changes but details, documents and ICE's page",
		"kind=new&state=TX&model=WSO&since=2025-06-01": "New agreements in Texas, Warrant Service Officer, since June 1, 2025",
		"kind=removed,new": "New agreements and agreements no longer listed",
		"state=TX,FL,DC":   "All changes but details, documents and ICE's page in the District of Columbia, Florida and Texas",
		"kind=pending&type=municipality&until=2025-06-05": "Newly pending entries, municipal agencies, until June 5, 2025",
		"agency=TX-lampass-county-sheriffs-office":        "All changes but details, documents and ICE's page, Lampasas County Sheriff's Office",
		"agency=*Police*&county=Brevard":                  "All changes but details, documents and ICE's page, county Brevard, agencies named \"*Police*\"",
		"since=2025-06-05&until=2025-06-05":               "All changes but details, documents and ICE's page, on June 5, 2025",
		"since=2025-06-05T12:00:00Z":                      "All changes but details, documents and ICE's page, since June 5, 2025, 8 a.m. ET",
		"utm_source=x&state=":                             "All changes but details, documents and ICE's page",
	} {
		got, _, _ := strings.Cut(said(w.page("/changes?"+query), ".lead"), ":")
		if query == "since=2025-06-05T12:00:00Z" {
			got, _, _ = strings.Cut(said(w.page("/changes?"+query), ".lead"), ": ")
		}
		if got != want {
			t.Errorf("%q is said as %q, want %q", query, got, want)
		}
	}
}

func TestChangesFormHoldsWhatWasAskedFor(t *testing.T) {
	w := newWorld(t)
	query := "agency=%2APolice%2A&county=Brevard&kind=new,removed&model=TFM&place=Orlando&since=2025-06-01&state=FL%2CTX&type=municipality&until=2025-06-30"
	doc := w.page("/changes?" + query)
	got := url.Values{}
	doc.Find("form.filters select").Each(func(_ int, s *goquery.Selection) {
		got.Set(s.AttrOr("name", ""), s.Find("option[selected]").AttrOr("value", "none"))
	})
	doc.Find("form.filters input").Each(func(_ int, s *goquery.Selection) { got.Set(s.AttrOr("name", ""), s.AttrOr("value", "")) })
	want, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sending the form asks for something else (-want +got):\n%s", diff)
	}
	doc.Find("form.filters select, form.filters input").Each(func(_ int, s *goquery.Selection) {
		if s.Closest("label").Length() == 0 {
			t.Errorf("%s has no label", s.AttrOr("name", "?"))
		}
	})
}

// manyChanges is a world in which ICE lists 230 agreements at once.
func manyChanges(t *testing.T) *world {
	w := emptyWorld(t)
	w.imports(listOf(2, 1), listOf(3, 231))
	return w
}

// listOf is a list of so many agreements, published on a day in June.
func listOf(day, n int) watch.Past {
	body := sheettest.Participating(sheettest.Sample(n)...)
	return watch.Past{PublishedAt: june(day), Link: "participating", File: fmt.Sprintf("%d.xlsx", day), Open: func() ([]byte, error) { return body, nil }}
}

// A page ends with a day, so that what it counts of a day is whole; where a reader
// begins within one, nothing is counted.
func TestChangesArePaged(t *testing.T) {
	w := emptyWorld(t)
	w.imports(listOf(2, 1), listOf(3, 90), listOf(4, 180), listOf(5, 231))
	var want, got []string
	for _, c := range slices.Backward(w.known().Changes()) {
		if c.Kind == roster.KindNew {
			want = append(want, c.ID)
		}
	}
	if len(want) != 230 {
		t.Fatalf("the world has %d new agreements", len(want))
	}
	pages := 0
	for next := "/changes?kind=new"; next != ""; pages++ {
		doc := w.page(next)
		got = append(got, changeIDs(doc)...)
		var days []string
		doc.Find(".day").Each(func(_ int, s *goquery.Selection) {
			days = append(days, textOf(s.Find("h3"))+": "+textOf(s.Find(".tally")))
		})
		if want := [][]string{
			{"June 5, 2025: 51 new; 231 active in all as known until June 5, 2025, 10 a.m. ET", "June 4, 2025: 90 new; 180 active in all at the end of the day"},
			{"June 3, 2025: 89 new; 90 active in all at the end of the day"},
		}[pages]; !slices.Equal(days, want) {
			t.Errorf("%s has %q", next, days)
		}
		if s := said(doc, ".lead"); s != "New agreements: 230 changes." {
			t.Errorf("%s is said as %q", next, s)
		}
		if newest := doc.Find(`.pager a:contains("Newest")`).AttrOr("href", ""); (newest == "/changes?kind=new") != (pages > 0) {
			t.Errorf("%s leads to the newest by %q", next, newest)
		}
		next = doc.Find(`.pager a[rel="next"]`).AttrOr("href", "")
	}
	middle, _ := w.known().Change(want[51+45]) // of June 4
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" || pages != 2 {
		t.Errorf("%d pages (-want +got):\n%s", pages, diff)
	}
	within := w.page(fmt.Sprintf("/changes?kind=new&before=%d", middle.Seq))
	if within.Find(".lines .change").Length() == 0 || within.Find(".day").First().Find(".tally, h4 span").Length() > 0 {
		t.Errorf("a page that begins within a day counts %q", said(within, ".tally"))
	}
	if s := said(w.page("/changes?kind=new&before=1"), "main"); !strings.Contains(s, "There is nothing older") {
		t.Errorf("beyond the last page: %s", s)
	}
}

func TestChangesThatAreNoneShowWaysOn(t *testing.T) {
	w := newWorld(t)
	doc := w.page("/changes?state=AK&kind=removed")
	if s := said(doc, "main"); !strings.Contains(s, "No change of that kind is on record; the record begins on June 2, 2025") {
		t.Errorf("it does not say so: %s", s)
	}
	for _, to := range []string{"/changes", "/search"} {
		if doc.Find(`main p a[href="`+to+`"]`).Length() == 0 {
			t.Errorf("there is no way to %s", to)
		}
	}
	if s := said(emptyWorld(t).page("/changes"), "main"); !strings.Contains(s, "No change of that kind is on record.") {
		t.Errorf("where nothing is known: %s", s)
	}
}

func TestChangesOfAnAddressThatIsWrong(t *testing.T) {
	w := newWorld(t)
	for query, want := range map[string]string{
		"state=XQ":            `state="XQ" is not a state`,
		"since=junk":          `since="junk" is not a time`,
		"kind=<script>":       "is not a kind of change",
		"place=Nowherville":   `place="Nowherville" is not a town that is known here, or a ZIP code`,
		"county=Bradly":       `county="Bradly" is not a county that is known here`,
		"place=TX":            `place="TX" is not a town`,
		"before=0":            "is not a number from 1 on",
		"until=a&until=b":     "is not given once",
		"state=TX&model=none": `model="none" is not a model`,
	} {
		rec := w.get("/changes?" + query)
		body := rec.Body.String()
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if s := said(doc, "main"); rec.Code != http.StatusBadRequest || !strings.Contains(s, want) || strings.Contains(body, "<script") {
			t.Errorf("%s: status %d: %s", query, rec.Code, s)
		}
	}
	// The page has the form, with what could be read.
	doc, err := goquery.NewDocumentFromReader(w.get("/changes?state=TX&model=none").Body)
	if err != nil {
		t.Fatal(err)
	}
	if s := said(doc, ".lead"); !strings.Contains(s, `model="none" is not a model`) || doc.Find(`option[selected][value="TX"]`).Length() != 1 {
		t.Errorf("the form: %s", s)
	}
}

func TestChangesViewLeadsElsewhere(t *testing.T) {
	w := newWorld(t)
	for _, query := range []string{"", "?state=TX", "?state=FL&kind=new&since=2025-06-01&until=2025-06-14&agency=*Bay*"} {
		doc := w.page("/changes" + query)
		links := doc.Find("aside a")
		seen := map[string]int{}
		links.Each(func(_ int, a *goquery.Selection) {
			href := a.AttrOr("href", "")
			for _, kind := range []string{"/feeds/", "/downloads/"} {
				if strings.HasPrefix(href, kind) {
					seen[kind]++
					if rec := w.get(href); rec.Code != http.StatusOK {
						t.Errorf("%s: %s: status %d", query, href, rec.Code)
					}
				}
			}
		})
		if seen["/feeds/"] != 3 || seen["/downloads/"] != 3 {
			t.Errorf("%s: %v", query, seen)
		}
		file := doc.Find(`aside a:contains("CSV")`).AttrOr("href", "")
		rows := csvtest.Records(t, w.get(file).Body.Bytes())
		if want := len(changeIDs(doc)); len(rows) != want {
			t.Errorf("%s: the page has %d changes, the file %s %d rows", query, want, file, len(rows))
		}
	}
}

func TestRuleForAChannelIsReadByTheConfiguration(t *testing.T) {
	w := newWorld(t)
	for _, tt := range []struct {
		query string
		want  roster.Filter
	}{
		{"state=TX&kind=removed,new", roster.Filter{Kinds: []roster.Kind{"new", "removed"}, States: []roster.State{"TX"}}},
		{"state=TX,FL&model=WSO&type=county", roster.Filter{States: []roster.State{"FL", "TX"}, Models: []roster.Model{"WSO"}, Types: []roster.Type{"county"}}},
		{"county=Lampasas,lampasas&agency=null&agency=" + url.QueryEscape(`*"Bay": [x] & <b>'s\\*`), roster.Filter{
			Counties: []string{"Lampasas"}, Agencies: []string{`*"Bay": [x] & <b>'s\\*`, "null"}}},
	} {
		rule := w.page("/changes?" + tt.query).Find("details.rule pre").Text()
		file := filepath.Join(t.TempDir(), "watch287g.yaml")
		yaml := "channels:\n  - name: newsroom\n    chat: {url: \"ntfy://ntfy.sh/a-topic\"}\n    " + strings.ReplaceAll(rule, "\n", "\n    ")
		if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := config.Load(file, os.LookupEnv, config.Places{County: place.CheckCounty, Town: place.CheckTown}, nil)
		if err != nil {
			t.Errorf("%s: %v\n%s", tt.query, err, yaml)
			continue
		}
		if diff := cmp.Diff(tt.want, c.Channels[0].Only); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.query, diff)
		}
	}
	if doc := w.page("/changes"); doc.Find("main pre").Length() != 0 {
		t.Errorf("the usual view has the rule %s", said(doc, "main pre"))
	}
}

func TestChangesShowWhatICEPrintsAsText(t *testing.T) {
	w := newWorld(t)
	rec := w.get("/changes?state=GA&agency=" + url.QueryEscape(`"><script>alert(2)</script>*`))
	if body := rec.Body.String(); strings.Contains(body, "<script") || rec.Code != http.StatusOK {
		t.Errorf("status %d:\n%s", rec.Code, body)
	}
	if body := w.get("/changes?state=GA").Body.String(); strings.Contains(body, "<script") || !strings.Contains(body, "alert(1)") {
		t.Errorf("the page of Georgia:\n%s", body)
	}
}

func TestChangesOfTheArchive(t *testing.T) {
	w := archiveSite(t)
	began := time.Now()
	rec := w.get("/changes")
	t.Logf("the first page of changes: %d bytes, %v with everything read anew", rec.Body.Len(), time.Since(began))
	if rec.Code != http.StatusOK || rec.Body.Len() > 300_000 {
		t.Errorf("status %d, %d bytes", rec.Code, rec.Body.Len())
	}
	seen := map[string]bool{}
	for next := "/changes"; next != ""; {
		doc := w.page(next)
		for _, id := range changeIDs(doc) {
			if seen[id] {
				t.Fatalf("%s shows %s again", next, id)
			}
			seen[id] = true
		}
		next = doc.Find(`.pager a[rel="next"]`).AttrOr("href", "")
	}
	if want := w.known().Count(roster.Filter{Kinds: roster.DefaultKinds()}); len(seen) != want {
		t.Errorf("the pages show %d changes of %d", len(seen), want)
	}
}
