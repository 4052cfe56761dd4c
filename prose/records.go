package prose

import (
	"strconv"
	"strings"
	"time"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

// Holds says what an agency holds now: "1 active agreement, 1 pending entry".
func (l Language) Holds(active, pending int) string {
	var all []string
	if active > 0 {
		all = append(all, l.Active(active))
	}
	if pending > 0 {
		all = append(all, l.Entries(pending))
	}
	if len(all) == 0 {
		return l.plain("holds.none")
	}
	return strings.Join(all, ", ")
}

// HoldsTitle says the same for a title.
func (l Language) HoldsTitle(active, pending int) string {
	switch {
	case active > 0 && pending > 0:
		return l.Active287g(active) + ", " + l.PendingShort(pending)
	case active > 0:
		return l.Active287g(active)
	case pending > 0:
		return l.count("pending.287g", pending, nil)
	}
	return l.plain("holds.none.287g")
}

// AgencyNow is what the lists say of an agency at the last moment known.
type AgencyNow struct {
	Name            string
	Active, Pending []roster.Agreement
	KnownUntil      time.Time
	PendingList     time.Time // when the pending list in force was published
	Moved           []string  // the agencies, with their states, that ICE gives what this one had
}

// AgencyLead sums up what the lists say of an agency now.
func (l Language) AgencyLead(a AgencyNow) string {
	p := parts{"agency": Printed(a.Name), "until": l.Moment(a.KnownUntil), "list": l.Day(a.PendingList), "active": l.Active(len(a.Active)),
		"agreements": l.And(each(a.Active, l.modelAndDate)), "moved": l.And(a.Moved),
		"models": l.And(each(a.Pending, func(a roster.Agreement) string { return l.theModel(a.Model) }))}
	var s []string
	if len(a.Active) > 0 {
		s = append(s, l.say("lead.active", p))
	}
	if len(a.Pending) > 0 {
		s = append(s, l.say("lead.pending", p))
	}
	if len(s) == 0 {
		s = append(s, l.say("lead.none", p))
	}
	if len(a.Moved) > 0 {
		s = append(s, l.say("lead.moved", p))
	}
	return strings.Join(s, " ")
}

func (l Language) modelAndDate(a roster.Agreement) string {
	if a.Signed == "" {
		return l.Model(a.Model)
	}
	return l.say("lead.signed", parts{"model": l.Model(a.Model), "date": l.Date(a.Signed)})
}

// Record says what became of an agreement or an entry. signed is the agreement that an
// entry ended as, nil for none: where that stood before the entry came, the entry only
// left.
func (l Language) Record(r, signed *roster.Record) string {
	switch {
	case r.Listed():
		return l.Status(r.Status())
	case r.List == roster.ListParticipating:
		return l.plain("status.ended")
	case signed != nil && !signed.FirstListed().Before(r.FirstListed()):
		return l.plain("status.signed")
	}
	return l.plain("status.left")
}

// Spells says from when to when a record was listed, each time.
func (l Language) Spells(r *roster.Record) []string {
	var all []string
	for _, s := range r.Spells() {
		all = append(all, l.say("listed.until", parts{"since": l.SinceDay(s.From, s.FromIsLowerBound), "until": l.Date(s.Until)}))
	}
	if r.Listed() {
		since := r.ListedSince()
		all = append(all, l.SinceDay(roster.Day(since), r.Baseline && since.Equal(r.FirstListed())))
	}
	return all
}

// SinceDay says since when, and whether that is only the day on which the record
// begins.
func (l Language) SinceDay(d roster.Date, isLowerBound bool) string {
	if isLowerBound {
		return l.say("since.day.or-before", parts{"date": l.Date(d)})
	}
	return l.say("since.day", parts{"date": l.Date(d)})
}

// PendingBefore says how long an agency was pending before its agreement was listed,
// and when the entry that it came from had left, if that was before. entry is nil
// where it is not known.
func (l Language) PendingBefore(agreement, entry *roster.Record) string {
	gaps := ""
	if entry != nil {
		gaps = l.longSpells(entry.Gaps(agreement.PendingSince, agreement.FirstListed()))
	}
	return l.butFor(l.pendingBefore(agreement, entry), gaps)
}

func (l Language) pendingBefore(agreement, entry *roster.Record) string {
	since, listed := roster.Day(agreement.PendingSince), roster.Day(agreement.FirstListed())
	isLowerBound := entry != nil && entry.Baseline && entry.FirstListed().Equal(agreement.PendingSince)
	if entry != nil {
		if then, known := entry.VersionAt(agreement.FirstListed()); known && !then.Listed && roster.Day(then.From) < listed {
			return l.longSpell(roster.Spell{From: since, Until: roster.Day(then.From), FromIsLowerBound: isLowerBound})
		}
	}
	days := l.lasted(since, listed)
	if isLowerBound && since == listed {
		return l.SinceDay(since, isLowerBound)
	}
	if isLowerBound {
		days = l.say("days.at-least", parts{"days": days})
	}
	return l.say("pending.before", parts{"days": days, "since": l.SinceDay(since, isLowerBound)})
}

// SignedBy says since when an entry's agreement is listed, or from when to when it was.
func (l Language) SignedBy(agreement *roster.Record) string {
	if !agreement.Listed() {
		return l.say("pending.signed.past", parts{"spells": l.Spelled(agreement)})
	}
	return l.say("pending.signed", parts{"since": l.SinceDay(roster.Day(agreement.FirstListed()), agreement.Baseline)})
}

// NotSigned says of an entry that left the list unsigned whether there was an agreement
// of the agency's in its model all the same, as one from an earlier time on the pending
// list; agreement is nil where there was none.
func (l Language) NotSigned(agreement *roster.Record) string {
	switch {
	case agreement == nil:
		return l.plain("pending.not-signed")
	case agreement.Listed():
		return l.say("pending.before-that", parts{"spells": l.Spelled(agreement)})
	}
	return l.say("pending.had-one", parts{"spells": l.Spelled(agreement)})
}

// Spelled joins the times for which a record was listed.
func (l Language) Spelled(r *roster.Record) string {
	said := ""
	for i, next := range l.Spells(r) {
		if i > 0 {
			next = l.say("pending.and-again", parts{"spell": said, "next": next})
		}
		said = next
	}
	return said
}

// RowOf names a row of a publication: "row 812 of ICE's participating list of July 3,
// 2025, 4 p.m. ET".
func (l Language) RowOf(e roster.Evidence) string {
	return l.say("evidence.row-of", parts{"row": strconv.Itoa(e.Row), "list": l.Published(e)})
}

// County names a county within a sentence, with the word for one where it has one: "the
// city of Baltimore".
func (l Language) County(c place.County) string {
	if c.IsState() {
		return l.State(place.StateOf(c.FIPS))
	}
	return l.say("county"+countyForm(c), parts{"name": c.Name})
}

// TheCounty is County with the article that it takes in the middle of a sentence: in
// Spanish, "el condado de Harris".
func (l Language) TheCounty(c place.County) string {
	if c.IsState() {
		return l.InSentence(place.StateOf(c.FIPS))
	}
	return l.say("county.the"+countyForm(c), parts{"name": c.Name})
}

// countyForm is the ending of a key by the word for a county: none where that is "county".
func countyForm(c place.County) key {
	switch c.Word() {
	case "city":
		return ".city"
	case "Parish":
		return ".parish"
	case "":
		return ".other"
	}
	return ""
}
