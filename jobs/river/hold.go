package river

import (
	"context"
	"fmt"
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
	a := args{kind, key}
	own, err := f.show(ctx, a)
	if err != nil {
		return true, err
	}
	defer f.hide(ctx, own)
	if err := f.outlast(ctx, held, a, own); err != nil {
		return true, err
	}
	return true, do(ctx, held)
}

// show makes a job that seems to run, as those of River do, so that whoever gets the lock
// while this process does not know yet that it has lost it waits for it, too. It
// goes with hide, or as one whose process died.
func (f *Fleet) show(ctx context.Context, a args) (id int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, lease)
	defer cancel()
	err = f.o.Pool.QueryRow(ctx, `INSERT INTO `+Schema+`.river_job (state, kind, queue, args, attempt, max_attempts, attempted_at)
		VALUES ('running', $1::text, $1::text, jsonb_build_object('key', $2::text), 1, 1, now()) RETURNING id`, a.Name, a.Key).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("saying that %s is at work: %w", a.Name, err)
	}
	return id, nil
}

// hide takes back what show made. Where that fails, others wait once for as long as a
// lease.
func (f *Fleet) hide(ctx context.Context, id int64) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_, _ = f.o.Pool.Exec(ctx, `DELETE FROM `+Schema+`.river_job WHERE id = $1::bigint`, id)
}
