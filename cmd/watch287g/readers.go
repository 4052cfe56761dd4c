package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"time"

	"github.com/watch287g/watch287g/config"
	"github.com/watch287g/watch287g/jobs"
	"github.com/watch287g/watch287g/ops"
	"github.com/watch287g/watch287g/readers"
	readersbolt "github.com/watch287g/watch287g/readers/bolt"
	readerspostgres "github.com/watch287g/watch287g/readers/postgres"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/store/bolt"
	"github.com/watch287g/watch287g/store/postgres"
)

// readersStore is what keeps readers.
type readersStore interface {
	readers.People
	Dump(ctx context.Context) iter.Seq2[readers.Item, error]
	Load(ctx context.Context, items iter.Seq2[readers.Item, error]) (int, error)
	Close() error
}

// readersRoom is what of a service concerns people who signed themselves up. It is nil
// where nobody can.
type readersRoom struct {
	store readersStore
	kinds []jobs.Kind // what is done in the background, by who sends
}

// newReadersRoom opens what the configuration says of readers; nil where it says
// nothing.
func (a *app) newReadersRoom(ctx context.Context, s store.Store, c config.Config, log *slog.Logger) (*readersRoom, error) {
	if c.Readers == nil {
		return nil, nil //nolint:nilnil // nobody signs up
	}
	people, err := a.openReaders(ctx, s, false)
	if err != nil {
		return nil, err
	}
	a.monitor.ReadersBy(func(ctx context.Context) (ops.Readers, error) { return measureReaders(ctx, people) })
	return &readersRoom{store: people, kinds: []jobs.Kind{
		readers.Sweeping(people, func(ctx context.Context) (uint64, error) { return lastChange(ctx, s) }, a.now, log),
	}}, nil
}

// close closes what newReadersRoom has opened.
func (r *readersRoom) close() error {
	if r == nil {
		return nil
	}
	return r.store.Close()
}

// background are the jobs of readers.
func (r *readersRoom) background() []jobs.Kind {
	if r == nil {
		return nil
	}
	return r.kinds
}

// lastChange is the number of the last change, 0 where there is none.
func lastChange(ctx context.Context, s store.Store) (uint64, error) {
	last, err := s.Changes(ctx, store.ChangeQuery{Newest: true, Limit: 1})
	if err != nil {
		return 0, fmt.Errorf("reading the last change: %w", err)
	}
	if len(last) == 0 {
		return 0, nil
	}
	return last[0].Seq, nil
}

func measureReaders(ctx context.Context, p readers.People) (ops.Readers, error) {
	s, err := p.Stats(ctx)
	if err != nil {
		return ops.Readers{}, fmt.Errorf("counting readers: %w", err)
	}
	m := ops.Readers{People: map[ops.ReaderCount]int{}, Requests: s.Requests, Suppressed: map[string]int{}, Letters: s.Letters, Batches: s.Batches, Oldest: s.Oldest}
	for _, c := range s.Readers {
		m.People[ops.ReaderCount{State: string(c.State), Language: string(c.Language)}] += c.Readers
	}
	for _, r := range readers.Reasons() {
		m.Suppressed[string(r)] = s.Suppressed[r]
	}
	return m, nil
}

func (a *app) readersPath() string { return filepath.Join(a.data(), readersbolt.Name) }

// openReaders opens the store of readers that goes with a store: in its database, or in
// a file beside its own; where existing is set, only one that is there.
func (a *app) openReaders(ctx context.Context, s store.Store, existing bool) (readersStore, error) {
	if shared, ok := s.(*postgres.Store); ok {
		people, err := readerspostgres.Open(ctx, shared, readerspostgres.Options{Existing: existing})
		if err != nil { // not people, which would be no nil
			return nil, err
		}
		return people, nil
	}
	return a.openReadersFile(ctx)
}

func (a *app) openReadersFile(ctx context.Context) (readersStore, error) {
	var opts bolt.Options
	if a.serviceAnswers() {
		opts.LockTimeout = time.Nanosecond // it holds the file, and is there to be asked
	}
	people, err := readersbolt.Open(ctx, a.readersPath(), opts)
	if err != nil {
		return nil, err
	}
	return people, nil
}

// withReaders runs do with the readers: the service's, or those opened for the call;
// where existing is set, only where there are any.
func (a *app) withReaders(ctx context.Context, existing bool, do func(readersStore) error) (err error) {
	if a.service != nil && a.service.readers != nil {
		return do(a.service.readers.store)
	}
	var people readersStore
	switch {
	case a.service != nil:
		if _, ok := a.service.store.(*postgres.Store); ok {
			people, err = a.openReaders(ctx, a.service.store, existing)
		} else {
			people, err = a.readersFile(ctx, existing)
		}
	case a.shared():
		return noReaders(a.withOpened(existing, func(s store.Store) error {
			people, err := a.openReaders(ctx, s, existing)
			if err != nil {
				return err
			}
			return errors.Join(do(people), people.Close())
		}))
	default:
		if _, err := a.config(); err != nil && a.serviceAnswers() {
			return store.ErrLocked // it goes on by the configuration of before, and is asked
		} else if err != nil {
			return err
		}
		people, err = a.readersFile(ctx, existing)
	}
	if err != nil {
		return noReaders(err)
	}
	return errors.Join(do(people), people.Close())
}

func (a *app) readersFile(ctx context.Context, existing bool) (readersStore, error) {
	if _, err := os.Stat(a.readersPath()); err != nil && existing {
		return nil, err //nolint:wrapcheck // noReaders says it
	}
	return a.openReadersFile(ctx)
}

// noReaders says that nobody has signed up, where nothing is there to keep them.
func noReaders(err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return errors.New(`there are no readers here; people sign up once the configuration has a section "readers" and the service runs`)
}

// readersApart says, where there are readers, that a copy of the state does not have
// them.
func (a *app) readersApart() {
	c, err := a.config()
	if err != nil {
		return
	}
	if _, err := os.Stat(a.readersPath()); err == nil || c.Readers != nil {
		sayf(a.stdout, "Readers who signed up are not in it. To copy them: watch287g readers export FILE\n")
	}
}

// keepReaders puts back what of the readers cannot change while the service runs, and
// names it: whether people can sign up at all, and where bounces are heard of.
func keepReaders(before *config.Readers, now **config.Readers) (keys []string) {
	if (before == nil) != (*now == nil) {
		*now = before
		return []string{"readers"}
	}
	if before == nil {
		return nil
	}
	kept := *before // what may change is taken from the new one
	kept.Bounces.Soft = (*now).Bounces.Soft
	if !reflect.DeepEqual(kept.Bounces, (*now).Bounces) {
		changed := **now
		changed.Bounces = kept.Bounces
		*now = &changed
		return []string{"readers.bounces"}
	}
	return nil
}
