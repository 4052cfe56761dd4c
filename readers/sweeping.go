package readers

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/watch287g/watch287g/jobs"
)

const (
	// sweepEach is the time from one sweep to the next. What is over is gone that much
	// later at most.
	sweepEach = 15 * time.Minute
	// sweepPause is how long to wait after one that failed.
	sweepPause = time.Minute
)

// Sweeping is the kind of work that sweeps (People.Sweep), and tries again where that
// fails. last returns the number of the last change.
func Sweeping(p People, last func(context.Context) (uint64, error), now func() time.Time, log *slog.Logger) jobs.Kind {
	s := &sweeper{people: p, last: last, now: now, log: log}
	return jobs.Kind{Name: "readers-sweep", Next: s.next, Grace: 5 * time.Second}
}

type sweeper struct {
	people People
	last   func(context.Context) (uint64, error)
	now    func() time.Time
	log    *slog.Logger

	mu     sync.Mutex
	failed time.Time // when the last try failed; zero after one that went well
}

func (s *sweeper) next(ctx context.Context, _ ...string) ([]jobs.Task, error) {
	swept, err := s.people.SweptAt(ctx)
	if err != nil {
		return nil, err
	}
	now, at := s.now(), swept.Add(sweepEach)
	if swept.After(now) { // the clock was set back
		at = now
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if again := s.failed.Add(sweepPause); !s.failed.IsZero() && !s.failed.After(now) && again.After(at) {
		at = again
	}
	return []jobs.Task{{At: at, Do: func(ctx context.Context) error {
		err := s.sweep(ctx)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.failed = time.Time{}
		if err != nil && ctx.Err() == nil {
			s.failed = s.now()
			s.log.Error("cannot sweep what is over of readers", "error", err.Error(), "again_in", sweepPause)
		}
		return nil
	}}}, nil
}

func (s *sweeper) sweep(ctx context.Context) error {
	last, err := s.last(ctx)
	if err != nil {
		return err
	}
	for {
		done, err := s.people.Sweep(ctx, s.now(), last)
		if err != nil {
			return err
		}
		if n := done.Requests + done.Erased + done.Resumed; n > 0 {
			s.log.Info("swept what is over of readers", "requests", done.Requests, "erased", done.Erased, "resumed", done.Resumed)
		}
		if !done.More {
			return nil
		}
	}
}
