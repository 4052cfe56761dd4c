package bolt

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	tx, k := l.tx, []byte(item.Key)
	switch item.Part {
	case partNumbers:
		return loaded(item, func(last uint64) error {
			if b := bucket(item.Key); b.numbered() {
				return b.of(tx).SetSequence(last)
			}
			return nil
		})
	case string(secrets):
		return loaded(item, func(secret []byte) error { return file.Put(secrets.of(tx), k, secret) })
	case string(people):
		return loaded(item, l.reader)
	case string(requests):
		return loaded(item, func(r readers.Request) error {
			if err := r.Check(); err != nil {
				return err
			}
			return putRequest(tx, r, true)
		})
	case string(suppressions):
		return loaded(item, func(sup readers.Suppression) error { return putSuppression(tx, sup) })
	case string(limits):
		return loaded(item, func(used readers.Used) error { return putLimit(tx, readers.Used{}, used) })
	case string(letters):
		return loaded(item, func(l readers.Letter) error { return errors.Join(raise(letters, tx, l.Seq), putLetter(tx, l)) })
	case string(heads):
		return loaded(item, func(head readers.Head) error { return file.Put(heads.of(tx), k, head) })
	case string(batches):
		return loaded(item, func(b readers.Batch) error { return errors.Join(raise(batches, tx, b.Seq), putBatch(tx, b)) })
	case string(cursors):
		return loaded(item, func(c readers.Cursor) error {
			seq, err := strconv.ParseUint(item.Key, 10, 64)
			if err != nil {
				return fmt.Errorf("%w: %.20q is not the number of a mailing", readers.ErrInvalid, item.Key)
			}
			return file.Put(cursors.of(tx), file.Number(seq), c)
		})
	}
	return readers.UnknownPart(item)
}

// loaded reads what an item holds, and has it kept.
func loaded[T any](item readers.Item, keep func(T) error) error {
	v, err := readers.Told[T](item)
	if err != nil {
		return err
	}
	return keep(v)
}

// raise has a part give out only greater numbers.
func raise(b bucket, tx *bbolt.Tx, seq uint64) error {
	if b.of(tx).Sequence() >= seq {
		return nil
	}
	return b.of(tx).SetSequence(seq)
}
