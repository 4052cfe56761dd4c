package scraper_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watch287g/watch287g/scraper"
)

func TestStatus(t *testing.T) {
	cases := []struct {
		code    int
		outcome scraper.Status
		says    string // %s is what was asked for
	}{
		{401, scraper.StatusRefused, "ICE's server refused %s (401 Unauthorized)."},
		{403, scraper.StatusRefused, "ICE's server refused %s (403 Forbidden)."},
		{429, scraper.StatusRefused, "ICE's server refused %s (429 Too Many Requests)."},
		{451, scraper.StatusRefused, "ICE's server refused %s (451 Unavailable For Legal Reasons)."},
		{404, scraper.StatusMissing, "ICE's server has nothing at the address of %s (404 Not Found)."},
		{410, scraper.StatusMissing, "ICE's server has nothing at the address of %s (410 Gone)."},
		{408, scraper.StatusUnreachable, "ICE's server failed on %s (408 Request Timeout)."},
		{500, scraper.StatusUnreachable, "ICE's server failed on %s (500 Internal Server Error)."},
		{503, scraper.StatusUnreachable, "ICE's server failed on %s (503 Service Unavailable)."},
		{599, scraper.StatusUnreachable, "ICE's server failed on %s (599)."},
		{204, scraper.StatusBroken, "ICE's server gave an unexpected answer for %s (204 No Content)."},
		{206, scraper.StatusBroken, "ICE's server gave an unexpected answer for %s (206 Partial Content)."},
		{304, scraper.StatusBroken, "ICE's server gave an unexpected answer for %s (304 Not Modified)."},
		{302, scraper.StatusBroken, "ICE's server gave an unexpected answer for %s (302 Found)."},
	}
	for _, c := range cases {
		for path, what := range map[string]string{pagePath: "the page", listPath: "the participating list"} {
			t.Run(fmt.Sprint(what, c.code), func(t *testing.T) {
				site := newSite()
				site.set(path, status(c.code))
				check(t, scrape(t, site).Visit(t.Context(), nil), c.outcome, fmt.Sprintf(c.says, what))
			})
		}
	}
}

func TestFailed(t *testing.T) {
	for _, o := range []scraper.Status{scraper.StatusBlocked, scraper.StatusRefused, scraper.StatusBroken, scraper.StatusMissing, scraper.StatusUnreachable} {
		if !o.Failed() {
			t.Errorf("%s is no failure", o)
		}
	}
	if scraper.StatusUnchanged.Failed() || scraper.StatusChanged.Failed() {
		t.Error("success is a failure")
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2025, 7, 3, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"":                              0,
		"7":                             7 * time.Second,
		" 120 ":                         2 * time.Minute,
		"-5":                            0,
		"soon":                          0,
		"99999999":                      24 * time.Hour,
		"99999999999999999999999":       24 * time.Hour,
		"Thu, 03 Jul 2025 12:30:00 GMT": 30 * time.Minute,
		"Thu, 03 Jul 2025 11:30:00 GMT": 0,
		"Thu, 03 Jul 2225 12:30:00 GMT": 24 * time.Hour,
	} {
		for _, code := range []int{403, 429, 503} {
			site := newSite()
			site.set(pagePath, status(code, "Retry-After", value))
			s := scrape(t, site, func(o *scraper.Options) { o.Now = func() time.Time { return now } })
			if got := s.Visit(t.Context(), nil).RetryAfter; got != want {
				t.Errorf("%d with %q: %s, want %s", code, value, got, want)
			}
		}
	}
}

// failing is a transport that fails with err once robots.txt was had.
type failing struct {
	*fakeSite
	err error
}

func (f failing) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path == "/robots.txt" {
		return f.fakeSite.RoundTrip(r)
	}
	return nil, f.err
}

func TestNetworkTrouble(t *testing.T) {
	for want, err := range map[string]error{
		"its name could not be looked up (DNS)": &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "www.ice.gov"}},
		"it refused the connection":             &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED},
		"it closed the connection":              &net.OpError{Op: "read", Err: syscall.ECONNRESET},
		"the proxy could not be used":           &net.OpError{Op: "proxyconnect", Err: &net.DNSError{Name: "proxy.internal"}},
		"the connection took too long":          &net.OpError{Op: "dial", Err: timeout{}},
		"the connection failed":                 errors.New("http://me:secret@proxy.internal?key=secret failed"),
	} {
		v := scrape(t, failing{newSite(), err}).Visit(t.Context(), nil)
		check(t, v, scraper.StatusUnreachable, "ICE's server could not be asked for the page: "+want+".")
	}
}

