// Package river runs kinds of work for a fleet of processes over one PostgreSQL, with
// River (github.com/riverqueue/river) as the queue.
//
// Each process looks every second what is due, by the store, and puts a job into the
// queue for it: River takes one of equal jobs, and hands it to one process. A job is
// only that something is to be looked at: it does what is due under its key, and a job
// more or less changes nothing. So a job that went down with its process is missed by
// nobody. That a key's tasks are done by one process at a time is up to locks.
package river

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	riverqueue "github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"github.com/watch287g/watch287g/jobs"
)

// Schema is where River's tables are.
const Schema = "watch287g"

// Options say what a process of the fleet does.
type Options struct {
	Pool *pgxpool.Pool // on which River's tables are
	// Kinds are all kinds of work that there are, whether this process does them or
	// not: River throws away what its leader does not know.
	Kinds []jobs.Kind
	// Works are the names of the kinds that this process does. Where there are none, it
	// only puts into the queue what is due, when it is kicked.
	Works []string
	// PollOnly asks River for nothing that a pool between program and database, such
	// as PgBouncer by transaction, does not pass on.
	PollOnly bool
	Now      func() time.Time // the clock of what is due; nil: time.Now
	Log      *slog.Logger
}

const (
	lookEvery = time.Second
	// period is how soon after a job another one like it is taken, although the first
	// one has not ended: it may have gone down with its process.
	period = 2 * time.Second
	// turn is for how long a job starts tasks. Then others get theirs.
	turn = 10 * time.Second
	// jobTimeout bounds a job, whose last task may have begun at the end of its turn.
	jobTimeout = turn + 90*time.Second
	// rescueAfter is when River takes a job's process for dead. Nothing waits for that.
	rescueAfter = jobTimeout + time.Minute
	// mostWorkers is how many jobs of a kind a process works at a time. Most of them wait
	// for an answer, and none may wait for another one that does.
	mostWorkers = 200
	// settled is how long River may take to note that a job has ended, so that
	// another one like it is taken.
	settled = 250 * time.Millisecond
	// kept is how long jobs that ended are kept, for whoever looks at the queue.
	kept = 10 * time.Minute
	// slack is how much longer River may take to stop than the tasks' grace.
	slack = 4 * time.Second
)

// Fleet is this process's part in the work of all.
type Fleet struct {
	o      Options
	client *riverqueue.Client[pgx.Tx]
	grace  time.Duration // the longest of the kinds'
	locks  *locks
	wake   chan struct{}

	mu    sync.Mutex
	begun map[args]bool   // what this process works at
	stop  context.Context // ends when no further tasks are to be started
}

// args are those of a job.
type args struct {
	Name string `json:"-"` // of the kind
	Key  string `json:"key"`
}

// Kind is the name of the kind of work.
func (a args) Kind() string { return a.Name }

// New returns this process's part in the fleet. Its Run may be called once.
func New(o Options) (*Fleet, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	f := &Fleet{o: o, locks: newLocks(o.Pool.Config().ConnConfig), wake: make(chan struct{}, 1), begun: map[args]bool{}, stop: context.Background()}
	workers, queues := riverqueue.NewWorkers(), map[string]riverqueue.QueueConfig{}
	for _, k := range o.Kinds {
		riverqueue.AddWorkerArgs(workers, args{Name: k.Name}, riverqueue.Worker[args](&worker{fleet: f, kind: k}))
		if slices.Contains(o.Works, k.Name) {
			queues[k.Name] = riverqueue.QueueConfig{MaxWorkers: mostWorkers}
		}
		f.grace = max(f.grace, k.Grace)
	}
	var err error
	f.client, err = riverqueue.NewClient(riverpgxv5.New(o.Pool), &riverqueue.Config{
		Schema: Schema, Workers: workers, Queues: queues, PollOnly: o.PollOnly, Logger: slog.New(newQuiet(o.Log.Handler())),
		FetchCooldown: 20 * time.Millisecond, FetchPollInterval: lookEvery, MaxAttempts: 1,
		JobTimeout: jobTimeout, RescueStuckJobsAfter: rescueAfter, SoftStopTimeout: f.grace + slack/2,
		CompletedJobRetentionPeriod: kept, CancelledJobRetentionPeriod: kept, DiscardedJobRetentionPeriod: kept})
	if err != nil {
		return nil, fmt.Errorf("setting up the queue: %w", err)
	}
	return f, nil
}

// Kick has it look for what is due now. It never blocks.
func (f *Fleet) Kick() {
	select {
	case f.wake <- struct{}{}:
	default: // it is about to look anyway
	}
}

// Run works until ctx ends, and returns once nothing is under way anymore. A database
// that cannot be reached is not an error: it is tried again.
func (f *Fleet) Run(ctx context.Context) error {
	f.mu.Lock()
	f.stop = ctx
	f.mu.Unlock()
	defer f.locks.close()
	if len(f.o.Works) == 0 {
		f.look(ctx)
		return nil
	}
	for pause := lookEvery; ; {
		err := f.client.Start(context.WithoutCancel(ctx))
		if err == nil {
			break
		}
		f.o.Log.Error("cannot reach the queue", "error", err.Error(), "again_in", pause)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
	f.look(ctx)
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), f.grace+slack)
	defer cancel()
	if f.client.Stop(ending) == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if n := len(f.begun); n > 0 {
		return jobs.Unfinished(n)
	}
	return nil // without its database, the queue cannot note what has ended
}

// look puts jobs into the queue for what is due, until ctx ends.
func (f *Fleet) look(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	if len(f.o.Works) == 0 {
		tick.Stop()
	}
	for failing := false; ctx.Err() == nil; {
		looking, cancel := context.WithTimeout(ctx, 10*time.Second)
		err := f.Ask(looking)
		cancel()
		if err != nil && ctx.Err() == nil && !failing { // once an outage
			f.o.Log.Error("cannot look for what is to be done; it is tried again", "error", err.Error())
		}
		failing = err != nil
		select {
		case <-ctx.Done():
		case <-f.wake:
		case <-tick.C:
		}
	}
}

// Ask puts jobs into the queue for what is due now, unless there are such jobs already.
func (f *Fleet) Ask(ctx context.Context) error {
	var due []riverqueue.InsertManyParams
	var failed error
	for _, k := range f.o.Kinds {
		tasks, err := k.Next(ctx)
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		now := f.o.Now()
		for _, t := range tasks {
			if a := (args{k.Name, t.Key}); !t.At.After(now) && !f.working(a) {
				due = append(due, riverqueue.InsertManyParams{Args: a, InsertOpts: &riverqueue.InsertOpts{Queue: k.Name, UniqueOpts: unique()}})
			}
		}
	}
	if len(due) == 0 {
		return failed
	}
	if _, err := f.client.InsertMany(ctx, due); err != nil {
		return errors.Join(failed, fmt.Errorf("writing to the queue: %w", err))
	}
	return failed
}

// stopping ends when no further tasks are to be started.
func (f *Fleet) stopping() context.Context {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.stop
}

// unique says which jobs are alike: those for one key within a period, until they end.
func unique() riverqueue.UniqueOpts {
	return riverqueue.UniqueOpts{ByArgs: true, ByPeriod: period, ByState: []rivertype.JobState{rivertype.JobStateAvailable,
		rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateScheduled, rivertype.JobStateRetryable}}
}

func (f *Fleet) working(a args) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.begun[a]
}
