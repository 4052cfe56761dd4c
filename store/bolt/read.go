package bolt

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// readTx runs fn in a read transaction and returns its result, which must not refer
// to memory that bbolt owns.
func readTx[T any](ctx context.Context, s *Store, fn func(tx *bbolt.Tx) (T, error)) (T, error) {
	var found, none T
	err := s.view(ctx, func(tx *bbolt.Tx) (err error) {
		found, err = fn(tx)
		return err
	})
	if err != nil {
		return none, err
	}
	return found, nil
}

// listAll returns every value of a bucket.
func listAll[T any](ctx context.Context, s *Store, b bucket) ([]T, error) {
	return readTx(ctx, s, func(tx *bbolt.Tx) ([]T, error) { return collect(every[T](ctx, tx, b)) })
}

// getOne returns the value under a key.
func getOne[T any](ctx context.Context, s *Store, b bucket, k []byte) (T, error) {
	return readTx(ctx, s, func(tx *bbolt.Tx) (T, error) { return get[T](b.of(tx), k) })
}

// Revision is the number of batches that were written.
func (s *Store) Revision(ctx context.Context) (uint64, error) {
	return readTx(ctx, s, func(tx *bbolt.Tx) (uint64, error) {
		st, err := readState(tx)
		return st.Commits, err
	})
}

// Known returns everything that a new publication is compared with.
func (s *Store) Known(ctx context.Context) (roster.Snapshot, error) {
	known, err := readTx(ctx, s, func(tx *bbolt.Tx) (roster.Snapshot, error) { return readKnown(ctx, tx) })
	if err != nil {
		return roster.Snapshot{}, fmt.Errorf("what is known: %w", err)
	}
	return known, nil
}

func readKnown(ctx context.Context, tx *bbolt.Tx) (roster.Snapshot, error) {
	k := roster.Snapshot{
		Agencies: map[string]*roster.Agency{},
		Records:  map[string]*roster.Record{},
		InForce:  map[roster.List]roster.Publication{},
	}
	st, err := readState(tx)
	if err != nil {
		return k, err
	}
	k.Seqs, k.First, k.Rebuilds = st.Seqs, st.First, st.Rebuilds
	for list, last := range st.InForce {
		if k.InForce[list], err = get[roster.Publication](publications.of(tx), key(last.Seq)); err != nil {
			return k, store.Damaged("publication %d, which is in force: %w", last.Seq, err)
		}
	}
	for a, err := range every[roster.Agency](ctx, tx, agencies) {
		if err != nil {
			return k, err
		}
		k.Agencies[a.ID] = &a
	}
	for r, err := range every[roster.Record](ctx, tx, records) {
		if err != nil {
			return k, err
		}
		k.Records[r.ID()] = &r
	}
	kept, err := collect(every[roster.Hold](ctx, tx, holds))
	if err != nil {
		return k, err
	}
	k.Holds = slices.DeleteFunc(store.SortNewestFirst(kept), func(h roster.Hold) bool { return !h.Open() })
	return k, nil
}

// Changes returns the changes that match the query.
func (s *Store) Changes(ctx context.Context, q store.ChangeQuery) ([]roster.Change, error) {
	found, err := readTx(ctx, s, func(tx *bbolt.Tx) ([]roster.Change, error) { return readChanges(ctx, tx, q) })
	if err != nil {
		return nil, fmt.Errorf("changes: %w", err)
	}
	return found, nil
}

func readChanges(ctx context.Context, tx *bbolt.Tx, q store.ChangeQuery) ([]roster.Change, error) {
	c := changes.of(tx).Cursor()
	k, v := c.Seek(key(q.AfterSeq))
	next := c.Next
	if q.Newest {
		k, v = c.Last()
		next = c.Prev
	} else if bytes.Equal(k, key(q.AfterSeq)) {
		k, v = c.Next()
	}
	var found []roster.Change
	for change, err := range scan[roster.Change](ctx, k, v, next) {
		if err != nil {
			return nil, err
		}
		if change.Seq <= q.AfterSeq {
			break // only where the newest come first
		}
		if q.Wants(change) {
			found = append(found, change)
		}
		if q.Limit > 0 && len(found) == q.Limit {
			break
		}
	}
	return found, nil
}

// Change returns one change, or ErrNotFound.
func (s *Store) Change(ctx context.Context, id string) (roster.Change, error) {
	change, err := readTx(ctx, s, func(tx *bbolt.Tx) (roster.Change, error) {
		seq := changesByID.of(tx).Get([]byte(id))
		if seq == nil {
			return roster.Change{}, store.ErrNotFound
		}
		found, err := get[roster.Change](changes.of(tx), seq)
		if err == nil && found.ID != id {
			err = store.Damaged("its index leads to %s", found.ID)
		}
		return found, err
	})
	if err != nil {
		return roster.Change{}, fmt.Errorf("change %s: %w", id, err)
	}
	return change, nil
}

// Publications lists every publication, in the order of their numbers.
func (s *Store) Publications(ctx context.Context) ([]roster.Publication, error) {
	return listAll[roster.Publication](ctx, s, publications)
}

// Publication returns one publication, or ErrNotFound.
func (s *Store) Publication(ctx context.Context, seq uint64) (roster.Publication, error) {
	p, err := getOne[roster.Publication](ctx, s, publications, key(seq))
	if err != nil {
		return p, fmt.Errorf("publication %d: %w", seq, err)
	}
	return p, nil
}

