package export

import (
	"fmt"
	"strings"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// Misfit is an agreement or a pending entry that is on no map of counties, though
// it should be.
type Misfit struct {
	roster.AgreementAt
	Why string // "no county named"
}

// Unplaced finds those whose county is not known, in the order in which they are
// given. An agency of a state's government belongs to no county, and is among them
// only where ICE names a county for it.
func Unplaced(all []roster.AgreementAt) []Misfit {
	var found []Misfit
	for _, s := range all {
		if _, ok := s.Place(); ok {
			continue
		}
		named := namedCounty(s.Agreement)
		switch {
		case named == "" && s.Type == roster.TypeState:
		case named == "":
			found = append(found, Misfit{s, "no county named"})
		case s.State == "":
			found = append(found, Misfit{s, fmt.Sprintf("%q named, but no state", named)})
		default:
			found = append(found, Misfit{s, fmt.Sprintf("%q not found in %s", named, prose.English.InSentence(s.State))})
		}
	}
	return found
}

// namedCounty is the county that ICE names, as it is printed: in its own cell, or
// else in the agency's name. It is "" where neither does.
func namedCounty(a roster.Agreement) string {
	if a.County != "" {
		return a.County
	}
	words := strings.Fields(a.Agency)
	for i, w := range words {
		if i > 0 && i < len(words)-1 && (strings.EqualFold(w, "county") || strings.EqualFold(w, "parish")) {
			return strings.Join(words[:i+1], " ")
		}
	}
	return ""
}
