package snapshot_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
)

// change is one of a kind to an agreement.
func change(seq uint64, kind roster.Kind, id string) roster.Change {
	return roster.Change{ID: fmt.Sprint("chg_", seq), Seq: seq, Kind: kind, DetectedAt: at(int(seq)), Agreement: agreement(id)}
}

// seqs are the numbers of changes.
func seqs(all []roster.Change) []uint64 {
	found := []uint64{}
	for _, c := range all {
		found = append(found, c.Seq)
	}
	return found
}

// A later snapshot reads only the changes that the earlier one does not hold, and
// leaves that one as it was.
func TestLoadReadsWhatIsNew(t *testing.T) {
	s := &source{changes: []roster.Change{change(1, roster.KindNew, "a"), change(2, roster.KindNew, "b")}}
	first := s.load(t)
	for n := range uint64(2) {
		s.changes = append(s.changes[:2:2], change(3, roster.KindRemoved, fmt.Sprint("c", n)))
		later, err := snapshot.Load(t.Context(), s, first, at(30))
		if err != nil {
			t.Fatal(err)
		}
		if got := later.Changes(); len(got) != 3 || got[2].Agreement.ID != fmt.Sprint("c", n) || len(later.ChangesOf(fmt.Sprint("TX-c", n))) != 1 {
			t.Errorf("the later snapshot has %+v", got)
		}
	}
	if got := first.Changes(); len(got) != 2 || !slices.Equal(s.after, []uint64{0, 2, 2}) {
		t.Errorf("the earlier one has %v; changes were read after %v", seqs(got), s.after)
	}
}

func TestFind(t *testing.T) {
	s := &source{}
	for seq := uint64(1); seq <= 9; seq++ {
		s.changes = append(s.changes, change(seq, []roster.Kind{roster.KindNew, roster.KindRemoved, roster.KindDetail}[seq%3], "a"))
	}
	snap, removed := s.load(t), roster.Filter{Kinds: []roster.Kind{roster.KindRemoved}}
	for _, test := range []struct {
		filter roster.Filter
		before uint64
		limit  int
		want   []uint64
		more   bool
	}{
		{roster.Filter{}, 0, 0, []uint64{9, 8, 7, 6, 5, 4, 3, 2, 1}, false},
		{roster.Filter{}, 0, 2, []uint64{9, 8}, true},
		{roster.Filter{}, 3, 2, []uint64{2, 1}, false},
		{roster.Filter{}, 100, 1, []uint64{9}, true},
		{roster.Filter{}, 1, 5, []uint64{}, false},
		{removed, 0, 2, []uint64{7, 4}, true},
		{removed, 0, 3, []uint64{7, 4, 1}, false},
		{removed, 7, 3, []uint64{4, 1}, false},
	} {
		found, more := snap.Find(test.filter, test.before, test.limit)
		if got := seqs(found); !slices.Equal(got, test.want) || more != test.more {
			t.Errorf("before %d, at most %d: %v, more %v", test.before, test.limit, got, more)
		}
	}
	if n := snap.Count(removed); n != 3 {
		t.Errorf("%d are counted", n)
	}
	for _, test := range []struct {
		after uint64
		limit int
		want  []uint64
		next  uint64
	}{{0, 2, []uint64{1, 4}, 4}, {4, 2, []uint64{7}, 9}, {9, 2, []uint64{}, 9}, {50, 2, []uint64{}, 9}} {
		found, next := snap.Follow(removed, test.after, test.limit)
		if got := seqs(found); !slices.Equal(got, test.want) || next != test.next {
			t.Errorf("after %d: %v, and on from %d", test.after, got, next)
		}
	}
}

// The first page of a feed holds a week, and at least 50 and at most 500 changes.
func TestFeedPage(t *testing.T) {
	for _, test := range []struct {
		changes int
		apart   time.Duration
		want    int
		more    bool
	}{
		{50, 24 * time.Hour, 50, false},
		{60, 24 * time.Hour, 50, true},
		{200, time.Hour, 168, true},
		{500, time.Minute, 500, false},
		{501, time.Minute, 500, true},
	} {
		s := &source{}
		for i := range test.changes {
			c := change(uint64(i+1), roster.KindNew, "a")
			c.DetectedAt = at(1).Add(time.Duration(i) * test.apart)
			s.changes = append(s.changes, c)
		}
		snap := s.load(t)
		if found, more := snap.FeedPage(roster.Filter{}, 0); len(found) != test.want || more != test.more {
			t.Errorf("of %d changes %v apart: %d, more %v", test.changes, test.apart, len(found), more)
		}
		if found, more := snap.FeedPage(roster.Filter{}, 41); len(found) != 40 || more {
			t.Errorf("of %d changes, before number 41: %d, more %v", test.changes, len(found), more)
		}
	}
}

func TestCorrections(t *testing.T) {
	amended := change(3, roster.KindAmended, "a")
	before := agreement("a")
	before.AgencyID = "TX-was"
	amended.Before = &before
	named := change(1, roster.KindNew, "a")
	named.Agreement = before
	restored := change(5, roster.KindRestored, "b")
	restored.Corrects = "chg_4"
	snap := (&source{changes: []roster.Change{named, change(2, roster.KindDetail, "a"), amended, change(4, roster.KindRemoved, "b"), restored}}).load(t)
	corrects := map[uint64]uint64{3: 1, 5: 4} // by number: the one that it corrects
	for _, c := range snap.Changes() {
		earlier, ok := snap.Corrected(c)
		if want := corrects[c.Seq]; ok != (want > 0) || earlier.Seq != want {
			t.Errorf("change %d corrects %d, want %d", c.Seq, earlier.Seq, want)
		}
		later, ok := snap.CorrectedBy(c)
		if ok != (later.Seq > 0) || ok && corrects[later.Seq] != c.Seq || !ok && (c.Seq == 1 || c.Seq == 4) {
			t.Errorf("change %d is corrected by %d", c.Seq, later.Seq)
		}
		if got := later.Corrects == c.ID; got != (c.Seq == 4) {
			t.Errorf("change %d is taken back: %v", c.Seq, got)
		}
	}
	if got := seqs(snap.ChangesOf("TX-was")); !slices.Equal(got, []uint64{1, 3}) {
		t.Errorf("of the agency as it was: %v", got)
	}
}

// What is only likely is doubtful until it is taken back.
func TestDoubtfulChange(t *testing.T) {
	likely := change(1, roster.KindAmended, "a")
	likely.Certainty = roster.Likely
	s := &source{changes: []roster.Change{likely, change(2, roster.KindDetail, "a")}}
	if c, ok := s.load(t).DoubtfulChange("TX-a", "a"); !ok || c.Seq != 1 {
		t.Errorf("the doubtful one is %+v", c)
	}
	if _, ok := s.load(t).DoubtfulChange("TX-a", "b"); ok {
		t.Error("another agreement is doubtful, too")
	}
	back := change(3, roster.KindRestored, "a")
	back.Corrects = likely.ID
	s.changes = append(s.changes, back)
	if c, ok := s.load(t).DoubtfulChange("TX-a", "a"); ok {
		t.Errorf("what was taken back is doubtful: %+v", c)
	}
}
