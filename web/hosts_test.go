package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// unnamedWorld is the small world under no address of its own.
func unnamedWorld(t *testing.T) *world {
	t.Helper()
	named := newWorld(t)
	return over(t, named.store, "")
}

// What a request names as its host is in nothing that the site answers: not in a page,
// feed, file, redirect or error.
func TestHostsAreNotReflected(t *testing.T) {
	w := unnamedWorld(t)
	answers := w.everything() // which are asked for at example.com
	if len(answers) < 300 {
		t.Fatalf("only %d addresses were found", len(answers))
	}
	for _, path := range []string{"/feed", "/feeds", "/states/Texas", "/embed/states/Texas", "//states", "/nowhere", "/changes?state=Atlantis", "/sitemap.xml",
		"/robots.txt", "/.well-known/security.txt", "/opensearch.xml", "/api", "/api/v1/openapi.json", "/downloads/datapackage.json", "/downloads/counties.svg",
		"/oembed?url=http://example.com/", "/oembed?url=http://localhost/", "/embed", "/feeds/changes.rss", "/feeds/changes.atom", "/feeds/changes.json",
		"/downloads/changes.json", "/downloads/agreements.csv", "/api/v1/changes", "/api/v1/nothing"} {
		rec := w.get(path, "X-Forwarded-Host", "example.com", "Forwarded", "host=example.com")
		answers[path] = fmt.Sprintln(rec.Code, rec.Header()) + rec.Body.String()
	}
	for path, answer := range answers {
		if at := strings.Index(answer, "example.com"); at >= 0 {
			t.Errorf("%s names the host that it was asked at: …%.200s", path, answer[max(0, at-100):])
		}
	}
	for path, want := range map[string]string{
		"/states/TX":          `<link rel="canonical" href="/states/TX">`,
		"/feeds/changes.rss":  "<link>http://localhost/changes",
		"/feeds/changes.json": `"feed_url":"http://localhost/feeds/changes.json`,
		"/oembed?url=/":       `"status":404`,
		"/sitemap.xml":        "<loc>http://localhost/states</loc>",
	} {
		if got := w.get(path).Body.String(); !strings.Contains(got, want) {
			t.Errorf("%s lacks %q: %.1000s", path, want, got)
		}
	}
	for _, tag := range []string{"og:url", "og:image", "application/ld+json", "json+oembed"} { // which take a whole address
		if strings.Contains(answers["/states/TX"], tag) {
			t.Errorf("a page of a site without an address has %s", tag)
		}
	}
}

// However many hosts are invented, each address has one response, which none of them
// drives out of the cache.
func TestInventedHostsShareResponses(t *testing.T) {
	w := unnamedWorld(t)
	other := w.get("/about").Body.String()
	before := len(w.cache.Recent(1 << 20))
	for i := range 1000 {
		r := httptest.NewRequest(http.MethodGet, "/states/TX", nil)
		r.Host = fmt.Sprintf("invented-%d.example", i)
		rec := httptest.NewRecorder()
		w.ServeHTTP(rec, r)
		if rec.Code != http.StatusOK || i%100 == 0 && strings.Contains(rec.Body.String(), "invented") {
			t.Fatalf("%s: status %d: %.300s", r.Host, rec.Code, rec.Body)
		}
	}
	if now := len(w.cache.Recent(1 << 20)); now != before+1 {
		t.Errorf("1,000 hosts took the cache from %d responses to %d", before, now)
	}
	if again := w.get("/about").Body.String(); again != other {
		t.Error("another page is another one now")
	}
}
