package roster

import (
	"slices"
	"testing"
	"time"
)

func TestFilterMatch(t *testing.T) {
	at := time.Date(2025, 7, 3, 20, 0, 0, 0, time.UTC)
	lampasas := Agreement{AgencyID: "TX-lampasas-county-sheriffs-office", State: "TX", Agency: "Lampasas County Sheriff's Office",
		County: "Lampasas County", Type: TypeCounty, Model: WSO}
	palmBay := Agreement{AgencyID: "FL-palm-bay-police-department", State: "FL", Agency: "Palm Bay Police Department",
		County: "Brevard County", Type: TypeMunicipality, Model: TFM}
	lakePlacid := Agreement{AgencyID: "NY-lake-placid-police-department", State: "FL", Agency: "Lake Placid Police Department", Model: TFM}
	lakePlacidBefore := lakePlacid
	lakePlacidBefore.State = "NY"
	moved := Change{Kind: KindAmended, DetectedAt: at, Agreement: lakePlacid, Before: &lakePlacidBefore}
	created := func(a Agreement) Change { return Change{Kind: KindNew, DetectedAt: at, Agreement: a} }

	in := func(a Agreement, counties, places []string) bool {
		county, place := map[string]string{"TX": "Lampasas", "FL": "Brevard", "NY": "Essex"}[string(a.State)], map[string]string{"FL": "Palm Bay"}[string(a.State)]
		return slices.Contains(counties, county) || slices.Contains(places, place)
	}

	for _, tt := range []struct {
		name   string
		filter Filter
		change Change
		want   bool
	}{
		{"empty", Filter{}, created(lampasas), true},
		{"kind", Filter{Kinds: []Kind{KindRemoved, KindNew}}, created(lampasas), true},
		{"other kind", Filter{Kinds: []Kind{KindRemoved}}, created(lampasas), false},
		{"state", Filter{States: []State{"FL", "TX"}}, created(lampasas), true},
		{"other state", Filter{States: []State{"FL"}}, created(lampasas), false},
		{"model", Filter{Models: []Model{WSO}}, created(lampasas), true},
		{"other model", Filter{Models: []Model{JEM, TFM}}, created(lampasas), false},
		{"type", Filter{Types: []Type{TypeCounty}}, created(lampasas), true},
		{"other type", Filter{Types: []Type{TypeState}}, created(lampasas), false},
		{"all parts", Filter{Kinds: []Kind{KindNew}, States: []State{"TX"}, Models: []Model{WSO}, Types: []Type{TypeCounty}, Counties: []string{"Lampasas"}, Agencies: []string{"Lampasas*"}}, created(lampasas), true},
		{"one part fails", Filter{Kinds: []Kind{KindNew}, States: []State{"TX"}, Models: []Model{TFM}}, created(lampasas), false},

		{"since then", Filter{Since: at}, created(lampasas), true},
		{"since later", Filter{Since: at.Add(1)}, created(lampasas), false},
		{"until then", Filter{Until: at}, created(lampasas), false},
		{"until later", Filter{Until: at.Add(1)}, created(lampasas), true},

		{"state before an amendment", Filter{States: []State{"NY"}}, moved, true},
		{"state after an amendment", Filter{States: []State{"FL"}}, moved, true},
		{"state on neither side", Filter{States: []State{"GA"}}, moved, false},
		{"parts that hold on different sides", Filter{States: []State{"NY"}, Models: []Model{WSO}}, moved, false},
		{"kind of an amendment", Filter{Kinds: []Kind{KindNew}, States: []State{"NY"}}, moved, false},

		{"county", Filter{Counties: []string{"Lampasas"}}, created(lampasas), true},
		{"one county of several", Filter{Counties: []string{"Brevard", "Lampasas"}}, created(lampasas), true},
		{"other county", Filter{Counties: []string{"Brevard"}}, created(lampasas), false},
		{"no county", Filter{Counties: []string{"Highlands"}}, created(lakePlacid), false},
		{"place", Filter{Places: []string{"Palm Bay"}}, created(palmBay), true},
		{"other place", Filter{Places: []string{"Tampa"}}, created(palmBay), false},
		{"county or place", Filter{Counties: []string{"Lampasas"}, Places: []string{"Palm Bay"}}, created(palmBay), true},
		{"place in another state", Filter{States: []State{"TX"}, Places: []string{"Palm Bay"}}, created(palmBay), false},
		{"county before an amendment", Filter{Counties: []string{"Essex"}}, moved, true},

		{"agency", Filter{Agencies: []string{"palm bay police department"}}, created(palmBay), true},
		{"agency by id", Filter{Agencies: []string{"FL-palm-bay-police-department"}}, created(palmBay), true},
		{"part of an agency's name", Filter{Agencies: []string{"Palm Bay"}}, created(palmBay), false},
		{"stars", Filter{Agencies: []string{"*bay police*"}}, created(palmBay), true},
		{"question mark", Filter{Agencies: []string{"Palm ?ay Police Department"}}, created(palmBay), true},
		{"other stars", Filter{Agencies: []string{"*Sheriff*"}}, created(palmBay), false},
		{"star over a slash", Filter{Agencies: []string{"A*Jail"}}, created(Agreement{Agency: "A/B Jail"}), true},
		{"unreadable pattern", Filter{Agencies: []string{"[Palm"}}, created(palmBay), false},
	} {
		if got := tt.filter.Match(tt.change, in); got != tt.want {
			t.Errorf("%s: Match = %v, want %v", tt.name, got, tt.want)
		}
	}
	if (Filter{Counties: []string{"Lampasas"}}).Match(created(lampasas), nil) {
		t.Error("a county is found without a map")
	}
}
