package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

func TestSearchPutsPlacesFirst(t *testing.T) {
	w := newWorld(t)
	doc := w.page("/search?q=lampasas")
	heads := doc.Find("main h2").Map(func(_ int, s *goquery.Selection) string { return s.Text() })
	if strings.Join(heads, "|") != "Places|Agencies" {
		t.Errorf("it is grouped as %q", heads)
	}
	s := said(doc, "main section")
	if want := "Lampasas County, Texas ICE lists 1 agency in Lampasas County, as of June 21, 2025, 11 a.m. ET: Lampasas County Sheriff's Office: 1 active agreement Changes there: Lampasas County, Texas" +
		" Lampasas, Texas It is in Lampasas County. ICE lists no agency of its name, as of June 21, 2025, 11 a.m. ET, but 1 agency there: Lampasas County Sheriff's Office: 1 active agreement"; s != want {
		t.Errorf("the county says %q, want %q", s, want)
	}
	there := doc.Find(`main section a:contains("Changes there")`).AttrOr("href", "")
	if ids := changeIDs(w.page(there)); there != "/changes?county=Lampasas&state=TX" || len(ids) < 2 {
		t.Errorf("the changes there are at %q: %q", there, ids)
	}
	if s := said(w.page("/search?q=florida"), "main section:first-of-type"); s != "Florida ICE lists 5 active agreements, as of June 21, 2025, 11 a.m. ET." {
		t.Errorf("the state says %q", s)
	}
}

func TestSearchSaysOfACountyWithoutAgencyOnlyWhatIsKnown(t *testing.T) {
	w := newWorld(t)
	for query, want := range map[string]string{
		"77001":                "ZIP code 77001, Texas It is in Harris County. ICE lists no agency there, as of June 21, 2025, 11 a.m. ET; it did before.",
		"Lampasas, TX":         "Lampasas County, Texas ICE lists 1 agency in Lampasas County, as of June 21, 2025, 11 a.m. ET: Lampasas County Sheriff's Office: 1 active agreement Changes there: Lampasas County, Texas",
		"loving county texas":  "Loving County, Texas ICE lists no agency in Loving County, as of June 21, 2025, 11 a.m. ET.",
		"harris county texas":  "Harris County, Texas ICE lists no agency in Harris County, as of June 21, 2025, 11 a.m. ET; it did before. Changes there: Harris County, Texas",
		"acadia louisiana":     "Acadia Parish, Louisiana ICE lists no agency in Acadia Parish, as of June 21, 2025, 11 a.m. ET.",
		"alexandria va":        "The city of Alexandria, Virginia ICE lists no agency in the city of Alexandria, as of June 21, 2025, 11 a.m. ET.",
		"morgan west virginia": "Morgan County, West Virginia ICE lists 1 agency in Morgan County, as of June 21, 2025, 11 a.m. ET: Morgan County Sheriff's Office: 1 pending entry Changes there: Morgan County, West Virginia",
	} {
		if s := said(w.page("/search?q="+strings.ReplaceAll(query, " ", "+")), "main section:first-of-type"); s != want {
			t.Errorf("%s: %q, want %q", query, s, want)
		}
	}
	if s := said(emptyWorld(t).page("/search?q=texas"), "main section:first-of-type"); !strings.HasPrefix(s, "Texas Nothing is known yet") {
		t.Errorf("where nothing is known: %q", s)
	}
}

func TestSearchSaysWhenItMendedATypo(t *testing.T) {
	w := newWorld(t)
	if s := said(w.page("/search?q=harrris"), "main"); !strings.Contains(s, "Showing what is near to “harrris”.") || !strings.Contains(s, "Harris County Sheriff's Office, Texas: no longer on ICE's lists") {
		t.Errorf("with a typo: %s", s)
	}
	if s := said(w.page("/search?q=harris"), "main"); strings.Contains(s, "near to") {
		t.Errorf("without one: %s", s)
	}
}

func TestSearchThatFindsNothing(t *testing.T) {
	w := newWorld(t)
	doc := w.page("/search?q=zzqqxy")
	if s := said(doc, "main"); !strings.Contains(s, "Nothing is called “zzqqxy”") || !strings.Contains(s, "Take a word out") || doc.Find("main li").Length() < 2 {
		t.Errorf("it says %s", s)
	}
	for _, query := range []string{"", "?q=", "?q=+++"} {
		doc := w.page("/search" + query)
		if doc.Find("main form input[name=q]").Length() != 1 || doc.Find(`main a[href^="/search?q="]`).Length() < 3 {
			t.Errorf("%q shows no form with examples: %s", query, said(doc, "main"))
		}
	}
}

func TestSearchEscapesTheQuery(t *testing.T) {
	w := newWorld(t)
	rec := w.get("/search?q=%3Cscript%3Ealert(1)%3C/script%3E%22+onfocus=%22x")
	body := rec.Body.String()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if rec.Code != http.StatusOK || doc.Find("script, [onfocus]").Length() > 0 || !strings.Contains(said(doc, "h1"), "<script>alert(1)</script>") {
		t.Errorf("status %d: %s", rec.Code, body)
	}
	if doc.Find(`meta[name="robots"][content="noindex"]`).Length() != 1 {
		t.Error("search engines keep the search")
	}
	if rec := w.get("/search?q=" + strings.Repeat("a+", 900)); rec.Code != http.StatusOK {
		t.Errorf("a long query: status %d", rec.Code)
	}
}
