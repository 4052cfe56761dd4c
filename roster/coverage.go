package roster

// Coverage says how far the active agreements of a state reach, or those of the
// nation: in how many counties there is one, and how many people live where the
// sheriff or another agency of the county has one. A county is counted once, however
// many agreements it has, so that counties by model and by whose agency it is overlap,
// and are never to be added up. Agreements are counted in Agreements alone.
type Coverage struct {
	State    State `json:"state,omitempty" doc:"Postal code; left out for the nation, which is the 50 states and the District of Columbia."`
	Counties int   `json:"counties" doc:"Counties, and what the Census Bureau counts as such: parishes, boroughs, independent cities."`
	// Covered are those where it is an agreement of the county's sheriff or of another
	// agency of the county.
	Covered     Reach      `json:"covered" doc:"Counties whose sheriff or other county agency has an active agreement."`
	Municipal   Reach      `json:"municipal" doc:"Counties in which an agency of a town, a city, or a constable's precinct or ward has one. They can be covered, too."`
	StateInPart Reach      `json:"state_in_part" doc:"Counties in which an agency of the state has one that is not for the whole state, as of a state college."`
	Any         Reach      `json:"any" doc:"Counties in which any agency has one, but for those of the whole state."`
	Residents   *int       `json:"residents,omitempty" doc:"Of the place. Left out where it is not known here: of territories."`
	Living      *int       `json:"residents_covered,omitempty" doc:"Of the covered counties, by the same estimates. Left out where it is not known."`
	Agreements  Whereabout `json:"agreements" doc:"Where the place's active agreements are. They add up to active."`
}

// Reach counts counties in which there is an active agreement of some kind.
type Reach struct {
	Counties int           `json:"counties" doc:"Counties with at least one."`
	ByModel  map[Model]int `json:"by_model" doc:"Counties with at least one in that model: JEM, TFM, WSO, or other. A county can be among several."`
}

// In is the number of counties with an agreement in a model.
func (r Reach) In(m Model) int { return r.ByModel[m] }

// Whereabout counts active agreements by where they are.
type Whereabout struct {
	Active      int `json:"active" doc:"All of them."`
	County      int `json:"county" doc:"Of sheriffs and other county agencies, with a county."`
	Municipal   int `json:"municipal" doc:"Of agencies of towns, cities, and constables' precincts and wards, with a county."`
	StateInPart int `json:"state_in_part" doc:"Of agencies of the state that are not for the whole state, with a county."`
	Unsaid      int `json:"unsaid" doc:"Of agencies whose kind ICE does not give, with a county."`
	Statewide   int `json:"statewide" doc:"Of agencies of the whole state, which are in no county."`
	NotPlaced   int `json:"not_placed" doc:"Of agencies whose county is not known."`
	Territories int `json:"territories,omitempty" doc:"Of agencies in the territories, whose counties are not among the nation's."`
}

// Share is how many of the place's residents live in covered counties, of how many;
// known is false where that cannot be said.
func (c Coverage) Share() (part, whole int, known bool) {
	if c.Residents == nil || c.Living == nil {
		return 0, 0, false
	}
	return *c.Living, *c.Residents, true
}

// CountyAgreements are the active agreements of one county, by whose they are ("" where
// ICE does not say) and by Model.Class.
type CountyAgreements struct {
	FIPS string
	By   map[Type]map[Model]int // nil for none
}

// Covered says whether the county's sheriff or another agency of it has one.
func (c CountyAgreements) Covered() bool { return len(c.By[TypeCounty]) > 0 }
