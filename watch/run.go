package watch

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/watch287g/watch287g/jobs"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/store"
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

// Run polls until ctx ends, which is not an error: at once, unless there was a poll less
// than a minute ago or one was cut off (as Kind says), and then as Kind says. A store that
// fails does not end it, unless it is damaged or a newer version's.
func (w *Watcher) Run(ctx context.Context) error {
	return w.local.Run(ctx) //nolint:wrapcheck // as the poll returned it
}

// Kind is the work of polling, which has one key, "". The next poll is due when the
// pause after the last one is over, whoever it was. One of which only the beginning is
// known, since its process was killed or its end could not be stored, counts as one.
func (w *Watcher) Kind() jobs.Kind {
	next := func(ctx context.Context, _ ...string) ([]jobs.Task, error) { return w.tasks(ctx, false) }
	return jobs.Kind{Name: "poll", Next: next, Timeout: longestPoll}
}

// tasks are the next poll, which is the first one of a process that starts, or not.
func (w *Watcher) tasks(ctx context.Context, starts bool) ([]jobs.Task, error) {
	polls, err := w.opts.Store.Polls(ctx, recentPolls)
	if err != nil {
		return nil, fmt.Errorf("reading the last polls: %w", err)
	}
	now, every := w.opts.Now(), w.settings.Load().Every
	at := nextPoll(polls, every, now)
	if starts && at.After(now) {
		at = firstPoll(polls[0], every)
	}
	if !at.After(now) { // or else it is asked for in vain, each second on a fleet
		begun, err := w.opts.Store.BegunPoll(ctx)
		if err != nil {
			return nil, fmt.Errorf("reading whether a poll has begun: %w", err)
		}
		if next := begun.Add(every); next.After(at) && !begun.After(now.Add(skew)) {
			at = next
		}
	}
	if !at.After(now) {
		return []jobs.Task{{At: at, Do: w.poll}}, nil
	}
	look, err := w.beforePoll(ctx, at)
	if err != nil {
		return nil, err
	}
	if !look.IsZero() {
		return []jobs.Task{{At: look, Do: func(ctx context.Context) error { return w.lookUntil(ctx, at) }}}, nil
	}
	return []jobs.Task{{At: at, Do: w.poll}}, nil
}

// poll polls once. Where the store fails, what ICE answered is kept, and written as soon
// as the store can be written again: ICE is not asked for it anew before the next poll,
// which is due as if this one had been stored.
func (w *Watcher) poll(ctx context.Context) error {
	pauses := &backoff.ExponentialBackOff{InitialInterval: time.Second, Multiplier: 2, RandomizationFactor: 0.1, MaxInterval: time.Minute}
	began := w.opts.Now()
	w.begun.Store(true)
	_, err := w.Poll(ctx)
	for err != nil && ctx.Err() == nil {
		if errors.Is(err, store.ErrDamaged) || errors.Is(err, store.ErrNewer) {
			return err
		}
		w.opts.OnBeat(2 * longestPoll)
		pause := pauses.NextBackOff()
		if !w.canGoOn(began) {
			w.opts.Log.Error("a poll could not be stored, and is over", "error", err.Error())
			return nil
		}
		w.opts.Log.Error("a poll could not be stored", "error", err.Error(), "again_in", pause)
		select {
		case <-ctx.Done():
		case <-time.After(pause):
			err = w.goOn(ctx)
		}
	}
	return nil
}

// canGoOn says whether there is something to do about a poll that could not be stored
// before the next one is due.
func (w *Watcher) canGoOn(began time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	inTime := w.opts.Now().Sub(began) < w.settings.Load().Every
	return inTime && (w.unwritten != nil || !w.asked)
}

// goOn stores what the last poll came to, or polls where that did not get to ask ICE.
func (w *Watcher) goOn(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.unwritten != nil:
		err := w.finish(ctx)
		if errors.Is(err, store.ErrConflict) { // a poll or a decision was stored meanwhile
			w.unwritten, err = nil, nil
		}
		return err
	case !w.asked:
		_, err := w.pollLocked(ctx)
		return err
	}
	return nil
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

// firstPoll is when a process that starts polls, before the pause after the last poll is
// over: at once, as its operator wants to see that it does. One that is started again
// and again, since something kills it, asks ICE once a minute at most.
func firstPoll(last roster.Poll, every time.Duration) time.Time {
	return last.At.Add(max(min(every, time.Minute), last.Took+last.RetryAfter))
}

// isHealthy says whether ICE's site can be asked at the usual pace. A link to the
// pending list that leads nowhere, perhaps for months, is not a reason to ask for
// the other list less often.
func isHealthy(p roster.Poll) bool {
	outcome := scraper.Status(p.Outcome)
	astray := outcome == scraper.StatusMissing || outcome == scraper.StatusBroken
	return !outcome.Failed() || astray && slices.Contains(p.Had, roster.ListParticipating)
}
