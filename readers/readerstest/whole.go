package readerstest

import (
	"context"
	"slices"
	"testing"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/readers"
)

// Whole makes sure that every reader of a store is found and counted as it is, and nobody
// else, as after a crash.
func Whole(t testing.TB, s readers.Store) {
	t.Helper()
	ctx := t.Context()
	all, err := s.Readers(ctx, 0, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	m := &model{people: all, suppressed: map[string]readers.Suppression{}}
	keys := []string{readers.KeyOwed}
	for i, r := range all {
		byID, err := s.Reader(ctx, r.ID)
		byAddress, err2 := s.ReaderOf(ctx, r.Address)
		if err != nil || err2 != nil || byID.Seq != r.Seq || byAddress.Seq != r.Seq || i > 0 && all[i-1].Seq >= r.Seq {
			t.Errorf("%v is found as %v and %v (%v, %v)", r, byID, byAddress, err, err2)
		}
		keys = append(keys, r.Keys()...)
	}
	stats, err := s.Stats(ctx)
	if a, b := said(stats.Readers, err), said(m.stats().Readers, nil); a != b {
		t.Errorf("counted are %s, and there are %s", a, b)
	}
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		for _, c := range readers.Cadences() {
			seqs, err := followers(ctx, s, []string{key}, c)
			if a, b := said(seqs, err), said(m.following([]string{key}, c), nil); a != b {
				t.Errorf("%s, %s: found are %s, and there are %s", key, c, a, b)
			}
		}
	}
	letters, err := s.Letters(ctx, 1<<30)
	if err != nil || len(letters) != stats.Letters {
		t.Errorf("%d letters wait, and %d are counted (%v)", len(letters), stats.Letters, err)
	}
}

// followers are the numbers of those who follow.
func followers(ctx context.Context, s readers.Store, keys []string, c notify.Cadence) (seqs []uint64, err error) {
	all, err := s.Following(ctx, keys, c)
	for _, f := range all {
		seqs = append(seqs, f.Seq)
	}
	return seqs, err
}
