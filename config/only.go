package config

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode"
)

// Only says which changes a channel wants. What an empty list is about does not
// matter, but without Kinds the channel gets those that are carried by default:
// all but detail and document. The lists must all hold.
type Only struct {
	Kinds    []string // new, pending, removed, …
	States   []string // two-letter codes
	Counties []string
	Models   []string // JEM, TFM, WSO, or other for models that are none of these
	Types    []string // county, municipality, state
	Agencies []string // names or ids, in which * and ? stand for any letters
}

// What to write for the keys of only.
const (
	writeStates   = "write states like [TX, Florida]"
	writeCounties = `write counties like ["Lampasas County", Travis]`
	writeAgencies = `write names of agencies like ["*Sheriff's Office", "Baker County *"], in which * and ? stand for any letters`
)

// The words that lists of only may hold.
var (
	changeKinds = []string{"new", "pending", "removed", "withdrawn", "restored", "amended", "detail", "document", "milestone"}
	models      = []string{"JEM", "TFM", "WSO", "other"}
	agencyTypes = []string{"county", "municipality", "state"}
)

// only is the schema of a channel's rule.
func (r *reader) only(o *Only) []key {
	words := func(name, what string, to *[]string, known []string) key {
		return key{name: name, read: r.list(writeWords(known), distinct(to, oneOf(what, known)))}
	}
	return []key{
		words("kinds", "kind of change", &o.Kinds, changeKinds),
		{name: "states", read: r.list(writeStates, distinct(&o.States, state))},
		{name: "counties", read: r.list(writeCounties, distinct(&o.Counties, county))},
		words("models", "model", &o.Models, models),
		words("types", "type of agency", &o.Types, agencyTypes),
		{name: "agencies", read: r.list(writeAgencies, distinct(&o.Agencies, agency))},
	}
}

func writeWords(known []string) string {
	return "write a list of " + strings.Join(known, ", ")
}

// distinct makes the setter of a list's values, each of which read puts into its
// usual spelling.
func distinct(to *[]string, read func(text string) (value, wrong string)) setter {
	return func(text string) string {
		value, wrong := read(text)
		if wrong != "" {
			return wrong
		}
		if slices.ContainsFunc(*to, func(v string) bool { return strings.EqualFold(v, value) }) {
			return show(text) + " stands in this list already; keep one"
		}
		*to = append(*to, value)
		return ""
	}
}

// oneOf takes one of the known words, in whatever case.
func oneOf(what string, known []string) func(string) (string, string) {
	return func(text string) (string, string) {
		if i := slices.IndexFunc(known, func(k string) bool { return strings.EqualFold(k, text) }); i >= 0 {
			return known[i], ""
		}
		if near := nearest(text, known); near != "" {
			return "", fmt.Sprintf("%s is no %s; did you mean %q?", show(text), what, near)
		}
		return "", fmt.Sprintf("%s is no %s; %s", show(text), what, writeWords(known))
	}
}

// state takes a state's name or code.
func state(text string) (code, wrong string) {
	if code := strings.ToUpper(text); states[code] != "" {
		return code, ""
	}
	names := slices.Sorted(maps.Values(states))
	near := nearest(text, names)
	for code, name := range states {
		switch {
		case letters(name) == letters(text):
			return code, ""
		case name == near:
			wrong = fmt.Sprintf("; did you mean %s (%s)?", code, name)
		}
	}
	if wrong == "" {
		wrong = "; " + writeStates
	}
	return "", show(text) + " is no state" + wrong
}

// letters leaves out all but letters, so that blanks do not matter.
func letters(s string) string {
	return strings.Map(func(c rune) rune {
		if !unicode.IsLetter(c) {
			return -1
		}
		return unicode.ToLower(c)
	}, s)
}

func county(text string) (value, wrong string) {
	value = strings.Join(strings.Fields(text), " ")
	if value == "" || strings.ContainsFunc(value, unicode.IsControl) {
		return "", show(text) + " is no county; " + writeCounties
	}
	return value, ""
}

func agency(text string) (value, wrong string) {
	value = strings.TrimSpace(text)
	_, err := path.Match(value, "")
	switch {
	case value == "":
		return "", show(text) + " is no agency; " + writeAgencies
	case err != nil:
		return "", show(text) + ` has a [ without its ], or a \ at its end; ` + writeAgencies
	}
	return value, ""
}

// states are those that a list of ICE's can name, by their codes.
var states = map[string]string{
	"AL": "Alabama", "AK": "Alaska", "AS": "American Samoa", "AZ": "Arizona", "AR": "Arkansas",
	"CA": "California", "CO": "Colorado", "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia",
	"FL": "Florida", "GA": "Georgia", "GU": "Guam", "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois",
	"IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine",
	"MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota", "MS": "Mississippi",
	"MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire",
	"NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina", "ND": "North Dakota",
	"MP": "Northern Mariana Islands", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania",
	"PR": "Puerto Rico", "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee",
	"TX": "Texas", "UT": "Utah", "VT": "Vermont", "VI": "Virgin Islands", "VA": "Virginia", "WA": "Washington",
	"WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
}
