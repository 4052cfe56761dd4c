package main

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watch287g/watch287g/internal/bolttest"
	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/sheet/sheettest"
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
func byAnswer(requests []fakeice.Request) map[fakeice.Request]int {
	n := map[fakeice.Request]int{}
	for _, r := range requests {
		n[fakeice.Request{Path: r.Path, Status: r.Status}]++
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
		site := &fakeice.Site{CrawlDelay: 2}
		rows := sheettest.Sample(60)
		site.Publish(fakeice.File{Link: fakeice.Participating, Name: "a.xlsx", At: clock().AddDate(0, 0, -1), Body: sheettest.Participating(rows[:40]...)})
		site.Publish(fakeice.File{Link: fakeice.Pending, Name: "b.xlsx", At: clock().AddDate(0, 0, -1), Body: sheettest.Pending(rows[50:]...)})
		source, err := scraper.New(scraper.Options{Page: "https://ice.example" + fakeice.PagePath, Transport: inProcess{site}, Now: clock})
		if err != nil {
			t.Fatal(err)
		}
		s := bolttest.New(t)
		w := watch.New(watch.Options{Store: s, Source: source, Now: clock})

		var last time.Time
		polls := func(n int, outcome scraper.Status) map[fakeice.Request]int {
			t.Helper()
			for range n {
				time.Sleep(15 * time.Minute)
				if r, err := w.Poll(t.Context()); err != nil || r.Outcome != outcome {
					t.Fatalf("%s: %s (%v)", r.Outcome, r.Sentence, err)
				}
			}
			requests := site.Requests()
			for _, r := range requests {
				if pause := r.At.Sub(last); pause < 2*time.Second {
					t.Errorf("%s is asked for %v after the request before", r.Path, pause)
				}
				last = r.At
			}
			return byAnswer(requests)
		}
		expect := func(what string, got, want map[fakeice.Request]int) {
			t.Helper()
			delete(got, fakeice.Request{Path: "/robots.txt", Status: http.StatusOK})
			if !maps.Equal(got, want) {
				t.Errorf("%s: asked for %v, want %v", what, got, want)
			}
		}
		page, rates := fakeice.Request{Path: fakeice.PagePath, Status: http.StatusOK}, fakeice.Request{Path: fakeice.WorksheetPath, Status: http.StatusOK}
		sent := func(file string) fakeice.Request { return askedFor(file, http.StatusOK) }
		same := func(file string) fakeice.Request { return askedFor(file, http.StatusNotModified) }

		expect("at first", polls(1, scraper.StatusChanged), map[fakeice.Request]int{page: 1, rates: 1, sent("a.xlsx"): 1, sent("b.xlsx"): 1})
		ten := polls(10, scraper.StatusUnchanged)
		if n := ten[fakeice.Request{Path: "/robots.txt", Status: http.StatusOK}]; n != 2 {
			t.Errorf("robots.txt is asked for %d times in two hours and a half", n)
		}
		expect("with nothing new", ten, map[fakeice.Request]int{page: 10, same("a.xlsx"): 10, same("b.xlsx"): 10})

		site.Publish(fakeice.File{Link: fakeice.Participating, Name: "c.xlsx", At: clock(), Body: sheettest.Participating(rows[:41]...)})
		expect("with one new list", polls(1, scraper.StatusChanged), map[fakeice.Request]int{page: 1, sent("c.xlsx"): 1, same("b.xlsx"): 1})
		expect("with nothing new again", polls(10, scraper.StatusUnchanged), map[fakeice.Request]int{page: 10, same("c.xlsx"): 10, same("b.xlsx"): 10})
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// TestArchivePolite counts what is asked for where ICE's own lists are served.
func TestArchivePolite(t *testing.T) {
	site, server := replayedArchive(t)
	site.Next()
	s := newSentry(t, server+fakeice.PagePath)
	s.poll()
	for range 10 {
		if r := s.poll(); r.Outcome != scraper.StatusUnchanged {
			t.Errorf("%s: %s", r.Outcome, r.Sentence)
		}
	}
	current := site.Current()
	sent := func(link string, status int) fakeice.Request {
		return fakeice.Request{Path: fakeice.ListPath + current[link].Name, Status: status}
	}
	got, want := byAnswer(site.Requests()), map[fakeice.Request]int{
		{Path: "/robots.txt", Status: http.StatusOK}: 1, {Path: fakeice.PagePath, Status: http.StatusOK}: 11, {Path: fakeice.WorksheetPath, Status: http.StatusOK}: 1,
		sent(fakeice.Participating, http.StatusOK): 1, sent(fakeice.Participating, http.StatusNotModified): 10,
		sent(fakeice.Pending, http.StatusOK): 1, sent(fakeice.Pending, http.StatusNotModified): 10,
	}
	if !maps.Equal(got, want) {
		t.Errorf("asked for %v, want %v", got, want)
	}
}

// askedFor is a request for a list.
func askedFor(file string, status int) fakeice.Request {
	return fakeice.Request{Path: fakeice.ListPath + file, Status: status}
}
