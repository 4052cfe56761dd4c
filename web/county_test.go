package web

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/internal/archivetest"
	"github.com/watch287g/watch287g/internal/csvtest"
	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/route"
)

func TestCountyHasOneAddress(t *testing.T) {
	w := newWorld(t)
	for path, want := range map[string]string{
		"/counties/bradley-county-tn": "/counties/47011", "/counties/Miami-Dade%20County,%20FL": "/counties/12086", "/counties/1001": "/counties/01001",
		"/counties/46113": "/counties/46102", "/counties/12025": "/counties/12086", "/counties/guam": "/counties/66010", "/counties/baltimore-city-md": "/counties/24510",
		"/counties/9110": "/counties/09110",
	} {
		rec := w.get(path)
		if rec.Code != http.StatusMovedPermanently || rec.Header().Get("Location") != want {
			t.Errorf("%s: status %d to %q, want 301 to %s", path, rec.Code, rec.Header().Get("Location"), want)
		}
	}
}

func TestCountyThatIsNone(t *testing.T) {
	w := newWorld(t)
	for path, offers := range map[string]string{
		"/counties/12084":          "Miami-Dade County, Florida", // a slip
		"/counties/02261":          "Chugach",                    // split in 2019
		"/counties/bradley-county": "Bradley County, Tennessee",
		"/counties/99999":          "Search for",
		"/counties/%3Cscript%3E":   "FIPS code",
		"/counties/120860":         "FIPS code",
	} {
		rec := w.get(path)
		doc, err := goquery.NewDocumentFromReader(rec.Body)
		if err != nil {
			t.Fatal(err)
		}
		text := said(doc, "main")
		if label, ok := doc.Find("main form").Attr("aria-label"); ok {
			text += label
		}
		if rec.Code != http.StatusNotFound || !strings.Contains(text, offers) || doc.Find("script").Length() > 0 || doc.Find(`meta[name="robots"]`).Length() == 0 {
			t.Errorf("%s: status %d: %s", path, rec.Code, text)
		}
	}
}

func TestCountySaysWhoHasWhat(t *testing.T) {
	w := newWorld(t)
	for path, want := range map[string]string{
		"/counties/48281": "As of June 21, 2025, 11 a.m. ET, ICE lists one active agreement of an agency in Lampasas County, Texas: Lampasas County Sheriff's Office, Warrant Service Officer (signed June 5, 2025).",
		"/counties/12005": "As of June 21, 2025, 11 a.m. ET, ICE lists 2 active agreements of one agency in Bay County, Florida: Bay County Sheriff's Office (Task Force Model and Warrant Service Officer).",
		"/counties/48201": "As of June 21, 2025, 11 a.m. ET, ICE lists no agreement of an agency in Harris County, Texas, active or pending; it did before.",
		"/counties/54065": "As of June 21, 2025, 11 a.m. ET, ICE lists no active agreement of an agency in Morgan County, West Virginia. ICE's pending list of June 11, 2025, has one entry of an agency there: Morgan County Sheriff's Office, Task Force Model.",
		"/counties/48301": "As of June 21, 2025, 11 a.m. ET, ICE has not listed an agreement of an agency in Loving County, Texas, since this record began on June 2, 2025, and none of the pending lists kept here names one.",
		"/counties/11001": "As of June 21, 2025, 11 a.m. ET, ICE lists one active agreement of an agency in the District of Columbia: Sample9 County Sheriff's Office, Jail Enforcement Model (signed March 24, 2023).",
		"/counties/66010": "As of June 21, 2025, 11 a.m. ET, ICE lists 2 active agreements of 2 agencies in Guam: Sample12 County Sheriff's Office (Task Force Model) and Guam Police Department (Task Force Model).",
		"/counties/24510": "As of June 21, 2025, 11 a.m. ET, ICE has not listed an agreement of an agency in the city of Baltimore, Maryland, since this record began on June 2, 2025, and none of the pending lists kept here names one.",
		"/counties/32510": "As of June 21, 2025, 11 a.m. ET, ICE has not listed an agreement of an agency in Carson City, Nevada, since this record began on June 2, 2025, and none of the pending lists kept here names one.",
		"/counties/69110": "As of June 21, 2025, 11 a.m. ET, ICE has not listed an agreement of an agency in Saipan, Northern Mariana Islands, since this record began on June 2, 2025, and none of the pending lists kept here names one.",
		"/counties/09001": "As of June 21, 2025, 11 a.m. ET, ICE has not listed an agreement of an agency in Fairfield County, Connecticut, since this record began on June 2, 2025, and none of the pending lists kept here names one.",
	} {
		doc := w.page(path)
		if got := said(doc, ".lead"); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
		if about, _ := doc.Find(`meta[name="description"]`).Attr("content"); about != want {
			t.Errorf("%s is described as %q", path, about)
		}
	}
	if got := said(emptyWorld(t).page("/counties/48281"), "main"); !strings.Contains(got, "Nothing is known yet") || strings.Contains(got, "record") {
		t.Errorf("of an empty store: %s", got)
	}
}

