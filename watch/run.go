package watch

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/watch287g/watch287g/jobs"
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

const (
	// recentPolls are as many as count for the next pause: after so many failures it
	// grows no more.
	recentPolls = 8
	// longestPoll bounds a poll on a fleet: the server may ask for long pauses between
	// two requests.
	longestPoll = 30 * time.Minute
	// skew is how far two machines' clocks are trusted to be apart.
	skew = time.Minute
)

// Run polls until ctx ends, which is not an error: at once, and then as Kind says. It
// returns an error only where the store fails: a watcher that cannot remember must
// not go on.
func (w *Watcher) Run(ctx context.Context) error {
	return w.local.Run(ctx) //nolint:wrapcheck // as the poll returned it
}

// Kind is the work of polling, which has one key, "". The next poll is due when the
// pause after the last one is over, whoever it was.
func (w *Watcher) Kind() jobs.Kind {
	return jobs.Kind{Name: "poll", Next: w.next, Timeout: longestPoll}
}

func (w *Watcher) next(ctx context.Context, _ ...string) ([]jobs.Task, error) {
	polls, err := w.opts.Store.Polls(ctx, recentPolls)
	if err != nil {
		return nil, fmt.Errorf("reading the last polls: %w", err)
	}
	now, every := w.opts.Now(), w.settings.Load().Every
	at := nextPoll(polls, every, now)
	if failed := w.failed.Load(); failed != nil && failed.Add(every).After(at) {
		at = failed.Add(every)
	}
	return []jobs.Task{{At: at, Do: w.poll}}, nil
}

// poll polls once. One of which nothing could be stored counts for the pause, too.
func (w *Watcher) poll(ctx context.Context) error {
	_, err := w.Poll(ctx)
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil:
		now := w.opts.Now()
		w.failed.Store(&now)
	}
	return err
}

// nextPoll is when the next poll is due, given the last ones, the newest first.
func nextPoll(polls []roster.Poll, every time.Duration, now time.Time) time.Time {
	if len(polls) == 0 || polls[0].At.After(now.Add(skew)) { // a clock was wrong
		return now
	}
	failures := slices.IndexFunc(polls, isHealthy)
	if failures < 0 {
		failures = len(polls)
	}
	last := polls[0]
	grown := min(math.Pow(pauseGrowth, float64(failures-1)), maxPause)
	if failures == 0 {
		grown = 1
	}
	// The same for all who ask, and another one each time.
	random := rand.New(rand.NewPCG(uint64(last.At.UnixNano()), last.Seq)).Float64() //nolint:gosec // nothing is secret
	pause := time.Duration(float64(every) * grown * (1 + pauseJitter*(2*random-1)))
	return last.At.Add(last.Took + max(pause, last.RetryAfter))
}

// isHealthy says whether ICE's site can be asked at the usual pace. A link to the
// pending list that leads nowhere, perhaps for months, is not a reason to ask for
// the other list less often.
func isHealthy(p roster.Poll) bool {
	outcome := scraper.Status(p.Outcome)
	astray := outcome == scraper.StatusMissing || outcome == scraper.StatusBroken
	return !outcome.Failed() || astray && slices.Contains(p.Had, roster.ListParticipating)
}
