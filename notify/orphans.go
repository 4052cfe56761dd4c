package notify

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/notify/outage"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// orphanPrefix begins the keys of incidents about channels that are gone while
// messages wait for them.
const orphanPrefix = "gone-"

// orphans says which messages wait for channels that are not configured. Each such
// channel is reported once, as long as there is somebody to hear of it.
func orphans(ctx context.Context, q Queue, rules []Rule, open []roster.Incident, now time.Time) ([]roster.Notice, []roster.Incident, error) {
	hears := slices.ContainsFunc(rules, func(r Rule) bool { return r.Operator })
	if !hears && !slices.ContainsFunc(open, func(i roster.Incident) bool { return strings.HasPrefix(i.Key, orphanPrefix) }) {
		return nil, nil, nil // as in a preview, which would ask the store at each commit
	}
	heads, err := q.NextPending(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("reading which channels messages wait for: %w", err)
	}
	gone := map[string]bool{}
	for _, d := range heads {
		gone[d.Channel] = !slices.ContainsFunc(rules, func(r Rule) bool { return r.Channel == d.Channel })
	}
	var changed []roster.Incident
	for _, i := range open {
		if name, ok := strings.CutPrefix(i.Key, orphanPrefix); ok {
			if !gone[name] {
				i.Ended = true
				changed = append(changed, i)
			}
			delete(gone, name) // it was reported
		}
	}
	if !hears {
		return nil, changed, nil
	}
	var notices []roster.Notice
	for _, name := range slices.Sorted(maps.Keys(gone)) {
		if !gone[name] {
			continue
		}
		waiting, err := q.Pending(ctx, name)
		if err != nil {
			return nil, nil, fmt.Errorf("reading what waits for %s: %w", name, err)
		}
		if len(waiting) > 0 {
			notices = append(notices, roster.Notice{Kind: ChannelGone, At: now, Text: orphaned(name, waiting)})
			changed = append(changed, roster.Incident{Key: orphanPrefix + name, Since: now, Reported: true})
		}
	}
	return notices, changed, nil
}

// orphaned says what waits for a channel that is not configured, and what to do.
func orphaned(name string, waiting []roster.Delivery) string {
	oldest := slices.MinFunc(waiting, func(a, b roster.Delivery) int { return a.CreatedAt.Compare(b.CreatedAt) }).CreatedAt
	what := fmt.Sprintf("%d messages wait for the channel %s, the oldest since %s", len(waiting), name, prose.English.Moment(oldest))
	if len(waiting) == 1 {
		what = fmt.Sprintf("A message waits for the channel %s since %s", name, prose.English.Moment(oldest))
	}
	return fmt.Sprintf("%s, but the configuration has no such channel. To send what waits through another one: watch287g deliveries move %s CHANNEL. To drop it: watch287g deliveries drop %s.",
		what, name, name)
}

// Tell has notices sent to the operators' channels among those of these rules. The
// incidents are stored with them.
func Tell(ctx context.Context, q Queue, rules []Rule, notices []roster.Notice, changed []roster.Incident) error {
	if len(notices)+len(changed) == 0 {
		return nil
	}
	at := time.Time{}
	for _, n := range notices {
		at = n.At
	}
	if err := q.Enqueue(ctx, noticeDeliveries(rules, notices, at), changed); err != nil {
		return fmt.Errorf("telling the operator: %w", err)
	}
	return nil
}

// TellOrphans tells the operator which messages wait for channels that are not
// configured, where that was not reported yet.
func TellOrphans(ctx context.Context, q Queue, rules []Rule, now time.Time) error {
	open, err := q.Incidents(ctx)
	if err != nil {
		return fmt.Errorf("reading the open incidents: %w", err)
	}
	notices, changed, err := orphans(ctx, q, rules, open, now)
	if err != nil {
		return err
	}
	return Tell(ctx, q, rules, notices, changed)
}

// refusalPrefix begins the keys of incidents about configurations that were refused.
const refusalPrefix = "config-"

// TellRefused tells the operator, once, that a configuration was refused, and why. With
// "" it notes that one was taken, so that the next refusal is told again.
func TellRefused(ctx context.Context, q Queue, rules []Rule, why string, now time.Time) error {
	open, err := q.Incidents(ctx)
	if err != nil {
		return fmt.Errorf("reading the open incidents: %w", err)
	}
	open = slices.DeleteFunc(open, func(i roster.Incident) bool { return !strings.HasPrefix(i.Key, refusalPrefix) })
	if why == "" {
		for i := range open {
			open[i].Ended = true
		}
		return Tell(ctx, q, nil, nil, open)
	}
	key := refusalPrefix + strings.TrimPrefix(deliveryID("", why), "dlv_01")
	if slices.ContainsFunc(open, func(i roster.Incident) bool { return i.Key == key }) {
		return nil
	}
	n := roster.Notice{Kind: ConfigRefused, At: now, Text: fmt.Sprintf("The configuration was read again, and is refused: %s. The previous one stays in use. Fix the file, then: watch287g reload.", outage.Clause(why))}
	return Tell(ctx, q, rules, []roster.Notice{n}, []roster.Incident{{Key: key, Since: now, Reported: true}})
}
