package storetest

import (
	"testing"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// testMeasures measures a store, as it measures itself and by its parts.
func testMeasures(t *testing.T, b Backend) {
	s := b.open(t)
	want := func(name string, want store.Measures) {
		t.Helper()
		want.Revision = must[uint64](t)(s.Revision(t.Context()))
		same(t, name+", by parts", want, must[store.Measures](t)(store.MeasureByParts(t.Context(), s)))
		got := must[store.Measures](t)(store.Measure(t.Context(), s))
		if _, ok := s.(store.Measurer); ok != (got.Bytes > 0) {
			t.Errorf("%s: it takes %d bytes", name, got.Bytes)
		}
		got.Bytes = 0
		same(t, name, want, got)
	}
	both := func(p, q roster.ListReading) map[roster.List]roster.ListReading {
		return map[roster.List]roster.ListReading{roster.ListParticipating: p, roster.ListPending: q}
	}
	want("nothing", store.Measures{})

	commit(t, s, store.Batch{Poll: &roster.Poll{At: at(1), Outcome: "changed", Had: roster.Lists()}})
	commit(t, s, store.Batch{Poll: &roster.Poll{At: at(2), Outcome: "unchanged", Had: []roster.List{roster.ListParticipating}, Absent: []roster.List{roster.ListPending}}})
	want("a list that is not linked", store.Measures{Reading: roster.Reading{Read: at(2)}, LastPoll: at(2),
		Lists: both(roster.ListReading{ReadAt: at(2), Linked: true}, roster.ListReading{ReadAt: at(1)})})

	open, ended := hold("hold_1", at(3)), hold("hold_2", at(2))
	open.State, ended.State = roster.HoldOpen, roster.HoldDropped
	digest := waits("d2", "desk", 1, 2)
	digest.DueAt = at(90)
	quoting := waits("d4", "news", 2)
	quoting.LastError = `it said {"state":"dead"}`
	commit(t, s, store.Batch{Poll: &roster.Poll{At: at(3), Outcome: "missing", Had: []roster.List{roster.ListParticipating}}, Changes: changed(0, 3),
		Holds: []roster.Hold{open, ended}, Deliveries: []roster.Delivery{waits("d1", "news", 1), digest, waits("d3", "news", 2), quoting, waits("d5", "on-call", 3)}})
	for _, end := range []struct {
		id string
		as func(roster.Delivery) roster.Delivery
	}{{"d1", dead}, {"d5", sent}} {
		save(t, s, end.as(delivery(t, s, end.id)))
	}
	gone, problem, failing, unkept := documentAddress("b", "b"), documentAddress("c", "c"), documentAddress("d"), document("c")
	gone.GoneSince, problem.Problem, failing.Failures, unkept.Unkept = at(2), roster.ProblemEmpty, 3, true
	commit(t, s, store.Batch{Documents: []roster.Document{document("a"), document("bb"), unkept},
		Addresses: []roster.DocumentAddress{documentAddress("a", "a"), gone, problem, failing, documentAddress("e"), documentAddress("f")}})
	want("what is left", store.Measures{Reading: roster.Reading{Read: at(2), Failing: at(3)}, LastPoll: at(3), Holds: 1,
		Lists: both(roster.ListReading{ReadAt: at(3), Linked: true}, roster.ListReading{ReadAt: at(1)}),
		Channels: map[string]store.ChannelMeasures{
			"news": {Waiting: 2, Dead: 1, Due: delivery(t, s, "d3").DueAt},
			"desk": {Waiting: 1, Due: at(90)},
		}, Documents: 2, DocumentBytes: 3, Addresses: map[roster.DocumentState]int{
			roster.DocumentHad: 1, roster.DocumentTaken: 1, roster.DocumentBad: 1, roster.DocumentFailing: 1, roster.DocumentWaiting: 2}})
}
