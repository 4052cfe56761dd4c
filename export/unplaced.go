package export

import (
	"io"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

// Misfit is an agreement or a pending entry that is on no map of counties, though
// it should be.
type Misfit struct {
	roster.AgreementAt
	Why string // "ICE gives no county, and the name says no county or town of Texas"
}

func (m Misfit) feature() feature { return feature{"Feature", m.ID, nil, m} }

// WriteUnplaced writes them as CSV.
func WriteUnplaced(w io.Writer, all []Misfit) error {
	return write(w, CSV, nil, table[Misfit]{"unplaced", misfitColumns(), all})
}

// Places counts agreements and pending entries by where they are, which adds up.
type Places struct{ InCounty, Statewide, NotPlaced int }

// CountPlaces counts them as Agreements writes them.
func CountPlaces(locate Locate, all []roster.AgreementAt) Places {
	var n Places
	for _, s := range all {
		switch locate(s.Agreement).By {
		case place.Statewide:
			n.Statewide++
		case place.NotPlaced:
			n.NotPlaced++
		case place.ByCell, place.ByName, place.ByTown, place.ByOther:
			n.InCounty++
		}
	}
	return n
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
