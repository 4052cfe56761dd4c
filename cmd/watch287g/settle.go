package main

import (
	"bufio"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/cmd/watch287g/console"
	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

type deliveriesDropCmd struct {
	Channel string `arg:"" help:"The channel's name."`
	Yes     bool   `help:"Do it without asking."`
}

// Run drops all that waits for a channel, once the operator has agreed.
func (c deliveriesDropCmd) Run(ctx context.Context, a *app) error {
	return a.withExistingStore(func(s store.Store) error {
		waiting, err := waitingFor(ctx, s, c.Channel)
		switch {
		case err != nil:
			return err
		case len(waiting) == 0:
			return a.nothingWaits(ctx, s, c.Channel)
		case !c.Yes:
			sayf(a.stdout, "%s for %s. What is dropped is never sent.\n", waitingSince(waiting), c.Channel)
			return exited(statusAsk)
		}
		n, err := store.Drop(ctx, s, c.Channel, a.now().UTC())
		if err != nil {
			return err
		}
		sayf(a.stdout, "%s dropped; nothing waits for %s anymore.\n", console.WereCounted(n, "message"), c.Channel)
		return nil
	})
}

type deliveriesMoveCmd struct {
	From string `arg:"" help:"The channel for which messages wait, which the configuration no longer has."`
	To   string `arg:"" help:"The channel that they are sent through instead."`
	Yes  bool   `help:"Do it without asking."`
}

// Run moves all that waits for a channel to another one, once the operator has agreed.
func (c deliveriesMoveCmd) Run(ctx context.Context, a *app) error {
	conf, err := a.config()
	if err != nil {
		return err
	}
	err = a.withExistingStore(func(s store.Store) error {
		to, err := c.target(a, conf)
		if err != nil {
			return err
		}
		waiting, err := waitingFor(ctx, s, c.From)
		if err != nil {
			return err
		}
		notices := func(d roster.Delivery) bool { return d.Notice != nil }
		switch {
		case len(waiting) == 0:
			return a.nothingWaits(ctx, s, c.From)
		case !to.Operator && slices.ContainsFunc(waiting, notices):
			return fmt.Errorf("%s was the operator's: what waits for it concerns the service, and %s is for readers; name an operator's channel, or drop it", c.From, c.To)
		case to.Operator && !slices.ContainsFunc(waiting, notices):
			return fmt.Errorf("%s is the operator's, which gets no changes; name another channel, or drop what waits for %s", c.To, c.From)
		case !c.Yes:
			sayf(a.stdout, "%s for %s. What is moved is sent through %s, in order, without what it has already.\n", waitingSince(waiting), c.From, c.To)
			return exited(statusAsk)
		}
		moved, dropped, err := store.Move(ctx, s, moving(c.From, to, a.now().UTC()))
		if err != nil {
			return err
		}
		sayf(a.stdout, "%s moved from %s to %s.\n", console.WereCounted(moved, "message"), c.From, c.To)
		if dropped > 0 {
			sayf(a.stdout, "%s dropped, as %s has all of it already.\n", console.WereCounted(dropped, "message"), c.To)
		}
		if a.service != nil {
			a.service.sender.Wake()
		}
		return nil
	})
	if err == nil {
		a.sendDue(ctx)
	}
	return err
}

// target finds the channel to move to. What waits for a channel that is still configured
// is not moved: the service may be sending it there.
func (c deliveriesMoveCmd) target(a *app, conf config.Config) (config.Channel, error) {
	if a.service != nil {
		conf = a.service.reloader.now.Load().config // what is in the file may not count yet
	}
	at := &live{config: conf}
	if _, there := at.channel(c.From); there {
		return config.Channel{}, fmt.Errorf("%s is still in the configuration, and is sent what waits for it; remove or rename it there first, and reload", c.From)
	}
	to, there := at.channel(c.To)
	if !there {
		_, _, err := a.channel(conf, c.To)
		return to, err
	}
	return to, nil
}

// moving says how messages move to a channel.
func moving(from string, to config.Channel, now time.Time) store.Moving {
	schedule := ruleOf(to).Schedule
	return store.Moving{From: from, To: to.Name, Now: now,
		Due: func(d roster.Delivery) time.Time { return schedule.Next(d.CreatedAt) },
		Has: func(part string) bool { return to.Email != nil && slices.Contains(to.Email.To, part) }}
}

// waitingFor is what waits for a channel.
func waitingFor(ctx context.Context, s store.Store, channel string) ([]roster.Delivery, error) {
	waiting, err := (store.Queue{Store: s}).Pending(ctx, channel)
	if err != nil {
		return nil, fmt.Errorf("reading what waits for %s: %w", channel, err)
	}
	return waiting, nil
}

// nothingWaits says so, and which channels messages do wait for, in case the name was
// mistyped. It is not an error: the command may have been given twice.
func (a *app) nothingWaits(ctx context.Context, s store.Store, channel string) error {
	heads, err := s.NextPending(ctx)
	if err != nil {
		return fmt.Errorf("reading what waits: %w", err)
	}
	var others []string
	for _, d := range heads {
		others = append(others, d.Channel)
	}
	if len(others) == 0 {
		sayf(a.stdout, "Nothing waits for %s.\n", channel)
		return nil
	}
	sayf(a.stdout, "Nothing waits for %s; messages wait for %s.\n", channel, strings.Join(others, ", "))
	return nil
}

// agreed asks whoever typed the command whether to go on, as the command itself has said
// what it would do.
func (a *app) agreed() bool {
	fmt.Fprint(a.stdout, "Go on? [y/N] ")
	line, _ := bufio.NewReader(a.stdin).ReadString('\n') // which is what came before an end
	fmt.Fprintln(a.stdout)
	answer := strings.ToLower(strings.TrimSpace(line))
	return answer == "y" || answer == "yes"
}
