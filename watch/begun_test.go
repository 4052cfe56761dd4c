package watch_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watch287g/watch287g/jobs"
	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/watch"
)

var errKilled = errors.New("killed")

// TestNextPollAfterOneThatEnds ends a poll in its middle or lets it end, and looks when
// the next one comes, on a fleet and by a process that starts.
func TestNextPollAfterOneThatEnds(t *testing.T) {
	const asks = 10 * time.Second // from its start to its end
	for name, test := range map[string]struct {
		ends    error         // in the middle, why; nil: it goes well
		again   time.Duration // that ICE's server asks for
		starts  time.Duration // another process, after the poll began
		polls   time.Duration // that process
		onFleet time.Duration // one that is there
	}{
		"killed":                         {ends: errKilled, starts: asks, polls: every, onFleet: every},
		"killed, and started much later": {ends: errKilled, starts: time.Hour, polls: time.Hour, onFleet: time.Hour},
		"stopped in order":               {ends: context.Canceled, starts: asks, polls: asks, onFleet: asks},
		"over, and started at once":      {starts: asks, polls: time.Minute, onFleet: every},
		"over, and started later":        {starts: 2 * time.Minute, polls: 2 * time.Minute, onFleet: every},
		"over, and ICE asks for an hour": {again: time.Hour, starts: asks, polls: asks + time.Hour, onFleet: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, err := bolt.Open(filepath.Join(t.TempDir(), "watch287g.db"), bolt.Options{})
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close() //nolint:errcheck // the test is over
				visits, began := make(chan time.Time, 9), time.Now()
				watcher := func() *watch.Watcher {
					return watch.New(watch.Options{Store: s, Every: every, Source: &source{visits: visits, answer: func(ctx context.Context, _ int) scraper.Visit {
						select {
						case <-ctx.Done():
							return scraper.Visit{Err: ctx.Err()}
						case <-time.After(asks):
						}
						if test.again > 0 {
							return failing(test.again)
						}
						return wellListed(ctx, 0)
					}}})
				}
				ctx, end := context.WithCancelCause(t.Context())
				defer end(nil)
				if test.ends != nil {
					time.AfterFunc(asks/2, func() { end(test.ends) })
				}
				if _, err := watcher().Poll(ctx); (err != nil) != (test.ends != nil) {
					t.Error(err)
				}
				<-visits
				time.Sleep(time.Until(began.Add(test.starts)))
				tasks := must[[]jobs.Task](t)(watcher().Kind().Next(t.Context()))
				if at := tasks[0].At.Sub(began); (at - test.onFleet).Abs() > every/10 {
					t.Errorf("on a fleet the next poll is due %v after the last one began, want about %v", at, test.onFleet)
				}
				running, stop := context.WithCancel(t.Context())
				done := make(chan error, 1)
				go func() { done <- watcher().Run(running) }()
				if at := (<-visits).Sub(began); at != test.polls {
					t.Errorf("a process that starts polls %v after the last poll began, want %v", at, test.polls)
				}
				stop()
				if err := <-done; err != nil {
					t.Error(err)
				}
			})
		})
	}
}
