// Package jobs runs what is done in the background: of each kind of work one task
// at a time for each key, whenever one is due. Local does so within one process, and
// package jobs/river for a fleet of them.
package jobs

import (
	"context"
	"fmt"
	"time"
)

// Kind is a kind of work. What is to be done, and when, follows from what the store
// holds, so that any process can tell, and goes on where another one was.
type Kind struct {
	Name string // in lower case, as in logs
	// Next returns the next task of each of these keys that has one, whether it is
	// due or not; of all keys where none is named. It is cheap, and asked for often.
	Next func(ctx context.Context, keys ...string) ([]Task, error)
	// Grace is how long a task may go on when the process is to stop.
	Grace time.Duration
	// Timeout bounds a task on a fleet; 0: a minute and a half.
	Timeout time.Duration
}

// Task is one thing to do. It is done once at most, and not beside another one with
// its key.
type Task struct {
	Key string    // what it is about, as the name of a channel; "" where there is one of the kind
	At  time.Time // when it is due
	// Do does it. Its context ends when the process has to stop, at the end of the
	// kind's grace, or when another process may do the same. An error means that
	// the store failed.
	Do func(ctx context.Context) error
}

// Unfinished is the error of a stop that abandoned so many tasks, which had their
// time.
type Unfinished int

// Error says how many.
func (n Unfinished) Error() string {
	return fmt.Sprintf("stopped while %d tasks were under way", int(n))
}
