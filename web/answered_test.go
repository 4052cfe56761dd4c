package web

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// Each request is told of once, by the kind of its address, whatever it asks for.
func TestRequestsAreCounted(t *testing.T) {
	w := newWorld(t)
	type told struct {
		class  string
		status int
	}
	var all []told
	w.options.Answered = func(class string, status int, _ time.Duration) { all = append(all, told{class, status}) }
	classes := map[string]bool{}
	sha := w.known().Publications()[0].SHA256
	for _, test := range []struct {
		method, address string
		want            told
	}{
		{"GET", "/", told{"page", 200}},
		{"HEAD", "/states/TX", told{"page", 200}},
		{"GET", "/changes?state=TX&utm_source=x", told{"page", 200}},
		{"GET", "/downloads", told{"page", 200}},
		{"GET", "/embed", told{"page", 200}},
		{"GET", "/no/such/page", told{"page", 404}},
		{"GET", "/agencies/none", told{"page", 404}},
		{"POST", "/", told{"page", 405}},
		{"GET", "/api", told{"page", 200}},
		{"GET", "/api/v1/stats", told{"api", 200}},
		{"GET", "/api/v1/nothing", told{"api", 404}},
		{"OPTIONS", "/api/v1/stats", told{"api", 204}},
		{"GET", "/api/v1/openapi.json", told{"api", 200}},
		{"GET", "/feed", told{"feed", 302}},
		{"GET", "/feeds/changes.atom", told{"feed", 200}},
		{"GET", "/downloads/agreements.csv", told{"file", 200}},
		{"GET", "/publications/" + sha + "/file", told{"file", 200}},
		{"GET", "/publications/" + sha, told{"page", 200}},
		{"GET", "/pictures/nation.png", told{"picture", 200}},
		{"GET", "/downloads/counties.svg", told{"file", 200}},
		{"GET", "/embed/states/TX", told{"embed", 200}},
		{"GET", "/oembed?url=https%3A%2F%2F287g.example.org%2Fembed%2Fnation", told{"embed", 200}},
		{"GET", "/style.css", told{"asset", 200}},
		{"GET", "/robots.txt", told{"asset", 200}},
		{"GET", "/" + strings.Repeat("x", 3000), told{"other", 414}},
	} {
		classes[test.want.class] = true
		all = nil
		w.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(test.method, test.address, nil))
		if !slices.Equal(all, []told{test.want}) {
			t.Errorf("%s %.60s is told as %v, want %v", test.method, test.address, all, test.want)
		}
	}
	if got := slices.Sorted(maps.Keys(classes)); !slices.Equal(got, slices.Sorted(slices.Values(Classes()))) {
		t.Errorf("only the kinds %v were asked for", got)
	}
	all = nil
	etag := w.get("/states/TX").Header().Get("ETag")
	w.get("/states/TX", "If-None-Match", etag)
	w.get("/states/TX", "Range", "bytes=0-9")
	if want := []told{{"page", 200}, {"page", 304}, {"page", 206}}; !slices.Equal(all, want) {
		t.Errorf("conditions and ranges are told as %v, want %v", all, want)
	}
	all = nil
	w.renew(t.Context(), w.last()) // nobody has asked for that
	if len(all) > 0 {
		t.Errorf("what is made anew counts: %v", all)
	}
}

// The connection is still the server's own, for whoever sets its deadlines.
func TestAnswerOnItsWayLeadsToTheConnection(t *testing.T) {
	w := newWorld(t)
	w.options.Answered = func(string, int, time.Duration) {}
	inner := w.handler
	w.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if err := http.NewResponseController(rw).SetWriteDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Error(err)
		}
		inner.ServeHTTP(rw, r)
	})
	server := httptest.NewServer(w)
	defer server.Close()
	resp, err := http.Get(server.URL + "/about")
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("status %d, %v", resp.StatusCode, err)
	}
}
