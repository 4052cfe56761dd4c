package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/watch"
)

type demoCmd struct {
	Pace time.Duration `help:"How long to wait between two publications." default:"4s"`
}

// Run plays a few weeks of a made-up ICE in under a minute, through the same
// scraper, judge, store and sender that watch the real one, and prints every
// message. Channels of the configuration get them too, marked as tests.
func (c demoCmd) Run(ctx context.Context, a *app) error {
	if a.service != nil {
		return errors.New("the demo runs by itself, not in the service")
	}
	dir, err := os.MkdirTemp("", "watch287g-demo-")
	if err != nil {
		return fmt.Errorf("making a folder for the demo: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	s, err := bolt.Open(filepath.Join(dir, "watch287g.db"), bolt.Options{})
	if err != nil {
		return err
	}
	err = c.play(ctx, a, s)
	return errors.Join(err, s.Close())
}

// play runs the service against the made-up site, one scene after the other.
func (c demoCmd) play(ctx context.Context, a *app, s store.Store) error {
	site, err := newDemoSite(a.now())
	if err != nil {
		return err
	}
	defer site.close()
	conf, err := a.config()
	if err != nil {
		return err
	}
	box, err := a.demoOutbox(s, conf)
	if err != nil {
		return err
	}
	source, err := scraper.New(scraper.Options{Mirror: site.url(), Version: version})
	if err != nil {
		return fmt.Errorf("setting up the scraper: %w", err)
	}
	w := watch.New(watch.Options{Store: s, Source: source, Now: a.now, Plan: box.plan, Committed: box.sender.Wake})
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { _ = box.sender.Run(ctx) })
	defer wg.Wait()
	defer cancel()
	fmt.Fprint(a.stdout, "A made-up ICE publishes its lists; watch287g polls them. None of it is real. Ctrl-C ends it.\n\n")
	for _, scene := range demoScenes() {
		if err := site.publish(scene); err != nil {
			return err
		}
		r, err := w.Poll(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "── %s\n   poll: %s. %s\n\n", scene.title, r.Outcome, r.Sentence)
		if !pause(ctx, c.Pace) {
			return nil
		}
	}
	fmt.Fprint(a.stdout, "That was the demo. To watch the real lists: watch287g run. To have the messages in Slack, by mail or elsewhere: watch287g config example\n")
	return nil
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

// demoOutbox sends to the terminal, and as tests to the configured channels.
func (a *app) demoOutbox(s store.Store, c config.Config) (*outbox, error) {
	all, err := a.channels(c)
	if err != nil {
		return nil, err
	}
	for name, channel := range all.byName {
		all.byName[name] = asTest{channel}
	}
	screen := &terminalChannel{out: a.stdout}
	all.byName["terminal"], all.byName["terminal-operator"] = screen, screen
	all.rules = append(all.rules, notify.Rule{Channel: "terminal"}, notify.Rule{Channel: "terminal-operator", Operator: true})
	o := &outbox{store: s, channels: all, now: a.now, log: slog.New(slog.DiscardHandler)}
	o.sender = notify.NewSender(notify.SenderOptions{Queue: s, Channels: all.byName, Now: a.now, OnTrouble: o.trouble, Corrected: o.corrected})
	return o, nil
}

// asTest marks all messages of a channel as tests.
type asTest struct{ notify.Channel }

func (t asTest) Send(ctx context.Context, m notify.Message, done func(part, answer string)) error {
	m.Test = true
	return t.Channel.Send(ctx, m, done)
}

// terminalChannel prints messages.
type terminalChannel struct {
	mu  sync.Mutex
	out io.Writer
}

func (t *terminalChannel) Send(_ context.Context, m notify.Message, _ func(part, answer string)) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := strings.TrimRight(notify.Compose(m, notify.Links{}).Text(), "\n")
	to := "message"
	if m.Delivery.Notice != nil {
		to = "message to the operator"
	}
	_, err := fmt.Fprintf(t.out, "   ┌ %s\n   │ %s\n   └\n\n", to, strings.ReplaceAll(text, "\n", "\n   │ "))
	if err != nil {
		return fmt.Errorf("printing: %w", err)
	}
	return nil
}
