package diff_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// An agency of the made-up lists is named the way ICE names them: most are
// sheriffs of real counties, a third are the police of made-up towns, and the rest
// are the state's own, schools, wards and courts.

// form is the pattern that an agency's name follows.
type form string

const (
	sheriff   form = "sheriff"
	board     form = "board"
	constable form = "constable"
	jail      form = "jail"
	police    form = "police"
	township  form = "township"
	statewide form = "statewide"
	campus    form = "campus"
	counted   form = "numbered"
)

// body is an agreement of the true list, as ICE prints it now.
type body struct {
	roster.Row
	name   string // the agency's name without ICE's misprints
	form   form
	place  string // the county, town or school that the name speaks of
	seat   string // the county that the agency sits in, as the column COUNTY has it
	shared bool   // its file is another row's as well
	slip   string // the class of the misprint that the name has now, "" for none
}

// The words that made-up towns are named with.
var (
	heads = strings.Fields("Oak Maple Cedar Spring Clear Fair Green Glen High Lake Mill Moss Pine Red Ridge River Rock Sand Silver Stone Summer Wald West Wind Winter Wood Ash Beech Brook Camp Clay Cross Deer Eagle Elm Falcon Fern Fox Frost Grand Harp Haw Hazel Holly Iron Kings Lark Laurel Long")
	tails = strings.Fields("field ford ton ville burg dale wood land mont port view well brook crest haven ridge stead worth ham bury")
)

// drawn holds the states as often as they are on ICE's list, more or less.
var drawn = strings.Fields(`FL FL FL FL FL FL FL FL FL FL FL FL TX TX TX TX TX TX TX TX GA GA GA AL AL TN TN TN PA PA PA
	NC NC NC SC SC VA VA OK OK KS KS WI WI MO MO LA LA LA AR AR AR IN IN MS MS KY KY NJ OH MI NH UT WY ID MT NE NV WV AZ NY IA`)

func (p *press) state() roster.State { return roster.State(p.oneOf(drawn)) }

func (p *press) oneOf(words []string) string { return words[p.IntN(len(words))] }

// chance is true n times in a hundred.
func (p *press) chance(n int) bool { return p.IntN(100) < n }

// county draws a real county of the state, without the cities that are counties.
func (p *press) county(s roster.State) string {
	for {
		all := p.counties[s]
		if c := all[p.IntN(len(all))]; s != "VA" || c.FIPS < "51500" {
			return c.Name
		}
	}
}

// ofCounty is a county's name in full.
func ofCounty(s roster.State, name string) string {
	if s == "LA" {
		return name + " Parish"
	}
	return name + " County"
}

// town makes up a town, or takes one that another state has as well.
func (p *press) town() string {
	if len(p.towns) > 0 && p.chance(8) {
		return p.oneOf(p.towns)
	}
	name := p.oneOf(heads) + p.oneOf(tails)
	switch p.IntN(12) {
	case 0, 1:
		name += p.oneOf([]string{" Beach", " Park", " Heights", " Springs", " City"})
	case 2:
		name = p.oneOf([]string{"North ", "South ", "East ", "West ", "New "}) + name
	case 3:
		name = p.oneOf([]string{"Fort ", "Saint ", "Mount ", "Lake ", "Port "}) + name
	}
	p.towns = append(p.towns, name)
	return name
}

// draw makes an agency that may or may not be on the list already.
func (p *press) draw() body {
	b := body{}
	if n := len(p.pool); n > 0 {
		b = p.pool[n-1]
		p.pool = p.pool[:n-1]
		b.MOA = ""
		return b
	}
	b.State = p.state()
	b.seat = ofCounty(b.State, p.county(b.State))
	switch n := p.IntN(100); {
	case n < 60:
		p.makeCounty(&b)
	case n < 90:
		p.makeTown(&b)
	case n < 94:
		p.makeState(&b)
	case n < 97:
		p.makeCampus(&b)
	default:
		p.makeNumbered(&b)
	}
	b.Agency = b.name
	if b.form != statewide && p.chance(50) {
		b.County = b.seat
	}
	b.Model = roster.Models()[p.IntN(3)]
	return b
}

