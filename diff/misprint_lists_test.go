package diff_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/roster"
)

// Group G: whole lists that are wrong. Such a list is held and says nothing, and the
// right one that follows says what was done meanwhile, no more. Lists that only look
// odd are controls: they say nothing, and are not held.

// fault spoils a pair of lists.
type fault struct {
	name  string
	sound bool // not to be held
	spoil func(p *press, now, earlier, pending *roster.Roster)
}

func faults() []fault {
	rows := func(change func(p *press, r []roster.Row) []roster.Row) func(*press, *roster.Roster, *roster.Roster, *roster.Roster) {
		return func(p *press, now, _, _ *roster.Roster) { now.Rows = change(p, now.Rows) }
	}
	each := func(change func(*roster.Row), percent int) func(*press, *roster.Roster, *roster.Roster, *roster.Roster) {
		return rows(func(p *press, r []roster.Row) []roster.Row {
			for i := range r {
				if p.chance(percent) {
					change(&r[i])
				}
			}
			return r
		})
	}
	return []fault{
		{"half a list", false, rows(func(_ *press, r []roster.Row) []roster.Row { return r[:len(r)/2] })},
		{"every second row", false, rows((*press).everySecond)},
		{"twenty rows gone", false, rows(func(p *press, r []roster.Row) []roster.Row {
			at := p.IntN(len(r) - 20)
			return slices.Delete(r, at, at+20)
		})},
		{"a state gone", false, rows((*press).withoutState)},
		{"an empty list", false, rows(func(*press, []roster.Row) []roster.Row { return nil })},
		{"an old list", false, func(_ *press, now, earlier, _ *roster.Roster) { now.Rows = earlier.Rows }},
		{"no dates", false, each(func(r *roster.Row) { r.Signed = "" }, 100)},
		{"a tenth of the dates gone", false, each(func(r *roster.Row) { r.Signed = "" }, 10)},
		{"dates unreadable", false, each(func(r *roster.Row) { r.Signed, r.SignedAs = "", "#####" }, 100)},
		{"states unreadable", false, each(func(r *roster.Row) { r.State = "" }, 10)},
		{"dates a row down", false, rows(func(_ *press, r []roster.Row) []roster.Row { return rowDown(r, anyState, signedOf) })},
		{"dates a row down in a state", false, rows(func(p *press, r []roster.Row) []roster.Row { return rowDown(r, p.largeState(r), signedOf) })},
		{"names a row down in a state", false, rows(func(p *press, r []roster.Row) []roster.Row { return rowDown(r, p.largeState(r), agencyOf) })},
		{"models a row down in a state", false, rows(func(p *press, r []roster.Row) []roster.Row { return rowDown(r, p.largeState(r), modelOf) })},
		{"names in capitals of states", false, each(func(r *roster.Row) { r.Agency = r.State.Name() }, 100)},
		{"lists swapped", false, swapLists},
		{"mostly pending entries", false, func(_ *press, now, _, pending *roster.Roster) {
			now.Rows = append(slices.Clone(pending.Rows), now.Rows[:10]...)
		}},
		{"pending list empty", false, func(_ *press, _, _, pending *roster.Roster) { pending.Rows = nil }},
		{"most of the pending list gone", false, func(_ *press, _, _, pending *roster.Roster) { pending.Rows = pending.Rows[:len(pending.Rows)/3] }},
		{"pending list of signed ones", false, func(_ *press, now, _, pending *roster.Roster) { pending.Rows = dateless(now.Rows[:200]) }},
		{"other order", true, rows(func(_ *press, r []roster.Row) []roster.Row { slices.Reverse(r); return r })},
		{"all in capitals", true, each(func(r *roster.Row) { r.Agency = strings.ToUpper(r.Agency) }, 100)},
		{"each row twice", true, rows(func(_ *press, r []roster.Row) []roster.Row { return slices.Concat(r, r) })},
		{"no counties", true, each(func(r *roster.Row) { r.County = "" }, 100)},
		{"no types", true, each(func(r *roster.Row) { r.Type = "" }, 100)},
		{"no files", true, each(func(r *roster.Row) { r.MOA = "" }, 100)},
	}
}

func (p *press) everySecond(r []roster.Row) []roster.Row {
	var kept []roster.Row
	for i := range r {
		if i%2 == 0 {
			kept = append(kept, r[i])
		}
	}
	return kept
}

const anyState = roster.State("")

// largeState draws a state that has ten rows or more.
func (p *press) largeState(r []roster.Row) roster.State {
	for {
		s := p.state()
		n := 0
		for _, row := range r {
			if row.State == s {
				n++
			}
		}
		if n >= 10 {
			return s
		}
	}
}

func (p *press) withoutState(r []roster.Row) []roster.Row {
	s := p.largeState(r)
	return slices.DeleteFunc(r, func(row roster.Row) bool { return row.State == s })
}

func signedOf(to *roster.Row, from roster.Row) { to.Signed = from.Signed }
func agencyOf(to *roster.Row, from roster.Row) { to.Agency = from.Agency }
func modelOf(to *roster.Row, from roster.Row)  { to.Model = from.Model }

