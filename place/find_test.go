package place_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

func TestCountiesCalled(t *testing.T) {
	for text, want := range map[string]string{
		"Bradley County, TN":           "47011",
		"bradley-county-tn":            "47011",
		"bradley-tennessee":            "47011",
		"Bradley County":               "05011 47011",
		"miami-dade-county-fl":         "12086",
		"Miami-Dade County":            "12086",
		"morgan-county-west-virginia":  "54065",
		"Morgan County, Virginia":      "", // West Virginia's
		"la-salle-parish-la":           "22059",
		"baltimore-city-md":            "24510",
		"Baltimore County, MD":         "24005",
		"james-city-county-va":         "51095",
		"carson-city-nv":               "32510",
		"district-of-columbia":         "11001",
		"guam":                         "66010",
		"Fairfield County, CT":         "09001",
		"":                             "",
		"nowhere":                      "",
		strings.Repeat("bradley ", 99): "",
	} {
		var got []string
		for _, c := range place.CountiesCalled(text) {
			got = append(got, c.FIPS)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// Every county is found by what it is called, and by nothing else.
func TestFullNames(t *testing.T) {
	for fips, want := range map[string]string{"51095": "James City County", "51036": "Charles City County", "32510": "Carson City", "24510": "Baltimore city",
		"24005": "Baltimore County", "22071": "Orleans Parish", "02020": "Anchorage", "11001": "District of Columbia", "66010": "Guam"} {
		if c, ok := place.ByFIPS(fips); !ok || c.FullName() != want {
			t.Errorf("%s is %q, want %q", fips, c.FullName(), want)
		}
	}
	for _, s := range roster.States() {
		for _, c := range place.Counties(s) {
			if got := place.CountiesNamed(s, c.FullName()); !slices.Equal(got, []string{c.FIPS}) {
				t.Errorf("%s, %s, is %q, want %s", c.FullName(), s, got, c.FIPS)
			}
			if got := place.CountiesCalled(roster.Slug(c.FullName()) + "-" + strings.ToLower(string(s))); len(got) != 1 || got[0].FIPS != c.FIPS {
				t.Errorf("the address of %s, %s, leads to %v", c.FullName(), s, got)
			}
		}
	}
}

func TestStatesWithTown(t *testing.T) {
	springfields := place.StatesWithTown("springfield")
	if len(springfields) < 20 || !slices.Contains(springfields, "IL") || !slices.Contains(springfields, "MO") || !slices.Contains(springfields, "VT") || slices.Contains(springfields, "AK") {
		t.Errorf("Springfield is in %q", springfields)
	}
	if got := place.StatesWithTown("qqxz"); len(got) > 0 {
		t.Errorf("no town is in %q", got)
	}
	if got := place.Find("Charleston, West Virginia", 5); len(got) != 1 || got[0].State != "WV" {
		t.Errorf("Charleston, West Virginia, is %v", got)
	}
}

// Codes and regions that are none of ICE's counties stand for those that they are in, and
// a code that nothing has is a mistake, not a rule that finds nothing.
func TestCodesThatAreNoCounty(t *testing.T) {
	for _, tt := range []struct {
		state      roster.State
		name, want string
	}{
		{"CT", "09110", "09003 09013"},
		{"CT", "Capitol Planning Region", "09003 09013"},
		{"CT", "western connecticut", "09001 09005"},
		{"CT", "Fairfield County", "09001"},
		{"CT", "09999", ""},
		{"NY", "Capitol", ""},
		{"AK", "02261", "02063 02066"},
		{"SD", "46113", "46102"},
		{"TN", "47999", ""},
		{"TN", "09110", ""},
	} {
		if got := strings.Join(place.CountiesNamed(tt.state, tt.name), " "); got != tt.want {
			t.Errorf("%s, %s, is %q, want %q", tt.name, tt.state, got, tt.want)
		}
	}
	if wrong := place.CheckCounty("47999", nil); wrong != "is not a county of any state" {
		t.Errorf("47999 %s", wrong)
	}
	if wrong := place.CheckCounty("Capitol Planning Region", []roster.State{"CT"}); wrong != "" {
		t.Errorf("Capitol Planning Region %s", wrong)
	}
	counties, residents := map[string]bool{}, 0
	for _, r := range place.Regions() {
		residents += r.Residents()
		for _, code := range r.Counties {
			counties[code] = true
		}
	}
	if len(counties) != len(place.Counties("CT")) || residents != place.Residents("CT") {
		t.Errorf("the regions are in %d counties, and have %d residents", len(counties), residents)
	}
}

// A county is its whole state where it is called as that is, and nowhere else.
func TestIsState(t *testing.T) {
	t.Parallel()
	for _, s := range roster.States() {
		for _, c := range place.Counties(s) {
			if called := c.FullName() == s.Name(); c.IsState() != called || called && s != "DC" && s != "GU" {
				t.Errorf("%s, %s: the whole state: %v, called so: %v", c.FullName(), s.Name(), c.IsState(), called)
			}
		}
	}
}
