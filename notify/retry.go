package notify

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/cenkalti/backoff/v5"

	"github.com/watch287g/watch287g/roster"
)

const (
	longestRetryAfter = 24 * time.Hour // that a service can make us wait
	longestReason     = 500            // characters of an error that are kept
)

// pause is how long to wait after so many tries. It depends on nothing else, so
// that a restart does not begin with short pauses again.
func pause(attempts int) time.Duration {
	b := backoff.ExponentialBackOff{
		InitialInterval:     5 * time.Second,
		Multiplier:          2,
		RandomizationFactor: 0.2,              // so that channels that failed together do not come back together
		MaxInterval:         50 * time.Minute, // with the share of chance on top: an hour
	}
	var d time.Duration
	for range min(attempts, 12) { // it no longer grows after ten
		d = b.NextBackOff()
	}
	return d
}

// storePauses are those between tries to reach our own store, which is near and
// on which everything waits.
func storePauses() *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{InitialInterval: 250 * time.Millisecond, Multiplier: 2,
		RandomizationFactor: 0.2, MaxInterval: 30 * time.Second}
}

// applyResult is a delivery after a try that ended with err.
func applyResult(d roster.Delivery, err error, now time.Time, giveUp time.Duration, pause func(attempts int) time.Duration) roster.Delivery {
	d.Attempts++
	d.NextAt = time.Time{}
	if err == nil {
		d.State, d.EndedAt, d.LastError = roster.DeliverySent, now, ""
		return d
	}
	d.LastError = reason(err)
	last := d.TriedAt.Add(giveUp)
	if isPermanent(err) || !now.Before(last) {
		d.State, d.EndedAt = roster.DeliveryDead, now
		return d
	}
	d.NextAt = now.Add(pause(d.Attempts))
	if d.NextAt.After(last) {
		d.NextAt = last // it is tried for as long as promised, and no longer
	}
	if asked := now.Add(min(retryAfter(err), longestRetryAfter)); asked.After(d.NextAt) {
		d.NextAt = asked
	}
	return d
}

func isPermanent(err error) bool {
	f, ok := errors.AsType[*Failure](err)
	return ok && f.Permanent
}

func retryAfter(err error) time.Duration {
	if f, ok := errors.AsType[*Failure](err); ok {
		return f.RetryAfter
	}
	return 0
}

// reason is an error as it is stored, logged and shown in tables. Services put
// whole pages into theirs.
func reason(err error) string {
	plain := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, err.Error())
	runes := []rune(strings.Join(strings.Fields(plain), " "))
	if len(runes) > longestReason {
		runes = append(runes[:longestReason-1], '…')
	}
	return string(runes)
}

// OperatorAlert is news about a channel for the operator.
type OperatorAlert struct {
	Kind     string // ChannelFailing, ChannelRecovered or DeliveryDied
	Channel  string
	Text     string          // a sentence or two that say what to do next
	Delivery roster.Delivery // that fails; none for a recovery
	// Incidents are stored with the alert, so that it is sent only once also where
	// the service is restarted.
	Incidents []roster.Incident
}

// incidentPrefix begins the keys of the incidents of channels.
const incidentPrefix = "channel-"

func failing(d roster.Delivery, now time.Time) OperatorAlert {
	t := OperatorAlert{Kind: ChannelFailing, Channel: d.Channel, Delivery: d}
	t.Text = fmt.Sprintf("For %s nothing got through to the channel %s. The last try: %s. Its messages wait and are tried again. To try the channel now: watch287g notify test %s.",
		lasted(now.Sub(d.TriedAt)), d.Channel, clause(d.LastError), d.Channel)
	t.Incidents = []roster.Incident{{Key: incidentPrefix + d.Channel, Since: d.TriedAt, Reported: true}}
	return t
}

func recovered(channel string, since, now time.Time) OperatorAlert {
	t := OperatorAlert{Kind: ChannelRecovered, Channel: channel}
	t.Text = fmt.Sprintf("Messages get through to the channel %s again, after %s. Those that waited follow in order.",
		channel, lasted(now.Sub(since)))
	t.Incidents = []roster.Incident{{Key: incidentPrefix + channel, Since: since, Reported: true, Ended: true}}
	return t
}

func died(d roster.Delivery) OperatorAlert {
	tries := "the first try"
	if d.Attempts > 1 {
		tries = fmt.Sprintf("%d tries", d.Attempts)
	}
	return OperatorAlert{Kind: DeliveryDied, Channel: d.Channel, Delivery: d,
		Text: fmt.Sprintf("A message to the channel %s was given up after %s: %s. Later ones are sent all the same. To send it again: watch287g deliveries retry %s.",
			d.Channel, tries, clause(d.LastError), d.ID)}
}

// clause is an error's text without the period that the sentence around it has.
func clause(text string) string { return strings.TrimRight(text, ". ") }