// Body returns the bytes with this hash, or ErrNotFound.
func (s *Store) Body(ctx context.Context, sha string) ([]byte, error) {
	body, err := readTx(ctx, s, func(tx *bbolt.Tx) ([]byte, error) {
		kept := bodies.of(tx).Get([]byte(sha))
		if kept == nil {
			return nil, store.ErrNotFound
		}
		return append([]byte{}, kept...), nil
	})
	if err != nil {
		return nil, fmt.Errorf("the file with the hash %s: %w", sha, err)
	}
	if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != sha {
		return nil, explain("reading", s.path, store.Damaged("the file with the hash %s has changed", sha))
	}
	return body, nil
}

// Roster returns what a publication says, or ErrNotFound.
func (s *Store) Roster(ctx context.Context, seq uint64) (roster.Roster, error) {
	packed, err := readTx(ctx, s, func(tx *bbolt.Tx) ([]byte, error) {
		k, err := findRosterKey(tx, seq)
		if err != nil {
			return nil, err
		}
		content, err := unseal(k, rosters.of(tx).Get(k))
		return bytes.Clone(content), err
	})
	if err != nil {
		return roster.Roster{}, fmt.Errorf("the roster of publication %d: %w", seq, err)
	}
	var r roster.Roster
	if err := store.Unpack(packed, &r); err != nil {
		return roster.Roster{}, explain("reading", s.path, store.Damaged("the roster of publication %d cannot be read: %w", seq, err))
	}
	return r, nil
}

// findRosterKey returns the key of a publication's roster: its own, or that of the
// publication with the same rows that is kept for it.
func findRosterKey(tx *bbolt.Tx, seq uint64) ([]byte, error) {
	if rosters.of(tx).Get(key(seq)) != nil {
		return key(seq), nil
	}
	p, err := get[roster.Publication](publications.of(tx), key(seq))
	if err != nil || p.KeptAs == "" {
		return nil, cmp.Or(err, store.ErrNotFound)
	}
	c, sha := publicationsBySHA.of(tx).Cursor(), []byte(p.KeptAs)
	for k, _ := c.Seek(sha); bytes.HasPrefix(k, sha); k, _ = c.Next() {
		if other := k[len(sha):]; rosters.of(tx).Get(other) != nil {
			return bytes.Clone(other), nil
		}
	}
	return nil, store.Damaged("the rows of publication %d are missing", seq)
}

// Holds lists all holds ever, the newest first.
func (s *Store) Holds(ctx context.Context) ([]roster.Hold, error) {
	kept, err := listAll[roster.Hold](ctx, s, holds)
	return store.SortNewestFirst(kept), err
}

// Polls lists the last n polls, the newest first.
func (s *Store) Polls(ctx context.Context, n int) ([]roster.Poll, error) {
	return readTx(ctx, s, func(tx *bbolt.Tx) ([]roster.Poll, error) {
		var last []roster.Poll
		c := polls.of(tx).Cursor()
		k, v := c.Last()
		for p, err := range scan[roster.Poll](ctx, k, v, c.Prev) {
			if err != nil {
				return nil, err
			}
			if len(last) >= n {
				break
			}
			last = append(last, p)
		}
		return last, nil
	})
}

// Reading returns until when ICE's page was read.
func (s *Store) Reading(ctx context.Context) (roster.Reading, error) {
	return readTx(ctx, s, func(tx *bbolt.Tx) (roster.Reading, error) {
		st, err := readState(tx)
		if err != nil {
			return roster.Reading{}, err
		}
		return readingOf(ctx, tx, st)
	})
}

// readingOf returns the stored one. A store that was written before it was stored has
// it in the log of polls.
func readingOf(ctx context.Context, tx *bbolt.Tx, s state) (r roster.Reading, err error) {
	if !s.Reading.Read.IsZero() || !s.Reading.Failing.IsZero() {
		return s.Reading, nil
	}
	for p, err := range every[roster.Poll](ctx, tx, polls) {
		if err != nil {
			return roster.Reading{}, err
		}
		r = r.After(p)
	}
	return r, nil
}

// BegunPoll returns when a poll began that has not ended, or was cut off.
func (s *Store) BegunPoll(ctx context.Context) (time.Time, error) {
	return readTx(ctx, s, func(tx *bbolt.Tx) (time.Time, error) {
		st, err := readState(tx)
		return st.Begun, err
	})
}

// Validators returns what is known of the URLs that were fetched, by URL.
func (s *Store) Validators(ctx context.Context) ([]roster.Validator, error) {
	return listAll[roster.Validator](ctx, s, validators)
}

// Addresses returns what is known of all addresses of documents, by URL.
func (s *Store) Addresses(ctx context.Context) ([]roster.DocumentAddress, error) {
	return listAll[roster.DocumentAddress](ctx, s, addresses)
}

// Documents returns what all documents say that were ever had, by SHA256.
func (s *Store) Documents(ctx context.Context) ([]roster.Document, error) {
	return listAll[roster.Document](ctx, s, documents)
}

// PageTexts returns all that ICE's page ever said, the oldest first.
func (s *Store) PageTexts(ctx context.Context) ([]roster.PageText, error) {
	return listAll[roster.PageText](ctx, s, pageTexts)
}
