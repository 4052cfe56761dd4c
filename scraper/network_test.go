package scraper_test

import (
	"bytes"
	"compress/gzip"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/scraper"
)

// serve runs the site on a real connection and returns a scraper whose page is
// there, with the transport that it has of its own.
func serve(t *testing.T, site *fakeSite) *scraper.Scraper {
	t.Helper()
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	return scrape(t, nil, func(o *scraper.Options) { o.Page = server.URL + pagePath })
}

func TestOverTheWire(t *testing.T) {
	hijack := func(send string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = conn.Write([]byte(send))
			_ = conn.Close()
		}
	}
	zipped := func(body []byte, cut int) http.HandlerFunc {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write(body)
		_ = z.Close()
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(b.Bytes()[:b.Len()-cut])
		}
	}
	const list = "the participating list"
	for _, c := range []struct {
		name    string
		serve   http.HandlerFunc
		outcome scraper.Status
		says    string
	}{
		{"shorter than announced", hijack("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nPK\x03\x04"), scraper.StatusBroken, "ICE's server broke off in the middle of " + list + "."},
		{"chunks that break off", hijack("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nPK\x03\x04\r\n"), scraper.StatusBroken, "ICE's server broke off in the middle of " + list + "."},
		{"refusal that breaks off", hijack("HTTP/1.1 403 Forbidden\r\nContent-Length: 5000\r\n\r\n<html>"), scraper.StatusRefused, "ICE's server refused " + list + " (403 Forbidden)."},
		{"closed", hijack(""), scraper.StatusUnreachable, "ICE's server could not be asked for " + list + ": it closed the connection."},
		{"announced too large", hijack("HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\nPK\x03\x04"), scraper.StatusBroken, "What ICE's server sent for " + list + " is larger than 8 MiB."},
		{"bomb", zipped(make([]byte, 20<<20), 0), scraper.StatusBroken, "What ICE's server sent for " + list + " is larger than 8 MiB."},
		{"compressed and cut", zipped(book("participating"), 10), scraper.StatusBroken, "ICE's server broke off in the middle of " + list + "."},
		{"not compressed at all", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(book("participating"))
		}, scraper.StatusBroken, "What ICE's server sent for " + list + " cannot be decompressed."},
		{"compressed", zipped(book("participating"), 0), scraper.StatusChanged, "ICE's page has something new: participatingAgencies07032025pm.xlsx."},
		{"redirect to no address", hijack("HTTP/1.1 302 Found\r\nLocation: http://[::1\r\nContent-Length: 0\r\n\r\n"), scraper.StatusBroken, "ICE's server gave an unexpected answer for " + list + " (302 Found)."},
	} {
		t.Run(c.name, func(t *testing.T) {
			site := newSite()
			site.set(pagePath, links(listPath, "Participating Agencies"))
			site.set(listPath, c.serve)
			check(t, serve(t, site).Visit(t.Context(), nil), c.outcome, c.says)
		})
	}
}

func TestCompressedPage(t *testing.T) {
	site := newSite()
	site.set(pagePath, func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			t.Error("gzip is not asked for")
		}
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Content-Type", "text/html")
		z := gzip.NewWriter(w)
		_, _ = z.Write([]byte(`<a href="` + listPath + `">Participating Agencies</a>`))
		_ = z.Close()
	})
	if v := serve(t, site).Visit(t.Context(), nil); v.Outcome != scraper.StatusChanged || len(v.Documents) != 1 {
		t.Errorf("%s: %s", v.Outcome, v.Sentence)
	}
}

func TestNobodyListens(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	v := scrape(t, nil, func(o *scraper.Options) { o.Page = "http://" + addr + pagePath }).Visit(t.Context(), nil)
	check(t, v, scraper.StatusUnreachable, "ICE's server could not be asked for robots.txt: it refused the connection.")
}

