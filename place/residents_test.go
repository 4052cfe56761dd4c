package place_test

import (
	"testing"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

// The residents of all counties are those of the nation, and nobody is told a number
// where there is none.
func TestResidents(t *testing.T) {
	const nation = 340_110_988
	if got := place.Residents(); got != nation {
		t.Errorf("the nation has %d residents, want %d", got, nation)
	}
	sum := 0
	for _, s := range roster.States() {
		ofState := 0
		for _, c := range place.Counties(s) {
			ofState += c.Residents
			if known := !s.Territory() && s != "CT" || s == "DC"; (c.Residents > 0) != known {
				t.Errorf("%s, %s: %d residents", c.FullName(), s, c.Residents)
			}
		}
		sum += ofState
		if s != "CT" && ofState != place.Residents(s) {
			t.Errorf("the counties of %s have %d residents, the state %d", s.Name(), ofState, place.Residents(s))
		}
	}
	if sum += place.Residents("CT"); sum != nation {
		t.Errorf("all counties have %d residents, want %d", sum, nation)
	}
	for s, want := range map[roster.State]int{"CT": 3_675_069, "DC": 702_250, "FL": 23_372_215, "TX": 31_290_831, "GU": 0, "MP": 0, "": 0} {
		if got := place.Residents(s); got != want {
			t.Errorf("%q has %d residents, want %d", s, got, want)
		}
	}
	if got := place.Residents("RI", "GU", "VT"); got != place.Residents("RI")+place.Residents("VT") {
		t.Errorf("Rhode Island, Guam and Vermont have %d residents", got)
	}
}

func TestCountyResidents(t *testing.T) {
	for _, tt := range []struct {
		fips, name string
		want       int
	}{
		{"01001", "Autauga County", 61_464},
		{"02063", "Chugach", 6_604}, // until 2019 of Valdez-Cordova
		{"02066", "Copper River", 2_631},
		{"09001", "Fairfield County", 0},
		{"11001", "District of Columbia", 702_250},
		{"15005", "Kalawao County", 81},
		{"22059", "LaSalle Parish", 14_702},
		{"24510", "Baltimore city", 568_271},
		{"51810", "Virginia Beach city", 454_808},
		{"66010", "Guam", 0},
	} {
		c, ok := place.ByFIPS(tt.fips)
		if !ok || c.Residents != tt.want || c.FullName() != tt.name {
			t.Errorf("%s: %s with %d residents, want %s with %d", tt.fips, c.FullName(), c.Residents, tt.name, tt.want)
		}
	}
	for _, gone := range []string{"02261", "09110"} {
		if c, ok := place.ByFIPS(gone); ok {
			t.Errorf("%s is %s", gone, c.FullName())
		}
	}
	if l := place.Locate(roster.Agreement{State: "AK", Agency: "Cordova Police Department", Type: roster.TypeMunicipality}, nil); l.County() != "02063" {
		t.Errorf("Cordova, Alaska, is in %q", l.County())
	}
}
