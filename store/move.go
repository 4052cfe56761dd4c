package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
)

// Part is a kind of thing that stores hold.
type Part string

// The parts of a store. What can be computed from these is none.
const (
	PartState        Part = "state"        // one, the State, without a key
	PartPublications Part = "publications" // by number, as are rosters, changes, polls and deliveries
	PartBodies       Part = "bodies"       // by hash
	PartRosters      Part = "rosters"
	PartAgencies     Part = "agencies" // by id, as are records and holds
	PartRecords      Part = "records"
	PartChanges      Part = "changes"
	PartHolds        Part = "holds"
	PartPolls        Part = "polls"
	PartValidators   Part = "validators" // by URL
	PartDeliveries   Part = "deliveries"
	PartIncidents    Part = "incidents" // by key
	PartDecisions    Part = "decisions" // by hold
	PartSecrets      Part = "secrets"   // by name
	PartAddresses    Part = "addresses" // of documents, by URL
	PartDocuments    Part = "documents" // what they say, by hash
	PartPageTexts    Part = "page_texts"
)

// Parts lists all parts, in the order in which stores pass them on.
func Parts() []Part {
	return []Part{PartState, PartPublications, PartBodies, PartRosters, PartAgencies, PartRecords, PartChanges, PartHolds,
		PartPolls, PartValidators, PartDeliveries, PartIncidents, PartDecisions, PartSecrets, PartAddresses, PartDocuments, PartPageTexts}
}

// Item is one thing that a store holds.
type Item struct {
	Part Part
	Key  string // an id, or a number in decimal digits
	// Value is JSON; of bodies the bytes, of rosters what Pack returned. It belongs to
	// whoever passes it on, and may change with the next item.
	Value []byte
}

// Dumper is what tells everything that a store holds.
type Dumper interface {
	// Dump yields everything, as of one moment: part by part, and sorted by key within
	// each. After an error nothing follows.
	Dump(ctx context.Context) iter.Seq2[Item, error]
}

// ErrNotEmpty means that a store cannot take in another one.
var ErrNotEmpty = errors.New("there is something in it already")

// ErrDiffers means that two stores do not hold the same.
var ErrDiffers = errors.New("the stores differ")

// Compare reads all of two stores side by side, and returns an ErrDiffers that names the
// first thing that is not the same in both, to the byte. It counts what it compared.
func Compare(ctx context.Context, a, b Dumper) (items int, err error) {
	next, stop := iter.Pull2(b.Dump(ctx))
	defer stop()
	for want, err := range a.Dump(ctx) {
		if err != nil {
			return items, err
		}
		got, err, more := next()
		switch {
		case err != nil:
			return items, err
		case !more:
			return items, fmt.Errorf("%w: %s %s is missing", ErrDiffers, want.Part, want.Key)
		case want.Part != got.Part || want.Key != got.Key:
			return items, fmt.Errorf("%w: %s %s stands in the place of %s %s", ErrDiffers, got.Part, got.Key, want.Part, want.Key)
		case !bytes.Equal(want.Value, got.Value):
			return items, fmt.Errorf("%w in %s %s", ErrDiffers, want.Part, want.Key)
		}
		items++
	}
	if more, err, ok := next(); ok {
		return items, errors.Join(err, fmt.Errorf("%w: %s %s is too much", ErrDiffers, more.Part, more.Key))
	}
	return items, nil
}
