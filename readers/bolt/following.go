package bolt

import (
	"context"
	"errors"
	"iter"
	"maps"
	"math"
	"slices"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/readers"
	file "github.com/watch287g/watch287g/store/bolt"
)

// Following returns every active reader of a cadence who follows one of some keys.
func (s *Store) Following(ctx context.Context, keys []string, c notify.Cadence) (all []readers.Follower, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		for f, err := range following(ctx, tx, keys, c) {
			if err != nil {
				return err
			}
			all = append(all, f)
		}
		return nil
	})
	return all, err
}

// following are the active readers of a cadence who follow one of some keys, by number.
func following(ctx context.Context, tx *bbolt.Tx, keys []string, c notify.Cadence) iter.Seq2[readers.Follower, error] {
	return func(yield func(readers.Follower, error) bool) {
		found := map[uint64][]string{}
		for _, key := range slices.Compact(slices.Sorted(slices.Values(keys))) {
			for _, k := range withPrefix(follows.of(tx), join(key, string(c)), math.MaxInt) {
				seq, err := lastNumber(k)
				if err != nil {
					yield(readers.Follower{}, err)
					return
				}
				found[seq] = append(found[seq], key)
			}
		}
		for _, seq := range slices.Sorted(maps.Keys(found)) {
			r, err := file.Get[readers.Reader](people.of(tx), file.Number(seq))
			r.Follows = nil
			f := readers.Follower{Seq: seq, Keys: found[seq], Wish: r.Wish, Since: r.Since, Was: r.Was}
			if err = errors.Join(err, ctx.Err()); !yield(f, err) || err != nil {
				return
			}
		}
	}
}
