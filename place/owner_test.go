package place_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

// Names and types are as ICE has listed them, but for the last ones.
func TestOwnerOf(t *testing.T) {
	const county, town, state = roster.TypeCounty, roster.TypeMunicipality, roster.TypeState
	for _, tt := range []struct {
		state        roster.State
		agency, cell string
		kind, want   roster.Type
	}{
		{"FL", "Lee County Sheriff's Office", "Lee County", county, county},
		{"FL", "Jacksonville Sheriff's Office", "", county, county},
		{"LA", "Ascension Parish Sheriff's Office", "", county, county},
		{"VA", "Hopewell County Sheriff's Office", "Hopewell County", town, county}, // of the city
		{"VA", "Chesapeake Sheriff's Office", "", county, county},
		{"MD", "Baltimore City Sheriff's Office", "", town, county},
		{"FL", "Orange County Corrections Department", "Orange County", county, county},
		{"FL", "Miami-Dade Corrections and Rehabilitation", "Miami-Dade County", county, county},
		{"FL", "Lee County Port Authority Police", "Lee County", county, county},
		{"NY", "Nassau County Police Department", "Nassau County", county, county},
		{"PA", "Lancaster County District Attorney's Office", "Lancaster County", county, county},
		{"NC", "Albemarle District Jail", "Albemarle County", county, county},
		{"VA", "Rappahannock, Shenandoah, Warren Regional Jail Authority", "", county, county},
		{"NV", "Las Vegas Metropolitan Police Department", "Clark County", county, county},
		{"NV", "Las Vegas Metropolitan Police Department", "Clark County", town, county},
		{"MI", "Metro Police Authority of Genesee County", "Genesee County", town, town},

		{"FL", "Palm Bay Police Department", "Brevard County", town, town},
		{"FL", "Alachua Police Department", "Alachua County", county, town},
		{"FL", "Okeechobee Police Department", "", county, town},
		{"FL", "Flagler Beach Police Department", "Flagler County", county, town},
		{"FL", "Fort Walton Beach Police Department", "Okaloosa County", county, town},
		{"TX", "Yoakum Police Department", "Yoakum County", county, town},
		{"VA", "Colonial Heights Police Department", "", town, town},

		{"TX", "Bexar County Constable Precinct 3", "Bexar County", town, town},
		{"TX", "Smith County Constable Precinct 4", "Smith County", county, town},
		{"TN", "Bradley County Constable District 7", "Bradley County", county, town},
		{"PA", "South Pymatuning TWP State Constable", "Mercer County", county, town},
		{"PA", "Office of Constable Monroeville 6th Ward", "Alleghany County", county, town},

		{"AR", "Arkansas State Police Department", "Pulaski County", state, state},
		{"IN", "Indiana State Police Department", "", town, state},
		{"AR", "16th Judicial Distric Drug Task Force", "Independence County", state, state},
		{"FL", "Office of the State Attorney Sixth Judicial Circuit", "", state, state},
		{"FL", "District Board of Trustees of Pensacola State College", "Escambia County", state, state},
		{"GU", "Office Of The Attorney General", "Kattan District", state, state},

		// Without a type.
		{"FL", "Florida Department of Financial Services , Criminal Investigation Division,", "", "", state},
		{"FL", "Criminal Investigation Division, Department of Financial Services", "", "", ""},
		{"FL", "Palm Bay Police Department", "", "", town},
		{"FL", "Lee County Jail", "", "", county},
		{"FL", "Drug Task Force", "", "", ""},
		// A police department of a county, called like no town.
		{"MD", "Anne Arundel Police Department", "Anne Arundel County", county, county},
		{"TX", strings.Repeat("x", 200) + " Police", "", county, county},
	} {
		a := roster.Agreement{State: tt.state, Agency: tt.agency, County: tt.cell, Type: tt.kind}
		if got := place.OwnerOf(a, place.Locate(a, nil)); got != tt.want {
			t.Errorf("%s, %s, type %q: %q, want %q", tt.agency, tt.state, tt.kind, got, tt.want)
		}
	}
}

// Counties that run an agency together are all owners of it; the others that a town
// is in are not, nor is one that ICE gives by mistake.
func TestOwners(t *testing.T) {
	for _, tt := range []struct {
		state        roster.State
		agency, cell string
		want         string
	}{
		{"VA", "Rappahannock, Shenandoah, Warren Regional Jail Authority", "", "51157 51171 51187"},
		{"VA", "Regional Jail Authority", "Page/Warren", "51139 51187"},
		{"TN", "Madison County Sheriff's Office", "Macon County", "47113"},
		{"FL", "Lee County Sheriff's Office", "Lee County", "12071"},
		{"FL", "Jacksonville Sheriff's Office", "", "12031"},
		{"VA", "Southwest Virginia Regional Jail Authority", "", ""},
	} {
		got := place.Locate(roster.Agreement{State: tt.state, Agency: tt.agency, County: tt.cell, Type: roster.TypeCounty}, nil).Owners()
		if !slices.Equal(got, strings.Fields(tt.want)) {
			t.Errorf("%s: %v, want %s", tt.agency, got, tt.want)
		}
	}
}
