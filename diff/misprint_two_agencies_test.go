package diff_test

import (
	"fmt"
	"strings"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

// Group D: two agencies that are truly two. One leaves as another of a like name
// joins, and something tells them apart: a date, or two real counties, or two
// files.

// sameDate has the two share their date, so that something else must tell.
const sameDate, otherDate = true, false

// swapped makes the event of a row that leaves as a like-named one joins.
func swapped(like func(*press, *body) (body, bool), date bool) func(*press) *event {
	return func(p *press) *event {
		if p.leaving >= mostGone {
			return nil
		}
		for range 60 {
			old := p.pick(func(b *body) bool { return b.slip == "" })
			r, found := like(p, old)
			if !found {
				continue
			}
			if r.Signed = old.Signed; date == otherDate {
				// The same day of another month or year reads as a misprint of one.
				for r.Signed == old.Signed || r.Signed[8:] == old.Signed[8:] {
					r.Signed = p.lately()
				}
			}
			if e := p.swapFor(old, r); e != nil {
				return e
			}
		}
		return nil
	}
}

// swapFor has a row leave as another joins.
func (p *press) swapFor(old *body, r body) *event {
	now := &r
	if p.spelled[keyOf(r.State, r.Agency, "")] || !p.list(now, r.MOA == "" && p.chance(40)) {
		return nil
	}
	p.drop(old)
	return p.happened(describe(old.Row)+" leaves as "+describe(now.Row)+" joins", []roster.Row{old.Row, now.Row},
		lines(lineOf(roster.KindRemoved, old.Row), lineOf(roster.KindNew, now.Row)))
}

// as is a new agency beside an old one: no file, and a county where the old one
// has one.
func (b *body) as(name, place string) body {
	r := *b
	r.MOA, r.name, r.Agency, r.place, r.slip, r.shared = "", name, name, place, "", false
	return r
}

// beach is the town's neighbor: the same name with a word more.
func (p *press) beach(b *body) (body, bool) {
	if b.form != police || !strings.Contains(b.name, b.place) || strings.Contains(b.place, " ") {
		return body{}, false
	}
	town := p.oneOf([]string{b.place + " Beach", "North " + b.place, "South " + b.place, "West " + b.place, "New " + b.place, b.place + " Springs", b.place + " Park", b.place + " Heights", "Lake " + b.place, "Fort " + b.place})
	return b.as(strings.Replace(b.name, b.place, town, 1), town), true
}

// nextNumber is the next precinct, ward, troop or district.
func (p *press) nextNumber(b *body) (body, bool) {
	words := strings.Fields(b.name)
	n := 1 + p.IntN(12)
	for i, w := range words {
		switch {
		case w[0] >= '0' && w[0] <= '9':
			next := fmt.Sprint(n)
			if _, isOrdinal := strings.CutSuffix(w, "h"); isOrdinal || strings.HasSuffix(w, "t") || strings.HasSuffix(w, "d") {
				next = ordinal(n)
			}
			words[i] = next
		case isOrdinalWord(w):
			words[i] = ordinalWords[n]
		case i > 0 && words[i-1] == "Troop":
			words[i] = string(rune('A' + n))
		default:
			continue
		}
		name := strings.Join(words, " ")
		return b.as(name, b.place), name != b.name
	}
	return body{}, false
}

func isOrdinalWord(w string) bool {
	for _, o := range ordinalWords[1:] {
		if w == o {
			return true
		}
	}
	return false
}

// nearCounty is another real county of the state whose name is near.
func (p *press) nearCounty(b *body) (body, bool) {
	own, exists := place.FindCounty(b.State, b.place)
	if b.Type != roster.TypeCounty || !strings.HasPrefix(b.name, b.seat) || !exists {
		return body{}, false
	}
	all := p.counties[b.State]
	for _, i := range p.Perm(len(all)) {
		if d := roster.Distance(roster.Fold(all[i].Name), roster.Fold(b.place)); d <= 3 && all[i].FIPS != own.FIPS {
			return p.inCounty(b, all[i].Name), true
		}
	}
	return body{}, false
}

// inCounty is the same body in another county.
func (p *press) inCounty(b *body, county string) body {
	seat := ofCounty(b.State, county)
	r := b.as(strings.Replace(b.name, b.seat, seat, 1), county)
	if r.seat = seat; r.County != "" {
		r.County = seat
	}
	return r
}

// inOtherState is the county of the same name in another state.
func (p *press) inOtherState(b *body) (body, bool) {
	if _, exists := place.FindCounty(b.State, b.place); !exists || b.Type != roster.TypeCounty || !strings.HasPrefix(b.name, b.seat) {
		return body{}, false
	}
	for range 40 {
		s := p.state()
		if s == b.State {
			continue
		}
		if _, exists := place.FindCounty(s, b.place); exists {
			r := b.as(strings.Replace(b.name, b.seat, ofCounty(s, b.place), 1), b.place)
			r.State, r.seat = s, ofCounty(s, b.place)
			if r.County != "" {
				r.County = r.seat
			}
			return r, true
		}
	}
	return body{}, false
}

// otherBody is the sheriff of the county that the town is named as, or the police
// of the county's seat.
func (p *press) otherBody(b *body) (body, bool) {
	switch b.form {
	case sheriff:
		r := b.as(b.place+" Police Department", b.place)
		r.form, r.Type = police, roster.TypeMunicipality
		return r, true
	case police:
		if _, exists := place.FindCounty(b.State, b.place); exists {
			r := b.as(ofCounty(b.State, b.place)+" Sheriff's Office", b.place)
			r.form, r.Type = sheriff, roster.TypeCounty
			return r, true
		}
	default:
	}
	return body{}, false
}

// otherForm is the town or the township of the city's name.
func (p *press) otherForm(b *body) (body, bool) {
	switch {
	case strings.HasPrefix(b.name, "City of "):
		return b.as("Town of "+b.name[len("City of "):], b.place), true
	case strings.HasPrefix(b.name, "Town of "):
		return b.as("Village of "+b.name[len("Town of "):], b.place), true
	case strings.Contains(b.name, " Township "):
		return b.as(strings.Replace(b.name, " Township ", " Borough ", 1), b.place), true
	case strings.Contains(b.name, " Borough "):
		return b.as(strings.Replace(b.name, " Borough ", " Township ", 1), b.place), true
	}
	return body{}, false
}

// otherSchool is the state university beside the university.
func (p *press) otherSchool(b *body) (body, bool) {
	own, state := b.place, b.State.Name()
	switch {
	case b.form != campus:
		return body{}, false
	case strings.HasPrefix(b.name, "University of "):
		return b.as(own+" State University Police Department", own), true
	case strings.Contains(b.name, " State University "):
		return b.as("University of "+own+" Police Department", own), true
	case strings.Contains(b.name, " State College"):
		return b.as(strings.Replace(b.name, " State College", " Community College", 1), own), own != state
	}
	return body{}, false
}

// otherAgency is another agency of the state.
func (p *press) otherAgency(b *body) (body, bool) {
	if b.form != statewide {
		return body{}, false
	}
	for {
		var r body
		r.State = b.State
		other := strings.NewReplacer(b.State.Name(), "", " ", "")
		if p.makeState(&r); other.Replace(r.name) != other.Replace(b.name) {
			return b.as(r.name, b.place), true
		}
	}
}

// files gives each of the two a file of its own.
func files(like func(*press, *body) (body, bool)) func(*press, *body) (body, bool) {
	return func(p *press, b *body) (body, bool) {
		if b.MOA == "" {
			return body{}, false
		}
		r, found := like(p, b)
		if r.Signed = b.Signed; found {
			p.link(&r.Row)
		}
		return r, found
	}
}

// columns has the column COUNTY tell like-named towns apart.
func columns(like func(*press, *body) (body, bool)) func(*press, *body) (body, bool) {
	return func(p *press, b *body) (body, bool) {
		r, found := like(p, b)
		if own := (roster.Agreement{State: b.State, County: b.County}); !found || !stands(own) {
			return body{}, false
		}
		r.seat = ofCounty(b.State, p.county(b.State))
		r.County = r.seat
		return r, roster.Fold(r.seat) != roster.Fold(b.seat)
	}
}

// stands says that the column COUNTY names a county of the state.
func stands(a roster.Agreement) bool { _, exists := place.Named(a); return exists }

// realLikeTown is a real town of the state whose name is a letter off that of another
// real one.
func (p *press) realLikeTown(b *body) (body, bool) {
	if b.form != police || place.Towns(b.State, b.place) == nil {
		return body{}, false
	}
	for i := 1; i < len(b.place); i++ {
		for c := byte('a'); c <= 'z'; c++ {
			town := b.place[:i] + string(c) + b.place[i+1:]
			if place.Key(town) != place.Key(b.place) && place.Towns(b.State, town) != nil {
				return b.as(strings.Replace(b.name, b.place, town, 1), town), true
			}
		}
	}
	return body{}, false
}

// longApart leaves the like names alone whose dates are so near that a corrected
// date is as likely.
func longApart(like func(*press, *body) (body, bool)) func(*press, *body) (body, bool) {
	return func(p *press, b *body) (body, bool) {
		if days := p.day.Sub(b.Signed.Time()).Hours() / 24; days < 45 || days > 330 && days < 390 {
			return body{}, false
		}
		return like(p, b)
	}
}

// likeTown is a town whose name is a letter or two off.
func (p *press) likeTown(b *body) (body, bool) {
	if b.form != police || len(b.place) < 6 {
		return body{}, false
	}
	town := b.place
	for _, tail := range p.Perm(len(tails)) {
		for _, t := range tails {
			if start, is := strings.CutSuffix(b.place, t); is && t != tails[tail] && roster.Distance(t, tails[tail]) <= 2 {
				town = start + tails[tail]
			}
		}
	}
	return b.as(strings.Replace(b.name, b.place, town, 1), town), town != b.place
}

// wrongFile links an agency's row to the file of another that stands on the list too:
// one that was there, which is no news, or one that joins.
func (p *press) wrongFile() *event {
	other := p.pick(hasFile)
	if p.chance(50) {
		b := p.pick(nil)
		if b == nil || b == other {
			return nil
		}
		p.touched[b], p.touched[other] = true, true
		b.MOA, b.shared, other.shared = other.MOA, true, true
		return p.happened(describe(b.Row)+", the file of "+describe(other.Row), []roster.Row{b.Row, other.Row}, nil)
	}
	p.touched[other] = true
	b := p.join(p.lately())
	b.MOA, b.shared, other.shared = other.MOA, true, true
	return p.happened(describe(b.Row)+", the file of "+describe(other.Row), []roster.Row{b.Row, other.Row}, lines(lineOf(roster.KindNew, b.Row)))
}

// unlikeRows has an agency of an unlike name join with the file, the model and the date
// of one that stands: rows of one list with unlike names are never one agreement.
func (p *press) unlikeRows() *event {
	old := p.pick(hasFile)
	for range 60 {
		r, found := p.stranger(old)
		if r.place == old.place || !found {
			continue
		}
		if r.Signed = old.Signed; !p.list(&r, false) {
			continue
		}
		p.touched[old] = true
		r.MOA, r.shared, old.shared = old.MOA, true, true
		return p.happened(describe(r.Row)+", the file of "+describe(old.Row), []roster.Row{old.Row, r.Row}, lines(lineOf(roster.KindNew, r.Row)))
	}
	return nil
}
