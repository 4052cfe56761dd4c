package place

import (
	"fmt"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// CheckCounty says what is wrong with a county's name in a rule, continuing a sentence
// that begins with the name; "" where one of the states has it, or any state if none
// are given.
func CheckCounty(name string, states []roster.State) (wrong string) {
	return check(name, states, "county", CountiesNamed, func(s roster.State) (names []string) {
		for _, c := range Counties(s) {
			names = append(names, c.Name, c.Name+" County")
		}
		return names
	})
}

// CheckTown is CheckCounty for a town or a ZIP code.
func CheckTown(name string, states []roster.State) (wrong string) {
	return check(name, states, "town", PlacesNamed, func(roster.State) []string { return nil })
}

func check(name string, states []roster.State, what string, named func(roster.State, string) []string, all func(roster.State) []string) string {
	where := "any state"
	if len(states) > 0 {
		where = stateNames(states)
	} else {
		states = roster.States()
	}
	has := func(s roster.State) bool { return named(s, name) != nil }
	if slices.ContainsFunc(states, has) {
		return ""
	}
	if others := slices.DeleteFunc(slices.Clone(roster.States()), func(s roster.State) bool { return !has(s) }); len(others) > 0 {
		return fmt.Sprintf("is not a %s of %s, but of %s; correct one of the two lists", what, where, stateNames(others))
	}
	var known []string
	for _, s := range states {
		known = append(known, all(s)...)
	}
	if near := roster.Meant(name, known, min(2, len(name)/2)); near != "" {
		return fmt.Sprintf("is not a %s of %s; did you mean %q?", what, where, near)
	}
	return fmt.Sprintf("is not a %s of %s", what, where)
}

// stateNames names a few states.
func stateNames(states []roster.State) string {
	const most = 3
	var names []string
	for _, s := range states {
		names = append(names, s.Name())
	}
	if len(names) > most {
		names = append(names[:most], "others")
	}
	return strings.Join(names, " or ")
}
