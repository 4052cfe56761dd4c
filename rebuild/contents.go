package rebuild

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

var _ store.Dumper = (*Rebuilt)(nil)

// replaced are the parts of a store that are derived, each whole.
func (b *Rebuilt) replaced() map[store.Part]func() ([]store.Item, error) {
	return map[store.Part]func() ([]store.Item, error){
		store.PartState: func() ([]store.Item, error) {
			item, err := encoded(store.PartState, "", b.state)
			return []store.Item{item}, err
		},
		store.PartPublications: func() ([]store.Item, error) {
			return numbered(store.PartPublications, b.publications, func(p roster.Publication) uint64 { return p.Seq })
		},
		store.PartRosters:  b.rosterItems,
		store.PartAgencies: func() ([]store.Item, error) { return keyed(store.PartAgencies, b.agencies) },
		store.PartRecords:  func() ([]store.Item, error) { return keyed(store.PartRecords, b.records) },
		store.PartChanges: func() ([]store.Item, error) {
			return numbered(store.PartChanges, b.changes, func(c roster.Change) uint64 { return c.Seq })
		},
		store.PartHolds: func() ([]store.Item, error) { return keyed(store.PartHolds, b.holds) },
		store.PartDeliveries: func() ([]store.Item, error) {
			return numbered(store.PartDeliveries, b.deliveries, func(d roster.Delivery) uint64 { return d.Seq })
		},
	}
}

// Replaced returns the parts that are derived, in the order in which stores pass them on.
func (b *Rebuilt) Replaced() []store.Part {
	parts := b.replaced()
	return slices.DeleteFunc(store.Parts(), func(p store.Part) bool { return parts[p] == nil })
}

// Items returns all of a part that is derived.
func (b *Rebuilt) Items(part store.Part) ([]store.Item, error) {
	items, err := b.replaced()[part]()
	if err != nil {
		return nil, fmt.Errorf("encoding the %s: %w", part, err)
	}
	return items, nil
}

// Bodies returns the bytes of the publications that the store did not have, by hash.
func (b *Rebuilt) Bodies() map[string][]byte { return b.bodies }

// Messages returns all deliveries as the store had them.
func (b *Rebuilt) Messages() ([]store.Item, error) {
	items, err := numbered(store.PartDeliveries, b.old.deliveries, func(d roster.Delivery) uint64 { return d.Seq })
	if err != nil {
		return nil, fmt.Errorf("encoding the messages: %w", err)
	}
	return items, nil
}

// State is what the store keeps beside, as it was before and as it is to be.
func (b *Rebuilt) State() (before, after store.State) { return b.old.state, b.state }

// Dump yields what the store is to hold: what was derived, and of its source all else.
func (b *Rebuilt) Dump(ctx context.Context) iter.Seq2[store.Item, error] {
	return func(yield func(store.Item, error) bool) {
		if err := b.dump(ctx, yield); err != nil {
			yield(store.Item{}, err)
		}
	}
}

func (b *Rebuilt) dump(ctx context.Context, yield func(store.Item, error) bool) error {
	replaced := b.replaced()
	next, stop := iter.Pull2(b.source.Dump(ctx))
	defer stop()
	item, err, more := next()
	for _, part := range store.Parts() {
		var anew []store.Item
		if replaced[part] != nil {
			var err error
			if anew, err = b.Items(part); err != nil {
				return err
			}
		} else if part == store.PartBodies {
			for _, hash := range sortedKeys(b.bodies) {
				anew = append(anew, store.Item{Part: part, Key: hash, Value: b.bodies[hash]})
			}
		}
		for more && err == nil && item.Part == part {
			for replaced[part] == nil && len(anew) > 0 && anew[0].Key <= item.Key {
				if anew[0].Key < item.Key && !yield(anew[0], nil) {
					return nil
				}
				anew = anew[1:]
			}
			if replaced[part] == nil && !yield(item, nil) {
				return nil
			}
			item, err, more = next()
		}
		if err != nil {
			return err
		}
		for _, i := range anew {
			if !yield(i, nil) {
				return nil
			}
		}
	}
	return nil
}

func (b *Rebuilt) rosterItems() ([]store.Item, error) {
	var items []store.Item
	for _, seq := range slices.Sorted(maps.Keys(b.rosters)) {
		items = append(items, store.Item{Part: store.PartRosters, Key: strconv.FormatUint(seq, 10), Value: b.rosters[seq]})
	}
	return items, nil
}

func encoded(part store.Part, key string, v any) (store.Item, error) {
	doc, err := json.Marshal(v)
	return store.Item{Part: part, Key: key, Value: doc}, err
}

func numbered[T any](part store.Part, all []T, number func(T) uint64) ([]store.Item, error) {
	all = slices.SortedFunc(slices.Values(all), func(a, b T) int { return cmp.Compare(number(a), number(b)) })
	var items []store.Item
	for _, v := range all {
		item, err := encoded(part, strconv.FormatUint(number(v), 10), v)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}

func keyed[V any](part store.Part, all map[string]V) ([]store.Item, error) {
	var items []store.Item
	for _, key := range sortedKeys(all) {
		item, err := encoded(part, key, all[key])
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}
