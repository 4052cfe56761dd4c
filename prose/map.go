package prose

import "github.com/watch287g/watch287g/roster"

// MapWhat is what a map of the states shows: the share of their counties, or agreements.
func (l Language) MapWhat(counties bool) string { return l.plain("map.what." + measure(counties)) }

// MapTitle names a map of the states.
func (l Language) MapTitle(counties bool) string { return l.plain("map.title." + measure(counties)) }

// MapDescription says what such a map shows, for readers who do not see it.
func (l Language) MapDescription(counties bool) string {
	return l.plain("map.says." + measure(counties))
}

func measure(counties bool) key {
	if counties {
		return "counties"
	}
	return "agreements"
}

// StateCovered says of how many of a state's counties the sheriff or another agency
// has an active agreement: "Texas: 122 of 254 counties". The District of Columbia and
// the territories have no counties that govern themselves.
func (l Language) StateCovered(c roster.Coverage) string {
	if c.State.Territory() {
		return l.say("map.state.uncounted", parts{"state": l.State(c.State)})
	}
	return l.say("map.state.covered", parts{"state": l.State(c.State), "covered": l.Thousands(c.Covered.Counties), "counties": l.Counties(c)})
}
