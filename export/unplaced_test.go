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
		{place{"FL", "Department of Corrections", "Statewide", roster.TypeState}, `"Statewide" not found in Florida`},
		{place{"FL", "Tampa Police Department", "", roster.TypeMunicipality}, "no county named"},
		{place{"FL", "Tampa Police Department", "", ""}, "no county named"},
		{place{"TX", "Sheriff's Office", "Lackawanna County", roster.TypeCounty}, `"Lackawanna County" not found in Texas`},
		{place{"TX", "Lackawanna County Sheriff's Office", "", roster.TypeCounty}, `"Lackawanna County" not found in Texas`},
		{place{"LA", "nowhere PARISH Sheriff", "", roster.TypeCounty}, `"nowhere PARISH" not found in Louisiana`},
		{place{"TX", "County Sheriff", "", roster.TypeCounty}, "no county named"},
		{place{"", "Dallas County Sheriff's Office", "", roster.TypeCounty}, `"Dallas County" named, but no state`},
	} {
		s := inTexas(func(s *roster.AgreementAt) {
			s.State, s.Agency, s.County, s.Type = test.at.state, test.at.agency, test.at.county, test.at.kind
		})
		var want []export.Misfit
		if test.why != "" {
			want = []export.Misfit{{AgreementAt: s, Why: test.why}}
		}
		if diff := cmp.Diff(want, export.Unplaced([]roster.AgreementAt{s})); diff != "" {
			t.Errorf("%v: %s", test.at, diff)
		}
	}
}
