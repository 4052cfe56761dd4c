package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// outbox joins the watcher, which commits deliveries, with the sender, which
// sends them.
type outbox struct {
	store      store.Store
	channels   channels
	thresholds notify.AlertThresholds
	sender     *notify.Sender
	named      namings
	now        func() time.Time
	log        *slog.Logger
	heard      func(notify.OperatorAlert) // told of each trouble, too, maybe of several at once; nil: nobody is
}

func (a *app) newOutbox(s store.Store, c config.Config, log *slog.Logger) (*outbox, error) {
	all, err := a.channels(c)
	if err != nil {
		return nil, err
	}
	o := &outbox{store: s, channels: all, now: a.now, log: log,
		thresholds: notify.AlertThresholds{Failing: c.Source.Failing, Silence: c.Source.Silence}}
	o.sender = notify.NewSender(notify.SenderOptions{Queue: s, Channels: all.byName, Now: a.now, Log: log,
		OnAlert: o.trouble, Corrected: o.corrected, Pause: testPause()})
	return o, nil
}

// testPause reads WATCH287G_TEST_PAUSE, which is there for the tests alone: a
// duration to wait between any two tries of a message, in place of pauses that
// grow. Tests that kill the program over and over cannot wait for those.
func testPause() func(attempts int) time.Duration {
	d, err := time.ParseDuration(os.Getenv("WATCH287G_TEST_PAUSE"))
	if err != nil || d <= 0 {
		return nil
	}
	return func(int) time.Duration { return d }
}

// sendingTime is how long a command sends that is no service. What is under way
// then has some seconds more to come to an end.
const sendingTime = 45 * time.Second

// sendDue sends what is due, for a command that has no service to do so. Each
// message is tried once; what fails waits for the next poll or the service, and a
// line on standard error says so. It is no failure of the command.
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
	o, err := a.newOutbox(s, c, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	var mu sync.Mutex
	o.heard = func(t notify.OperatorAlert) {
		if t.Kind == notify.DeliveryDied {
			mu.Lock()
			defer mu.Unlock()
			fmt.Fprintln(a.stderr, t.Text)
		}
	}
	sending, cancel := context.WithTimeout(ctx, sendingTime)
	defer cancel()
	err = o.sender.RunOnce(sending)
	return errors.Join(err, o.printWaiting(ctx, a.stderr))
}

// printWaiting prints a line for each channel that should have had messages by
// now and has not got them.
func (o *outbox) printWaiting(ctx context.Context, w io.Writer) error {
	for _, r := range o.channels.rules {
		waiting, err := o.waiting(ctx, r.Channel)
		if err != nil {
			return err
		}
		due := slices.DeleteFunc(waiting, func(d roster.Delivery) bool { return d.DueAt.After(o.now()) })
		if len(due) == 0 {
			continue
		}
		verb := "is"
		if len(due) > 1 {
			verb = "are"
		}
		fmt.Fprintf(w, "%s to %s %s still waiting: %s\n", counted(len(due), "message"), r.Channel, verb,
			cmp.Or(due[0].LastError, "there was no time left to send"))
	}
	return nil
}

// Committed is called by the watcher when there is something to send.
func (o *outbox) Committed() { o.sender.Wake() }

// Plan is asked by the watcher what a commit sends.
func (o *outbox) Plan(ctx context.Context, e roster.CycleEvent) (told roster.Notifications, err error) {
	open, hastened, err := o.digests(ctx, e.At)
	if err != nil {
		return told, err
	}
	told.Deliveries = notify.Plan(o.channels.rules, e.Changes, e.Figures, e.At, open)
	for _, d := range hastened {
		if !slices.ContainsFunc(told.Deliveries, func(grown roster.Delivery) bool { return grown.Seq == d.Seq }) {
			told.Deliveries = append(told.Deliveries, d)
		}
	}
	incidents, err := o.store.Incidents(ctx)
	if err != nil {
		return told, fmt.Errorf("reading what troubles there are: %w", err)
	}
	notices, changed := notify.Notices(incidents, cycleOf(e), o.thresholds)
	told.Incidents = changed
	told.Deliveries = append(told.Deliveries, notify.PlanNotices(o.channels.rules, notices, e.At)...)
	return told, nil
}

