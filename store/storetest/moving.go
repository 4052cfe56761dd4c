package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// moveAll moves what waits for old to new, where hourly digests are due.
func moveAll(t *testing.T, s store.Outbox) (moved, dropped int) {
	t.Helper()
	due := func(d roster.Delivery) time.Time { return d.CreatedAt.Add(time.Hour) }
	has := func(part string) bool { return part == "reader@example.org" }
	moved, dropped, err := store.Move(t.Context(), s, store.Moving{From: "old", To: "new", Due: due, Has: has, Now: at(9)})
	if err != nil {
		t.Fatal(err)
	}
	return moved, dropped
}

// testMoveAll moves what waits for a channel between what waits for another, of which
// some has arrived there otherwise.
func testMoveAll(t *testing.T, b Backend) {
	s := b.open(t)
	late, tried := waits("3", "old", 4), waits("5", "old")
	late.DueAt = at(20)
	commit(t, s, store.Batch{Changes: changed(0, 6), Deliveries: []roster.Delivery{
		waits("1", "old", 1, 2), waits("2", "new", 2, 3), late, waits("4", "old", 3), tried, waits("6", "new", 5), waits("7", "old", 4, 5, 6), waits("8", "else", 1)}})
	tried = delivery(t, s, "5")
	tried.Attempts, tried.TriedAt, tried.NextAt, tried.LastError = 3, at(2), at(4), "not yet"
	tried.Receipts = []roster.Receipt{{Part: "1"}, {Part: "reader@example.org"}}
	save(t, s, tried, sent(delivery(t, s, "2")))

	moved, dropped := moveAll(t, s)
	same(t, "moved and dropped", [2]int{4, 1}, [2]int{moved, dropped})
	waiting := must[[]roster.Delivery](t)(s.Deliveries(t.Context(), store.DeliveryQuery{Channel: "new", States: []roster.DeliveryState{roster.DeliveryWaiting}}))
	same(t, "what waits now, in order", []string{"1", "3", "5", "6", "7"}, ids(waiting))
	for i, want := range [][]uint64{{1}, {4}, nil, {5}, {6}} {
		same(t, "the changes of "+waiting[i].ID, want, waiting[i].Changes)
	}
	same(t, "a late one is due", at(1), waiting[1].DueAt)
	again := waits("5", "new")
	again.Seq, again.Receipts = 5, tried.Receipts[1:]
	same(t, "one that was tried", again, waiting[2])
	gone := delivery(t, s, "4")
	same(t, "one of which nothing is left", roster.DeliveryDropped, gone.State)
	same(t, "and where it stands", "old", gone.Channel)

	before := contents(t, s)
	moved, dropped = moveAll(t, s)
	same(t, "the second time", [2]int{}, [2]int{moved, dropped})
	n, err := store.Drop(t.Context(), s, "old", at(9))
	if n > 0 || err != nil {
		t.Errorf("%d dropped of none (%v)", n, err)
	}
	if diff := Diff(before, contents(t, s)); diff != "" {
		t.Error(diff)
	}
	if n, err := store.Drop(t.Context(), s, "new", at(9)); n != 5 || err != nil {
		t.Errorf("%d dropped of 5 (%v)", n, err)
	}
}

// busy is a store in which something happens before the first settlements.
type busy struct {
	store.Store
	meanwhile []func()
}

func (b *busy) Settle(ctx context.Context, s ...store.Settlement) error {
	if len(b.meanwhile) > 0 {
		b.meanwhile[0]()
		b.meanwhile = b.meanwhile[1:]
	}
	return b.Store.Settle(ctx, s...)
}

// testMoveMeanwhile moves while messages are sent, tried, grow, and reach the other
// channel.
func testMoveMeanwhile(t *testing.T, b Backend) {
	s := b.open(t)
	commit(t, s, store.Batch{Changes: changed(0, 4), Deliveries: []roster.Delivery{waits("1", "old", 1), waits("2", "old", 2), waits("3", "old", 3)}})
	moved, dropped := moveAll(t, &busy{Store: s, meanwhile: []func(){
		func() { save(t, s, sent(delivery(t, s, "1"))) },
		func() {
			tried := delivery(t, s, "2")
			tried.Attempts, tried.LastError = 1, "not yet"
			save(t, s, tried)
		},
		func() {
			grown := delivery(t, s, "3")
			grown.Changes = []uint64{3, 4}
			commit(t, s, store.Batch{Deliveries: []roster.Delivery{grown, waits("4", "new", 2)}})
		},
	}})
	same(t, "moved and dropped", [2]int{1, 1}, [2]int{moved, dropped})
	same(t, "what is next", []string{"3"}, nextPending(t, s))
	same(t, "all that it carries", []uint64{3, 4}, delivery(t, s, "3").Changes)
}