type timeout struct{}

func (timeout) Error() string   { return "i/o timeout" }
func (timeout) Timeout() bool   { return true }
func (timeout) Temporary() bool { return true }

func TestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite()
		site.set(listPath, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		began := time.Now()
		v := scrape(t, site).Visit(t.Context(), nil)
		check(t, v, scraper.StatusUnreachable, "ICE's server did not send the participating list within 30s.")
		if took := time.Since(began); took != 30*time.Second {
			t.Errorf("took %s", took)
		}
	})
}

// A body that never ends its sending runs into the same timeout.
func TestSlowBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite()
		slow := slowBody{site}
		v := scrape(t, slow, func(o *scraper.Options) { o.Timeout = 5 * time.Second }).Visit(t.Context(), nil)
		check(t, v, scraper.StatusUnreachable, "ICE's server did not send the page within 5s.")
	})
}

type slowBody struct{ *fakeSite }

func (s slowBody) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := s.fakeSite.RoundTrip(r)
	if err == nil && r.URL.Path == pagePath {
		res.Body = blocking{r}
	}
	return res, err
}

type blocking struct{ r *http.Request }

func (b blocking) Read([]byte) (int, error) {
	<-b.r.Context().Done()
	return 0, b.r.Context().Err()
}
func (blocking) Close() error { return nil }

// shortBody ends before the length that it announced.
type shortBody struct{ *fakeSite }

func (s shortBody) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := s.fakeSite.RoundTrip(r)
	if err == nil && r.URL.Path == listPath {
		res.ContentLength = 5000
	}
	return res, err
}

func TestBodies(t *testing.T) {
	bomb := bytes.Repeat([]byte("0"), 9<<20)
	cases := []struct {
		name    string
		serve   http.HandlerFunc
		outcome scraper.Status
		says    string
	}{
		{"empty", text(""), scraper.StatusBroken, "ICE's server sent nothing for the participating list."},
		{"garbage", file([]byte("PK\x03\x04 this is not a workbook")), scraper.StatusBroken, "What ICE's server sent for the participating list is not a readable workbook."},
		{"half", file(book("x")[:60]), scraper.StatusBroken, "What ICE's server sent for the participating list is not a readable workbook."},
		{"text", text("Service temporarily odd"), scraper.StatusBroken, "What ICE's server sent for the participating list is not a readable workbook."},
		{"too large", text(string(bomb)), scraper.StatusBroken, "What ICE's server sent for the participating list is larger than 8 MiB."},
		{"unasked compression", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			_, _ = w.Write([]byte("x"))
		}, scraper.StatusBroken, "What ICE's server sent for the participating list cannot be decompressed."},
		{"web page", html("<html><body>Welcome to ICE</body></html>"), scraper.StatusBlocked, "ICE's server answered the participating list with a web page instead of a workbook."},
		{"web page without a type", text("<!DOCTYPE html><html><body>Welcome</body></html>"), scraper.StatusBlocked, "ICE's server answered the participating list with a web page instead of a workbook."},
		{"block page", html(akamai), scraper.StatusBlocked, "ICE's server answered the participating list with a block page (Access Denied) instead of a workbook."},
		{"old workbook", file([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and so on")), scraper.StatusChanged, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			site := newSite()
			site.set(pagePath, links(listPath, "Participating Agencies"))
			site.set(listPath, c.serve)
			v := scrape(t, site).Visit(t.Context(), nil)
			if c.says == "" {
				c.says = "ICE's page has something new: participatingAgencies07032025pm.xlsx."
			}
			check(t, v, c.outcome, c.says)
		})
	}
	v := scrape(t, shortBody{newSite()}).Visit(t.Context(), nil)
	check(t, v, scraper.StatusBroken, "ICE's server broke off in the middle of the participating list.")
}

func TestPageBodies(t *testing.T) {
	for _, c := range []struct {
		name    string
		serve   http.HandlerFunc
		outcome scraper.Status
		says    string
	}{
		{"empty", html(""), scraper.StatusBroken, "ICE's server sent nothing for the page."},
		{"too large", html(strings.Repeat("<p>", 700_000)), scraper.StatusBroken, "What ICE's server sent for the page is larger than 2 MiB."},
		{"no page", text(`{"error": "none"}`), scraper.StatusBroken, "What ICE's server sent for the page is not a web page."},
		{"no links", html("<html><title>287(g)</title><body><h1>287(g)</h1><a href=/newsroom>News</a></body></html>"), scraper.StatusMissing, "ICE's page links no list."},
		{"a long page with a captcha", html("<html><body>" + strings.Repeat("The 287(g) Program. ", 300) + "<script src=/recaptcha.js></script></body></html>"),
			scraper.StatusMissing, "ICE's page links no list."},
	} {
		t.Run(c.name, func(t *testing.T) {
			site := newSite()
			site.set(pagePath, c.serve)
			check(t, scrape(t, site).Visit(t.Context(), nil), c.outcome, c.says)
		})
	}
}

