package bolt

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"slices"
	"strconv"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/store"
	file "github.com/watch287g/watch287g/store/bolt"
)

// dumped lists the parts that are told, in the order in which they are. All others
// follow from them.
func dumped() []bucket {
	return []bucket{secrets, people, requests, suppressions, limits, letters, heads, batches, cursors}
}

// numbered says whether the keys of a part are numbers, which it gives out itself.
func (b bucket) numbered() bool {
	return b == people || b == letters || b == batches || b == cursors
}

// partNumbers is the part of an export that has the last number of each part: a number
// that was given out is never given out again.
const partNumbers = "numbers"

// Dump tells everything that is kept, as of one moment. It is in memory by then, so that
// nobody waits for whoever takes it.
func (s *Store) Dump(ctx context.Context) iter.Seq2[readers.Item, error] {
	return func(yield func(readers.Item, error) bool) {
		var all []readers.Item
		err := s.view(ctx, func(tx *bbolt.Tx) error {
			for _, b := range dumped() {
				if b.numbered() {
					all = append(all, readers.Item{Part: partNumbers, Key: string(b), Value: strconv.AppendUint(nil, b.of(tx).Sequence(), 10)})
				}
				err := b.of(tx).ForEach(func(k, v []byte) error {
					item, err := tell(b, k, v)
					all = append(all, item)
					return errors.Join(err, ctx.Err())
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			yield(readers.Item{}, err)
			return
		}
		for _, item := range all {
			if !yield(item, ctx.Err()) {
				return
			}
		}
	}
}

func tell(b bucket, k, v []byte) (readers.Item, error) {
	content, err := file.Unseal(k, v)
	if err != nil {
		return readers.Item{}, err
	}
	item := readers.Item{Part: string(b), Key: string(k), Value: append(json.RawMessage(nil), content...)}
	if b.numbered() {
		n, err := file.ParseNumber(k)
		if err != nil {
			return readers.Item{}, err
		}
		item.Key = strconv.FormatUint(n, 10)
	}
	return item, nil
}

// Load fills an empty file with what another one has told, all or nothing.
func (s *Store) Load(ctx context.Context, items iter.Seq2[readers.Item, error]) (n int, err error) {
	err = s.update(ctx, func(tx *bbolt.Tx) error {
		for _, b := range dumped() {
			if k, _ := b.of(tx).Cursor().First(); k != nil && b != secrets && b != heads { // which there are as soon as a service runs
				return readers.Theirs(store.ErrNotEmpty)
			}
		}
		n = 0
		l := loader{tx: tx, seen: map[string]bool{}, counts: map[readers.Count]int{}}
		for item, err := range items {
			if err != nil {
				return readers.Theirs(err)
			}
			if err := l.load(item); err != nil {
				return err
			}
			n++
		}
		return l.flush()
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// loader keeps items. What readers are found by is entered in the end, in order: in a
// large transaction anything else takes far longer.
type loader struct {
	tx      *bbolt.Tx
	seen    map[string]bool // what readers are found by
	entries []entry
	counts  map[readers.Count]int
}

// reader keeps a reader, but for what it is found by.
func (l *loader) reader(r readers.Reader) error {
	taken := people.of(l.tx).Get(file.Number(r.Seq)) != nil
	for _, e := range entries(r) {
		k := string(e.of) + "\x00" + string(e.key)
		taken = taken || e.seq != nil && l.seen[k]
		if e.seq != nil {
			l.seen[k] = true
		}
		l.entries = append(l.entries, e)
	}
	if err := readers.CheckNew(r, taken); err != nil {
		return err
	}
	l.counts[readers.Count{State: r.State, Language: r.Language, Cadence: r.Cadence}]++
	return errors.Join(raise(people, l.tx, r.Seq), file.Put(people.of(l.tx), file.Number(r.Seq), r))
}

// flush enters what readers are found by.
func (l *loader) flush() error {
	slices.SortFunc(l.entries, func(a, b entry) int { return cmp.Or(cmp.Compare(a.of, b.of), bytes.Compare(a.key, b.key)) })
	for _, e := range l.entries {
		if err := e.of.of(l.tx).Put(e.key, e.seq); err != nil {
			return err
		}
	}
	for of, n := range l.counts {
		like := readers.Reader{State: of.State, Wish: readers.Wish{Language: of.Language, Cadence: of.Cadence}}
		if err := countReaders(l.tx, like, n); err != nil {
			return err
		}
	}
	return nil
}

// load keeps one item.
func (l *loader) load(item readers.Item) error {
	tx := l.tx
	switch item.Part {
	case partNumbers:
		last, err := readers.Told[uint64](item)
		if b := bucket(item.Key); err == nil && b.numbered() {
			err = b.of(tx).SetSequence(last)
		}
		return err
	case string(secrets):
		secret, err := readers.Told[[]byte](item)
		if err != nil {
			return err
		}
		return file.Put(secrets.of(tx), []byte(item.Key), secret)
	case string(people):
		r, err := readers.Told[readers.Reader](item)
		if err != nil {
			return err
		}
		return l.reader(r)
	case string(requests):
		r, err := readers.Told[readers.Request](item)
		if err == nil {
			err = r.Check()
		}
		if err != nil {
			return err
		}
		return putRequest(tx, r, true)
	case string(suppressions):
		sup, err := readers.Told[readers.Suppression](item)
		if err != nil {
			return err
		}
		return putSuppression(tx, sup)
	case string(limits):
		used, err := readers.Told[readers.Used](item)
		if err != nil {
			return err
		}
		return putLimit(tx, readers.Used{}, used)
	case string(letters):
		l, err := readers.Told[readers.Letter](item)
		if err != nil {
			return err
		}
		return errors.Join(raise(letters, tx, l.Seq), putLetter(tx, l))
	}
	return loadMailing(tx, item)
}

// loadMailing keeps one item of what is to be sent.
func loadMailing(tx *bbolt.Tx, item readers.Item) error {
	switch item.Part {
	case string(heads):
		head, err := readers.Told[readers.Head](item)
		if err != nil {
			return err
		}
		return file.Put(heads.of(tx), []byte(item.Key), head)
	case string(batches):
		b, err := readers.Told[readers.Batch](item)
		if err != nil {
			return err
		}
		return errors.Join(raise(batches, tx, b.Seq), putBatch(tx, b))
	case string(cursors):
		c, err := readers.Told[readers.Cursor](item)
		seq, failed := strconv.ParseUint(item.Key, 10, 64)
		if err = errors.Join(err, failed); err != nil {
			return err
		}
		return file.Put(cursors.of(tx), file.Number(seq), c)
	}
	return readers.UnknownPart(item)
}

// raise has a part give out only greater numbers.
func raise(b bucket, tx *bbolt.Tx, seq uint64) error {
	if b.of(tx).Sequence() >= seq {
		return nil
	}
	return b.of(tx).SetSequence(seq)
}
