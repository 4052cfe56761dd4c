package diff

import (
	"testing"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// BenchmarkUpdate judges and applies one typical publication: a list of 1,000
// rows, of which a dozen are new, gone, respelled or otherwise amended.
func BenchmarkUpdate(b *testing.B) {
	const size, events = 1000, 12
	p := newPress(287, 1)
	p.rows = p.rows[:size]
	known := Updated(Input{Now: p.day, Arrivals: []Arrival{p.arrive(p.print(), true)}}).Known
	p.makeEvents(classes(), events)
	in := Input{Known: known, Now: p.day.Add(24 * time.Hour), Arrivals: []Arrival{p.arrive(p.print(), false)}}
	if o := Updated(in); o.Publications[0].Verdict != roster.Accepted || len(o.Changes) < events/2 {
		b.Fatalf("the publication is %s, with %d changes", o.Publications[0].Verdict, len(o.Changes))
	}
	b.ReportAllocs()
	for b.Loop() {
		Updated(in)
	}
}

// BenchmarkAlike compares two lists of which every row changed, with names that
// are all near each other: what a hostile source could send.
func BenchmarkAlike(b *testing.B) {
	list := func(suffix string) roster.Roster {
		r := roster.Roster{List: roster.Participating}
		for i := range 15_000 {
			town := []byte("Aaaaaaaaaaaaaaaaaaaa")
			for at, n := 0, i; n > 0; at, n = at+1, n/26 {
				town[1+at*4] = byte('a' + n%26)
			}
			r.Rows = append(r.Rows, roster.Row{Number: i + 2, State: "TX", Agency: string(town) + suffix, Model: roster.TFM, Signed: "2025-06-11"})
		}
		return r
	}
	now := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	arrival := func(r roster.Roster, baseline bool) Arrival {
		return Arrival{Roster: r, Baseline: baseline, Publication: roster.Publication{List: r.List, SHA256: r.Rows[0].Agency, PublishedAt: now}}
	}
	known := Updated(Input{Now: now, Arrivals: []Arrival{arrival(list(" Police Department"), true)}}).Known
	for b.Loop() {
		Updated(Input{Known: known, Now: now, Arrivals: []Arrival{arrival(list("b Police Department"), false)}})
	}
}
