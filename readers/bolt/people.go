package bolt

import (
	"context"
	"errors"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/store"
	file "github.com/watch287g/watch287g/store/bolt"
)

// Reader returns a reader by ID.
func (s *Store) Reader(ctx context.Context, id readers.ID) (r readers.Reader, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		r, err = readerBy(tx, ids, string(id))
		return err
	})
	return r, err
}

// ReaderOf returns the reader who has an address.
func (s *Store) ReaderOf(ctx context.Context, address string) (r readers.Reader, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		r, err = readerBy(tx, addresses, readers.AddressKey(address))
		return err
	})
	return r, err
}

// readerBy finds a reader by an index.
func readerBy(tx *bbolt.Tx, index bucket, k string) (readers.Reader, error) {
	if k == "" {
		return readers.Reader{}, store.ErrNotFound
	}
	seq := index.of(tx).Get([]byte(k))
	if seq == nil {
		return readers.Reader{}, store.ErrNotFound
	}
	return file.Get[readers.Reader](people.of(tx), seq)
}

// ReadersAt returns those of some numbers that still are.
func (s *Store) ReadersAt(ctx context.Context, seqs []uint64) (all []readers.Reader, err error) {
	seqs = slices.Compact(slices.Sorted(slices.Values(seqs)))
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		for _, seq := range seqs {
			r, err := file.Get[readers.Reader](people.of(tx), file.Number(seq))
			switch {
			case err == nil:
				all = append(all, r)
			case !errors.Is(err, store.ErrNotFound):
				return err
			}
		}
		return ctx.Err()
	})
	return all, err
}

// Readers returns up to limit readers with greater numbers.
func (s *Store) Readers(ctx context.Context, after uint64, limit int) (all []readers.Reader, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		for r, err := range file.From[readers.Reader](ctx, people.of(tx), file.Number(after+1)) {
			if err != nil || len(all) >= limit {
				return err
			}
			all = append(all, r)
		}
		return nil
	})
	return all, err
}

// Update changes a reader.
func (s *Store) Update(ctx context.Context, id readers.ID, change func(*readers.Reader) error) (after readers.Reader, err error) {
	err = s.update(ctx, func(tx *bbolt.Tx) error {
		before, err := readerBy(tx, ids, string(id))
		if err != nil {
			return err
		}
		after, err = before.Changed(change)
		if err != nil {
			return err
		}
		if l, left := readers.Farewell(before, after); left {
			if err := write(tx, l); err != nil {
				return err
			}
		}
		return put(tx, &before, &after)
	})
	if err != nil {
		return readers.Reader{}, err
	}
	return after, nil
}

// Prove has a letter written to a reader.
func (s *Store) Prove(ctx context.Context, id readers.ID, at time.Time) error {
	return s.update(ctx, func(tx *bbolt.Tx) error {
		r, err := readerBy(tx, ids, string(id))
		if err != nil {
			return err
		}
		return write(tx, readers.Letter{Kind: readers.LetterOwn, Of: r.ID, At: at.UTC().Truncate(time.Second)})
	})
}

// Erase deletes a reader with all that names it or its address.
func (s *Store) Erase(ctx context.Context, id readers.ID) error {
	err := s.update(ctx, func(tx *bbolt.Tx) error {
		r, err := readerBy(tx, ids, string(id))
		if err != nil {
			return err
		}
		return erase(tx, r)
	})
	if err != nil {
		return err
	}
	return s.file.Scrub(ctx)
}

func erase(tx *bbolt.Tx, r readers.Reader) error {
	if err := closeRequests(tx, r.Address, 0); err != nil {
		return err
	}
	if err := forget(tx, r.ID); err != nil {
		return err
	}
	return put(tx, &r, nil)
}

// put keeps a reader in the place of what it was before, with all that finds and counts
// it. before is nil for a new one, and after for one that goes.
func put(tx *bbolt.Tx, before, after *readers.Reader) error {
	for _, one := range []*readers.Reader{before, after} {
		if one == nil {
			continue
		}
		if err := index(tx, *one, one == after); err != nil {
			return err
		}
	}
	if after == nil {
		return people.of(tx).Delete(file.Number(before.Seq))
	}
	return file.Put(people.of(tx), file.Number(after.Seq), after)
}

// entry is what a reader is found by.
type entry struct {
	of       bucket
	key, seq []byte // seq is nil where the key has it
}

func entries(r readers.Reader) []entry {
	seq := file.Number(r.Seq)
	all := []entry{{ids, []byte(r.ID), seq}, {addresses, []byte(readers.AddressKey(r.Address)), seq}}
	if at := r.EndsAt(); !at.IsZero() {
		all = append(all, entry{ends, join(at, r.Seq), nil})
	}
	for _, p := range r.Places() {
		all = append(all, entry{follows, join(p.Key, string(p.Cadence), r.Seq), nil})
	}
	return all
}

// index enters a reader where it is found and counted, or takes it out there.
func index(tx *bbolt.Tx, r readers.Reader, there bool) error {
	for _, e := range entries(r) {
		err := e.of.of(tx).Delete(e.key)
		if there {
			err = e.of.of(tx).Put(e.key, e.seq)
		}
		if err != nil {
			return err
		}
	}
	if there {
		return countReaders(tx, r, 1)
	}
	return countReaders(tx, r, -1)
}

// countReaders counts so many more readers that are like one.
func countReaders(tx *bbolt.Tx, like readers.Reader, by int) error {
	return count(tx, by, "reader", string(like.State), string(like.Language), string(like.Cadence))
}
