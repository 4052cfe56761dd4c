package export

import (
	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

// Misfit is an agreement or a pending entry that is on no map of counties, though
// it should be.
type Misfit struct {
	roster.AgreementAt
	Why string // "ICE gives no county, and the name says no county or town of Texas"
}

// Unplaced finds those whose county is not known, in the order in which they are
// given. An agency of the whole state belongs to no county, and is not among them.
func Unplaced(locate Locate, all []roster.AgreementAt) []Misfit {
	var found []Misfit
	for _, s := range all {
		if at := locate(s.Agreement); at.By == place.NotPlaced {
			found = append(found, Misfit{s, at.Why})
		}
	}
	return found
}
