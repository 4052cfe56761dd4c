package diff_test

import "github.com/watch287g/watch287g/roster"

// Group C: what nobody could tell from the lists alone. Two agreements, or one that
// is amended: either may be said, but that it is one only as likely.

// eitherWay may be read as two agreements or as one.
func eitherWay(old, now roster.Row) [][]string {
	return [][]string{lines(lineOf(roster.KindRemoved, old), lineOf(roster.KindNew, now)), lines(unsure(renamed(old, now)))}
}

// doubtful makes the event of a row that goes as one comes that may be it.
func doubtful(fits func(*body) bool, like func(*press, *body) (body, bool), date bool) func(*press) *event {
	return func(p *press) *event {
		if p.leaving >= mostGone {
			return nil
		}
		for range 60 {
			old := p.pick(func(b *body) bool { return b.slip == "" && fits(b) })
			if old == nil {
				return nil
			}
			r, found := like(p, old)
			if !found || p.spelled[keyOf(r.State, r.Agency, "")] {
				continue
			}
			if r.Signed = old.Signed; date == otherDate {
				r.Signed = p.lately()
			}
			now := &r
			if !p.list(now, false) {
				continue
			}
			p.drop(old)
			return p.happened(describe(old.Row)+" is gone, "+describe(now.Row)+" has come", []roster.Row{old.Row, now.Row}, eitherWay(old.Row, now.Row)...)
		}
		return nil
	}
}

func bareRow(b *body) bool { return b.MOA == "" && b.County == "" }

// stranger is an agency of the same state with an unlike name.
func (p *press) stranger(b *body) (body, bool) {
	r := p.draw()
	if r.State != b.State || r.Type != b.Type {
		return body{}, false
	}
	r.Model = b.Model
	return r, true
}

// restateCommon has a county's row without a file stand in another state that has a
// county of that name.
func (p *press) restateCommon() *event {
	for range 60 {
		b := p.pick(func(b *body) bool { return b.slip == "" && b.MOA == "" && b.form == sheriff && b.County == "" })
		if b == nil {
			return nil
		}
		r, found := p.inOtherState(b)
		if !found || r.name != b.name {
			continue
		}
		if e := p.moveTo(b, r.State, eitherWay); e != nil {
			b.seat = r.seat
			return e
		}
	}
	return nil
}

// remodel has a row without a file stand under another model: one agreement whose
// model was corrected, or two.
func (p *press) remodel() *event {
	b := p.pick(func(b *body) bool { return b.slip == "" && b.MOA == "" })
	if b == nil {
		return nil
	}
	old, r := b.Row, b.Row
	if r.Model = roster.Models()[p.IntN(3)]; r.Model == old.Model || !p.isFree(r) {
		return nil
	}
	p.touched[b] = true
	p.use(r)
	b.Row = r
	return p.happened(describe(old)+" to "+string(r.Model), []roster.Row{old, r}, eitherWay(old, r)...)
}