// cycleOf is a commit as far as it concerns the operator.
func cycleOf(e roster.CycleEvent) notify.Cycle {
	c := notify.Cycle{At: e.At, Decided: e.Poll == nil, Failed: e.Failed, Holds: e.Holds, LastPublished: e.LastPublished}
	if e.Poll != nil {
		c.Sentence, c.Absent = e.Poll.Sentence, e.Poll.Absent
	}
	for _, list := range roster.Lists() {
		if p, ok := e.InForce[list]; ok {
			c.Seen, c.Models = append(c.Seen, list), append(c.Models, p.OtherModels...)
		}
	}
	return c
}

// digests finds, by channel, the newest delivery that still waits and may grow.
// hastened are those that wait for an hour that their channel no longer keeps,
// since its rule is another one now: they are told at the next hour of that.
func (o *outbox) digests(ctx context.Context, now time.Time) (open map[string]roster.Delivery, hastened []roster.Delivery, err error) {
	open = map[string]roster.Delivery{}
	for _, r := range o.channels.rules {
		waiting, err := o.waiting(ctx, r.Channel)
		if err != nil {
			return nil, nil, err
		}
		for _, d := range waiting {
			if d.Attempts == 0 && d.DueAt.After(r.Schedule.Next(now.Add(leeway))) {
				d.DueAt = r.Schedule.Next(now)
				hastened = append(hastened, d)
			}
			if r.Schedule.Every != "" && r.Schedule.Every != notify.Instant {
				open[r.Channel] = d
			}
		}
	}
	return open, hastened, nil
}

// leeway is how much later than its schedule says a digest may be due: what is
// found right before the hour goes into the one after.
const leeway = 2 * time.Minute

// waiting are the deliveries that a channel has still to get, in order.
func (o *outbox) waiting(ctx context.Context, channel string) ([]roster.Delivery, error) {
	found, err := o.store.Deliveries(ctx, store.DeliveryQuery{Channel: channel, States: []roster.DeliveryState{roster.DeliveryWaiting}})
	if err != nil {
		return nil, fmt.Errorf("reading what waits for %s: %w", channel, err)
	}
	return found, nil
}

// trouble tells the operator of a channel that fails, or of a message that was
// given up.
func (o *outbox) trouble(ctx context.Context, t notify.OperatorAlert) {
	if o.heard != nil {
		o.heard(t)
	}
	at := o.now().UTC()
	notice := roster.Notice{Kind: t.Kind, At: at, Text: t.Text}
	deliveries := notify.PlanNotices(o.channels.rules, []roster.Notice{notice}, at)
	// A channel that fails is not told so itself: the news would only wait in it.
	kept := deliveries[:0]
	for _, d := range deliveries {
		if d.Channel != t.Channel {
			kept = append(kept, d)
		}
	}
	if err := o.store.Enqueue(ctx, kept, t.Incidents); err != nil {
		o.log.Error("could not tell the operator", "about", t.Kind, "channel", t.Channel, "error", err.Error())
		return
	}
	o.sender.Wake()
}

// corrected finds the change that a correction is about: the one that it takes
// back, or the last one that named the agreement as it was before.
func (o *outbox) corrected(ctx context.Context, c roster.Change) (uint64, bool) {
	if c.Corrects != "" {
		earlier, err := o.store.Change(ctx, c.Corrects)
		return earlier.Seq, err == nil
	}
	if c.Kind != roster.KindAmended {
		return 0, false
	}
	return o.named.before(ctx, o.store, c)
}

// namings are, by agreement, the numbers of the changes that name it, ascending.
// Changes are never edited, so that each is read once.
type namings struct {
	mu   sync.Mutex
	upTo uint64 // the last change that was read
	of   map[string][]uint64
}

// before finds the last change before c that names the same agreement.
func (n *namings) before(ctx context.Context, s store.Store, c roster.Change) (uint64, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.upTo < c.Seq {
		if err := n.read(ctx, s); err != nil {
			return 0, false
		}
	}
	earlier := n.of[c.Agreement.ID]
	i, _ := slices.BinarySearch(earlier, c.Seq)
	if i == 0 {
		return 0, false
	}
	return earlier[i-1], true
}

// read takes in what is new in the log.
func (n *namings) read(ctx context.Context, s store.Store) error {
	changes, err := s.Changes(ctx, store.ChangeQuery{AfterSeq: n.upTo})
	if err != nil {
		return fmt.Errorf("reading the changes: %w", err)
	}
	if n.of == nil {
		n.of = map[string][]uint64{}
	}
	for _, c := range changes {
		switch c.Kind {
		case roster.KindNew, roster.KindPending, roster.KindAmended, roster.KindRestored:
			n.of[c.Agreement.ID] = append(n.of[c.Agreement.ID], c.Seq)
		default:
		}
		n.upTo = c.Seq
	}
	return nil
}
