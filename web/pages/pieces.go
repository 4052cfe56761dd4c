package pages

import (
	"slices"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/bulk"
)

// figure is a number with its words, for the piece "figure".
type figure struct {
	Number  int
	Text    string // in place of the number, as in "+12"
	Unknown bool   // no list of ICE's is known that has the number
	Words   string // "active agreements"
	Note    string // "in 40 states and territories"; "" for none
	URL     string // of the list behind the number; "" for none
}

// dayOfChanges are the changes that were seen on one day, for the piece "changes".
type dayOfChanges = bulk.Day

// byDay groups changes that come the newest first.
func byDay(l prose.Language, changes []roster.Change) []dayOfChanges { return bulk.ByDay(l, changes) }

// statesOf are all states and territories, sorted by their names in a language.
func statesOf(l prose.Language) []roster.State {
	return slices.SortedFunc(slices.Values(roster.States()), l.CompareStates)
}
