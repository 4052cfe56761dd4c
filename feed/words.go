package feed

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/watch287g/watch287g/roster"
)

// The longest that a name, a title and a sentence become, in characters: enough
// for what ICE has ever printed, and a bound on what a broken cell can do.
const (
	nameWidth     = 160
	titleWidth    = 300
	sentenceWidth = 1000
)

// Title says it all: "Texas: Lampasas County Sheriff's Office signs Warrant
// Service Officer agreement". It is one line of plain text.
func Title(c roster.Change) string {
	place := stateName(c.Agreement.State)
	if c.Kind == roster.KindMilestone && c.Before != nil {
		place = stateName(c.Before.State) // where it was told of, which may be what was wrong
	}
	if national(c) {
		place = "United States"
	}
	doubt := ""
	if likely, _, _ := strings.Cut(c.Doubt(), ";"); likely != "" {
		doubt = " (" + likely + ")"
	}
	return shorten(place+": "+headline(c), titleWidth-len(doubt)) + doubt
}

// headline is what happened, without the place.
func headline(c roster.Change) string {
	a := c.Agreement
	switch c.Kind {
	case roster.KindNew:
		return agency(a) + " signs " + instrument(a.Model)
	case roster.KindPending:
		return agency(a) + " seeks " + article(instrument(a.Model))
	case roster.KindRemoved:
		return "ICE no longer lists the " + instrument(a.Model) + " with " + agency(a)
	case roster.KindWithdrawn:
		return "ICE no longer lists the pending " + instrument(a.Model) + " with " + agency(a)
	case roster.KindRestored:
		return "Correction: ICE again lists " + theAgreement(c)
	case roster.KindAmended:
		return "Correction: " + amendment(c)
	case roster.KindMilestone:
		return milestone(c)
	}
	return smallPrint(c)
}

// amendment says what ICE's list says now, and what it said before.
func amendment(c roster.Change) string {
	if len(c.Fields) != 1 {
		names := make([]string, 0, len(c.Fields))
		for _, f := range c.Fields {
			names = append(names, strings.ToLower(fieldName(f.Name)))
		}
		if len(names) == 0 {
			names = []string{"details"}
		}
		return "ICE now gives another " + strings.Join(names, " and another ") + " for " + theAgreement(c)
	}
	f := c.Fields[0]
	from, to := fieldValue(f.Name, f.From), fieldValue(f.Name, f.To)
	switch {
	case f.Name == "agency":
		return fmt.Sprintf("ICE now lists %s as %s", from, to)
	case f.Name == "state":
		return fmt.Sprintf("ICE now lists %s in %s, not in %s", theAgreement(c), midSentence(roster.State(f.To)), midSentence(roster.State(f.From)))
	case f.Name == "model":
		return fmt.Sprintf("ICE now lists an agreement with %s as %s, not as %s", agency(c.Agreement), to, from)
	case f.Name == "signed" && f.To == "":
		return "ICE no longer gives a signing date for " + theAgreement(c)
	case f.Name == "signed" && f.From == "":
		return fmt.Sprintf("ICE now gives %s as the signing date of %s", to, theAgreement(c))
	case f.Name == "signed":
		return fmt.Sprintf("ICE now gives %s, not %s, as the signing date of %s", to, from, theAgreement(c))
	}
	return fmt.Sprintf("ICE now gives the %s of %s as %s, not as %s", strings.ToLower(fieldName(f.Name)), theAgreement(c), to, from)
}

// smallPrint says what changed of details and documents.
func smallPrint(c roster.Change) string {
	s := agency(c.Agreement)
	if model := line(c.Agreement.Model.Name()); model != "" {
		s += ", " + model
	}
	parts := make([]string, 0, len(c.Fields))
	for _, f := range c.Fields {
		parts = append(parts, smallChange(f))
	}
	if len(parts) == 0 {
		parts = []string{line(string(c.Kind)) + " changed"}
	}
	return s + ": " + strings.Join(parts, "; ")
}

