package bolt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// state is what would otherwise have to be computed from all publications.
type state = store.State

func readState(tx *bbolt.Tx) (state, error) {
	s, err := get[state](meta.of(tx), []byte(stateKey))
	if errors.Is(err, store.ErrNotFound) {
		return s, store.Damaged("its last numbers are missing")
	}
	return s, err
}

// Commit writes a batch, all or nothing, and durably.
func (s *Store) Commit(ctx context.Context, b store.Batch) error {
	return s.writeBatch(ctx, b.Validate(), func(w *writer) error {
		if err := b.CheckFollows(w.state); err != nil {
			return err
		}
		w.state.Commits++
		return w.write(b, w.newPublications, w.verdicts, w.agencies, w.records, w.changes, w.holds, w.validators, w.poll,
			w.addresses, w.documents, w.pageTexts, w.deliveries, w.incidents) // deliveries after changes, which they carry
	})
}

// writeBatch calls fn with a writer, unless the batch is invalid.
func (s *Store) writeBatch(ctx context.Context, invalid error, fn func(*writer) error) error {
	if invalid != nil {
		return invalid
	}
	return s.update(ctx, func(tx *bbolt.Tx) error {
		w, err := s.writer(ctx, tx)
		if err != nil {
			return err
		}
		return fn(w)
	})
}

// writer writes the parts of one batch.
type writer struct {
	ctx    context.Context // of this transaction
	tx     *bbolt.Tx
	state  state
	limits limits
}

func (s *Store) writer(ctx context.Context, tx *bbolt.Tx) (*writer, error) {
	st, err := readState(tx)
	return &writer{ctx: ctx, tx: tx, state: st, limits: s.limits}, err
}

// write runs the steps, and stores the state that they lead to.
func (w *writer) write(b store.Batch, steps ...func(store.Batch) error) error {
	for _, step := range steps {
		if err := step(b); err != nil {
			return err
		}
	}
	return put(meta.of(w.tx), []byte(stateKey), w.state)
}

func (w *writer) newPublications(b store.Batch) error {
	for _, e := range b.Entries {
		p := e.Publication
		if err := store.Advance(&w.state.Seqs.Publication, p.Seq, "publication"); err != nil {
			return err
		}
		if err := put(publications.of(w.tx), key(p.Seq), p); err != nil {
			return err
		}
		if err := publicationsBySHA.of(w.tx).Put(append([]byte(p.SHA256), key(p.Seq)...), nil); err != nil {
			return err
		}
		if err := w.storeContents(e); err != nil {
			return err
		}
		w.state.Count(p)
	}
	return nil
}

// storeContents stores the bytes and the roster of a publication, unless another
// publication's are kept for it.
func (w *writer) storeContents(e store.NewPublication) error {
	p, kept := e.Publication, bodies.of(w.tx)
	if p.KeptAs != "" {
		if kept.Get([]byte(p.KeptAs)) == nil {
			return fmt.Errorf("%w: publication %d is kept as %s, which is not kept itself", store.ErrInvalid, p.Seq, p.KeptAs)
		}
		return nil
	}
	if kept.Get([]byte(p.SHA256)) == nil {
		if err := kept.Put([]byte(p.SHA256), e.Body); err != nil {
			return err
		}
	}
	packed, err := store.Pack(e.Roster)
	if err != nil {
		return fmt.Errorf("packing the roster of publication %d: %w", p.Seq, err)
	}
	return rosters.of(w.tx).Put(key(p.Seq), seal(key(p.Seq), packed))
}

// verdicts replaces publications. What is in force follows from the newest
// accepted ones, and is computed anew only where one of these changed, which should
// never happen.
func (w *writer) verdicts(b store.Batch) error {
	stale := false
	for _, p := range b.Verdicts {
		before, err := get[roster.Publication](publications.of(w.tx), key(p.Seq))
		if err != nil {
			return fmt.Errorf("judging publication %d: %w", p.Seq, err)
		}
		if err := store.CheckVerdict(before, p); err != nil {
			return err
		}
		if err := put(publications.of(w.tx), key(p.Seq), p); err != nil {
			return err
		}
		stale = stale || store.TakesBack(before, p)
		w.state.Count(p)
	}
	if !stale {
		return nil
	}
	w.state.First, w.state.InForce = time.Time{}, nil
	for p, err := range every[roster.Publication](w.ctx, w.tx, publications) {
		if err != nil {
			return err
		}
		w.state.Count(p)
	}
	return nil
}

