package place

import (
	"slices"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// Region is a planning region of Connecticut, which the Census Bureau has in the place
// of counties since 2022. ICE's lists name the counties.
type Region struct {
	FIPS     string
	Name     string   // without "Planning Region"
	Counties []string // FIPS codes of those that its towns are in, the one with most of them first
}

// Residents lived in the region on ResidentsDate.
func (r Region) Residents() int { return residents()[r.FIPS] }

// Regions are the planning regions, by code.
func Regions() []Region {
	return []Region{
		{"09110", "Capitol", []string{"09003", "09013"}},
		{"09120", "Greater Bridgeport", []string{"09001"}},
		{"09130", "Lower Connecticut River Valley", []string{"09007", "09011"}},
		{"09140", "Naugatuck Valley", []string{"09009", "09005", "09003", "09001"}},
		{"09150", "Northeastern Connecticut", []string{"09015", "09013", "09011"}},
		{"09160", "Northwest Hills", []string{"09005", "09003"}},
		{"09170", "South Central Connecticut", []string{"09009"}},
		{"09180", "Southeastern Connecticut", []string{"09011", "09015"}},
		{"09190", "Western Connecticut", []string{"09001", "09005"}},
	}
}

// regionNamed finds a planning region by its code or its name.
func regionNamed(s roster.State, name string) (Region, bool) {
	i := -1
	if s == "CT" {
		bare := strings.TrimSuffix(roster.Fold(name), " planning region")
		i = slices.IndexFunc(Regions(), func(r Region) bool { return r.FIPS == name || roster.Fold(r.Name) == bare })
	}
	if i < 0 {
		return Region{}, false
	}
	return Regions()[i], true
}

// FormerCodes are the FIPS codes of the counties that took the place of one whose code
// older files have; nil for any other code.
func FormerCodes(code string) []string {
	switch code {
	case "02201": // Prince of Wales-Outer Ketchikan
		return []string{"02198"}
	case "02232": // Skagway-Hoonah-Angoon
		return []string{"02230", "02105"}
	case "02261": // Valdez-Cordova
		return []string{"02063", "02066"}
	case "02270": // Wade Hampton, now Kusilvak
		return []string{"02158"}
	case "02280": // Wrangell-Petersburg
		return []string{"02195", "02275"}
	case "12025": // Dade, now Miami-Dade
		return []string{"12086"}
	case "46113": // Shannon, now Oglala Lakota
		return []string{"46102"}
	case "51515": // Bedford, a town now, as the next two
		return []string{"51019"}
	case "51560": // Clifton Forge
		return []string{"51005"}
	case "51780": // South Boston
		return []string{"51083"}
	}
	return nil
}

// coded are the counties that a FIPS code means: one, or those that took its place.
func coded(code string) []string {
	if _, ok := ByFIPS(code); ok {
		return []string{code}
	}
	return FormerCodes(code)
}