func (p *press) makeCounty(b *body) {
	b.Type, b.form = roster.TypeCounty, sheriff
	b.place = strings.TrimSuffix(strings.TrimSuffix(b.seat, " County"), " Parish")
	switch n := p.IntN(100); {
	case n < 78:
		b.name = b.seat + " Sheriff's Office"
	case n < 88:
		b.name = b.seat + " Sheriff's Department"
	case n < 90:
		b.name = b.place + " Sheriff's Office"
	case n < 93:
		b.form, b.name = board, b.seat+" Board of County Commissioners"
	case n < 97:
		b.form, b.name = constable, fmt.Sprintf("%s Constable Precinct %d", b.seat, 1+p.IntN(8))
		if p.chance(40) {
			b.name = strings.Replace(b.name, "Constable", "Constable's Office", 1)
		}
	default:
		b.form, b.name = jail, b.seat+p.oneOf([]string{" Detention Center", " Department of Corrections", " Jail"})
	}
}

func (p *press) makeTown(b *body) {
	b.Type, b.form, b.place = roster.TypeMunicipality, police, p.town()
	switch n := p.IntN(100); {
	case n < 10:
		b.name = "City of " + b.place + " Police Department"
	case n < 14:
		b.name = "Town of " + b.place + " Police Department"
	case n < 16:
		b.name = b.place + " PD"
	case n < 18:
		b.name = b.place + " City Marshal's Office"
	case n < 20:
		b.name = b.place + " Department of Public Safety"
	default:
		b.name = b.place + " Police Department"
	}
	if slices.Contains([]roster.State{"PA", "NJ", "MI", "OH"}, b.State) && p.chance(50) {
		b.form, b.name = township, b.place+p.oneOf([]string{" Township", " Township", " Borough"})+" Police Department"
	}
}

func (p *press) makeState(b *body) {
	b.Type, b.form, b.place = roster.TypeState, statewide, b.State.Name()
	b.name = b.place + " " + p.oneOf([]string{"Department of Law Enforcement", "Department of Public Safety", "Department of Public Safety - Highway Patrol",
		"State Guard", "Department of Corrections", "State Police", "Highway Patrol", "Department of Environmental Protection", "Attorney General's Office",
		"Fish and Wildlife Commission", "Bureau of Investigation", "National Guard", "Department of Agriculture", "State Police Department", "Department of Natural Resources"})
}

func (p *press) makeCampus(b *body) {
	b.Type, b.form, b.place = roster.TypeState, campus, b.State.Name()
	switch p.IntN(5) {
	case 0:
		b.name = "University of " + b.place + p.oneOf([]string{" Board of Trustees", " Police Department"})
	case 1:
		b.name = b.place + " State University Police Department"
	case 2:
		b.place = p.town()
		b.name = b.place + " State College" + p.oneOf([]string{"", " Police Department", " Board of Trustees"})
	case 3:
		b.place = p.town()
		b.name = "University of " + b.place + " Board of Trustees"
	case 4:
		b.place = p.town()
		b.name = b.place + " Community College Police Department"
	}
}

func (p *press) makeNumbered(b *body) {
	b.Type, b.form, b.place = roster.TypeCounty, counted, ""
	n := 1 + p.IntN(12)
	switch p.IntN(5) {
	case 0:
		b.name = ordinal(n) + " District Attorney's Office"
	case 1:
		b.name = ordinalWords[n] + " Judicial Circuit Attorney's Office"
	case 2:
		b.place = p.town()
		b.name = fmt.Sprintf("%s Ward %d Marshal", b.place, n)
	case 3:
		b.Type, b.place = roster.TypeState, b.State.Name()
		b.name = fmt.Sprintf("%s State Police Troop %c", b.place, 'A'+byte(n))
	case 4:
		b.place = p.town()
		b.name = fmt.Sprintf("%s Fire District No. %d", b.place, n)
	}
}

var ordinalWords = strings.Fields("Zeroth First Second Third Fourth Fifth Sixth Seventh Eighth Ninth Tenth Eleventh Twelfth")

func ordinal(n int) string {
	switch n {
	case 1:
		return "1st"
	case 2:
		return "2nd"
	case 3:
		return "3rd"
	}
	return fmt.Sprintf("%dth", n)
}

// link gives a row a file, named as ICE names them.
func (p *press) link(r *roster.Row) {
	p.file++
	letters := strings.Map(func(c rune) rune {
		if c < 128 && isLetter(byte(c)) {
			return c
		}
		return -1
	}, r.Agency)
	day := r.Signed.Time().AddDate(0, 0, p.IntN(3)).Format("01022006")
	switch p.IntN(6) {
	case 0:
		r.MOA = fmt.Sprintf("https://www.ice.gov/doclib/287gMOA/287g_%s_%s%d.pdf", letters, r.State, p.file)
	default:
		r.MOA = fmt.Sprintf("https://www.ice.gov/doclib/287gMOA/%s%s_%s_MOA_%s_%d.pdf", letters, r.State, r.Model, day, p.file)
	}
}
