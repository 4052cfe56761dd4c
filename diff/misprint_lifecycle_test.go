package diff_test

import (
	"github.com/watch287g/watch287g/roster"
)

// Group E: agencies join, leave and come back, and hold one model or another.

func (p *press) joins() *event {
	b := p.join(p.lately())
	return p.happened(describe(b.Row), []roster.Row{b.Row}, lines(lineOf(roster.KindNew, b.Row)))
}

func (p *press) leaves() *event {
	if p.leaving >= mostGone {
		return nil
	}
	b := p.pick(nil)
	p.drop(b)
	if p.chance(90) {
		p.away = append(p.away, absence{b, p.day.AddDate(0, 0, 2+p.IntN(20))})
	}
	return p.happened(describe(b.Row), []roster.Row{b.Row}, lines(lineOf(roster.KindRemoved, b.Row)))
}

// returns lists a row again that left days or weeks ago, with the date and the file
// that it had, under its name or a misprint of it.
func returns(respelled bool) func(*press) *event {
	return func(p *press) *event {
		for i, a := range p.away {
			if a.back.After(p.day) || respelled && a.slip != "" {
				continue
			}
			old := a.Row
			if respelled {
				now := p.oneSlip(a.body)
				r := old
				if r.Agency = now; !p.plausible(a.body, now) || p.names[rowKeyOf(r)] {
					return nil
				}
				a.Row, a.slip = r, "came back"
				p.use(r)
			}
			p.away = append(p.away[:i:i], p.away[i+1:]...)
			p.rows = append(p.rows, a.body)
			p.touched[a.body] = true
			return p.happened(describe(old)+" is back as "+describe(a.Row), []roster.Row{old, a.Row}, lines(lineOf(roster.KindRestored, a.Row)))
		}
		return nil
	}
}

// twins has agencies of two states with one name join at once.
func (p *press) twins() *event {
	for range 60 {
		b := p.draw()
		b.Signed = p.lately()
		r, found := p.inOtherState(&b)
		if r.Signed = b.Signed; !found || !p.isFree(r.Row) || !p.list(&b, p.chance(50)) {
			continue
		}
		p.list(&r, p.chance(50))
		return p.happened(describe(b.Row)+" and "+describe(r.Row), []roster.Row{b.Row, r.Row}, lines(lineOf(roster.KindNew, b.Row), lineOf(roster.KindNew, r.Row)))
	}
	return nil
}

// otherModel is the same agency in another model.
func (p *press) otherModel(b *body) (body, bool) {
	r := b.as(b.name, b.place)
	r.Model = roster.Models()[p.IntN(3)]
	for r.Signed == b.Signed {
		r.Signed = p.lately()
	}
	return r, r.Model != b.Model && b.slip == ""
}

// second has an agency sign in a second model.
func (p *press) second() *event {
	b := p.pick(func(b *body) bool { return b.slip == "" })
	r, found := p.otherModel(b)
	if !found || !p.list(&r, p.chance(50)) {
		return nil
	}
	p.touched[b] = true
	return p.happened(describe(b.Row)+" signs "+string(r.Model), []roster.Row{r.Row}, lines(lineOf(roster.KindNew, r.Row)))
}

// changesModel has an agency leave one model as it signs another, days apart.
func (p *press) changesModel() *event {
	b := p.pick(func(b *body) bool { return b.slip == "" })
	r, found := p.otherModel(b)
	if !found || p.leaving >= mostGone || !p.list(&r, p.chance(50)) {
		return nil
	}
	p.drop(b)
	return p.happened(describe(b.Row)+" signs "+describe(r.Row)+" instead", []roster.Row{b.Row, r.Row},
		lines(lineOf(roster.KindRemoved, b.Row), lineOf(roster.KindNew, r.Row)))
}
