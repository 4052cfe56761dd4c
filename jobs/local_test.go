package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watch287g/watch287g/jobs"
)

// desk holds what is to be done, by key, and notes what was done.
type desk struct {
	mu     sync.Mutex
	due    map[string]time.Time
	done   []string
	at     []time.Time
	takes  time.Duration
	result error
}

func (d *desk) kind(grace time.Duration) jobs.Kind {
	return jobs.Kind{Name: "desk", Grace: grace, Next: func(_ context.Context, keys ...string) ([]jobs.Task, error) {
		d.mu.Lock()
		defer d.mu.Unlock()
		var tasks []jobs.Task
		for key, at := range d.due {
			if len(keys) == 0 || slices.Contains(keys, key) {
				tasks = append(tasks, jobs.Task{Key: key, At: at, Do: func(ctx context.Context) error { return d.do(ctx, key) }})
			}
		}
		return tasks, nil
	}}
}

func (d *desk) do(ctx context.Context, key string) error {
	select {
	case <-time.After(d.takes):
	case <-ctx.Done():
		return nil // it stays due
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.due, key)
	d.done, d.at = append(d.done, key), append(d.at, time.Now())
	return d.result
}

func (d *desk) put(key string, at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.due[key] = at
}

func newLocal(k jobs.Kind) *jobs.Local {
	return jobs.NewLocal(k, time.Now, slog.New(slog.DiscardHandler))
}

func TestLocalDoesWhatIsDueWhenItIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		d := &desk{due: map[string]time.Time{"now": began, "later": began.Add(time.Hour)}, takes: time.Second}
		l := newLocal(d.kind(0))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- l.Run(ctx) }()
		time.Sleep(10 * time.Minute)
		d.put("kicked", time.Now())
		l.Kick()
		time.Sleep(2 * time.Hour)
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if want := []string{"now", "kicked", "later"}; !slices.Equal(d.done, want) || d.at[0].Sub(began) != time.Second || d.at[2].Sub(began) != time.Hour+time.Second {
			t.Errorf("done: %v at %v", d.done, d.at)
		}
	})
}

// What was to be done later and is gone meanwhile wakes nobody again and again.
func TestLocalForgetsWhatIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{due: map[string]time.Time{"digest": time.Now().Add(time.Minute)}}
		k, reads := d.kind(0), 0
		next := k.Next
		k.Next = func(ctx context.Context, keys ...string) ([]jobs.Task, error) {
			reads++
			return next(ctx, keys...)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		l := newLocal(k)
		go func() {
			time.Sleep(time.Second)
			d.mu.Lock()
			defer d.mu.Unlock()
			delete(d.due, "digest")
		}()
		if err := l.Run(ctx); err != nil || reads > 2 || len(d.done) > 0 {
			t.Errorf("%d reads, done: %v: %v", reads, d.done, err)
		}
	})
}

func TestLocalStops(t *testing.T) {
	broken := errors.New("the store is full")
	for name, c := range map[string]struct {
		takes, grace time.Duration
		ignores      bool // its context
		result, want error
		stopped      time.Duration // after the stop; what fails ends it before
		done         int
	}{
		"in time":     {takes: 5 * time.Second, grace: 10 * time.Second, stopped: 4 * time.Second, done: 1},
		"cut short":   {takes: time.Hour, grace: 10 * time.Second, stopped: 10 * time.Second},
		"abandoned":   {takes: time.Hour, grace: 10 * time.Second, ignores: true, want: jobs.Unfinished(1), stopped: 15 * time.Second},
		"as it fails": {takes: time.Second / 2, result: broken, want: broken, done: 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := &desk{due: map[string]time.Time{"a": time.Now()}, takes: c.takes, result: c.result}
				k := d.kind(c.grace)
				if c.ignores {
					next := k.Next
					k.Next = func(ctx context.Context, keys ...string) ([]jobs.Task, error) {
						tasks, err := next(ctx, keys...)
						for i, t := range tasks {
							tasks[i].Do = func(context.Context) error { return t.Do(context.Background()) }
						}
						return tasks, err
					}
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				err := newLocal(k).Run(ctx)
				if !errors.Is(err, c.want) {
					t.Errorf("it ends with %v, want %v", err, c.want)
				}
				deadline, _ := ctx.Deadline()
				if took := max(0, time.Since(deadline)); took != c.stopped {
					t.Errorf("it takes %s to stop, want %s", took, c.stopped)
				}
				time.Sleep(2 * time.Hour)
				synctest.Wait()
				if n := len(d.done); n != c.done && !c.ignores {
					t.Errorf("%d tasks done, want %d", n, c.done)
				}
			})
		})
	}
}
