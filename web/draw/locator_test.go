package draw

import (
	"html/template"
	"slices"
	"strings"
	"testing"
)

// What draws pixels gets outlines that fill a box, with the county within the state.
func TestOutline(t *testing.T) {
	t.Parallel()
	var b Borders
	state, county := b.Outline("TN", "47011", 300, 200)
	all := noBox()
	for _, ring := range state {
		for _, p := range ring {
			all.add(p[0], p[1])
		}
	}
	if all.left < -0.1 || all.top < -0.1 || all.right < 299 || all.right > 300.1 || all.bottom > 200.1 {
		t.Errorf("Tennessee takes %v of 300 by 200", all)
	}
	if len(county) != 1 {
		t.Fatalf("Bradley County has %d rings", len(county))
	}
	middle := noBox()
	for _, p := range county[0] {
		middle.add(p[0], p[1])
	}
	x, y := (middle.left+middle.right)/2, (middle.top+middle.bottom)/2
	inside := false
	for _, ring := range state {
		inside = inside != around(ring, x, y)
	}
	if !inside || !around(county[0], x, y) || x < 180 || y < all.bottom-15 {
		t.Errorf("the middle of Bradley County is at %.1f,%.1f of %v", x, y, all)
	}
	if state, county := b.Outline("TN", "48001", 300, 200); len(state) == 0 || county != nil {
		t.Error("a county of Texas is in Tennessee")
	}
	if state, county := b.Outline("ZZ", "47011", 300, 200); state != nil || county != nil {
		t.Error("a state that there is not has an outline")
	}
}

// A neighborhood shows all neighbors, of other states too, with the county's name.
func TestNeighborhoodShowsTheNeighbors(t *testing.T) {
	t.Parallel()
	var b Borders
	picture := b.Neighborhood("47011", CountyMapData{Now: now})
	var hrefs, names []string
	for _, e := range parse(t, picture) {
		switch e.name {
		case "a":
			hrefs = append(hrefs, e.attrs["href"])
			if e.attrs["tabindex"] != "" {
				t.Errorf("%s is no stop of the keyboard, though there are few", e.attrs["href"])
			}
		case "text":
			names = append(names, e.text)
		}
	}
	for _, fips := range append(b.Neighbors("47011"), "47011") {
		if !slices.Contains(hrefs, "/counties/"+fips) {
			t.Errorf("%s is not there", fips)
		}
	}
	if !slices.Contains(names, "Bradley") || !slices.Contains(names, "Polk") {
		t.Errorf("the names are %v", names)
	}
}

// A county that is too small to be seen in its state is marked by a ring around it.
func TestLocatorShowsSmallCounties(t *testing.T) {
	t.Parallel()
	var b Borders
	for fips, ringed := range map[string]bool{"51610": true, "36061": true, "48243": false, "11001": false} {
		if got := strings.Contains(string(b.Locator(fips, CountyMapData{})), "locator-dot"); got != ringed {
			t.Errorf("%s has a ring around it: %t", fips, got)
		}
	}
	if b.Locator("99999", CountyMapData{}) != template.HTML("") {
		t.Error("a county that there is not is somewhere")
	}
}
