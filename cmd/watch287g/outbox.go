package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/watch"
)

// outbox joins the watcher, which commits deliveries, with the sender, which
// sends them.
type outbox struct {
	store    store.Store
	channels channels
	patience notify.Patience
	sender   *notify.Sender
	named    namings
	now      func() time.Time
	log      *slog.Logger
}

func (a *app) newOutbox(s store.Store, c config.Config, log *slog.Logger) (*outbox, error) {
	all, err := a.channels(c)
	if err != nil {
		return nil, err
	}
	o := &outbox{store: s, channels: all, now: a.now, log: log,
		patience: notify.Patience{Failing: c.Source.Failing, Silence: c.Source.Silence}}
	o.sender = notify.NewSender(notify.SenderOptions{Queue: s, Channels: all.byName, Now: a.now, Log: log,
		OnTrouble: o.trouble, Corrected: o.corrected, Pause: testPause()})
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

// plan is asked by the watcher what a commit sends.
func (o *outbox) plan(ctx context.Context, e watch.Event) (told watch.Told, err error) {
	open, err := o.openDigests(ctx)
	if err != nil {
		return told, err
	}
	told.Deliveries = notify.Plan(o.channels.rules, e.Changes, e.Figures, e.At, open)
	incidents, err := o.store.Incidents(ctx)
	if err != nil {
		return told, fmt.Errorf("reading what troubles there are: %w", err)
	}
	notices, changed := notify.Notices(incidents, cycleOf(e), o.patience)
	told.Incidents = changed
	told.Deliveries = append(told.Deliveries, notify.PlanNotices(o.channels.rules, notices, e.At)...)
	return told, nil
}

// cycleOf is a commit as far as it concerns the operator.
func cycleOf(e watch.Event) notify.Cycle {
	c := notify.Cycle{At: e.At, Decided: e.Poll == nil, Failed: e.Failed, Holds: e.Holds}
	if e.Poll != nil {
		c.Sentence, c.Absent = e.Poll.Sentence, e.Poll.Absent
	}
	for list, p := range e.InForce {
		c.Seen = append(c.Seen, list)
		if p.PublishedAt.After(c.LastPublished) {
			c.LastPublished = p.PublishedAt
		}
	}
	return c
}

// openDigests finds, by channel, the newest delivery that still waits.
func (o *outbox) openDigests(ctx context.Context) (map[string]roster.Delivery, error) {
	open := map[string]roster.Delivery{}
	for _, r := range o.channels.rules {
		if r.Schedule.Every == "" || r.Schedule.Every == notify.Instant {
			continue
		}
		last, err := o.store.Deliveries(ctx, store.DeliveryQuery{Channel: r.Channel, Limit: 1, Newest: true,
			States: []roster.DeliveryState{roster.DeliveryWaiting}})
		if err != nil {
			return nil, fmt.Errorf("reading the digest of %s: %w", r.Channel, err)
		}
		if len(last) == 1 {
			open[r.Channel] = last[0]
		}
	}
	return open, nil
}

// trouble tells the operator of a channel that fails, or of a message that was
// given up.
func (o *outbox) trouble(ctx context.Context, t notify.Trouble) {
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
	if c.TakesBack != "" {
		earlier, err := o.store.Change(ctx, c.TakesBack)
		return earlier.Seq, err == nil
	}
	if c.Kind != roster.Amended {
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
		case roster.New, roster.Seeking, roster.Amended, roster.Restored:
			n.of[c.Agreement.ID] = append(n.of[c.Agreement.ID], c.Seq)
		default:
		}
		n.upTo = c.Seq
	}
	return nil
}
