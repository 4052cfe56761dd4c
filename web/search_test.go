package web

import (
	"net/http"
	"net/url"
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
	if want := "Lampasas County, Texas As of June 21, 2025, 11 a.m. ET, ICE lists one active agreement of an agency in Lampasas County, Texas: Lampasas County Sheriff's Office, Warrant Service Officer (signed June 5, 2025)." +
		" Lampasas County Sheriff's Office: 1 active agreement" +
		" Lampasas, Texas It is in Lampasas County. ICE lists no agency of its name, as of June 21, 2025, 11 a.m. ET, but the county's: Lampasas County Sheriff's Office has 1 active agreement." +
		" All that it lists there: Lampasas County Sheriff's Office: 1 active agreement Lampasas County"; s != want {
		t.Errorf("the county says %q, want %q", s, want)
	}
	if there := doc.Find("main section h3 a").AttrOr("href", ""); there != "/counties/48281" {
		t.Errorf("the county leads to %s", there)
	}
	if s := said(w.page("/search?q=florida"), "main section:first-of-type"); s != "Florida ICE lists 5 active agreements, as of June 21, 2025, 11 a.m. ET." {
		t.Errorf("the state says %q", s)
	}
}

func TestSearchLeadsFromTownsAndZIPCodesToCounties(t *testing.T) {
	w := newWorld(t)
	const now = "June 21, 2025, 11 a.m. ET"
	for query, want := range map[string]string{
		"77001":           "ZIP code 77001, Texas It is in Harris County. ICE lists no agency there, as of " + now + "; it did before. Harris County",
		"76550":           "ZIP code 76550, Texas It is in Lampasas County and Burnet County. As of " + now + ", Lampasas County Sheriff's Office has 1 active agreement. All that ICE lists there: Lampasas County Sheriff's Office: 1 active agreement Lampasas County · Burnet County",
		"Palm Bay, FL":    "Palm Bay, Florida It is in Brevard County. ICE lists an agency of its own, as of " + now + "; all that it lists there: Palm Bay Police Department: 1 active agreement Brevard County",
		"melbourne, fl":   "Melbourne, Florida It is in Brevard County. ICE lists no agency of its name, as of " + now + ", but 1 agency there: Palm Bay Police Department: 1 active agreement Brevard County",
		"pasadena, texas": "Pasadena, Texas It is in Harris County. ICE lists no agency there, as of " + now + "; it did before. Harris County",
		"mentone texas":   "Mentone, Texas It is in Loving County. ICE lists no agency there, as of " + now + ". Loving County",
		"alexandria va": "Alexandria city, Virginia As of " + now + ", ICE has not listed an agreement of an agency in the city of Alexandria, Virginia, since this record began on June 2, 2025," +
			" and none of the pending lists kept here names one.",
	} {
		doc := w.page("/search?" + url.Values{"q": {query}}.Encode())
		if s := said(doc, "main section:first-of-type"); s != want {
			t.Errorf("%s: %q, want %q", query, s, want)
		}
		if to := doc.Find(`main section:first-of-type a[href^="/counties/"]`); to.Length() == 0 {
			t.Errorf("%s leads to %d counties", query, to.Length())
		}
	}
	if s := said(emptyWorld(t).page("/search?q=texas"), "main section:first-of-type"); !strings.HasPrefix(s, "Texas Nothing is known yet") {
		t.Errorf("where nothing is known: %q", s)
	}
}

// A county that is typed as one leads straight to its page.
func TestSearchLeadsStraightToACounty(t *testing.T) {
	w := newWorld(t)
	for query, want := range map[string]string{"Loving County, TX": "48301", "loving county texas": "48301", "miami-dade county": "12086", "Acadia Parish": "22001", "kodiak island borough ak": "02150"} {
		rec := w.get("/search?" + url.Values{"q": {query}}.Encode())
		if rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != "/counties/"+want {
			t.Errorf("%s: status %d to %s", query, rec.Code, rec.Header().Get("Location"))
		}
	}
	for _, query := range []string{"Bradley County", "Houston, TX", "Indiana Borough, PA", "lampasas"} { // two, or a town
		if rec := w.get("/search?" + url.Values{"q": {query}}.Encode()); rec.Code != http.StatusOK {
			t.Errorf("%s: status %d to %s", query, rec.Code, rec.Header().Get("Location"))
		}
	}
}

// Of a town that many states have, the states are offered.
func TestSearchAsksWhichTown(t *testing.T) {
	doc := newWorld(t).page("/search?q=springfield")
	if s := said(doc, "main section:first-of-type"); !strings.HasPrefix(s, "Springfield A town or place of that name is in 28 states. Which one?") || !strings.Contains(s, "Illinois") {
		t.Errorf("it says %q", s)
	}
	if to := doc.Find(`main section:first-of-type a:contains("Illinois")`).AttrOr("href", ""); to != "/search?q=springfield%2C+IL" {
		t.Errorf("Illinois leads to %s", to)
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
