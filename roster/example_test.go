package roster_test

import (
	"fmt"

	"github.com/watch287g/watch287g/roster"
)

// A channel's rule, a feed's address and a flag of the command line are all a
// Filter.
func ExampleFilter_Match() {
	texas := roster.Filter{States: []roster.State{"TX"}, Kinds: []roster.Kind{roster.KindNew}, Agencies: []string{"*sheriff*"}}
	change := roster.Change{Kind: roster.KindNew, Agreement: roster.Agreement{State: "TX", Agency: "Sample County Sheriff's Office", Model: roster.WSO}}
	fmt.Println(texas.Match(change, nil))

	change.Agreement.Agency = "Sampleton Police Department"
	fmt.Println(texas.Match(change, nil))
	// Output:
	// true
	// false
}

// ICE misprints states; what has one sensible reading is read.
func ExampleParseState() {
	for _, printed := range []string{"GEORGIA", "PENNSLYVANIA", "UTAHJ", "Atlantis"} {
		state, ok := roster.ParseState(printed)
		fmt.Printf("%s: %q %v\n", printed, state, ok)
	}
	// Output:
	// GEORGIA: "GA" true
	// PENNSLYVANIA: "PA" true
	// UTAHJ: "UT" true
	// Atlantis: "" false
}
