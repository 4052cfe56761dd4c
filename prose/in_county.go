package prose

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

// Holding is an agency's agreements, or its pending entries, with whose agency it is.
type Holding struct {
	Owner      roster.Type
	Agreements []roster.Agreement
}

// CountyListed is what the lists say of a county's agencies at the last moment known.
type CountyListed struct {
	County          string // in a sentence, as CountyIn says it
	AsOf            time.Time
	Past            bool // AsOf is so long ago that it is not said of now
	Active, Pending []Holding
	Before          bool         // something was listed that is not now
	Stats           roster.Stats // of the nation, for the lists in force
	Begins          roster.Date  // the day of the first list known
	First           roster.Date  // the day of the first participating list known; "" where there is none
}

// mostInLead is how many agencies a sentence names.
const mostInLead = 3

// InCounty says what ICE lists in a county, in a sentence or two that can be quoted.
func (l Language) InCounty(c CountyListed) string {
	p := parts{"date": l.Moment(c.AsOf), "county": c.County, "who": l.holders(c.Active), "agencies": l.count("in-county.agencies", len(c.Active), nil)}
	if strings.Contains(c.County, ",") { // "Loving County, Texas, since"
		p["comma"] = ","
	}
	maps.Copy(p, l.verbs(c.Past))
	begins := key("in-county.record")
	if c.First != c.Begins {
		begins = "in-county.list"
	}
	p["begins"] = l.say(begins, parts{"first": l.Date(c.First)})
	var all []string
	switch {
	case c.AsOf.IsZero():
		return l.Unread()
	case !c.Stats.Knows(roster.ListParticipating):
		all = append(all, l.say("in-county.unlisted", p))
	case len(c.Active) > 0:
		all = append(all, l.count("in-county.active", held(c.Active), p))
	case len(c.Pending) > 0:
		all = append(all, l.say("in-county.waits", p))
	default:
		k := key("in-county.never")
		if c.Before {
			k = "in-county.none"
		}
		if !c.Stats.Knows(roster.ListPending) {
			k += ".known"
		}
		return l.say(k, p)
	}
	if len(c.Pending) > 0 {
		p["list"], p["who"] = l.Day(c.Stats.Publications[roster.ListPending].PublishedAt), l.holders(c.Pending)
		all = append(all, l.count("in-county.pending", held(c.Pending), p))
	}
	return strings.Join(all, " ")
}

// verbs say what ICE lists, or what it listed in the past.
func (l Language) verbs(past bool) parts {
	tense := key("")
	if past {
		tense = ".past"
	}
	return parts{"lists": l.plain("in-county.lists" + tense), "did": l.plain("in-county.did" + tense), "has": l.plain("in-county.has" + tense),
		"holds": l.plain("in-county.holds" + tense)}
}

// held counts agreements.
func held(all []Holding) (n int) {
	for _, h := range all {
		n += len(h.Agreements)
	}
	return n
}

// holders names the agencies of a county with their models, or, where they are many,
// its own ones alone.
func (l Language) holders(agencies []Holding) string {
	if held(agencies) == 1 {
		a := agencies[0].Agreements[0]
		return l.say("in-county.who", parts{"names": l.say("in-county.who.one", parts{"agency": l.Agency(a), "model": l.modelAndDate(a)})})
	}
	k, named := key("in-county.who"), agencies
	if len(agencies) > mostInLead {
		k = "in-county.who.among"
		named = slices.DeleteFunc(slices.Clone(agencies), func(h Holding) bool { return h.Owner != roster.TypeCounty })
	}
	if len(named) == 0 || len(named) > mostInLead {
		return ""
	}
	return l.say(k, parts{"names": l.And(each(named, func(h Holding) string {
		models := l.And(each(h.Agreements, func(a roster.Agreement) string {
			return l.say("in-county.who.model", parts{"model": l.Model(a.Model)})
		}))
		return l.say("in-county.who.models", parts{"agency": l.Agency(h.Agreements[0]), "models": models})
	}))})
}

// CountyIn names a county with its state, within a sentence: "Harris County, Texas",
// "the city of Baltimore, Maryland", "the District of Columbia".
func (l Language) CountyIn(c place.County) string {
	if c.IsState() {
		return l.TheCounty(c)
	}
	return l.say("agency.in-state", parts{"agency": l.TheCounty(c), "state": l.State(place.StateOf(c.FIPS))})
}

// PlaceWords fills in one of the messages about places that need nothing but words and
// a count, such as "mostly", which the table has under "place.mostly".
func (l Language) PlaceWords(what string, n int, words map[string]string) string {
	return l.count(key("place."+what), n, words)
}

// TownNow is what the lists say of a town's agencies, or of those where a ZIP code is,
// at the last moment known.
type TownNow struct {
	Area     bool     // of a ZIP code
	Counties []string // in a sentence
	AsOf     time.Time
	Past     bool
	Own      int      // agencies of the town's name that hold or seek an agreement
	County   []string // what agencies of its first county hold, as "place.held" says it
	Agencies int      // all agencies of its counties that hold or seek one
	Before   bool     // one of these was listed before
}

// InTown says what ICE lists in a town, above a list of the agencies.
func (l Language) InTown(t TownNow) string {
	if t.AsOf.IsZero() {
		return l.Unread()
	}
	p := parts{"date": l.Moment(t.AsOf), "agencies": l.Agencies(t.Agencies), "held": l.And(t.County)}
	maps.Copy(p, l.verbs(t.Past))
	k := key("town.none")
	switch named := len(t.County) > 0 && len(t.County) <= mostInLead; {
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