func TestCertificateOfNobody(t *testing.T) {
	server := httptest.NewUnstartedServer(newSite())
	server.Config.ErrorLog = discard()
	server.StartTLS()
	t.Cleanup(server.Close)
	v := scrape(t, nil, func(o *scraper.Options) { o.Page = server.URL + pagePath }).Visit(t.Context(), nil)
	check(t, v, scraper.StatusUnreachable, "ICE's server could not be asked for robots.txt: its certificate could not be verified (TLS).")
}

func TestNoTLSAtAll(t *testing.T) {
	server := httptest.NewServer(newSite())
	t.Cleanup(server.Close)
	page := strings.Replace(server.URL, "http:", "https:", 1) + pagePath
	v := scrape(t, nil, func(o *scraper.Options) { o.Page = page }).Visit(t.Context(), nil)
	if v.Outcome != scraper.StatusUnreachable {
		t.Errorf("%s: %s", v.Outcome, v.Sentence)
	}
}

// A page on a host without a domain is a site of its own.
func TestPageOnALocalAddress(t *testing.T) {
	stranger := httptest.NewServer(newSite())
	t.Cleanup(stranger.Close)
	site := newSite()
	site.set(pagePath, links(listPath, "Participating Agencies", stranger.URL+pendingPath, "Pending Agencies"))
	v := serve(t, site).Visit(t.Context(), nil)
	if len(v.Documents) != 1 || v.Outcome != scraper.StatusChanged {
		t.Errorf("%s: %s, %d documents", v.Outcome, v.Sentence, len(v.Documents))
	}
}

func TestMirror(t *testing.T) {
	for _, base := range []string{"", "/", "/copies/ice"} {
		site := newSite()
		server := httptest.NewServer(http.StripPrefix(strings.TrimSuffix(base, "/"), site))
		t.Cleanup(server.Close)
		mirror := server.URL + base
		root := strings.TrimSuffix(mirror, "/")
		site.set(pagePath, links(listPath, "Participating Agencies", root+"/go/download", "Pending Agencies", "http://www.ice.gov/doclib/a%2Fb.xlsx", "Form"))
		site.set("/go/download", redirect(root+pendingPath))
		site.set("/doclib/a/b.xlsx", file(book("form")))
		s := scrape(t, nil, func(o *scraper.Options) { o.Mirror = mirror })
		v := s.Visit(t.Context(), nil)
		check(t, v, scraper.StatusChanged, "ICE's page has something new: participatingAgencies07032025pm.xlsx, download, b.xlsx.")
		for i, want := range []string{ice + listPath, ice + "/go/download", "http://www.ice.gov/doclib/a%2Fb.xlsx"} {
			if len(v.Documents) <= i || v.Documents[i].URL != want {
				t.Errorf("mirror %q: %d documents, want %s", base, len(v.Documents), want)
			}
		}
		if v := s.Visit(t.Context(), remember(v, published)); v.Outcome != scraper.StatusUnchanged {
			t.Errorf("mirror %q: %s", base, v.Sentence)
		}
		site.set(pagePath, status(503))
		check(t, s.Visit(t.Context(), nil), scraper.StatusUnreachable, "The mirror of ICE's site failed on the page (503 Service Unavailable).")
	}
}

