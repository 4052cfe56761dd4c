package readerstest

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/notify"
	"github.com/watch287g/watch287g/readers"
)

// batch is one to a reader or more.
func batch(lane readers.Lane, due time.Time, seqs ...uint64) readers.Batch {
	return readers.Batch{Lane: lane, Cadence: notify.Instant, At: Start(), Due: due,
		Groups: []readers.Group{{Changes: []uint64{8, 9}, Language: "en", Readers: seqs}}}
}

// planned writes batches with the head of a cadence.
func planned(t *testing.T, s readers.Store, c notify.Cadence, before, after uint64, batches ...readers.Batch) {
	t.Helper()
	if err := s.Plan(t.Context(), readers.Plan{Cadence: c, Before: head(before), After: head(after), Batches: always(batches...)}); err != nil {
		t.Fatal(err)
	}
}

// head is one up to a change; that of 0 is none.
func head(change uint64) readers.Head {
	if change == 0 {
		return readers.Head{}
	}
	return readers.Head{Change: change, At: Start()}
}

// always makes these batches, whoever follows.
func always(batches ...readers.Batch) func(iter.Seq2[readers.Follower, error]) iter.Seq2[readers.Batch, error] {
	return func(iter.Seq2[readers.Follower, error]) iter.Seq2[readers.Batch, error] {
		return func(yield func(readers.Batch, error) bool) {
			for _, b := range batches {
				if !yield(b, nil) {
					return
				}
			}
		}
	}
}

// planning writes plans whole or not at all, and one after another.
func planning(t *testing.T, s readers.Store) {
	ctx := t.Context()
	a := Signed(ctx, t, s, "a@example.org", Wish(t, "county:48201", "state:TX"))
	b := Signed(ctx, t, s, "b@example.org", Wish(t, "state:TX"))
	Signed(ctx, t, s, "c@example.org", Wish(t, "state:FL"))
	daily := Wish(t, "state:TX")
	daily.Cadence = notify.Daily
	Signed(ctx, t, s, "d@example.org", daily)
	var seen []readers.Follower
	p := readers.Plan{Cadence: notify.Instant, After: head(9), Keys: []string{"county:48201", "state:TX", "nation"}}
	p.Batches = func(followers iter.Seq2[readers.Follower, error]) iter.Seq2[readers.Batch, error] {
		seen = nil
		return func(yield func(readers.Batch, error) bool) {
			for f, err := range followers {
				slices.Sort(f.Keys)
				if seen = append(seen, f); !yield(batch("l", Start(), f.Seq), err) {
					return
				}
			}
		}
	}
	if err := s.Plan(ctx, p); err != nil {
		t.Fatal(err)
	}
	wish := Wish(t)
	want := []readers.Follower{{Seq: a.Seq, Keys: []string{"county:48201", "state:TX"}, Wish: wish, Since: 7}, {Seq: b.Seq, Keys: []string{"state:TX"}, Wish: wish, Since: 7}}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("followers (-want +got):\n%s", diff)
	}
	if err := s.Plan(ctx, p); !errors.Is(err, readers.ErrConflict) {
		t.Errorf("the same again: %v", err)
	}
	torn := errors.New("torn")
	p.Before, p.After, p.Keys = head(9), head(12), nil
	p.Batches = func(iter.Seq2[readers.Follower, error]) iter.Seq2[readers.Batch, error] {
		return func(yield func(readers.Batch, error) bool) {
			_ = yield(batch("torn", Start(), 1), nil) && yield(readers.Batch{}, torn)
		}
	}
	if err := s.Plan(ctx, p); !errors.Is(err, torn) {
		t.Errorf("a plan that is torn: %v", err)
	}
	w := must[readers.Work](t)(s.Work(ctx))
	if h := w.Heads[notify.Instant]; len(w.Heads) != 1 || h.Change != 9 || !h.At.Equal(Start()) {
		t.Errorf("heads: %v", w.Heads)
	}
	if at, ok := w.Lanes["l"]; len(w.Lanes) != 1 || !ok || !at.Equal(Start()) {
		t.Errorf("lanes: %v", w.Lanes)
	}
}

