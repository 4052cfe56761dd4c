package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/store"
)

type notifyCmd struct {
	Test    notifyTestCmd    `cmd:"" help:"Send a real message, marked as a test, to a channel."`
	Preview notifyPreviewCmd `cmd:"" help:"Print what a channel would have received; nothing is sent."`
}

type notifyTestCmd struct {
	Channel string `arg:"" help:"The channel's name in the configuration."`
}

// Run sends a real message, with the last changes that the channel wants.
func (c notifyTestCmd) Run(ctx context.Context, a *app) error {
	conf, err := a.config()
	if err != nil {
		return err
	}
	rule, channel, err := a.channel(conf, c.Channel)
	if err != nil {
		return err
	}
	var changes []roster.Change
	var in roster.InArea
	var figures roster.Figures
	if err := a.needStore(); err == nil {
		if changes, in, figures, err = a.latest(ctx); err != nil {
			return err
		}
	}
	m := notify.NewTestMessage(rule, changes, in, figures, a.now())
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := channel.Send(ctx, m, func(string, string) {}); err != nil {
		return fmt.Errorf("sending a test to %s: %w", c.Channel, err)
	}
	fmt.Fprintf(a.stdout, "A test message went to %s.\n", c.Channel)
	return nil
}

// channel finds a configured channel and its rule.
func (a *app) channel(c config.Config, name string) (notify.Rule, notify.Channel, error) {
	all, err := a.channels(c, nil)
	if err != nil {
		return notify.Rule{}, nil, err
	}
	var names []string
	for _, r := range all.rules {
		if r.Channel == name {
			return r, all.byName[name], nil
		}
		names = append(names, r.Channel)
	}
	switch len(names) {
	case 0:
		err = errors.New("no channel is configured; \"watch287g config example\" shows how")
	case 1:
		err = fmt.Errorf("no channel is called %q; there is %s", name, names[0])
	default:
		err = fmt.Errorf("no channel is called %q; there are %s", name, strings.Join(names, ", "))
	}
	return notify.Rule{}, nil, err
}

// latest returns all changes, in order, what knows where their agencies are, and the
// counts of today.
func (a *app) latest(ctx context.Context) (changes []roster.Change, in roster.InArea, f roster.Figures, err error) {
	err = a.withStore(func(s store.Store) error {
		if changes, err = s.Changes(ctx, store.ChangeQuery{}); err != nil {
			return fmt.Errorf("reading the changes: %w", err)
		}
		known, err := s.Known(ctx)
		if err != nil {
			return fmt.Errorf("reading what is known: %w", err)
		}
		f = roster.FiguresOf(known.Records)
		in = place.NewAtlas(known.Records, nil).InArea
		return nil
	})
	return changes, in, f, err
}

type notifyPreviewCmd struct {
	Channel  string `arg:"" help:"The channel's name in the configuration."`
	Since    string `help:"From then on: a day in Washington, or an RFC 3339 time; the last 30 days if left out." placeholder:"T"`
	Language string `help:"As if the channel's messages were in this language (${enum})." enum:"en,es," default:"" placeholder:"L"`
}

// Run prints the messages that the channel would have gotten, as they would have
// been planned, composed and cut to what the channel shows.
func (c notifyPreviewCmd) Run(ctx context.Context, a *app) error {
	since, err := moment("since", c.Since, false)
	if err != nil {
		return err
	}
	if since.IsZero() {
		since = a.now().AddDate(0, 0, -30)
	}
	conf, err := a.config()
	if err != nil {
		return err
	}
	if c.Language != "" {
		for i := range conf.Channels {
			conf.Channels[i].Language = prose.Language(c.Language)
		}
	}
	rule, channel, err := a.channel(conf, c.Channel)
	if err != nil {
		return err
	}
	if rule.Operator {
		return fmt.Errorf("%s is the operator's channel: it gets alerts about the service, not changes; \"watch287g deliveries --channel %s\" lists them", c.Channel, c.Channel)
	}
	var messages []notify.Message
	err = a.withExistingStore(func(s store.Store) error {
		changes, err := s.Changes(ctx, store.ChangeQuery{Filter: roster.Filter{Since: since}})
		if err != nil {
			return fmt.Errorf("reading the changes: %w", err)
		}
		known, err := snapshot.LoadAgreements(ctx, s, a.now())
		if err != nil {
			return fmt.Errorf("reading the agreements: %w", err)
		}
		messages, err = notify.Preview(ctx, store.Queue{Store: s}, rule, known.InArea, figuresAt(known), changes)
		return err
	})
	if err != nil {
		return err
	}
	for _, m := range messages {
		text := notify.PreviewText(channel, m, notify.Links{Base: conf.Web.URL}.In(rule.Language))
		fmt.Fprintf(a.stdout, "── %s ──\n%s\n\n", stamp(m.Delivery.DueAt), text)
	}
	fmt.Fprintf(a.stdout, "%s since %s; nothing was sent.\n", counted(len(messages), "message"), stamp(since))
	return nil
}

// figuresAt counts the agreements as of a moment, as a message quotes them.
func figuresAt(known *snapshot.Agreements) func(time.Time) roster.Figures {
	return func(at time.Time) roster.Figures {
		stats := known.Stats(at)
		f := roster.Figures{Active: stats.Active, States: stats.States, Pending: stats.Pending, ByState: map[roster.State]int{}}
		for state, in := range stats.ByState {
			if in.Active > 0 {
				f.ByState[state] = in.Active
			}
		}
		return f
	}
}
