package pages

import (
	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/frame"
	"github.com/watch287g/watch287g/web/route"
)

// trail is the way from the front page to a page below the first level, which is the
// last of the steps.
func (req *request) trail(steps ...link) []link {
	return frame.Trail(req.Language, steps...)
}

// stateTrail is the way to a state's page, and on.
func (req *request) stateTrail(s roster.State, on ...link) []link {
	return req.trail(append([]link{linkTo(req.Language.Say("page.frame.states"), "/states"), linkTo(req.Language.State(s), route.StateURL(s))}, on...)...)
}

// countyTrail is the way to a county's page, and on.
func (req *request) countyTrail(c place.County, on ...link) []link {
	name := req.Language.CountyName(c)
	if c.IsState() {
		name = req.Language.Say("page.crumb.one-county", "state", name)
	}
	return req.stateTrail(place.StateOf(c.FIPS), append([]link{linkTo(name, route.CountyURL(c.FIPS))}, on...)...)
}

// agencyTrail is the way to an agency's page, by its county where that is known.
func (req *request) agencyTrail(fips string, s roster.State, agency link) []link {
	if c, ok := place.ByFIPS(fips); ok && !c.IsState() {
		return req.countyTrail(c, agency)
	}
	return req.stateTrail(s, agency)
}
