package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/route"
)

func TestAnswersAreConditional(t *testing.T) {
	w := newWorld(t)
	first := w.get("/about")
	etag := first.Header().Get("ETag")
	if etag == "" || !strings.Contains(first.Header().Get("Cache-Control"), "max-age=30") {
		t.Fatalf("headers %v", first.Header())
	}
	if again := w.get("/about", "If-None-Match", etag); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
		t.Errorf("asked again with its tag: status %d, %d bytes", again.Code, again.Body.Len())
	}
	w.imports() // nothing
	w.polled(roster.Poll{At: worldNow(), Outcome: "unchanged"})
	if after := w.get("/about", "If-None-Match", etag); after.Code != http.StatusOK {
		t.Errorf("after a new poll, which the page names: status %d", after.Code)
	}
}

func TestAnswersAreSqueezed(t *testing.T) {
	w := newWorld(t)
	plain := w.get("/about")
	if plain.Header().Get("Content-Encoding") != "" || plain.Header().Get("Vary") != "Accept-Encoding" {
		t.Errorf("headers %v", plain.Header())
	}
	small := w.get("/about", "Accept-Encoding", "br, gzip;q=0.8")
	if small.Header().Get("Content-Encoding") != "gzip" || small.Header().Get("ETag") == plain.Header().Get("ETag") {
		t.Fatalf("headers %v", small.Header())
	}
	z, err := gzip.NewReader(small.Body)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(z)
	if err != nil || !bytes.Equal(body, plain.Body.Bytes()) {
		t.Errorf("%v; the bodies differ: %v", err, !bytes.Equal(body, plain.Body.Bytes()))
	}
	for _, refused := range []string{"", "identity", "gzip;q=0", "br"} {
		if got := w.get("/about", "Accept-Encoding", refused).Header().Get("Content-Encoding"); got != "" {
			t.Errorf("with Accept-Encoding %q it is %q", refused, got)
		}
	}
}

func TestMethods(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		method string
		status int
	}{
		{"HEAD", 200}, {"OPTIONS", 204}, {"POST", 405}, {"PUT", 405}, {"DELETE", 405}, {"PATCH", 405}, {"TRACE", 405}, {"BREW", 405},
	} {
		rec := httptest.NewRecorder()
		w.ServeHTTP(rec, httptest.NewRequest(test.method, "/about", strings.NewReader("x")))
		if rec.Code != test.status {
			t.Errorf("%s: status %d, want %d", test.method, rec.Code, test.status)
		}
		if test.method == "HEAD" && rec.Body.Len() > 0 {
			t.Error("HEAD has a body")
		}
		if test.status > 200 && rec.Header().Get("Allow") != "GET, HEAD, OPTIONS" {
			t.Errorf("%s: Allow is %q", test.method, rec.Header().Get("Allow"))
		}
	}
}

func TestParts(t *testing.T) {
	w := newWorld(t)
	whole := w.get("/about").Body.Bytes()
	rec := w.get("/about", "Range", "bytes=10-19", "Accept-Encoding", "gzip")
	if rec.Code != http.StatusPartialContent || !bytes.Equal(rec.Body.Bytes(), whole[10:20]) {
		t.Errorf("status %d, %q", rec.Code, rec.Body)
	}
	if rec := w.get("/about", "Range", "bytes=99999999-"); rec.Code != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("a part beyond the end: status %d", rec.Code)
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/", "/about", "/nowhere", "/style.css", "/feeds/changes.rss", "/api/v1/stats", "/changes?state=Atlantis"} {
		h := w.get(path).Header()
		if csp := h.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; style-src 'self'; img-src 'self';") {
			t.Errorf("%s: policy %q", path, csp)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Strict-Transport-Security": "max-age=31536000"} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q", path, name, h.Get(name))
			}
		}
	}
}

