package ops

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"syscall"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// state is what is read from outside of the process, at one moment.
type state struct {
	store    store.Measures
	disk     disk
	database *Database // nil where there is none, or it did not answer
	readers  *Readers  // nil where nobody signs up
}

// disk is the disk that the state is on; zero where that is not known.
type disk struct{ free, size float64 } // bytes

const (
	// patience is how long a scrape or a look at the health waits for the store.
	patience = 2 * time.Second
	// readTime is how long one read of the store may take.
	readTime = 10 * time.Second
	// freshFor is how long what was read is good enough for everybody who asks.
	freshFor = time.Second
)

// readState reads everything.
func (m *Monitor) readState(ctx context.Context) (s state, err error) {
	if m.options.Disk != "" {
		s.disk = diskOf(m.options.Disk)
	}
	if m.options.Measure != nil {
		if s.store, err = m.options.Measure(ctx); err != nil {
			return s, err
		}
	}
	if m.options.Database != nil {
		found, err := m.options.Database(ctx)
		if err != nil {
			return s, fmt.Errorf("looking at the database: %w", err)
		}
		s.database = &found
	}
	if count := m.readers.Load(); count != nil {
		found, err := (*count)(ctx)
		if err != nil {
			return s, fmt.Errorf("looking at the readers: %w", err)
		}
		s.readers = &found
	}
	return s, nil
}

// diskOf says how much room is left on the disk of a directory.
func diskOf(dir string) disk {
	var fs syscall.Statfs_t
	if syscall.Statfs(dir, &fs) != nil {
		return disk{}
	}
	block := float64(fs.Bsize)
	return disk{free: float64(fs.Bavail) * block, size: float64(fs.Blocks) * block}
}

// stateReader reads the state for whoever asks. Those who ask at the same time get the
// same, and nobody waits longer than for patience: a read that takes longer goes on
// alone, no other is begun until it ends, and meanwhile the last one counts.
type stateReader struct {
	read func(context.Context) (state, error)
	log  *slog.Logger

	mu     sync.Mutex
	last   reading
	flight chan struct{} // closed when the read that is under way ends; nil for none
	began  time.Time     // when that read did
}

// reading is what was read.
type reading struct {
	state
	at   time.Time     // when; zero where nothing was read yet
	took time.Duration // to read it
	err  error         // of the last try; what is in state is older then
	// stalled is since when a read has been under way that did not end within
	// patience; zero where none has.
	stalled time.Time
}

// ok says whether the state is as of now.
func (r reading) ok() bool { return r.err == nil && r.stalled.IsZero() && !r.at.IsZero() }

// now returns the state, or the last one that is known.
func (r *stateReader) now(ctx context.Context) reading {
	r.mu.Lock()
	if r.flight == nil && (time.Since(r.last.at) >= freshFor || r.last.err != nil) {
		r.flight, r.began = make(chan struct{}), time.Now()
		go r.fly(context.WithoutCancel(ctx), r.flight)
	}
	flight, began := r.flight, r.began
	r.mu.Unlock()
	late := false
	if flight != nil {
		wait := time.NewTimer(patience - min(time.Since(began), patience))
		defer wait.Stop()
		select {
		case <-flight:
		case <-ctx.Done():
		case <-wait.C:
			late = true
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	found := r.last
	if late && r.flight == flight {
		found.stalled = began
	}
	return found
}

// fly reads the state once.
func (r *stateReader) fly(ctx context.Context, flight chan struct{}) {
	ctx, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	began := time.Now()
	s, err := r.read(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	switch was := r.last.err; {
	case err != nil && was == nil:
		r.log.Error("the store cannot be read", "error", roster.Clean(err.Error()))
	case err == nil && was != nil:
		r.log.Info("the store can be read again")
	}
	if r.last.err = err; err == nil {
		r.last = reading{state: s, at: time.Now(), took: time.Since(began)}
	}
	r.flight = nil
	close(flight)
}
