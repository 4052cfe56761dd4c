package pages

import (
	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/places"
	"github.com/watch287g/watch287g/web/route"
)

// trail is the way from the front page to a page below the first level, which is the
// last of the steps.
func trail(steps ...link) []link { return append([]link{{"Home", "/"}}, steps...) }

// stateTrail is the way to a state's page, and on.
func stateTrail(s roster.State, on ...link) []link {
	return trail(append([]link{{"States", "/states"}, {s.Name(), route.StateURL(s)}}, on...)...)
}

// countyTrail is the way to a county's page, and on.
func countyTrail(c place.County, on ...link) []link {
	name := c.FullName()
	if s := place.StateOf(c.FIPS); name == s.Name() {
		name += " as one county"
	}
	return stateTrail(place.StateOf(c.FIPS), append([]link{{name, route.CountyURL(c.FIPS)}}, on...)...)
}

// agencyTrail is the way to an agency's page, by its county where that is known.
func agencyTrail(fips string, s roster.State, agency link) []link {
	if c, ok := place.ByFIPS(fips); ok && places.TitleOf(c) != s.Name() {
		return countyTrail(c, agency)
	}
	return stateTrail(s, agency)
}
