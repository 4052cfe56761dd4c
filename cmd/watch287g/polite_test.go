package main

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/watch"
)

// inProcess has a site answer without a network between, for a bubble of time.
type inProcess struct{ site http.Handler }

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	p.site.ServeHTTP(w, r.Clone(r.Context()))
	return w.Result(), nil
}

// byAnswer counts requests by path and status.
func byAnswer(requests []asked) map[asked]int {
	n := map[asked]int{}
	for _, r := range requests {
		n[asked{path: r.path, status: r.status}]++
	}
	return n
}

// TestPolite polls a site that asks for two seconds between requests. While there
// is nothing new, a poll asks for the page, and for each list "only if changed";
// no list is sent twice; and robots.txt is obeyed, and asked for once an hour.
func TestPolite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// The bubble's clock begins in 2000, when no agreement was signed yet.
		years := time.Until(time.Date(2025, time.June, 2, 12, 0, 0, 0, time.UTC))
		clock := func() time.Time { return time.Now().Add(years) }
		site := &fakeICE{delay: 2}
		rows := sheettest.Sample(60)
		site.publish(published{participatingLink, "a.xlsx", clock().AddDate(0, 0, -1), sheettest.Participating(rows[:40]...)})
		site.publish(published{pendingLink, "b.xlsx", clock().AddDate(0, 0, -1), sheettest.Pending(rows[50:]...)})
		source, err := scraper.New(scraper.Options{Page: "https://ice.example" + pagePath, Transport: inProcess{site}, Now: clock})
		if err != nil {
			t.Fatal(err)
		}
		s, err := bolt.Open(filepath.Join(t.TempDir(), "watch287g.db"), bolt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		w := watch.New(watch.Options{Store: s, Source: source, Now: clock})

		var last time.Time
		polls := func(n int, outcome scraper.Status) map[asked]int {
			t.Helper()
			for range n {
				time.Sleep(15 * time.Minute)
				if r, err := w.Poll(t.Context()); err != nil || r.Outcome != outcome {
					t.Fatalf("%s: %s (%v)", r.Outcome, r.Sentence, err)
				}
			}
			requests := site.requests()
			for _, r := range requests {
				if pause := r.at.Sub(last); pause < 2*time.Second {
					t.Errorf("%s is asked for %v after the request before", r.path, pause)
				}
				last = r.at
			}
			return byAnswer(requests)
		}
		expect := func(what string, got, want map[asked]int) {
			t.Helper()
			delete(got, asked{path: "/robots.txt", status: http.StatusOK})
			if !maps.Equal(got, want) {
				t.Errorf("%s: asked for %v, want %v", what, got, want)
			}
		}
		page, rates := asked{path: pagePath, status: http.StatusOK}, asked{path: ratesPath, status: http.StatusOK}
		sent := func(file string) asked { return asked{path: listPath + file, status: http.StatusOK} }
		same := func(file string) asked { return asked{path: listPath + file, status: http.StatusNotModified} }

		expect("at first", polls(1, scraper.Changed), map[asked]int{page: 1, rates: 1, sent("a.xlsx"): 1, sent("b.xlsx"): 1})
		ten := polls(10, scraper.Unchanged)
		if n := ten[asked{path: "/robots.txt", status: http.StatusOK}]; n != 2 {
			t.Errorf("robots.txt is asked for %d times in two hours and a half", n)
		}
		expect("with nothing new", ten, map[asked]int{page: 10, same("a.xlsx"): 10, same("b.xlsx"): 10})

		site.publish(published{participatingLink, "c.xlsx", clock(), sheettest.Participating(rows[:41]...)})
		expect("with one new list", polls(1, scraper.Changed), map[asked]int{page: 1, sent("c.xlsx"): 1, same("b.xlsx"): 1})
		expect("with nothing new again", polls(10, scraper.Unchanged), map[asked]int{page: 10, same("c.xlsx"): 10, same("b.xlsx"): 10})
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// TestArchivePolite counts what the program that serves an archive is asked for.
func TestArchivePolite(t *testing.T) {
	site := startSite(t)
	s := newSentry(t, site.url+pagePath)
	s.poll()
	for range 10 {
		if r := s.poll(); r.Outcome != scraper.Unchanged {
			t.Errorf("%s: %s", r.Outcome, r.Sentence)
		}
	}
	got := site.do("fault", nil).Requests
	delete(got, "bytes")
	if want := map[string]int{"page": 11, "list": 22, "304": 20, "robots": 1}; !maps.Equal(got, want) {
		t.Errorf("asked for %v, want %v", got, want)
	}
}
