package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/watch287g/watch287g/web/api"
	"github.com/watch287g/watch287g/web/documents"
	"github.com/watch287g/watch287g/web/route"
)

// A handler that breaks is an error like others: for those who wait for the same
// answer, too, and for those who come after.
func TestBrokenHandlers(t *testing.T) {
	w := newWorld(t)
	broken := func(*route.Request) (*route.Response, error) { panic("secret") }
	page, program := route.Route{Path: "/broken", Handler: broken}, route.Route{Path: "/downloads/broken", Program: true, Large: true, Handler: broken}
	for _, r := range []route.Route{page, program} {
		w.handler = w.newHandler([]route.Route{r})
		var wg sync.WaitGroup
		for range 50 { // more than there are turns
			wg.Go(func() {
				rec := w.get(r.Path)
				if rec.Code != http.StatusInternalServerError || strings.Contains(rec.Body.String(), "secret") || rec.Header().Get("Cache-Control") != "no-store" {
					t.Errorf("status %d, %v: %s", rec.Code, rec.Header(), rec.Body)
				}
				if !r.Program && !strings.Contains(rec.Body.String(), `href="/changes"`) || r.Program && rec.Header().Get("Content-Type") != "application/problem+json" {
					t.Errorf("no way on: %v %s", rec.Header(), rec.Body)
				}
			})
		}
		wg.Wait()
	}
	w.handler = w.guard(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("secret") }))
	if rec := w.get("/"); rec.Code != http.StatusInternalServerError || !strings.Contains(rec.Body.String(), `href="/"`) || strings.Contains(rec.Body.String(), "secret") {
		t.Errorf("outside of routes: status %d: %s", rec.Code, rec.Body)
	}
}

// Who looks through texts, at however many ask for it, makes nobody wait who wants another page
// with parameters.
func TestSearchersWaitForEachOther(t *testing.T) {
	w := newWorld(t)
	goOn, begun := make(chan struct{}), make(chan struct{}, 100)
	ok := func() (*route.Response, error) {
		return &route.Response{Status: http.StatusOK, Header: http.Header{}}, nil
	}
	w.handler = w.newHandler([]route.Route{
		{Path: "/documents/search", Params: []string{"q"}, Texts: true, Handler: func(*route.Request) (*route.Response, error) {
			begun <- struct{}{}
			<-goOn
			return ok()
		}},
		{Path: "/changes", Params: []string{"q"}, Handler: func(*route.Request) (*route.Response, error) { return ok() }},
	})
	var group sync.WaitGroup
	for i := range cap(w.turns.asked) + cap(w.turns.found) + 3 {
		group.Go(func() { w.get(fmt.Sprint("/documents/search?q=", i)) })
	}
	for range cap(w.turns.found) {
		<-begun
	}
	if rec := w.get("/changes?q=1"); rec.Code != http.StatusOK {
		t.Errorf("status %d", rec.Code)
	}
	if len(begun) > 0 {
		t.Error("more look through texts at once than may")
	}
	close(goOn)
	group.Wait()
}

// What looks through texts says so, and nothing else does.
func TestRoutesThatLookThroughTexts(t *testing.T) {
	w := wordedWorld(t)
	papers, err := documents.New(documents.Options{Library: w.options.Documents, Assets: w.assets})
	if err != nil {
		t.Fatal(err)
	}
	var through []string
	for _, r := range slices.Concat(w.pages.Routes(), papers.Routes(), api.New(w.options.URL, "", false, w.options.Documents).Routes()) {
		if r.Texts {
			through = append(through, r.Path)
		}
	}
	if want := []string{"/search", "/documents/search", "/api/v1/documents/search"}; !slices.Equal(through, want) {
		t.Errorf("they are %q, want %q", through, want)
	}
}

// What is wrong must be neither kept nor a dead end.
func TestErrorsLeadOn(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/nowhere", 404}, {"GET", "/states/Atlantis", 404}, {"GET", "/agencies/none", 404}, {"GET", "/changes?state=Atlantis", 400},
		{"POST", "/changes", 405}, {"GET", "/" + strings.Repeat("a", 3000), 414}, {"GET", "/%ff", 400}, {"CONNECT", "/", 400},
		{"GET", "/api/v1/nothing", 404}, {"GET", "/api/v1/changes?sate=TX", 400}, {"POST", "/feeds/changes.rss", 405}, {"GET", "/downloads/agreements.csv?state=Atlantis", 400},
		{"GET", "/publications/00/file", 404}, {"GET", "/pictures/states/XX.png", 404},
	} {
		rec := httptest.NewRecorder()
		w.ServeHTTP(rec, httptest.NewRequest(test.method, test.path, nil))
		kind := rec.Header().Get("Content-Type")
		if rec.Code != test.status || rec.Header().Get("Cache-Control") != "no-store" || rec.Header().Get("ETag") != "" {
			t.Errorf("%s %.30s: status %d, want %d, with %v", test.method, test.path, rec.Code, test.status, rec.Header())
		}
		onward := strings.HasPrefix(kind, "text/html") && strings.Contains(rec.Body.String(), `href="/"`) || kind == "application/problem+json"
		if !onward {
			t.Errorf("%s %.30s: no way on: %s: %.300s", test.method, test.path, kind, rec.Body)
		}
	}
}

// failingSource is a store that cannot be read any more.
type failingSource struct{ Source }

var errGone = errors.New("the disk is gone: /secret/path")

func (failingSource) Revision(context.Context) (uint64, error) { return 0, errGone }

func TestTroubleInsideIsNotShown(t *testing.T) {
	var log bytes.Buffer
	s, err := New(Options{Source: failingSource{}, Now: worldNow, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/", "/changes", "/feeds/changes.rss", "/style.css"} {
		rec := httptest.NewRecorder()
		s.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		if rec.Code != http.StatusServiceUnavailable || strings.Contains(rec.Body.String(), "secret") {
			t.Errorf("%s: status %d: %s", path, rec.Code, rec.Body)
		}
	}
	if !strings.Contains(log.String(), "the disk is gone") {
		t.Errorf("the log says %s", log.String())
	}
}

// A scanner that tries thousands of addresses has one page made.
func TestMissingPagesAreMadeOnce(t *testing.T) {
	w := newWorld(t)
	first := w.get("/nowhere").Body.String()
	for i := range 1000 {
		path := fmt.Sprintf("/nowhere/%d.php", i)
		again := w.get(path) // which leads to the same address in the other language
		if again.Code != http.StatusNotFound || strings.ReplaceAll(again.Body.String(), "/es"+path, "/es/nowhere") != first {
			t.Fatalf("status %d, or another page: %.300s", again.Code, again.Body)
		}
	}
	if made := w.problemsKept.Load(); made != 1 {
		t.Errorf("the page was made %d times", made)
	}
}
