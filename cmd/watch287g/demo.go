package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/watch"
)

type demoCmd struct {
	Pace time.Duration `help:"How long to wait between two publications." default:"4s"`
}

// Help is what "demo --help" says beside the flags.
func (demoCmd) Help() string {
	return "Two weeks of a made-up ICE pass within a minute: lists with the usual mistakes, a block page, lists behind " +
		"each other's links. Every message is printed, and sent to the channels of the configuration, marked as a test. " +
		"It needs no network, and leaves what is in --data alone."
}

// Run plays two weeks of a made-up ICE in under a minute, through the same
// scraper, judge, store and sender that watch the real one, and prints every
// message. Channels of the configuration get them too, marked as tests.
func (c demoCmd) Run(ctx context.Context, a *app) error {
	if c.Pace < 0 {
		return usageError{fmt.Errorf("--pace %s is below 0", c.Pace)}
	}
	conf, err := a.config()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "watch287g-demo-")
	if err != nil {
		return fmt.Errorf("making a directory for the demo: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	s, err := bolt.Open(filepath.Join(dir, "watch287g.db"), bolt.Options{})
	if err != nil {
		return err
	}
	if err = c.play(ctx, a, conf, s); ctx.Err() != nil {
		err = nil // it was told to stop
	}
	return errors.Join(err, s.Close())
}

// play runs the service against the made-up site, one step after the other.
func (c demoCmd) play(ctx context.Context, a *app, conf config.Config, s store.Store) error {
	site := fakeice.NewReplay(fakeice.Story(a.now().AddDate(0, 0, -14)))
	now := func() time.Time { return site.Now().Add(5 * time.Minute) }
	l, err := listenWeb(ctx, "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: site, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(l) }()
	defer server.Close() //nolint:errcheck // nothing is lost with it
	screen := &screen{out: a.stdout}
	box, err := a.demoOutbox(s, conf, screen, now)
	if err != nil {
		return err
	}
	source, err := scraper.New(scraper.Options{Mirror: "http://" + l.Addr().String(), Version: version})
	if err != nil {
		return fmt.Errorf("setting up the scraper: %w", err)
	}
	w := watch.New(watch.Options{Store: s, Source: source, Now: now, Planner: box})
	sending, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { _ = box.sender.Run(sending) })
	defer wg.Wait()
	defer stop()
	pages, err := a.demoPages(sending, &wg, s, now)
	if err != nil {
		return err
	}
	screen.printf("A made-up ICE publishes its lists; watch287g polls them. None of it is real. Ctrl-C ends it.\n"+
		"While it lasts, its pages are at %s\n%s\n", pages, alsoSent(conf))
	for step, ok := site.Next(); ok; step, ok = site.Next() {
		if err := screen.poll(ctx, w, step.Title, now()); err != nil {
			return err
		}
		if err := waitUntilSent(ctx, s, demoScreen, demoOperator); err != nil {
			return err
		}
		if !pause(ctx, c.Pace) {
			return nil
		}
	}
	if err := screen.printUnsent(ctx, s); err != nil {
		return err
	}
	screen.printf("That was the demo. To watch the real lists: watch287g run. To have the messages in Slack, by mail or elsewhere: watch287g config example\n")
	return nil
}

// demoPages serves what the demo's store knows, to this machine alone.
func (a *app) demoPages(ctx context.Context, wg *sync.WaitGroup, s store.Store, now func() time.Time) (address string, err error) {
	demo := *a
	demo.now = now
	quiet := slog.New(slog.DiscardHandler)
	site, err := demo.newSite(s, config.Default(), quiet)
	if err != nil {
		return "", err
	}
	l, err := listenWeb(ctx, "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	wg.Go(func() { _ = serveWeb(ctx, l, site, quiet) })
	return addressOf(l), nil
}

// alsoSent says who else gets the messages.
func alsoSent(c config.Config) string {
	var names []string
	for _, ch := range c.Channels {
		names = append(names, ch.Name)
	}
	if len(names) == 0 {
		return ""
	}
	return fmt.Sprintf("Its messages go to %s, too, marked as tests.\n", strings.Join(names, ", "))
}

// pause waits, and says whether ctx still lasts.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// demoSendLimit is how long the demo waits for messages to be sent.
const demoSendLimit = 10 * time.Second

// waitUntilSent waits until nothing is pending for some channels; for any where
// none are named. It gives up in time, as a channel may be out of order.
func waitUntilSent(ctx context.Context, s store.Store, channels ...string) error {
	if len(channels) == 0 {
		channels = []string{""}
	}
	for end := time.Now().Add(demoSendLimit); time.Now().Before(end); {
		waiting := 0
		for _, channel := range channels {
			d, err := s.Deliveries(ctx, store.DeliveryQuery{Channel: channel, Limit: 1, States: []roster.DeliveryState{roster.DeliveryWaiting}})
			if err != nil {
				return fmt.Errorf("reading the messages: %w", err)
			}
			waiting += len(d)
		}
		if waiting == 0 || !pause(ctx, 20*time.Millisecond) {
			return nil
		}
	}
	return nil
}

// The channels that print: no configured one can have these names.
const (
	demoScreen   = "(screen)"
	demoOperator = "(operator)"
)

// demoOutbox sends to the screen, and as tests and at once to the configured
// channels.
func (a *app) demoOutbox(s store.Store, c config.Config, screen *screen, now func() time.Time) (*outbox, error) {
	all, err := a.channels(c)
	if err != nil {
		return nil, err
	}
	for name, channel := range all.byName {
		all.byName[name] = asTest{channel}
	}
	for i := range all.rules {
		all.rules[i].Schedule = notify.Schedule{}
	}
	all.byName[demoScreen], all.byName[demoOperator] = screen, screen
	all.rules = append(all.rules, notify.Rule{Channel: demoScreen}, notify.Rule{Channel: demoOperator, Operator: true})
	return outboxOf(all, notify.AlertThresholds{}, notify.SenderOptions{Queue: queue{s}, Now: now}), nil
}

// asTest marks all messages of a channel as tests.
type asTest struct{ notify.Channel }

func (t asTest) Send(ctx context.Context, m notify.Message, done func(part, answer string)) error {
	m.Test = true
	return t.Channel.Send(ctx, m, done)
}

// screen prints what happens and the messages that it causes, one whole thing
// after the other.
type screen struct {
	mu  sync.Mutex
	out io.Writer
}

func (s *screen) printf(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(s.out, format, args...)
}

// poll runs a poll and says how it went before any message of its does.
func (s *screen) poll(ctx context.Context, w *watch.Watcher, title string, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := w.Poll(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "── %s. %s\n   poll: %s: %s\n\n", prose.English.Day(at), title, r.Outcome, r.Sentence)
	return nil
}

// Send prints a message.
func (s *screen) Send(_ context.Context, m notify.Message, _ func(part, answer string)) error {
	to := "message"
	if m.Delivery.Notice != nil {
		to = "message to the operator"
	}
	var b strings.Builder
	for line := range strings.Lines(strings.TrimSpace(notify.Compose(m, notify.Links{}).Text())) {
		b.WriteString(strings.TrimRight("   │ "+strings.TrimSuffix(line, "\n"), " ") + "\n")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := fmt.Fprintf(s.out, "   ┌ %s\n%s   └\n\n", to, b.String()); err != nil {
		return fmt.Errorf("printing: %w", err)
	}
	return nil
}

// printUnsent waits for the configured channels, and says which of them failed.
func (s *screen) printUnsent(ctx context.Context, from store.Store) error {
	if err := waitUntilSent(ctx, from); err != nil {
		return err
	}
	all, err := from.Deliveries(ctx, store.DeliveryQuery{States: []roster.DeliveryState{roster.DeliveryWaiting, roster.DeliveryDead}})
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
		s.printf("%s did not get %s: %s\n", name, counted(unsent[name], "message"), roster.Clean(why[name]))
	}
	return nil
}
