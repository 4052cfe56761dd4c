package export_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/export"
	"github.com/watch287g/watch287g/roster"
)

func TestUnplaced(t *testing.T) {
	type place = struct {
		state          roster.State
		agency, county string
		kind           roster.Type
	}
	for _, test := range []struct {
		at  place
		why string // "" where it can be placed, or belongs nowhere
	}{
		{place{"TX", "Dallas County Sheriff's Office", "Dallas County", roster.TypeCounty}, ""},
		{place{"TX", "Dallas County Sheriff's Office", "", roster.TypeCounty}, ""},
		{place{"TX", "Dallas County Sheriff's Office", "Dalas County", roster.TypeCounty}, ""}, // its name says it
		{place{"FL", "Department of Corrections", "", roster.TypeState}, ""},
		{place{"FL", "Department of Corrections", "Statewide", roster.TypeState}, ""},
		{place{"FL", "Tampa Police Department", "", roster.TypeMunicipality}, ""}, // a town's
		{place{"FL", "Tampa Police Department", "", ""}, ""},
		{place{"FL", "Tampaville Police Department", "", roster.TypeMunicipality}, "ICE gives no county, and the name says no county or town of Florida"},
		{place{"TX", "Sheriff's Office", "Lackawanna County", roster.TypeCounty}, `"Lackawanna County" is not a county of Texas, and the name says no county or town of Texas`},
		{place{"TX", "Lackawanna County Sheriff's Office", "", roster.TypeCounty}, "ICE gives no county, and the name says no county of Texas"},
		{place{"LA", "nowhere PARISH Sheriff", "", roster.TypeCounty}, "ICE gives no county, and the name says no county of Louisiana"},
		{place{"TX", "County Sheriff", "", roster.TypeCounty}, "ICE gives no county, and the name says no county of Texas"},
		{place{"", "Dallas County Sheriff's Office", "", roster.TypeCounty}, "ICE names no state"},
	} {
		s := inTexas(func(s *roster.AgreementAt) {
			s.State, s.Agency, s.County, s.Type = test.at.state, test.at.agency, test.at.county, test.at.kind
		})
		var want []export.Misfit
		if test.why != "" {
			want = []export.Misfit{{AgreementAt: s, Why: test.why}}
		}
		if diff := cmp.Diff(want, export.Unplaced(locate, []roster.AgreementAt{s})); diff != "" {
			t.Errorf("%v: %s", test.at, diff)
		}
	}
}
