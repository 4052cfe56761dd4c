package prose

import (
	"slices"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// Claim is what the front page says first, in a sentence that can be quoted: what ICE
// lists, or, where asOf is past, what it listed on that day.
func (l Language) Claim(s roster.Stats, asOf time.Time, past bool) string {
	if !s.Knows(roster.ListParticipating) {
		return l.plain("headline.unknown")
	}
	k := key("claim")
	if past {
		k = "claim.past"
	}
	states, others := l.whereActive(s, l.InSentence("DC"))
	if states > 0 {
		others = slices.Insert(others, 0, l.count("states", states, nil))
	}
	switch {
	case s.Active == 0:
		k += ".none"
	case len(others) > 0:
		k += ".in"
	}
	return l.say(k, parts{"date": l.Day(asOf), "active": l.Active287g(s.Active), "places": l.And(others)})
}

// Stands says in a sentence all that ICE lists, or listed, as of a moment, or of a day
// where that is the end of one.
func (l Language) Stands(s roster.Stats, asOf time.Time, past bool) string {
	k := key("front.listed")
	if past {
		k = "front.listed.past"
	}
	return l.say(k, parts{"moment": l.DayOrMoment(asOf), "listed": l.Listed(s)})
}

// mostNamed is how many territories are named rather than counted.
const mostNamed = 2

// whereActive counts the states with an active agreement, and names the District of
// Columbia, as given, and the territories that have one.
func (l Language) whereActive(s roster.Stats, district string) (states int, others []string) {
	var territories []string
	for _, state := range slices.SortedFunc(slices.Values(roster.States()), l.CompareStates) {
		switch {
		case s.ByState[state].Active == 0:
		case state == "DC":
			others = append(others, district)
		case state.Territory():
			territories = append(territories, l.InSentence(state))
		default:
			states++
		}
	}
	if len(territories) > mostNamed {
		territories = []string{l.count("territories", len(territories), nil)}
	}
	return states, append(others, territories...)
}

// StatesFigure is the number of states with an active agreement, and the words that
// follow it: "states and Guam".
func (l Language) StatesFigure(s roster.Stats) (n int, words string) {
	n, others := l.whereActive(s, l.plain("front.district"))
	return n, l.And(slices.Insert(others, 0, l.FrontWords("states", n)))
}

// FrontWords are what the front page says with a number: behind one, "agencies",
// "pending" and "more" agreements; "new" and "gone" in so many days, and "recent", all of
// those days.
func (l Language) FrontWords(what string, n int) string { return l.count(key("front."+what), n, nil) }

// FrontDate is what is said with a date: "to" which something is counted, and where the
// record "begins" and "ends".
func (l Language) FrontDate(what, date string) string {
	return l.say(key("front."+what), parts{"date": date})
}

// Ever says how many active agreements are new since the first list, and how many that
// were listed since are gone.
func (l Language) Ever(first roster.Date, fresh, gone int) string {
	return l.say("front.ever", parts{"date": l.Date(first), "new": l.Thousands(fresh), "gone": l.Thousands(gone)})
}

// NoLonger says which agreements of an agency that is named before are no longer
// listed, and since when.
func (l Language) NoLonger(models []roster.Model, since roster.Date) string {
	return l.say("front.left", parts{"models": l.And(each(models, l.Model)), "date": l.Date(since)})
}

// CurveMark names the day on which a curve first reaches n active agreements: in a word,
// and in a sentence. The first agreement of all is 1.
func (l Language) CurveMark(n int) (label, title string) {
	if n == 1 {
		return l.plain("curve.first"), l.plain("curve.first.title")
	}
	return l.Thousands(n), l.say("curve.mark.title", parts{"n": l.Thousands(n)})
}
