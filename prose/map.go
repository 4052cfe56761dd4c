package prose

import "github.com/watch287g/watch287g/roster"

// StatesMap says what a map of the states shows, agreements or the share of "counties",
// what it is called, and what it says for readers who do not see it.
func (l Language) StatesMap(counties bool) (what, title, description string) {
	measure := key("agreements")
	if counties {
		measure = "counties"
	}
	return l.plain("map.what." + measure), l.plain("map.title." + measure), l.plain("map.says." + measure)
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
