package storetest

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

func dropping(d roster.Delivery) store.Settlement {
	after := copyOf(d)
	after.State, after.EndedAt = roster.DeliveryDropped, at(9)
	return store.Settlement{Before: d, After: after}
}

func moving(d roster.Delivery, to string) store.Settlement {
	after := copyOf(d)
	after.Channel, after.Attempts, after.Receipts = to, 0, nil
	return store.Settlement{Before: d, After: after}
}

func settle(t *testing.T, s store.Store, all ...store.Settlement) {
	t.Helper()
	if err := s.Settle(t.Context(), all...); err != nil {
		t.Fatalf("settle: %v", err)
	}
}

// testDropped drops what waits, also while it is being sent.
func testDropped(t *testing.T, b Backend) {
	s := b.open(t)
	commit(t, s, store.Batch{Changes: changed(0, 3), Deliveries: []roster.Delivery{
		waits("1", "ops", 1), waits("2", "ops", 2), waits("3", "ops"), waits("4", "digest", 1)}})
	first, second := delivery(t, s, "1"), delivery(t, s, "2")
	settle(t, s, dropping(first), dropping(second))
	same(t, "what is next", []string{"4", "3"}, nextPending(t, s))
	for _, d := range []roster.Delivery{first, second} {
		same(t, "one that was dropped", dropping(d).After, delivery(t, s, d.ID))
		same(t, "the delivery of its change", dropping(d).After, must[roster.Delivery](t)(s.DeliveryOf(t.Context(), "ops", d.Changes[0])))
	}
	q := store.DeliveryQuery{States: []roster.DeliveryState{roster.DeliveryDropped}}
	same(t, "those that were dropped", []string{"1", "2"}, ids(must[[]roster.Delivery](t)(s.Deliveries(t.Context(), q))))

	tried := copyOf(first)
	tried.Attempts, tried.LastError = 1, "not yet"
	fails(t, "trying again what was dropped", s.SaveProgress(t.Context(), tried), store.ErrConflict)
	fails(t, "giving up what was dropped", s.SaveProgress(t.Context(), dead(first)), store.ErrConflict)
	fails(t, "dropping it again", s.Settle(t.Context(), dropping(first)), store.ErrConflict)
	save(t, s, sent(first)) // it was under way, and got through
	same(t, "one that got through all the same", sent(first), delivery(t, s, "1"))

	grown := copyOf(second)
	grown.Changes = []uint64{2, 3}
	batch := store.Batch{Before: known(t, s).Seqs, Deliveries: []roster.Delivery{grown}}
	fails(t, "letting grow what was dropped", withoutTrace(t, s, batch), store.ErrConflict)
}

