package prose

import (
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// State is a state's name, as it stands in a heading or a table.
func (l Language) State(s roster.State) string {
	if s == "" {
		return l.plain("state.none")
	}
	if k := key("state." + string(s)); l.has(k) {
		return l.plain(k)
	}
	return Printed(s.Name())
}

// Nation is the country's name, as State is a state's.
func (l Language) Nation() string { return l.plain("nation") }

// InSentence is a state's name with the article that it takes in the middle of a
// sentence: "the District of Columbia".
func (l Language) InSentence(s roster.State) string {
	if k := key("state.in-sentence." + string(s)); l.has(k) {
		return l.plain(k)
	}
	return l.State(s)
}

// ThePlace is what a state is called in a sentence that names it elsewhere: "the
// state", "the District" or "the territory".
func (l Language) ThePlace(s roster.State) string {
	switch {
	case s == "DC":
		return l.plain("place.district")
	case s.Territory():
		return l.plain("place.territory")
	}
	return l.plain("place.state")
}

// Model spells a model out, as in "Task Force Model". One that is none of ICE's three is
// called what ICE prints.
func (l Language) Model(m roster.Model) string {
	if m.Known() || m == roster.OtherModel {
		return l.plain("model." + key(m))
	}
	return Printed(m.Name())
}

// ModelCell is Model where the word "model" stands before it or above it, as in a table.
func (l Language) ModelCell(m roster.Model) string {
	if m.Known() {
		return l.plain("model.cell." + key(m))
	}
	return l.Model(m)
}

// theModel names a model as something that an agency takes part in.
func (l Language) theModel(m roster.Model) string {
	if m.Known() {
		return l.plain("model.the." + key(m))
	}
	return l.say("model.the", parts{"model": l.Model(m)})
}

// agreement names an agreement by its model: "Task Force Model agreement".
func (l Language) agreement(m roster.Model) string { return l.agreements(m, 1) }

// agreements is agreement for so many.
func (l Language) agreements(m roster.Model, n int) string {
	if m == "" {
		return l.count("agreement.any", n, nil)
	}
	k := key("agreement")
	if !m.Known() {
		k = "agreement.other"
	}
	return l.count(k, n, parts{"model": l.Model(m)})
}

// anAgreement is agreement with the article: "a Task Force Model agreement".
func (l Language) anAgreement(m roster.Model) string { return l.a("agreement.a", l.agreement(m)) }

// anAgency is TypeIn with the article: "a county agency".
func (l Language) anAgency(t roster.Type, s roster.State) string {
	return l.a("type.a", l.TypeIn(t, s))
}

// a sets the article before a phrase, by a message of its kind: the article has the gender
// of a phrase, and its first letter's sound.
func (l Language) a(k key, phrase string) string {
	if vowel := k + ".vowel"; l.has(vowel) && phrase != "" && strings.ContainsAny(phrase[:1], "aeiouAEIOU") {
		k = vowel
	}
	return l.say(k, parts{"phrase": phrase})
}

// Type labels a kind of agency: "county agency".
func (l Language) Type(t roster.Type) string { return l.plain(key("type." + string(t))) }

// Types labels the agencies of a kind: "county agencies".
func (l Language) Types(t roster.Type) string { return l.plain(key("types." + string(t))) }

// TypeIn is Type where the agency's state is known: "agency of the territory
// government".
func (l Language) TypeIn(t roster.Type, s roster.State) string {
	if t == roster.TypeState {
		return l.say("type.state.in", parts{"place": l.ThePlace(s)})
	}
	return l.Type(t)
}

// TypesIn is TypeIn for several agencies.
func (l Language) TypesIn(t roster.Type, s roster.State) string {
	if t == roster.TypeState {
		return l.say("types.state.in", parts{"place": l.ThePlace(s)})
	}
	if t == roster.TypeCounty {
		return l.coverageWord("map.agencies.", s)
	}
	return l.Types(t)
}

// Kind labels a kind of change: "No longer listed".
func (l Language) Kind(k roster.Kind) string { return l.kind(k, "label") }

// Kinds labels the changes of a kind: "agreements no longer listed".
func (l Language) Kinds(k roster.Kind) string { return l.kind(k, "many") }

// kind is one of the messages that each kind of change has.
func (l Language) kind(k roster.Kind, form string) string {
	if name := key(string(k) + "." + form); l.has(name) {
		return l.plain(name)
	}
	return Printed(string(k)) // of a later version
}

// Flag is what stands before a line in words, where its symbol does not say it: "Pending",
// "Correction" where this service takes back what it reported, "ICE changed its record"
// where ICE did that; "" for all else.
func (l Language) Flag(k roster.Kind) string { return l.plain(key("flag." + string(k))) }

// Symbol is what stands before a change in a list: + new, ○ pending, − gone, ~ listed
// again or otherwise, ★ a milestone, · a detail.
func (l Language) Symbol(k roster.Kind) string {
	if name := key(string(k) + ".symbol"); l.has(name) {
		return l.plain(name)
	}
	return "·"
}

// Field labels a field that a change gives otherwise than before: "Signing date".
func (l Language) Field(name string) string {
	if k := key("field." + name); l.has(k) {
		return l.plain(k)
	}
	return Printed(name)
}

// field is Field within a sentence.
func (l Language) field(name string) string { return strings.ToLower(l.Field(name)) }

// FieldValue says what a field holds, for a table: "none" where it is empty.
func (l Language) FieldValue(name, value string) string {
	switch {
	case value == "":
		return l.plain("field.none")
	case name == "state":
		return l.State(roster.State(value))
	case name == "model":
		return l.ModelCell(roster.Model(value))
	case name == "type":
		return l.Type(roster.Type(value))
	case name == "signed":
		return l.dateOrQuoted(value)
	}
	return Printed(value)
}

// Status says what the lists in force make of an agreement.
func (l Language) Status(s roster.Status) string { return l.plain(key("status." + string(s))) }

// Verdict says what became of a publication, whose hold ended as given; hold is ""
// where it had none.
func (l Language) Verdict(v roster.Verdict, hold roster.HoldState) string {
	switch v {
	case roster.VerdictAccepted:
		if hold != "" {
			return l.plain("verdict.accepted.held")
		}
		return l.plain("verdict.accepted")
	case roster.VerdictHeld:
		return l.plain("verdict.held")
	case roster.VerdictRejected:
		if hold == roster.HoldDropped {
			return l.plain("verdict.dropped")
		}
		return l.plain("verdict.rejected")
	}
	return Printed(string(v))
}

// Poll says what a look at ICE's page found, in a sentence for readers. The sentence that
// the poll itself has is for who runs the service.
func (l Language) Poll(p roster.Poll) string {
	if k := key("poll." + p.Outcome); l.has(k) {
		return l.plain(k)
	}
	return Printed(p.Outcome)
}

// Hold says what became of a hold, in a sentence.
func (l Language) Hold(s roster.HoldState) string {
	if k := key("hold." + string(s)); l.has(k) {
		return l.plain(k)
	}
	return Printed(string(s))
}
