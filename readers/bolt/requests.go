package bolt

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/store"
	file "github.com/watch287g/watch287g/store/bolt"
)

// Ask keeps a request with its letter.
func (s *Store) Ask(ctx context.Context, r readers.Request) error {
	if err := r.Check(); err != nil {
		return err
	}
	key, err := s.suppressionKey(ctx, r.Address)
	if err != nil {
		return err
	}
	return s.update(ctx, func(tx *bbolt.Tx) error {
		if requests.of(tx).Get([]byte(r.ID)) != nil || ids.of(tx).Get([]byte(r.ID)) != nil {
			return fmt.Errorf("%w: there is such a request", readers.ErrConflict)
		}
		if err := closeRequests(tx, r.Address, readers.MostRequests-1); err != nil {
			return err
		}
		if suppressions.of(tx).Get([]byte(key)) == nil {
			if err := write(tx, readers.Letter{Kind: readers.LetterConfirm, Of: r.ID, At: r.At}); err != nil {
				return err
			}
		}
		return putRequest(tx, r, true)
	})
}

// putRequest keeps a request with all that finds it, or deletes it with its letters.
func putRequest(tx *bbolt.Tx, r readers.Request, there bool) error {
	k, by := []byte(r.ID), 1
	known := requests.of(tx).Get(k) != nil
	if !there {
		by = -1
		if err := errors.Join(requests.of(tx).Delete(k), forget(tx, r.ID)); err != nil {
			return err
		}
	} else if err := file.Put(requests.of(tx), k, r); err != nil {
		return err
	}
	if known == there {
		return nil
	}
	if err := count(tx, by, "request"); err != nil {
		return err
	}
	if err := set(requestTimes.of(tx), join(r.At, string(r.ID)), there); err != nil {
		return err
	}
	return set(requestsOf.of(tx), join(readers.AddressKey(r.Address), r.At, string(r.ID)), there)
}

// closeRequests deletes the oldest requests of an address, so that at most so many are
// left.
func closeRequests(tx *bbolt.Tx, address string, left int) error {
	open := withPrefix(requestsOf.of(tx), join(readers.AddressKey(address)), math.MaxInt)
	for _, k := range open[:max(len(open)-left, 0)] {
		if err := closeRequest(tx, idAtEnd(k)); err != nil {
			return err
		}
	}
	return nil
}

// idAtEnd is the ID with which a key ends.
func idAtEnd(k []byte) readers.ID {
	const size = 26
	return readers.ID(k[max(len(k)-1-size, 0):max(len(k)-1, 0)])
}

func closeRequest(tx *bbolt.Tx, id readers.ID) error {
	r, err := requestOf(tx, id)
	if err != nil {
		return err
	}
	return putRequest(tx, r, false)
}

func requestOf(tx *bbolt.Tx, id readers.ID) (readers.Request, error) {
	if id == "" {
		return readers.Request{}, store.ErrNotFound
	}
	return file.Get[readers.Request](requests.of(tx), []byte(id))
}

// Request returns a request.
func (s *Store) Request(ctx context.Context, id readers.ID) (r readers.Request, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		r, err = requestOf(tx, id)
		return err
	})
	return r, err
}

// RequestsOf returns the requests of an address.
func (s *Store) RequestsOf(ctx context.Context, address string) (found []readers.Request, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		found = nil
		for _, k := range withPrefix(requestsOf.of(tx), join(readers.AddressKey(address)), math.MaxInt) {
			r, err := requestOf(tx, idAtEnd(k))
			if err != nil {
				return err
			}
			found = append(found, r)
		}
		return nil
	})
	return found, err
}

// Try counts a try at the code of a request.
func (s *Store) Try(ctx context.Context, id readers.ID) (r readers.Request, err error) {
	err = s.update(ctx, func(tx *bbolt.Tx) error {
		if r, err = requestOf(tx, id); err != nil {
			return err
		}
		r.Tries++
		return putRequest(tx, r, true)
	})
	return r, err
}

// Withdraw deletes a request with its letter.
func (s *Store) Withdraw(ctx context.Context, id readers.ID) error {
	return s.update(ctx, func(tx *bbolt.Tx) error { return closeRequest(tx, id) })
}

// Confirm makes a reader of a request, or adds it to the one who has the address.
func (s *Store) Confirm(ctx context.Context, id readers.ID, at time.Time, since uint64) (after readers.Reader, err error) {
	asked, err := s.Request(ctx, id)
	if err != nil {
		return readers.Reader{}, err
	}
	key, err := s.suppressionKey(ctx, asked.Address)
	if err != nil {
		return readers.Reader{}, err
	}
	err = s.update(ctx, func(tx *bbolt.Tx) error {
		r, err := requestOf(tx, id)
		if err == nil && (!r.OpenAt(at) || suppressions.of(tx).Get([]byte(key)) != nil) {
			err = store.ErrNotFound
		}
		if err != nil {
			return err
		}
		if err := putRequest(tx, r, false); err != nil {
			return err
		}
		before, err := readerBy(tx, addresses, readers.AddressKey(r.Address))
		switch {
		case errors.Is(err, store.ErrNotFound):
			seq, err := people.of(tx).NextSequence()
			if err != nil {
				return err
			}
			after = readers.NewReader(r, seq, at, since)
			return put(tx, nil, &after)
		case err != nil:
			return err
		}
		after = before
		after.Join(r.Wish, at, since)
		return put(tx, &before, &after)
	})
	if err != nil {
		return readers.Reader{}, err
	}
	return after, nil
}

// write adds a letter.
func write(tx *bbolt.Tx, l readers.Letter) (err error) {
	if l.Seq, err = letters.of(tx).NextSequence(); err != nil {
		return err
	}
	return putLetter(tx, l)
}

func putLetter(tx *bbolt.Tx, l readers.Letter) error {
	if err := count(tx, 1, "letter"); err != nil {
		return err
	}
	if err := set(lettersOf.of(tx), join(string(l.Of), l.Seq), true); err != nil {
		return err
	}
	return file.Put(letters.of(tx), file.Number(l.Seq), l)
}

// forget deletes the letters of a request or a reader.
func forget(tx *bbolt.Tx, id readers.ID) error {
	for _, k := range withPrefix(lettersOf.of(tx), join(string(id)), math.MaxInt) {
		seq, err := lastNumber(k)
		if err != nil {
			return err
		}
		if err := dropLetter(tx, k, seq); err != nil {
			return err
		}
	}
	return nil
}

// dropLetter deletes a letter; of is its key in lettersOf.
func dropLetter(tx *bbolt.Tx, of []byte, seq uint64) error {
	return errors.Join(lettersOf.of(tx).Delete(of), letters.of(tx).Delete(file.Number(seq)), count(tx, -1, "letter"))
}

// Letters returns up to limit letters that wait, the oldest first.
func (s *Store) Letters(ctx context.Context, limit int) (all []readers.Letter, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		for l, err := range file.From[readers.Letter](ctx, letters.of(tx), nil) {
			if err != nil || len(all) >= limit {
				return err
			}
			all = append(all, l)
		}
		return nil
	})
	return all, err
}
