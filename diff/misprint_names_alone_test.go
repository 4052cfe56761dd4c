package diff_test

import (
	"strings"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

// Group A: what ICE really does. A name changes, and neither date nor file with
// it; of 64 real ones 28 kept their file, 28 had none, and 8 got theirs in that
// list. Or the date is corrected, in a list of its own.

// renames makes the event of a name's misprint, or of its correction where the row
// drawn has one of that class.
func renames(class string, fits func(*body) bool, slip func(*press, *body) string) func(*press) *event {
	return func(p *press) *event {
		fate := p.IntN(64)
		if class == toBoard {
			fate = 0 // by its file alone is that known
		}
		b := p.pick(func(b *body) bool {
			return (b.MOA != "") == (fate < 28) && (b.slip == "" && fits(b) || b.slip == class)
		})
		if b == nil {
			return nil
		}
		return p.rename(b, class, slip, func(r *roster.Row) {
			if fate >= 56 {
				p.link(r)
			}
		})
	}
}

// rename changes a row's name and whatever else is to change with it.
func (p *press) rename(b *body, class string, slip func(*press, *body) string, more func(*roster.Row)) *event {
	old := b.Row
	now := slip(p, b)
	mark := class
	if b.slip != "" {
		now, mark = b.name, ""
	}
	if !p.plausible(b, now) {
		return nil
	}
	r := old
	r.Agency = now
	if more != nil {
		more(&r)
	}
	if key := rowKeyOf(r); now != b.name && p.names[key] {
		return nil
	}
	p.touched[b] = true
	p.use(r)
	b.Row, b.slip = r, mark
	return p.happened(describe(old)+" to "+describe(r), []roster.Row{old, r}, lines(renamed(old, r)))
}

// misprinted gives a new row a misprint before it is ever printed.
func (p *press) misprinted(b *body) {
	if slip := namesAlone[p.IntN(len(namesAlone))]; slip.name != toBoard && slip.fits(b) {
		p.rename(b, slip.name, slip.slip, nil)
	}
}

const toBoard = "to the board"

// namesAlone are the classes of misprints in names, and whose names they are made in.
var namesAlone = []struct {
	name string
	fits func(*body) bool
	slip func(*press, *body) string
}{
	{"letter", anyRow, (*press).oneLetter},
	{"two letters", anyRow, (*press).twoLetters},
	{"swapped letters", anyRow, (*press).swapLetters},
	{"abbreviation", anyRow, (*press).abbreviate},
	{"number", func(b *body) bool { return b.form == counted || b.form == constable }, (*press).numbers},
	{"word's typo", anyRow, (*press).wordTypo},
	{"sheriff's form", func(b *body) bool { return b.form == sheriff }, (*press).sheriffForm},
	{"County of", func(b *body) bool { return b.Type == roster.TypeCounty }, (*press).countyOf},
	{"words", anyRow, (*press).words},
	{toBoard, func(b *body) bool { return b.form == sheriff && !b.shared }, (*press).toBoard},
}

func (p *press) cosmetic() *event {
	b := p.pick(nil)
	p.touched[b] = true
	switch p.IntN(4) {
	case 0:
		b.Agency = strings.ToUpper(b.Agency)
	case 1:
		b.Agency = strings.ReplaceAll(b.Agency, "'", "")
	case 2:
		b.Agency = strings.ReplaceAll(b.Agency, " County ", "  county ")
	case 3:
		b.Agency = strings.ReplaceAll(b.Agency, "'", "’") + " "
	}
	e := p.happened(describe(b.Row), []roster.Row{b.Row}, nil)
	b.Agency = roster.Clean(b.Agency)
	return e
}

// redate corrects the date alone, most often by days.
func (p *press) redate() *event {
	b := p.pick(nil)
	p.touched[b] = true
	old := b.Row
	b.Signed = p.otherDate(b.Signed)
	return p.happened(describe(old)+" to "+string(b.Signed), []roster.Row{old, b.Row}, lines(renamed(old, b.Row)))
}

// otherDate is a date nearby that the list could give.
func (p *press) otherDate(d roster.Date) roster.Date {
	days := 1 + p.IntN(20)
	if p.chance(5) {
		days = 365 // the number of the wrong year
	}
	if now := d.Time().AddDate(0, 0, days); p.chance(60) && !now.After(p.day) {
		return roster.DateOf(now)
	}
	return roster.DateOf(d.Time().AddDate(0, 0, -days))
}

// restate corrects the state alone, where the file or the name's rarity tells.
func (p *press) restate() *event {
	b := p.pick(func(b *body) bool { return b.MOA != "" || p.isRare(b) })
	if b == nil {
		return nil
	}
	return p.moveTo(b, p.state(), func(old, now roster.Row) [][]string { return [][]string{lines(renamed(old, now))} })
}

// isRare says that no other state has a like name: those of made-up towns that
// only one row has, and of counties that one state alone has.
func (p *press) isRare(b *body) bool {
	if b.form == statewide || b.form == campus || b.form == counted || b.slip != "" {
		return false
	}
	for _, all := range p.counties {
		for _, c := range all {
			if c.Name == b.place && p.stateOf(c) != b.State {
				return false
			}
		}
	}
	for _, o := range p.rows {
		if o != b && o.place == b.place {
			return false
		}
	}
	return true
}

func (p *press) stateOf(c place.County) roster.State {
	for s, all := range p.counties {
		if len(all) > 0 && all[0].FIPS[:2] == c.FIPS[:2] {
			return s
		}
	}
	return ""
}

// moveTo has a row stand in another state.
func (p *press) moveTo(b *body, s roster.State, want func(old, now roster.Row) [][]string) *event {
	old, r := b.Row, b.Row
	r.State = s
	if s == old.State || p.spelled[keyOf(s, r.Agency, "")] || !p.isFree(r) {
		return nil
	}
	p.touched[b] = true
	p.use(r)
	b.Row = r
	return p.happened(describe(old)+" to "+string(s), []roster.Row{old, r}, want(old, r)...)
}
