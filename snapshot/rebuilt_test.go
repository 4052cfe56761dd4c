package snapshot_test

import (
	"slices"
	"testing"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
)

// What a rebuild found is where it would have been, and what it took back is in no list;
// whoever followed the numbers until then gets neither.
func TestRebuiltChanges(t *testing.T) {
	s := &source{}
	for seq := uint64(1); seq <= 6; seq++ {
		s.changes = append(s.changes, change(seq, roster.KindNew, "a"))
	}
	before := s.load(t)
	s.changes = slices.Clone(s.changes)
	s.changes[1].TakenBack = true
	for seq, day := range map[uint64]int{7: 4, 8: 1} { // 8 happened before 7, on the day of 1
		c := change(seq, roster.KindNew, "a")
		if c.DetectedAt, c.FoundLater = at(day), true; seq == 8 {
			c.DetectedAt = c.DetectedAt.Add(1)
		}
		s.changes = append(s.changes, c)
	}
	slices.SortFunc(s.changes, func(a, b roster.Change) int { return int(a.Seq) - int(b.Seq) })
	s.rebuilds = 1
	snap, err := snapshot.Load(t.Context(), s, before, at(30))
	if err != nil {
		t.Fatal(err)
	}
	if got := seqs(snap.Changes()); !slices.Equal(got, []uint64{1, 8, 3, 4, 7, 5, 6}) {
		t.Errorf("they happened in the order %v", got)
	}
	if got, ok := snap.Change("chg_2"); !ok || !got.TakenBack || snap.LastChange() != 8 {
		t.Errorf("change 2 is %+v, and the last one %d", got, snap.LastChange())
	}
	if got := seqs(snap.ChangesOf("TX-a")); !slices.Equal(got, []uint64{1, 8, 3, 4, 7, 5, 6}) {
		t.Errorf("of the agency: %v", got)
	}
	for _, test := range []struct {
		before uint64
		want   []uint64
	}{{0, []uint64{6, 5, 7, 4, 3, 8, 1}}, {9, []uint64{6, 5, 7, 4, 3, 8, 1}}, {7, []uint64{4, 3, 8, 1}}, {3, []uint64{8, 1}}, {2, []uint64{8, 1}}, {1, []uint64{}}} {
		if got, _ := snap.Find(roster.Filter{}, test.before, 0); !slices.Equal(seqs(got), test.want) {
			t.Errorf("before %d: %v, want %v", test.before, seqs(got), test.want)
		}
	}
	if got, _ := snap.FeedPage(roster.Filter{}, 0); !slices.Equal(seqs(got), []uint64{6, 5, 4, 3, 1}) {
		t.Errorf("a feed has %v", seqs(got))
	}
	for _, test := range []struct {
		after, next uint64
		want        []uint64
	}{{0, 6, []uint64{1, 8, 3, 4, 7, 5, 6}}, {2, 6, []uint64{3, 4, 7, 5, 6}}, {5, 6, []uint64{6}}, {6, 6, []uint64{}}, {4, 6, []uint64{7, 5, 6}}} {
		if got, next := snap.Follow(roster.Filter{}, test.after, 100); !slices.Equal(seqs(got), test.want) || next != test.next {
			t.Errorf("after %d: %v and %d, want %v and %d", test.after, seqs(got), next, test.want, test.next)
		}
	}
	page, next := snap.Follow(roster.Filter{}, 0, 2)
	rest, _ := snap.Follow(roster.Filter{}, next, 100)
	if !slices.Equal(seqs(page), []uint64{1, 8}) || !slices.Equal(seqs(rest), []uint64{3, 4, 7, 5, 6}) {
		t.Errorf("read in two pages: %v and %v", seqs(page), seqs(rest))
	}
}
