package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/notify/outage"
	"github.com/watch287g/watch287g/store"
)

// outbox joins the planner, which says what a commit sends, with the sender, which
// sends it.
type outbox struct {
	*notify.Planner
	sender *notify.Sender
}

// Committed is called by the watcher when there is something to send.
func (o *outbox) Committed() { o.sender.Wake() }

// newOutbox puts an outbox together as the configuration says. onAlert is called with
// each alert to the operator, maybe with several at once; it may be nil.
func (a *app) newOutbox(s store.Store, l *live, log *slog.Logger, onAlert func(notify.OperatorAlert)) *outbox {
	return &outbox{Planner: l.planner(s), sender: notify.NewSender(notify.SenderOptions{Queue: store.Queue{Store: s},
		Channels: l.channels.byName, Rules: l.channels.rules, Now: a.now, Log: log, OnAlert: onAlert, Pause: testPause(), OnTry: a.monitor.Tried})}
}

// testPause reads WATCH287G_TEST_PAUSE, which exists only for the tests: how long to
// wait between any two tries of a message, in place of pauses that grow. Tests that
// kill the program over and over cannot wait for those.
func testPause() func(attempts int) time.Duration {
	d, err := time.ParseDuration(os.Getenv("WATCH287G_TEST_PAUSE"))
	if err != nil || d <= 0 {
		return nil
	}
	return func(int) time.Duration { return d }
}

// sendingTime is how long a command that is not the service sends. What is under
// way then has a few more seconds to end.
const sendingTime = 45 * time.Second

// sendDue sends what is due where no service runs to do so. Each message is tried
// once; one that fails waits for the next poll or the service, and a line on
// standard error says so. The command does not fail because of it.
func (a *app) sendDue(ctx context.Context) {
	if a.service != nil {
		return // which sends them
	}
	c, err := a.config()
	if err == nil && len(c.Channels) > 0 {
		err = a.withStore(func(s store.Store) error { return a.sendOnce(ctx, s, c) })
	}
	if err != nil && !errors.Is(err, store.ErrLocked) { // a service has it now, and sends
		fmt.Fprintf(a.stderr, "messages may be unsent: %s\n", oneLine(err))
	}
}

func (a *app) sendOnce(ctx context.Context, s store.Store, c config.Config) error {
	var mu sync.Mutex
	log := slog.New(slog.DiscardHandler)
	l, err := a.newLive(s, c, log, nil)
	if err != nil {
		return err
	}
	o := a.newOutbox(s, l, log, func(alert notify.OperatorAlert) {
		if alert.Kind == notify.DeliveryDied {
			mu.Lock()
			defer mu.Unlock()
			fmt.Fprintln(a.stderr, alert.Text)
		}
	})
	sending, cancel := context.WithTimeout(ctx, sendingTime)
	defer cancel()
	fleet, err := a.newFleet(s, nil, nil, nil, nil, nil, log)
	if err != nil {
		return err
	}
	if fleet != nil {
		o.sender.GuardBy(fleet.Guard)
	}
	err = o.sender.RunOnce(sending)
	overdue, unread := o.sender.Overdue(ctx)
	incidents, unreadToo := s.Incidents(ctx)
	for _, o := range overdue {
		if since := outage.Of(incidents, o.Channel).Down; !since.IsZero() && since.Before(a.quietSince) {
			continue // it was said when that began
		}
		verb := "is"
		if o.Messages > 1 {
			verb = "are"
		}
		fmt.Fprintf(a.stderr, "%s to %s %s still waiting: %s\n", counted(o.Messages, "message"), o.Channel, verb,
			cmp.Or(o.LastError, "there was no time left to send"))
	}
	return errors.Join(err, unread, unreadToo)
}
