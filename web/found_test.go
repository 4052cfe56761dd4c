package web

import (
	"encoding/xml"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/route"
)

// listed reads a sitemap: when each page was last changed, by its path; "" where that
// is not said.
func (w *world) listed() map[string]string {
	w.t.Helper()
	var file struct {
		XMLName xml.Name
		URL     []struct {
			Loc     string `xml:"loc"`
			LastMod string `xml:"lastmod"`
		} `xml:"url"`
	}
	rec := w.get("/sitemap.xml")
	if err := xml.Unmarshal(rec.Body.Bytes(), &file); err != nil || file.XMLName.Local != "urlset" || file.XMLName.Space != "http://www.sitemaps.org/schemas/sitemap/0.9" {
		w.t.Fatalf("status %d, %v: %.200s", rec.Code, err, rec.Body)
	}
	pages := map[string]string{}
	for _, u := range file.URL {
		path, ours := strings.CutPrefix(u.Loc, "https://287g.example.org")
		if _, twice := pages[path]; !ours || twice {
			w.t.Errorf("%s is listed twice, or of another site", u.Loc)
		}
		pages[path] = u.LastMod
	}
	return pages
}

// Every page that the sitemap lists is there, under that address, for search engines;
// and when it last changed is when something that it shows came.
func TestSitemap(t *testing.T) {
	w := newWorld(t)
	pages := w.listed()
	sorts := map[string]int{}
	for path, modified := range pages {
		doc := w.page(path)
		if canonical, _ := doc.Find("link[rel=canonical]").Attr("href"); canonical != "https://287g.example.org"+path {
			t.Errorf("%s has the address %q", path, canonical)
		}
		l, plain := route.LanguageOf(path)
		if other := route.In(prose.Spanish, plain); l == prose.English && pages[other] != modified {
			t.Errorf("%s changed last %s, and %s %s", path, modified, other, pages[other])
		}
		if first, _, _ := strings.Cut(strings.TrimPrefix(plain, "/"), "/"); l == prose.Spanish {
			sorts[first]++
		}
		if at, err := time.Parse(time.RFC3339, modified); modified != "" && (err != nil || at.After(w.known().KnownUntil())) {
			t.Errorf("%s changed last %s: %v", path, modified, err)
		}
	}
	if sorts["states"] != 1+len(roster.States()) || sorts["agencies"] != len(w.known().Agencies()) || sorts["changes"] != 1+len(w.known().Changes()) || sorts["on"] != 7 {
		t.Errorf("pages by sort: %v", sorts)
	}
	for path, want := range map[string]string{
		"/": "2025-06-20T14:00:00Z", "/about": "", "/states/WY": "", "/states/GU": "2025-06-13T14:00:00Z", "/counties/48281": "2025-06-09T14:00:00Z", "/states": "2025-06-20T14:00:00Z", "/on/2025-06-09": "2025-06-09T14:00:00Z",
		"/agencies/TX-harris-county-sheriffs-office": "2025-06-20T14:00:00Z",
	} {
		if got, ok := pages[path]; got != want || !ok {
			t.Errorf("%s changed last %q, want %q", path, got, want)
		}
	}
	for _, a := range w.page("/").Find("nav a, main a").EachIter() {
		href, _ := a.Attr("href")
		if _, listed := pages[href]; !listed && strings.Count(href, "/") == 1 && !strings.ContainsAny(href, "?#") && href != "/compare" && href != "/status" && href != "/es/" {
			t.Errorf("%s, which the front page links, is not listed", href)
		}
	}
	if rec := w.get("/sitemaps/1.xml"); rec.Code != http.StatusOK || rec.Body.String() != w.get("/sitemap.xml").Body.String() {
		t.Errorf("the first part: status %d", rec.Code)
	}
	for _, name := range []string{"0.xml", "2.xml", "1", "..%2f"} {
		if rec := w.get("/sitemaps/" + name); rec.Code != http.StatusNotFound {
			t.Errorf("part %s: status %d", name, rec.Code)
		}
	}
	empty := emptyWorld(t).listed()
	for path, modified := range empty {
		_, path = route.LanguageOf(path)
		if modified != "" || strings.Count(path, "/") > 1 && !strings.HasPrefix(path, "/states/") {
			t.Errorf("of nothing known, %s is listed, as of %q", path, modified)
		}
	}
	if len(empty) <= len(roster.States()) {
		t.Errorf("of nothing known: %v", empty)
	}
}

func TestSitemapArchive(t *testing.T) {
	w := archiveSite(t)
	pages := w.listed()
	tried := 0
	for path := range pages {
		if tried++; tried > 60 { // maps have no order: others each time
			break
		}
		if rec := w.get(path); rec.Code != http.StatusOK {
			t.Errorf("%s: status %d", path, rec.Code)
		}
	}
	if len(pages) < 5000 {
		t.Errorf("%d pages", len(pages))
	}
}

// Crawlers, browsers and who finds a hole are told what concerns them.
func TestFoundByPrograms(t *testing.T) {
	w := newWorld(t)
	if got, want := w.get("/robots.txt").Body.String(), "Sitemap: https://287g.example.org/sitemap.xml\n"; !strings.HasSuffix(got, want) || !strings.HasPrefix(got, "User-agent: *\nDisallow: /compare\n") {
		t.Errorf("robots.txt is %s", got)
	}
	search, err := goquery.NewDocumentFromReader(w.get("/opensearch.xml").Body)
	if err != nil {
		t.Fatal(err)
	}
	template, _ := search.Find("Url[type='text/html']").Attr("template")
	if rec := w.get(strings.Replace(strings.TrimPrefix(template, "https://287g.example.org"), "{searchTerms}", "Lampasas", 1)); rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), "Lampasas County") {
		t.Errorf("searching by %s: status %d", template, rec.Code)
	}
	if link, _ := w.page("/").Find("link[rel=search]").Attr("href"); link != "/opensearch.xml" {
		t.Errorf("the pages link %q to search", link)
	}
	if to, _ := w.page("/about").Find("#contact + p a").Attr("href"); to != "mailto:desk@example.org" {
		t.Errorf("corrections go to %q", to)
	}
	rec := w.get("/.well-known/security.txt")
	if got := rec.Body.String(); got != "Contact: mailto:desk@example.org\nExpires: 2025-12-01T00:00:00Z\nPreferred-Languages: en\nCanonical: https://287g.example.org/.well-known/security.txt\n" ||
		rec.Header().Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("security.txt is %s, with %v", got, rec.Header())
	}
	for _, at := range []time.Time{time.Date(2025, 8, 31, 23, 59, 0, 0, time.UTC), time.Date(2028, 2, 29, 0, 0, 0, 0, time.UTC)} {
		w.now = at
		_, rest, _ := strings.Cut(w.get("/.well-known/security.txt").Body.String(), "Expires: ")
		expires, err := time.Parse(time.RFC3339, strings.Split(rest, "\n")[0])
		if err != nil || expires.Before(at.AddDate(0, 4, 0)) || expires.After(at.AddDate(1, 0, 0)) {
			t.Errorf("on %s it expires %s: %v", at, expires, err)
		}
	}
	silent, err := New(Options{Source: w.store, URL: "https://287g.example.org", Now: worldNow, Log: w.options.Log})
	if err != nil {
		t.Fatal(err)
	}
	w.Site = silent
	if rec := w.get("/.well-known/security.txt"); rec.Code != http.StatusNotFound {
		t.Errorf("without a contact: status %d: %s", rec.Code, rec.Body)
	}
	if contact := w.page("/about").Find("#contact"); contact.Length() > 0 {
		t.Error("without a contact, there is one")
	}
}
