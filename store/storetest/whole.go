package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// testOwnership changes what was given to the store and what it gave.
func testOwnership(t *testing.T, b Backend) {
	s := b.open(t)
	batch := fullBatch()
	commit(t, s, batch)
	before := contents(t, s)

	batch.Entries[0].Body[0]++
	batch.Entries[0].Publication.Notes[0] = "scribbled"
	batch.Entries[0].Roster.Rows[0].Agency = "scribbled"
	batch.Agencies[0].Spellings[0].Name = "scribbled"
	batch.Records[0].Versions[1].Agreement.Agency = "scribbled"
	batch.Changes[0].Before.Agency = "scribbled"
	batch.Holds[0].Reasons[0] = "scribbled"
	batch.Poll.Publications[0] = 4711
	batch.Deliveries[0].Receipts[0].Part = "scribbled"
	batch.Addresses[0].Versions[0].SHA256, batch.Documents[0].Found["scribbled"] = "scribbled", 1
	if batch.Deliveries[0].Seq != 0 {
		t.Error("the store numbered a delivery of the one who commits")
	}
	if diff := Diff(before, contents(t, s)); diff != "" {
		t.Errorf("the store kept what belongs to the one who commits:\n%s", diff)
	}

	given := contents(t, s)
	for _, a := range given.Known.Agencies {
		a.Spellings[0].Name = "scribbled"
	}
	for _, r := range given.Known.Records {
		r.Versions[0].Listed = !r.Versions[0].Listed
		r.Versions = append(r.Versions, roster.Version{})
	}
	for list, p := range given.Known.InForce {
		p.Notes[0] = "scribbled"
		delete(given.Known.InForce, list)
	}
	given.Known.Holds[0].Reasons[0] = "scribbled"
	given.Known.Agencies["new"] = &roster.Agency{}
	given.Changes[0].Fields[0].To = "scribbled"
	given.Publications[0].Problems[0].Why = "scribbled"
	given.Rosters[0].Rows[0].Raw["scribbled"] = "scribbled"
	given.Deliveries[0].Notice.Text, given.Deliveries[0].Changes[0] = "scribbled", 4711
	given.Heads[0].Receipts[0].Part = "scribbled"
	given.Addresses[0].Versions[0].SHA256, given.Documents[0].Signers[0].Title = "scribbled", "scribbled"
	for _, body := range given.Bodies {
		clear(body)
	}
	if diff := Diff(before, contents(t, s)); diff != "" {
		t.Errorf("the store gave away what belongs to it:\n%s", diff)
	}
}

