package prose

import (
	"strings"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// CountyNow is what agencies in a county have.
type CountyNow struct {
	Own     map[roster.Model]int // active agreements of the county's sheriff and its other agencies, by Model.Class
	Local   map[roster.Model]int // those of other agencies in it: a town's police, in most
	Pending int                  // pending entries of either
}

// Empty says whether nothing is listed.
func (c CountyNow) Empty() bool { return len(c.Own)+len(c.Local)+c.Pending == 0 }

// Reaching returns the classes of models from the one that reaches farthest: officers
// of the Task Force Model question and arrest people on patrol, those of the Jail
// Enforcement Model question people in jail, and Warrant Service Officers serve
// warrants there.
func Reaching() []roster.Model {
	return []roster.Model{roster.TFM, roster.JEM, roster.WSO, roster.OtherModel}
}

// CountyNow says what agencies in a county of a state have, as a map does of a county: "Bradley
// County: 1 Task Force Model agreement with a county agency; 1 pending entry".
func (l Language) CountyNow(s roster.State, county string, now CountyNow) string {
	var holds []string
	add := func(whose key, agreements map[roster.Model]int) {
		for _, m := range Reaching() {
			n, k := agreements[m], "map.county."+whose
			if m == roster.OtherModel {
				k += ".other"
			}
			if n > 0 {
				holds = append(holds, l.count(k, n, parts{"model": l.Model(m), "agency": l.coverageWord("map.agency", s), "agencies": l.coverageWord("map.agencies", s)}))
			}
		}
	}
	add("own", now.Own)
	add("local", now.Local)
	if now.Pending > 0 {
		holds = append(holds, l.Entries(now.Pending))
	}
	if len(holds) == 0 {
		holds = append(holds, l.plain("map.county.none"))
	}
	return l.say("map.county", parts{"county": county, "holds": strings.Join(holds, "; ")})
}

// ByModel counts agreements by model, in a cell: "1 Task Force Model, 2 Warrant Service
// Officer"; "" for none.
func (l Language) ByModel(agreements map[roster.Model]int) string {
	var all []string
	for _, m := range Reaching() {
		if n := agreements[m]; n > 0 {
			all = append(all, l.Thousands(n)+" "+l.Model(m))
		}
	}
	return strings.Join(all, ", ")
}

// CountyCount counts counties by what a map shows of them: each is counted once.
type CountyCount struct {
	Own     int // with an active agreement of the county's sheriff or another agency of it
	Local   int // with one of another agency in it only
	Pending int // with a pending entry only
	None    int
}

// Add counts a county.
func (c *CountyCount) Add(now CountyNow) {
	switch {
	case len(now.Own) > 0:
		c.Own++
	case len(now.Local) > 0:
		c.Local++
	case now.Pending > 0:
		c.Pending++
	default:
		c.None++
	}
}

// Plus adds two counts of different counties up.
func (c CountyCount) Plus(d CountyCount) CountyCount {
	return CountyCount{c.Own + d.Own, c.Local + d.Local, c.Pending + d.Pending, c.None + d.None}
}

// CountyCount says in a sentence what the map of a state's counties shows, or that of
// the nation's.
func (l Language) CountyCount(of roster.Coverage, c CountyCount) string {
	return l.say("map.sentence", parts{"said": Capitalize(l.countyCount(of, c))})
}

func (l Language) countyCount(of roster.Coverage, c CountyCount) string {
	p := parts{"counties": l.Counties(of), "agency": l.coverageWord("coverage.agency", of.State)}
	switch of.Counties {
	case c.Own:
		return l.say("map.all.own", p)
	case c.None:
		return l.say("map.all.none", p)
	}
	p["parts"] = l.And(l.clauses(of.State, c))
	return l.say("map.of", p)
}

// clauses say how many counties have what.
func (l Language) clauses(s roster.State, c CountyCount) []string {
	var all []string
	for _, clause := range []struct {
		name key
		n    int
	}{{"own", c.Own}, {"local", c.Local}, {"pending", c.Pending}, {"none", c.None}} {
		if clause.n > 0 {
			if clause.name == "local" && c.Own == 0 {
				clause.name = "local.alone"
			}
			all = append(all, l.count("map.clause."+clause.name, clause.n, parts{"agency": l.coverageWord("coverage.agency", s)}))
		}
	}
	return all
}

// StateCount names a state's link on the map of the nation: "Texas: of 254 counties,
// 122 have ...".
func (l Language) StateCount(of roster.Coverage, c CountyCount) string {
	return l.say("map.county", parts{"county": l.State(of.State), "holds": l.countyCount(of, c)})
}

// CountyMapTitle names the map of a state's counties, or of the nation's.
func (l Language) CountyMapTitle(s roster.State) string {
	if s == "" {
		return l.plain("map.title.nation")
	}
	return l.say("map.title.state", parts{"state": l.InSentence(s)})
}

// NeighborhoodTitle names the map of a county and its neighbors.
func (l Language) NeighborhoodTitle(county string) string {
	return l.say("map.title.neighborhood", parts{"county": county})
}

// LocatorTitle names the map of where a county is.
func (l Language) LocatorTitle(county string, s roster.State) string {
	return l.say("map.title.locator", parts{"county": county, "state": l.InSentence(s)})
}

// mostStatewide bounds the agencies of a whole state that a note names.
const mostStatewide = 4

// StatewideNote says which agreements a map does not show because they are for a whole
// state; "" for none. The agencies are named where they are few.
func (l Language) StatewideNote(c roster.Coverage, agencies []string) string {
	n := c.Agreements.Statewide
	switch {
	case n == 0:
		return ""
	case c.State == "":
		return l.count("map.note.statewide", n, parts{})
	case len(agencies) == 0 || len(agencies) > mostStatewide:
		return l.count("map.note.statewide.state", n, parts{})
	}
	return l.count("map.note.statewide.named", n, parts{"agencies": l.And(each(agencies, Printed))})
}

// UnplacedNote says how many agreements a map does not show because their county is
// not known, or because they are in a territory; "" for none.
func (l Language) UnplacedNote(c roster.Coverage) string {
	var all []string
	if n := c.Agreements.NotPlaced; n > 0 {
		all = append(all, l.count("map.note.unplaced", n, parts{}))
	}
	if n := c.Agreements.Territories; n > 0 {
		all = append(all, l.count("map.note.territories", n, parts{}))
	}
	return strings.Join(all, " ")
}

// CountyNote says what is special about the counties of a state; "" for nothing.
func (l Language) CountyNote(s roster.State) string { return l.plain(key("map.note." + string(s))) }

// CountyMapSource is what stands below a map that stands alone: of when it is, where
// from, and what may be done with it.
func (l Language) CountyMapSource(until time.Time, site string) []string {
	return []string{
		l.say("map.source.date", parts{"date": l.Moment(until)}),
		l.say("map.source.site", parts{"site": site}),
		l.plain("map.source.license"),
	}
}

// CountyLegend says what a sign of a map of counties means: "fill", above the models,
// "dots", "hatching" or "none" of these.
func (l Language) CountyLegend(sign string, s roster.State) string {
	return l.say(key("map.legend."+sign), parts{"agency": l.coverageWord("coverage.agency", s)})
}

// CountyOrder says which model such a map shows of several.
func (l Language) CountyOrder() string { return l.plain("map.order") }
