package watch_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watch287g/watch287g/scraper"
	"github.com/watch287g/watch287g/watch"
)

// TestReconfigureBetweenPolls changes the pause and the page while the watcher waits, and
// while it polls: the next poll goes by the new ones, and is counted from the last.
func TestReconfigureBetweenPolls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := make(chan bool, 9)
		d := startRunner(t, func(ctx context.Context, n int) scraper.Visit {
			begun <- true
			if n == 2 {
				time.Sleep(time.Minute)
			}
			return wellListed(ctx, n)
		}, 0)
		first := <-d.visits
		<-begun
		other := make(chan time.Time, 9)
		d.Reconfigure(watch.Settings{Every: 2 * time.Hour, Source: &source{visits: other, answer: wellListed}})
		time.Sleep(time.Hour)
		if len(d.visits)+len(other) > 0 {
			t.Error("it polled before the longer pause was over")
		}
		d.Reconfigure(watch.Settings{Every: 90 * time.Minute, Source: &source{visits: d.visits, n: 1, answer: func(ctx context.Context, n int) scraper.Visit {
			begun <- true
			time.Sleep(time.Minute)
			return wellListed(ctx, n)
		}}})
		second := <-d.visits
		if !about(second.Sub(first), 90*time.Minute) {
			t.Errorf("the second poll came %s after the first", second.Sub(first))
		}
		<-begun // and goes on for a minute
		d.Reconfigure(watch.Settings{Every: every, Source: &source{visits: other, answer: wellListed}})
		if third := <-other; !about(third.Sub(second), every+time.Minute) {
			t.Errorf("the third poll came %s after the second", third.Sub(second))
		}
		if polls := len(d.visits); polls > 0 {
			t.Errorf("%d more polls of the page of before", polls)
		}
	})
}
