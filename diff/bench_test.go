package diff_test

import (
	"testing"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/roster"
)

// BenchmarkUpdate judges and applies one typical publication: a list of 1,000
// rows, of which a dozen are new, gone, respelled or otherwise amended.
func BenchmarkUpdate(b *testing.B) {
	const size, events = 1000, 12
	p := newPress(287, 1, size)
	known := diff.Updated(diff.Input{Now: p.day, Arrivals: []diff.Candidate{p.arrive(p.print(), true)}}).Known
	p.makeEvents(classes(), events)
	in := diff.Input{Known: known, Now: p.day.Add(24 * time.Hour), Arrivals: []diff.Candidate{p.arrive(p.print(), false)}}
	if o := diff.Updated(in); o.Publications[0].Verdict != roster.VerdictAccepted || len(o.Changes) < events/2 {
		b.Fatalf("the publication is %s, with %d changes", o.Publications[0].Verdict, len(o.Changes))
	}
	b.ReportAllocs()
	for b.Loop() {
		diff.Updated(in)
	}
}
