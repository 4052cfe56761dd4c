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
				holds = append(holds, l.count(k, n, parts{"model": l.Model(m), "agency": l.coverageWord("map.agency.", s), "agencies": l.coverageWord("map.agencies.", s)}))
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
		k := key("cell.by-model")
		if !m.Known() {
			k = "cell.by-model.other"
		}
		if n := agreements[m]; n > 0 {
			all = append(all, l.count(k, n, parts{"model": l.Model(m)}))
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

// CountyCount says in a sentence what the map of a state's counties shows, or that of
// the nation's.
func (l Language) CountyCount(of roster.Coverage, c CountyCount) string {
	return l.say("map.sentence", parts{"said": Capitalize(l.countyCount(of, c))})
}

func (l Language) countyCount(of roster.Coverage, c CountyCount) string {
	p := parts{"counties": l.Counties(of), "agency": l.coverageWord("coverage.agency.", of.State)}
	switch of.Counties {
	case c.Own:
		return l.say("map.all.own", p)
	case c.None:
		return l.say("map.all.none", p)
	}
	var all []string
	for _, clause := range []struct {
		name key
		n    int
	}{{"own", c.Own}, {"local", c.Local}, {"pending", c.Pending}, {"none", c.None}} {
		if clause.name == "local" && c.Own == 0 {
			clause.name = "local.alone"
		}
		if clause.n > 0 {
			all = append(all, l.count("map.clause."+clause.name, clause.n, parts{"agency": p["agency"]}))
		}
	}
	p["parts"] = l.And(all)
	return l.say("map.of", p)
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

// CountyMapNotes say what a map of counties does not show of a state, or of the nation:
// agreements for a whole state, whose agencies are named where they are few, and those
// whose county is not known, or in a territory; and what is special about its counties.
func (l Language) CountyMapNotes(c roster.Coverage, statewide []string) []string {
	var all []string
	note := func(name key, n int, p parts) {
		if n > 0 {
			all = append(all, l.count("map.note."+name, n, p))
		}
	}
	switch n := c.Agreements.Statewide; {
	case c.State == "":
		note("statewide", n, parts{})
	case len(statewide) == 0 || len(statewide) > mostStatewide:
		note("statewide.state", n, parts{"state": l.InSentence(c.State)})
	default:
		note("statewide.named", n, parts{"agencies": l.And(each(statewide, Printed)), "state": l.InSentence(c.State)})
	}
	note("unplaced", c.Agreements.NotPlaced, parts{})
	note("territories", c.Agreements.Territories, parts{})
	if own := "map.note." + key(c.State); l.has(own) {
		all = append(all, l.plain(own))
	}
	return all
}

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
// "dots", "hatching" or "none" of these; and in what "order" the models count.
func (l Language) CountyLegend(sign string, s roster.State) string {
	return l.say(key("map.legend."+sign), parts{"agency": l.coverageWord("coverage.agency.", s)})
}

// MapWord is a word of the tables and headings of a state's map, as that state's
// counties are called: the heading "by" county, the column "county", and that of the
// "owner" of agreements there.
func (l Language) MapWord(what string, s roster.State) string {
	return l.coverageWord(key("map."+what+"."), s)
}
