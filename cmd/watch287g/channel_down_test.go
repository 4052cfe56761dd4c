package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/internal/bolttest"
	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/watch"
)

// tellingService is a watcher and a sender in this process, on a store on disk.
type tellingService struct {
	store   *bolt.Store
	watcher *watch.Watcher
	box     *outbox
}

// newTellingService makes one that watches the site for the channels of a
// configuration. It has polled once, so that what follows is news.
func newTellingService(t testing.TB, site *faultSite, yaml string) *tellingService {
	t.Helper()
	path := filepath.Join(t.TempDir(), "watch287g.yaml")
	if err := os.WriteFile(path, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	conf, err := config.Load(path, os.LookupEnv, config.Places{County: place.CheckCounty, Town: place.CheckTown}, nil)
	if err != nil {
		t.Fatal(err)
	}
	conf.Documents.Keep = config.KeepOff
	s := bolttest.New(t)
	a, log := newApp(io.Discard, io.Discard, time.Now), slog.New(slog.DiscardHandler)
	l, err := a.newLive(s, conf, log, nil)
	if err != nil {
		t.Fatal(err)
	}
	box := a.newOutbox(s, l, log, nil)
	source, err := scraper.New(scraper.Options{Mirror: site.url})
	if err != nil {
		t.Fatal(err)
	}
	w := watch.New(watch.Options{Store: s, Source: source, Planner: box})
	if r, err := w.Poll(t.Context()); err != nil || r.Outcome.Failed() {
		t.Fatal(r.Sentence, err)
	}
	return &tellingService{store: s, watcher: w, box: box}
}

// send sends until the test or benchmark is over.
func (s *tellingService) send(t testing.TB) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = s.box.sender.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		wg.Wait()
	})
}

func webhooksYAML(urls map[string]string) string {
	text := "channels:\n"
	for name, url := range urls {
		text += fmt.Sprintf("  - {name: %s, webhook: {url: \"%s\", allow_private: true}}\n", name, url)
	}
	return text
}

func TestOneChannelDownDelaysNoOther(t *testing.T) {
	mended, asked, arrived := make(chan struct{}), make(chan struct{}, 100), make(chan time.Time, 100)
	down := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		asked <- struct{}{}
		select {
		case <-mended:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(down.Close)
	up := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		arrived <- time.Now()
	}))
	t.Cleanup(up.Close)

	site := newFaultSite(t)
	s := newTellingService(t, site, webhooksYAML(map[string]string{"a-down": down.URL, "up": up.URL}))
	s.send(t)
	t.Cleanup(func() { close(mended) }) // before the sender is stopped
	for i := range 5 {
		site.publish()
		began := time.Now()
		r, err := s.watcher.Poll(t.Context())
		committed := time.Now()
		if err != nil || len(r.Changes) == 0 {
			t.Fatal(r.Sentence, err)
		}
		if i == 0 {
			<-asked
		}
		select {
		case at := <-arrived:
			// A slow machine gets more time: ten times what the poll took.
			if late := at.Sub(committed); late > time.Second+10*committed.Sub(began) {
				t.Errorf("message %d came %s after it was committed", i+1, late)
			}
		case <-time.After(patience):
			t.Fatalf("message %d did not come", i+1)
		}
	}
	waiting, err := s.store.Deliveries(t.Context(), store.DeliveryQuery{Channel: "a-down", States: []roster.DeliveryState{roster.DeliveryWaiting}})
	if err != nil || len(waiting) != 5 || len(asked) > 0 {
		t.Errorf("%d messages wait for the channel that is down, which was asked %d times more: %v", len(waiting), len(asked), err)
	}
}
