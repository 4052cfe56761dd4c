package notify

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// digestEdge is how long before its hour a digest accepts nothing more, since the
// sender may have it in hand already: what is found later goes into the next one.
const digestEdge = time.Minute

// Planner decides which messages a commit causes, and when each is due.
type Planner struct {
	queue      Queue
	rules      []Rule
	areas      Areas
	thresholds AlertThresholds
}

// Areas returns what knows where the agencies of changes are, which need not be
// committed yet. It may be nil where no rule has counties or places.
type Areas func(ctx context.Context, changes []roster.Change) (roster.InArea, error)

// NewPlanner returns a planner for channels with these rules. The queue says what
// is pending for them and which incidents are open; the planner writes nothing.
func NewPlanner(q Queue, rules []Rule, areas Areas, t AlertThresholds) *Planner {
	return &Planner{queue: q, rules: rules, areas: areas, thresholds: t}
}

// Plan returns the messages that a commit causes, to be written with it: a delivery
// for each channel that wants any of its changes, which may be a digest that
// grows, and the notices for the operator. Digests whose channel has another
// schedule by now are rescheduled.
func (p *Planner) Plan(ctx context.Context, e roster.CycleEvent) (planned roster.Notifications, err error) {
	open, rescheduled, waits, err := p.digests(ctx, e.At)
	if err != nil {
		return planned, err
	}
	in, err := p.areasOf(ctx, e.Changes)
	if err != nil {
		return planned, err
	}
	planned.Deliveries = bundle(p.rules, e, in, open, waits)
	for _, d := range rescheduled {
		if !slices.ContainsFunc(planned.Deliveries, func(grown roster.Delivery) bool { return grown.Seq == d.Seq }) {
			planned.Deliveries = append(planned.Deliveries, d)
		}
	}
	incidents, err := p.queue.Incidents(ctx)
	if err != nil {
		return planned, fmt.Errorf("reading the open incidents: %w", err)
	}
	notices, changed := notices(incidents, e, p.thresholds)
	gone, ended, err := orphans(ctx, p.queue, p.rules, incidents, e.At)
	if err != nil {
		return planned, err
	}
	notices = append(notices, gone...)
	planned.Incidents = slices.Concat(changed, ended)
	planned.Deliveries = append(planned.Deliveries, noticeDeliveries(p.rules, notices, e.At)...)
	return planned, nil
}

// areasOf asks where the agencies of changes are, if a rule needs to know.
func (p *Planner) areasOf(ctx context.Context, changes []roster.Change) (roster.InArea, error) {
	if len(changes) == 0 || !slices.ContainsFunc(p.rules, func(r Rule) bool { return r.Only.ByArea() }) {
		return nil, nil
	}
	in, err := p.areas(ctx, changes)
	if err != nil {
		return nil, fmt.Errorf("reading where agencies are: %w", err)
	}
	return in, nil
}

// digests returns the newest pending delivery of each channel that gets digests, by
// channel, the deliveries that are due later than their channel's schedule,
// with the time at which they are due by it, and the numbers of the changes that nobody in a
// channel was told of yet, as they wait.
func (p *Planner) digests(ctx context.Context, now time.Time) (open map[string]roster.Delivery, rescheduled []roster.Delivery, waits map[string][]uint64, err error) {
	open, waits = map[string]roster.Delivery{}, map[string][]uint64{}
	for _, r := range p.rules {
		pending, err := p.queue.Pending(ctx, r.Channel)
		if err != nil {
			return nil, nil, nil, fmt.Errorf("reading what is pending for %s: %w", r.Channel, err)
		}
		for _, d := range pending {
			if len(d.Receipts) == 0 {
				waits[r.Channel] = append(waits[r.Channel], d.Changes...)
			}
			if d.Attempts == 0 && d.DueAt.After(r.Schedule.Next(now.Add(digestEdge))) {
				d.DueAt = r.Schedule.Next(now)
				rescheduled = append(rescheduled, d)
			}
			if !r.Schedule.instant() {
				open[r.Channel] = d
			}
		}
	}
	return open, rescheduled, waits, nil
}

// bundle makes the deliveries that a commit's changes cause: one for each channel
// that wants any of them. open are the digests that are still pending, by channel;
// changes join the one of their channel until its edge. waits are changes that were not
// told yet, and so are corrected by telling them as they are now, or not at all.
func bundle(rules []Rule, e roster.CycleEvent, in roster.InArea, open map[string]roster.Delivery, waits map[string][]uint64) []roster.Delivery {
	var planned []roster.Delivery
	for _, r := range rules {
		var wanted []uint64
		var ids []string
		for _, c := range e.Changes {
			told := c.Correction == nil || c.Correction.Was == nil || !slices.Contains(waits[r.Channel], c.Correction.Place)
			if told && r.Wants(c, in) {
				wanted, ids = append(wanted, c.Seq), append(ids, c.ID)
			}
		}
		if len(wanted) == 0 {
			continue
		}
		if d, ok := open[r.Channel]; ok && d.DueAt.Sub(e.At) > digestEdge && d.Attempts == 0 {
			d.Changes = append(slices.Clone(d.Changes), wanted...)
			d.Figures = e.Figures
			planned = append(planned, d)
			continue
		}
		due, of := e.At, strings.Join(ids, "\n")
		if !r.Schedule.instant() { // it may grow: its hour stands for what it will carry
			due = r.Schedule.Next(e.At.Add(digestEdge))
			of = ids[0] + "\n" + due.UTC().Format(time.RFC3339)
		}
		planned = append(planned, roster.Delivery{ID: deliveryID(r.Channel, of), Channel: r.Channel, Changes: wanted,
			Figures: e.Figures, CreatedAt: e.At, DueAt: due, State: roster.DeliveryWaiting})
	}
	return planned
}

// noticeDeliveries makes the deliveries that carry notices to the operators'
// channels.
func noticeDeliveries(rules []Rule, notices []roster.Notice, now time.Time) []roster.Delivery {
	var planned []roster.Delivery
	for i, n := range notices {
		for _, r := range rules {
			if r.Operator {
				planned = append(planned, roster.Delivery{ID: deliveryID(r.Channel, fmt.Sprint(i, n.Kind, n.At.UnixNano(), n.Text)),
					Channel: r.Channel, Notice: &n, CreatedAt: now, DueAt: now, State: roster.DeliveryWaiting})
			}
		}
	}
	return planned
}

// deliveryID is derived from what the delivery is, so that it is the same however
// often it is planned, also once a backup was restored. Receivers drop what comes
// again under an id, so one that carries anything else must have another: it is made
// from all changes of a message, and from the hour of a digest, which is over once
// that was sent.
func deliveryID(channel, of string) string {
	sum := sha256.Sum256([]byte(channel + "\n" + of))
	return "dlv_01" + strings.ToLower(base32.HexEncoding.EncodeToString(sum[:])[:20])
}