// A county has its article in Spanish, and so has a model.
func TestCountyInSpanish(t *testing.T) {
	w := newWorld(t)
	doc := w.page("/es/counties/12005")
	if got := said(doc, ".lead"); !strings.Contains(got, "en el condado de Bay, Florida: Bay County Sheriff's Office con el modelo de grupo de trabajo (Task Force Model) y el modelo de oficial") {
		t.Errorf("the lead is %q", got)
	}
	if got := said(doc, "main"); !strings.Contains(got, "Todos los cambios en el condado de Bay") || !strings.Contains(got, "cada cambio en el condado de Bay") || !strings.Contains(got, `"Acuerdos 287(g) en el condado de Bay, Florida"`) {
		t.Errorf("the page says %q", got)
	}
	if got := said(w.page("/es/counties/11001"), "main"); !strings.Contains(got, "cada cambio en el Distrito de Columbia") {
		t.Errorf("of the District: %q", got)
	}
	if got := said(w.page("/es/agencies/FL-bay-county-sheriffs-office"), "main title"); !strings.Contains(got, "Dónde está el condado de Bay en Florida") {
		t.Errorf("the map is called %q", got)
	}
}

// Agencies of the whole state are named apart, and those of no known county are not
// passed over.
func TestCountyNamesStateAgenciesApart(t *testing.T) {
	w := newWorld(t)
	doc := w.page("/counties/48281")
	if got := said(doc, "#statewide ~ ul"); !strings.Contains(got, "Texas National Guard: Task Force Model, signed April 7, 2025") || strings.Contains(got, "Lampasas") {
		t.Errorf("of all of Texas: %q", got)
	}
	if got := said(doc, "#active ~ ul:first-of-type"); !strings.HasPrefix(got, "Lampasas County Sheriff's Office: Warrant Service Officer, signed June 5, 2025 (MOA") {
		t.Errorf("of the county: %q", got)
	}
	if got := said(w.page("/counties/13001"), "main > .note"); !strings.Contains(got, "Not counted here: one agency of Georgia, listed now or before, whose county neither ICE nor its name gives.") {
		t.Errorf("of Georgia: %q", got)
	}
	if got := said(w.page("/counties/48201"), "#ended ~ ul:first-of-type"); !strings.Contains(got, "Harris County Sheriff's Office: Jail Enforcement Model, agreement listed since June 2, 2025 or before, no longer since June 20, 2025") {
		t.Errorf("no longer listed: %q", got)
	}
}

// Feeds, downloads and the rule of a county's page choose the county's changes.
func TestCountyIsFollowed(t *testing.T) {
	w := newWorld(t)
	for path, want := range map[string][]string{"/counties/48281": {"Lampasas County Sheriff's Office"}, "/counties/12009": {"Palm Bay Police Department"}} {
		doc := w.page(path)
		feed := doc.Find(`#follow ~ p a:contains("RSS")`).AttrOr("href", "")
		titles := regexp.MustCompile(`(?s)<item>.*?<title>(.*?)</title>`).FindAllStringSubmatch(w.get(feed).Body.String(), -1)
		if len(titles) == 0 {
			t.Errorf("%s: the feed %s is empty", path, feed)
		}
		rows := csvtest.Records(t, w.get(doc.Find(`#downloads ~ p a`).First().AttrOr("href", "")).Body.Bytes())
		if len(rows) != len(want) || rows[0]["agency"] != want[0] {
			t.Errorf("%s: the download has %v", path, rows)
		}
		filter := readRule(t, doc.Find("pre").Text())
		found, _ := w.known().Find(filter, 0, 0)
		if len(found) == 0 || slices.ContainsFunc(found, func(c roster.Change) bool { return !strings.Contains(want[0], c.Agreement.Agency[:3]) }) {
			t.Errorf("%s: the rule finds %d changes", path, len(found))
		}
	}
}

// readRule is a channel's rule as the configuration reads it.
func readRule(t *testing.T, rule string) roster.Filter {
	t.Helper()
	file := filepath.Join(t.TempDir(), "watch287g.yaml")
	yaml := "channels:\n  - name: newsroom\n    chat: {url: \"ntfy://ntfy.sh/a-topic\"}\n    " + strings.ReplaceAll(rule, "\n", "\n    ")
	if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(file, os.LookupEnv, config.Places{County: place.CheckCounty, Town: place.CheckTown}, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, yaml)
	}
	return c.Channels[0].Only
}

