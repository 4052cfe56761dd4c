package diff_test

import (
	"flag"
	"fmt"
	"testing"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/roster"
)

var seed = flag.Uint64("seed", 287, "for the misprints that nobody has seen yet")

// The tests below play ICE: they keep a true list of agreements, print it with
// misprints that they make up, and let agencies really join and leave. What Update
// calls it is compared with what was done. With -v they print a table by class.

const (
	wantEvents = 12_000
	perList    = 30
	perWorld   = 30 // lists, before the test begins anew
)

// onceAgain is what becomes of a row that was listed twice under two names.
const onceAgain = "double, once again"

// class is one kind of event.
type class struct {
	group  string
	name   string
	weight int
	make   func(*press) *event // nil where none can be made now
}

// The groups, and what share of their events may be called wrongly.
var groups = []struct {
	name  string
	about string
	most  float64
}{
	{"A", "one thing changes, as ICE really does", 1.0 / 1000},
	{"B", "two things change, and a careful reader could tell", 2.0 / 100},
	{"C", "nobody could tell: only as likely", 0},
	{"D", "two agencies that are truly two", 0},
	{"E", "joining, leaving, coming back", 2.0 / 1000},
	{"F", "the lives of pending entries", 1.0 / 100},
	{"G", "whole lists that are wrong, or only odd", 0},
}

func classes() []class {
	var all []class
	for _, n := range namesAlone {
		weight := map[string]int{"letter": 10, "abbreviation": 10, "word's typo": 8, "words": 8}[n.name]
		all = append(all, class{"A", n.name, max(weight, 5), renames(n.name, n.fits, n.slip)})
	}
	return append(all,
		class{"A", "cosmetic", 3, (*press).cosmetic},
		class{"A", "date", 5, (*press).redate},
		class{"A", "state", 3, (*press).restate},
		class{"A", "county", 1, (*press).recounty},
		class{"B", "name and date", 3, with("name and date", anyRow, (*press).changeDate)},
		class{"B", "name, file arrives", 3, with("name, file arrives", noFile, (*press).newFile)},
		class{"B", "name, file lost", 3, with("name, file lost", hasFile, (*press).loseFile)},
		class{"B", "name, file replaced", 3, with("name, file replaced", hasFile, (*press).newFile)},
		class{"B", "name, county filled", 2, with("name, county filled", func(b *body) bool { return b.County == "" && b.seat != "" && hasPlace(b) }, (*press).fillCounty)},
		class{"B", "name, county lost", 1, with("name, county lost", func(b *body) bool { return b.County != "" && hasPlace(b) }, (*press).loseCounty)},
		class{"B", "name and county, same file", 1, with("name and county, same file", func(b *body) bool { return b.County != "" && b.seat != "" && hasPlace(b) && hasFile(b) }, (*press).otherCounty)},
		class{"B", "another name, same file", 2, (*press).anotherName},
		class{"B", "name and type", 2, with("name and type", anyRow, (*press).changeType)},
		class{"B", "name and state, same file", 2, with("name and state, same file", hasFile, (*press).changeState)},
		class{"B", "date, file arrives", 2, changes(noFile, both((*press).newFile, (*press).changeDate))},
		class{"B", "date, file lost", 2, changes(hasFile, both((*press).loseFile, (*press).changeDate))},
		class{"B", "date, file replaced", 2, changes(hasFile, both((*press).newFile, (*press).changeDate))},
		class{"B", "date and state, same file", 2, changes(hasFile, both((*press).changeState, (*press).changeDate))},
		class{"B", "model, same file", 2, changes(hasFile, (*press).changeModel)},
		class{"B", "type", 1, (*press).retype},
		class{"B", "double", 2, (*press).double},
		class{"B", "double, misprinted", 3, (*press).doubleMisprinted},
		class{"B", "double, City of", 1, (*press).beside},
		class{"B", onceAgain, 0, nil},
		class{"C", "stranger, other date", 2, doubtful(noFile, (*press).stranger, otherDate)},
		class{"C", "stranger, same date", 2, doubtful(bareRow, (*press).stranger, sameDate)},
		class{"C", "like town, same date", 2, doubtful(bareRow, (*press).likeTown, sameDate)},
		class{"C", "state, common name", 1, (*press).restateCommon},
		class{"C", "model, no file", 1, (*press).remodel},
		class{"D", "Beach and North", 2, swapped((*press).beach, otherDate)},
		class{"D", "next number", 2, swapped((*press).nextNumber, otherDate)},
		class{"D", "next number, same date", 1, swapped((*press).nextNumber, sameDate)},
		class{"D", "near county", 2, swapped((*press).nearCounty, otherDate)},
		class{"D", "near county, same date", 2, swapped((*press).nearCounty, sameDate)},
		class{"D", "near county, two files", 1, swapped(files((*press).nearCounty), sameDate)},
		class{"D", "other state", 2, swapped((*press).inOtherState, otherDate)},
		class{"D", "other state, two files", 1, swapped(files((*press).inOtherState), sameDate)},
		class{"D", "police and sheriff", 2, swapped((*press).otherBody, otherDate)},
		class{"D", "city and town", 2, swapped((*press).otherForm, otherDate)},
		class{"D", "like town", 2, swapped(longApart((*press).likeTown), otherDate)},
		class{"D", "like real town", 1, swapped((*press).realLikeTown, otherDate)},
		class{"D", "like town, two counties", 1, swapped(columns((*press).likeTown), sameDate)},
		class{"D", "another's file", 1, (*press).wrongFile},
		class{"D", "unlike rows, one file", 1, (*press).unlikeRows},
		class{"D", "school", 1, swapped((*press).otherSchool, otherDate)},
		class{"D", "agency of the state", 1, swapped((*press).otherAgency, otherDate)},
		class{"E", "join", 5, (*press).joins},
		class{"E", "leave", 5, (*press).leaves},
		class{"E", "back", 2, returns(false)},
		class{"E", "back, respelled", 2, returns(true)},
		class{"E", "twins of two states", 2, (*press).twins},
		class{"E", "second model", 2, (*press).second},
		class{"E", "another model", 2, (*press).changesModel},
	)
}

