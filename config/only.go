package config

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/watch287g/watch287g/roster"
)

// only is roster.Filter as a channel writes it. Go converts one into the other
// as long as they have the same fields.
type only struct {
	Kinds    []roster.Kind  `yaml:"kinds"`
	States   []roster.State `yaml:"states" hint:"write states like [TX, Florida]"`
	Models   []roster.Model `yaml:"models"`
	Types    []roster.Type  `yaml:"types"`
	Counties []string       `yaml:"counties" hint:"write counties like [\"Lampasas County\", Travis]"`
	Places   []string       `yaml:"places" hint:"write towns or ZIP codes like [Houston, \"77001\"]"`
	Agencies []string       `yaml:"agencies" hint:"write names of agencies like [\"*Sheriff's Office\", \"Baker County *\"], in which * and ? stand for any letters"`
	Since    time.Time
	Until    time.Time
}

func (o *only) validate(s *section) {
	list(s, "kinds", &o.Kinds, oneOf("a kind of change", roster.Kinds()))
	list(s, "states", &o.States, state)
	list(s, "models", &o.Models, oneOf("a model", roster.ModelClasses()))
	list(s, "types", &o.Types, oneOf("a type of agency", roster.Types()))
	states := o.States
	if len(states) < len(s.values["states"]) { // a state is wrong, which was said
		states = nil
	}
	list(s, "counties", &o.Counties, area("a county", s.d.places.County, states))
	list(s, "places", &o.Places, area("a town", s.d.places.Town, states))
	list(s, "agencies", &o.Agencies, agency)
}

// oneOf reads one of the known words, in whatever case.
func oneOf[T ~string](what string, known []T) func(string) (T, string) {
	return func(text string) (word T, wrong string) {
		if i := slices.IndexFunc(known, func(k T) bool { return strings.EqualFold(string(k), text) }); i >= 0 {
			return known[i], ""
		}
		if near := nearest(text, known); near != "" {
			return "", fmt.Sprintf("is not %s; did you mean %q?", what, near)
		}
		return "", "is not " + what
	}
}

// state reads a state's name or code. What a list of ICE's may misspell, a
// configuration may not.
func state(text string) (code roster.State, wrong string) {
	code, ok := roster.ParseState(text)
	switch {
	case !ok:
		return "", "is not a state"
	case strings.EqualFold(string(code), text) || letters(code.Name()) == letters(text):
		return code, ""
	}
	return "", fmt.Sprintf("is not a state; did you mean %s (%s)?", code, code.Name())
}

// letters are a name's letters, without case and spaces.
func letters(s string) string { return strings.ReplaceAll(roster.Fold(s), " ", "") }

// area reads a county or a town of one of the states, or of any if none are given.
func area(what string, check func(text string, states []roster.State) (wrong string), states []roster.State) func(string) (string, string) {
	return func(text string) (name, wrong string) {
		name = strings.Join(strings.Fields(text), " ")
		if name == "" || strings.ContainsFunc(name, unicode.IsControl) {
			return "", "is not " + what
		}
		if check != nil {
			wrong = check(name, states)
		}
		return name, wrong
	}
}

// agency reads a name, an id or a pattern.
func agency(text string) (pattern, wrong string) {
	pattern = strings.TrimSpace(text)
	if pattern == "" {
		return "", "is not an agency"
	}
	if _, err := path.Match(pattern, ""); err != nil {
		return "", `has a [ without its ], or a \ at its end`
	}
	return pattern, ""
}
