package place

import (
	"slices"

	"github.com/watch287g/watch287g/roster"
)

// OwnerOf says whose agency one is, which is at a location: a county's, a
// municipality's or the state's; "" where neither ICE nor the name says it. It is what
// ICE's column TYPE says, but where the name says for sure that this is a slip:
//
//   - An agency of the whole state is the state's.
//   - A sheriff is a county's, and so is the sheriff of a city that is a county itself.
//   - A constable is elected by a precinct, a ward or a township, and stands for no
//     county: a municipality's, as ICE gives most of them.
//   - A police department that has the name of a town, and does not say "county", is
//     the town's ("Alachua Police Department").
//   - The Las Vegas Metropolitan Police Department is Clark County's, whose sheriff
//     leads it. ICE has given it as either.
//   - Where ICE gives no type, the words "county" and "parish" and the names of towns
//     say it.
func OwnerOf(a roster.Agreement, at Location) roster.Type {
	n := readName(a)
	switch {
	case at.By == Statewide:
		return roster.TypeState
	case n.says("sheriff", "sheriffs"), a.State == "NV" && roster.Fold(a.Agency) == "las vegas metropolitan police department":
		return roster.TypeCounty
	case n.says("constable", "constables"):
		return roster.TypeMunicipality
	case a.Type == roster.TypeCounty && n.police() && n.ofTown(), a.Type == "" && n.ofTown():
		return roster.TypeMunicipality
	case a.Type == "" && n.says("county", "parish"):
		return roster.TypeCounty
	}
	return a.Type
}

// police says whether the name says that it is a police department, even if misprinted.
func (n agencyName) police() bool {
	return slices.ContainsFunc(n.words, func(w string) bool {
		return w == "pd" || w == "marshal" || w == "marshals" || roster.Within(1, w, "police")
	})
}

// ofTown says whether what the name begins with is a town of the state, and no county
// is named.
func (n agencyName) ofTown() bool {
	n.Type = roster.TypeMunicipality // whatever ICE says
	at, _ := n.town(false)
	return at.By == ByTown || len(at.Maybe) > 0
}

// Owners are the FIPS codes of the counties whose agency one is, if it is a county's:
// all that run it together, or else the one that it counts for.
func (l Location) Owners() []string {
	if l.Joint || l.County() == "" {
		return l.Counties
	}
	return l.Counties[:1]
}

// CountsFor are the FIPS codes of the counties that the agreements of an agency count
// for: those of a county's agency for all counties that run it, any other's for the
// county with most of its town. Those of the whole state count for none.
func (l Location) CountsFor(owner roster.Type) []string {
	switch {
	case l.County() == "":
		return nil
	case owner == roster.TypeCounty:
		return l.Owners()
	}
	return l.Counties[:1]
}
