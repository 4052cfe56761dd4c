package notify

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// particulars say what happened to one agreement, behind the agency's name.
func particulars(c roster.Change) string {
	a, at := c.Agreement, c.Publication.PublishedAt
	model := a.Model.Name()
	var s string
	switch c.Kind {
	case roster.KindNew:
		s = model + ", " + signed(a, at) + pendingFor(c) + amongOthers(c)
	case roster.KindPending:
		s = model + again(c) + alreadySigned(c)
	case roster.KindRemoved:
		s = model + ", " + signed(a, at) + ", listed since " + atLeast(c) + since(c) + others(c)
	case roster.KindWithdrawn:
		s = model + ", left the pending list, where it stood since " + atLeast(c) + since(c) + notSigned(c) + others(c)
	case roster.KindRestored:
		s = model + listedAgain(c)
	case roster.KindAmended:
		s = amendment(c)
	default:
		s = model + ", " + smallPrint(c)
	}
	if c.Certainty == roster.Likely {
		s += likely(c)
	}
	if c.Corrects != "" && c.Kind != roster.KindRestored {
		s += "; the pending entry was reported as no longer pending"
	}
	return s
}

func likely(c roster.Change) string { return "; " + c.Doubt() }

// signed says when ICE says that it was signed, or that it does not say.
func signed(a roster.Agreement, published time.Time) string {
	printed := strconv.Quote(oneLine(a.SignedAs))
	switch {
	case a.DateKept():
		return "signed " + day(a.Signed, published) + " by earlier lists (now printed as " + printed + ")"
	case a.Signed != "" && a.SignedAs != "":
		return "signed " + day(a.Signed, published) + " (printed as " + printed + ")"
	case a.Signed != "":
		return "signed " + day(a.Signed, published)
	case a.SignedAs != "":
		return "signing date printed as " + printed
	}
	return "no signing date given"
}

func pendingFor(c roster.Change) string {
	if c.PendingSince == "" {
		return ""
	}
	if c.PendingUntil != "" {
		return ", pending " + spell(roster.Spell{From: c.PendingSince, Until: c.PendingUntil, FromIsLowerBound: c.SinceIsLowerBound}, c)
	}
	days := int(roster.Day(c.Publication.PublishedAt).Time().Sub(c.PendingSince.Time()).Hours() / 24)
	return ", pending " + atLeast(c) + roster.Thousands(days) + " " + word(days, "day")
}

// atLeast is the reserve where the first list ever seen had the entry already.
func atLeast(c roster.Change) string {
	if c.SinceIsLowerBound {
		return "at least "
	}
	return ""
}

func amongOthers(c roster.Change) string {
	if c.AgencyActiveCount < 2 {
		return ""
	}
	return "; one of the agency's " + roster.Thousands(c.AgencyActiveCount) + " active agreements"
}

// again says that an entry is another application, or that its agreement is gone.
func again(c roster.Change) string {
	s := ""
	if len(c.WasPending) > 0 {
		s = ", pending again; before, it was pending " + spells(c.WasPending, c)
	}
	if len(c.WasSigned) > 0 {
		s += "; ICE had listed it as signed " + spells(c.WasSigned, c)
	}
	return s
}

func notSigned(c roster.Change) string {
	if len(c.WasSigned) > 0 {
		return "; ICE had listed it as signed " + spells(c.WasSigned, c) + ", and not since"
	}
	return "; ICE has not listed it as signed"
}

// others says what else the agency holds and seeks, so that a change of model is
// not taken for a retreat.
func others(c roster.Change) string {
	models := make([]string, 0, len(c.Holds)+len(c.Seeks))
	for _, h := range c.Holds {
		models = append(models, h.Model.Name())
	}
	s := ""
	if len(models) > 0 {
		s = "; the agency holds " + roster.Plural(len(models), "active agreement", "active agreements") + " (" + strings.Join(models, ", ") + ")"
	}
	if models = models[:0]; len(c.Seeks) > 0 {
		for _, m := range c.Seeks {
			models = append(models, m.Name())
		}
		s += "; the agency is now pending for " + roster.And(models)
	}
	return s
}

func spells(all []roster.Spell, c roster.Change) string {
	parts := make([]string, len(all))
	for i, s := range all {
		parts[i] = spell(s, c)
	}
	return roster.And(parts)
}

// spell is one stay on a list, "from April 3 to April 28".
func spell(s roster.Spell, c roster.Change) string {
	from, until := day(s.From, c.Publication.PublishedAt), day(s.Until, c.Publication.PublishedAt)
	switch {
	case s.From == s.Until && s.FromIsLowerBound:
		return "until " + until
	case s.From == s.Until:
		return "on " + until
	case s.FromIsLowerBound:
		return "from at least " + from + " to " + until
	}
	return "from " + from + " to " + until
}

