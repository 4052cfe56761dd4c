package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// testGrown lets a digest get more changes until it was tried.
func testGrown(t *testing.T, b Backend) {
	s := b.open(t)
	commit(t, s, store.Batch{Changes: changed(0, 2), Deliveries: []roster.Delivery{waits("dlv", "digest", 1), waits("other", "ops", 2)}})
	early := delivery(t, s, "dlv")
	grown := copyOf(early)
	grown.Changes, grown.Figures.Active, grown.DueAt = []uint64{1, 3, 4}, 101, at(5)
	commit(t, s, store.Batch{Changes: changed(2, 2), Deliveries: []roster.Delivery{waits("new", "digest", 4), grown}})
	same(t, "the digest", grown, delivery(t, s, "dlv"))
	same(t, "the one to be sent first", []string{"dlv", "other"}, nextPending(t, s))
	for _, change := range grown.Changes {
		same(t, "the delivery of a change", grown, must[roster.Delivery](t)(s.DeliveryOf(t.Context(), "digest", change)))
	}
	fails(t, "saving what it was before", s.SaveProgress(t.Context(), sent(early)), store.ErrConflict)

	refused := func(what string, d roster.Delivery) {
		t.Helper()
		seqs := known(t, s).Seqs
		batch := store.Batch{
			Before: seqs, Changes: changed(seqs.Change, 1), Incidents: []roster.Incident{{Key: "new"}},
			Deliveries: []roster.Delivery{waits("never", "ops", seqs.Change+1), d},
		}
		fails(t, what, withoutTrace(t, s, batch), store.ErrConflict)
	}
	for what, spoil := range map[string]func(d *roster.Delivery){
		"one with another id":      func(d *roster.Delivery) { d.ID = "unknown" },
		"one with another number":  func(d *roster.Delivery) { d.Seq = 2 },
		"one beyond the last":      func(d *roster.Delivery) { d.Seq = 9 },
		"one with another channel": func(d *roster.Delivery) { d.Channel = "ops" },
		"one that shrank":          func(d *roster.Delivery) { d.Changes = []uint64{1, 3} },
		"one that lost a change":   func(d *roster.Delivery) { d.Changes = []uint64{1, 2, 4} },
	} {
		wrong := copyOf(grown)
		spoil(&wrong)
		refused(what, wrong)
	}
	tried := copyOf(grown)
	tried.Attempts, tried.TriedAt, tried.NextAt = 1, at(6), at(7)
	for _, d := range []roster.Delivery{tried, dead(grown), sent(grown)} {
		save(t, s, d)
		refused("one that was tried", grown)
	}
}

// testEnqueueBesideCommit enqueues and saves after a batch was begun.
func testEnqueueBesideCommit(t *testing.T, b Backend) {
	s := b.open(t)
	commit(t, s, store.Batch{Changes: changed(0, 1), Deliveries: []roster.Delivery{waits("1", "ops", 1)}})
	begun := known(t, s).Seqs
	enqueue(t, s, waits("2", "ops"))
	save(t, s, sent(delivery(t, s, "1")))
	if err := s.Enqueue(t.Context(), nil, []roster.Incident{{Key: "source"}}); err != nil {
		t.Fatal(err)
	}
	same(t, "the numbers that a batch follows", begun, known(t, s).Seqs)
	given := store.Batch{Before: begun, Changes: changed(1, 1), Deliveries: []roster.Delivery{waits("3", "ops", 2), waits("4", "digest", 1, 2)}}
	if err := s.Commit(t.Context(), given); err != nil {
		t.Fatal(err)
	}
	same(t, "the caller's numbers", uint64(0), given.Deliveries[0].Seq)
	enqueue(t, s, waits("5", "ops"))
	for i, d := range contents(t, s).Deliveries {
		if n := uint64(i) + 1; d.Seq != n || d.ID != fmt.Sprint(n) {
			t.Errorf("in place %d stands delivery %d with the id %s", n, d.Seq, d.ID)
		}
	}
	same(t, "next pending", []string{"4", "2"}, nextPending(t, s))
}