// putAll stores items by their ids.
func putAll[T any](b *bbolt.Bucket, items []T, id func(T) string) error {
	for _, item := range items {
		if err := put(b, []byte(id(item)), item); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) agencies(b store.Batch) error {
	return putAll(agencies.of(w.tx), b.Agencies, func(a roster.Agency) string { return a.ID })
}

func (w *writer) records(b store.Batch) error {
	return putAll(records.of(w.tx), b.Records, func(r roster.Record) string { return r.ID() })
}

func (w *writer) holds(b store.Batch) error {
	return putAll(holds.of(w.tx), b.Holds, func(h roster.Hold) string { return h.ID })
}

func (w *writer) addresses(b store.Batch) error {
	return putAll(addresses.of(w.tx), b.Addresses, func(a roster.DocumentAddress) string { return a.URL })
}

func (w *writer) documents(b store.Batch) error {
	return putAll(documents.of(w.tx), b.Documents, func(d roster.Document) string { return d.SHA256 })
}

func (w *writer) pageTexts(b store.Batch) error {
	return putAll(pageTexts.of(w.tx), b.PageTexts, roster.PageText.ID)
}

func (w *writer) changes(b store.Batch) error {
	byID := changesByID.of(w.tx)
	for _, c := range b.Changes {
		if err := store.Advance(&w.state.Seqs.Change, c.Seq, "change"); err != nil {
			return err
		}
		if byID.Get([]byte(c.ID)) != nil {
			return fmt.Errorf("%w: there is a change %s already", store.ErrInvalid, c.ID)
		}
		if err := byID.Put([]byte(c.ID), key(c.Seq)); err != nil {
			return err
		}
		if err := put(changes.of(w.tx), key(c.Seq), c); err != nil {
			return err
		}
	}
	return nil
}

// validators stores new ones, and deletes those that were checked longest ago.
func (w *writer) validators(b store.Batch) error {
	kept := validators.of(w.tx)
	if err := putAll(kept, b.Validators, func(v roster.Validator) string { return v.URL }); err != nil || len(b.Validators) == 0 {
		return err
	}
	all, err := collect(every[roster.Validator](w.ctx, w.tx, validators))
	if err != nil {
		return err
	}
	slices.SortStableFunc(all, func(a, b roster.Validator) int { return a.CheckedAt.Compare(b.CheckedAt) })
	for _, old := range all[:max(0, len(all)-w.limits.validators)] {
		if err := kept.Delete([]byte(old.URL)); err != nil {
			return err
		}
	}
	return nil
}

// BeginPoll notes that a poll begins.
func (s *Store) BeginPoll(ctx context.Context, at time.Time) error {
	return s.writeBatch(ctx, nil, func(w *writer) error {
		w.state.Begun = at.UTC()
		return w.write(store.Batch{})
	})
}

// poll adds to the log of polls, and deletes the oldest.
func (w *writer) poll(b store.Batch) error {
	if b.Poll == nil {
		return nil
	}
	log := polls.of(w.tx)
	p := *b.Poll
	p.Seq = 1
	if last, _ := log.Cursor().Last(); last != nil {
		n, err := parseKey(last)
		if err != nil {
			return err
		}
		p.Seq = n + 1
	}
	read, err := readingOf(w.ctx, w.tx, w.state)
	if err != nil {
		return err
	}
	w.state.Reading = read
	w.state.End(p)
	if err := put(log, key(p.Seq), p); err != nil || p.Seq <= w.limits.polls {
		return err
	}
	// Numbers have no gaps, so the number alone says which polls are too old.
	c := log.Cursor()
	for k, _ := c.First(); bytes.Compare(k, key(p.Seq-w.limits.polls)) <= 0; k, _ = c.First() {
		if err := c.Delete(); err != nil {
			return err
		}
	}
	return nil
}