func alreadySigned(c roster.Change) string {
	if c.ActiveAgreementID == "" {
		return ""
	}
	return "; ICE's participating list already has its agreement in this model"
}

func since(c roster.Change) string {
	if c.ListedSince == "" {
		return "a day that is not known"
	}
	return day(c.ListedSince, c.Publication.PublishedAt)
}

func listedAgain(c roster.Change) string {
	if c.Publication.List == roster.ListPending {
		return ", on ICE's pending list again; it was reported as no longer pending"
	}
	return ", " + signed(c.Agreement, c.Publication.PublishedAt) + ", listed again; it was reported as no longer listed"
}

// amendment says what ICE lists now, and what of it was listed otherwise before.
func amendment(c roster.Change) string {
	a, at := c.Agreement, c.Publication.PublishedAt
	s := a.Model.Name() + ", " + signed(a, at)
	if c.Publication.List == roster.ListPending {
		s = a.Model.Name() + ", pending"
	}
	before := make([]string, 0, len(c.Fields))
	for _, f := range c.Fields {
		before = append(before, asBefore(f, at))
	}
	return s + "; before, ICE listed it " + strings.Join(before, " and ")
}

func asBefore(f roster.Field, published time.Time) string {
	switch f.Name {
	case "agency":
		return "as " + oneLine(f.From)
	case "state":
		return "in " + stateName(roster.State(f.From))
	case "model":
		return "under the model " + roster.Model(f.From).Name()
	case "signed":
		if f.From == "" {
			return "without a signing date"
		}
		if roster.Date(f.From).Time().IsZero() {
			return "with the signing date printed as " + strconv.Quote(oneLine(f.From))
		}
		return "as signed " + day(roster.Date(f.From), published)
	}
	return "with the " + f.Name + " " + oneLine(f.From)
}

// smallPrint says what changed of details and documents.
func smallPrint(c roster.Change) string {
	parts := make([]string, 0, len(c.Fields))
	for _, f := range c.Fields {
		parts = append(parts, smallChange(f))
	}
	return strings.Join(parts, "; ")
}

func smallChange(f roster.Field) string {
	from, to := oneLine(f.From), oneLine(f.To)
	switch f.Name {
	case "moa_url":
		return linked("memorandum of agreement", from, to)
	case "addendum_url":
		return linked("addendum", from, to)
	case "rows":
		if to == "1" {
			return "no longer listed twice"
		}
		return "now in " + to + " rows of the list, counted as one agreement"
	case "signed_as":
		return "signing date now printed as " + strconv.Quote(to)
	}
	switch {
	case to == "":
		return fmt.Sprintf("%s no longer given, before %s", f.Name, from)
	case from == "":
		return fmt.Sprintf("%s now given as %s", f.Name, to)
	}
	return fmt.Sprintf("%s now given as %s, before %s", f.Name, to, from)
}

func linked(what, from, to string) string {
	switch {
	case from == "":
		return what + " now linked"
	case to == "":
		return what + " no longer linked"
	}
	return "another file now linked as the " + what
}

// milestoneHeadline is the short form of what a message of milestones alone
// says; the notes say it in full.
func milestoneHeadline(changes []roster.Change) string {
	corrections := 0
	for _, c := range changes {
		if c.Corrects != "" {
			corrections++
		}
	}
	switch n := len(changes); {
	case corrections == n && n == 1:
		return "correction of a milestone"
	case corrections == n:
		return fmt.Sprintf("%d corrections of milestones", n)
	case corrections > 0:
		return fmt.Sprintf("%d %s, %d %s of earlier ones", n-corrections, word(n-corrections, "milestone"), corrections, word(corrections, "correction"))
	case n > 1:
		return fmt.Sprintf("%d milestones", n)
	}
	c := changes[0]
	if c.Milestone == nil {
		return "a milestone"
	}
	state := stateName(c.Agreement.State)
	switch m := c.Milestone; m.Name {
	case "first-in-state":
		return "first agreement listed in " + state
	case "first-in-model":
		return "first " + c.Agreement.Model.Name() + " agreement listed in " + state
	case "first-of-type":
		return "first agreement with " + typePhrase(c.Agreement.Type) + " listed in " + state
	case "last-in-state":
		return "no active agreement listed in " + state + " anymore"
	case "hundred":
		return "ICE's list passes " + roster.Thousands(m.Count) + " active agreements"
	case "record-day":
		return roster.Thousands(m.Count) + " new agreements in a day, more than before"
	}
	return "a milestone"
}

func typePhrase(t roster.Type) string {
	switch t {
	case roster.TypeCounty:
		return "a county agency"
	case roster.TypeMunicipality:
		return "a municipal agency"
	}
	return "an agency of the state government"
}