// testSenderBesideWatcher sends while more is committed and enqueued, one sender
// for each channel, with the watcher letting a digest grow.
func testSenderBesideWatcher(t *testing.T, b Backend) {
	const batches = 30
	s := b.open(t)
	var wg sync.WaitGroup
	done, stop := context.WithCancel(t.Context())
	defer stop()
	got := make([][]roster.Delivery, len(channels()))
	for i, channel := range channels() {
		wg.Go(func() { got[i] = send(done, t, s, channel) })
	}
	watching := sync.WaitGroup{}
	watching.Go(func() { grow(t, s, batches) })
	watching.Go(func() {
		for i := range batches {
			ds := []roster.Delivery{waits(fmt.Sprintf("notice-%d", i), pick(newHistory(uint64(i), nil), channels()))}
			if err := s.Enqueue(t.Context(), ds, []roster.Incident{{Key: fmt.Sprint(i % 3)}}); err != nil {
				t.Errorf("enqueue: %v", err)
			}
		}
	})
	watching.Wait()
	stop()
	wg.Wait()
	allSent(t, s, batches, got)
}

// allSent makes sure that everything was sent once and in order, to each channel
// what it got, and that the digests carry all changes.
func allSent(t *testing.T, s store.Store, changes int, got [][]roster.Delivery) {
	t.Helper()
	c := contents(t, s)
	sentTo := map[string][]roster.Delivery{}
	for i, d := range c.Deliveries {
		if d.Seq != uint64(i)+1 || d.State != roster.DeliverySent {
			t.Errorf("in place %d stands delivery %d, which is %s", i+1, d.Seq, d.State)
		}
		sentTo[d.Channel] = append(sentTo[d.Channel], d)
	}
	for i, channel := range channels() {
		same(t, "what was sent to "+channel, sentTo[channel], got[i])
	}
	var carried []uint64
	for _, d := range sentTo["digest"] {
		carried = append(carried, d.Changes...)
	}
	slices.Sort(carried)
	for i, seq := range carried {
		if seq != uint64(i)+1 {
			t.Fatalf("the digests carry %v", carried)
		}
	}
	if len(c.Changes) != changes || len(carried) != changes || len(c.Heads) > 0 {
		t.Errorf("%d changes, %d of them carried, %d deliveries left", len(c.Changes), len(carried), len(c.Heads))
	}
}

// send sends what a channel gets until done says that nothing more is to come.
func send(done context.Context, t *testing.T, s store.Store, channel string) []roster.Delivery {
	var got []roster.Delivery
	for {
		last := done.Err() != nil
		pending, err := s.NextPending(t.Context())
		if err != nil {
			t.Errorf("pending: %v", err)
			return got
		}
		i := slices.IndexFunc(pending, func(d roster.Delivery) bool { return d.Channel == channel })
		if i < 0 && last {
			return got
		} else if i < 0 {
			continue
		}
		d := sent(pending[i])
		switch err := s.SaveProgress(t.Context(), d); {
		case err == nil:
			got = append(got, d)
		case !errors.Is(err, store.ErrConflict): // else it grew meanwhile
			t.Errorf("save: %v", err)
			return got
		}
	}
}

// grow commits batches of one change each, which goes into the digest that
// waits, or else into a new one.
func grow(t *testing.T, s store.Store, batches int) {
	for i := 0; i < batches; {
		k, err := s.Known(t.Context())
		if err != nil {
			t.Errorf("known: %v", err)
			return
		}
		seq := k.Seqs.Change + 1
		d := waits(fmt.Sprintf("digest-of-%d", seq), "digest", seq)
		open, err := s.Deliveries(t.Context(), store.DeliveryQuery{
			Channel: "digest", States: []roster.DeliveryState{roster.DeliveryWaiting}, Newest: true, Limit: 1,
		})
		if err != nil {
			t.Errorf("what waits: %v", err)
			return
		}
		if len(open) > 0 {
			d = open[0]
			d.Changes = append(d.Changes, seq)
		}
		err = s.Commit(t.Context(), store.Batch{Before: k.Seqs, Changes: changed(seq-1, 1), Deliveries: []roster.Delivery{d}})
		switch {
		case err == nil:
			i++
		case !errors.Is(err, store.ErrConflict): // else it was sent meanwhile
			t.Errorf("commit: %v", err)
			return
		}
	}
}
