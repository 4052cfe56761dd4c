package diff_test

import (
	"fmt"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

// The lives of pending entries.

// lived notes the event of a life, with the rows that it is about.
func (p *press) lived(what string, rows []*body, want ...[]string) *event {
	var touched []roster.Row
	for _, b := range rows {
		touched = append(touched, b.Row)
	}
	return p.happened(fmt.Sprintf("day %d: %s", p.today, what), touched, want...)
}

func (p *press) stays() *event {
	b := p.applicant(nil)
	p.seek(b)
	return p.lived(describe(b.Row), []*body{b}, lines(sought(b)))
}

// respell returns the agency under a misprint of its name, nil where that would be
// another's.
func (p *press) respell(b *body) *body {
	r := *b
	if r.Agency = p.oneSlip(b); !p.plausible(b, r.Agency) || p.spelled[keyOf(r.State, r.Agency, "")] {
		return nil
	}
	p.use(r.Row)
	return &r
}

// ends says that a life is over early enough in the world for all of it to be told.
func (p *press) ends(days int) bool { return p.today+days <= pendingDays-5 }

// signs makes the life of an agency that signs: up to so many days after it left the
// pending list, or up to so many before that.
func signs(gap, overlap int, respelled bool) func(*press) *event {
	return func(p *press) *event {
		b := p.applicant(nil)
		s := *b
		now := &s
		if respelled {
			if now = p.respell(b); now == nil {
				return nil
			}
		}
		wait, later, stays := p.between(2, 20), p.between(min(1, gap), gap), p.between(min(1, overlap), overlap)
		if !p.ends(wait + later + stays) {
			return nil
		}
		for d := p.today + wait + stays; gap > 0 && gap < 3 && d <= p.today+wait+later; d++ {
			if p.isQuiet(d) {
				return nil // the lists call it withdrawn until they come again
			}
		}
		p.seek(b)
		left := p.in(wait+stays, func() { p.stop(b) })
		p.in(wait+later, func() { p.sign(now) })
		e := p.lived(fmt.Sprintf("%s, signed on day %d as %s, off the list on day %d", describe(b.Row), p.today+wait+later, describe(now.Row), left),
			[]*body{b, now}, lines(sought(b), signed(now)))
		e.left, e.signs = left, true
		return e
	}
}

// elsewhere returns an agency as a state lists it that it is not of: no county or
// town there has its name, and one alone does anywhere.
func (p *press) elsewhere() (wrong, right *body) {
	right = p.applicant(func(b *body) bool {
		if b.State == "LA" {
			return false
		}
		return b.form == sheriff && homes(b.place) == 1 && b.seat+" Sheriff's Office" == b.name || b.form == police && p.isRare(b)
	})
	if right == nil {
		return nil, nil
	}
	w, state := *right, p.state()
	if p.spelled[keyOf(state, w.Agency, "")] || state == w.State || state == "LA" {
		return nil, nil
	}
	w.State, w.County = state, ""
	p.use(w.Row)
	return &w, right
}

func (p *press) signsElsewhere() *event {
	b, now := p.elsewhere()
	wait, gap := p.between(2, 20), p.between(0, 2)
	if b == nil || !p.ends(wait+gap) {
		return nil
	}
	p.seek(b)
	left := p.in(wait, func() { p.stop(b) })
	p.in(wait+gap, func() { p.sign(now) })
	e := p.lived(fmt.Sprintf("%s, signed on day %d as %s", describe(b.Row), left+gap, describe(now.Row)), []*body{b, now}, lines(sought(b), signed(now)))
	e.left, e.signs = left, true
	return e
}

// moves is listed under the right state while it waits.
func (p *press) moves() *event {
	b, now := p.elsewhere()
	wait := p.between(2, 20)
	if b == nil || !p.ends(wait) {
		return nil
	}
	old := *b
	p.seek(b)
	p.in(wait, func() { b.Row = now.Row })
	return p.lived(describe(old.Row)+" becomes "+describe(now.Row), []*body{&old, now}, lines(sought(&old), renamed(old.Row, now.Row)))
}

// homes counts the states that have a county of the name.
func homes(county string) int {
	n := 0
	for _, s := range roster.States() {
		if _, exists := place.FindCounty(s, county); exists {
			n++
		}
	}
	return n
}

// respelledSeeker is spelled otherwise while it waits, and may sign then.
func (p *press) respelledSeeker() *event {
	b := p.applicant(nil)
	old := *b
	now := p.respell(b)
	if now == nil {
		return nil
	}
	wait, more := p.between(2, 20), p.between(2, 20)
	if !p.ends(wait + more) {
		return nil
	}
	p.seek(b)
	p.in(wait, func() { b.Row, b.slip = now.Row, "respelled" })
	want := lines(sought(&old), renamed(old.Row, now.Row))
	if p.chance(50) {
		return p.lived(describe(old.Row)+" becomes "+describe(now.Row), []*body{&old, now}, want)
	}
	s := *now
	left := p.in(wait+more, func() { p.stop(b); p.sign(&s) })
	e := p.lived(describe(old.Row)+" becomes "+describe(now.Row)+" and signs", []*body{&old, now}, append(want, signed(&s)))
	e.left, e.signs = left, true
	return e
}

// underAnother signs under the name of another agency, which is corrected to its own
// after it was called withdrawn: that is taken back.
func (p *press) underAnother() *event {
	b, other := p.applicant(nil), p.applicant(nil)
	wait, wrong := p.between(2, 10), p.between(6, 12)
	if !p.ends(wait+wrong) || !p.isHeard(p.today+wait, p.today+wait+wrong) {
		return nil
	}
	s := *other
	s.State, s.Model, s.Type = b.State, b.Model, b.Type
	if other.form == statewide || other.form == campus || !p.isFree(s.Row) {
		return nil
	}
	old := s
	p.seek(b)
	left := p.in(wait, func() { p.stop(b); p.sign(&s); p.link(&s.Row) })
	p.in(wait+wrong, func() { s.Agency, s.County = b.Agency, b.County })
	e := p.lived(fmt.Sprintf("%s, signed on day %d as %s, corrected on day %d", describe(b.Row), left, describe(old.Row), left+wrong), []*body{b, &old},
		lines(sought(b), lineOf(roster.KindNew, old.Row), lineOf(roster.KindWithdrawn, b.Row), renamed(old.Row, b.Row)))
	e.left = left
	return e
}

// signsLate signs after its withdrawal was told: what that is called is not judged
// here, as long as the agreement is told.
func (p *press) signsLate() *event {
	b := p.applicant(nil)
	s := *b
	wait, gap := p.between(2, 15), p.between(6, 20)
	if !p.ends(wait + gap) {
		return nil
	}
	p.seek(b)
	left := p.in(wait, func() { p.stop(b) })
	p.in(wait+gap, func() { p.sign(&s) })
	withdrawn := lineOf(roster.KindWithdrawn, b.Row)
	e := p.lived(fmt.Sprintf("%s, off the list on day %d, signed on day %d", describe(b.Row), left, left+gap), []*body{b},
		lines(sought(b), withdrawn, signed(&s)), lines(sought(b), withdrawn, lineOf(roster.KindNew, b.Row)),
		lines(sought(b), withdrawn, signed(&s), lineOf(roster.KindRestored, b.Row)))
	if e.left = left; !p.isHeard(left, left+gap) {
		e.want = append(e.want, lines(sought(b), signed(&s)))
	}
	return e
}

// signedBefore is listed as pending days after it was listed as signed.
func (p *press) signedBefore() *event {
	b := p.applicant(nil)
	s := *b
	p.sign(&s)
	late, stays := p.between(1, 4), p.between(2, 15)
	if p.isQuiet(p.today) || !p.ends(late+stays) {
		return p.lived(describe(s.Row), []*body{b}, lines(lineOf(roster.KindNew, s.Row)))
	}
	p.in(late, func() { p.seek(b) })
	left := p.in(late+stays, func() { p.stop(b) })
	e := p.lived(fmt.Sprintf("%s, listed as pending on day %d, off that list on day %d", describe(s.Row), p.today+late, left), []*body{b}, lines(lineOf(roster.KindNew, s.Row), sought(b)))
	e.left, e.signs = left, true
	return e
}

// signedAndGone signs, and its agreement ends before its entry does.
func (p *press) signedAndGone() *event {
	b := p.applicant(nil)
	s := *b
	now := &s
	wait, stood := p.between(2, 8), p.between(2, 9)
	late := p.between(1, 5)
	if !p.ends(wait+stood+late) || !p.isHeard(p.today+wait, p.today+wait+stood+1) {
		return nil
	}
	p.seek(b)
	p.in(wait, func() { p.sign(now) })
	p.in(wait+stood, func() { p.gone[now] = true })
	left := p.in(wait+stood+late, func() { p.stop(b) })
	e := p.lived(fmt.Sprintf("%s, signed from day %d to %d, off the list on day %d", describe(b.Row), p.today+wait, p.today+wait+stood, left), []*body{b},
		lines(sought(b), signed(now), lineOf(roster.KindRemoved, b.Row)))
	e.left, e.signs = left, true
	return e
}

// withdraws leaves the list for good.
func (p *press) withdraws() *event {
	b := p.applicant(nil)
	wait := p.between(2, 25)
	if !p.ends(wait) {
		return nil
	}
	p.seek(b)
	left := p.in(wait, func() { p.stop(b) })
	e := p.lived(fmt.Sprintf("%s, off the list on day %d", describe(b.Row), left), []*body{b}, lines(sought(b), lineOf(roster.KindWithdrawn, b.Row)))
	e.left = left
	return e
}

// withdrawsBeside leaves as another agency of a like name signs. Where nothing tells
// the two apart, that it was the other that waited may be said as likely.
func withdrawsBeside(like func(*press, *body) (body, bool), doubt bool) func(*press) *event {
	return func(p *press) *event {
		var other body
		b := p.applicant(func(b *body) bool {
			o, found := like(p, b)
			other = o
			return found && p.isFree(o.Row) && (o.Model != b.Model || !p.spelled[keyOf(o.State, o.Agency, "")])
		})
		wait, gap := p.between(2, 20), p.between(0, 2)
		if b == nil || !p.ends(wait+gap) {
			return nil
		}
		p.use(other.Row)
		p.seek(b)
		left := p.in(wait, func() { p.stop(b) })
		p.in(wait+gap, func() { p.sign(&other) })
		e := p.lived(fmt.Sprintf("%s, off the list on day %d as %s signs", describe(b.Row), left, describe(other.Row)), []*body{b, &other},
			lines(sought(b), lineOf(roster.KindWithdrawn, b.Row), lineOf(roster.KindNew, other.Row)))
		if e.left = left; doubt {
			e.want = append(e.want, lines(sought(b), unsure(signed(&other))))
		}
		return e
	}
}

// comesBack leaves the list and is on it again some days later. Within the grace
// nothing is said of that; within 30 days a withdrawal is taken back; later it is a
// new application.
func comesBack(low, high int, respelled bool) func(*press) *event {
	return func(p *press) *event {
		b := p.applicant(nil)
		now := b
		if respelled {
			if now = p.respell(b); now == nil {
				return nil
			}
		}
		wait, away := p.between(2, 15), p.between(low, high)
		if !p.ends(wait + away) {
			return nil
		}
		p.seek(b)
		left := p.in(wait, func() { p.stop(b) })
		p.in(wait+away, func() { p.seek(now) })
		e := p.lived(fmt.Sprintf("%s, off the list on day %d, on it again on day %d as %s", describe(b.Row), left, left+away, describe(now.Row)), []*body{b, now})
		withdrawn := lineOf(roster.KindWithdrawn, b.Row)
		switch {
		case respelled:
			e.want = [][]string{lines(sought(b), renamed(b.Row, now.Row))}
		case away < 3:
			e.want = [][]string{lines(sought(b))}
		case away <= 30:
			e.want = [][]string{lines(sought(b), withdrawn, lineOf(roster.KindRestored, b.Row))}
			if !p.isHeard(left, left+away) {
				e.want = append(e.want, lines(sought(b)))
			}
		default:
			e.want = [][]string{lines(sought(b), withdrawn, sought(b))}
		}
		e.left = left
		return e
	}
}
