package diff

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// sentence is what a reader can paste into a story: who, where, which model,
// signed when, pending for how long, and how many there are now. It says what
// ICE's list says, and no more.
func (u *update) sentence(c *roster.Change, after figures) string {
	if c.Kind == roster.KindMilestone {
		return u.milestoneSentence(c, after)
	}
	var s string
	switch c.Kind {
	case roster.KindNew:
		s = u.newSentence(c)
	case roster.KindPending:
		s = u.pendingSentence(c)
	case roster.KindRemoved:
		s = u.removedSentence(c)
	case roster.KindWithdrawn:
		s = u.withdrawnSentence(c)
	case roster.KindRestored:
		s = u.restoredSentence(c)
	case roster.KindAmended:
		s = amendedSentence(c)
	default:
		s = noticeSentence(c)
	}
	if c.Certainty == roster.Likely {
		s += " " + likelySentence(c)
	}
	if c.Corrects != "" && c.Kind != roster.KindRestored {
		s += " " + signedAfterAll(u.reported[c])
	}
	if carriesCount(c) {
		s += " " + stateCount(c.Agreement.State, after)
	}
	return c.Agreement.State.Name() + ": " + s
}

// likelySentence says what is only likely.
func likelySentence(c *roster.Change) string {
	switch {
	case c.Near != "" && c.Before == nil:
		return fmt.Sprintf("In the same list, %s came, went or changed, and could be the same agency under another name; that these are two is likely, not certain.", c.Near)
	case c.Kind == roster.KindNew:
		return "That the pending entry was this agency's is likely, not certain."
	case c.Publication.List == roster.ListPending:
		return "That both rows are the same pending entry is likely, not certain."
	}
	return "That both rows are the same agreement is likely, not certain."
}

// carriesCount says whether a change moves, or may move, its state's count.
func carriesCount(c *roster.Change) bool {
	switch c.Kind {
	case roster.KindNew, roster.KindRemoved:
		return true
	case roster.KindRestored:
		return c.Publication.List == roster.ListParticipating
	case roster.KindAmended:
		return c.Before.State != c.Agreement.State && c.Publication.List == roster.ListParticipating
	}
	return false
}

func stateCount(s roster.State, after figures) string {
	return fmt.Sprintf("ICE now lists %s in %s.", roster.Plural(after.byState[s], "active agreement", "active agreements"), s.InSentence())
}

// where names the agency with its county, unless its name says it.
func where(a roster.Agreement) string {
	county := roster.Fold(a.County)
	for _, word := range []string{" county", " parish", " borough"} {
		county = strings.TrimSuffix(county, word)
	}
	// Whole words: "Fleetwood" does not say "Lee".
	if county == "" || strings.Contains(" "+roster.Fold(a.Agency)+" ", " "+county+" ") {
		return a.Agency
	}
	return a.Agency + " (" + a.County + ")"
}

// signed says when, or that the list does not.
func signed(a roster.Agreement) string {
	switch {
	case a.DateKept():
		return fmt.Sprintf("signed %s, according to ICE's earlier lists; the list now prints the date as %q", a.Signed.Long(), a.SignedAs)
	case a.Signed != "" && a.SignedAs != "":
		return fmt.Sprintf("signed %s, according to ICE, which prints the date as %q", a.Signed.Long(), a.SignedAs)
	case a.Signed != "":
		return "signed " + a.Signed.Long() + ", according to ICE"
	case a.SignedAs != "":
		return fmt.Sprintf("with the signing date printed as %q", a.SignedAs)
	}
	return "with no signing date given"
}

// article is "a" or "an" by the model's name; all three take "a" today.
func article(a roster.Agreement) string { return "a " + a.Model.Name() + " agreement" }

func (u *update) newSentence(c *roster.Change) string {
	s := fmt.Sprintf("ICE now lists %s with %s, %s.", article(c.Agreement), where(c.Agreement), signed(c.Agreement))
	if c.PendingSince != "" {
		s += " The agency had been on ICE's pending list " + u.pendingFor(c) + "."
	}
	if c.AgencyActiveCount > 0 {
		s += fmt.Sprintf(" It is one of the agency's %d active agreements.", c.AgencyActiveCount)
	}
	return s
}

// modelPhrase names the model as something that an agency takes part in.
func modelPhrase(a roster.Agreement) string {
	if a.Model == roster.WSO {
		return "the Warrant Service Officer model"
	}
	return "the " + a.Model.Name()
}

func (u *update) removedSentence(c *roster.Change) string {
	r := u.known.Records[c.Agreement.ID]
	s := fmt.Sprintf("ICE no longer lists the %s agreement with %s, %s.", c.Agreement.Model.Name(), where(c.Agreement), signed(c.Agreement))
	return s + " " + stood("It had stood on the list", r) + others(c) + " The list gives no reason."
}