func smallChange(f roster.Field) string {
	what, to := strings.ToLower(fieldName(f.Name)), fieldValue(f.Name, f.To)
	switch f.Name {
	case "moa_url", "addendum_url":
		switch {
		case f.From == "":
			return what + " now linked"
		case f.To == "":
			return what + " no longer linked"
		}
		return "another file now linked as the " + what
	case "rows":
		if f.To == "1" {
			return "no longer listed twice"
		}
		return "now in " + to + " rows of ICE's list, which count as one agreement"
	case "signed_as":
		return "signing date now printed as " + strconv.Quote(to)
	}
	if f.To == "" {
		return what + " no longer given"
	}
	return what + " now given as " + to
}

// The names of milestones, as a Mark has them.
const (
	firstInState = "first-in-state"
	firstInModel = "first-in-model"
	firstOfType  = "first-of-type"
	hundred      = "hundred"
	lastInState  = "last-in-state"
	recordDay    = "record-day"
)

// national says whether a change is a milestone of the whole list. The
// agreement that it carries is only the one that was counted last.
func national(c roster.Change) bool {
	return c.Kind == roster.KindMilestone && c.Milestone != nil && (c.Milestone.Name == hundred || c.Milestone.Name == recordDay)
}

// milestone says what was reached. "On record" is since the first list that was
// seen: what ICE listed before, nobody here knows.
func milestone(c roster.Change) string {
	a, m := c.Agreement, c.Milestone
	if m == nil {
		m = &roster.Milestone{}
	}
	if c.Corrects != "" && c.Before != nil {
		return "Correction: " + disproved(*c.Before, m.Name)
	}
	switch m.Name {
	case firstInState:
		return first(m, "agreement", "on record "+there(a.State), "with ", agency(a))
	case firstInModel:
		return first(m, instrument(a.Model), "on record "+there(a.State), "with ", agency(a))
	case firstOfType:
		if m.Among > 0 {
			return first(m, "agreement", "on record "+there(a.State)+" with "+a.Type.Phrases(a.State), "", agency(a))
		}
		return first(m, "agreement", "on record "+there(a.State)+" with "+a.Type.Phrase(a.State), "", agency(a))
	case lastInState:
		return "ICE no longer lists any active agreement " + there(a.State)
	case hundred:
		return "ICE's list reaches " + roster.Thousands(m.Count) + " active agreements for the first time on record"
	case recordDay:
		return "ICE lists " + roster.Thousands(m.Count) + " new agreements on " + longOr(string(m.Day)) + ", more than on any other day on record"
	}
	// A milestone that this version has no words for brings its own.
	if s := strings.TrimPrefix(line(c.Text), stateName(a.State)+": "); s != "" {
		return s
	}
	return "a milestone"
}

// first says what came first, and with whom: alone or among several, and by
// leaving out what ICE has corrected or not.
func first(m *roster.Milestone, what, where, with, who string) string {
	if m.Among > 0 {
		what, with = what+"s", "among them "
	}
	s := "ICE lists the first " + what + " " + where + ", " + with + who
	if m.LeavingOut != "" {
		s += ", leaving out one that it has since corrected"
	}
	return s
}

// disproved says that a milestone was none.
func disproved(then roster.Agreement, name string) string {
	switch name {
	case firstInState:
		return "the agreement with " + agency(then) + " was not the first on record " + there(then.State)
	case firstInModel:
		return "the " + instrument(then.Model) + " with " + agency(then) + " was not the first on record " + there(then.State)
	case firstOfType:
		return "the agreement with " + agency(then) + " was not the first on record " + there(then.State) + " with " + then.Type.Phrase(then.State)
	case lastInState:
		return "an active agreement was left " + there(then.State)
	case hundred:
		return "ICE's list had reached so many active agreements before"
	}
	return "an earlier milestone was none"
}