// colly lets its own variables of the environment override every option.
func TestEnvironment(t *testing.T) {
	for name, value := range map[string]string{
		"ALLOWED_DOMAINS": "example.com", "CACHE_DIR": t.TempDir(), "DETECT_CHARSET": "y", "DISABLE_COOKIES": "y", "DISALLOWED_DOMAINS": "www.ice.gov",
		"IGNORE_ROBOTSTXT": "n", "FOLLOW_REDIRECTS": "n", "MAX_BODY_SIZE": "10", "MAX_DEPTH": "1", "MAX_REQUESTS": "1",
		"PARSE_HTTP_ERROR_RESPONSE": "y", "TRACE_HTTP": "y", "USER_AGENT": "Mozilla/5.0", "UNHEARD_OF": "1",
	} {
		t.Setenv("COLLY_"+name, value)
	}
	site := newSite()
	site.set(pagePath, redirect("/partner/287g"))
	site.set("/partner/287g", links(listPath, "Participating Agencies", pendingPath, "Pending Agencies"))
	s := scrape(t, site)
	v := s.Visit(t.Context(), nil)
	if v.Outcome != scraper.StatusChanged || len(v.Documents) != 2 || !bytes.Equal(v.Documents[0].Body, book("participating")) {
		t.Errorf("%s: %s", v.Outcome, v.Sentence)
	}
	if v := s.Visit(t.Context(), remember(v, published)); v.Outcome != scraper.StatusUnchanged {
		t.Errorf("%s: %s", v.Outcome, v.Sentence)
	}
	for _, r := range site.requests {
		if !strings.HasPrefix(r.header.Get("User-Agent"), "watch287g/") {
			t.Errorf("User-Agent %q", r.header.Get("User-Agent"))
		}
	}
}

func TestRedirects(t *testing.T) {
	const list = "the participating list"
	for _, c := range []struct {
		name    string
		hops    []string // where /hop/0, /hop/1 and so on redirect to
		outcome scraper.Status
		says    string
	}{
		{"within the site", []string{"/hop/1", "//cdn.ice.gov/hop/2", "https://www.ice.gov" + listPath}, scraper.StatusChanged, "ICE's page has something new: 0."},
		{"five", []string{"/hop/1", "/hop/2", "/hop/3", "/hop/4", listPath}, scraper.StatusChanged, "ICE's page has something new: 0."},
		{"six", []string{"/hop/1", "/hop/2", "/hop/3", "/hop/4", "/hop/5", listPath}, scraper.StatusBroken, "ICE's server redirects " + list + " more than 5 times."},
		{"in a circle", []string{"/hop/1", "/hop/0"}, scraper.StatusBroken, "ICE's server redirects " + list + " more than 5 times."},
		{"off the site", []string{"https://login.example.com/?next=secret"}, scraper.StatusBroken, "ICE's server redirects " + list + " to another site (login.example.com), which is not followed."},
		{"to another scheme", []string{"file:///etc/passwd"}, scraper.StatusBroken, "ICE's server redirects " + list + " to another site (file), which is not followed."},
		{"where robots.txt forbids", []string{"/admin/list.xlsx"}, scraper.StatusRefused, "The robots.txt of ICE's server asks us not to fetch " + list + "."},
		{"to the other list", []string{pendingPath}, scraper.StatusChanged, "ICE's page has something new: 0, pendingAgencies07032025pm.xlsx."},
	} {
		t.Run(c.name, func(t *testing.T) {
			site := newSite()
			page := []string{"/hop/0", "Participating agencies"}
			if c.hops[0] == pendingPath {
				page = append(page, pendingPath, "Pending Agencies")
			}
			site.set(pagePath, links(page...))
			for i, to := range c.hops {
				site.set("/hop/"+strconv.Itoa(i), redirect(to))
			}
			v := scrape(t, site).Visit(t.Context(), nil)
			check(t, v, c.outcome, c.says)
			if c.outcome == scraper.StatusChanged && v.Documents[0].URL != ice+"/hop/0" {
				t.Errorf("URL %s", v.Documents[0].URL)
			}
			for _, r := range site.requests {
				if strings.Contains(r.url, "example.com") {
					t.Errorf("asked %s", r.url)
				}
			}
		})
	}
}

// Links on a page that was redirected are relative to where it came from.
func TestRedirectedPage(t *testing.T) {
	site := newSite()
	site.set(pagePath, redirect("/partner/287g"))
	site.set("/partner/287g", links("lists/a.xlsx", "Participating Agencies"))
	site.set("/partner/lists/a.xlsx", file(book("participating")))
	v := scrape(t, site).Visit(t.Context(), nil)
	if len(v.Documents) != 1 || v.Documents[0].URL != ice+"/partner/lists/a.xlsx" {
		t.Errorf("%s: %+v", v.Sentence, v.Links)
	}
}