// stood says since when and for how long a record was listed.
func stood(how string, r *roster.Record) string {
	since, until := r.ListedSince(), r.Last().From
	if onFirstList(r) {
		return fmt.Sprintf("%s since at least %s.", how, roster.Day(since).Long())
	}
	return fmt.Sprintf("%s since %s (%s).", how, roster.Day(since).Long(), days(since, until))
}

func amendedSentence(c *roster.Change) string {
	a := c.Agreement
	onlyDate := !slices.ContainsFunc(c.Fields, func(f roster.Field) bool { return f.Name != "signed" })
	switch {
	case c.Publication.List == roster.ListPending:
		return fmt.Sprintf("For %s, ICE %s. Its entry on the pending list is for %s.", where(*c.Before), amendedParts(c.Fields), modelPhrase(a))
	case onlyDate:
		s := fmt.Sprintf("For the %s agreement with %s, ICE %s.", a.Model.Name(), where(*c.Before), amendedParts(c.Fields))
		if a.SignedAs != "" {
			s += fmt.Sprintf(" The list prints the date as %q.", a.SignedAs)
		}
		return s
	case a.Signed == "":
		return fmt.Sprintf("For %s, ICE %s. It is listed with %s, %s.", where(*c.Before), amendedParts(c.Fields), article(a), signed(a))
	}
	return fmt.Sprintf("For %s, ICE %s. Its %s agreement was %s.", where(*c.Before), amendedParts(c.Fields), a.Model.Name(), signed(a))
}

func amendedParts(fields []roster.Field) string {
	parts := make([]string, 0, len(fields))
	for _, f := range fields {
		parts = append(parts, amendedPart(f))
	}
	return strings.Join(parts, "; ICE ")
}

func amendedPart(f roster.Field) string {
	switch f.Name {
	case "agency":
		return "now gives the name " + f.To
	case "state":
		return fmt.Sprintf("now gives the state as %s instead of %s", roster.State(f.To).Name(), roster.State(f.From).Name())
	case "model":
		return fmt.Sprintf("now gives the model as %s instead of %s", roster.Model(f.To).Name(), roster.Model(f.From).Name())
	}
	switch {
	case f.To == "":
		return "no longer gives a signing date; before, it gave " + longOr(f.From)
	case f.From != "" && !readable(f.From, f.To):
		return fmt.Sprintf("now gives a signing date, %s; before, it printed %q", longOr(f.To), f.From)
	case f.From == "":
		return fmt.Sprintf("now gives a signing date, %s; before, it gave none", longOr(f.To))
	}
	return fmt.Sprintf("now gives the signing date as %s, instead of %s", longOr(f.To), longOr(f.From))
}

// readable says whether a date before an amendment could be read, of a misprint too.
func readable(before, after string) bool {
	_, _, ok := roster.ParseDate(before, roster.Date(fmt.Sprintf("%d-12-31", roster.Date(after).Time().Year()+1)))
	return ok
}

// longOr spells a date out, and quotes what is none.
func longOr(s string) string {
	if long := roster.Date(s).Long(); long != "" {
		return long
	}
	return strconv.Quote(s)
}

// noticeSentence says what changed of details and documents.
func noticeSentence(c *roster.Change) string {
	who, what := where(c.Agreement), c.Agreement.Model.Name()
	parts := make([]string, 0, len(c.Fields))
	for _, f := range c.Fields {
		parts = append(parts, noticePart(f, c.Agreement.State))
		if f.Name == "county" {
			who = c.Agreement.Agency // the county is said once
		}
	}
	if c.Publication.List == roster.ListPending {
		what = "pending for " + modelPhrase(c.Agreement)
	}
	return fmt.Sprintf("%s, %s: %s.", who, what, strings.Join(parts, "; "))
}

func noticePart(f roster.Field, state roster.State) string {
	switch f.Name {
	case "moa_url":
		return documentPart(f, "memorandum of agreement")
	case "addendum_url":
		return documentPart(f, "addendum")
	case "rows":
		return rowsPart(f)
	case "type":
		s := "ICE now lists it as " + roster.Type(f.To).Phrase(state)
		if f.From != "" {
			s += " instead of " + roster.Type(f.From).Phrase(state)
		}
		return s
	case "signed_as":
		return fmt.Sprintf("ICE's list now prints the signing date as %q", f.To)
	}
	s := fmt.Sprintf("ICE now gives the %s as %s", f.Name, f.To)
	if f.From != "" {
		s += " instead of " + f.From
	}
	return s
}

func documentPart(f roster.Field, name string) string {
	switch {
	case f.From == "":
		return "ICE now links the " + name
	case f.To == "":
		return "ICE no longer links the " + name
	}
	return "ICE now links another file as the " + name
}

func rowsPart(f roster.Field) string {
	switch {
	case f.To != "1":
		return fmt.Sprintf("ICE's list has it in %s rows, which count once", f.To)
	case f.From == "2":
		return "ICE's list no longer has it twice"
	}
	return fmt.Sprintf("ICE's list no longer has it in %s rows", f.From)
}
