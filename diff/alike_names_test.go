package diff_test

import (
	"testing"

	"github.com/watch287g/watch287g/diff"
	"github.com/watch287g/watch287g/roster"
)

func TestAlikeNames(t *testing.T) {
	t.Parallel()
	names := &diff.Names{}
	for _, c := range []struct {
		a, b roster.Spelling
		want diff.Alikeness
	}{
		{roster.Spelling{State: "FL", Name: "Baker County Sheriff's Office"}, roster.Spelling{State: "", Name: "Baker County Sheriffs Office"}, diff.Alike},
		{roster.Spelling{State: "FL", Name: "Marion County Sheriff's Office"}, roster.Spelling{State: "FL", Name: "Office of the Sheriff, Marion County"}, diff.Alike},
		{roster.Spelling{State: "FL", Name: "St. Augustine Police Department"}, roster.Spelling{State: "", Name: "City of St. Augustine"}, diff.Alike},
		{roster.Spelling{State: "FL", Name: "Bartow Police Department"}, roster.Spelling{State: "FL", Name: "Bartow Police Dept"}, diff.Alike},
		{roster.Spelling{State: "TX", Name: "Austin County Sheriff's Office"}, roster.Spelling{State: "TX", Name: "Austin County Sheritrs Office"}, diff.Alike},
		{roster.Spelling{State: "FL", Name: "Macro Island Police Department"}, roster.Spelling{State: "FL", Name: "Marco Island Police Dept"}, diff.Alike},
		{roster.Spelling{State: "NY", Name: "Lake Placid Police Department"}, roster.Spelling{State: "FL", Name: "Lake Placid Police Department"}, diff.Unlike},
		{roster.Spelling{State: "FL", Name: "Clay County Sheriff's Office"}, roster.Spelling{State: "", Name: "Citrus County Sheriff's Office"}, diff.Unlike},
		{roster.Spelling{State: "FL", Name: "Punta Gorda Police Department"}, roster.Spelling{State: "", Name: "Charlotte County Sheriff's Office"}, diff.Unlike},
		{roster.Spelling{State: "FL", Name: "Jacksonville Sheriff's Office"}, roster.Spelling{State: "", Name: "Duval County Sheriff's Office"}, diff.Unsure},
		{roster.Spelling{State: "FL", Name: "Lee County Board of County Commissioners"}, roster.Spelling{State: "", Name: "Lee County Sheriff's Office"}, diff.Unsure},
		{roster.Spelling{State: "FL", Name: "Florida A&M University Board of Trustees"}, roster.Spelling{State: "", Name: "Flonda A&M University Board ofTruSlees"}, diff.Unsure},
		{roster.Spelling{State: "TX", Name: "Winkler County Sheriff's Office"}, roster.Spelling{State: "", Name: "Wlnkler County Sheriffs Office"}, diff.Alike},
		{roster.Spelling{State: "FL", Name: "Florida Highway Patrol"}, roster.Spelling{State: "", Name: "Leon County Sheriff's Office"}, diff.Unlike},
		{roster.Spelling{State: "TX", Name: "Hood County Constable Precinct 2"}, roster.Spelling{State: "", Name: "Hood County Constable Precinct 1"}, diff.Unlike},
		{roster.Spelling{State: "FL", Name: "Sunny Isles Police Department"}, roster.Spelling{State: "", Name: "Sunny Isles Beach PD"}, diff.Alike},
		{roster.Spelling{State: "FL", Name: "Melbourne Police Department"}, roster.Spelling{State: "", Name: "Melbourne Beach Police Department"}, diff.Unlike},
		{roster.Spelling{State: "FL", Name: "Police Department"}, roster.Spelling{State: "", Name: "Ocala Police Department"}, diff.Unsure},
	} {
		if got := names.Alike(c.a, c.b); got != c.want {
			t.Errorf("%v and %v: %v, want %v", c.a, c.b, got, c.want)
		}
		if got := names.Alike(c.b, c.a); got != c.want {
			t.Errorf("%v and %v, the other way round: %v, want %v", c.b, c.a, got, c.want)
		}
	}
}
