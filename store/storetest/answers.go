package storetest

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

func testEmpty(t *testing.T, b Backend) {
	s, ctx := b.open(t), t.Context()
	c := contents(t, s)
	same(t, "an empty store", Contents{}, c)
	if c.Known.Agencies == nil || c.Known.Records == nil || c.Known.InForce == nil {
		t.Error("a map of Known is nil, and cannot be written to")
	}
	if !c.Known.First.IsZero() {
		t.Errorf("First is %v", c.Known.First)
	}
	same(t, "polls", []roster.Poll(nil), must[[]roster.Poll](t)(s.Polls(ctx, 10)))

	_, err := s.Change(ctx, "")
	fails(t, "a change", err, store.ErrNotFound)
	_, err = s.Publication(ctx, 0)
	fails(t, "publication 0", err, store.ErrNotFound)
	_, err = s.Publication(ctx, 1)
	fails(t, "publication 1", err, store.ErrNotFound)
	_, err = s.Roster(ctx, 1)
	fails(t, "a roster", err, store.ErrNotFound)
	_, err = s.Body(ctx, "00ff")
	fails(t, "a body", err, store.ErrNotFound)
	_, err = s.Delivery(ctx, "")
	fails(t, "a delivery", err, store.ErrNotFound)
	_, err = s.DeliveryOf(ctx, "", 0)
	fails(t, "the delivery of a change", err, store.ErrNotFound)
	_, err = s.ChangesAt(ctx, []uint64{0})
	fails(t, "a change by number", err, store.ErrNotFound)
	fails(t, "a delivery saved", s.SaveProgress(ctx, waits("dlv_1", "ops")), store.ErrNotFound)
}

// fullBatch is one with something in every field.
func fullBatch() store.Batch {
	f := &filler{}
	e := entry(1, roster.ListPending, "bytes\x00\xff", at(0))
	p := filled[roster.Publication](f)
	p.Seq, p.SHA256, p.Verdict, p.KeptAs = e.Publication.Seq, e.Publication.SHA256, e.Publication.Verdict, ""
	e.Publication, e.Roster = p, filled[roster.Roster](f)
	c, h, poll := filled[roster.Change](f), filled[roster.Hold](f), filled[roster.Poll](f)
	c.Seq, h.State = 1, roster.HoldOpen
	d, i := filled[roster.Delivery](f), filled[roster.Incident](f)
	d.Seq, d.Changes, d.State, i.Ended = 0, []uint64{1}, roster.DeliveryWaiting, false
	address, document := filled[roster.DocumentAddress](f), filled[roster.Document](f)
	document.SHA256, address.Versions[0].SHA256, address.Versions[1].SHA256 = p.SHA256, p.SHA256, p.SHA256
	return store.Batch{
		Addresses: []roster.DocumentAddress{address}, Documents: []roster.Document{document}, PageTexts: []roster.PageText{filled[roster.PageText](f)},
		Entries: []store.NewPublication{e}, Agencies: []roster.Agency{filled[roster.Agency](f)},
		Records: []roster.Record{filled[roster.Record](f)}, Changes: []roster.Change{c}, Holds: []roster.Hold{h},
		Validators: []roster.Validator{filled[roster.Validator](f)}, Poll: &poll,
		Deliveries: []roster.Delivery{d}, Incidents: []roster.Incident{i},
	}
}

