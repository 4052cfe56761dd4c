package diff

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// nearTowns is a list of so many towns of one state whose names are all near each
// other: what a hostile source could send. No two differ by less than two letters.
func nearTowns(rows int, kind string) roster.Roster {
	r := roster.Roster{List: roster.ListParticipating}
	for i := range rows {
		town := []byte("Aaaaaaaaaaaaaaaaaaaa")
		for at, n := 0, i; n > 0; at, n = at+1, n/26 {
			town[1+at*4], town[3+at*4] = byte('a'+n%26), byte('a'+n%26)
		}
		r.Rows = append(r.Rows, roster.Row{Number: i + 2, State: "TX", Agency: string(town) + kind, Model: roster.TFM, Signed: "2025-06-11"})
	}
	return r
}

// respelled is a list of which every name changed.
func respelled(t testing.TB, rows int) Input {
	t.Helper()
	now := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	arrival := func(r roster.Roster, baseline bool) Candidate {
		return Candidate{Roster: r, Baseline: baseline, Publication: roster.Publication{List: r.List, SHA256: r.Rows[0].Agency, PublishedAt: now}}
	}
	known := Updated(Input{Now: now, Arrivals: []Candidate{arrival(nearTowns(rows, " Police Department"), true)}}).Known
	return Input{Known: known, Now: now, Arrivals: []Candidate{arrival(nearTowns(rows, "b Police Department"), false)}}
}

func TestListsTooAlikeAreHeld(t *testing.T) {
	o := Updated(respelled(t, 2_000))
	if len(o.Holds) != 1 || len(o.Changes) != 0 {
		t.Fatalf("%d holds and %d changes, want one hold alone", len(o.Holds), len(o.Changes))
	}
	const want = "So many of its rows are new, with names so like each other, that they could not be compared with the last list's."
	if got := o.Holds[0].Reasons[0]; got != want {
		t.Errorf("held because of %q, want %q", got, want)
	}
}

// Rows that cannot be read whole are compared with all that is left, within the same
// bound.
func TestUnreadableListsAreHeldSoon(t *testing.T) {
	in := respelled(t, 15_000)
	rows := in.Arrivals[0].Roster.Rows
	for i := range rows {
		rows[i].Model = ""
	}
	o := Updated(in) // which took minutes without the bound
	if len(o.Holds) != 1 || len(o.Changes) != 0 {
		t.Errorf("%d holds and %d changes, want one hold alone", len(o.Holds), len(o.Changes))
	}
}

func TestComparingObeysTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	in := respelled(t, 400)
	o, err := Update(ctx, in)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a comparison that was called off ended with %v", err)
	}
	if len(o.Changes) > 0 || len(o.Publications) > 0 {
		t.Errorf("it came to %d changes", len(o.Changes))
	}
}

// BenchmarkAlike compares two lists of as many rows as are ever read. The floor is
// what taking in the first of them costs.
func BenchmarkAlike(b *testing.B) {
	in := respelled(b, 15_000)
	b.Run("floor", func(b *testing.B) {
		for b.Loop() {
			respelled(b, 15_000)
		}
	})
	b.Run("compared", func(b *testing.B) {
		for b.Loop() {
			Updated(in)
		}
	})
}
