package place_test

import (
	"strings"
	"testing"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

func TestLocate(t *testing.T) {
	const county, town, state = roster.TypeCounty, roster.TypeMunicipality, roster.TypeState
	for _, tt := range []struct {
		state        roster.State
		agency, cell string
		kind         roster.Type
		others       string // cells of other rows
		by           place.Basis
		want         string // FIPS codes
	}{
		{"TN", "Bradley County Sheriff's Office", "Bradley County", county, "", place.ByCell, "47011"},
		{"TN", "Bradley County Sheriff's Office", "", county, "", place.ByName, "47011"},
		{"TN", "Office of the Bradley County Sheriff", "", county, "", place.ByName, "47011"},
		{"FL", "County of Lee Sheriff", "", county, "", place.ByName, "12071"},
		{"LA", "Saint Landry Parish Sheriff's Office", "", county, "", place.ByName, "22097"},
		{"FL", "Lee Sheriff's Office", "", county, "", place.ByName, "12071"},
		{"FL", "Jacksonville Sheriff's Office", "", county, "", place.ByTown, "12031"},
		{"AL", "Loxley Police Department", "Baldwin Couny", town, "", place.ByCell, "01003"},
		{"AL", "Nowhere Police Department", "Baldwin Couny", town, "", place.ByCell, "01003"},
		{"KS", "Lyon's County Sheriff's Office", "Lyon's County", county, "", place.ByName, "20111"},
		{"DE", "Shared Police Department", "Kent/Sussex", town, "", place.ByCell, "10001 10005"},
		{"VA", "Rappahannock, Shenandoah, Warren Regional Jail Authority", "", county, "", place.ByName, "51157 51171 51187"},

		// The name corrects a column that another row's county got into.
		{"GA", "Monroe Police Department", "Monroe County", town, "", place.ByTown, "13297 13207"},
		{"TN", "Madison County Sheriff's Office", "Macon County", county, "", place.ByName, "47113 47111"},
		{"PA", "East Franklin Township Police Department", "Adams County", town, "", place.ByTown, "42005 42001"},
		{"LA", "Arnaudville Police Department", "St. Landry County", town, "", place.ByCell, "22097"},

		{"FL", "City of Miami Police Department", "", town, "", place.ByTown, "12086"},
		{"FL", "Indian Creek Village Department of Public Safety", "", town, "", place.ByTown, "12086"},
		{"FL", "Longboat Key Police Department", "", town, "", place.ByTown, "12081 12115"},
		{"FL", "Sunny Isles Police Department", "", town, "", place.ByTown, "12086"},
		{"FL", "Macro Island Polce Department", "", town, "", place.ByTown, "12021"},
		{"TN", "Sparta Police Department", "Sparta-White County", town, "", place.ByTown, "47185"},
		{"AR", "Texarkana Police Department", "Bowie County", town, "", place.ByTown, "05091"},
		{"TX", "Yoakum Police Department", "Yoakum County", county, "", place.ByTown, "48285 48123 48501"}, // ICE takes the city for the county
		{"VA", "Chesterfield Police Department", "Chesterfield County", county, "", place.ByCell, "51041"},
		{"TX", "Marlin Police Department", "Fall County", town, "", place.ByTown, "48145"},
		{"IN", "Greens Fork Police Department", "", town, "", place.ByTown, "18177"}, // not the township
		{"PA", "Manheim Borough Police Department", "", town, "", place.ByTown, "42071"},
		{"PA", "Preston Township Constable's Office", "", town, "", place.ByTown, "42127"},
		{"PA", "Lower Burrell Fourth Ward Constable", "", town, "", place.ByTown, "42129"},
		{"ME", "Monmouth Winthrop Police Department", "", town, "", place.ByTown, "23011"},
		{"PA", "Greene Township Constable", "", town, "Erie County", place.ByOther, "42049"},
		{"DC", "Metropolitan Police Department", "", town, "", place.ByName, "11001"},

		{"PA", "Pennsylvania State Constable's Office So Middleton Twp", "Cumberland County", town, "", place.ByCell, "42041"},
		{"TN", "Tennessee State Constable 4th District", "Polk County", town, "", place.ByCell, "47139"},
		{"FL", "Florida Department of Corrections", "", state, "", place.Statewide, ""},
		{"AR", "Arkansas State Police Department", "Pulaski County", state, "", place.Statewide, "05119"},
		{"IN", "Indiana State Police Department", "", town, "", place.Statewide, ""},
		{"PA", "Pennsylvania State Constable Office Larkwood Precinct 1", "Chester County", town, "", place.ByCell, "42029"},
		{"FL", "District Board of Trustees of Pensacola State College", "Escambia County", state, "", place.ByCell, "12033"},

		{"NC", "Albemarle District Jail", "Albemarle County", county, "", place.NotPlaced, ""}, // not the town of Albemarle
		{"FL", "Tallahassee State College Police Department", "", town, "", place.NotPlaced, ""},
		{"FL", "University of Florida Police Department", "", town, "", place.NotPlaced, ""},
		{"PA", "Northwest Regional Police Department", "", town, "", place.NotPlaced, ""},
		{"PA", "Derry Township Constable's Office", "", county, "", place.NotPlaced, ""},
		{"MA", "Crow Wing County Sheriff's Office", "Crow Wing County", county, "", place.NotPlaced, ""}, // Minnesota's
		{"TX", "", "", "", "", place.NotPlaced, ""},
		{"", "Lee County Sheriff's Office", "Lee County", county, "", place.NotPlaced, ""},
	} {
		a := roster.Agreement{State: tt.state, Agency: tt.agency, County: tt.cell, Type: tt.kind}
		got := place.Locate(a, strings.Fields(strings.ReplaceAll(tt.others, " County", "")))
		if got.By != tt.by || strings.Join(got.Counties, " ") != tt.want || (got.Why == "") != (got.By != place.NotPlaced) {
			t.Errorf("%s %s, %q: %+v, want %q by %q", tt.state, tt.agency, tt.cell, got, tt.want, tt.by)
		}
	}
}

func TestAtlasInArea(t *testing.T) {
	first := roster.Agreement{AgencyID: "PA-greene", State: "PA", Agency: "Greene Township Constable", County: "Erie County"}
	atlas := place.NewAtlas(nil, []roster.Change{{Agreement: first}})
	again := first
	again.County = ""
	lasalle := roster.Agreement{State: "LA", Agency: "La Salle Parish Sheriff's Office"}
	for _, tt := range []struct {
		a                roster.Agreement
		counties, places string
		want             bool
	}{
		{again, "Erie", "", true}, // by its other row
		{again, "Adams", "", false},
		{roster.Agreement{State: "PA", Agency: "Greene Township Constable"}, "Greene", "", true}, // may be there
		{lasalle, "LaSalle", "", true},
		{lasalle, "la salle parish", "", true},
		{lasalle, "22059", "", true},
		{lasalle, "22058", "", false},
		{lasalle, "", "Jena", true},
		{lasalle, "", "Jena, TX", false},
		{roster.Agreement{State: "TX", Agency: "Harris County Sheriff's Office"}, "", "Houston", true},
		{roster.Agreement{State: "TX", Agency: "Harris County Sheriff's Office"}, "", "77001", true},
		{roster.Agreement{State: "TX", Agency: "Fort Bend County Sheriff's Office"}, "Travis", "Houston, TX", true},
		{roster.Agreement{State: "FL", Agency: "St Lucie County Sheriff's Office"}, "Saint Lucie", "", true},
		{roster.Agreement{State: "VA", Agency: "Hopewell County Sheriff's Office"}, "Hopewell city", "", true},
		{roster.Agreement{State: "FL", Agency: "Florida Department of Law Enforcement", Type: roster.TypeState}, "Leon", "", false},
	} {
		list := func(s string) []string { return strings.FieldsFunc(s, func(r rune) bool { return r == '|' }) }
		if got := atlas.InArea(tt.a, list(tt.counties), list(tt.places)); got != tt.want {
			t.Errorf("%s in %q or %q: %v", tt.a.Agency, tt.counties, tt.places, got)
		}
	}
}

func TestFind(t *testing.T) {
	for query, want := range map[string]string{
		"77001":          "ZIP code 77001 TX 48201", // of post office boxes
		"10001":          "ZIP code 10001 NY 36061",
		"00000":          "",
		"nyc":            "New York NY 36047 36081 36085 36005 36061",
		"Houston, TX":    "Houston TX 48201 48339 48473 48157",
		"houston texas":  "Houston TX 48201 48339 48473 48157",
		"marco island":   "Marco Island FL 12021",
		"Lakeside, TX":   "Lakeside TX 48409|Lakeside TX 48439",
		"Springfield":    "", // too many
		"Florida":        "", // a state
		"Alexandria, VA": "", // which is a county, too
		"Nowhere, TX":    "",
		"":               "",
		", TX":           "",
	} {
		var got []string
		for _, f := range place.Find(query, 6) {
			got = append(got, f.Name+" "+string(f.State)+" "+strings.Join(f.Counties, " "))
		}
		if strings.Join(got, "|") != want {
			t.Errorf("Find(%q) = %q, want %q", query, got, want)
		}
	}
}

// FuzzLocate reads any name and cell without a panic, and places in the state only.
func FuzzLocate(f *testing.F) {
	f.Add("TX", "City of Houston Police Department", "Harris/Fort Bend", "municipality")
	f.Fuzz(func(t *testing.T, state, agency, cell, kind string) {
		at := place.Locate(roster.Agreement{State: roster.State(state), Agency: agency, County: cell, Type: roster.Type(kind)}, []string{cell})
		for _, code := range at.Counties {
			if string(place.StateOf(code)) != state {
				t.Errorf("%s is not in %s", code, state)
			}
		}
		place.Find(agency, 5)
		place.PlacesNamed(roster.State(state), cell)
	})
}
