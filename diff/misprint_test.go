package diff

import (
	"flag"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/roster"
)

var seed = flag.Uint64("seed", 287, "for the misprints that nobody has seen yet")

// The tests below play ICE: they keep a true list of agreements, print it with
// misprints that they make up, and let agencies really join and leave. What Update
// calls it is compared with what was done. With -v they print a table by class.

const (
	wantEvents = 12_000
	perList    = 24
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
}

func classes() []class {
	var all []class
	for _, n := range namesAlone {
		weight := map[string]int{"letter": 10, "abbreviation": 10, "word's typo": 8, "words": 8}[n.name]
		all = append(all, class{"A", n.name, max(weight, 5), renames(n.name, n.slip)})
	}
	return append(all,
		class{"A", "cosmetic", 3, (*press).cosmetic},
		class{"A", "date", 5, (*press).redate},
		class{"A", "state", 3, (*press).restate},
		class{"B", "name and date", 3, with("name and date", anyRow, (*press).changeDate)},
		class{"B", "name, file arrives", 3, with("name, file arrives", noFile, (*press).newFile)},
		class{"B", "name, file lost", 3, with("name, file lost", hasFile, (*press).loseFile)},
		class{"B", "name, file replaced", 3, with("name, file replaced", hasFile, (*press).newFile)},
		class{"B", "name, county filled", 2, with("name, county filled", func(b *body) bool { return b.County == "" && hasPlace(b) }, (*press).fillCounty)},
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
		class{"D", "like town", 2, swapped((*press).likeTown, otherDate)},
		class{"D", "like town, two counties", 1, swapped(columns((*press).likeTown), sameDate)},
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

func TestMisprintsNobodyHasSeen(t *testing.T) {
	t.Logf("seed %d (-args -seed N repeats it)", *seed)
	want := wantEvents
	if testing.Short() {
		want /= 5
	}
	b := playMisprints(*seed, want, classes())
	b.report(t)
	b.judge(t)
}

func BenchmarkMisprints(b *testing.B) {
	wrong, events := 0, 0
	for i := range b.N {
		r := playMisprints(*seed+uint64(i), wantEvents, classes())
		for _, s := range r.scores {
			wrong, events = wrong+s.wrong, events+s.events
		}
	}
	b.ReportMetric(float64(wrong)/float64(events)*10_000, "wrong/10k-events")
}

// playMisprints makes events until there are n, a few dozen lists a world.
func playMisprints(seed uint64, n int, all []class) *results {
	b := &results{classes: all, scores: map[string]*score{}}
	for world := uint64(1); b.events < n; world++ {
		p := newPress(seed, world)
		known := Updated(Input{Now: p.day, Arrivals: []Arrival{p.arrive(p.print(), true)}}).Known
		for range perWorld {
			if b.events >= n {
				break
			}
			p.makeEvents(all, perList)
			a := p.arrive(p.print(), false)
			o := Updated(Input{Known: known, Now: p.day, Arrivals: []Arrival{a}})
			if held := len(o.Holds) > 0; held {
				b.held = append(b.held, fmt.Sprintf("world %d, %s: %q", world, p.day.Format(time.DateOnly), o.Holds[0].Reasons))
				a.Publication = o.Publications[0]
				a.Decision = roster.HoldApproved
				o = Updated(Input{Known: o.Known, Now: p.day, Arrivals: []Arrival{a}, Held: map[string]Arrival{o.Holds[0].ID: a}})
			}
			known = o.Known
			for _, e := range p.attribute(o.Changes) {
				b.alarms = append(b.alarms, e.String())
			}
			for _, e := range p.events {
				b.count(e)
			}
		}
	}
	return b
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
					l.event.class = onceAgain
				}
				p.events = append(p.events, e)
				made++
			}
			break
		}
	}
}

// results are the events by class.
type results struct {
	classes []class
	scores  map[string]*score
	alarms  []string
	held    []string
	events  int
}

type score struct {
	events, wrong, likely, sure int
	mistakes                    []string
}

func (b *results) count(e *event) {
	s := b.scores[e.class]
	if s == nil {
		s = &score{}
		b.scores[e.class] = s
	}
	b.events++
	s.events++
	switch {
	case !e.right():
		s.wrong++
		if e.certain() {
			s.sure++
		}
		s.mistakes = append(s.mistakes, e.String())
	case e.likely():
		s.likely++
	}
}

func (s *score) add(o *score) {
	s.events, s.wrong, s.likely, s.sure = s.events+o.events, s.wrong+o.wrong, s.likely+o.likely, s.sure+o.sure
	s.mistakes = append(s.mistakes, o.mistakes...)
}

func (s *score) share() float64 { return float64(s.wrong) / float64(max(1, s.events)) }

// wilson is the interval that holds the true share 95 times in 100.
func (s *score) wilson() (low, high float64) {
	const z = 1.96
	n, p := float64(max(1, s.events)), s.share()
	middle, half := p+z*z/(2*n), z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return max(0, (middle-half)/(1+z*z/n)), min(1, (middle+half)/(1+z*z/n))
}

func (s *score) row(name string) string {
	low, high := s.wilson()
	likely := 100 * float64(s.likely) / float64(max(1, s.events))
	return fmt.Sprintf("%-30s %6d %5d %7.2f%%  %5.2f–%5.2f%% %6.1f%% %5d", name, s.events, s.wrong, 100*s.share(), 100*low, 100*high, likely, s.sure)
}

// sum is what a group came to.
func (b *results) sum(group string) *score {
	sum := &score{}
	for _, c := range b.classes {
		if s := b.scores[c.name]; s != nil && c.group == group {
			sum.add(s)
		}
	}
	return sum
}

func (b *results) report(t *testing.T) {
	t.Helper()
	table := []string{fmt.Sprintf("%-30s %6s %5s %8s  %13s %7s %5s", "class", "events", "wrong", "share", "95% interval", "likely", "sure")}
	for _, g := range groups {
		for _, c := range b.classes {
			if s := b.scores[c.name]; s != nil && c.group == g.name {
				table = append(table, s.row(g.name+" "+c.name))
			}
		}
		table = append(table, b.sum(g.name).row(g.name+" in all: "+g.about), "")
	}
	table = append(table, fmt.Sprintf("false alarms: %d; lists held: %d", len(b.alarms), len(b.held)))
	t.Log("\n" + strings.Join(table, "\n"))
	for _, c := range b.classes {
		if s := b.scores[c.name]; s != nil {
			for _, m := range s.mistakes[:min(5, len(s.mistakes))] {
				t.Log(c.group + " " + m)
			}
		}
	}
	for _, l := range slices.Concat(b.alarms[:min(10, len(b.alarms))], b.held[:min(5, len(b.held))]) {
		t.Log(l)
	}
}

// judge holds the groups to what they may have wrong.
func (b *results) judge(t *testing.T) {
	t.Helper()
	for _, g := range groups {
		if s := b.sum(g.name); s.share() > g.most {
			t.Errorf("group %s: %d of %d events were called wrongly, want at most %.2f in 100", g.name, s.wrong, s.events, 100*g.most)
		}
	}
	if len(b.alarms) > 0 {
		t.Errorf("%d false alarms", len(b.alarms))
	}
	if len(b.held) > 0 {
		t.Errorf("%d right lists were held", len(b.held))
	}
}
