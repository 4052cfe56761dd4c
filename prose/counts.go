package prose

import (
	"strconv"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// Percent writes a share, as in "48%".
func (l Language) Percent(part, whole int) string {
	if whole == 0 {
		return "0%"
	}
	return strconv.Itoa((200*part+whole)/(2*whole)) + "%"
}

// Share is Percent, of which some are never "0%".
func (l Language) Share(part, whole int) string {
	if share := l.Percent(part, whole); part == 0 || share != "0%" {
		return share
	}
	return "<1%"
}

// Listed says what ICE listed: "588 active agreements with 476 agencies in 40
// states, and 83 pending entries".
func (l Language) Listed(s roster.Stats) string {
	if !s.Knows(roster.ListParticipating) {
		return l.say("listed.unknown", parts{"pending": l.PendingListed(s)})
	}
	return l.say("listed", l.statsParts(s))
}

func (l Language) statsParts(s roster.Stats) parts {
	byState := map[roster.State]int{}
	for state, in := range s.ByState {
		byState[state] = in.Active
	}
	return parts{"active": l.Active(s.Active), "agencies": l.Agencies(s.Agencies), "places": l.Places(byState), "pending": l.PendingListed(s)}
}

// WithAgencies is what follows the number of active agreements: "with 476 agencies in
// 40 states".
func (l Language) WithAgencies(s roster.Stats) string {
	return l.say("stats.with", l.statsParts(s))
}

// PendingListed says how many pending entries there are, as far as that is known.
func (l Language) PendingListed(s roster.Stats) string {
	if !s.Knows(roster.ListPending) {
		return l.plain("entries.unknown")
	}
	return l.Entries(s.Pending)
}

// PendingBrief is a number of pending entries, as far as one is known: "83 pending".
func (l Language) PendingBrief(s roster.Stats, n int) string {
	if !s.Knows(roster.ListPending) {
		return l.plain("pending.brief.unknown")
	}
	return l.PendingShort(n)
}

// PendingShort is a number of pending entries behind other counts: "83 pending".
func (l Language) PendingShort(n int) string { return l.count("pending.short", n, nil) }

// PendingSource says which list the pending entries are read from: ICE has gone
// without one for months.
func (l Language) PendingSource(s roster.Stats) string {
	if p, ok := s.Publications[roster.ListPending]; ok {
		return l.say("pending.source", parts{"date": l.Day(p.PublishedAt)})
	}
	return l.plain("pending.source.unknown")
}

// ActiveSource says that active agreements are read from no list; "" where they are
// from one.
func (l Language) ActiveSource(s roster.Stats) string {
	if s.Knows(roster.ListParticipating) {
		return ""
	}
	return l.plain("active.source.unknown")
}

// ActiveHeadline counts the active agreements above a picture.
func (l Language) ActiveHeadline(s roster.Stats) string {
	if !s.Knows(roster.ListParticipating) {
		return l.plain("headline.unknown")
	}
	return l.Active287g(s.Active)
}

// Active287g counts active agreements where nothing else says which: "2 active
// 287(g) agreements".
func (l Language) Active287g(n int) string { return l.count("active.287g", n, nil) }

// Reach says below a picture how far the agreements reach.
func (l Language) Reach(s roster.Stats) string {
	p := l.statsParts(s)
	p["pending"] = l.PendingBrief(s, s.Pending)
	return l.say("reach", p)
}

// States names states as a sentence does: "Guam, Ohio and the Virgin Islands".
func (l Language) States(all []roster.State) string { return l.And(each(all, l.InSentence)) }

// Leading says what share the states have that lead, in the past or now: "Florida
// had 44% of the active agreements (257), Texas 15% (87) and Georgia 4% (23)."
func (l Language) Leading(s roster.Stats, leaders []roster.State, past bool) string {
	if len(leaders) == 0 {
		return ""
	}
	k := key("leading.now")
	if past {
		k = "leading.past"
	}
	said := make([]string, len(leaders))
	for i, state := range leaders {
		n := s.ByState[state].Active
		said[i] = l.say(k, parts{"state": l.InSentence(state), "share": l.Share(n, s.Active), "n": l.Thousands(n)})
		k = "leading.next"
	}
	return Capitalize(l.And(said)) + "."
}

// ListedIn says what ICE lists in a state, in a sentence that can be quoted.
func (l Language) ListedIn(state roster.State, s roster.Stats, asOf time.Time) string {
	p := l.statsParts(s)
	p["date"], p["state"] = l.Moment(asOf), l.InSentence(state)
	k := key("listed-in")
	switch {
	case asOf.IsZero():
		k = "listed-in.unread"
	case s.Active+s.Pending == 0 && !s.Knows(roster.ListPending):
		k = "listed-in.none.known"
	case s.Active+s.Pending == 0:
		k = "listed-in.none"
	case s.Active == 0:
		k = "listed-in.pending"
	}
	return l.say(k, p)
}

// Unread says that there is nothing to be said yet: no list was read, or none that was
// counts.
func (l Language) Unread() string { return l.plain("listed-in.unread") }

// Balance is how agreements, or pending entries, came to their new number between
// two moments. A number of which no list is known is -1.
type Balance struct {
	Before, After int
	Came, Gone    int // for entries, Gone are those that left unsigned
	Signed        int // entries
	Again         int // agreements
	FirstKnown    int // on the first list known
	In, Out       int // listed at both moments, and within what was chosen at one alone
}

// Agreements says how the active agreements came to their new number.
func (l Language) Agreements(b Balance) string { return l.balance("balance.agreements", b) }

// PendingEntries says how the pending entries came to their new number.
func (l Language) PendingEntries(b Balance) string {
	if b.After < 0 {
		return l.plain("balance.entries.unknown")
	}
	return l.balance("balance.entries", b)
}

func (l Language) balance(what key, b Balance) string {
	p := parts{"came": l.Thousands(b.Came), "gone": l.Thousands(b.Gone), "signed": l.Thousands(b.Signed), "again": "", "first": "", "moved": "",
		"before": l.Thousands(b.Before), "after": l.Thousands(b.After)}
	if b.Again > 0 {
		p["again"] = l.count("balance.again", b.Again, nil)
	}
	if b.FirstKnown > 0 {
		p["first"] = l.count(what+".first", b.FirstKnown, nil)
	}
	if b.In > 0 {
		p["moved"] = l.count("balance.in", b.In, nil)
	}
	if b.Out > 0 {
		p["moved"] += l.count("balance.out", b.Out, nil)
	}
	if b.Before < 0 {
		p["before"] = l.plain("balance.unknown")
	}
	return l.say(what, p)
}

// Between says what became of both numbers between two moments, in a sentence. scope is
// what of the lists is compared, by Scope.
func (l Language) Between(from, to time.Time, agreements, entries Balance, scope string) string {
	if from.Equal(to) {
		return l.say("between.same", parts{"from": l.DayOrMoment(from), "active": l.Active(agreements.After), "scope": scope})
	}
	p := parts{"scope": scope, "from": l.DayOrMoment(from), "to": l.DayOrMoment(to), "before": l.Thousands(agreements.Before), "after": l.Thousands(agreements.After),
		"change": l.Difference(agreements.After - agreements.Before), "entries": l.plain("between.entries.unknown")}
	e := parts{"before": l.Thousands(entries.Before), "after": l.Thousands(entries.After), "change": l.Difference(entries.After - entries.Before)}
	switch {
	case entries.After < 0:
	case entries.Before < 0:
		p["entries"] = l.say("between.entries.first", e)
	default:
		p["entries"] = l.say("between.entries", e)
	}
	return l.say("between", p)
}

// BetweenTitle is the title of a comparison of two moments. scope is as in Between.
func (l Language) BetweenTitle(from, to time.Time, scope string) string {
	what := key("between.title")
	if from.Equal(to) {
		what = "between.title.same"
	}
	return l.say(what, parts{"scope": scope, "from": l.DayOrMoment(from), "to": l.DayOrMoment(to)})
}

// InDays names a stretch of time that ends with a day: "in the 30 days to June 18,
// 2025".
func (l Language) InDays(from, to roster.Date) string {
	return l.say("days.to", parts{"days": l.Days(DaysBetween(from, to)), "date": l.Date(to)})
}

// Otherwise says how much ICE gives otherwise than before; "" for nothing.
func (l Language) Otherwise(n int) string {
	if n == 0 {
		return ""
	}
	return l.count("balance.otherwise", n, nil)
}

// Passing says how much came and went in between; "" for nothing.
func (l Language) Passing(n int) string {
	if n == 0 {
		return ""
	}
	return l.count("balance.passing", n, nil)
}

// Placed says where agreements and pending entries are: "1,293 agreements and pending
// entries: 1,053 in a county, 56 statewide, 184 not placed."
func (l Language) Placed(county, statewide, unplaced int) string {
	return l.say("rows.placed", parts{"rows": l.count("rows", county+statewide+unplaced, nil), "county": l.Thousands(county),
		"statewide": l.Thousands(statewide), "unplaced": l.Thousands(unplaced)})
}

// Cite says how to name a page as a source, as of a moment, in the order that the APA
// has: "287(g) watch. (2025, June 21). …".
func (l Language) Cite(title string, at time.Time, url string) string {
	return l.say("cite", parts{"title": Printed(title), "day": l.date("date.cite", roster.Day(at)), "moment": l.Moment(at), "url": url})
}
