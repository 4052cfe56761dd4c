package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/watch287g/watch287g/internal/bolttest"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// receivers take messages at one path a place, and note which came where.
type receivers struct {
	*httptest.Server
	mu   sync.Mutex
	came []arrival
}

// arrival is a message that came.
type arrival struct{ place, channel, delivery string }

func newReceivers() *receivers {
	r := &receivers{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		var body struct {
			Channel    string `json:"channel"`
			DeliveryID string `json:"delivery_id"`
		}
		if err := json.NewDecoder(req.Body).Decode(&body); err != nil {
			return
		}
		time.Sleep(time.Millisecond) // so that reloads meet messages under way
		r.mu.Lock()
		defer r.mu.Unlock()
		r.came = append(r.came, arrival{strings.TrimPrefix(req.URL.Path, "/"), body.Channel, body.DeliveryID})
	}))
	return r
}

// reloaded is a service in this process, whose configuration is written and read again.
type reloaded struct {
	*service
	site *faultSite
	path string
	urls string // of the receivers

	written atomic.Int64 // configurations so far
}

// configs are those that take turns: in each other's place, without each other's
// channels, and wrong.
func (r *reloaded) configs() []string {
	hook := func(name, place, more string) string {
		return fmt.Sprintf("  - {name: %s, webhook: {url: \"%s/%s\", allow_private: true%s}\n", name, r.urls, place, more)
	}
	head := "web: {listen: \"\"}\nsource: {mirror: \"" + r.site.url + "\", failing: %s}\nchannels:\n" + hook("all", "all", "}") + hook("boss", "boss", "}, operator: true")
	one := fmt.Sprintf(head, "1h") + hook("moves", "here", "}") + hook("rules", "rules", "}, only: {states: [TX, FL]}") + hook("one", "one", "}")
	two := fmt.Sprintf(head, "2h") + hook("moves", "there", ", secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}") + hook("rules", "rules", "}") + hook("two", "two", "}")
	return []string{one, strings.Replace(two, "failing: 2h", "failing: often", 1), two, two[:len(two)-5]}
}

// write puts a configuration in the place of the one that is there, at once.
func (r *reloaded) write(t *testing.T, text string) {
	aside := fmt.Sprint(r.path, r.written.Add(1))
	if err := os.WriteFile(aside, []byte(text), 0o600); err != nil {
		t.Error(err)
	}
	if err := os.Rename(aside, r.path); err != nil {
		t.Error(err)
	}
}

