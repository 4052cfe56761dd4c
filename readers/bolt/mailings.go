package bolt

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"time"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/store"
	file "github.com/watch287g/watch287g/store/bolt"
)

// Work tells what there is to do.
func (s *Store) Work(ctx context.Context) (w readers.Work, err error) {
	w = readers.Work{Heads: map[notify.Cadence]readers.Head{}, Owed: map[notify.Cadence]bool{}, Lanes: map[readers.Lane]time.Time{}}
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		for _, c := range readers.Cadences() {
			head, err := headOf(tx, c)
			if err != nil {
				return err
			}
			if head != (readers.Head{}) {
				w.Heads[c] = head
			}
			w.Owed[c] = len(withPrefix(follows.of(tx), join(readers.KeyOwed, string(c)), 1)) > 0
		}
		cursor := lanes.of(tx).Cursor()
		for k, _ := cursor.First(); k != nil; {
			lane, _, _ := bytes.Cut(k, []byte{0})
			l := readers.Lane(lane)
			b, err := batchAt(tx, k)
			if err != nil {
				return err
			}
			w.Lanes[l] = b.Due
			k, _ = cursor.Seek(append(bytes.Clone(lane), 1)) // the next lane
		}
		k, v := letters.of(tx).Cursor().First()
		if k == nil {
			return nil
		}
		var l readers.Letter
		if err := file.Decode(k, v, &l); err != nil {
			return err
		}
		w.Letters = l.When()
		return nil
	})
	return w, err
}

// headOf is the head of a cadence; the zero one where it has none.
func headOf(tx *bbolt.Tx, c notify.Cadence) (readers.Head, error) {
	head, err := file.Get[readers.Head](heads.of(tx), []byte(c))
	if errors.Is(err, store.ErrNotFound) {
		return readers.Head{}, nil
	}
	return head, err
}

// batchAt reads the batch that an entry of its lane names.
func batchAt(tx *bbolt.Tx, entry []byte) (readers.Batch, error) {
	seq, err := lastNumber(entry)
	if err != nil {
		return readers.Batch{}, err
	}
	return file.Get[readers.Batch](batches.of(tx), file.Number(seq))
}

// Plan writes batches with the head of their cadence.
func (s *Store) Plan(ctx context.Context, p readers.Plan) error {
	return s.update(ctx, func(tx *bbolt.Tx) error {
		if err := expect(tx, p.Cadence, p.Before); err != nil {
			return err
		}
		followers := iter.Seq2[readers.Follower, error](func(yield func(readers.Follower, error) bool) {})
		if len(p.Keys) > 0 {
			followers = following(ctx, tx, p.Keys, p.Cadence)
		}
		for b, err := range p.Batches(followers) {
			if err == nil {
				err = addBatch(tx, b)
			}
			if err != nil {
				return err
			}
		}
		return file.Put(heads.of(tx), []byte(p.Cadence), p.After)
	})
}

// expect returns ErrConflict unless a cadence has this head.
func expect(tx *bbolt.Tx, c notify.Cadence, want readers.Head) error {
	head, err := headOf(tx, c)
	if err != nil {
		return err
	}
	return head.Expect(want)
}

func addBatch(tx *bbolt.Tx, b readers.Batch) (err error) {
	if b.Seq, err = batches.of(tx).NextSequence(); err != nil {
		return err
	}
	return putBatch(tx, b)
}

func putBatch(tx *bbolt.Tx, b readers.Batch) error {
	if err := set(lanes.of(tx), laneKey(b), true); err != nil {
		return err
	}
	return file.Put(batches.of(tx), file.Number(b.Seq), b)
}

func laneKey(b readers.Batch) []byte { return join(string(b.Lane), b.Due, b.Seq) }

// Settle writes what a reader is owed.
func (s *Store) Settle(ctx context.Context, t readers.Settlement) error {
	return s.update(ctx, func(tx *bbolt.Tx) error {
		before, err := readerBy(tx, ids, string(t.Reader.ID))
		if err != nil {
			return err
		}
		now, err := headOf(tx, before.Cadence)
		if err != nil {
			return err
		}
		after, err := t.Settled(before, now)
		if err != nil {
			return err
		}
		if err := expect(tx, before.Was, t.Head); err != nil {
			return err
		}
		if t.Batch != nil {
			if err := addBatch(tx, *t.Batch); err != nil {
				return err
			}
		}
		return put(tx, &before, &after)
	})
}

// Batch returns the batch of a lane that is due first.
func (s *Store) Batch(ctx context.Context, l readers.Lane) (b readers.Batch, c readers.Cursor, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		first := withPrefix(lanes.of(tx), join(string(l)), 1)
		if len(first) == 0 {
			return store.ErrNotFound
		}
		if b, err = batchAt(tx, first[0]); err != nil {
			return err
		}
		c, err = file.Get[readers.Cursor](cursors.of(tx), file.Number(b.Seq))
		if errors.Is(err, store.ErrNotFound) {
			err = nil
		}
		return err
	})
	return b, c, err
}

// Save writes how far a batch was sent.
func (s *Store) Save(ctx context.Context, batch uint64, c readers.Cursor) error {
	return s.update(ctx, func(tx *bbolt.Tx) error {
		if batches.of(tx).Get(file.Number(batch)) == nil {
			return store.ErrNotFound
		}
		return file.Put(cursors.of(tx), file.Number(batch), c)
	})
}

// Finish deletes a batch, and writes what is left of it.
func (s *Store) Finish(ctx context.Context, batch uint64, rest *readers.Batch) error {
	return s.update(ctx, func(tx *bbolt.Tx) error {
		k := file.Number(batch)
		b, err := file.Get[readers.Batch](batches.of(tx), k)
		if err != nil {
			return err
		}
		if err := errors.Join(batches.of(tx).Delete(k), cursors.of(tx).Delete(k), lanes.of(tx).Delete(laneKey(b))); err != nil || rest == nil {
			return err
		}
		return addBatch(tx, *rest)
	})
}

// FinishLetter deletes a letter, and writes it anew where it is to be sent again.
func (s *Store) FinishLetter(ctx context.Context, seq uint64, again *readers.Letter) error {
	return s.update(ctx, func(tx *bbolt.Tx) error {
		l, err := file.Get[readers.Letter](letters.of(tx), file.Number(seq))
		if err != nil {
			return err
		}
		if err := dropLetter(tx, join(string(l.Of), seq), seq); err != nil || again == nil {
			return err
		}
		return write(tx, *again)
	})
}
