package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/watch287g/watch287g/internal/fakeice"
	"github.com/watch287g/watch287g/sheet/sheettest"
)

// clock is the time of a service under test. It stands still until it is moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) { c.set(c.now().Add(d)) }

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = t
}

// publisher makes up what ICE publishes: agencies join, leave and come back, are
// renamed and redated, wait and sign. The same seed gives the same lists.
type publisher struct {
	rand            *rand.Rand
	active, pending []sheettest.Row
	gone            []sheettest.Row // that were removed, and may come back
	names           []string        // not given to anybody yet
}

func newPublisher(seed uint64) *publisher {
	p := &publisher{rand: rand.New(rand.NewPCG(seed, seed))} //nolint:gosec // the same each time
	for _, first := range []string{"Ash", "Birch", "Cedar", "Dogwood", "Elder", "Falcon", "Granite", "Harbor", "Iron", "Juniper", "Kestrel", "Laurel", "Maple", "Nettle", "Osprey"} {
		for _, second := range []string{"brook", "crest", "dale", "field", "grove", "haven", "mont", "port", "ridge", "springs", "ton", "vale"} {
			p.names = append(p.names, first+second)
		}
	}
	p.rand.Shuffle(len(p.names), func(i, j int) { p.names[i], p.names[j] = p.names[j], p.names[i] })
	for range 60 {
		p.active = append(p.active, p.newcomer())
	}
	for range 8 {
		p.pending = append(p.pending, unsigned(p.newcomer()))
	}
	return p
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

func (p *publisher) newcomer() sheettest.Row {
	name := p.names[0]
	p.names = p.names[1:]
	row := sheettest.Row{State: pick(p.rand, "TEXAS", "FLORIDA", "GEORGIA", "TENNESSEE"), Agency: name + " Police Department",
		Type: "Municipality", County: name + " County", Model: pick(p.rand, "Task Force Model", "Warrant Service Officer"),
		MOA: "https://www.ice.gov/doclib/287gMOA/" + name + ".pdf"}
	if p.rand.IntN(3) == 0 {
		row.Agency, row.Type = name+" County Sheriff's Office", "County"
	}
	return p.signed(row)
}

func (p *publisher) signed(row sheettest.Row) sheettest.Row {
	row.Signed = fmt.Sprintf("%d/%d/2025", 3+p.rand.IntN(3), 1+p.rand.IntN(28))
	return row
}

func unsigned(row sheettest.Row) sheettest.Row {
	row.Signed, row.MOA = "", ""
	return row
}

func take(rows *[]sheettest.Row, i int) sheettest.Row {
	row := (*rows)[i]
	*rows = slices.Delete(*rows, i, i+1)
	return row
}

// publish makes the next lists of the last ones.
func (p *publisher) publish() {
	p.active, p.pending = slices.Clone(p.active), slices.Clone(p.pending)
	for range p.rand.IntN(4) {
		p.active = append(p.active, p.newcomer())
	}
	for range p.rand.IntN(3) {
		p.gone = append(p.gone, take(&p.active, p.rand.IntN(len(p.active))))
	}
	if len(p.gone) > 0 && p.rand.IntN(3) == 0 {
		p.active = append(p.active, take(&p.gone, p.rand.IntN(len(p.gone))))
	}
	if len(p.pending) > 0 && p.rand.IntN(2) == 0 {
		p.active = append(p.active, p.signed(take(&p.pending, p.rand.IntN(len(p.pending)))))
	}
	if len(p.pending) > 3 && p.rand.IntN(5) == 0 {
		take(&p.pending, p.rand.IntN(len(p.pending)))
	}
	for range p.rand.IntN(3) {
		p.pending = append(p.pending, unsigned(p.newcomer()))
	}
	p.mend()
}

// mend changes what ICE's list says of agreements that stay.
func (p *publisher) mend() {
	row := func() *sheettest.Row { return &p.active[p.rand.IntN(len(p.active))] }
	if r := row(); p.rand.IntN(2) == 0 {
		r.Agency = "City of " + r.Agency
	}
	if r := row(); p.rand.IntN(2) == 0 {
		r.Signed = "2/" + fmt.Sprint(1+p.rand.IntN(28)) + "/2025"
	}
	if r := row(); p.rand.IntN(3) == 0 {
		r.County = "Greater " + r.County
	}
	if r := row(); p.rand.IntN(3) == 0 {
		r.Addendum = "https://www.ice.gov/doclib/287gMOA/addendum.pdf"
	}
}

// lists prints the lists as of now, the participating one without rows that a slip
// of ICE's loses.
func (p *publisher) lists(now time.Time, lost int) []fakeice.File {
	return []fakeice.File{
		{Link: fakeice.Participating, Name: "participatingAgencies.xlsx", At: now, Body: sheettest.Participating(p.active[lost:]...)},
		{Link: fakeice.Pending, Name: "pendingAgencies.xlsx", At: now, Body: sheettest.Pending(p.pending...)},
	}
}
