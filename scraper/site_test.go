package scraper_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/watch287g/watch287g/scraper"
)

const (
	pagePath    = "/identify-and-arrest/287g"
	listPath    = "/doclib/about/offices/ero/287g/participatingAgencies07032025pm.xlsx"
	pendingPath = "/doclib/about/offices/ero/287g/pendingAgencies07032025pm.xlsx"
	otherPath   = "/doclib/287g-reimbursement.xlsx"
	ice         = "https://www.ice.gov"
)

var published = time.Date(2025, 7, 3, 20, 0, 0, 0, time.UTC)

// fakeSite is ICE's site in memory. It is an http.RoundTripper, so that tests
// in a bubble of synctest can use it, and an http.Handler.
type fakeSite struct {
	mu       sync.Mutex
	handlers map[string]http.HandlerFunc // by path, or by host and path
	requests []sent
}

// sent is a request as the site saw it.
type sent struct {
	at     time.Time
	url    string
	header http.Header
}

// newSite has a page that links both lists and a workbook that is not a list.
func newSite() *fakeSite {
	f := &fakeSite{handlers: map[string]http.HandlerFunc{}}
	f.set("/robots.txt", text("User-agent: *\nDisallow: /admin/\n"))
	f.set(pagePath, links(listPath, "Participating Agencies", pendingPath, "Pending Agencies", otherPath, "Reimbursement worksheet"))
	f.set(listPath, file(book("participating")))
	f.set(pendingPath, file(book("pending")))
	f.set(otherPath, file(book("worksheet")))
	return f
}

func (f *fakeSite) set(path string, h http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.handlers[path] = h
}

func (f *fakeSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.requests = append(f.requests, sent{time.Now(), r.URL.String(), r.Header.Clone()})
	h := f.handlers[r.URL.Host+r.URL.Path]
	if h == nil {
		h = f.handlers[r.URL.Path]
	}
	f.mu.Unlock()
	if h == nil {
		h = http.NotFound
	}
	h(w, r)
}

func (f *fakeSite) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	res := w.Result()
	res.Request = r
	return res, nil
}

// paths lists what was asked for since the last call.
func (f *fakeSite) paths() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []string
	for _, r := range f.requests {
		all = append(all, strings.TrimPrefix(r.url, ice))
	}
	f.requests = nil
	return all
}

func text(s string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprint(w, s)
	}
}

func html(s string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=UTF-8")
		fmt.Fprint(w, s)
	}
}

// links is a page with links, given as pairs of address and text.
func links(pairs ...string) http.HandlerFunc {
	var b strings.Builder
	b.WriteString(`<!DOCTYPE html><html><head><title>287(g) | ICE</title></head><body><main><ul>`)
	for i := 0; i < len(pairs); i += 2 {
		fmt.Fprintf(&b, "<li><a href=%q>%s</a></li>", pairs[i], pairs[i+1])
	}
	b.WriteString(`</ul></main></body></html>`)
	return html(b.String())
}

// file serves a body as ICE's server does: it looks at If-Modified-Since alone.
func file(body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"abc:123"`)
		w.Header().Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
		r = r.Clone(r.Context())
		r.Header.Del("If-None-Match")
		http.ServeContent(w, r, "", published, bytes.NewReader(body))
	}
}

func status(code int, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		http.Error(w, "<html>no</html>", code)
	}
}

func redirect(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
	}
}

// book is a zip with one part, which is all that the scraper looks for in a
// workbook.
func book(what string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateHeader(&zip.FileHeader{Name: "xl/workbook.xml", Method: zip.Store})
	if err == nil {
		_, err = fmt.Fprintf(w, "<workbook>%s \xe9\x93\xff</workbook>", what)
	}
	if err != nil || z.Close() != nil {
		panic("a zip in memory cannot fail")
	}
	return b.Bytes()
}

// scrape returns a scraper of the site, changed by the options given.
func scrape(t *testing.T, transport http.RoundTripper, change ...func(*scraper.Options)) *scraper.Scraper {
	t.Helper()
	o := scraper.Options{Transport: transport, Contact: "desk@example.org", Version: "1.2"}
	for _, c := range change {
		c(&o)
	}
	s, err := scraper.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// remember turns what a visit brought into what the next one is told. A
// document is taken for a list unless it is the worksheet.
func remember(v scraper.Visit, at time.Time) []scraper.Validators {
	var known []scraper.Validators
	for _, d := range v.Documents {
		known = append(known, scraper.Validators{URL: d.URL, ETag: d.ETag, LastModified: d.LastModified,
			SHA256: d.SHA256, List: !strings.HasSuffix(d.URL, otherPath), CheckedAt: at})
	}
	return known
}

func check(t *testing.T, v scraper.Visit, outcome scraper.Status, sentence string) {
	t.Helper()
	if v.Err != nil || v.Outcome != outcome {
		t.Errorf("outcome %q (err %v), want %q; it says %q", v.Outcome, v.Err, outcome, v.Sentence)
	}
	if v.Sentence != sentence {
		t.Errorf("it says\n  %s\nwant\n  %s", v.Sentence, sentence)
	}
}
