package table

import (
	"context"
	"fmt"
	"slices"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
)

// Stood is a row behind a change, as ICE printed it.
type Stood struct {
	Printed
	Before bool   // as it stood before the change
	Source string // "row 812 of ICE's participating list of July 3, 2025, 4 p.m. ET"
}

// Behind are the rows behind a change to an agreement: how it stood before, if it was
// listed, as the first list that printed it so, and how the list that the change was read
// from has it. read returns what a publication says, by its number.
func Behind(ctx context.Context, l prose.Language, snap *snapshot.Snapshot, read func(context.Context, uint64) (roster.Roster, error), c roster.Change) ([]Stood, error) {
	var all []Stood
	add := func(p roster.Publication, number int, before bool) error {
		said, err := read(ctx, p.Seq)
		if err != nil {
			return fmt.Errorf("reading the rows of the %s list: %w", p.List, err)
		}
		i := slices.IndexFunc(said.Rows, func(r roster.Row) bool { return r.Number == number })
		if i >= 0 {
			all = append(all, Stood{lineOf(l, p, said.Rows[i]), before, l.RowOf(p.Ref(number))})
		}
		return nil
	}
	at := slices.IndexFunc(snap.PublicationsOf(c.Publication.SHA256), func(p roster.Publication) bool {
		return p.List == c.Publication.List && p.PublishedAt.Equal(c.Publication.PublishedAt)
	})
	if at < 0 {
		return nil, nil
	}
	source := snap.PublicationsOf(c.Publication.SHA256)[at]
	if v, ok := stoodBefore(snap.Record(c.Agreement.ID), source); ok {
		if p, ok := snap.Publication(v.Source); ok {
			if err := add(p, v.Row, true); err != nil {
				return nil, err
			}
		}
	}
	if c.Publication.Row == 0 {
		return all, nil
	}
	return all, add(source, c.Publication.Row, false)
}

// stoodBefore is how a record's agreement was listed when it last was, before a
// publication.
func stoodBefore(r *roster.Record, p roster.Publication) (roster.Version, bool) {
	if r == nil {
		return roster.Version{}, false
	}
	for _, v := range slices.Backward(r.Versions) {
		if v.Listed && v.Row > 0 && v.From.Before(p.EffectiveAt) {
			return v, true
		}
	}
	return roster.Version{}, false
}
