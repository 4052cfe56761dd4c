package storetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// changed makes n changes that follow a number.
func changed(after uint64, n int) []roster.Change {
	var cs []roster.Change
	for i := range uint64(n) {
		cs = append(cs, change(after+i+1, roster.KindNew, fmt.Sprintf("TX-%d", after+i+1)))
	}
	return cs
}

// enqueue adds deliveries that must be taken.
func enqueue(t *testing.T, s store.Store, ds ...roster.Delivery) {
	t.Helper()
	if err := s.Enqueue(t.Context(), ds, nil); err != nil {
		t.Fatalf("enqueue: %v", err)
	}
}

// save saves progress that must be accepted.
func save(t *testing.T, s store.Store, ds ...roster.Delivery) {
	t.Helper()
	if err := s.SaveProgress(t.Context(), ds...); err != nil {
		t.Fatalf("save: %v", err)
	}
}

func delivery(t *testing.T, s store.Store, id string) roster.Delivery {
	t.Helper()
	return must[roster.Delivery](t)(s.Delivery(t.Context(), id))
}

// nextPending are the ids of the deliveries to be sent next.
func nextPending(t *testing.T, s store.Store) []string {
	t.Helper()
	return ids(must[[]roster.Delivery](t)(s.NextPending(t.Context())))
}

func ids(ds []roster.Delivery) []string {
	var found []string
	for _, d := range ds {
		found = append(found, d.ID)
	}
	return found
}

// testDeliveries asks every combination of a channel, states, a limit and a
// direction, and works the answer out by hand.
func testDeliveries(t *testing.T, b Backend) {
	s := b.open(t)
	var kept []roster.Delivery
	for i := range 24 {
		d := waits(fmt.Sprintf("dlv_%d", (i*7)%24), channels()[i%4]) // ids in no order
		enqueue(t, s, d)
		d.Seq = uint64(i) + 1
		if i%3 == 1 {
			d = sent(d)
		} else if i%5 == 2 {
			d = dead(d)
		}
		kept = append(kept, d)
	}
	save(t, s, kept...)
	waiting, through, gone := roster.DeliveryWaiting, roster.DeliverySent, roster.DeliveryDead
	for _, channel := range []string{"", "ops", "digest", "dig", "nowhere"} {
		for _, states := range [][]roster.DeliveryState{nil, {waiting}, {through}, {gone, waiting}, {waiting, waiting}, {"other"}} {
			for _, limit := range []int{0, 1, 3, 1000} {
				for _, newest := range []bool{false, true} {
					q := store.DeliveryQuery{Channel: channel, States: states, Limit: limit, Newest: newest}
					got := must[[]roster.Delivery](t)(s.Deliveries(t.Context(), q))
					same(t, fmt.Sprintf("%+v", q), siftDeliveries(kept, q), got)
				}
			}
		}
	}
}

func testEveryFieldSaved(t *testing.T, b Backend) {
	open := b.New(t)
	s := open(t)
	enqueue(t, s, waits("other", "ops"), waits("dlv", "ops"))
	f := &filler{}
	d := filled[roster.Delivery](f)
	d.ID, d.Seq, d.Channel, d.Changes, d.State = "dlv", 2, "ops", nil, roster.DeliverySent
	save(t, s, d)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = closing(t, open(t))
	same(t, "a delivery", d, delivery(t, s, "dlv"))
	if got := delivery(t, s, "dlv"); !got.Done(d.Receipts[0].Part) {
		t.Errorf("a receipt is lost: %+v", got.Receipts)
	}
}

func testNextPending(t *testing.T, b Backend) {
	s := b.open(t)
	later := waits("b1", "b")
	later.DueAt, later.NextAt = at(9999), at(9999)
	enqueue(t, s, waits("c1", "c"), waits("a1", "a"), later, waits("a2", "a"), waits("ab1", "ab"), waits("a\x011", "a\x01"))
	enqueue(t, s, waits("b2", "b"), waits("a3", "a"))
	same(t, "next pending, due or not", []string{"a1", "a\x011", "ab1", "b1", "c1"}, nextPending(t, s))

	save(t, s, sent(delivery(t, s, "a1")), sent(delivery(t, s, "c1")), dead(delivery(t, s, "b1")), sent(delivery(t, s, "a3")))
	same(t, "next pending after some went", []string{"a2", "a\x011", "ab1", "b2"}, nextPending(t, s))
	for channels, want := range map[string][]string{"a": {"a2"}, "ab b a b": {"a2", "ab1", "b2"}, "c unknown a\x01": {"a\x011"}, "c": nil, "aa b": {"b2"}} {
		some := must[[]roster.Delivery](t)(s.NextPending(t.Context(), strings.Fields(channels)...))
		same(t, "next pending of "+channels, want, ids(some))
	}
	got := must[[]roster.Delivery](t)(s.NextPending(t.Context()))
	for _, first := range got {
		same(t, "a next pending delivery", delivery(t, s, first.ID), first)
	}
	save(t, s, sent(got[0]), sent(got[1]), sent(got[2]), sent(got[3]))
	same(t, "next pending after all went", []string(nil), nextPending(t, s))
}

