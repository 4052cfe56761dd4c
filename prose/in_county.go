package prose

import (
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// Holding is an agreement or an entry of an agency, with whose agency it is.
type Holding struct {
	roster.Agreement
	Owner roster.Type
}

// CountyListed is what the lists say of a county's agencies at the last moment known.
type CountyListed struct {
	County  string // in a sentence, as CountyIn says it
	AsOf    time.Time
	Active  []Holding
	Pending []Holding
	Before  bool         // something was listed that is not now
	Stats   roster.Stats // of the nation, for the lists in force
	Begins  roster.Date  // the day of the first list known
	First   roster.Date  // the day of the first participating list known; "" where there is none
}

// mostInLead is how many agencies a sentence names.
const mostInLead = 3

// InCounty says what ICE lists in a county, in a sentence or two that can be quoted.
func (l Language) InCounty(c CountyListed) string {
	p := parts{"date": l.Moment(c.AsOf), "county": c.County, "begins": l.begins(c)}
	if strings.Contains(c.County, ",") { // "Loving County, Texas, since"
		p["comma"] = ","
	}
	pendingKnown := c.Stats.Knows(roster.ListPending)
	var all []string
	switch {
	case c.AsOf.IsZero():
		return l.plain("listed-in.unread")
	case !c.Stats.Knows(roster.ListParticipating):
		all = append(all, l.say("in-county.unlisted", p))
	case len(c.Active) > 0:
		agencies := byAgency(c.Active)
		p["agencies"], p["who"] = l.count("in-county.agencies", len(agencies), nil), l.holders(agencies)
		all = append(all, l.count("in-county.active", len(c.Active), p))
	case len(c.Pending) > 0:
		all = append(all, l.say("in-county.waits", p))
	default:
		k := key("in-county.never")
		if c.Before {
			k = "in-county.none"
		}
		if !pendingKnown {
			k += ".known"
		}
		return l.say(k, p)
	}
	if len(c.Pending) > 0 {
		who := l.holders(byAgency(c.Pending))
		all = append(all, l.count("in-county.pending", len(c.Pending), parts{"list": l.Day(c.Stats.Publications[roster.ListPending].PublishedAt), "who": who}))
	}
	return strings.Join(all, " ")
}

// begins says since when agreements are known.
func (l Language) begins(c CountyListed) string {
	k := key("in-county.record")
	if c.First != c.Begins {
		k = "in-county.list"
	}
	return l.say(k, parts{"first": l.Date(c.First)})
}

// byAgency keeps what an agency holds together.
func byAgency(all []Holding) [][]Holding {
	var agencies [][]Holding
	for _, a := range all {
		i := slices.IndexFunc(agencies, func(of []Holding) bool { return of[0].AgencyID == a.AgencyID })
		if i < 0 {
			i, agencies = len(agencies), append(agencies, nil)
		}
		agencies[i] = append(agencies[i], a)
	}
	return agencies
}

// holders names the agencies of a county with their models, or, where they are many,
// its own ones alone.
func (l Language) holders(agencies [][]Holding) string {
	if len(agencies) == 1 && len(agencies[0]) == 1 {
		a := agencies[0][0]
		return l.say("in-county.who", parts{"names": l.say("in-county.who.one", parts{"agency": l.Agency(a.Agreement), "model": l.modelAndDate(a.Agreement)})})
	}
	k, named := key("in-county.who"), agencies
	if len(agencies) > mostInLead {
		k = "in-county.who.among"
		named = slices.DeleteFunc(slices.Clone(agencies), func(of []Holding) bool { return of[0].Owner != roster.TypeCounty })
	}
	if len(named) == 0 || len(named) > mostInLead {
		return ""
	}
	return l.say(k, parts{"names": l.And(each(named, func(of []Holding) string {
		return l.say("in-county.who.models", parts{"agency": l.Agency(of[0].Agreement), "models": l.And(each(of, func(a Holding) string { return l.Model(a.Model) }))})
	}))})
}

// CountyIn names a county with its state, within a sentence: "Harris County, Texas",
// "the city of Baltimore, Maryland", "the District of Columbia".
func (l Language) CountyIn(s roster.State, fips, name string) string {
	if name == s.Name() {
		return l.InSentence(s)
	}
	return l.say("agency.in-state", parts{"agency": l.County(s, fips, name), "state": l.State(s)})
}

// AllOf is the heading of the agencies of a whole state.
func (l Language) AllOf(s roster.State) string {
	return l.say("county.all-of", parts{"state": l.InSentence(s)})
}

// OfAllOf counts the agencies of a whole state on the page of a county.
func (l Language) OfAllOf(s roster.State, agreements, agencies int) string {
	return l.say("county.all-hold", parts{"state": l.InSentence(s), "active": l.Active(agreements), "agencies": l.Agencies(agencies)})
}

// NotPlaced counts the agencies of a state that are in no county as far as is known; ""
// for none.
func (l Language) NotPlaced(s roster.State, agencies int) string {
	if agencies == 0 {
		return ""
	}
	return l.count("county.unplaced", agencies, parts{"state": l.InSentence(s)})
}

// Misplaced says that ICE's county column and an agency's name disagree.
func (l Language) Misplaced(cell, named string) string {
	return l.say("county.misplaced", parts{"county": cell, "other": named})
}

// Estimated says what a number of residents is by.
func (l Language) Estimated(date roster.Date) string {
	return l.say("county.residents", parts{"date": l.Date(date)})
}

// MostlyIn says that the town of an agency is in another county for the most part.
func (l Language) MostlyIn(county string) string {
	return l.say("county.mostly", parts{"county": county})
}

// Region names a planning region of Connecticut.
func (l Language) Region(name string) string { return l.say("county.region", parts{"name": name}) }

// RegionIs says what a planning region of Connecticut is, and in which counties it lies.
func (l Language) RegionIs(name string, counties []string) string {
	return l.say("county.region.is", parts{"region": l.Region(name), "counties": l.And(counties)})
}

// InBrief says what a county's agencies have, for a table; before says whether
// something was listed that is not now.
func (l Language) InBrief(agreements, agencies, pending int, before bool) string {
	var all []string
	if agreements > 0 {
		all = append(all, l.count("in-county.brief", agencies, parts{"active": l.Active(agreements), "agencies": l.Agencies(agencies)}))
	}
	if pending > 0 {
		all = append(all, l.Entries(pending))
	}
	switch {
	case len(all) > 0:
		return strings.Join(all, ", ")
	case before:
		return l.plain("in-county.brief.none")
	}
	return l.plain("in-county.brief.never")
}

// Held is an agency with the number of its active agreements.
type Held struct {
	Agency string
	Active int
}

// TownNow is what the lists say of a town's agencies, or of those where a ZIP code is,
// at the last moment known.
type TownNow struct {
	Area     bool     // of a ZIP code
	Counties []string // in a sentence
	AsOf     time.Time
	Own      int    // agencies of the town's name that hold or seek an agreement
	County   []Held // agencies of its first county that hold one
	Agencies int    // all agencies of its counties that hold or seek one
	Before   bool   // one of these was listed before
}

// InTown says what ICE lists in a town, above a list of the agencies.
func (l Language) InTown(t TownNow) string {
	if t.AsOf.IsZero() {
		return l.plain("listed-in.unread")
	}
	held := each(t.County, func(h Held) string {
		return l.say("town.held", parts{"agency": Printed(h.Agency), "active": l.Active(h.Active)})
	})
	p := parts{"date": l.Moment(t.AsOf), "agencies": l.Agencies(t.Agencies), "held": l.And(held)}
	k := key("town.none")
	switch named := len(held) > 0 && len(held) <= mostInLead; {
	case t.Own > 0:
		k = "town.own"
	case t.Area && named:
		k = "town.area.county"
	case t.Area && t.Agencies > 0:
		k = "town.area"
	case named:
		k = "town.county"
	case t.Agencies > 0:
		k = "town.near"
	case t.Before:
		k = "town.none.before"
	}
	return l.say("town.in", parts{"counties": l.And(t.Counties)}) + " " + l.say(k, p)
}

// SeveralTowns says that a name alone does not tell which town is meant.
func (l Language) SeveralTowns(states []roster.State) string {
	in := map[roster.State]int{}
	for _, s := range states {
		in[s] = 1
	}
	return l.say("town.several", parts{"places": l.Places(in)})
}
