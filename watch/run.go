package watch

import (
	"context"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
)

// Pauses while the source fails: the first is the usual one, each further one
// is half as long again, up to a few times the usual one. ICE's site has never
// been seen to refuse for good, and a poll asks for little.
const (
	pauseGrowth = 1.5
	maxPause    = 6    // times Every
	pauseJitter = 0.05 // of the pause, either way, so that many watchers spread out
)

// Run polls until ctx ends, which is not an error. It returns an error only where
// the store fails: a watcher that cannot remember must not go on.
func (w *Watcher) Run(ctx context.Context) error {
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval, pauses.MaxInterval = w.opts.Every, maxPause*w.opts.Every
	pauses.Multiplier, pauses.RandomizationFactor = pauseGrowth, pauseJitter
	for {
		report, err := w.Poll(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		healthy := isHealthy(report)
		if healthy {
			pauses.Reset()
		}
		pause := max(pauses.NextBackOff(), report.RetryAfter)
		if healthy { // the first pause after a failure is the usual one, too
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

// isHealthy says whether ICE's site can be asked at the usual pace. A link to the
// pending list that leads nowhere, perhaps for months, is not a reason to ask for
// the other list less often.
func isHealthy(r Report) bool {
	astray := r.Outcome == scraper.StatusMissing || r.Outcome == scraper.StatusBroken
	return !r.Outcome.Failed() || astray && slices.Contains(r.Had, roster.ListParticipating)
}
