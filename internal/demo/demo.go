// Package demo plays two weeks of a made-up ICE, through the same scraper, judge,
// store and sender that watch the real one.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/watch"
	"github.com/watch287g/watch287g/web"
)

// Options say how the demo is played.
type Options struct {
	Out     io.Writer     // what happens and every message are printed there
	End     time.Time     // of the two weeks
	Pace    time.Duration // between two publications
	Version string
	// Channels get the messages too, marked as tests and at once, by their Rules.
	Channels map[string]notify.Channel
	Rules    []notify.Rule
}

// Run plays the two weeks in a store of its own, until it or ctx ends.
func Run(ctx context.Context, o Options) error {
	dir, err := os.MkdirTemp("", "watch287g-demo-")
	if err != nil {
		return fmt.Errorf("making a directory for the demo: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary directory
	s, err := bolt.Open(filepath.Join(dir, "watch287g.db"), bolt.Options{})
	if err != nil {
		return err
	}
	if err = play(ctx, o, s); ctx.Err() != nil {
		err = nil // it was told to stop
	}
	return errors.Join(err, s.Close())
}

// play runs the service against the made-up site, one step after the other.
func play(ctx context.Context, o Options, s store.Store) error {
	ice := fakeice.NewReplay(fakeice.Story(o.End.AddDate(0, 0, -14)))
	now := func() time.Time { return ice.Now().Add(5 * time.Minute) }
	mirror, stopICE, err := serve(ctx, ice)
	if err != nil {
		return err
	}
	defer stopICE() //nolint:errcheck // nothing is lost with it
	source, err := scraper.New(scraper.Options{Mirror: mirror, Version: o.Version})
	if err != nil {
		return fmt.Errorf("setting up the scraper: %w", err)
	}
	site, err := web.New(web.Options{Source: s, Version: o.Version, Every: 15 * time.Minute, Now: now,
		Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("setting up the pages: %w", err)
	}
	pages, stopPages, err := serve(ctx, site)
	if err != nil {
		return err
	}
	defer stopPages() //nolint:errcheck // nothing is lost with it
	fmt.Fprintf(o.Out, "A made-up ICE publishes its lists; watch287g polls them. None of it is real. Ctrl-C ends it.\n"+
		"While it lasts, its pages are at %s\n%s\n", pages, alsoSent(o.Rules))
	sending := o.senderOptions(s, now)
	w := watch.New(watch.Options{Store: s, Source: source, Now: now,
		Planner: planner{notify.NewPlanner(sending.Queue, sending.Rules, snapshot.InAreas(s), notify.AlertThresholds{})}})
	for step, ok := ice.Next(); ok; step, ok = ice.Next() {
		r, err := w.Poll(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(o.Out, "── %s. %s\n   poll: %s: %s\n\n", prose.English.Day(now()), step.Title, r.Outcome, r.Sentence)
		if err := notify.NewSender(sending).RunOnce(ctx); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(o.Pace):
		}
	}
	if err := printUnsent(ctx, o.Out, s); err != nil {
		return err
	}
	fmt.Fprintln(o.Out, "That was the demo. To watch the real lists: watch287g run. To have the messages in Slack, by mail or elsewhere: watch287g config example")
	return nil
}

// serve answers requests from this machine alone.
func serve(ctx context.Context, h http.Handler) (address string, stop func() error, err error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("serving the demo: %w", err)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(l) }()
	return "http://" + l.Addr().String(), server.Close, nil
}

// alsoSent says who else gets the messages.
func alsoSent(rules []notify.Rule) string {
	if len(rules) == 0 {
		return ""
	}
	names := make([]string, len(rules))
	for i, r := range rules {
		names[i] = r.Channel
	}
	return fmt.Sprintf("Its messages go to %s, too, marked as tests.\n", strings.Join(names, ", "))
}

// planner plans for a sender that is run after each poll.
type planner struct{ *notify.Planner }

// Committed is called after each commit that has deliveries.
func (planner) Committed() {}

// The channels that print: no configured one can have these names.
const (
	readersScreen  = "(screen)"
	operatorScreen = "(operator)"
)

// senderOptions send to the screen, and as tests and at once to the other channels.
func (o Options) senderOptions(s store.Store, now func() time.Time) notify.SenderOptions {
	printed := &screen{out: o.Out}
	channels := map[string]notify.Channel{readersScreen: printed, operatorScreen: printed}
	for name, c := range o.Channels {
		channels[name] = asTest{c}
	}
	rules := []notify.Rule{{Channel: readersScreen}, {Channel: operatorScreen, Operator: true}}
	for _, r := range o.Rules {
		r.Schedule = notify.Schedule{}
		rules = append(rules, r)
	}
	return notify.SenderOptions{Queue: store.Queue{Store: s}, Channels: channels, Rules: rules, Now: now, Timeout: 10 * time.Second}
}

// asTest marks all messages of a channel as tests.
type asTest struct{ notify.Channel }

// Send sends a message as a test.
func (t asTest) Send(ctx context.Context, m notify.Message, done func(part, answer string)) error {
	m.Test = true
	return t.Channel.Send(ctx, m, done)
}

// screen prints messages, one whole message after the other.
type screen struct {
	mu  sync.Mutex
	out io.Writer
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

// printUnsent says which channels did not get all messages.
func printUnsent(ctx context.Context, out io.Writer, from store.Store) error {
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
		fmt.Fprintf(out, "%s did not get %s: %s\n", name, prose.English.Plural(unsent[name], "message", "messages"), roster.Clean(why[name]))
	}
	return nil
}