// rowDown moves a column of a state's rows down by a row.
func rowDown(r []roster.Row, s roster.State, cell func(to *roster.Row, from roster.Row)) []roster.Row {
	slices.SortStableFunc(r, func(a, b roster.Row) int {
		return strings.Compare(string(a.State)+a.Agency, string(b.State)+b.Agency)
	})
	var at []int
	for i := range r {
		if s == anyState || r[i].State == s {
			at = append(at, i)
		}
	}
	was := slices.Clone(r)
	for i, n := range at {
		cell(&r[n], was[at[(i+len(at)-1)%len(at)]])
	}
	return r
}

func dateless(rows []roster.Row) []roster.Row {
	rows = slices.Clone(rows)
	for i := range rows {
		rows[i].Signed, rows[i].MOA = "", ""
	}
	return rows
}

func swapLists(_ *press, now, _, pending *roster.Roster) {
	now.Rows, pending.Rows = pending.Rows, dateless(now.Rows)
}

func TestMisprintsOfWholeLists(t *testing.T) {
	t.Parallel()
	b := &results{scores: map[string]*score{}}
	for _, f := range faults() {
		b.classes = append(b.classes, class{group: "G", name: f.name})
	}
	for world := range uint64(5) {
		playFaults(*seed, 2000+world, b)
	}
	b.report(t)
	b.judge(t)
}

// playFaults tries each fault once on the lists of one world.
func playFaults(seed, world uint64, b *results) {
	p := newPress(seed, world, 700)
	for range 30 {
		p.seek(p.applicant(nil))
	}
	earlier := p.print()
	o := diff.Updated(diff.Input{Names: &p.memory, Now: p.day, Arrivals: []diff.Candidate{p.arrive(earlier, true), p.arrive(p.printPending(), true)}})
	safe := slices.DeleteFunc(classes(), func(c class) bool { return c.group != "E" && c.name != "letter" })
	for range 3 {
		p.makeEvents(safe, perList/2)
		o = diff.Updated(diff.Input{Names: &p.memory, Known: o.Known, Now: p.day.Add(24 * time.Hour), Arrivals: []diff.Candidate{p.arrive(p.print(), false)}})
	}
	p.events, p.later = nil, nil
	for range 3 {
		p.events = append(p.events, p.joins(), p.leaves())
	}
	right := p.print()
	for _, f := range faults() {
		e := &event{class: f.name, what: "said of the wrong list, and then of the right one"}
		p.tryFault(f, o.Known, right, earlier, e)
		b.count(e)
	}
}

// tryFault has a spoiled list arrive, and the right one a day later.
func (p *press) tryFault(f fault, known roster.Snapshot, right, earlier roster.Roster, e *event) {
	now, pending := right, p.printPending()
	now.Rows = slices.Clone(right.Rows)
	f.spoil(p, &now, &earlier, &pending)
	day := p.day
	in := diff.Input{Names: &p.memory, Known: known, Now: p.day, Held: map[string]diff.Candidate{}}
	for _, r := range []struct{ roster, right roster.Roster }{{now, right}, {pending, p.printPending()}} {
		if reflect.DeepEqual(r.roster.Rows, r.right.Rows) {
			continue // this one of the two lists is as it was
		}
		for i := range r.roster.Rows {
			r.roster.Rows[i].Number = i + 2
		}
		a := p.arrive(r.roster, false)
		a.Earlier = f.name == "an old list"
		a.Publication.SHA256 += f.name
		in.Arrivals = append(in.Arrivals, a)
	}
	o := diff.Updated(in)
	held := 0
	for i, publication := range o.Publications {
		if publication.Verdict == roster.VerdictHeld {
			held++
			a := in.Arrivals[i]
			a.Publication = publication
			in.Held[publication.Hold] = a
		}
	}
	e.said = p.spokenOf(o.Changes, f.sound)
	if f.sound != (held == 0) {
		e.said = append(e.said, fmt.Sprintf("%d of %d lists held: %v", held, len(o.Publications), o.Holds))
	}
	p.day = day.Add(24 * time.Hour)
	arrivals := []diff.Candidate{p.arrive(right, false), p.arrive(p.printPending(), false)}
	o = diff.Updated(diff.Input{Names: &p.memory, Known: o.Known, Held: in.Held, Now: p.day, Arrivals: arrivals})
	e.said = append(e.said, p.spokenOf(o.Changes, !f.sound)...)
	for _, h := range o.Known.Holds {
		e.said = append(e.said, fmt.Sprintf("the right list held: %v", h.Reasons))
	}
	p.day = day
	e.want = [][]string{nil}
}

// spokenOf lists what a list should not have said: what it said beyond the events
// that were played, and those of them that it left out.
func (p *press) spokenOf(changes []roster.Change, isRight bool) []string {
	var wanted, wrong []string
	if isRight {
		for _, e := range p.events {
			wanted = append(wanted, e.want[0]...)
		}
	}
	for _, c := range changes {
		if !told(c) {
			continue
		}
		if at := slices.Index(wanted, spoken(c)); at >= 0 {
			wanted = slices.Delete(wanted, at, at+1)
			continue
		}
		if wrong = append(wrong, spoken(c)); len(wrong) > 4 {
			return append(wrong, fmt.Sprintf("and more of %d changes", len(changes)))
		}
	}
	for _, w := range wanted {
		wrong = append(wrong, "nothing of "+w)
	}
	return wrong
}