// sending goes through the batches of lanes.
func sending(t *testing.T, s readers.Store) {
	ctx, later := t.Context(), Start().Add(time.Hour)
	planned(t, s, notify.Daily, 0, 9, batch("a", later, 1, 2, 3), batch("a", Start(), 4, 5), batch("ab", Start(), 6))
	got, c, err := s.Batch(ctx, "a")
	if err != nil || !slices.Equal(got.Groups[0].Readers, []uint64{4, 5}) || c.Done != 0 || got.Cadence != notify.Instant || !got.Due.Equal(Start()) {
		t.Fatalf("first: %+v %+v (%v)", got, c, err)
	}
	want := readers.Cursor{Done: 2, Later: []int{1}}
	if err := s.Save(ctx, got.Seq, want); err != nil {
		t.Fatal(err)
	}
	if _, c, err = s.Batch(ctx, "a"); err != nil || !cmp.Equal(c, want) {
		t.Errorf("the cursor is %v (%v)", c, err)
	}
	rest := got.Only(c.Later, later.Add(time.Hour))
	if err := s.Finish(ctx, got.Seq, &rest); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{s.Finish(ctx, got.Seq, &rest), s.Save(ctx, got.Seq, want)} {
		if !errors.Is(err, readers.ErrNotFound) {
			t.Errorf("a batch that is finished: %v", err)
		}
	}
	for _, of := range [][]uint64{{1, 2, 3}, {5}} {
		got, c, err := s.Batch(ctx, "a")
		if err != nil || !slices.Equal(got.Groups[0].Readers, of) || c.Done != 0 {
			t.Errorf("then: %+v %+v (%v), not %v", got, c, err, of)
		}
		if err := s.Finish(ctx, got.Seq, nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := s.Batch(ctx, "a"); !errors.Is(err, readers.ErrNotFound) {
		t.Errorf("an empty lane: %v", err)
	}
	if w := must[readers.Work](t)(s.Work(ctx)); len(w.Lanes) != 1 || !w.Lanes["ab"].Equal(Start()) {
		t.Errorf("lanes: %v", w.Lanes)
	}
}

// settling plans what a reader is owed whose cadence changed.
func settling(t *testing.T, s readers.Store) {
	ctx := t.Context()
	one := must[readers.Reader](t)
	r := Signed(ctx, t, s, "a@example.org", Wish(t, "state:TX"))
	planned(t, s, notify.Instant, 0, 9)
	planned(t, s, notify.Daily, 0, 8)
	if w := must[readers.Work](t)(s.Work(ctx)); w.Owed[notify.Instant] {
		t.Error("something is owed at once")
	}
	changed := one(s.Update(ctx, r.ID, func(r *readers.Reader) error { r.SetCadence(notify.Daily); return nil }))
	if w := must[readers.Work](t)(s.Work(ctx)); !w.Owed[notify.Instant] || w.Owed[notify.Daily] {
		t.Errorf("owed: %v", w.Owed)
	}
	owed := batch("l", Start(), r.Seq)
	for what, bad := range map[string]readers.Settlement{
		"a reader of before": {Reader: r, Head: head(9), Last: 9, Batch: &owed},
		"another head":       {Reader: changed, Head: head(8), Last: 9, Batch: &owed},
		"planned further":    {Reader: changed, Head: head(9), Last: 7, Batch: &owed},
	} {
		if err := s.Settle(ctx, bad); !errors.Is(err, readers.ErrConflict) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := s.Settle(ctx, readers.Settlement{Reader: changed, Head: head(9), Last: 11, Batch: &owed}); err != nil {
		t.Fatal(err)
	}
	if got := one(s.Reader(ctx, r.ID)); got.Was != "" || got.Since != 11 || got.Cadence != notify.Daily {
		t.Errorf("settled: %+v", got)
	}
	if w := must[readers.Work](t)(s.Work(ctx)); w.Owed[notify.Instant] || len(w.Lanes) != 1 {
		t.Errorf("then: %+v", w)
	}
}

// settingBack has changes found anew told that have the numbers of those told before.
func settingBack(t *testing.T, s readers.Store) {
	ctx := t.Context()
	one := must[readers.Reader](t)
	r := Signed(ctx, t, s, "a@example.org", Wish(t, "state:TX")) // since change 7
	gone := Signed(ctx, t, s, "b@example.org", Wish(t, "state:TX"))
	one(s.Update(ctx, gone.ID, func(r *readers.Reader) error { r.Since = 3; r.Leave(Start()); return nil }))
	planned(t, s, notify.Daily, 0, 4, batch("old", Start(), r.Seq))
	planned(t, s, notify.Instant, 0, 9, batch("l", Start(), r.Seq, gone.Seq))
	for i := range 5 { // which leaves more than one to be written anew
		planned(t, s, notify.Weekly, uint64(i), uint64(i+1), batch("l", Start().Add(time.Hour), r.Seq))
	}
	before := must[readers.Work](t)(s.Work(ctx)).Heads
	stale := map[notify.Cadence]readers.Head{notify.Instant: head(9), notify.Daily: head(4), notify.Weekly: head(4)}
	if err := s.SetBack(ctx, stale, 8); !errors.Is(err, readers.ErrConflict) {
		t.Errorf("heads of before: %v", err)
	}
	if err := s.SetBack(ctx, before, 8); err != nil {
		t.Fatal(err)
	}
	if got := one(s.Reader(ctx, r.ID)); got.Since != 7 {
		t.Errorf("a reader who was told nothing beyond it: %+v", got)
	}
	b, _, err := s.Batch(ctx, "l")
	if err != nil || b.Recipients() != 2 || !slices.Equal(b.Groups[0].Changes, []uint64{8}) {
		t.Errorf("the batch is %+v (%v)", b, err)
	}
	w := must[readers.Work](t)(s.Work(ctx))
	if err := s.SetBack(ctx, w.Heads, 4); err != nil || w.Heads[notify.Instant].Change != 8 {
		t.Fatalf("%+v, %v", w.Heads, err)
	}
	after := r
	after.Since = 4
	if diff := cmp.Diff(after, one(s.Reader(ctx, r.ID))); diff != "" {
		t.Errorf("the reader (-want +got):\n%s", diff)
	}
	if got := one(s.Reader(ctx, gone.ID)); got.Since != 3 || got.State != readers.StateLeft {
		t.Errorf("a reader who had left: %+v", got)
	}
	heads := must[readers.Work](t)(s.Work(ctx)).Heads
	for c, h := range heads {
		if h.Change != 4 || !h.At.Equal(before[c].At) {
			t.Errorf("the head of %s is %+v", c, h)
		}
	}
	for _, lane := range []readers.Lane{"l", "old"} {
		for b, _, err = s.Batch(ctx, lane); err == nil; b, _, err = s.Batch(ctx, lane) {
			if b.Recipients() == 0 || len(b.Groups[0].Changes) > 0 {
				t.Errorf("a batch has changes that are not there: %+v", b)
			}
			if err := s.Finish(ctx, b.Seq, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// lettersAgain finishes letters, and puts some off.
func lettersAgain(t *testing.T, s readers.Store) {
	ctx := t.Context()
	for i := range 3 {
		if err := s.Ask(ctx, readers.NewRequest(fmt.Sprintf("a%d@example.org", i), Wish(t, "state:TX"), Start())); err != nil {
			t.Fatal(err)
		}
	}
	if w := must[readers.Work](t)(s.Work(ctx)); !w.Letters.Equal(Start()) {
		t.Errorf("letters are due %v", w.Letters)
	}
	first := must[[]readers.Letter](t)(s.Letters(ctx, 10))
	again := first[0]
	again.Due, again.Tries = Start().Add(time.Hour), 1
	if err := errors.Join(s.FinishLetter(ctx, first[0].Seq, &again), s.FinishLetter(ctx, first[1].Seq, nil)); err != nil {
		t.Fatal(err)
	}
	if err := s.FinishLetter(ctx, first[1].Seq, &again); !errors.Is(err, readers.ErrNotFound) {
		t.Errorf("a letter that is gone: %v", err)
	}
	left := must[[]readers.Letter](t)(s.Letters(ctx, 10))
	if len(left) != 2 || left[0].Seq != first[2].Seq || left[1].Of != first[0].Of || left[1].Seq <= left[0].Seq || !left[1].Due.Equal(again.Due) || left[1].Tries != 1 {
		t.Errorf("left: %+v", left)
	}
	if err := s.Withdraw(ctx, again.Of); err != nil {
		t.Fatal(err)
	}
	if left = must[[]readers.Letter](t)(s.Letters(ctx, 10)); len(left) != 1 {
		t.Errorf("after withdrawing: %+v", left)
	}
}
