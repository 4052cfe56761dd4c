package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
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

// Requeue makes deliveries that were given up pending again, as if they had never
// been tried. What was sent of them stays sent.
func Requeue(ctx context.Context, q Queue, dead ...roster.Delivery) error {
	dead = slices.Clone(dead)
	for i := range dead {
		d := &dead[i]
		d.State, d.Attempts, d.TriedAt, d.NextAt, d.EndedAt = roster.DeliveryWaiting, 0, time.Time{}, time.Time{}, time.Time{}
	}
	if err := q.SaveProgress(ctx, dead...); err != nil {
		return fmt.Errorf("putting deliveries back: %w", err)
	}
	return nil
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
