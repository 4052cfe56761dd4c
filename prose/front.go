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
	states, others := l.whereActive(s)
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

// Stands says in a sentence all that ICE lists, or listed, as of a moment.
func (l Language) Stands(s roster.Stats, asOf time.Time, past bool) string {
	k := key("front.listed")
	if past {
		k = "front.listed.past"
	}
	return l.say(k, parts{"moment": l.Moment(asOf), "listed": l.Listed(s)})
}

// mostNamed is how many territories are named rather than counted.
const mostNamed = 2

// whereActive counts the states with an active agreement, and names the District of
// Columbia and the territories that have one.
func (l Language) whereActive(s roster.Stats) (states int, others []string) {
	var territories []string
	for _, state := range roster.States() {
		switch {
		case s.ByState[state].Active == 0:
		case state == "DC":
			others = append(others, l.InSentence(state))
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
	n, others := l.whereActive(s)
	words = l.count("front.states", n, nil)
	if len(others) > 0 {
		words = l.say("front.and", parts{"states": words, "more": l.And(others)})
	}
	return n, words
}

// FigureWords are what follows a number on the front page: "active", "agencies" or
// "pending".
func (l Language) FigureWords(what string, n int) string { return l.count(key("front."+what), n, nil) }

// RecentWords are what follows a number of agreements that are "new" or "gone" since
// some days ago.
func (l Language) RecentWords(what string, days int) string {
	return l.say(key("front."+what), parts{"days": l.Days(days)})
}

// UntilDay is the last of the days that are counted, behind RecentWords.
func (l Language) UntilDay(d roster.Date) string {
	return l.say("front.to", parts{"date": l.Date(d)})
}

// RecentUntil says over which time new and gone agreements are counted, behind the
// moment until which they are; with no day in between, the record has just begun.
func (l Language) RecentUntil(days int) string {
	if days == 0 {
		return l.plain("front.begins")
	}
	return l.say("front.recent", parts{"days": l.Days(days)})
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

// MoreAgreements counts those that have no room.
func (l Language) MoreAgreements(n int) string { return l.count("front.more", n, nil) }

// RecordEnds says that nothing is known of what is later than a day.
func (l Language) RecordEnds(until time.Time) string {
	return l.say("record.ends", parts{"date": l.Day(until)})
}

// CurveAxis names what a curve's numbers count.
func (l Language) CurveAxis() string { return l.plain("curve.axis") }

// KnownUntil names the day with which a curve ends.
func (l Language) KnownUntil(date string) string { return l.say("curve.until", parts{"date": date}) }

// CurveMark names the day on which a curve first reaches n active agreements: in a word,
// and in a sentence. The first agreement of all is 1.
func (l Language) CurveMark(n int) (label, title string) {
	if n == 1 {
		return l.plain("curve.first"), l.plain("curve.first.title")
	}
	return l.Thousands(n), l.say("curve.mark.title", parts{"n": l.Thousands(n)})
}
