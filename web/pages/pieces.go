package pages

import (
	"github.com/watch287g/watch287g/roster"
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

// dayOfChanges are the changes that were seen on one day, for the piece
// "changes".
type dayOfChanges struct {
	Day     roster.Date
	Changes []roster.Change
}

// byDay groups changes that come the newest first.
func byDay(changes []roster.Change) []dayOfChanges {
	var days []dayOfChanges
	for _, c := range changes {
		day := roster.Day(c.DetectedAt)
		if n := len(days); n == 0 || days[n-1].Day != day {
			days = append(days, dayOfChanges{Day: day})
		}
		last := &days[len(days)-1]
		last.Changes = append(last.Changes, c)
	}
	return days
}
