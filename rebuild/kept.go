package rebuild

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// Source is a store of which everything is derived anew. What it holds must not change
// meanwhile.
type Source interface {
	store.Dumper
	// Body returns the bytes with this hash, or ErrNotFound.
	Body(ctx context.Context, sha256 string) ([]byte, error)
	// Roster returns what a publication says, or ErrNotFound.
	Roster(ctx context.Context, seq uint64) (roster.Roster, error)
}

// kept is what a store holds of what was derived, and of what that was derived from, but
// for the bytes.
type kept struct {
	state        store.State
	publications []roster.Publication // number n is at n-1, as are changes
	agencies     map[string]*roster.Agency
	records      map[string]*roster.Record
	changes      []roster.Change
	holds        map[string]roster.Hold
	polls        []roster.Poll // the oldest first
	deliveries   []roster.Delivery
}

// read reads what a store holds.
func read(ctx context.Context, s store.Dumper) (*kept, error) {
	k := &kept{agencies: map[string]*roster.Agency{}, records: map[string]*roster.Record{}, holds: map[string]roster.Hold{}}
	for item, err := range s.Dump(ctx) {
		if err == nil {
			err = k.add(item)
		}
		if err != nil {
			return nil, fmt.Errorf("reading what the store holds: %w", err)
		}
	}
	for i, p := range k.publications {
		if p.Seq != uint64(i+1) {
			return nil, store.Damaged("publication %d is missing", i+1)
		}
	}
	for i, c := range k.changes {
		if c.Seq != uint64(i+1) {
			return nil, store.Damaged("change %d is missing", i+1)
		}
	}
	return k, nil
}

func (k *kept) add(item store.Item) error {
	var err error
	switch item.Part {
	case store.PartState:
		err = json.Unmarshal(item.Value, &k.state)
	case store.PartPublications:
		k.publications, err = appended(k.publications, item.Value)
	case store.PartChanges:
		k.changes, err = appended(k.changes, item.Value)
	case store.PartPolls:
		k.polls, err = appended(k.polls, item.Value)
	case store.PartDeliveries:
		k.deliveries, err = appended(k.deliveries, item.Value)
	case store.PartAgencies:
		var a roster.Agency
		err = json.Unmarshal(item.Value, &a)
		k.agencies[item.Key] = &a
	case store.PartRecords:
		var r roster.Record
		if err = json.Unmarshal(item.Value, &r); err == nil && len(r.Versions) == 0 {
			err = store.Damaged("it has no version")
		}
		k.records[item.Key] = &r
	case store.PartHolds:
		var h roster.Hold
		err = json.Unmarshal(item.Value, &h)
		k.holds[item.Key] = h
	case store.PartBodies, store.PartRosters, store.PartValidators, store.PartIncidents, store.PartDecisions, store.PartSecrets,
		store.PartAddresses, store.PartDocuments, store.PartPageTexts: // are read when they are wanted, or stay as they are
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w", item.Part, item.Key, err)
	}
	return nil
}

func appended[T any](all []T, value []byte) ([]T, error) {
	var v T
	err := json.Unmarshal(value, &v)
	return append(all, v), err
}
