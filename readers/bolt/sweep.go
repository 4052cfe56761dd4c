package bolt

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/store"
	file "github.com/watch287g/watch287g/store/bolt"
)

// sweptAtOnce is how many of a kind one sweep does.
const sweptAtOnce = 1000

// Sweep deletes what is over, ends pauses, and overwrites what was deleted before.
func (s *Store) Sweep(ctx context.Context, at time.Time, last uint64) (done readers.Swept, err error) {
	err = s.update(ctx, func(tx *bbolt.Tx) error {
		done = readers.Swept{}
		over := dueBy(requestTimes.of(tx), at.Add(-readers.RequestLife), sweptAtOnce)
		for _, k := range over {
			if err := closeRequest(tx, idAtEnd(k)); err != nil {
				return err
			}
		}
		used := dueBy(limitTimes.of(tx), at, sweptAtOnce)
		for _, k := range used {
			if err := errors.Join(limitTimes.of(tx).Delete(k), limits.of(tx).Delete(k[8:len(k)-1])); err != nil {
				return err
			}
		}
		ended := dueBy(ends.of(tx), at, sweptAtOnce)
		done.Requests, done.Limits = len(over), len(used)
		done.More = max(len(over), len(used), len(ended)) == sweptAtOnce
		if err := endAll(tx, ended, &done, at, last); err != nil || done.More {
			return err
		}
		return file.Put(moments.of(tx), []byte(swept), at.UTC())
	})
	if err != nil {
		return readers.Swept{}, err
	}
	return done, s.file.Scrub(ctx)
}

// swept is what a sweep has done, as a moment.
const swept = "swept"

// SweptAt is when the last sweep began that left nothing over.
func (s *Store) SweptAt(ctx context.Context) (at time.Time, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		at, err = file.Get[time.Time](moments.of(tx), []byte(swept))
		if errors.Is(err, store.ErrNotFound) {
			err = nil
		}
		return err
	})
	return at, err
}

// endAll ends pauses, and erases those whose leaving can be undone no longer.
func endAll(tx *bbolt.Tx, ended [][]byte, done *readers.Swept, at time.Time, last uint64) error {
	for _, k := range ended {
		before, err := file.Get[readers.Reader](people.of(tx), k[8:])
		if err != nil {
			return err
		}
		if before.State != readers.StatePaused {
			done.Erased++
			if err := erase(tx, before); err != nil {
				return err
			}
			continue
		}
		after := before
		after.Resume(at, last)
		done.Resumed++
		if err := put(tx, &before, &after); err != nil {
			return err
		}
	}
	return nil
}

// Stats counts.
func (s *Store) Stats(ctx context.Context) (readers.Stats, error) {
	stats := readers.Stats{Suppressed: map[readers.Reason]int{}}
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		if err := waiting(ctx, tx, &stats); err != nil {
			return err
		}
		return tallies.of(tx).ForEach(func(k, v []byte) error {
			var n int
			if err := file.Decode(k, v, &n); err != nil {
				return err
			}
			what := strings.Split(strings.TrimSuffix(string(k), "\x00"), "\x00")
			switch {
			case len(what) == 4 && what[0] == "reader":
				stats.Readers = append(stats.Readers, readers.Count{State: readers.State(what[1]), Language: prose.Language(what[2]), Cadence: notify.Cadence(what[3]), Readers: n})
			case len(what) == 2 && what[0] == "suppressed":
				stats.Suppressed[readers.Reason(what[1])] = n
			case what[0] == "request":
				stats.Requests = n
			case what[0] == "letter":
				stats.Letters = n
			default:
				return store.Damaged("%q is counted", k)
			}
			return nil
		})
	})
	slices.SortFunc(stats.Readers, readers.Count.Compare)
	return stats, err
}

// waiting counts what is to be sent, and finds what was planned or asked for first.
func waiting(ctx context.Context, tx *bbolt.Tx, stats *readers.Stats) error {
	first := func(at time.Time) {
		if stats.Oldest.IsZero() || at.Before(stats.Oldest) {
			stats.Oldest = at
		}
	}
	for b, err := range file.From[struct{ At time.Time }](ctx, batches.of(tx), nil) {
		if err != nil {
			return err
		}
		stats.Batches++
		first(b.At)
	}
	for l, err := range file.From[readers.Letter](ctx, letters.of(tx), nil) {
		if err != nil {
			return err
		}
		first(l.At)
		break // the first one has waited longest, but for those that were put off
	}
	return nil
}