const akamai = `<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1>
You don't have permission to access "http://www.ice.gov/" on this server.<P>Reference #18.2d3a1702.1766000000.1f2e3d4c</BODY></HTML>`

func TestBlockPages(t *testing.T) {
	for page, kind := range map[string]string{
		akamai: "Access Denied",
		`<html><head><title>Just a moment...</title></head><body><script>window._cf_chl_opt={}</script></body></html>`:                                       "Cloudflare challenge",
		`<html><head><title>Attention Required! | Cloudflare</title></head><body>Sorry, you have been blocked</body></html>`:                                 "Cloudflare challenge",
		`<html><head><meta name="robots" content="noindex"></head><body><iframe src="/_Incapsula_Resource?x=1">Request unsuccessful.</iframe></body></html>`: "Incapsula",
		`<html><body><div id="sec-if-cpt-container"></div></body></html>`:                                                                                    "Akamai challenge",
		`<html><body><script src="https://x.token.awswaf.com/challenge.js"></script></body></html>`:                                                          "AWS WAF challenge",
		`<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>`:                                                                                      "Access Denied",
		`<html><head><title>Request Rejected</title></head><body>The requested URL was rejected.</body></html>`:                                              "Request Rejected",
		`<html><body><form><div class="g-recaptcha"></div></form></body></html>`:                                                                             "captcha",
		`<html><body><noscript>Please enable JavaScript to view the page.</noscript></body></html>`:                                                          "JavaScript challenge",
	} {
		site := newSite()
		site.set(pagePath, html(page))
		check(t, scrape(t, site).Visit(t.Context(), nil), scraper.StatusBlocked, "ICE's page was answered with a block page ("+kind+") instead of its content.")
	}
}

// A body arrives byte for byte, whatever its type says.
func TestBodyIsNotTouched(t *testing.T) {
	want := book("participating")
	for _, kind := range []string{"", "application/octet-stream; charset=iso-8859-1", "text/plain; charset=windows-1252", "text/html; charset=utf-16",
		"application/x-gzip", "application/vnd.ms-excel; charset=binary", "nonsense;;;charset"} {
		site := newSite()
		site.set(listPath, func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = []string{kind}
			_, _ = w.Write(want)
		})
		v := scrape(t, site).Visit(t.Context(), nil)
		if len(v.Documents) != 3 || !bytes.Equal(v.Documents[0].Body, want) {
			t.Errorf("%q: %s", kind, v.Sentence)
		}
	}
}

// No sentence holds a query, and none a proxy's password.
func TestSentencesKeepSecrets(t *testing.T) {
	site := newSite()
	site.set(pagePath, links("/file-download/download/public/7?list=pending&token=secret", "Pending Agencies"))
	site.set("/file-download/download/public/7", status(500))
	v := scrape(t, site).Visit(t.Context(), nil)
	check(t, v, scraper.StatusUnreachable, "ICE's server failed on the pending list (500 Internal Server Error).")
	err := &url.Error{Op: "Get", URL: "https://www.ice.gov/?token=secret", Err: errors.New("proxy http://me:secret@proxy")}
	if v := scrape(t, failing{newSite(), err}).Visit(t.Context(), nil); strings.Contains(v.Sentence, "secret") {
		t.Error(v.Sentence)
	}
}

// errBody breaks while it is read, as a connection does that is reset.
type errBody struct{ *fakeSite }

func (e errBody) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := e.fakeSite.RoundTrip(r)
	if err == nil && r.URL.Path == listPath {
		res.Body = io.NopCloser(io.MultiReader(io.LimitReader(res.Body, 20), reset{}))
	}
	return res, err
}

type reset struct{}

func (reset) Read([]byte) (int, error) { return 0, &net.OpError{Op: "read", Err: syscall.ECONNRESET} }

func TestResetWithinABody(t *testing.T) {
	v := scrape(t, errBody{newSite()}).Visit(t.Context(), nil)
	check(t, v, scraper.StatusUnreachable, "ICE's server could not be asked for the participating list: it closed the connection.")
}