// testSaveProgress follows one delivery through all that can happen to it.
func testSaveProgress(t *testing.T, b Backend) {
	s := b.open(t)
	enqueue(t, s, waits("first", "ops"), waits("second", "ops"))
	expect := func(d roster.Delivery, next string) {
		t.Helper()
		save(t, s, d)
		same(t, "the delivery", d, delivery(t, s, d.ID))
		same(t, "the one to be sent next", []string{next}, nextPending(t, s))
	}
	d := delivery(t, s, "first")
	d.Attempts, d.TriedAt, d.NextAt, d.LastError = 1, at(1), at(2), "timeout"
	expect(d, "first")
	expect(dead(d), "second")
	d.Attempts, d.NextAt = 2, at(100)
	expect(d, "first") // tried again, at its old place
	late := d          // of somebody who does not know yet that another one tried again
	late.Attempts = 1
	fails(t, "a try that others overtook", s.SaveProgress(t.Context(), late), store.ErrConflict)
	expect(sent(d), "second")
	expect(sent(d), "second") // once more changes nothing
	for _, late := range []roster.Delivery{d, dead(d)} {
		fails(t, "a try after it was sent", s.SaveProgress(t.Context(), late), store.ErrConflict)
	}
	same(t, "the delivery", sent(d), delivery(t, s, d.ID))
	save(t, s) // nothing
	same(t, "all", []string{"first", "second"}, ids(must[[]roster.Delivery](t)(s.Deliveries(t.Context(), store.DeliveryQuery{}))))
}

func testSaveProgressRefused(t *testing.T, b Backend) {
	s := seeded(t, b)
	enqueue(t, s, waits("dlv", "ops"))
	before := contents(t, s)
	right := before.Heads[0]
	for name, test := range map[string]struct {
		change func(d *roster.Delivery)
		want   error
	}{
		"unknown":         {func(d *roster.Delivery) { d.ID = "dlv_unknown" }, store.ErrNotFound},
		"without id":      {func(d *roster.Delivery) { d.ID = "" }, store.ErrNotFound},
		"other number":    {func(d *roster.Delivery) { d.Seq = 2 }, store.ErrConflict},
		"without number":  {func(d *roster.Delivery) { d.Seq = 0 }, store.ErrConflict},
		"other channel":   {func(d *roster.Delivery) { d.Channel = "other" }, store.ErrConflict},
		"other change":    {func(d *roster.Delivery) { d.Changes = []uint64{2} }, store.ErrConflict},
		"without changes": {func(d *roster.Delivery) { d.Changes = nil }, store.ErrConflict},
		"state":           {func(d *roster.Delivery) { d.State = "lost" }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			wrong := sent(copyOf(right))
			test.change(&wrong)
			for _, ds := range [][]roster.Delivery{{wrong}, {sent(delivery(t, s, "dlv")), wrong}, {wrong, sent(right)}} {
				err := s.SaveProgress(t.Context(), ds...)
				if err == nil {
					t.Error("it was taken")
				} else if test.want != nil {
					fails(t, "save", err, test.want)
				}
			}
			if diff := Diff(before, contents(t, s)); diff != "" {
				t.Errorf("what was refused left a trace:\n%s", diff)
			}
		})
	}
}

// testDeliveriesRefused commits and enqueues what can never be sent.
func testDeliveriesRefused(t *testing.T, b Backend) {
	s := seeded(t, b)
	before := contents(t, s)
	stateless, through := waits("new", "ops"), sent(waits("new", "ops"))
	stateless.State = ""
	numbered := waits("new", "ops")
	numbered.Seq = 3
	for name, ds := range map[string][]roster.Delivery{
		"without id":               {waits("", "ops")},
		"without channel":          {waits("new", "")},
		"a zero byte in a channel": {waits("new", "ops\x00two")},
		"without state":            {stateless},
		"sent already":             {through},
		"an older one's id":        {waits("dlv_TX-1", "ops")},
		"one id twice":             {waits("same", "ops"), waits("same", "digest")},
		"a change to come":         {waits("new", "ops", 1, 3)},
		"change 0":                 {waits("new", "ops", 0, 1)},
		"changes reversed":         {waits("new", "ops", 2, 1)},
		"a change twice":           {waits("new", "ops", 1, 1)},
		"a number of its own":      {numbered},
	} {
		t.Run(name, func(t *testing.T) {
			ds := append([]roster.Delivery{waits("right", "ops", 1, 2)}, ds...)
			_ = withoutTrace(t, s, store.Batch{Before: before.Known.Seqs, Deliveries: ds, Incidents: []roster.Incident{{Key: "new"}}})
			if err := s.Enqueue(t.Context(), ds, []roster.Incident{{Key: "new"}}); err == nil {
				t.Error("it was enqueued")
			}
			if diff := Diff(before, contents(t, s)); diff != "" {
				t.Errorf("what was refused left a trace:\n%s", diff)
			}
		})
	}
}

