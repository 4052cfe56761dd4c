package roster

import (
	"strconv"
	"strings"
)

// The words that sentences, messages, feeds and pages share, so that all say the
// same.

// Thousands writes a count as American papers do: 12,345.
func Thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Plural writes a count with its word: "1 agreement", "1,172 agreements".
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Thousands(n) + " " + many
}

// And joins phrases as a sentence does: "one", "one and two", "one, two and
// three".
func And(parts []string) string {
	n := len(parts)
	if n < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:n-1], ", ") + " and " + parts[n-1]
}

// Doubt says in plain words what of a change is only likely, for lines and titles
// that have no room for its sentence; "" where it is certain.
func (c Change) Doubt() string {
	if c.Certainty != Likely {
		return ""
	}
	what := "the same agreement"
	switch {
	case c.Kind == KindMilestone:
		what = "a milestone"
	case c.Near != "" && c.Before == nil:
		what = "not " + c.Near + " under another name"
	case c.Kind == KindNew && c.PendingSince != "":
		what = "the agency that was pending"
	case c.Kind == KindNew || c.Kind == KindPending:
		what = "new, not another name for what was listed"
	case c.Kind == KindRemoved || c.Kind == KindWithdrawn:
		what = "gone, not listed under another name"
	case c.Publication.List == ListPending:
		what = "the same pending entry"
	}
	return "likely " + what + "; ICE gives no id"
}

// InSentence is a state's name with the article that it takes in the midst of a
// sentence, if any: "the District of Columbia".
func (s State) InSentence() string {
	switch s {
	case "DC", "MP", "VI":
		return "the " + s.Name()
	}
	return s.Name()
}

// Phrase is what a state is called in a sentence that names it elsewhere: "the
// state", "the District" or "the territory".
func (s State) Phrase() string {
	switch {
	case s == "DC":
		return "the District"
	case s.Territory():
		return "the territory"
	}
	return "the state"
}

// Phrase says what an agency of that kind is in a sentence that names its state:
// "a county agency", "an agency of the state government".
func (t Type) Phrase(s State) string {
	switch t {
	case TypeCounty:
		return "a county agency"
	case TypeMunicipality:
		return "a municipal agency"
	}
	return "an agency of " + s.Phrase() + " government"
}

// Phrases is Phrase for several agencies: "county agencies".
func (t Type) Phrases(s State) string {
	switch t {
	case TypeCounty:
		return "county agencies"
	case TypeMunicipality:
		return "municipal agencies"
	}
	return "agencies of " + s.Phrase() + " government"
}

// Symbol is what stands before a change in a list: + new, ? pending, − gone, ~ a
// correction, ★ a milestone, · a detail.
func (k Kind) Symbol() string {
	switch k {
	case KindNew:
		return "+"
	case KindPending:
		return "?"
	case KindRemoved, KindWithdrawn:
		return "−"
	case KindRestored, KindAmended:
		return "~"
	case KindMilestone:
		return "★"
	}
	return "·"
}