func there(s roster.State) string { return "in " + s.Phrase() }

// midSentence is a state's name behind a preposition.
func midSentence(s roster.State) string {
	switch s {
	case "DC", "MP", "VI":
		return "the " + s.Name()
	}
	return stateName(s)
}

// theAgreement names the agreement, or the pending one, with its agency.
func theAgreement(c roster.Change) string {
	s := "the "
	if c.Publication.List == roster.ListPending {
		s += "pending "
	}
	return s + instrument(c.Agreement.Model) + " with " + agency(c.Agreement)
}

// instrument is "Task Force Model agreement".
func instrument(m roster.Model) string { return strings.TrimSpace(line(m.Name()) + " agreement") }

// article sets "a" before a phrase, or "an" where it opens with a vowel.
func article(s string) string {
	if strings.ContainsAny(s[:1], "aeiouAEIOU") {
		return "an " + s
	}
	return "a " + s
}

func agency(a roster.Agreement) string {
	if s := line(a.Agency); s != "" {
		return s
	}
	return "an agency without a name"
}

func stateName(s roster.State) string {
	if s := line(s.Name()); s != "" {
		return s
	}
	return "No state given"
}

// fieldName is what a reader calls a field of the list.
func fieldName(field string) string {
	switch field {
	case "agency":
		return "Agency name"
	case "state":
		return "State"
	case "model":
		return "Model"
	case "signed":
		return "Signing date"
	case "signed_as":
		return "Signing date as printed"
	case "county":
		return "County"
	case "type":
		return "Kind of agency"
	case "rows":
		return "Rows of the list"
	case "moa_url":
		return "Memorandum of agreement"
	case "addendum_url":
		return "Addendum"
	}
	return line(field)
}

// fieldValue is a field's content in words.
func fieldValue(field, s string) string {
	switch {
	case s == "":
		return "none"
	case field == "state":
		return stateName(roster.State(s))
	case field == "model":
		return line(roster.Model(s).Name())
	case field == "signed":
		return longOr(s)
	}
	return line(s)
}

// longOr spells a date out, and quotes what is none.
func longOr(s string) string {
	if long := roster.Date(s).Long(); long != "" {
		return long
	}
	return strconv.Quote(line(s))
}

// inWashington is "July 3, 2025, 4 p.m. ET".
func inWashington(t time.Time) string {
	t = t.In(roster.Washington())
	half := "a.m."
	if t.Hour() >= 12 {
		half = "p.m."
	}
	clock := t.Format("3:04 ") + half
	switch {
	case t.Minute() != 0:
	case t.Hour() == 0:
		clock = "midnight"
	case t.Hour() == 12:
		clock = "noon"
	default:
		clock = t.Format("3 ") + half
	}
	return roster.Day(t).Long() + ", " + clock + " ET"
}

// line makes sure that what ICE printed stays on its line and within bounds.
func line(s string) string { return shorten(clean(s), nameWidth) }

// paragraph is line for a sentence or two.
func paragraph(s string) string { return shorten(clean(s), sentenceWidth) }

// clean takes out what roster.Clean takes out, among it control characters and
// those that turn the direction of the text, and the two that Unicode keeps for
// no character and XML refuses.
func clean(s string) string {
	if tidy(s) {
		return s
	}
	s = roster.Clean(s)
	for _, none := range []string{"\uFFFE", "\uFFFF"} {
		s = strings.ReplaceAll(s, none, "")
	}
	return s
}

// tidy says whether a text is printable ASCII with single blanks between its
// words, as nearly all is, so that there is nothing to mend.
func tidy(s string) bool {
	last := byte(' ')
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == '`' || s[i] == ' ' && last == ' ' {
			return false
		}
		last = s[i]
	}
	return last != ' '
}

// shorten cuts a text to so many characters.
func shorten(s string, width int) string {
	if len(s) <= width || utf8.RuneCountInString(s) <= width {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:width-1])) + "…"
}
