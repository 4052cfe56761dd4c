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
	by         map[roster.Type]map[roster.Model]int
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
			Agreements: map[string]map[roster.Model]int{}, by: c.By, middle: &point{"Point", [2]float64{county.Lon, county.Lat}}}
		for owner, n := range c.By {
			if owner == "" {
				owner = "unsaid"
			}
			rows[i].Agreements[string(owner)] = n
		}
		if about != nil && f.speaksByRow() {
			rows[i].origin = origin{SHA256: about.hash(roster.StatusActive), License: licenceID}
		}
	}
	return write(w, f, about, table[counted]{"counties", countedColumns(), countedOrigin(), rows})
}

// countedColumns are those of counties; new ones go to the end.
func countedColumns() []column[counted] {
	type row = *counted
	all := []column[counted]{
		{"county_fips", 13, false, func(c row) any { return c.FIPS }},
		{"state", 7, false, func(c row) any { return string(c.State) }},
		{"state_name", 20, false, func(c row) any { return c.StateName }},
		{"county", 28, false, func(c row) any { return c.County }},
		{"residents", 12, false, func(c row) any { return known(c.Residents) }},
		{"covered", 10, false, func(c row) any { return c.Covered }},
	}
	for _, owner := range roster.Types() {
		for _, m := range roster.ModelClasses() {
			all = append(all, column[counted]{string(owner) + "_" + strings.ToLower(string(m)), 18, false, func(c row) any {
				if m == roster.OtherModel { // and those without one
					return c.by[owner][m] + c.by[owner][""]
				}
				return c.by[owner][m]
			}})
		}
	}
	return append(all, column[counted]{"unsaid", 10, false, func(c row) any { return sum(c.by[""]) }}) // of agencies whose kind ICE does not give
}

func countedOrigin() []column[counted] {
	return []column[counted]{
		{name: "source_sha256", value: func(c *counted) any { return c.SHA256 }},
		{name: "licence", value: func(c *counted) any { return c.License }},
	}
}

// known is a number that is not known where it is 0.
func known(n int) any {
	if n == 0 {
		return ""
	}
	return n
}

func sum(by map[roster.Model]int) (n int) {
	for _, some := range by {
		n += some
	}
	return n
}