// newReloaded starts one. It has polled once, so that what follows is news.
func newReloaded(t *testing.T, urls string, log io.Writer) *reloaded {
	r := &reloaded{site: newFaultSite(t), path: filepath.Join(t.TempDir(), "watch287g.yaml"), urls: urls}
	r.write(t, r.configs()[0])
	a := newApp(io.Discard, io.Discard, time.Now)
	a.flags = &commands{Data: t.TempDir(), Config: r.path}
	c, err := a.loadConfig()
	if err != nil {
		t.Fatal(err)
	}
	s, logger := bolttest.New(t), slog.New(slog.NewTextHandler(log, nil))
	a.monitor = a.newMonitor(s, c, logger)
	w, sender, now, err := a.newWatcher(s, c, logger)
	if err != nil {
		t.Fatal(err)
	}
	site, err := a.newSite(s, c, logger)
	if err != nil {
		t.Fatal(err)
	}
	reloader := &reloader{app: a, store: s, watcher: w, sender: sender, log: logger, site: newLiveSite(site)}
	reloader.now.Store(now)
	r.service = &service{store: s, watcher: w, sender: sender, reloader: reloader, now: time.Now}
	if _, err := w.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestReloadUnderLoad reads configurations again a thousand times, by two askers, half of
// the times wrong ones, while polls find news and messages go out. None is lost, none
// comes twice or to a place that its channel never had, each channel's come in order, and
// nothing is left running.
func TestReloadUnderLoad(t *testing.T) {
	const reloads, askers, least, most = 1000, 2, 20, 55 // the last two are polls
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) }) // after all else has ended
	ends := newReceivers()
	t.Cleanup(ends.Close)
	var log lockedBuffer
	r := newReloaded(t, ends.URL, &log)
	ctx, stop := context.WithCancel(context.Background())
	var running, asking sync.WaitGroup
	running.Go(func() { _ = r.sender.Run(ctx) })
	running.Go(func() { r.reloader.site.Follow(ctx) })

	var refused, taken, asked, polls atomic.Int64
	configs := r.configs()
	for range askers {
		asking.Go(func() {
			for n := asked.Add(1); n <= reloads; n = asked.Add(1) {
				for polls.Load() < n*least/reloads && !t.Failed() {
					time.Sleep(time.Millisecond) // polls have their turn, however busy the machine is
				}
				r.write(t, configs[n%int64(len(configs))])
				if _, err := r.reloader.reload(ctx); err != nil {
					refused.Add(1)
				} else {
					taken.Add(1)
				}
			}
		})
	}
	for n := int64(1); n <= least || asked.Load() < reloads && n <= most; n++ {
		r.site.publish()
		if report, err := r.watcher.Poll(t.Context()); err != nil || len(report.Changes) == 0 {
			t.Error(report.Sentence, err)
			break
		}
		polls.Store(n)
		for asked.Load() < n*reloads/60 {
			time.Sleep(time.Millisecond)
		}
	}
	asking.Wait()
	// One that has all channels sends what waits for those that were gone.
	r.write(t, configs[0]+"  - {name: two, webhook: {url: \""+ends.URL+"/two\", allow_private: true}}\n")
	if _, err := r.reloader.reload(ctx); err != nil {
		t.Fatal(err)
	}
	waiting := store.DeliveryQuery{States: []roster.DeliveryState{roster.DeliveryWaiting}, Limit: 1}
	eventually(t, "all is sent", func() bool {
		left, err := r.store.Deliveries(t.Context(), waiting)
		return err == nil && len(left) == 0
	})
	stop()
	running.Wait()
	if refused.Load() < reloads/4 || taken.Load() < reloads/4 || polls.Load() < least {
		t.Errorf("%d refused and %d taken, beside %d polls", refused.Load(), taken.Load(), polls.Load())
	}
	checkArrivals(t, r, ends.came)
	if strings.Contains(log.String(), "panicked") || strings.Contains(log.String(), "whsec_") {
		t.Error("the log tells of a panic, or a secret")
	}
}

// checkArrivals holds what came against what was to be sent.
func checkArrivals(t *testing.T, r *reloaded, came []arrival) {
	t.Helper()
	places := map[string][]string{"all": {"all"}, "boss": {"boss"}, "moves": {"here", "there"}, "rules": {"rules"}, "one": {"one"}, "two": {"two"}}
	got, order, at := map[string]int{}, map[string][]string{}, map[string]int{}
	for _, a := range came {
		if !slices.Contains(places[a.channel], a.place) {
			t.Errorf("a message for %s came to %s", a.channel, a.place)
		}
		got[a.delivery]++
		at[a.place]++
		order[a.channel] = append(order[a.channel], a.delivery)
	}
	all, err := r.store.Deliveries(t.Context(), store.DeliveryQuery{})
	if err != nil {
		t.Fatal(err)
	}
	want, carried := map[string][]string{}, 0
	for _, d := range all {
		if n := got[d.ID]; d.State != roster.DeliverySent || n != 1 {
			t.Errorf("a message for %s is %s, and came %d times", d.Channel, d.State, n)
		}
		want[d.Channel] = append(want[d.Channel], d.ID)
		if d.Channel == "all" {
			carried += len(d.Changes)
		}
	}
	for _, channel := range slices.Sorted(maps.Keys(places)) {
		if !slices.Equal(order[channel], want[channel]) {
			t.Errorf("what came for %s is not what was to come, in order: %d and %d messages", channel, len(order[channel]), len(want[channel]))
		}
		for _, place := range places[channel] {
			if at[place] == 0 {
				t.Errorf("nothing came to %s", place)
			}
		}
	}
	changes, err := r.store.Changes(t.Context(), store.ChangeQuery{Filter: roster.Filter{Kinds: roster.DefaultKinds()}})
	if err != nil || len(changes) != carried {
		t.Errorf("the channel that wants all was sent %d of %d changes (%v)", carried, len(changes), err)
	}
}

// lockedBuffer is a log that several write to.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

// Write adds to the log.
func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}