func testEveryField(t *testing.T, b Backend) {
	open := b.New(t)
	s := open(t)
	batch := fullBatch()
	commit(t, s, batch)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = closing(t, open(t))

	c := contents(t, s)
	e, r := batch.Entries[0], batch.Records[0]
	batch.Poll.Seq, batch.Deliveries[0].Seq = 1, 1
	same(t, "publication", []roster.Publication{e.Publication}, c.Publications)
	same(t, "roster", []roster.Roster{e.Roster}, c.Rosters)
	same(t, "body", map[string][]byte{e.Publication.SHA256: e.Body}, c.Bodies)
	same(t, "change", batch.Changes, c.Changes)
	same(t, "hold", batch.Holds, c.Holds)
	same(t, "validator", batch.Validators, c.Validators)
	same(t, "poll", []roster.Poll{*batch.Poll}, c.Polls)
	same(t, "delivery", batch.Deliveries, c.Deliveries)
	same(t, "incident", batch.Incidents, c.Incidents)
	same(t, "address", batch.Addresses, c.Addresses)
	same(t, "document", batch.Documents, c.Documents)
	same(t, "text of the page", batch.PageTexts, c.PageTexts)
	same(t, "known", roster.Snapshot{
		Agencies: map[string]*roster.Agency{batch.Agencies[0].ID: &batch.Agencies[0]},
		Records:  map[string]*roster.Record{r.ID(): &r},
		InForce:  map[roster.List]roster.Publication{e.Publication.List: e.Publication},
		Holds:    batch.Holds,
		Seqs:     roster.Seqs{Publication: 1, Change: 1},
		First:    e.Publication.EffectiveAt,
	}, c.Known)
	if err := lookups(t.Context(), s, c); err != nil {
		t.Error(err)
	}
}

// testOrder puts things in in no order.
func testOrder(t *testing.T, b Backend) {
	s := b.open(t)
	ids := []string{"TX-m", "AL-z", "WY-a", "TX-M", "TX-ma", "GA-é"}
	for i, id := range ids {
		commit(t, s, store.Batch{
			Agencies: []roster.Agency{agency(id)}, Records: []roster.Record{record(id, at(i))},
			Changes: []roster.Change{change(uint64(i+1), roster.KindNew, id)},
			Entries: []store.NewPublication{entry(uint64(i+1), roster.ListParticipating, id, at(i))},
		})
	}
	c := contents(t, s)
	for i := range ids {
		if n := uint64(i + 1); c.Publications[i].Seq != n || c.Changes[i].Seq != n {
			t.Errorf("in place %d stand publication %d and change %d", n, c.Publications[i].Seq, c.Changes[i].Seq)
		}
	}
	slices.Sort(ids)
	same(t, "agencies", ids, slices.Sorted(maps.Keys(c.Known.Agencies)))
	same(t, "records", ids, slices.Sorted(maps.Keys(c.Known.Records)))
}

// testChanges asks every combination of a filter, a beginning, a limit and a
// direction, and works the answer out by hand.
func testChanges(t *testing.T, b Backend) {
	s := b.open(t)
	var kept []roster.Change
	for seq := uint64(1); seq <= 30; seq++ {
		c := change(seq, roster.Kinds()[seq%9], fmt.Sprintf("%d", seq%4))
		if seq%5 == 0 {
			c.Agreement.State = "GU"
			before := agreement("x")
			c.Before = &before
		}
		if seq%7 == 0 { // a clock that was set back
			c.DetectedAt = c.DetectedAt.Add(-6 * time.Hour)
		}
		c.TakenBack = seq%5 == 0
		kept = append(kept, c)
	}
	commit(t, s, store.Batch{Changes: kept[:10]})
	commit(t, s, store.Batch{Changes: kept[10:]})

	filters := []roster.Filter{
		{},
		{Kinds: []roster.Kind{roster.KindNew, roster.KindRemoved}},
		{States: []roster.State{"GU"}},
		{States: []roster.State{"TX"}, Agencies: []string{"agency 2"}},
		{Since: at(12)},
		{Until: at(12)},
		{Since: at(7), Until: at(22), Kinds: []roster.Kind{roster.KindAmended}},
		{Models: []roster.Model{roster.JEM}},
	}
	for _, filter := range filters {
		for _, after := range []uint64{0, 1, 10, 29, 30, 31, math.MaxUint64} {
			for _, limit := range []int{0, 1, 3, 1000} {
				for _, newest := range []bool{false, true} {
					for _, all := range []bool{false, true} {
						q := store.ChangeQuery{Filter: filter, AfterSeq: after, Limit: limit, Newest: newest, TakenBack: all}
						got := must[[]roster.Change](t)(s.Changes(t.Context(), q))
						same(t, fmt.Sprintf("%+v", q), sift(kept, q), got)
					}
				}
			}
		}
	}
}