func TestMisprintsOfMadeUpNames(t *testing.T) {
	t.Parallel()
	t.Logf("seed %d (-args -seed N repeats it)", *seed)
	b := playMisprints(wantEvents, classes(), madeUp(*seed))
	b.report(t)
	b.judge(t)
}

func BenchmarkMisprints(b *testing.B) {
	wrong, events := 0, 0
	for i := range b.N {
		r := playMisprints(wantEvents, classes(), madeUp(*seed+uint64(i)))
		for _, s := range r.scores {
			wrong, events = wrong+s.wrong, events+s.events
		}
	}
	b.ReportMetric(float64(wrong)/float64(events)*10_000, "wrong/10k-events")
}

// madeUp makes worlds of made-up lists.
func madeUp(seed uint64) func(world uint64) *press {
	return func(world uint64) *press { return newPress(seed, world, listSize) }
}

// playMisprints makes events until there are n, a few dozen lists a world.
func playMisprints(n int, all []class, begin func(world uint64) *press) *results {
	b := &results{classes: all, scores: map[string]*score{}, compared: true}
	for world := uint64(1); b.events < n; world++ {
		p := begin(world)
		before := p.print()
		known := diff.Updated(diff.Input{Names: &p.memory, Now: p.day, Arrivals: []diff.Candidate{p.arrive(before, true)}}).Known
		for range perWorld {
			if b.events >= n {
				break
			}
			p.makeEvents(all, perList)
			now := p.print()
			var changes []roster.Change
			known, changes = b.publish(p, known, now)
			for _, e := range p.attribute(claimsOf(changes)) {
				b.alarms = append(b.alarms, e.String())
			}
			p.attributePeers(before.Rows, now.Rows)
			for _, e := range p.events {
				b.count(e)
			}
			before = now
		}
	}
	return b
}

// publish has a list arrive. One that is held is a mistake; it is approved then, so
// that the events can be told.
func (b *results) publish(p *press, known roster.Snapshot, r roster.Roster) (roster.Snapshot, []roster.Change) {
	a := p.arrive(r, false)
	o := diff.Updated(diff.Input{Names: &p.memory, Known: known, Now: p.day, Arrivals: []diff.Candidate{a}})
	if len(o.Holds) > 0 {
		b.held = append(b.held, fmt.Sprintf("%s: %q", p.day.Format(time.DateOnly), o.Holds[0].Reasons))
		a.Publication, a.Decision = o.Publications[0], roster.HoldApproved
		o = diff.Updated(diff.Input{Names: &p.memory, Known: o.Known, Now: p.day, Arrivals: []diff.Candidate{a}, Held: map[string]diff.Candidate{o.Holds[0].ID: a}})
	}
	return o.Known, o.Changes
}

// makeEvents makes the events of one list.
func (p *press) makeEvents(all []class, n int) {
	p.events = nil
	for _, l := range p.later {
		if p.touched[l.body] = true; l.event != nil {
			p.events = append(p.events, l.event)
		}
	}
	p.later = nil
	weight := 0
	for _, c := range all {
		weight += c.weight
	}
	for made, tries := 0, 0; made < n && tries < 20*n; tries++ {
		at := p.IntN(weight)
		for _, c := range all {
			if at -= c.weight; at >= 0 {
				continue
			}
			before := len(p.later)
			if e := c.make(p); e != nil {
				e.class = c.name
				for _, l := range p.later[before:] {
					l.class = onceAgain
				}
				p.events = append(p.events, e)
				made++
			}
			break
		}
	}
}
