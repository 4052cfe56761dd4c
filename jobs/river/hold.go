package river

import (
	"context"
	"sync"
	"time"

	"github.com/watch287g/watch287g/jobs"
)

// again is how long to wait before a lock that is held is asked for again.
const again = 250 * time.Millisecond

// Hold does something that no other process of the fleet may do at the same time, as a
// job for a key of a kind would: a poll that the operator asks for, say. It waits until
// others are done; waiting is called once where that takes a while.
func (f *Fleet) Hold(ctx context.Context, kind, key string, waiting func(), do func(context.Context) error) error {
	began := time.Now()
	for {
		got, err := f.alone(ctx, kind, key, func(ctx context.Context, held *lock) error {
			working, cancel := context.WithCancelCause(ctx)
			defer cancel(nil)
			defer context.AfterFunc(held.session.right, func() { cancel(errLost) })()
			return do(working)
		})
		if got || err != nil {
			return err
		}
		if time.Since(began) > time.Second {
			waiting()
			waiting = func() {}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(again):
		}
	}
}

// Guard is a kind whose tasks are done only where no other process is at them. Those
// that are somebody else's are left out from then on: it is for a process that does
// what is due once, and does not stay.
func (f *Fleet) Guard(kind jobs.Kind) jobs.Kind {
	var others sync.Map // the keys
	next := kind.Next
	kind.Next = func(ctx context.Context, keys ...string) ([]jobs.Task, error) {
		tasks, err := next(ctx, keys...)
		var mine []jobs.Task
		for _, t := range tasks {
			if _, known := others.Load(t.Key); !known {
				t.Do = func(ctx context.Context) error {
					held, err := f.alone(ctx, kind.Name, t.Key, func(ctx context.Context, held *lock) error {
						return f.drain(ctx, held, jobs.Kind{Next: next, Grace: kind.Grace}, t.Key) // by what is due now
					})
					if !held {
						others.Store(t.Key, true)
					}
					return err
				}
				mine = append(mine, t)
			}
		}
		return mine, err
	}
	return kind
}

// alone does something under the lock for a key of a kind, and returns false where that
// is held.
func (f *Fleet) alone(ctx context.Context, kind, key string, do func(context.Context, *lock) error) (bool, error) {
	held, err := f.locks.try(ctx, kind, key)
	if held == nil {
		return false, err
	}
	defer f.locks.release(held)
	if err := f.outlast(ctx, held, args{kind, key}, 0); err != nil {
		return true, err
	}
	return true, do(ctx, held)
}
