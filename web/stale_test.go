package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// farSource is a source that can be lost.
type farSource struct {
	Source
	lost  atomic.Bool
	asked chan struct{} // as often as it was; it must hold all
}

var errFar = errors.New("no route to host")

func (f *farSource) Revision(ctx context.Context) (uint64, error) {
	f.asked <- struct{}{}
	if f.lost.Load() {
		return 0, errFar
	}
	return f.Source.Revision(ctx)
}

func (f *farSource) Body(ctx context.Context, sha256 string) ([]byte, error) {
	if f.lost.Load() {
		return nil, errFar
	}
	return f.Source.Body(ctx, sha256)
}

// Readers of a site whose source is lost get what it knows, with since when that is
// old, and what is only in the source is missing for a while.
func TestSiteOutlastsItsSource(t *testing.T) {
	w := newWorld(t)
	far := &farSource{Source: w.options.Source, asked: make(chan struct{}, 10_000)}
	o := w.options
	o.Source = far
	site, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	w.Site = site
	if rec := w.get("/"); rec.Code != http.StatusOK || rec.Header().Get(staleHeader) != "" {
		t.Fatalf("status %d, %v", rec.Code, rec.Header())
	}
	all, err := w.store.Publications(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	file := "/publications/" + all[0].SHA256 + "/file"
	far.lost.Store(true)
	for _, path := range []string{"/", "/changes", "/states/TX", "/feeds/changes.rss", "/api/v1/stats", "/downloads/agreements.csv", "/nowhere"} {
		rec := w.get(path)
		if want := http.StatusOK; rec.Code != want && path != "/nowhere" || rec.Code >= 500 {
			t.Errorf("%s: status %d", path, rec.Code)
		}
		if got, want := rec.Header().Get(staleHeader), o.Now().UTC().Format(time.RFC3339); got != want && path != "/nowhere" {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
		if api := strings.HasPrefix(path, "/api/"); api && !strings.Contains(rec.Header().Get("Access-Control-Expose-Headers"), staleHeader) {
			t.Errorf("%s: a page of another site cannot read since when that is stale: %v", path, rec.Header())
		}
	}
	if rec := w.get(file); rec.Code != http.StatusServiceUnavailable || rec.Header().Get("Retry-After") == "" {
		t.Errorf("what is not in memory, %q: status %d, %v", file, rec.Code, rec.Header())
	}
	far.lost.Store(false)
	if rec := w.get("/"); rec.Code != http.StatusOK || rec.Header().Get(staleHeader) != "" || !w.StaleSince().IsZero() {
		t.Errorf("after that: status %d, %v", rec.Code, rec.Header())
	}
}

// A site far from its source asks it as often as it is told, however many readers come.
func TestSiteAsksAFarSourceByItself(t *testing.T) {
	w := newWorld(t)
	far := &farSource{Source: w.options.Source, asked: make(chan struct{}, 10_000)}
	o := w.options
	o.Source, o.Look = far, 10*time.Millisecond
	site, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	w.Site = site
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		site.Follow(ctx)
	}()
	for range 2 { // when it asks once more, it has read what is there
		<-far.asked
	}
	before := len(far.asked)
	for range 200 {
		if rec := w.get("/api/v1/stats"); rec.Code != http.StatusOK {
			t.Fatalf("status %d", rec.Code)
		}
	}
	if asked := len(far.asked) - before; asked > 100 {
		t.Errorf("200 requests asked %d times", asked)
	}
	for range before + 3 { // it goes on looking
		<-far.asked
	}
	cancel()
	<-ended
}