func TestOddAddresses(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		path   string
		status int
	}{
		{"/about?utm_source=x&fbclid=y&q=1", 200},
		{"/changes?state=TX&state=FL,GA", 200},
		{"/changes?state=Atlantis", 400},
		{"/changes?before=1&before=2", 400},
		{"/changes?before=-1", 400},
		{"/changes?before=1000000000", 200},
		{"/changes?before=99999999999999999999", 400},
		{"/changes?since=yesterday", 400},
		{"/changes?agency=[", 400},
		{"/changes?state=%ff%fe", 400},
		{"/changes?state=TX;kind=new", 400},
		{"/changes?%zz", 400},
		{"/%ff", 400},
		{"/a%00b", 400},
		{"/" + strings.Repeat("a", 3000), 414},
		{"/about?x=" + strings.Repeat("a", 3000), 414},
		{"/states/../about", 307},
		{"//about", 307},
		{"/states/..%2f..%2fetc%2fpasswd", 404},
		{"/publications/..%2f..%2fwatch287g.db", 404},
		{"/on/9999-99-99", 400},
	} {
		rec := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		var err error
		if r.URL, err = url.ParseRequestURI(test.path); err != nil {
			r.URL = &url.URL{Path: "/changes", RawQuery: strings.TrimPrefix(test.path, "/changes?")}
		}
		w.ServeHTTP(rec, r)
		if rec.Code != test.status {
			t.Errorf("%.80s: status %d, want %d", test.path, rec.Code, test.status)
		}
	}
}

// One who writes "sate=TX" must not be given everything.
func TestProgramsAreToldOfWrongParameters(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/feeds/changes.rss?sate=TX", "/feeds/changes.json?state=Atlantis", "/downloads/changes.csv?sate=TX", "/downloads/agreements.csv?as-of=2025-06-02", "/api/v1/changes?sate=TX"} {
		rec := w.get(path)
		if rec.Code != http.StatusBadRequest || rec.Header().Get("Content-Type") != "application/problem+json" || rec.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: status %d, %v: %.200s", path, rec.Code, rec.Header(), rec.Body)
		}
	}
}

func done() *route.Response { return route.OK("text/plain", []byte("done")) }

// slow makes a site whose one page takes until it is let go.
func slow(t *testing.T) (w *world, asked *atomic.Int32, let chan struct{}) {
	w = newWorld(t)
	asked, let = &atomic.Int32{}, make(chan struct{})
	r := route.Route{Path: "/slow", Params: []string{"n"}, Handler: func(*route.Request) (*route.Response, error) {
		asked.Add(1)
		<-let
		return done(), nil
	}}
	w.handler = w.newHandler([]route.Route{r})
	return w, asked, let
}

func TestWhatManyWantIsMadeOnce(t *testing.T) {
	w, asked, let := slow(t)
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if rec := w.get("/slow"); rec.Body.String() != "done" {
				t.Errorf("status %d: %s", rec.Code, rec.Body)
			}
		})
	}
	close(let)
	wg.Wait()
	if n := asked.Load(); n != 1 {
		t.Errorf("it was made %d times", n)
	}
}

// What costs much waits for its turn, and makes nobody else wait.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		let := make(chan struct{})
		waits := func(r *route.Request) (*route.Response, error) {
			if r.URL.Path != "/plain" {
				<-let
			}
			return done(), nil
		}
		w.handler = w.newHandler([]route.Route{{Path: "/plain", Handler: waits}, {Path: "/asked", Params: []string{"n"}, Handler: waits},
			{Path: "/downloads/file", Program: true, Large: true, Params: []string{"n"}, Handler: waits}})
		var served, refused atomic.Int32
		var wg sync.WaitGroup
		for n := range 20 {
			for _, path := range []string{"/asked?n=", "/downloads/file?n="} {
				wg.Go(func() {
					switch rec := w.get(path + strconv.Itoa(n)); rec.Code {
					case http.StatusOK:
						served.Add(1)
					case http.StatusServiceUnavailable:
						refused.Add(1)
						if rec.Header().Get("Retry-After") != "5" || rec.Header().Get("Cache-Control") != "no-store" {
							t.Errorf("headers %v", rec.Header())
						}
					default:
						t.Errorf("status %d: %s", rec.Code, rec.Body)
					}
				})
			}
		}
		synctest.Wait()
		if rec := w.get("/plain"); rec.Code != http.StatusOK {
			t.Errorf("a plain page meanwhile: status %d: %s", rec.Code, rec.Body)
		}
		time.Sleep(maxWait)
		synctest.Wait()
		turns := int32(cap(w.turns.asked) + cap(w.turns.files)) //nolint:gosec // a few
		if refused.Load() != 40-turns {
			t.Errorf("%d were told to come again, want %d", refused.Load(), 40-turns)
		}
		close(let)
		wg.Wait()
		if served.Load() != turns {
			t.Errorf("%d were served, want %d", served.Load(), turns)
		}
		for _, path := range []string{"/asked?n=1", "/downloads/file?n=1"} {
			if rec := w.get(path); rec.Code != http.StatusOK {
				t.Errorf("afterwards %s: status %d", path, rec.Code)
			}
		}
	})
}

// slowSource reads what is known only when it is let.
type slowSource struct {
	Source
	begun, let chan struct{}
}

