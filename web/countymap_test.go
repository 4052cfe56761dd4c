package web

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

// countyTitles are what a map's counties say, by where they lead to.
func countyTitles(doc *goquery.Document) map[string]string {
	all := map[string]string{}
	doc.Find(".counties a").Each(func(_ int, s *goquery.Selection) {
		href, _ := s.Attr("href")
		all[href] = s.Find("title").Text()
	})
	return all
}

func TestStateHasAMapOfItsCounties(t *testing.T) {
	w := newWorld(t)
	doc := w.page("/states/FL")
	titles := countyTitles(doc)
	if len(titles) != 67 {
		t.Errorf("%d counties, want 67", len(titles))
	}
	for href, want := range map[string]string{
		"/counties/12003": "Baker County: 1 Jail Enforcement Model agreement with a county agency",
		"/counties/12005": "Bay County: 1 Task Force Model agreement with a county agency; 1 Warrant Service Officer agreement with a county agency",
		"/counties/12009": "Brevard County: 1 Task Force Model agreement with a local agency",
		"/counties/12087": "Monroe County: none listed",
	} {
		if titles[href] != want {
			t.Errorf("%s: %q, want %q", href, titles[href], want)
		}
	}
	if n := doc.Find(`.counties .county-tfm > a[href="/counties/12005"]`).Length(); n != 1 {
		t.Error("the model that reaches farthest is not that of the fill")
	}
	if n := doc.Find(`.counties .county-none > a[href="/counties/12009"] > .over`).Length(); n != 1 {
		t.Error("a county in which only a town's police has an agreement has no dots")
	}
	want := "Of 67 counties, 2 have an active agreement with the sheriff or another county agency, 1 has one with only a local agency (such as a town's police) and 64 have none listed."
	if got := doc.Find("#counties + p").Text(); got != want || doc.Find(".counties desc").Text() != want {
		t.Errorf("the map says %q, want %q", got, want)
	}
	if got := textOf(doc.Find(".counties .map-legend")); got != "An active agreement with the sheriff or another county agency: Task Force Model Jail Enforcement Model with a local agency, such as a town's police none listed" {
		t.Errorf("the legend says %q", got)
	}
}

// The keyboard and screen readers pass the map's links by, and find all of them behind
// it.
func TestCountyMapIsNotInTheWay(t *testing.T) {
	w := newWorld(t)
	doc := w.page("/states/TX")
	doc.Find(".counties a").Each(func(_ int, s *goquery.Selection) {
		if stop, _ := s.Attr("tabindex"); stop != "-1" || s.Closest(`g[aria-hidden="true"]`).Length() == 0 {
			t.Errorf("the keyboard stops at %s", s.Find("title").Text())
		}
	})
	var behind []string
	doc.Find(`details a[href^="/counties/"]`).Each(func(_ int, s *goquery.Selection) {
		href, _ := s.Attr("href")
		behind = append(behind, href)
	})
	titles := countyTitles(doc)
	if len(behind) != 254 || len(titles) != 254 {
		t.Errorf("%d links behind the map, %d on it, want 254", len(behind), len(titles))
	}
	for _, href := range behind {
		if titles[href] == "" {
			t.Errorf("%s is not on the map", href)
		}
	}
	row := cells(doc.Find(`details tr:has(a[href="/counties/48281"])`))
	if row != "Lampasas County|1 Warrant Service Officer||" {
		t.Errorf("the row is %q", row)
	}
	if got := doc.Find(".note:contains('Not on the map')").Text(); got != "Not on the map: 1 active agreement for all of Texas (Texas National Guard)." {
		t.Errorf("the note is %q", got)
	}
}

func TestCountyMapsOfSpecialPlaces(t *testing.T) {
	w := newWorld(t)
	for path, want := range map[string]string{
		"/states/WV": "Of 55 counties, 1 has only a pending entry and 54 have none listed.",
		"/states/LA": "ICE lists neither an active agreement nor a pending entry in any of the 64 parishes.",
		"/states/CT": "ICE lists neither an active agreement nor a pending entry in any of the 8 counties.",
	} {
		if got := w.page(path).Find("#counties + p").Text(); got != want {
			t.Errorf("%s says %q, want %q", path, got, want)
		}
	}
	if n := w.page("/states/WV").Find(`.counties a[href="/counties/54065"] .over`).Length(); n != 1 {
		t.Error("Morgan County, West Virginia, is not hatched")
	}
	if !strings.Contains(w.page("/states/CT").Find(".note").Text(), "nine planning regions") {
		t.Error("Connecticut's map does not say that its counties are old")
	}
	for _, path := range []string{"/states/GU", "/states/DC"} {
		if w.page(path).Find(".counties").Length() != 0 {
			t.Errorf("%s has a map of one county", path)
		}
	}
	empty := emptyWorld(t)
	if got := empty.page("/counties").Find("main").Text(); !strings.Contains(got, "Nothing is known yet") || strings.Contains(got, "none listed") {
		t.Errorf("before the first list: %s", got)
	}
	if rec := empty.get("/downloads/counties.svg"); rec.Code != http.StatusNotFound {
		t.Errorf("before the first list there is a file: %d", rec.Code)
	}
	if empty.page("/states/TX").Find(".counties").Length() != 0 {
		t.Error("before the first list there is a map")
	}
}

