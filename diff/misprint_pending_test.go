package diff_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/roster"
)

// Group F plays both lists over weeks. An event is the whole life of a pending
// entry: what is said of it, from the day that it is listed to the end.

const (
	pendingDays   = 80 // a world's
	livesPerDay   = 5
	pendingWorlds = 4
)

// life is the story of one entry; it makes the event of it.
type life struct {
	name   string
	weight int
	begin  func(*press) *event
}

func lives() []life {
	return []life{
		{"stays", 3, (*press).stays},
		{"signed", 4, signs(0, 0, false)},
		{"signed, listed on", 3, signs(0, 9, false)},
		{"signed after a gap", 3, signs(2, 0, false)},
		{"signed, respelled", 6, signs(0, 2, true)},
		{"signed after a gap, respelled", 6, signs(2, 0, true)},
		{"signed in another state", 5, (*press).signsElsewhere},
		{"signed under another name", 2, (*press).underAnother},
		{"respelled", 5, (*press).respelledSeeker},
		{"state corrected", 3, (*press).moves},
		{"signed late", 3, (*press).signsLate},
		{"signed before", 2, (*press).signedBefore},
		{"signed and gone", 3, (*press).signedAndGone},
		{"withdrawn", 5, (*press).withdraws},
		{"withdrawn, namesake signs", 4, withdrawsBeside((*press).inOtherState, false)},
		{"withdrawn, neighbor signs", 3, withdrawsBeside((*press).beach, true)},
		{"withdrawn, far neighbor signs", 2, withdrawsBeside(columns((*press).beach), false)},
		{"withdrawn, near county signs", 2, withdrawsBeside((*press).nearCounty, false)},
		{"withdrawn, next number signs", 2, withdrawsBeside((*press).nextNumber, false)},
		{"withdrawn, other model signs", 3, withdrawsBeside((*press).otherModel, false)},
		{"back in days", 4, comesBack(1, 2, false)},
		{"back in days, respelled", 3, comesBack(1, 2, true)},
		{"back in weeks", 3, comesBack(6, 27, false)},
		{"again", 3, comesBack(33, 45, false)},
	}
}

func TestMisprintsOfThePendingList(t *testing.T) {
	t.Parallel()
	all := []class{}
	for _, l := range lives() {
		all = append(all, class{"F", l.name, l.weight, l.begin})
	}
	b := &results{classes: all, scores: map[string]*score{}}
	for world := range uint64(pendingWorlds) {
		playPending(*seed, 1000+world, b)
	}
	b.report(t)
	b.judge(t)
	for _, c := range all {
		if s := b.scores[c.name]; s != nil && s.falsely > 0 {
			t.Errorf("%s: withdrawn was said %d times of entries that were not", c.name, s.falsely)
		}
	}
}

// playPending plays one world. For a week of it no participating list comes, so
// that nobody can know who has signed.
func playPending(seed, world uint64, b *results) {
	p := newPress(seed, world, 400)
	for range 30 {
		if s := p.applicant(nil); s != nil {
			p.waiting = append(p.waiting, s)
		}
	}
	p.quiet[0] = 15 + p.IntN(40)
	p.quiet[1] = p.quiet[0] + 5 + p.IntN(4)
	o := diff.Updated(diff.Input{Names: &p.memory, Now: p.day, Arrivals: []diff.Candidate{p.arrive(p.print(), true), p.arrive(p.printPending(), true)}})
	for p.today = 1; p.today <= pendingDays; p.today++ {
		for _, do := range p.agenda[p.today] {
			do()
		}
		if p.today < pendingDays-10 {
			p.beginLives(b.classes)
		}
		in := diff.Input{Names: &p.memory, Known: o.Known, Now: p.day.Add(24 * time.Hour)}
		if participating := p.print(); !p.isQuiet(p.today) {
			in.Arrivals = append(in.Arrivals, p.arrive(participating, false))
		}
		in.Arrivals = append(in.Arrivals, p.arrive(p.printPending(), false))
		o = diff.Updated(in)
		for _, h := range o.Holds {
			b.held = append(b.held, fmt.Sprintf("world %d, day %d: %q", world, p.today, h.Reasons))
		}
		for _, e := range p.attribute(claimsOf(o.Changes)) {
			b.alarms = append(b.alarms, e.String())
		}
		p.checkWithdrawn(o.Changes)
	}
	for _, e := range p.events {
		b.count(e)
	}
}

func (p *press) beginLives(all []class) {
	weight := 0
	for _, c := range all {
		weight += c.weight
	}
	for range livesPerDay {
		at := p.IntN(weight)
		for _, c := range all {
			if at -= c.weight; at < 0 {
				if e := c.make(p); e != nil {
					e.class = c.name
					p.events = append(p.events, e)
				}
				break
			}
		}
	}
}

func (p *press) printPending() roster.Roster {
	r := roster.Roster{List: roster.ListPending}
	for i, b := range p.waiting {
		row := b.Row
		row.Number, row.Signed, row.MOA = i+2, "", ""
		r.Rows = append(r.Rows, row)
	}
	return r
}

// isQuiet says that no participating list comes on a day.
func (p *press) isQuiet(day int) bool { return p.quiet[0] <= day && day < p.quiet[1] }

// isHeard says that a participating list comes within the days from one to another,
// early enough for a withdrawal to be told.
func (p *press) isHeard(from, to int) bool {
	for d := from; d < to; d++ {
		if p.isQuiet(d) {
			return false
		}
	}
	return true
}

// checkWithdrawn marks what was called withdrawn before that could be known.
func (p *press) checkWithdrawn(changes []roster.Change) {
	for _, c := range changes {
		for _, e := range p.events {
			if c.Kind != roster.KindWithdrawn || !slices.Contains(e.keys, keyOf(c.Agreement.State, c.Agreement.Agency, c.Agreement.Model)) {
				continue
			}
			earliest := e.left + 3
			for d := e.left; p.isQuiet(d); d++ {
				earliest = max(earliest, d+1)
			}
			if e.left == 0 || p.today < earliest {
				e.said = append(e.said, fmt.Sprintf("withdrawn too early: on day %d, gone since day %d, no list from day %d to %d", p.today, e.left, p.quiet[0], p.quiet[1]))
			}
		}
	}
}

// applicant draws an agency that seeks an agreement.
func (p *press) applicant(fits func(*body) bool) *body {
	for range 200 {
		b := p.draw()
		if p.isFree(b.Row) && !p.spelled[keyOf(b.State, b.Agency, "")] && (fits == nil || fits(&b)) {
			p.use(b.Row)
			return &b
		}
	}
	return nil
}

// in does something some days from now.
func (p *press) in(days int, do func()) int {
	day := p.today + days
	p.agenda[day] = append(p.agenda[day], do)
	return day
}

func (p *press) between(low, high int) int { return low + p.IntN(high-low+1) }

func (p *press) seek(b *body) { p.waiting = append(p.waiting, b) }

func (p *press) stop(b *body) {
	p.waiting = slices.DeleteFunc(p.waiting, func(o *body) bool { return o == b })
}

// sign lists an agency as participating.
func (p *press) sign(b *body) {
	p.use(b.Row)
	if b.Signed = roster.DateOf(p.day.AddDate(0, 0, -p.IntN(3))); p.chance(60) {
		p.link(&b.Row)
	}
	p.rows = append(p.rows, b)
}

func sought(b *body) string { return lineOf(roster.KindPending, b.Row) }

func signed(b *body) string { return lineOf(roster.KindNew, b.Row) + afterPending }
