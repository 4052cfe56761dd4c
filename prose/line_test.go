package prose

import (
	"testing"
	"time"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

func TestSpan(t *testing.T) {
	at := func(s string) time.Time {
		when, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	for _, tt := range []struct{ first, last, want string }{
		{"2025-07-03T20:00:00Z", "2025-07-03T20:00:31Z", "July 3, 2025, 4 p.m. ET"},
		{"2025-07-03T13:30:00Z", "2025-07-03T20:05:00Z", "July 3, 2025, 9:30 a.m. to 4:05 p.m. ET"},
		{"2025-07-03T16:00:00Z", "2025-07-03T16:00:00Z", "July 3, 2025, noon ET"},
		{"2025-07-04T03:59:00Z", "2025-07-04T03:59:00Z", "July 3, 2025, 11:59 p.m. ET"},
		{"2025-07-04T04:00:00Z", "2025-07-04T04:00:00Z", "July 4, 2025, midnight ET"},
		{"2025-07-01T20:00:00Z", "2025-07-03T20:00:00Z", "July 1 to 3, 2025"},
		{"2025-06-30T20:00:00Z", "2025-07-03T20:00:00Z", "June 30 to July 3, 2025"},
		{"2025-12-30T20:00:00Z", "2026-01-02T20:00:00Z", "December 30, 2025, to January 2, 2026"},
	} {
		if got := English.Span(at(tt.first), at(tt.last)); got != tt.want {
			t.Errorf("%s to %s: %q, want %q", tt.first, tt.last, got, tt.want)
		}
	}
}

func TestActiveIn(t *testing.T) {
	by := map[roster.State]int{"FL": 3, "TX": 1, "GU": 1, "ME": 0}
	for _, tt := range []struct {
		figures roster.Figures
		want    string
	}{
		{roster.Figures{Active: 1}, "1 active agreement"},
		{roster.Figures{Active: 5, States: 3, ByState: by}, "5 active agreements in 2 states and 1 territory"},
		{roster.Figures{Active: 1200, States: 40, ByState: by}, "1,200 active agreements in 40 states and territories"},
		{roster.Figures{Active: 3, States: 1, ByState: map[roster.State]int{"FL": 3}}, "3 active agreements in 1 state"},
		{roster.Figures{Active: 4, States: 2, ByState: map[roster.State]int{"FL": 3, "DC": 1}}, "4 active agreements in 1 state and the District of Columbia"},
		{roster.Figures{Active: 6, States: 4, ByState: map[roster.State]int{"FL": 3, "DC": 1, "GU": 1, "MP": 1}},
			"6 active agreements in 1 state, the District of Columbia and 2 territories"},
	} {
		if got := English.ActiveIn(tt.figures); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.figures, got, tt.want)
		}
	}
}

