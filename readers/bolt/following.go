package bolt

import (
	"context"
	"maps"
	"math"
	"slices"

	"go.etcd.io/bbolt"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/readers"
	file "github.com/watch287g/watch287g/store/bolt"
)

// Following calls yield for every active reader of a cadence who follows one of some
// keys.
func (s *Store) Following(ctx context.Context, keys []string, c notify.Cadence, yield func(readers.Follower) error) error {
	var all []readers.Follower
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		found := map[uint64][]string{}
		for _, key := range slices.Compact(slices.Sorted(slices.Values(keys))) {
			for _, k := range withPrefix(follows.of(tx), join(key, string(c)), math.MaxInt) {
				seq, err := lastNumber(k)
				if err != nil {
					return err
				}
				found[seq] = append(found[seq], key)
			}
		}
		for _, seq := range slices.Sorted(maps.Keys(found)) {
			r, err := file.Get[readers.Reader](people.of(tx), file.Number(seq))
			if err != nil {
				return err
			}
			r.Follows = nil
			all = append(all, readers.Follower{Seq: seq, Keys: found[seq], Wish: r.Wish, Since: r.Since})
		}
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	for _, f := range all {
		if err := yield(f); err != nil {
			return err
		}
	}
	return nil
}
