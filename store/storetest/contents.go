package storetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
)

// Contents is all that a store has to tell.
type Contents struct {
	Known        roster.Snapshot
	Publications []roster.Publication
	Rosters      []roster.Roster
	Bodies       map[string][]byte
	Changes      []roster.Change
	Holds        []roster.Hold
	Polls        []roster.Poll
	Reading      roster.Reading
	Validators   []roster.Validator // by address
	Deliveries   []roster.Delivery
	Heads        []roster.Delivery
	Incidents    []roster.Incident
	Decisions    []roster.Decision
	Addresses    []roster.DocumentAddress
	Documents    []roster.Document
	PageTexts    []roster.PageText
	Measures     store.Measures // without what differs from backend to backend
}

// Read asks a store for everything.
func Read(ctx context.Context, r store.Store) (Contents, error) {
	var c Contents
	var errs [15]error
	c.Known, errs[0] = r.Known(ctx)
	c.Publications, errs[1] = r.Publications(ctx)
	c.Changes, errs[2] = r.Changes(ctx, store.ChangeQuery{TakenBack: true})
	c.Holds, errs[3] = r.Holds(ctx)
	c.Polls, errs[4] = r.Polls(ctx, math.MaxInt)
	c.Validators, errs[5] = r.Validators(ctx)
	c.Deliveries, errs[6] = r.Deliveries(ctx, store.DeliveryQuery{})
	c.Heads, errs[7] = r.NextPending(ctx)
	c.Incidents, errs[8] = r.Incidents(ctx)
	c.Reading, errs[9] = r.Reading(ctx)
	c.Decisions, errs[10] = r.Decisions(ctx)
	c.Measures, errs[11] = store.Measure(ctx, r)
	c.Addresses, errs[12] = r.Addresses(ctx)
	c.Documents, errs[13] = r.Documents(ctx)
	c.PageTexts, errs[14] = r.PageTexts(ctx)
	c.Measures.Revision, c.Measures.Bytes = 0, 0
	if err := errors.Join(errs[:]...); err != nil {
		return c, err
	}
	slices.SortFunc(c.Validators, func(a, b roster.Validator) int { return cmp.Compare(a.URL, b.URL) })
	c.Bodies = map[string][]byte{}
	for _, p := range c.Publications {
		said, err := r.Roster(ctx, p.Seq)
		if err != nil {
			return c, err
		}
		c.Rosters = append(c.Rosters, said)
		body, err := r.Body(ctx, p.SHA256)
		if p.KeptAs != "" && errors.Is(err, store.ErrNotFound) {
			continue
		} else if err != nil {
			return c, err
		}
		c.Bodies[p.SHA256] = body
	}
	return c, nil
}

// Diff says in what two stores differ, and is empty where they do not.
func Diff(want, got Contents) string { return diff(want, got) }

// diff compares answers. None and an empty one are the same, and so are equal
// moments in different zones.
func diff(want, got any) string {
	if reflect.DeepEqual(want, got) {
		return "" // mostly, and much quicker
	}
	return gocmp.Diff(want, got, cmpopts.EquateEmpty())
}

// lookups asks for each thing by its name, and says where the answer is not the
// one that c has.
func lookups(ctx context.Context, r store.Store, c Contents) error {
	for _, p := range c.Publications {
		got, err := r.Publication(ctx, p.Seq)
		if err := equal(fmt.Sprintf("publication %d", p.Seq), p, got, err); err != nil {
			return err
		}
	}
	for _, want := range c.Changes {
		got, err := r.Change(ctx, want.ID)
		if err := equal("change "+want.ID, want, got, err); err != nil {
			return err
		}
		at, err := r.ChangesAt(ctx, []uint64{want.Seq})
		if err := equal(fmt.Sprintf("change %d", want.Seq), []roster.Change{want}, at, err); err != nil {
			return err
		}
	}
	return lookupDeliveries(ctx, r, c)
}

func lookupDeliveries(ctx context.Context, r store.Store, c Contents) error {
	type arrival struct {
		channel string
		change  uint64
	}
	arrived := map[arrival]bool{}
	for _, want := range c.Deliveries {
		got, err := r.Delivery(ctx, want.ID)
		if err := equal("delivery "+want.ID, want, got, err); err != nil {
			return err
		}
		for _, change := range want.Changes {
			if arrived[arrival{want.Channel, change}] {
				continue // an earlier delivery had it
			}
			arrived[arrival{want.Channel, change}] = true
			got, err := r.DeliveryOf(ctx, want.Channel, change)
			if err := equal(fmt.Sprintf("the delivery of change %d to %s", change, want.Channel), want, got, err); err != nil {
				return err
			}
		}
	}
	return nil
}

func equal(what string, want, got any, err error) error {
	if err != nil {
		return err
	}
	if diff := diff(want, got); diff != "" {
		return fmt.Errorf("%s (-want +got):\n%s", what, diff)
	}
	return nil
}
