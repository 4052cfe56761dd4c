package snapshot_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/store"
)

// at is noon in Washington of a day in June 2025.
func at(day int) time.Time {
	return time.Date(2025, time.June, day, 12, 0, 0, 0, roster.Washington())
}

// source is a store with just these contents.
type source struct {
	records      []roster.Record
	changes      []roster.Change
	publications []roster.Publication
	reading      roster.Reading
	rebuilds     int
	after        []uint64 // the numbers after which changes were asked for
}

func (s *source) Known(context.Context) (roster.Snapshot, error) {
	known := roster.Snapshot{Agencies: map[string]*roster.Agency{}, Records: map[string]*roster.Record{}, Rebuilds: s.rebuilds}
	for _, r := range s.records {
		known.Records[r.ID()] = &r
		for _, v := range r.Versions {
			a, ok := known.Agencies[v.Agreement.AgencyID]
			if !ok {
				a = &roster.Agency{ID: v.Agreement.AgencyID}
				known.Agencies[a.ID] = a
			}
			if s := (roster.Spelling{State: v.Agreement.State, Name: v.Agreement.Agency}); !slices.Contains(a.Spellings, s) {
				a.Spellings = append(a.Spellings, s)
			}
		}
	}
	return known, nil
}

func (s *source) Changes(_ context.Context, q store.ChangeQuery) ([]roster.Change, error) {
	s.after = append(s.after, q.AfterSeq)
	return slices.Clone(s.changes[q.AfterSeq:]), nil
}

func (s *source) Publications(context.Context) ([]roster.Publication, error) {
	return s.publications, nil
}

func (s *source) Holds(context.Context) ([]roster.Hold, error)      { return nil, nil }
func (s *source) Polls(context.Context, int) ([]roster.Poll, error) { return nil, nil }
func (s *source) PageTexts(context.Context) ([]roster.PageText, error) {
	return nil, nil
}
func (s *source) Reading(context.Context) (roster.Reading, error) { return s.reading, nil }

func (s *source) load(t *testing.T) *snapshot.Snapshot {
	t.Helper()
	snap, err := snapshot.Load(t.Context(), s, nil, at(30))
	if err != nil {
		t.Fatal(err)
	}
	return snap
}

// agreement is what a list says of one.
func agreement(id string) roster.Agreement {
	return roster.Agreement{ID: id, AgencyID: "TX-" + id, State: "TX", Agency: "Agency " + id, Model: roster.TFM, Signed: "2025-06-01"}
}

// record is an agreement that was listed at one moment, then not at the next, and
// so on.
func record(id string, moments ...time.Time) roster.Record {
	r := roster.Record{List: roster.ListParticipating}
	for i, from := range moments {
		r.Versions = append(r.Versions, roster.Version{From: from, Listed: i%2 == 0, Agreement: agreement(id)})
	}
	return r
}

// entry is record for the pending list.
func entry(id string, moments ...time.Time) roster.Record {
	r := record(id, moments...)
	r.List = roster.ListPending
	return r
}

// then adds a version to a record that is another one of its agreement.
func then(r roster.Record, from time.Time, edit func(*roster.Agreement)) roster.Record {
	v := roster.Version{From: from, Listed: true, Agreement: r.Now()}
	edit(&v.Agreement)
	r.Versions = append(r.Versions, v)
	return r
}

// counted is a list that counts from a day on.
func counted(seq uint64, list roster.List, day int) roster.Publication {
	return roster.Publication{Seq: seq, List: list, SHA256: fmt.Sprint("sha", seq), Verdict: roster.VerdictAccepted, EffectiveAt: at(day), PublishedAt: at(day)}
}

// ids are those of agreements.
func ids(all []roster.AgreementAt) []string {
	found := []string{}
	for _, s := range all {
		found = append(found, s.ID)
	}
	return found
}
