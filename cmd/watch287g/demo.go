package main

import (
	"context"
	"fmt"
	"time"

	"github.com/watch287g/watch287g/internal/demo"
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

// Run plays the demo. Channels of the configuration get its messages too.
func (c demoCmd) Run(ctx context.Context, a *app) error {
	if c.Pace < 0 {
		return usageError{fmt.Errorf("--pace %s is below 0", c.Pace)}
	}
	conf, err := a.config()
	if err != nil {
		return err
	}
	all, err := a.channels(conf, nil)
	if err != nil {
		return err
	}
	return demo.Run(ctx, demo.Options{Out: a.stdout, End: a.now(), Pace: c.Pace, Version: version, Channels: all.byName, Rules: all.rules})
}