// testWholeBatches reads while batches are committed that each bring the same
// number of everything.
func testWholeBatches(t *testing.T, b Backend) {
	const batches, each, readers = 15, 3, 2
	s := b.open(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var wg sync.WaitGroup
	for range readers {
		wg.Go(func() {
			for ctx.Err() == nil {
				if err := wholeBatches(t.Context(), s, each); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for i := range batches {
		var batch store.Batch
		for n := range each {
			seq := uint64(i*each + n + 1)
			id := fmt.Sprintf("TX-%03d", seq)
			batch.Entries = append(batch.Entries, entry(seq, roster.ListParticipating, id, at(i)))
			batch.Agencies = append(batch.Agencies, agency(id))
			batch.Records = append(batch.Records, record(id, at(i)))
			batch.Changes = append(batch.Changes, change(seq, roster.KindNew, id))
			batch.Holds = append(batch.Holds, hold(id, at(i)))
			batch.Deliveries = append(batch.Deliveries, waits("dlv_"+id, "ops", seq))
			batch.Incidents = append(batch.Incidents, roster.Incident{Key: id})
		}
		commit(t, s, batch)
	}
	cancel()
	wg.Wait()
}

// wholeBatches fails where a reader sees a part of a batch.
func wholeBatches(ctx context.Context, s store.Store, each int) error {
	k, err := s.Known(ctx)
	if err != nil {
		return err
	}
	n := len(k.Agencies)
	if n%each != 0 || len(k.Records) != n || len(k.Holds) != n || k.Seqs != (roster.Seqs{Publication: uint64(n), Change: uint64(n)}) {
		return fmt.Errorf("a part of a batch: %d agencies, %d records, %d holds, numbers %+v", n, len(k.Records), len(k.Holds), k.Seqs)
	}
	if n > 0 && k.InForce[roster.ListParticipating].Seq != uint64(n) {
		return fmt.Errorf("after %d publications, %d is in force", n, k.InForce[roster.ListParticipating].Seq)
	}
	found, err := s.Changes(ctx, store.ChangeQuery{TakenBack: true})
	if err != nil {
		return err
	}
	if len(found)%each != 0 || len(found) < n {
		return fmt.Errorf("%d changes after %d", len(found), n)
	}
	told, err := s.Deliveries(ctx, store.DeliveryQuery{})
	if err != nil {
		return err
	}
	if len(told)%each != 0 || len(told) < len(found) {
		return fmt.Errorf("%d deliveries after %d changes", len(told), len(found))
	}
	lasting, err := s.Incidents(ctx)
	if err != nil {
		return err
	}
	if len(lasting)%each != 0 || len(lasting) < len(told) {
		return fmt.Errorf("%d incidents after %d deliveries", len(lasting), len(told))
	}
	return nil
}

// testBigBatch commits as much as a first list brings, and more.
func testBigBatch(t *testing.T, b Backend) {
	const size = 5000
	s := b.open(t)
	batch := store.Batch{Entries: []store.NewPublication{entry(1, roster.ListParticipating, "big", at(0))}}
	for i := range size {
		id := fmt.Sprintf("TX-%05d", i)
		batch.Records = append(batch.Records, record(id, at(0)))
		if i%5 == 0 {
			batch.Agencies = append(batch.Agencies, agency(id))
			batch.Changes = append(batch.Changes, change(uint64(i/5+1), roster.KindNew, id))
		}
	}
	commit(t, s, batch)
	k := known(t, s)
	if len(k.Agencies) != size/5 || len(k.Records) != size || k.Seqs.Change != size/5 {
		t.Errorf("%d agencies, %d records and %d changes arrived", len(k.Agencies), len(k.Records), k.Seqs.Change)
	}
	last := must[[]roster.Change](t)(s.Changes(t.Context(), store.ChangeQuery{TakenBack: true, Newest: true, Limit: 2}))
	same(t, "the last two changes", []roster.Change{batch.Changes[size/5-1], batch.Changes[size/5-2]}, last)
	same(t, "a record", batch.Records[4321], *k.Records[batch.Records[4321].ID()])
}

// testBackup restores a backup that was taken while the store was written to.
func testBackup(t *testing.T, b Backend) {
	s := seeded(t, b)
	before, secret := contents(t, s), must[[]byte](t)(s.Secret(t.Context(), "links"))
	copied := &meanwhile{during: func() {
		commit(t, s, store.Batch{Agencies: []roster.Agency{agency("meanwhile")}, Poll: &roster.Poll{At: at(50)}})
	}}
	if err := s.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	restored := closing(t, b.Restore(t, copied.Bytes()))
	if diff := Diff(before, contents(t, restored)); diff != "" {
		t.Errorf("the backup differs from the store (-store +backup):\n%s", diff)
	}
	same(t, "a secret in the backup", secret, must[[]byte](t)(restored.Secret(t.Context(), "links")))
	commit(t, restored, store.Batch{Changes: []roster.Change{change(3, roster.KindNew, "TX-3")}})
	if n := len(known(t, s).Agencies); n != 3 {
		t.Errorf("the store has %d agencies after the backup, want 3", n)
	}

	full := errors.New("the disk is full")
	fails(t, "a backup that could not be written", s.Backup(t.Context(), failing{full}), full)
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// meanwhile does something when the first bytes come.
type meanwhile struct {
	bytes.Buffer
	during func()
}

func (m *meanwhile) Write(p []byte) (int, error) {
	if m.during != nil {
		during := m.during
		m.during = nil
		during()
	}
	return m.Buffer.Write(p)
}