func (s slowSource) Known(ctx context.Context) (roster.Snapshot, error) {
	s.begun <- struct{}{}
	<-s.let
	return s.Source.Known(ctx)
}

// While what a poll brought is being read, people get what they had a moment ago.
// A program, and whoever follows an address for the first time, gets what is new.
func TestReadersDuringAReload(t *testing.T) {
	w := newWorld(t)
	about := w.get("/about").Body.String()
	if rec := w.get("/api/v1/stats"); rec.Code != http.StatusOK {
		t.Fatal(rec)
	}
	slow := slowSource{w.options.Source, make(chan struct{}), make(chan struct{})}
	w.options.Source = slow
	w.polled(roster.Poll{At: worldNow().Add(-time.Minute), Outcome: "unchanged"})
	var waiting sync.WaitGroup
	var answered atomic.Int32
	for _, path := range []string{"/states/TX", "/api/v1/stats"} {
		waiting.Go(func() {
			if rec := w.get(path); rec.Code != http.StatusOK {
				t.Errorf("%s: status %d", path, rec.Code)
			}
			answered.Add(1)
		})
	}
	<-slow.begun
	if got := w.get("/about").Body.String(); got != about {
		t.Error("the page is not the one that lay ready")
	}
	if n := answered.Load(); n != 0 {
		t.Errorf("%d answers were made of what was known before", n)
	}
	close(slow.let)
	waiting.Wait()
	if got := w.get("/about").Body.String(); got == about {
		t.Error("the page still says when the poll before was")
	}
}

// A site that follows its source has what is new ready before anybody asks.
func TestFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go w.Follow(ctx)
		synctest.Wait()
		before := w.last()
		if before == nil {
			t.Fatal("nothing was read")
		}
		w.get("/about")
		w.polled(roster.Poll{At: worldNow().Add(-time.Minute), Outcome: "unchanged"})
		time.Sleep(time.Second)
		synctest.Wait()
		v := w.last()
		if v == before {
			t.Fatal("the poll was not seen")
		}
		if w.cache.Get("/about?", v.epoch(w.now, w.options.Every)) == nil {
			t.Error("what was asked for was not made anew")
		}
	})
}

// The day, and that the source is late, change what pages say without a commit.
func TestAnswersAgeByTheDay(t *testing.T) {
	w := newWorld(t)
	w.now = w.now.Add(-30 * time.Minute)
	fresh := w.get("/about").Body.String()
	w.now = w.now.Add(30 * time.Minute)
	if late := w.get("/about").Body.String(); late == fresh {
		t.Error("the page does not say that no look was taken for too long")
	}
	today := w.get("/on/2025-06-21").Body.String()
	w.now = w.now.Add(24 * time.Hour)
	if w.get("/on/2025-06-21").Body.String() == today {
		t.Error("the page of yesterday says that the day is not over")
	}
}

func FuzzAddresses(f *testing.F) {
	for _, seed := range []string{"/", "/changes?state=TX", "/on/2025-06-11", "/compare?from=2025-06-02&to=2025-06-20", "/search?q=lampass",
		"/agencies/TX-lampass-county-sheriffs-office", "/states/tx", "/publications/00", "/feeds/changes.atom?kind=new", "/downloads/agreements.geojson?as_of=2025-06-11",
		"/api/v1/agreements?as_of=2025-06-11&limit=2", "/embed/states/FL", "/pictures/states/TX.png", "/changes?agency=*&county=%E2%80%AE", "/changes/chg_1?before=3", "/.?\x81"} {
		f.Add(seed)
	}
	w := newWorld(f)
	f.Fuzz(func(t *testing.T, address string) {
		u, err := url.ParseRequestURI(address)
		if err != nil || u.Host != "" || !strings.HasPrefix(u.Path, "/") {
			t.Skip()
		}
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL = u
		rec := httptest.NewRecorder()
		begun := worked()
		w.ServeHTTP(rec, r)
		if rec.Code >= 500 {
			t.Errorf("%q: status %d: %.300s", address, rec.Code, rec.Body)
		}
		if took := worked() - begun; took > 2*time.Second {
			t.Errorf("%q took %v", address, took)
		}
		if !strings.HasPrefix(rec.Header().Get("Content-Type"), "text/html") {
			return
		}
		if !utf8.Valid(rec.Body.Bytes()) {
			t.Errorf("%q: the page is no text", address)
		}
		if scripts(rec.Body.String()) {
			t.Errorf("%q: the page has a script", address)
		}
	})
}
