package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/internal/demo"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
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

// play sends what the demo's planner plans, and serves the pages, while the demo plays.
func (c demoCmd) play(ctx context.Context, a *app, conf config.Config, s store.Store) error {
	d := demo.New(s, a.stdout, a.now())
	all, err := a.channels(conf)
	if err != nil {
		return err
	}
	var names []string
	for _, ch := range conf.Channels {
		names = append(names, ch.Name)
	}
	all.byName, all.rules = d.Channels(all.byName, all.rules)
	box := outboxOf(all, notify.AlertThresholds{}, notify.SenderOptions{Queue: queue{s}, Now: d.Now})
	sending, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { _ = box.sender.Run(sending) })
	defer wg.Wait()
	defer stop()
	pages, err := a.demoPages(sending, &wg, s, d.Now)
	if err != nil {
		return err
	}
	return d.Play(ctx, box, c.Pace, pages, names)
}

// demoPages serves what the demo's store knows, to this machine alone.
func (a *app) demoPages(ctx context.Context, wg *sync.WaitGroup, s store.Store, now func() time.Time) (address string, err error) {
	inDemo := *a
	inDemo.now = now
	quiet := slog.New(slog.DiscardHandler)
	site, err := inDemo.newSite(s, config.Default(), quiet)
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
