package watch

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Pauses while the source fails: the first is the usual one, each further one
// is half as long again, up to a few times the usual one. ICE's site has never
// been seen to refuse for good, and a poll asks for little.
const (
	pauseGrowth = 1.5
	pauseMost   = 6    // times Every
	pauseJitter = 0.05 // of the pause, either way, so that many watchers spread out
)

// Run polls until ctx ends, which is no error. It returns an error only where
// the store fails: a watcher that cannot remember must not go on.
func (w *Watcher) Run(ctx context.Context) error {
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval, pauses.MaxInterval = w.o.Every, pauseMost*w.o.Every
	pauses.Multiplier, pauses.RandomizationFactor = pauseGrowth, pauseJitter
	for {
		report, err := w.Poll(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if !report.Outcome.Failed() {
			pauses.Reset()
		}
		pause := max(pauses.NextBackOff(), report.RetryAfter)
		if !report.Outcome.Failed() {
			pauses.Reset()
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
	}
}
