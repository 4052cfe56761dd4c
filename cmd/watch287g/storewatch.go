package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/notify/outage"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// watchedStore is a store that notices when it fails, of which the operator is told past
// it. What can still be read is: a full disk leaves pages and feeds as they were.
type watchedStore struct {
	store.Store
	now    func() time.Time
	log    *slog.Logger
	change chan struct{} // gets a value after something has changed
	// patience is how long the store fails until the operator is told.
	patience time.Duration

	mu      sync.Mutex
	failing map[string]storeFailure // by what is done: a small write can succeed where a large one does not
}

// storeFailure is what cannot be done, and since when.
type storeFailure struct {
	since time.Time
	err   error
}

func watchStore(s store.Store, now func() time.Time, log *slog.Logger) *watchedStore {
	return &watchedStore{Store: s, now: now, log: log, change: make(chan struct{}, 1), patience: storePatience, failing: map[string]storeFailure{}}
}

// Commit is that of the store.
func (w *watchedStore) Commit(ctx context.Context, b store.Batch) error {
	return w.note(ctx, "commit", w.Store.Commit(ctx, b))
}

// BeginPoll is that of the store.
func (w *watchedStore) BeginPoll(ctx context.Context, at time.Time) error {
	return w.note(ctx, "write", w.Store.BeginPoll(ctx, at))
}

// Enqueue is that of the store.
func (w *watchedStore) Enqueue(ctx context.Context, d []roster.Delivery, i []roster.Incident) error {
	return w.note(ctx, "write", w.Store.Enqueue(ctx, d, i))
}

// SaveProgress is that of the store.
func (w *watchedStore) SaveProgress(ctx context.Context, d ...roster.Delivery) error {
	return w.note(ctx, "write", w.Store.SaveProgress(ctx, d...))
}

// NextPending is that of the store.
func (w *watchedStore) NextPending(ctx context.Context, channels ...string) ([]roster.Delivery, error) {
	ds, err := w.Store.NextPending(ctx, channels...)
	return ds, w.note(ctx, "read", err)
}

// note notes how a call went, and returns its error as it is.
func (w *watchedStore) note(ctx context.Context, what string, err error) error {
	if ctx.Err() != nil || errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) {
		return err // it is not the store that fails
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	before, failed := w.failing[what]
	switch {
	case err == nil && !failed:
		return nil
	case err == nil:
		delete(w.failing, what)
	default:
		w.failing[what] = storeFailure{since: cmp.Or(before.since, w.now().UTC()), err: err}
	}
	if failed != (err != nil) {
		select {
		case w.change <- struct{}{}:
		default: // it is about to look anyway
		}
	}
	return err
}

// worst is the failure that began first; ok is false where there is none.
func (w *watchedStore) worst() (f storeFailure, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, g := range w.failing {
		if !ok || g.since.Before(f.since) {
			f, ok = g, true
		}
	}
	return f, ok
}

const (
	// storePatience is how long the store usually fails until the operator is told. Where
	// its end was told within the last storeQuiet, it is as long as that.
	storePatience = time.Minute
	storeQuiet    = time.Hour
)

// run tells the operator, by tell, when the store has failed for a while, and when it
// works again, until ctx ends. Nothing of that can be stored: a service that is started
// anew meanwhile tells it again.
func (w *watchedStore) run(ctx context.Context, tell announce) error {
	var told *telling // that it fails, or works again; nil: the operator takes it to work
	var ended time.Time
	for {
		var again <-chan time.Time
		now := w.now().UTC()
		f, failing := w.worst()
		switch {
		case failing && (told == nil || told.over):
			patience := w.patience
			if now.Sub(ended) < storeQuiet {
				patience = storeQuiet
			}
			if left := f.since.Add(patience).Sub(now); left > 0 {
				again = time.After(min(left, w.patience)) // the clock may be set meanwhile
				break
			}
			told = &telling{since: f.since, notice: roster.Notice{Kind: notify.StoreFailing, At: now, Text: storeFails(f)}}
		case !failing && told != nil && !told.over:
			ended = now
			if !slices.Contains(slices.Collect(maps.Values(told.sent)), true) {
				told = nil // nobody has heard of it
				break
			}
			told = &telling{since: told.since, over: true, notice: roster.Notice{Kind: notify.StoreRecovered, At: now, Text: storeWorks(told.since, now)}}
		}
		if err := told.by(ctx, tell); err != nil && ctx.Err() == nil {
			w.log.Error("the operator could not be told of the store", "about", told.notice.Kind, "error", oneLine(err))
			again = time.After(w.patience)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-w.change:
		case <-again:
		}
	}
}

// announce sends a notice past the store, to those who are not in sent, and adds them.
type announce func(ctx context.Context, n roster.Notice, sent map[string]bool) error

// telling is a notice on its way to the operators' channels.
type telling struct {
	since  time.Time // the trouble lasts, or lasted
	over   bool
	notice roster.Notice
	sent   map[string]bool
	done   bool
}

func (t *telling) by(ctx context.Context, tell announce) error {
	if t == nil || t.done {
		return nil
	}
	if t.sent == nil {
		t.sent = map[string]bool{}
	}
	err := tell(ctx, t.notice, t.sent)
	t.done = err == nil
	return err
}

// storeFails tells that the store fails, whether it is written or read.
func storeFails(f storeFailure) string {
	return fmt.Sprintf("The store of %s has been failing since %s: %s. Pages and feeds stay up with what is known. New changes and messages wait, and go out once it works again, which is tried every minute.",
		thisMachine(), prose.English.Moment(f.since), outage.Clause(oneLine(f.err)))
}

func storeWorks(since, now time.Time) string {
	return fmt.Sprintf("The store of %s works again, after %s. What waited goes out now.", thisMachine(), outage.Roughly(now.Sub(since)))
}

// thisMachine names the program on its machine, of which there may be several.
func thisMachine() string {
	name, err := os.Hostname()
	if err != nil || !slices.ContainsFunc([]rune(name), func(r rune) bool { return r > ' ' }) {
		return "watch287g"
	}
	return "watch287g on " + roster.Clean(name)
}
