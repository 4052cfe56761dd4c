package river

import (
	"cmp"
	"context"
	"fmt"
	"time"

	riverqueue "github.com/riverqueue/river"

	"github.com/watch287g/watch287g/jobs"
)

// worker works the jobs of a kind.
type worker struct {
	riverqueue.WorkerDefaults[args]
	fleet *Fleet
	kind  jobs.Kind
}

// Timeout bounds one job.
func (w *worker) Timeout(*riverqueue.Job[args]) time.Duration {
	return cmp.Or(w.kind.Timeout, jobTimeout)
}

// Work does what is due for the job's key, unless another process does.
func (w *worker) Work(ctx context.Context, job *riverqueue.Job[args]) error {
	f, a := w.fleet, args{w.kind.Name, job.Args.Key}
	if !f.begin(a) {
		return nil
	}
	defer f.end(a)
	held, err := f.locks.try(ctx, a.Name, a.Key)
	if held == nil {
		return err
	}
	defer f.locks.release(held)
	if err := f.outlast(ctx, held, a, job.ID); err != nil {
		return err
	}
	return f.drain(ctx, held, w.kind, a.Key)
}

// begin notes that this process works at something, and returns false where it does so
// already, or is about to stop.
func (f *Fleet) begin(a args) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.begun[a] || f.stop.Err() != nil {
		return false
	}
	f.begun[a] = true
	return true
}

func (f *Fleet) end(a args) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.begun, a)
	if f.stop.Err() == nil {
		time.AfterFunc(settled, f.Kick)
	}
}

// drain does what is due for a key, one task after another.
func (f *Fleet) drain(ctx context.Context, held *lock, kind jobs.Kind, key string) error {
	working, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := f.stopping()
	defer context.AfterFunc(held.session.right, func() { cancel(errLost) })()
	defer context.AfterFunc(stop, func() { time.AfterFunc(kind.Grace, func() { cancel(context.Canceled) }) })()
	for began := time.Now(); time.Since(began) < turn && stop.Err() == nil && held.session.holds() && ctx.Err() == nil; {
		tasks, err := kind.Next(working, key)
		switch {
		case err != nil:
			return fmt.Errorf("reading what is to be done: %w", err)
		case len(tasks) == 0 || tasks[0].At.After(f.o.Now()):
			return nil
		case !held.session.holds(): // what was read may be old
			return errLost
		}
		if err := tasks[0].Do(working); err != nil {
			return err
		}
	}
	return nil
}

// outlast waits until nobody else can be at a key's tasks anymore. Whoever had the lock
// before either ended in order, and so did its job, or has a job that still seems to
// run; it may not know yet that its lock is gone, and acts on it for as long as a lease.
func (f *Fleet) outlast(ctx context.Context, held *lock, a args, own int64) error {
	since := time.Now()
	others, err := f.running(ctx, a, own)
	if err != nil {
		return err
	}
	tick := time.NewTicker(settled / 2)
	defer tick.Stop()
	for len(others) > 0 && time.Since(since) < lease+lease/8 {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-f.stopping().Done():
			return nil
		case <-held.session.right.Done():
			return errLost
		case <-tick.C:
		}
		still, err := f.running(ctx, a, own)
		if err != nil {
			return err
		}
		others = both(others, still)
	}
	if len(others) == 0 {
		return nil
	}
	f.o.Log.Warn("took over from a process that ended in the middle, or hangs", "kind", a.Name, "key", a.Key)
	return f.bury(ctx, others)
}

// both are those of the first that the second has, too.
func both(first, second []int64) (ids []int64) {
	known := map[int64]bool{}
	for _, id := range second {
		known[id] = true
	}
	for _, id := range first {
		if known[id] {
			ids = append(ids, id)
		}
	}
	return ids
}

// running lists the jobs for a key that have begun and not ended, but for one.
func (f *Fleet) running(ctx context.Context, a args, own int64) (ids []int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, lease)
	defer cancel()
	err = f.o.Pool.QueryRow(ctx, `SELECT coalesce(array_agg(id), '{}') FROM `+Schema+`.river_job
		WHERE state = 'running' AND queue = $1::text AND kind = $1::text AND args ->> 'key' = $2::text AND id <> $3::bigint`, a.Name, a.Key, own).Scan(&ids)
	if err != nil {
		return nil, fmt.Errorf("asking who else is at it: %w", err)
	}
	return ids, nil
}

// bury ends the jobs of who is gone, as River will, only sooner: nobody has to wait for
// them once more.
func (f *Fleet) bury(ctx context.Context, ids []int64) error {
	ctx, cancel := context.WithTimeout(ctx, lease)
	defer cancel()
	_, err := f.o.Pool.Exec(ctx, `UPDATE `+Schema+`.river_job SET state = 'discarded', finalized_at = now()
		WHERE state = 'running' AND id = ANY($1::bigint[])`, ids)
	if err != nil {
		return fmt.Errorf("ending the jobs of who is gone: %w", err)
	}
	return nil
}
