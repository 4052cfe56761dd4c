package diff

import (
	"fmt"
	"strings"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// The sentences about the pending list, and about what agencies hold and seek
// beside what a change is about.

func (u *update) pendingSentence(c *roster.Change) string {
	again := ""
	if len(c.WasPending) > 0 {
		again = " again"
	}
	s := fmt.Sprintf("%s is now%s on ICE's list of agencies with a pending agreement, for %s.", where(c.Agreement), again, modelPhrase(c.Agreement))
	if len(c.WasPending) > 0 {
		s += " It had been on that list " + spells(c.WasPending) + "."
	}
	if len(c.WasSigned) > 0 {
		s += " ICE had listed it as signed for that model " + spells(c.WasSigned) + "."
	}
	if c.ActiveAgreementID != "" {
		s += fmt.Sprintf(" ICE's list of participating agencies also has its agreement in that model, %s.", signed(u.known.Records[c.ActiveAgreementID].Now()))
	}
	return s
}

// pendingFor gives the first day on the pending list and the days between, or
// the day on which it had left. An entry of the first list ever seen may have
// stood there longer.
func (u *update) pendingFor(c *roster.Change) string {
	if c.PendingUntil != "" {
		return spell(roster.Spell{From: c.PendingSince, Until: c.PendingUntil, FromIsLowerBound: c.SinceIsLowerBound})
	}
	if c.SinceIsLowerBound {
		return "since at least " + c.PendingSince.Long()
	}
	r := u.known.Records[c.Agreement.ID]
	return fmt.Sprintf("since %s (%s)", c.PendingSince.Long(), days(r.PendingSince, r.FirstListed()))
}

// withdrawnSentence says that an entry is gone, and what it was not: signed. Had
// ICE listed it as signed before, it says when.
func (u *update) withdrawnSentence(c *roster.Change) string {
	r := u.known.Records[c.Agreement.ID]
	s := fmt.Sprintf("%s is no longer on ICE's list of agencies with a pending agreement, where it stood for %s. It left the list on %s",
		where(c.Agreement), modelPhrase(c.Agreement), roster.Day(r.Last().From).Long())
	if len(c.WasSigned) == 0 {
		s += ", and ICE has not listed it as signed for that model."
	} else {
		s += fmt.Sprintf(". ICE had listed it as signed for that model %s, and has not since.", spells(c.WasSigned))
	}
	return s + " " + stood("It had been pending", r) + others(c) + " The list gives no reason."
}

// restoredSentence says what is listed again, and what of it ICE gives otherwise
// than before it left.
func (u *update) restoredSentence(c *roster.Change) string {
	said := "It had been reported as no longer listed."
	s := fmt.Sprintf("Correction: ICE again lists the %s agreement with %s, %s.", c.Agreement.Model.Name(), where(c.Agreement), signed(c.Agreement))
	if c.Publication.List == roster.ListPending {
		said = "It had been reported as withdrawn."
		s = fmt.Sprintf("Correction: %s is again on ICE's list of agencies with a pending agreement, for %s.", where(c.Agreement), modelPhrase(c.Agreement))
	}
	if at := u.reported[c].at; !at.IsZero() {
		said = "On " + roster.Day(at).Long() + ", it" + strings.TrimPrefix(said, "It")
	}
	s += " " + said
	if len(c.Fields) > 0 {
		s += fmt.Sprintf(" For %s, ICE %s.", where(*c.Before), amendedParts(c.Fields))
	}
	return s
}

// signedAfterAll takes back that an entry was withdrawn. When an older program
// reported that was not kept.
func signedAfterAll(t reportedEnd) string {
	on := ""
	if !t.at.IsZero() {
		on = " on " + roster.Day(t.at).Long()
	}
	if t.likely {
		return fmt.Sprintf("Correction: the pending entry of %s, which had been reported as withdrawn%s, was likely for this agreement, which ICE lists as signed.", where(t.agreement), on)
	}
	return fmt.Sprintf("Correction: the pending entry of %s had been reported as withdrawn%s; ICE lists it as signed.", where(t.agreement), on)
}

// others says what an agency holds and seeks beside what ended.
func others(c *roster.Change) string {
	s := ""
	switch n := len(c.Holds); {
	case n == 1:
		s = fmt.Sprintf(" The agency holds an active %s agreement%s.", c.Holds[0].Model.Name(), signedOn(c.Holds[0]))
	case n > 1:
		parts := make([]string, n)
		for i, h := range c.Holds {
			parts[i] = h.Model.Name() + signedOn(h)
		}
		s = fmt.Sprintf(" The agency holds %d active agreements: %s.", n, strings.Join(parts, "; "))
	}
	if len(c.Seeks) > 0 {
		models := make([]string, len(c.Seeks))
		for i, m := range c.Seeks {
			models[i] = modelPhrase(roster.Agreement{Model: m})
		}
		s += " It is now pending for " + roster.And(models) + "."
		if len(c.Holds) == 0 {
			s = strings.Replace(s, " It is", " The agency is", 1)
		}
	}
	return s
}

func signedOn(h roster.Instrument) string {
	if h.Signed == "" {
		return ""
	}
	return ", signed " + h.Signed.Long()
}

// spells says from when to when, for each of several stays on a list.
func spells(all []roster.Spell) string {
	parts := make([]string, len(all))
	for i, s := range all {
		parts[i] = spell(s)
	}
	return roster.And(parts)
}

func spell(s roster.Spell) string {
	from := s.From.Long()
	if s.From.Time().Year() == s.Until.Time().Year() {
		from = s.From.Time().Format("January 2")
	}
	switch {
	case s.FromIsLowerBound && s.From == s.Until:
		return "until " + s.Until.Long()
	case s.FromIsLowerBound:
		return "from at least " + from + " to " + s.Until.Long()
	case s.From == s.Until:
		return "on " + s.Until.Long()
	}
	return "from " + from + " to " + s.Until.Long()
}

// days counts calendar days in Washington.
func days(from, to time.Time) string {
	n := int(roster.Day(to).Time().Sub(roster.Day(from).Time()).Hours() / 24)
	if n == 0 {
		return "less than a day"
	}
	return roster.Plural(n, "day", "days")
}
