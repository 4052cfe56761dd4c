package diff_test

import (
	"reflect"

	"github.com/watch287g/watch287g/roster"
)

// Group B: two things change at once, and a careful reader could still tell.

// with makes the event of a misprinted name, of a row that fits, with something
// else that changes.
func with(class string, fits func(*body) bool, more func(*press, *body, *roster.Row)) func(*press) *event {
	return func(p *press) *event {
		b := p.pick(func(b *body) bool { return b.slip == "" && fits(b) })
		if b == nil {
			return nil
		}
		return p.rename(b, class, (*press).oneSlip, func(r *roster.Row) { more(p, b, r) })
	}
}

// changes makes the event of a row whose name stays while other things change.
func changes(fits func(*body) bool, change func(*press, *body, *roster.Row)) func(*press) *event {
	return func(p *press) *event {
		b := p.pick(fits)
		if b == nil {
			return nil
		}
		old, r := b.Row, b.Row
		change(p, b, &r)
		if reflect.DeepEqual(r, old) {
			return nil
		}
		if rowKeyOf(r) != rowKeyOf(old) {
			if !p.isFree(r) {
				return nil
			}
			p.use(r)
		}
		p.touched[b] = true
		b.Row = r
		return p.happened(describe(old)+" to "+describe(r), []roster.Row{old, r}, lines(renamed(old, r)))
	}
}

func hasFile(b *body) bool  { return b.MOA != "" && !b.shared }
func noFile(b *body) bool   { return b.MOA == "" }
func anyRow(*body) bool     { return true }
func hasPlace(b *body) bool { return b.form != statewide && b.form != campus && b.form != counted }

func (p *press) changeDate(_ *body, r *roster.Row) { r.Signed = p.otherDate(r.Signed) }
func (p *press) newFile(_ *body, r *roster.Row)    { p.link(r) }
func (p *press) loseFile(_ *body, r *roster.Row)   { r.MOA = "" }
func (p *press) fillCounty(b *body, r *roster.Row) { r.County = b.seat }
func (p *press) changeState(b *body, r *roster.Row) {
	if s := p.state(); !p.spelled[keyOf(s, r.Agency, "")] {
		r.State = s
	}
}

func (p *press) changeModel(_ *body, r *roster.Row) { r.Model = roster.Models()[p.IntN(3)] }

func (p *press) changeType(_ *body, r *roster.Row) {
	for was := r.Type; r.Type == was; {
		r.Type = []roster.Type{roster.TypeCounty, roster.TypeMunicipality, roster.TypeState}[p.IntN(3)]
	}
}

func (p *press) loseCounty(_ *body, r *roster.Row) { r.County = "" }

// otherCounty corrects the county's column, to the one that the agency truly sits in
// or from one that it does not.
func (p *press) otherCounty(b *body, r *roster.Row) {
	if r.County == b.seat {
		r.County = ofCounty(r.State, p.county(r.State))
	} else {
		r.County = b.seat
	}
}

func both(a, b func(*press, *body, *roster.Row)) func(*press, *body, *roster.Row) {
	return func(p *press, x *body, r *roster.Row) { a(p, x, r); b(p, x, r) }
}

// retype changes the type alone, which is no news.
func (p *press) retype() *event {
	b := p.pick(nil)
	p.touched[b] = true
	p.changeType(b, &b.Row)
	return p.happened(describe(b.Row), []roster.Row{b.Row}, nil)
}

// recounty corrects the county alone, which is no news either.
func (p *press) recounty() *event {
	b := p.pick(func(b *body) bool { return b.County != "" && b.seat != "" && hasPlace(b) })
	if b == nil {
		return nil
	}
	p.touched[b] = true
	p.otherCounty(b, &b.Row)
	return p.happened(describe(b.Row), []roster.Row{b.Row}, nil)
}

// anotherName gives a row an unlike name with the file, the model and the date that
// it has: one agreement, but the name says otherwise.
func (p *press) anotherName() *event {
	b := p.pick(func(b *body) bool { return hasFile(b) && b.slip == "" && hasPlace(b) })
	if b == nil {
		return nil
	}
	var other body
	other.State, other.seat = b.State, ofCounty(b.State, p.county(b.State))
	if b.form == police || b.form == township {
		p.makeTown(&other)
	} else {
		p.makeCounty(&other)
	}
	old, r := b.Row, b.Row
	if r.Agency = other.name; p.spelled[keyOf(r.State, r.Agency, "")] || !p.isFree(r) {
		return nil
	}
	p.touched[b] = true
	p.use(r)
	b.Row, b.name, b.place, b.form, b.seat = r, other.name, other.place, other.form, other.seat
	return p.happened(describe(old)+" to "+r.Agency, []roster.Row{old, r}, lines(unsure(renamed(old, r))))
}

// double lists a row twice in one list; that is one agreement.
func (p *press) double() *event {
	b := p.pick(nil)
	p.touched[b] = true
	p.duplicates = append(p.duplicates, b.Row)
	return p.happened(describe(b.Row), []roster.Row{b.Row}, nil)
}

// doubleMisprinted lists a row a second time under a misprinted name, with its
// file, model and date.
func (p *press) doubleMisprinted() *event {
	b := p.pick(func(b *body) bool { return hasFile(b) && b.slip == "" })
	if b == nil {
		return nil
	}
	r := b.Row
	if r.Agency = p.oneSlip(b); !p.plausible(b, r.Agency) || p.names[rowKeyOf(r)] {
		return nil
	}
	p.touched[b] = true
	p.use(r)
	p.duplicates = append(p.duplicates, r)
	return p.twice(b, r)
}

// beside lists a file-less row a second time under its name in full, with the
// date that it has and its file: Zephyrhills with and without "City of".
func (p *press) beside() *event {
	b := p.pick(func(b *body) bool {
		return b.form == police && b.slip == "" && len(b.name) == len(b.place)+len(" Police Department")
	})
	if b == nil {
		return nil
	}
	r := b.Row
	r.Agency = "City of " + r.Agency
	if p.names[rowKeyOf(r)] {
		return nil
	}
	p.touched[b] = true
	p.use(r)
	p.duplicates = append(p.duplicates, r)
	return p.twice(b, r)
}

// twice is the event of a row that stands twice, and of the next list, which has it
// once again. Which of the two speaks for both is for the program to say.
func (p *press) twice(b *body, r roster.Row) *event {
	back := p.happened("once again: "+describe(b.Row), []roster.Row{b.Row, r}, nil, lines(renamed(r, b.Row)))
	p.later = append(p.later, later{b, back})
	return p.happened(describe(b.Row)+" and "+describe(r), []roster.Row{b.Row, r}, nil, lines(renamed(b.Row, r)))
}
