package prose

import (
	"strconv"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// Coverage says in a sentence in how many counties of a state, or of the nation, the
// sheriff or another county agency has an active agreement, or had at a moment in the
// past, and what share of the residents lives there. date is the day that their numbers
// are for; asOf is zero where what stands before says it. It is "" for the District of
// Columbia and the territories, where counties have no government of their own.
func (l Language) Coverage(c roster.Coverage, date roster.Date, asOf time.Time, past bool) string {
	if c.State.Territory() {
		return ""
	}
	where := parts{"counties": l.Counties(c), "place": l.InSentence(c.State)}
	p := parts{"agency": l.coverageWord("coverage.agency.", c.State), "covered": l.Thousands(c.Covered.Counties), "residents": l.living(c, date),
		"whole": l.say("coverage.place", where), "all": l.say("coverage.place.all", where)}
	if c.State == "" {
		p["whole"] = l.say("coverage.nation", where)
	}
	k := key("coverage.some")
	switch c.Covered.Counties {
	case 0:
		k = "coverage.none"
	case c.Counties:
		k = "coverage.all"
	}
	if past {
		k += ".past"
	}
	said := l.say(k, p)
	if asOf.IsZero() {
		return said
	}
	return l.say("coverage.when", parts{"date": l.DayOrMoment(asOf), "said": said})
}

// living says how many residents live in covered counties; "" where that is not known.
func (l Language) living(c roster.Coverage, date roster.Date) string {
	part, whole, known := c.Share()
	if !known {
		return ""
	}
	p := parts{"share": l.Portion(part, whole), "living": l.Thousands(part), "residents": l.Thousands(whole), "year": string(date[:min(len(date), 4)]), "whose": l.plain("coverage.whose")}
	if c.State == "" {
		p["whose"] = l.plain("coverage.whose.nation")
	}
	if part == whole {
		return l.say("coverage.live.all", p)
	}
	return l.say("coverage.live", p)
}

// coverageWord is a word as a state has it, or else as most have it: k is what its key
// begins with, before the state.
func (l Language) coverageWord(k key, s roster.State) string {
	if own := k + key(s); l.has(own) {
		return l.plain(own)
	}
	return l.plain(k)
}

// Counties counts a state's counties by what they are called there: "67 counties", "64
// parishes", "3,143 counties and county equivalents".
func (l Language) Counties(c roster.Coverage) string {
	k := key("coverage.counties." + string(c.State))
	switch {
	case c.State == "", c.State == "MD", c.State == "MO", c.State == "NV": // with a city that is in no county
		k = "coverage.equivalent"
	case !l.has(k):
		k = "coverage.counties"
	}
	return l.count(k, c.Counties, nil)
}

// CoveredOf says in a cell how many counties are covered, of how many: "67 of 67".
func (l Language) CoveredOf(c roster.Coverage) string {
	return l.say("coverage.of", parts{"n": l.Thousands(c.Covered.Counties), "whole": l.Thousands(c.Counties)})
}

// LivingShare says in a cell what share of the residents lives in covered counties:
// "55.6%", or that it is not known.
func (l Language) LivingShare(c roster.Coverage) string {
	part, whole, known := c.Share()
	if !known {
		return l.plain("coverage.unknown")
	}
	return l.Portion(part, whole)
}

// Portion writes a share to a tenth of a percent, as in "55.6%". It is "0%" and "100%"
// only for none and all.
func (l Language) Portion(part, whole int) string {
	tenths := 0
	if whole > 0 {
		tenths = (2000*part + whole) / (2 * whole)
	}
	switch {
	case part == 0 || whole <= 0:
		return l.say("coverage.portion", parts{"n": "0"})
	case tenths == 0:
		return l.plain("coverage.portion.least")
	case part < whole && tenths == 1000:
		return l.plain("coverage.portion.most")
	case tenths == 1000:
		return l.say("coverage.portion", parts{"n": "100"})
	}
	return l.say("coverage.portion", parts{"n": strconv.FormatFloat(float64(tenths)/10, 'f', 1, 64)})
}
