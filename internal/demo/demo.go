// Package demo plays two weeks of a made-up ICE within a minute, through the same
// scraper, differ, store and sender that watch the real one.
package demo

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/watch"
)

// Demo is one performance.
type Demo struct {
	site   *fakeice.Replay
	store  store.Store
	screen *screen
}

// New returns a demo that starts two weeks before now, keeps its state in an empty
// store and prints to out.
func New(s store.Store, out io.Writer, now time.Time) *Demo {
	return &Demo{site: fakeice.NewReplay(fakeice.Story(now.AddDate(0, 0, -14))), store: s, screen: &screen{out: out}}
}

// Now is the demo's clock.
func (d *Demo) Now() time.Time { return d.site.Now().Add(5 * time.Minute) }

// The channels that print: no configured one can have these names.
const (
	screenChannel   = "(screen)"
	operatorChannel = "(operator)"
)

// Channels returns the channels that print, and the configured ones with all messages
// marked as tests and sent at once.
func (d *Demo) Channels(configured map[string]notify.Channel, rules []notify.Rule) (map[string]notify.Channel, []notify.Rule) {
	all := map[string]notify.Channel{screenChannel: d.screen, operatorChannel: d.screen}
	for name, c := range configured {
		all[name] = asTest{c}
	}
	rules = slices.Clone(rules)
	for i := range rules {
		rules[i].Schedule = notify.Schedule{}
	}
	return all, append(rules, notify.Rule{Channel: screenChannel}, notify.Rule{Channel: operatorChannel, Operator: true})
}

// Play runs the story, one poll after each step, and waits so long after each. The
// planner's messages have to be sent meanwhile. pages is where the demo's store can be
// looked at, and names are the configured channels.
func (d *Demo) Play(ctx context.Context, p watch.Planner, pace time.Duration, pages string, names []string) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("serving the made-up site: %w", err)
	}
	server := &http.Server{Handler: d.site, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(l) }()
	defer server.Close() //nolint:errcheck // nothing is lost with it
	source, err := scraper.New(scraper.Options{Mirror: "http://" + l.Addr().String()})
	if err != nil {
		return fmt.Errorf("setting up the scraper: %w", err)
	}
	w := watch.New(watch.Options{Store: d.store, Source: source, Now: d.Now, Planner: p})
	d.screen.printf("A made-up ICE publishes its lists; watch287g polls them. None of it is real. Ctrl-C ends it.\n"+
		"While it lasts, its pages are at %s\n%s\n", pages, alsoSent(names))
	for step, ok := d.site.Next(); ok; step, ok = d.site.Next() {
		if err := d.screen.poll(ctx, w, step.Title, d.Now()); err != nil {
			return err
		}
		if err := d.waitUntilSent(ctx, screenChannel, operatorChannel); err != nil {
			return err
		}
		if !pause(ctx, pace) {
			return nil
		}
	}
	return d.printUnsent(ctx)
}

// alsoSent says which configured channels get the messages.
func alsoSent(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return fmt.Sprintf("Its messages go to %s, too, marked as tests.\n", strings.Join(names, ", "))
}

// pause waits, and says whether ctx still lasts.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// sendLimit is how long the demo waits for messages to be sent.
const sendLimit = 10 * time.Second

// waitUntilSent waits until nothing is pending for some channels; for any where
// none are named. It gives up in time, as a channel may be out of order.
func (d *Demo) waitUntilSent(ctx context.Context, channels ...string) error {
	if len(channels) == 0 {
		channels = []string{""}
	}
	for end := time.Now().Add(sendLimit); time.Now().Before(end); {
		waiting := 0
		for _, channel := range channels {
			found, err := d.store.Deliveries(ctx, store.DeliveryQuery{Channel: channel, Limit: 1, States: []roster.DeliveryState{roster.DeliveryWaiting}})
			if err != nil {
				return fmt.Errorf("reading the messages: %w", err)
			}
			waiting += len(found)
		}
		if waiting == 0 || !pause(ctx, 20*time.Millisecond) {
			return nil
		}
	}
	return nil
}

// printUnsent waits for the configured channels, and says which of them failed.
func (d *Demo) printUnsent(ctx context.Context) error {
	if err := d.waitUntilSent(ctx); err != nil {
		return err
	}
	all, err := d.store.Deliveries(ctx, store.DeliveryQuery{States: []roster.DeliveryState{roster.DeliveryWaiting, roster.DeliveryDead}})
	if err != nil {
		return fmt.Errorf("reading the messages: %w", err)
	}
	unsent, why := map[string]int{}, map[string]string{}
	for _, d := range all {
		unsent[d.Channel]++
		if d.LastError != "" {
			why[d.Channel] = d.LastError
		}
	}
	for _, name := range slices.Sorted(maps.Keys(unsent)) {
		d.screen.printf("%s did not get %s: %s\n", name, prose.English.Plural(unsent[name], "message", "messages"), roster.Clean(why[name]))
	}
	d.screen.printf("That was the demo. To watch the real lists: watch287g run. To have the messages in Slack, by mail or elsewhere: watch287g config example\n")
	return nil
}
