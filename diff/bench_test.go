package diff

import (
	"testing"

	"github.com/watch287g/watch287g/roster"
)

// BenchmarkUpdate judges and applies one typical publication: a list of 1,000
// rows, of which a dozen are new, gone, respelled or otherwise amended.
func BenchmarkUpdate(b *testing.B) {
	const size, events = 1000, 12
	p := newPress(287)
	p.rows = p.rows[:size]
	known := p.publish(roster.Known{}).Known
	for range events {
		p.happen()
	}
	in := p.print(known)
	if o := Update(in); o.Publications[0].Verdict != roster.Accepted || len(o.Changes) < events/2 {
		b.Fatalf("the publication is %s, with %d changes", o.Publications[0].Verdict, len(o.Changes))
	}
	b.ReportAllocs()
	for b.Loop() {
		Update(in)
	}
}