func TestNationByCounty(t *testing.T) {
	w := newWorld(t)
	doc := w.page("/counties")
	links := doc.Find(".nation a")
	if links.Length() != 51 {
		t.Errorf("%d states, want 51", links.Length())
	}
	titles := links.Map(func(_ int, s *goquery.Selection) string { return s.Find("title").Text() })
	for _, want := range []string{
		"Texas: of 254 counties, 1 has an active agreement with the sheriff or another county agency and 253 have none listed",
		"West Virginia: of 55 counties, 1 has only a pending entry and 54 have none listed",
		"Wyoming: ICE lists neither an active agreement nor a pending entry in any of the 23 counties",
	} {
		if !slices.Contains(titles, want) {
			t.Errorf("no state says %q", want)
		}
	}
	for _, want := range []string{"Not on the map: 13 active agreements of agencies of whole states.", "Not on the map, as their county is not known: 25 active agreements. Not on the map, as they are in territories: 4 active agreements."} {
		if !strings.Contains(textOf(doc.Find("main")), want) {
			t.Errorf("the page lacks %q: %q", want, doc.Find(".note").Text())
		}
	}
	if doc.Find(`a[href="/downloads/counties.svg"][download]`).Length() != 1 {
		t.Error("the map cannot be downloaded")
	}
	for _, path := range []string{"/", "/states/TX"} {
		if w.page(path).Find(`main a[href="/counties"]`).Length() == 0 {
			t.Errorf("%s has no link to the map", path)
		}
	}
}

// The file is XML that says of when it is, where from, and what may be done with it,
// and needs nothing else.
func TestNationFileStandsAlone(t *testing.T) {
	w := newWorld(t)
	rec := w.get("/downloads/counties.svg")
	if got := rec.Header().Get("Content-Type"); got != "image/svg+xml" {
		t.Errorf("it is %s", got)
	}
	body := rec.Body.String()
	if err := xml.Unmarshal([]byte(body), new(struct{})); err != nil {
		t.Error(err)
	}
	for _, want := range []string{"287(g) agreements by county", "What ICE listed as of June 21, 2025, 11 a.m. ET.", "CC0 1.0", "U.S. Census Bureau", "https://287g.example.org/states/TX", "none listed"} {
		if !strings.Contains(body, want) {
			t.Errorf("it lacks %q", want)
		}
	}
	if strings.Contains(body, "class=") || strings.Contains(body, "<style") {
		t.Error("it needs a stylesheet")
	}
	if rec := w.get("/downloads/counties.svg?state=TX"); rec.Code != http.StatusBadRequest {
		t.Errorf("a parameter that it does not know: %d", rec.Code)
	}
}

func TestMapOfStatesInTwoViews(t *testing.T) {
	w := newWorld(t)
	if got := said(w.page("/"), ".views b"); got != "Agreements" {
		t.Errorf("the front page shows %q", got)
	}
	doc := w.page("/?map=counties")
	if got := said(doc, ".views b"); got != "Share of counties" {
		t.Errorf("it shows %q", got)
	}
	if canonical, _ := doc.Find(`link[rel="canonical"]`).Attr("href"); canonical != "https://287g.example.org/" {
		t.Errorf("its one address is %s", canonical)
	}
	for id, want := range map[string]string{"TX": "Texas: 1 of 254 counties", "LA": "Louisiana: 0 of 64 parishes", "GU": "Guam: not counted by county"} {
		if got := doc.Find("#map-" + id).Text(); got != want {
			t.Errorf("%s says %q, want %q", id, got, want)
		}
	}
	for _, path := range []string{"/?map=x", "/?map=counties&map=agreements"} {
		if rec := w.get(path); rec.Code != http.StatusBadRequest {
			t.Errorf("%s: status %d", path, rec.Code)
		}
	}
	if rec := w.get("/?map=agreements"); rec.Code != http.StatusOK {
		t.Errorf("map=agreements: status %d", rec.Code)
	}
}

// What the maps count as covered is what the API says, and all counties are there;
// the pages are as light as a phone can bear.
func TestCountyMapsOfTheArchive(t *testing.T) {
	w := archiveSite(t)
	var coverage struct {
		States []struct {
			State   string
			Covered struct{ Counties int }
		}
	}
	if err := json.Unmarshal(w.get("/api/v1/coverage").Body.Bytes(), &coverage); err != nil {
		t.Fatal(err)
	}
	known := map[string]int{}
	for _, s := range coverage.States {
		known[s.State] = s.Covered.Counties
	}
	rows := 0
	w.page("/counties").Find("tbody tr").Each(func(_ int, tr *goquery.Selection) {
		rows++
		href, _ := tr.Find("a").Attr("href")
		state := strings.TrimPrefix(href, "/states/")
		counts := tr.Find("td").Map(func(_ int, td *goquery.Selection) string { return td.Text() })
		all := 0
		for _, cell := range counts {
			n, err := strconv.Atoi(cell)
			if err != nil {
				t.Fatal(err)
			}
			all += n
		}
		if counts[0] != strconv.Itoa(known[state]) || all != len(place.Counties(roster.State(state))) {
			t.Errorf("%s: %v, but %d are covered", state, counts, known[state])
		}
	})
	if rows != 51 {
		t.Errorf("%d rows, want 51", rows)
	}
	for path, most := range map[string]int{"/": 40, "/?map=counties": 40, "/states/TX": 60, "/states/GA": 60, "/states/FL": 60, "/counties": 110, "/downloads/counties.svg": 110} {
		if n := w.get(path, "Accept-Encoding", "gzip").Body.Len(); n > most<<10 {
			t.Errorf("%s has %d bytes, want %d KiB at most", path, n, most)
		}
	}
}
