package bolt

import (
	"context"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/readers"
	file "github.com/watch287g/watch287g/store/bolt"
)

// SetBack has what is found after a change told to readers, whatever was told before.
func (s *Store) SetBack(ctx context.Context, known map[notify.Cadence]readers.Head, last uint64) error {
	return s.update(ctx, func(tx *bbolt.Tx) error {
		for _, c := range readers.Cadences() {
			if err := expect(tx, c, known[c]); err != nil {
				return err
			}
			if known[c].Change <= last {
				continue
			}
			if err := file.Put(heads.of(tx), []byte(c), known[c].SetBack(last)); err != nil {
				return err
			}
		}
		err := rewrite(ctx, tx, people, func(r readers.Reader) (readers.Reader, bool) {
			beyond := r.Since > last
			r.Since = min(r.Since, last)
			return r, beyond
		})
		if err != nil {
			return err
		}
		return rewrite(ctx, tx, batches, func(b readers.Batch) (readers.Batch, bool) { return b.SetBack(last) })
	})
}

// rewrite writes those of a bucket anew that change has changed.
func rewrite[T any](ctx context.Context, tx *bbolt.Tx, b bucket, change func(T) (T, bool)) error {
	type item struct {
		key   []byte
		value T
	}
	const atOnce = 1000
	for c, some := []byte(nil), []item(nil); ; some = some[:0] {
		cursor := b.of(tx).Cursor() // a new one: what is written may move the rest
		k, v := cursor.Seek(c)
		for ; k != nil && len(some) < atOnce; k, v = cursor.Next() {
			var before T
			if err := file.Decode(k, v, &before); err != nil {
				return err
			}
			if after, changed := change(before); changed {
				some = append(some, item{append([]byte(nil), k...), after})
			}
		}
		c = append([]byte(nil), k...)
		for _, i := range some {
			if err := file.Put(b.of(tx), i.key, i.value); err != nil {
				return err
			}
		}
		if err := ctx.Err(); err != nil || len(c) == 0 {
			return err
		}
	}
}
