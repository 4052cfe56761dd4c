package export

import (
	"io"
	"strings"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

// Residents says where the numbers of residents are from, and of which day they are.
const Residents = place.ResidentsSource + ", " + string(place.ResidentsDate)

// counted is a county with its active agreements, as JSON has it.
type counted struct {
	FIPS       string                          `json:"county_fips"`
	State      roster.State                    `json:"state"`
	StateName  string                          `json:"state_name"`
	County     string                          `json:"county"`
	Residents  int                             `json:"residents,omitempty"` // left out where they are not known
	Covered    bool                            `json:"covered"`
	Agreements map[string]map[roster.Model]int `json:"agreements"` // by whose they are: county, municipality, state or unsaid
	middle     *point
	origin
}

func (c counted) feature() feature { return feature{"Feature", c.FIPS, c.middle, c} }

// Coverage writes a row for each county: whether it is covered, which is whether its
// sheriff or another agency of it has an active agreement, and how many agreements
// there are by whose they are and by model. Those of agencies of the whole state are in
// no county. As Agreements does, it writes the rows alone without an About.
func Coverage(w io.Writer, f Format, about *About, all []roster.CountyAgreements) error {
	rows := make([]counted, len(all))
	for i, c := range all {
		county, _ := place.ByFIPS(c.FIPS)
		state := place.StateOf(c.FIPS)
		rows[i] = counted{FIPS: c.FIPS, State: state, StateName: state.Name(), County: county.FullName(), Residents: county.Residents, Covered: c.Covered(),
			Agreements: map[string]map[roster.Model]int{}, middle: &point{"Point", [2]float64{county.Lon, county.Lat}}}
		for owner, n := range c.By {
			if owner == "" {
				owner = unsaid
			}
			rows[i].Agreements[string(owner)] = n
		}
		if about != nil && f.speaksByRow() {
			rows[i].origin = origin{SHA256: about.hash(roster.StatusActive), License: licenceID}
		}
	}
	return write(w, f, about, table[counted]{"counties", countedColumns(), rows})
}

// unsaid is whose an agreement is where ICE does not say.
const unsaid = "unsaid"

// countedColumns are those of counties; new ones go to the end.
func countedColumns() []column[counted] {
	type row = *counted
	all := []column[counted]{
		{name: "county_fips", width: 13, required: true, pattern: fips, example: "48281", says: "FIPS code of the county, or of what the Census Bureau counts as one.", value: func(c row) any { return c.FIPS }},
		{name: "state", width: 7, required: true, values: values(roster.States()), example: "TX", says: saysState, value: func(c row) any { return string(c.State) }},
		{name: "state_name", width: 20, required: true, example: "Texas", says: saysStateName, value: func(c row) any { return c.StateName }},
		{name: "county", width: 28, required: true, example: "Lampasas County", says: "Name of the county by the Census Bureau.", value: func(c row) any { return c.County }},
		{name: "residents", width: 12, example: "23539", says: "Residents (" + Residents + "). Empty where they are not known here.", value: func(c row) any { return known(c.Residents) }},
		{name: "covered", width: 10, required: true, example: "true", says: "Whether the county's sheriff or another agency of the county has an active agreement.", value: func(c row) any { return c.Covered }},
	}
	owners := map[roster.Type]string{roster.TypeCounty: "the sheriff and other agencies of the county", roster.TypeMunicipality: "agencies of towns, cities and constables' precincts and wards",
		roster.TypeState: "agencies of the state that are not for the whole state"}
	for _, owner := range roster.Types() {
		for _, m := range roster.ModelClasses() {
			all = append(all, column[counted]{name: string(owner) + "_" + strings.ToLower(string(m)), width: 18, required: true, example: "1",
				says: "Active agreements of " + owners[owner] + " in it: " + m.Name() + ".", value: func(c row) any {
					n := c.Agreements[string(owner)]
					if m == roster.OtherModel { // and those without one
						return n[m] + n[""]
					}
					return n[m]
				}})
		}
	}
	return append(all,
		column[counted]{name: unsaid, width: 10, required: true, example: "0", says: "Active agreements of agencies in it whose kind ICE does not give.", value: func(c row) any { return sum(c.Agreements[unsaid]) }},
		column[counted]{name: "source_sha256", origin: true, required: true, pattern: sha256, example: exampleSHA256, says: "SHA-256 of the list that this is counted from; /publications/SHA256 has more of it.", value: func(c row) any { return c.SHA256 }},
		column[counted]{name: "licence", origin: true, required: true, values: []string{licenceID}, example: licenceID, says: saysLicense, value: func(c row) any { return c.License }})
}

// known is a number that is not known where it is 0.
type known int

func sum(by map[roster.Model]int) (n int) {
	for _, some := range by {
		n += some
	}
	return n
}
