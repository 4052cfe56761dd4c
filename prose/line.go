package prose

import (
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// Line says what happened to one agreement, behind the agency's name: "Task Force
// Model, signed July 2, pending 8 days". Days are without their year where that is
// the publication's.
func (l Language) Line(c roster.Change) string {
	clauses := append(l.lineClauses(c), l.LineNote(c))
	return strings.Join(slices.DeleteFunc(clauses, func(s string) bool { return s == "" }), "; ")
}

func (l Language) lineClauses(c roster.Change) []string {
	a := c.Agreement
	p := parts{"model": l.Model(a.Model), "signed": l.lineSigned(c), "since": l.lineSince(c), "spells": l.lineSpells(c, c.WasSigned)}
	switch c.Kind {
	case roster.KindNew:
		return l.newLine(c, p)
	case roster.KindPending:
		return l.pendingLine(c, p)
	case roster.KindRemoved:
		return append([]string{l.say("removed.line", p)}, l.lineOthers(c)...)
	case roster.KindWithdrawn:
		signed := key("withdrawn.line.not-signed")
		if len(c.WasSigned) > 0 {
			signed = "withdrawn.line.was-signed"
		}
		return append([]string{l.say("withdrawn.line", p), l.say(signed, p)}, l.lineOthers(c)...)
	case roster.KindRestored:
		if c.Publication.List == roster.ListPending {
			return []string{l.say("restored.line.entry", p)}
		}
		return []string{l.say("restored.line", p)}
	case roster.KindAmended:
		return l.amendedLine(c, p)
	case roster.KindDetail, roster.KindDocument:
		p["changes"] = strings.Join(each(c.Fields, func(f roster.Field) string { return l.detail("line", f, a.State) }), "; ")
		if c.Document != nil {
			p["changes"] = l.documentLine(c)
		}
		return []string{l.say("detail.line", p)}
	case roster.KindMilestone: // is said in a sentence
	case roster.KindPage, roster.KindCorrection:
		return []string{l.titleText(c)}
	}
	return []string{p["model"]}
}

// lineDate spells out a day without its year where that is the publication's.
func (l Language) lineDate(c roster.Change, d roster.Date) string {
	return l.dateIn(d, c.Publication.PublishedAt.In(roster.Washington()).Year())
}

func (l Language) lineSigned(c roster.Change) string {
	return l.signed("signed.line", c.Agreement, l.lineDate(c, c.Agreement.Signed))
}

func (l Language) lineSpells(c roster.Change, all []roster.Spell) string {
	return l.spells(all, func(d roster.Date) string { return l.lineDate(c, d) })
}

func (l Language) lineSince(c roster.Change) string {
	switch {
	case c.ListedSince == "":
		return l.plain("line.since.unknown")
	case c.SinceIsLowerBound:
		return l.butFor(l.say("line.since.at-least", parts{"date": l.lineDate(c, c.ListedSince)}), l.lineSpells(c, c.Gaps))
	}
	return l.butFor(l.say("line.since", parts{"date": l.lineDate(c, c.ListedSince)}), l.lineSpells(c, c.Gaps))
}

func (l Language) newLine(c roster.Change, p parts) []string {
	s := []string{l.say("new.line", p)}
	if c.PendingSince != "" {
		p["time"] = l.butFor(l.linePending(c), l.lineSpells(c, c.Gaps))
		s[0] = l.say("new.line.pending", p)
	}
	if c.AgencyActiveCount > 1 {
		s = append(s, l.count("new.line.one-of", c.AgencyActiveCount, nil))
	}
	return s
}

// linePending says how long a new agreement's agency was pending.
func (l Language) linePending(c roster.Change) string {
	if c.PendingUntil != "" {
		return l.spell(roster.Spell{From: c.PendingSince, Until: c.PendingUntil, FromIsLowerBound: c.SinceIsLowerBound}, func(d roster.Date) string { return l.lineDate(c, d) })
	}
	published := roster.Day(c.Publication.PublishedAt)
	switch {
	case c.SinceIsLowerBound && c.PendingSince == published:
		return l.say("since.at-least", parts{"date": l.lineDate(c, c.PendingSince)})
	case c.SinceIsLowerBound:
		return l.say("days.at-least", parts{"days": l.lasted(c.PendingSince, published)})
	}
	return l.lasted(c.PendingSince, published)
}

func (l Language) pendingLine(c roster.Change, p parts) []string {
	s := []string{p["model"]}
	if len(c.WasPending) > 0 {
		s[0] = l.say("pending.line.again", p)
		s = append(s, l.say("pending.line.was-pending", parts{"spells": l.lineSpells(c, c.WasPending)}))
	}
	if len(c.WasSigned) > 0 {
		s = append(s, l.say("pending.line.was-signed", p))
	}
	if c.ActiveAgreementID != "" {
		s = append(s, l.plain("pending.line.active"))
	}
	return s
}

// lineOthers says what else the agency holds and seeks, so that a change of model
// is not taken for a retreat.
func (l Language) lineOthers(c roster.Change) []string {
	var s []string
	if n := len(c.Holds); n > 0 {
		s = append(s, l.say("line.holds", parts{"active": l.Active(n), "models": strings.Join(each(c.Holds, func(h roster.Instrument) string { return l.Model(h.Model) }), ", ")}))
	}
	if len(c.Seeks) > 0 {
		s = append(s, l.say("line.seeks", parts{"models": l.And(each(c.Seeks, l.Model))}))
	}
	return s
}

// amendedLine says what ICE lists now, and what of it was listed otherwise before.
func (l Language) amendedLine(c roster.Change, p parts) []string {
	s := []string{l.say("amended.line", p)}
	if c.Publication.List == roster.ListPending {
		s[0] = l.say("amended.line.entry", p)
	}
	before := each(c.Fields, func(f roster.Field) string { return l.asBefore(f, c) })
	return append(s, l.say("amended.line.before", parts{"before": l.And(before)}))
}

func (l Language) asBefore(f roster.Field, c roster.Change) string {
	k, p := key("before."+f.Name), l.fieldParts(f)
	switch f.Name {
	case "agency", "model":
	case "state":
		p["from"] = l.InSentence(roster.State(f.From))
	case "signed":
		switch date := l.lineDate(c, roster.Date(f.From)); {
		case f.From == "":
			k = "before.signed.none"
		case date == "":
			k, p["from"] = "before.signed.unreadable", l.Quoted(f.From)
		default:
			p["from"] = date
		}
	default:
		k = "before.field"
	}
	return l.say(k, p)
}

// Counts says how many changes of each kind there are: "2 new, 1 pending".
func (l Language) Counts(changes []roster.Change) string {
	n := kindsOf(changes)
	var all []string
	for _, k := range roster.Kinds() {
		if n[k] > 0 {
			all = append(all, l.count(key(string(k)+".count"), n[k], nil))
		}
	}
	return strings.Join(all, ", ")
}

// kindsOf counts changes by kind.
func kindsOf(changes []roster.Change) map[roster.Kind]int {
	n := map[roster.Kind]int{}
	for _, c := range changes {
		n[c.Kind]++
	}
	return n
}

// MilestoneHeadline is the short form of what changes that are all milestones say.
func (l Language) MilestoneHeadline(changes []roster.Change) string {
	corrections := 0
	if pages := kindsOf(changes)[roster.KindPage]; pages == len(changes) {
		return l.plain("icepage.headline")
	} else if pages > 0 {
		milestones := slices.DeleteFunc(slices.Clone(changes), func(c roster.Change) bool { return c.Kind == roster.KindPage })
		return l.MilestoneHeadline(milestones) + ", " + l.plain("icepage.headline")
	}
	if mends := kindsOf(changes)[roster.KindCorrection]; mends > 0 {
		all := []string{l.count("correction.count-alone", mends, nil)}
		if rest := slices.DeleteFunc(slices.Clone(changes), func(c roster.Change) bool { return c.Kind == roster.KindCorrection }); len(rest) > 0 {
			all = append(all, l.MilestoneHeadline(rest))
		}
		return strings.Join(all, ", ")
	}
	for _, c := range changes {
		if c.Corrects != "" {
			corrections++
		}
	}
	switch told := len(changes) - corrections; {
	case told == 0:
		return l.count("milestones.corrections", corrections, nil)
	case corrections > 0:
		return l.say("milestones.both", parts{"milestones": l.count("milestone.count", told, nil), "corrections": l.count("correction.count", corrections, nil)})
	case told > 1:
		return l.count("milestone.count", told, nil)
	}
	c := changes[0]
	if c.Milestone == nil || !l.has(milestoneKey(c.Milestone.Name)+".headline") {
		return l.plain("milestone.one")
	}
	a := c.Agreement
	return l.count(milestoneKey(c.Milestone.Name)+".headline", c.Milestone.Count, parts{"state": l.InSentence(a.State),
		"agreement": l.agreement(a.Model), "type": l.anAgency(a.Type, a.State), "active": l.Active(c.Milestone.Count)})
}

// Lists names the lists that changes were read from, and when those were
// published: "ICE's lists of July 3, 2025, 4 p.m. ET".
func (l Language) Lists(changes []roster.Change) string {
	var first, last time.Time
	names, lists := map[roster.List]bool{}, map[string]bool{}
	ofLists := slices.DeleteFunc(slices.Clone(changes), func(c roster.Change) bool { return c.Kind == roster.KindPage })
	if len(ofLists) == 0 && len(changes) > 0 {
		return l.Source(changes[len(changes)-1])
	}
	changes = ofLists
	for _, c := range changes {
		at := c.Publication.PublishedAt
		names[c.Publication.List], lists[c.Publication.SHA256] = true, true
		if first.IsZero() || at.Before(first) {
			first = at
		}
		if at.After(last) {
			last = at
		}
	}
	name := ""
	if len(names) == 1 {
		name = string(changes[0].Publication.List)
	}
	what := l.count(key("lists."+name), len(lists), nil)
	if first.IsZero() {
		return what
	}
	return l.say("lists.of", parts{"lists": what, "time": l.Span(first, last)})
}

// ActiveIn says how many active agreements there are, and where: "777 active
// agreements in 40 states".
func (l Language) ActiveIn(f roster.Figures) string {
	known := 0
	for _, n := range f.ByState {
		if n > 0 {
			known++
		}
	}
	p := parts{"active": l.Active(f.Active), "places": l.Places(f.ByState)}
	switch {
	case f.States == 0:
		return p["active"]
	case known != f.States: // the figures by state are not those of the country
		p["places"] = l.count("states-and-territories", f.States, nil)
	}
	return l.say("active.in", p)
}