func testDeliveryOf(t *testing.T, b Backend) {
	s := b.open(t)
	commit(t, s, store.Batch{Changes: changed(0, 3), Deliveries: []roster.Delivery{
		waits("1", "ops", 2), waits("2", "digest", 1, 2), waits("3", "ops", 1, 2, 3),
	}})
	save(t, s, sent(delivery(t, s, "1")))
	for _, test := range []struct {
		channel string
		change  uint64
		want    string // "" where there is none
	}{
		{"ops", 2, "1"}, {"digest", 1, "2"}, {"digest", 2, "2"}, {"ops", 1, "3"}, {"ops", 3, "3"},
		{"digest", 3, ""}, {"op", 1, ""}, {"", 1, ""}, {"ops", 0, ""}, {"ops", 4, ""},
	} {
		got, err := s.DeliveryOf(t.Context(), test.channel, test.change)
		if test.want == "" {
			fails(t, "a delivery that is not there", err, store.ErrNotFound)
		} else if err != nil || got.ID != test.want {
			t.Errorf("change %d went to %s with %q (%v), want %s", test.change, test.channel, got.ID, err, test.want)
		}
	}
	// An older delivery that grows is then the first.
	grown := delivery(t, s, "2")
	commit(t, s, store.Batch{Deliveries: []roster.Delivery{waits("4", "digest", 3)}})
	grown.Changes = append(grown.Changes, 3)
	commit(t, s, store.Batch{Deliveries: []roster.Delivery{grown}})
	same(t, "the first", "2", must[roster.Delivery](t)(s.DeliveryOf(t.Context(), "digest", 3)).ID)
}

func testChangesAt(t *testing.T, b Backend) {
	s := b.open(t)
	cs := changed(0, 5)
	commit(t, s, store.Batch{Changes: cs})
	for _, seqs := range [][]uint64{nil, {1}, {2, 4, 5}, {5, 1, 3}, {2, 2}} {
		var want []roster.Change
		for _, seq := range seqs {
			want = append(want, cs[seq-1])
		}
		same(t, fmt.Sprint(seqs), want, must[[]roster.Change](t)(s.ChangesAt(t.Context(), seqs)))
	}
	for _, seqs := range [][]uint64{{0}, {6}, {1, 6, 2}} {
		got, err := s.ChangesAt(t.Context(), seqs)
		fails(t, fmt.Sprint(seqs), err, store.ErrNotFound)
		same(t, "beside an error", []roster.Change(nil), got)
	}
}

func testIncidents(t *testing.T, b Backend) {
	s := b.open(t)
	expect := func(want ...roster.Incident) {
		t.Helper()
		same(t, "incidents", want, must[[]roster.Incident](t)(s.Incidents(t.Context())))
	}
	silent, source := roster.Incident{Key: "silent", Since: at(1)}, roster.Incident{Key: "source", Since: at(2)}
	commit(t, s, store.Batch{Incidents: []roster.Incident{source, silent}})
	expect(silent, source)
	source.Reported = true
	channel := roster.Incident{Key: "channel-ops", Since: at(3)}
	if err := s.Enqueue(t.Context(), nil, []roster.Incident{source, channel}); err != nil {
		t.Fatal(err)
	}
	expect(channel, silent, source)
	silent.Ended, channel.Ended = true, true
	if err := s.Enqueue(t.Context(), []roster.Delivery{waits("over", "ops")}, []roster.Incident{silent}); err != nil {
		t.Fatal(err)
	}
	commit(t, s, store.Batch{Incidents: []roster.Incident{channel, silent, {Key: "never", Ended: true}}})
	expect(source)

	before := contents(t, s)
	if err := s.Enqueue(t.Context(), []roster.Delivery{waits("new", "ops")}, []roster.Incident{{Since: at(4)}}); err == nil {
		t.Error("an incident without a key was taken")
	}
	_ = withoutTrace(t, s, store.Batch{Before: before.Known.Seqs, Incidents: []roster.Incident{{Since: at(4)}}})
	if diff := Diff(before, contents(t, s)); diff != "" {
		t.Errorf("what was refused left a trace:\n%s", diff)
	}
}
