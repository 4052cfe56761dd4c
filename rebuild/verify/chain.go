package verify

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/rebuild"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// Chain is all lists until a change, in no order, and how those that were held ended.
type Chain struct {
	Publications []roster.Publication
	Holds        []roster.Hold
	// Body returns the bytes of a list by the hash of those that ICE served.
	Body func(ctx context.Context, sha256 string) ([]byte, error)
	// Looked is when ICE's page was looked at without a new list, as far as that matters: an
	// entry counts as withdrawn by the clock.
	Looked []time.Time
}

// Derive derives all changes that follow from the lists.
func (c Chain) Derive(ctx context.Context, s diff.Settings) ([]roster.Change, error) {
	b, err := rebuild.Derive(ctx, rebuild.Options{Source: c.source(), Settings: s})
	if err != nil {
		return nil, fmt.Errorf("deriving all changes until then: %w", err)
	}
	items, err := b.Items(store.PartChanges)
	if err != nil {
		return nil, err //nolint:wrapcheck // it says what it was about
	}
	var all []roster.Change
	for _, i := range items {
		var change roster.Change
		if err := json.Unmarshal(i.Value, &change); err != nil {
			return nil, fmt.Errorf("reading what was derived: %w", err)
		}
		change.FoundLater = false
		all = append(all, change)
	}
	return all, nil
}

// source is a store that holds the chain and no change.
func (c Chain) source() source {
	s := source{body: c.Body}
	ordered := slices.Clone(c.Publications)
	slices.SortFunc(ordered, func(a, b roster.Publication) int {
		return cmp.Or(a.SeenAt.Compare(b.SeenAt), cmp.Compare(a.Seq, b.Seq))
	})
	number := map[uint64]uint64{}
	for i, p := range ordered {
		number[p.Seq] = uint64(i + 1)
		p.Seq = uint64(i + 1)
		s.add(store.PartPublications, strconv.Itoa(i+1), p)
	}
	holds := slices.Clone(c.Holds)
	slices.SortFunc(holds, func(a, b roster.Hold) int { return cmp.Compare(a.ID, b.ID) })
	for _, h := range holds {
		if h.Publication = number[h.Publication]; h.Publication > 0 {
			s.add(store.PartHolds, h.ID, h)
		}
	}
	for i, at := range c.Looked {
		s.add(store.PartPolls, strconv.Itoa(i+1), roster.Poll{Seq: uint64(i + 1), At: at, Outcome: "unchanged", Had: []roster.List{roster.ListParticipating}})
	}
	return s
}

// source is a store of which only what is derived from is there.
type source struct {
	items []store.Item
	body  func(ctx context.Context, sha256 string) ([]byte, error)
}

func (s *source) add(part store.Part, key string, v any) {
	doc, err := json.Marshal(v)
	if err != nil { // all of them always encode
		panic(err)
	}
	s.items = append(s.items, store.Item{Part: part, Key: key, Value: doc})
}

// Dump yields the items.
func (s source) Dump(context.Context) iter.Seq2[store.Item, error] {
	return func(yield func(store.Item, error) bool) {
		for _, i := range s.items {
			if !yield(i, nil) {
				return
			}
		}
	}
}

// Body returns the bytes of a list.
func (s source) Body(ctx context.Context, sha256 string) ([]byte, error) { return s.body(ctx, sha256) }

// Roster returns nothing: what a list says is read in its bytes.
func (s source) Roster(context.Context, uint64) (roster.Roster, error) {
	return roster.Roster{}, store.ErrNotFound
}