// testMoved moves deliveries between others of their new channel.
func testMoved(t *testing.T, b Backend) {
	open := b.New(t)
	s := open(t)
	commit(t, s, store.Batch{Changes: changed(0, 6), Deliveries: []roster.Delivery{
		waits("1", "old", 1, 2), waits("2", "new", 2), waits("3", "old", 3), waits("4", "new", 4), waits("5", "old"), waits("6", "old", 3, 5)}})
	first := moving(delivery(t, s, "1"), "new")
	first.After.Changes = []uint64{1}
	settle(t, s, first, moving(delivery(t, s, "3"), "new"), moving(delivery(t, s, "5"), "new"))
	same(t, "the other stays", []string{"2", "6"}, func() []string { // the older of the moved ones is the next
		save(t, s, sent(delivery(t, s, "1")))
		return nextPending(t, s)
	}())
	waiting := store.DeliveryQuery{Channel: "new", States: []roster.DeliveryState{roster.DeliveryWaiting}}
	same(t, "their order", []string{"2", "3", "4", "5"}, ids(must[[]roster.Delivery](t)(s.Deliveries(t.Context(), waiting))))
	for change, id := range map[uint64]string{1: "1", 2: "2", 3: "3", 4: "4"} {
		same(t, fmt.Sprint("the delivery of change ", change), id, must[roster.Delivery](t)(s.DeliveryOf(t.Context(), "new", change)).ID)
	}
	same(t, "another that carries a change of one that left", "6", must[roster.Delivery](t)(s.DeliveryOf(t.Context(), "old", 3)).ID)
	for _, change := range []uint64{1, 2} {
		_, err := s.DeliveryOf(t.Context(), "old", change)
		fails(t, fmt.Sprintf("change %d on the channel that it left", change), err, store.ErrNotFound)
	}
	before := contents(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = closing(t, open(t))
	if diff := Diff(before, contents(t, s)); diff != "" {
		t.Error(diff)
	}
	if err := lookups(t.Context(), s, before); err != nil {
		t.Error(err)
	}
}

// testMoveRefused holds that a call which is wrong in one part leaves no trace.
func testMoveRefused(t *testing.T, b Backend) {
	s := b.open(t)
	commit(t, s, store.Batch{Changes: changed(0, 3), Deliveries: []roster.Delivery{
		waits("good", "old", 1), waits("bad", "old", 2, 3), waits("there", "new", 3), waits("sent", "old", 1)}})
	save(t, s, sent(delivery(t, s, "sent")))
	good, bad, through := delivery(t, s, "good"), delivery(t, s, "bad"), delivery(t, s, "sent")
	bend := func(d roster.Delivery, change func(s *store.Settlement)) store.Settlement {
		one := moving(d, "new")
		one.After.Changes = one.After.Changes[:1]
		change(&one)
		return one
	}
	conflict, invalid := store.ErrConflict, store.ErrInvalid
	for what, tt := range map[string]struct {
		one  store.Settlement
		want error
	}{
		"a change that is there":    {moving(bad, "new"), conflict},
		"one that is sent":          {bend(through, func(s *store.Settlement) { s.After.State = roster.DeliveryWaiting }), conflict},
		"one that was tried since":  {bend(bad, func(s *store.Settlement) { s.Before.Attempts = 1 }), conflict},
		"one that grew since":       {bend(bad, func(s *store.Settlement) { s.Before.Changes = []uint64{2} }), conflict},
		"one that got parts since":  {bend(bad, func(s *store.Settlement) { s.Before.Receipts = []roster.Receipt{{Part: "1"}} }), conflict},
		"one that is unknown":       {bend(bad, func(s *store.Settlement) { s.Before.ID, s.After.ID = "no", "no" }), store.ErrNotFound},
		"another id":                {bend(bad, func(s *store.Settlement) { s.After.ID = "good" }), invalid},
		"another number":            {bend(bad, func(s *store.Settlement) { s.After.Seq = 9 }), invalid},
		"the same channel":          {bend(bad, func(s *store.Settlement) { s.After.Channel = "old" }), invalid},
		"no channel":                {bend(bad, func(s *store.Settlement) { s.After.Channel = "" }), invalid},
		"a channel that is no name": {bend(bad, func(s *store.Settlement) { s.After.Channel = "a\x00b" }), invalid},
		"a change more":             {bend(bad, func(s *store.Settlement) { s.After.Changes = []uint64{1, 2} }), invalid},
		"no changes left":           {bend(bad, func(s *store.Settlement) { s.After.Changes = nil }), invalid},
		"one as sent":               {bend(bad, func(s *store.Settlement) { s.After.State = roster.DeliverySent }), invalid},
		"one dropped elsewhere":     {bend(bad, func(s *store.Settlement) { s.After.State = roster.DeliveryDropped }), invalid},
	} {
		before := contents(t, s)
		fails(t, what, s.Settle(t.Context(), dropping(good), tt.one), tt.want)
		if diff := Diff(before, contents(t, s)); diff != "" {
			t.Errorf("%s left a trace:\n%s", what, diff)
		}
	}
	settle(t, s) // nothing
	settle(t, s, dropping(good), bend(bad, func(*store.Settlement) {}))
}

// testDecisions decides about holds, also with several people at once.
func testDecisions(t *testing.T, b Backend) {
	const people = 6
	open := b.New(t)
	s := open(t)
	before, revision := contents(t, s), must[uint64](t)(s.Revision(t.Context()))
	first := filled[roster.Decision](&filler{})
	first.Hold, first.Serial = "hold_2", 1
	var wg sync.WaitGroup
	errs := make([]error, people)
	for i := range errs {
		wg.Go(func() {
			mine := first
			mine.Why = fmt.Sprint("person ", i)
			errs[i] = s.Decide(t.Context(), mine)
		})
	}
	wg.Wait()
	winner := slices.Index(errs, nil)
	for i, err := range errs {
		if i != winner {
			fails(t, "the decision of another", err, store.ErrConflict)
		}
	}
	first.Why = fmt.Sprint("person ", winner)
	other, next := first, first
	other.Hold = "hold_1"
	next.Serial, next.State = 2, roster.DecisionUndone
	for _, d := range []roster.Decision{other, next} {
		if err := s.Decide(t.Context(), d); err != nil {
			t.Error(err)
		}
	}
	for _, serial := range []uint64{0, 1, 2, 4} {
		wrong := next
		wrong.Serial = serial
		fails(t, fmt.Sprint("number ", serial), s.Decide(t.Context(), wrong), store.ErrConflict)
	}
	fails(t, "a decision about no hold", s.Decide(t.Context(), roster.Decision{Serial: 1}), store.ErrInvalid)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = closing(t, open(t))
	before.Decisions = []roster.Decision{other, next}
	same(t, "what is stored", before, contents(t, s))
	same(t, "the revision", revision, must[uint64](t)(s.Revision(t.Context())))
}