func TestRegionsOfConnecticutLeadToCounties(t *testing.T) {
	doc := newWorld(t).page("/counties/09110")
	if got := said(doc, "h1") + ": " + said(doc, ".lead"); !strings.HasPrefix(got, "Capitol Planning Region, Connecticut: Since 2022,") || !strings.HasSuffix(got, "The Capitol Planning Region lies in Hartford County and Tolland County.") {
		t.Errorf("it says %s", got)
	}
	if got := doc.Find(`main section h2 a`).Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("href", "") }); !slices.Equal(got, []string{"/counties/09003", "/counties/09013"}) {
		t.Errorf("it leads to %q", got)
	}
}

// Every county of the country has a page, which is quick to make and about that county.
func TestEveryCountyHasAPage(t *testing.T) {
	w := newWorld(t)
	pages, counties, began := 0, 0, worked()
	for _, s := range roster.States() {
		for _, c := range place.Counties(s) {
			// Where there is an archive, its test has them all.
			if counties++; counties%8 == 0 || archivetest.Dir() == "" {
				pages++
				aboutCounty(t, c, w.get(route.CountyURL(c.FIPS)))
			}
		}
	}
	if counties < 3144 {
		t.Errorf("there are only %d counties", counties)
	}
	if each := (worked() - began) / time.Duration(pages); each > 10*time.Millisecond {
		t.Errorf("a page takes %v", each)
	} else {
		t.Logf("%d pages, %v each", pages, each)
	}
}

// aboutCounty checks that an answer is the page of a county.
func aboutCounty(t *testing.T, c place.County, rec *httptest.ResponseRecorder) (body, lead string) {
	t.Helper()
	s := place.StateOf(c.FIPS)
	body = rec.Body.String()
	h1, lead := between(body, "<h1>", "</h1>"), between(body, `<p class="lead">`, "</p>")
	if rec.Code != http.StatusOK || !strings.HasPrefix(h1, escaped(c.Name)) || !strings.HasSuffix(h1, s.Name()) || !strings.Contains(lead, escaped(c.Name)) || !strings.Contains(lead, s.Name()) {
		t.Fatalf("%s: status %d, %q: %q", c.FIPS, rec.Code, h1, lead)
	}
	if trail := between(body, "<ol>", "</ol>"); !strings.Contains(trail, `<a href="`+route.StateURL(s)+`">`) || !strings.Contains(trail, `aria-current="page">`+escaped(c.Name)) {
		t.Errorf("%s: the way there is %q", c.FIPS, trail)
	}
	return body, lead
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}

func escaped(s string) string { return strings.ReplaceAll(s, "'", "&#39;") }

// What the pages of all counties say of the archive adds up to the agreements that are
// placed.
func TestEveryCountyOfTheArchive(t *testing.T) {
	w := archiveSite(t)
	snap := w.known()
	want := map[string]int{} // by county: rows of the list
	for _, a := range snap.Select(snap.KnownUntil(), roster.Filter{}, roster.StatusActive) {
		switch where := snap.Locate(a.Agreement); {
		case where.By == place.Statewide && len(place.Counties(a.State)) == 1: // Guam is a county, and all of it
			want[place.Counties(a.State)[0].FIPS]++
		case where.By == place.Statewide:
		case where.Joint && place.OwnerOf(a.Agreement, where) == roster.TypeCounty:
			for _, code := range where.Counties {
				want[code]++
			}
		case where.County() != "":
			want[where.County()]++
		}
	}
	number := regexp.MustCompile(`ICE lists (one|[0-9,]+) active agreement`)
	for _, s := range roster.States() {
		for _, c := range place.Counties(s) {
			body, lead := aboutCounty(t, c, w.get(route.CountyURL(c.FIPS)))
			got := 0
			if m := number.FindStringSubmatch(lead); m != nil {
				if got = 1; m[1] != "one" {
					got = sum(t, m[1:2])
				}
			}
			if got != want[c.FIPS] {
				t.Errorf("%s says %d, and %d are placed there", c.FIPS, got, want[c.FIPS])
			}
			if want[c.FIPS] == 0 && strings.Contains(body, `id="active"`) {
				t.Errorf("%s shows agreements", c.FIPS)
			}
		}
	}
	if got := want["12099"]; got < 10 {
		t.Errorf("Palm Beach County has %d agreements", got)
	}
}