func TestLineKeepsTheReserves(t *testing.T) {
	for _, tt := range []struct {
		with func(*roster.Change)
		want string
	}{
		{func(*roster.Change) {}, "Task Force Model, signed July 2, pending 8 days"},
		{func(c *roster.Change) { c.SinceIsLowerBound = true }, "Task Force Model, signed July 2, pending at least 8 days"},
		{func(c *roster.Change) { c.PendingSince = "2025-07-03" }, "Task Force Model, signed July 2, pending less than a day"},
		{func(c *roster.Change) { c.PendingSince, c.SinceIsLowerBound = "2025-07-03", true }, "Task Force Model, signed July 2, pending since at least July 3"},
		{func(c *roster.Change) { c.AgencyActiveCount = 1 }, "Task Force Model, signed July 2, pending 8 days"},
		{func(c *roster.Change) { c.AgencyActiveCount = 3 }, "Task Force Model, signed July 2, pending 8 days; one of the agency's 3 active agreements"},
	} {
		c := change(roster.KindNew, roster.ListParticipating, palmBay())
		c.PendingSince = "2025-06-25"
		tt.with(&c)
		if got := English.Line(c); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

// What an agency sought, held and holds is said beside what happened to it.
func TestLineSaysWhatElse(t *testing.T) {
	a := agreement("OH", "Bramwell Police Department", "Pike County", roster.TypeMunicipality, roster.TFM, "2025-06-25")
	spring := []roster.Spell{{From: "2025-04-03", Until: "2025-04-28"}}
	for _, tt := range []struct {
		name string
		kind roster.Kind
		set  func(c *roster.Change)
		want string
	}{
		{"withdrawn", roster.KindWithdrawn, func(*roster.Change) {}, "Task Force Model, left the pending list, where it stood since June 2; ICE has not listed it as signed"},
		{"withdrawn, signed for a while", roster.KindWithdrawn, func(c *roster.Change) { c.WasSigned = spring },
			"Task Force Model, left the pending list, where it stood since June 2; ICE had listed it as signed from April 3 to April 28, and not since"},
		{"withdrawn, with others", roster.KindWithdrawn, func(c *roster.Change) {
			c.Holds, c.Seeks = []roster.Instrument{{Model: roster.WSO}}, []roster.Model{roster.JEM}
		}, "Task Force Model, left the pending list, where it stood since June 2; ICE has not listed it as signed" +
			"; the agency holds 1 active agreement (Warrant Service Officer); the agency is now pending for Jail Enforcement Model"},
		{"pending again", roster.KindPending, func(c *roster.Change) { c.WasPending = spring }, "Task Force Model, pending again; before, it was pending from April 3 to April 28"},
		{"pending, signed before", roster.KindPending, func(c *roster.Change) {
			c.WasSigned = []roster.Spell{{From: "2025-04-03", Until: "2025-04-28", FromIsLowerBound: true}}
		}, "Task Force Model; ICE had listed it as signed from at least April 3 to April 28"},
		{"signed after it had left", roster.KindNew, func(c *roster.Change) { c.PendingSince, c.PendingUntil = "2025-06-02", "2025-06-20" },
			"Task Force Model, signed June 25, pending from June 2 to June 20"},
		{"signed after it was off the list", roster.KindNew, func(c *roster.Change) { c.PendingSince, c.Gaps = "2025-05-03", spring },
			"Task Force Model, signed June 25, pending 61 days, but for the time from April 3 to April 28"},
		{"withdrawn after it was off the list", roster.KindWithdrawn, func(c *roster.Change) { c.Gaps = spring },
			"Task Force Model, left the pending list, where it stood since June 2, but for the time from April 3 to April 28; ICE has not listed it as signed"},
		{"signed after it was reported as withdrawn", roster.KindNew, func(c *roster.Change) { c.Corrects = "chg_1" },
			"Task Force Model, signed June 25; correction: the pending entry had been reported as no longer pending"},
	} {
		list := roster.ListPending
		if tt.kind == roster.KindNew {
			list = roster.ListParticipating
		}
		c := change(tt.kind, list, a)
		c.ListedSince = "2025-06-02"
		tt.set(&c)
		if got := English.Line(c); got != tt.want {
			t.Errorf("%s: %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// A line says what changed in words, never in the values of the data.
func TestLineOfDetails(t *testing.T) {
	for _, tt := range []struct {
		field roster.Field
		want  string
	}{
		{roster.Field{Name: "type", From: "county", To: "municipality"}, "now listed as a municipal agency instead of a county agency"},
		{roster.Field{Name: "type", To: "state"}, "now listed as an agency of the state government"},
		{roster.Field{Name: "county", To: "Brevard County"}, "county now given as Brevard County"},
		{roster.Field{Name: "county", From: "Brevard", To: "Polk County"}, "county now given as Polk County instead of Brevard"},
		{roster.Field{Name: "rows", From: "1", To: "2"}, "now in 2 rows of ICE's list, which count as one agreement"},
		{roster.Field{Name: "rows", From: "2", To: "1"}, "no longer listed twice"},
		{roster.Field{Name: "rows", From: "3", To: "1"}, "no longer listed in 3 rows"},
		{roster.Field{Name: "moa_url", From: "https://www.ice.gov/a.pdf"}, "memorandum of agreement no longer linked"},
	} {
		c := change(roster.KindDetail, roster.ListParticipating, palmBay())
		c.Fields = []roster.Field{tt.field}
		if got, want := English.Line(c), "Task Force Model, "+tt.want; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// What ICE listed before is said as a sentence says it.
func TestLineOfAmendments(t *testing.T) {
	c := change(roster.KindAmended, roster.ListParticipating, palmBay())
	c.Fields = []roster.Field{{Name: "state", From: "DC", To: "FL"}, {Name: "signed", From: "2024-07-02", To: "2025-07-02"}}
	const want = "Task Force Model, signed July 2; before, ICE listed it in the District of Columbia and as signed July 2, 2024"
	if got := English.Line(c); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// An agency is said to be in the county that the Census Bureau knows by the name,
// unless its own name says that in whole words, and in none that is a guess.
func TestWhere(t *testing.T) {
	for _, tt := range []struct {
		state                roster.State
		agency, county, want string
	}{
		{"FL", "Palm Bay Police Department", "Brevard County", "Palm Bay Police Department (Brevard County)"},
		{"FL", "Palm Bay Police Department", "BREVARD", "Palm Bay Police Department (Brevard County)"},
		{"FL", "Palm Bay Police Department", "", "Palm Bay Police Department (Brevard County)"},
		{"LA", "Arnaudville Police Department", "Saint Landry County", "Arnaudville Police Department (St. Landry Parish)"},
		{"TX", "Lampass County Sheriff's Office", "Lampass County", "Lampass County Sheriff's Office (Lampasas County)"},
		{"VA", "Fleetwood Police Department", "Lee County", "Fleetwood Police Department (Lee County)"},
		{"VA", "Blue Ridge Regional Jail", "Lexington", "Blue Ridge Regional Jail (the city of Lexington)"},
		{"DE", "Larkwood Authority", "Kent/Sussex", "Larkwood Authority (Kent County and Sussex County)"},
		{"VA", "Lee County Sheriff's Office", "Lee County", "Lee County Sheriff's Office"},
		{"VA", "Lee County Sheriff's Office", "LEE", "Lee County Sheriff's Office"},
		{"VA", "City of Lee (Lee County)", "Lee County", "City of Lee (Lee County)"},
		{"VA", "Hopewell Sheriff's Office", "Hopewell County", "Hopewell Sheriff's Office"},
		{"LA", "Allen Parish Sheriff's Office", "Allen Parish", "Allen Parish Sheriff's Office"},
		{"VA", "Rappahannock, Shenandoah, Warren Regional Jail Authority", "", "Rappahannock, Shenandoah, Warren Regional Jail Authority"},
		{"DC", "Metropolitan Police Department", "", "Metropolitan Police Department"},
		{"VA", "", "Lee County", "an agency without a name (Lee County)"},
		// Not known, or not of one county.
		{"FL", "Larkwood Police Department", "", "Larkwood Police Department"},
		{"FL", "Larkwood Police Department", "Kershaw County", "Larkwood Police Department"},
		{"FL", "Longboat Key Police Department", "", "Longboat Key Police Department"},
		{"GA", "Monroe Police Department", "Monroe County", "Monroe Police Department"},
		{"PA", "Bradford County Sheriff's Office", "Bedford County", "Bradford County Sheriff's Office"},
		{"", "Larkwood Police Department", "Lee County", "Larkwood Police Department"},
	} {
		if got := English.Where(roster.Agreement{State: tt.state, Agency: tt.agency, County: tt.county}); got != tt.want {
			t.Errorf("%q of %s in %q: %q, want %q", tt.agency, tt.state, tt.county, got, tt.want)
		}
	}
	force := roster.Agreement{State: "AR", Agency: "Arkansas State Police", County: "Pulaski County", Type: roster.TypeState}
	if got := English.Where(force) + English.CountyOf(force); got != "Arkansas State Police" {
		t.Errorf("an agency of the whole state is %q", got)
	}
	slip := roster.Agreement{State: "PA", Agency: "Bradford County Sheriff's Office", County: "Bedford County", Type: roster.TypeCounty}
	if got := English.CountyOf(slip); got != "Bradford County" {
		t.Errorf("an agency whose name says a county other than ICE does is in %q", got)
	}
}

// A county is called as its people call it.
func TestCounty(t *testing.T) {
	for _, tt := range []struct {
		fips, name, want string
	}{
		{"12009", "Brevard", "Brevard County"}, {"22097", "St. Landry", "St. Landry Parish"}, {"51036", "Charles City", "Charles City County"},
		{"51670", "Hopewell", "the city of Hopewell"}, {"32510", "Carson City", "Carson City"}, {"02020", "Anchorage", "Anchorage"},
		{"11001", "District of Columbia", "District of Columbia"}, {"66010", "Guam", "Guam"},
	} {
		if got := English.County(place.County{FIPS: tt.fips, Name: tt.name}); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.fips, got, tt.want)
		}
	}
}