// sift answers a query as slowly as can be.
func sift(kept []roster.Change, q store.ChangeQuery) []roster.Change {
	var found []roster.Change
	for _, c := range kept {
		if c.Seq > q.AfterSeq && (q.TakenBack || !c.TakenBack) && q.Filter.Match(c, nil) {
			found = append(found, c)
		}
	}
	if q.Newest {
		slices.Reverse(found)
	}
	if q.Limit > 0 && len(found) > q.Limit {
		found = found[:q.Limit]
	}
	return found
}

func testRevision(t *testing.T, b Backend) {
	s, ctx := b.open(t), t.Context()
	revision := func() uint64 {
		t.Helper()
		return must[uint64](t)(s.Revision(ctx))
	}
	last := revision()
	for _, batch := range []store.Batch{
		{Poll: &roster.Poll{At: time.Unix(1, 0).UTC(), Outcome: "unchanged"}},
		{Holds: []roster.Hold{hold("hld_1", time.Unix(2, 0).UTC())}},
		fullBatch(),
	} {
		commit(t, s, batch)
		if now := revision(); now != last+1 {
			t.Errorf("after %+v the revision went from %d to %d", batch, last, now)
		}
		last = revision()
	}
	seqs := known(t, s).Seqs
	for _, other := range []uint64{last - 1, last + 1, 1} {
		err := s.Commit(ctx, store.Batch{Before: seqs, Revision: other, Holds: []roster.Hold{hold("hld_2", at(3))}})
		fails(t, fmt.Sprintf("a batch after revision %d of %d", other, last), err, store.ErrConflict)
	}
	commit(t, s, store.Batch{Revision: last, Holds: []roster.Hold{hold("hld_2", at(3))}})
	last++
	if err := s.Commit(ctx, store.Batch{Before: roster.Seqs{Change: math.MaxUint64}}); err == nil {
		t.Error("a batch from nowhere was taken")
	}
	enqueue(t, s, waits("dlv_beside", "ops", 1))
	if now := revision(); now != last {
		t.Errorf("the revision moved from %d to %d, and nothing was committed", last, now)
	}
}

func testBodies(t *testing.T, b Backend) {
	s := b.open(t)
	body := strings.Repeat("a workbook served again and again ", 40_000)
	first, other := entry(1, roster.ListParticipating, body, at(0)), entry(2, roster.ListPending, "another", at(1))
	commit(t, s, store.Batch{Entries: []store.NewPublication{first}})
	size := backupSize(t, s)

	commit(t, s, store.Batch{Entries: []store.NewPublication{other}})
	want := []roster.Publication{first.Publication}
	for seq := uint64(3); seq <= 9; seq += 2 {
		again, oncemore := entry(seq, roster.ListParticipating, body, at(2)), entry(seq+1, roster.ListParticipating, body, at(3))
		commit(t, s, store.Batch{Entries: []store.NewPublication{again, oncemore}})
		want = append(want, again.Publication, oncemore.Publication)
	}
	hash := first.Publication.SHA256
	isOther := func(p roster.Publication) bool { return p.SHA256 != hash }
	same(t, "the publications of one file", want, slices.DeleteFunc(must[[]roster.Publication](t)(s.Publications(t.Context())), isOther))
	if got := must[[]byte](t)(s.Body(t.Context(), hash)); string(got) != body {
		t.Errorf("the file has changed: %d bytes, were %d", len(got), len(body))
	}
	for _, beginning := range []string{"", hash[:8], hash[:63], hash + "0"} {
		_, err := s.Body(t.Context(), beginning)
		fails(t, "the bytes of what is not a hash", err, store.ErrNotFound)
	}
	if grown := backupSize(t, s) - size; grown > 3*len(body) { // a backend may need room to move in
		t.Errorf("the same %d bytes eight times more took %d", len(body), grown)
	}
}

func backupSize(t *testing.T, s store.Store) int {
	t.Helper()
	var w counter
	if err := s.Backup(t.Context(), &w); err != nil {
		t.Fatal(err)
	}
	return int(w)
}

type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
