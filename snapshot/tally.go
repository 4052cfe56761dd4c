package snapshot

import (
	"slices"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

// tally counts how far agreements reach in a place, while they come and go.
type tally struct {
	is      roster.Coverage
	held    map[string]*agreementsBy // by a county's FIPS code
	reached agreementsBy             // counties with any
	living  int                      // residents of covered counties
	unknown int                      // covered counties whose residents are not known
}

// agreementsBy counts by whose they are, and by model, of which the first of each
// stands for all.
type agreementsBy [len(owners)][len(models)]int

var (
	owners = [...]roster.Type{"any", roster.TypeCounty, roster.TypeMunicipality, roster.TypeState, ""}
	models = [...]roster.Model{"any", roster.JEM, roster.TFM, roster.WSO, roster.OtherModel, ""}
)

// newTally begins with no agreement of a state; of the nation for "".
func newTally(s roster.State) *tally {
	t := &tally{is: roster.Coverage{State: s}, held: map[string]*agreementsBy{}}
	residents := place.Residents()
	if s != "" {
		residents = place.Residents(s)
	}
	if residents > 0 {
		t.is.Residents = &residents
	}
	for _, of := range roster.States() {
		if of == s || s == "" && of.OfNation() {
			t.is.Counties += len(place.Counties(of))
		}
	}
	return t
}

// move counts an agreement, or no longer.
func (t *tally) move(f *footing, by int) {
	in := &t.is.Agreements
	in.Active += by
	switch {
	case t.is.State == "" && f.state != "" && !f.state.OfNation():
		in.Territories += by
		return
	case f.at == place.Statewide:
		in.Statewide += by
	case len(f.counties) == 0:
		in.NotPlaced += by
	default:
		*t.placed(f.owner) += by
	}
	for _, code := range f.counties {
		t.moveIn(code, f, by)
	}
}

// placed is the number of the agreements with a county that are an owner's.
func (t *tally) placed(owner roster.Type) *int {
	switch owner {
	case roster.TypeCounty:
		return &t.is.Agreements.County
	case roster.TypeMunicipality:
		return &t.is.Agreements.Municipal
	case roster.TypeState:
		return &t.is.Agreements.StateInPart
	}
	return &t.is.Agreements.Unsaid
}

// moveIn counts it in one county.
func (t *tally) moveIn(code string, f *footing, by int) {
	held := t.held[code]
	if held == nil {
		held = &agreementsBy{}
		t.held[code] = held
	}
	covered := held.covered()
	for _, o := range []int{0, slices.Index(owners[:], f.owner)} {
		for _, m := range []int{0, slices.Index(models[:], f.model)} {
			before := held[o][m]
			held[o][m] += by
			t.reached[o][m] += sign(held[o][m]) - sign(before)
		}
	}
	if more := sign(held.covered()) - sign(covered); more != 0 {
		county, _ := place.ByFIPS(code)
		t.living += more * county.Residents
		if county.Residents == 0 {
			t.unknown += more
		}
	}
}

// covered is how many agreements the county's own agencies have.
func (by *agreementsBy) covered() int { return by[slices.Index(owners[:], roster.TypeCounty)][0] }

// sign is 1 for more than none.
func sign(n int) int { return min(n, 1) }

// coverage is what is counted.
func (t *tally) coverage() roster.Coverage {
	c := t.is
	reach := func(owner roster.Type) roster.Reach {
		counties := t.reached[slices.Index(owners[:], owner)]
		r := roster.Reach{Counties: counties[0], ByModel: map[roster.Model]int{}}
		for i, n := range counties {
			if i > 0 && n > 0 {
				r.ByModel[models[i]] = n
			}
		}
		return r
	}
	c.Any, c.Covered, c.Municipal, c.StateInPart = reach("any"), reach(roster.TypeCounty), reach(roster.TypeMunicipality), reach(roster.TypeState)
	if living := t.living; c.Residents != nil && t.unknown == 0 {
		c.Living = &living
	}
	return c
}
