package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/watch287g/watch287g/notify/outage"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

const (
	longestRetryAfter = 24 * time.Hour // that a service can make us wait
	longestReason     = 500            // characters of an error that are kept
)

// pause is how long to wait after so many tries. It depends on nothing else, so
// that a restart does not start with short pauses again.
func pause(attempts int) time.Duration {
	b := backoff.ExponentialBackOff{
		InitialInterval:     5 * time.Second,
		Multiplier:          2,
		RandomizationFactor: 0.2,              // so that channels that failed together do not come back together
		MaxInterval:         50 * time.Minute, // with the random share on top: an hour
	}
	var d time.Duration
	for range min(attempts, 12) { // it stops growing after ten
		d = b.NextBackOff()
	}
	return d
}

// storePauses are the pauses between tries to reach our own store, which is near,
// and for which everything waits.
func storePauses() *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{InitialInterval: 250 * time.Millisecond, Multiplier: 2,
		RandomizationFactor: 0.2, MaxInterval: 30 * time.Second}
}

// applyResult is a delivery after a try that ended with err, in a channel with this
// trouble.
func applyResult(d roster.Delivery, err error, c outage.Channel, now time.Time, pause func(attempts int) time.Duration) roster.Delivery {
	d.Attempts++
	d.NextAt = time.Time{}
	if err == nil {
		d.State, d.EndedAt, d.LastError, d.Left = roster.DeliverySent, now, "", nil
		return d
	}
	f := asFailure(err)
	d.LastError = reason(err)
	if len(f.Left) > 0 {
		d.Left = f.Left
	}
	last := c.Deadline(d)
	if f.Permanent && !f.Channel || !now.Before(last) {
		d.State, d.EndedAt = roster.DeliveryDead, now
		return d
	}
	d.NextAt = now.Add(pause(d.Attempts))
	if d.NextAt.After(last) {
		d.NextAt = last // it is tried for as long as promised, and no longer
	}
	if asked := now.Add(min(f.RetryAfter, longestRetryAfter)); asked.After(d.NextAt) {
		d.NextAt = asked
	}
	return d
}

// Requeue makes deliveries that were given up pending again, as if they had never
// been tried. What was sent of them stays sent.
func Requeue(ctx context.Context, q Queue, dead ...roster.Delivery) error {
	dead = slices.Clone(dead)
	for i := range dead {
		d := &dead[i]
		d.State, d.Attempts, d.TriedAt, d.NextAt, d.EndedAt = roster.DeliveryWaiting, 0, time.Time{}, time.Time{}, time.Time{}
		d.Left = slices.Clone(d.Left)
		for i := range d.Left {
			d.Left[i].Refused = false // it is asked again
		}
	}
	if err := q.SaveProgress(ctx, dead...); err != nil {
		return fmt.Errorf("putting deliveries back: %w", err)
	}
	return nil
}

// asFailure is what a channel says of an error; nothing where it is not a Failure.
func asFailure(err error) Failure {
	if f, ok := errors.AsType[*Failure](err); ok {
		return *f
	}
	return Failure{}
}

// reason is an error as it is stored, logged and shown in tables. Services put
// whole pages into theirs.
func reason(err error) string { return prose.Shorten(roster.Clean(err.Error()), longestReason) }
