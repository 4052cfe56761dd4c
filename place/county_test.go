package place

import (
	"math"
	"testing"

	"github.com/watch287g/watch287g/roster"
)

func TestNamed(t *testing.T) {
	for _, tt := range []struct {
		state          roster.State
		county, agency string
		want           string // FIPS code, "" for none
	}{
		{"TX", "Lampasas County", "", "48281"},
		{"TX", "", "Lampasas County Sheriff's Office", "48281"},
		{"TX", "LAMPASAS", "", "48281"},
		{"FL", "", "Lampasas County Sheriff's Office", ""}, // not of this state
		{"FL", "St. Lucie County", "", "12111"},
		{"FL", "Saint Lucie County", "", "12111"},
		{"FL", "", "St Lucie County Sheriff's Office", "12111"},
		{"MO", "Sainte Genevieve County", "", "29186"},
		{"MO", "Ste. Genevieve", "", "29186"},
		{"LA", "Saint Landry County", "Arnaudville Police Department", "22097"},
		{"TX", "DeWitt County", "", "48123"},
		{"TX", "De Witt County", "", "48123"},
		{"LA", "LaSalle Parish", "", "22059"},
		{"LA", "La Salle Parish", "", "22059"},
		{"LA", "", "La Salle Parish Sheriff's Office", "22059"},
		{"FL", "Miami-Dade County", "", "12086"},
		{"NM", "Doña Ana County", "", "35013"},
		{"MD", "Prince George's County", "", "24033"},
		{"AK", "Juneau City and Borough", "", "02110"},

		// Cities that are counties, and counties named like them.
		{"VA", "Fairfax", "", "51059"},
		{"VA", "Fairfax County", "", "51059"},
		{"VA", "Fairfax City", "", "51600"},
		{"VA", "Virginia Beach", "", "51810"},
		{"VA", "Falls Church", "", "51610"},
		{"MD", "Baltimore", "", "24005"},
		{"MD", "Baltimore City", "", "24510"},
		{"NV", "Carson City", "", "32510"},

		// The cell counts for more than the name, where the state has that county.
		{"FL", "Brevard County", "Orange County Sheriff's Office", "12009"},
		{"TX", "#REF!", "Lampasas County Sheriff's Office", "48281"},
		{"FL", "", "Palm Bay Police Department", ""},

		// Misprints, where only one county of the state can be meant.
		{"FL", "St. Luice County", "", "12111"},
		{"AL", "Baldwin Couny", "", "01003"},
		{"FL", "Lake Conty", "", "12069"},
		{"TX", "Fall County", "", ""},                                      // Falls, or Hall
		{"CO", "Perk County", "", ""},                                      // short
		{"TX", "McKenzie County", "", ""},                                  // North Dakota's
		{"SC", "Lackawanna County", "", ""},                                // Pennsylvania's
		{"TX", "Lampsaas County", "Polk County Sheriff's Office", "48373"}, // what is spelt right counts first
		{"", "Orange County", "", ""},
		{"TX", "", "", ""},
	} {
		got, ok := Named(roster.Agreement{State: tt.state, County: tt.county, Agency: tt.agency})
		if got.FIPS != tt.want || ok != (tt.want != "") {
			t.Errorf("%s, county %q, agency %q: %+v, %v, want %q", tt.state, tt.county, tt.agency, got, ok, tt.want)
		}
	}
}

// Every line of counties.txt is complete, and every county can be found.
func TestCounties(t *testing.T) {
	all := counties()
	if len(all) != 3232 {
		t.Errorf("%d counties, want 3,232", len(all))
	}
	for key, c := range all {
		// Guam and some Aleutian islands are west of the line of dates.
		if len(c.FIPS) != 5 || c.Name == "" || math.IsNaN(c.Lon) || math.Abs(c.Lon) < 60 || math.Abs(c.Lon) > 180 || !(c.Lat > -15 && c.Lat < 72) {
			t.Errorf("%s: %+v", key, c)
		}
		if StateOf(c.FIPS) == "" {
			t.Errorf("%s: no state has the code %s", key, c.FIPS[:2])
		}
	}
	for _, s := range roster.States() {
		found := false
		for _, c := range all {
			found = found || StateOf(c.FIPS) == s
		}
		if !found {
			t.Errorf("%s has no county", s.Name())
		}
	}
}
