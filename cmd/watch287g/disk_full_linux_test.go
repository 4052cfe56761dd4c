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
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/internal/smalldisk"
	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/watch"
)

// arrivals are what was posted to a server.
type arrivals struct {
	mu  sync.Mutex
	all []string
}

func (a *arrivals) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body) // what is cut short is seen below
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all = append(a.all, string(body))
}

// count says how many contain a text.
func (a *arrivals) count(text string) (n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, body := range a.all {
		if strings.Contains(body, text) {
			n++
		}
	}
	return n
}

// TestServiceOutlastsAFullDisk fills the disk under a service: its pages stay up and
// quick, the operator is told although nothing can be queued, ICE is asked no more
// often, and with room again the list is stored that was read meanwhile.
func TestServiceOutlastsAFullDisk(t *testing.T) {
	disk, remount := smalldisk.Mount(t, "8m")
	s, err := bolt.Open(filepath.Join(disk, "watch287g.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	site, got := &fakeice.Site{}, &arrivals{}
	ice, operator := httptest.NewServer(site), httptest.NewServer(got)
	publish := func(name string, rows int) {
		site.Publish(fakeice.File{Link: fakeice.Participating, Name: name, At: time.Now().Add(-time.Hour), Body: sheettest.Participating(sheettest.Sample(rows)...)})
	}
	path := configured(t, "channels:", fmt.Sprintf("  - {name: ops, operator: true, webhook: {url: %q, allow_private: true}}", operator.URL))
	conf, err := config.Load(path, os.LookupEnv, config.Places{County: place.CheckCounty, Town: place.CheckTown}, nil)
	if err != nil {
		t.Fatal(err)
	}
	conf.Documents.Keep = config.KeepOff
	log, a := slog.New(slog.DiscardHandler), newApp(io.Discard, io.Discard, time.Now)
	watched := watchStore(s, time.Now, log)
	watched.patience = 20 * time.Millisecond
	now, err := a.newLive(watched, conf, log, nil)
	if err != nil {
		t.Fatal(err)
	}
	box := a.newOutbox(watched, now, log, nil)
	source, err := scraper.New(scraper.Options{Mirror: ice.URL})
	if err != nil {
		t.Fatal(err)
	}
	w := watch.New(watch.Options{Store: watched, Source: source, Planner: box, Every: time.Hour})
	pages, err := a.newSite(s, conf, log)
	if err != nil {
		t.Fatal(err)
	}
	publish("a.xlsx", 300)
	// A process that starts polls at once only where the last poll was more than a minute ago.
	earlier := func() time.Time { return time.Now().Add(-2 * time.Minute) }
	if _, err := watch.New(watch.Options{Store: watched, Source: source, Planner: box, Now: earlier}).Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(disk, "watch287g.db"))
	if err != nil {
		t.Fatal(err)
	}
	remount(0, fmt.Sprintf("%dk", info.Sys().(*syscall.Stat_t).Blocks/2)) // as much as it takes now
	publish("b.xlsx", 900)
	site.Requests()
	ctx, cancel := context.WithCancel(t.Context())
	var parts sync.WaitGroup
	for _, run := range []func(context.Context) error{w.Run, box.sender.Run, func(ctx context.Context) error { return watched.run(ctx, box.sender.Announce) }} {
		parts.Go(func() {
			if err := run(ctx); err != nil {
				t.Errorf("a part of the service ended: %v", err)
			}
		})
	}
	t.Cleanup(func() {
		cancel()
		parts.Wait()
		ice.Close()
		operator.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	var slowest, usual time.Duration
	agreements := func(n int) bool {
		rec := httptest.NewRecorder()
		began := time.Now()
		pages.ServeHTTP(rec, httptest.NewRequestWithContext(ctx, http.MethodGet, "/api/v1/stats", nil))
		if slowest = max(slowest, time.Since(began)); rec.Code != http.StatusOK {
			t.Errorf("a page answers %d", rec.Code)
		}
		return strings.Contains(rec.Body.String(), fmt.Sprintf(`"active_agreements":%d,`, n))
	}
	agreements(300)
	usual, slowest = slowest, 0

	eventually(t, "the operator is told", func() bool { return agreements(300) && got.count(`"kind":"store-failing"`) == 1 })
	if t.Logf("the slowest answer took %v while the disk was full, and the first one %v", slowest, usual); slowest > 100*time.Millisecond+usual {
		t.Error("the pages are slow")
	}
	remount(0, "64m")
	eventually(t, "the list is stored, and the operator is told that it is over", func() bool {
		return agreements(900) && got.count(`"kind":"store-recovered"`) == 1
	})
	if n := len(site.Requests()); n > 4 { // robots.txt, the page, the list and what else it links
		t.Errorf("ICE was asked %d times", n)
	}
	if n := got.count(`"kind":"store-failing"`); n != 1 || got.count("no space left on device; free some space on its disk") != 1 {
		t.Errorf("told %d times: %q", n, got.all)
	}
}
