package snapshot_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
)

// listed is an agreement of an agency, from these moments on and until, in turn.
func listed(s roster.State, agency, county string, kind roster.Type, model roster.Model, moments ...time.Time) roster.Record {
	r := record(string(s)+agency+string(model), moments...)
	for i := range r.Versions {
		a := &r.Versions[i].Agreement
		a.AgencyID, a.State, a.Agency, a.County, a.Type, a.Model = string(s)+agency, s, agency, county, kind, model
	}
	return r
}

const (
	ofCounty = roster.TypeCounty
	ofTown   = roster.TypeMunicipality
	ofState  = roster.TypeState
)

// coverageSource is what tests of coverage begin with.
func coverageSource() *source {
	pending := listed("FL", "Leon County Sheriff's Office", "Leon County", ofCounty, roster.TFM, at(10))
	pending.List = roster.ListPending
	return &source{publications: []roster.Publication{counted(1, roster.ListParticipating, 10), counted(2, roster.ListParticipating, 20)}, reading: roster.Reading{Read: at(25)},
		records: []roster.Record{
			pending,
			// Two agencies of one county, one of them in two models: the county counts once.
			listed("FL", "Orange County Sheriff's Office", "Orange County", ofCounty, roster.JEM, at(10)),
			listed("FL", "Orange County Sheriff's Office", "Orange County", ofCounty, roster.TFM, at(10), at(20)),
			listed("FL", "Orange County Corrections Department", "Orange County", ofCounty, roster.JEM, at(20)),
			listed("FL", "Palm Bay Police Department", "Brevard County", ofTown, roster.TFM, at(10)),
			listed("FL", "Alachua Police Department", "Alachua County", ofCounty, roster.TFM, at(10)), // a slip of ICE's
			listed("FL", "Florida Highway Patrol", "", ofState, roster.TFM, at(10)),
			listed("FL", "Pensacola State College", "Escambia County", ofState, roster.TFM, at(10)),
			listed("FL", "Regional Task Force", "", "", roster.TFM, at(10)),
			listed("VA", "Rappahannock, Shenandoah, Warren Regional Jail Authority", "", ofCounty, "Tribal", at(10)),
			listed("CT", "Windham County Sheriff's Office", "Windham County", ofCounty, roster.TFM, at(20)),
			listed("GU", "Office of the Attorney General", "", ofState, roster.TFM, at(10)),
			listed("MP", "Saipan Police Department", "Saipan", ofTown, roster.TFM, at(10)),
			listed("", "Nowhere Police Department", "", ofTown, roster.TFM, at(10)),
		}}
}

// A county is counted once, a municipality and a state cover none, and every active
// agreement is somewhere.
func TestCoverage(t *testing.T) {
	c := coverageSource().load(t).Coverage(at(12))
	number := func(n int) *int { return &n }
	county := func(code string) int { c, _ := place.ByFIPS(code); return c.Residents }
	reach := func(counties int, by map[roster.Model]int) roster.Reach {
		return roster.Reach{Counties: counties, ByModel: by}
	}
	for _, want := range []roster.Coverage{
		{State: "FL", Counties: 67, Covered: reach(1, map[roster.Model]int{"JEM": 1, "TFM": 1}), Municipal: reach(2, map[roster.Model]int{"TFM": 2}),
			StateInPart: reach(1, map[roster.Model]int{"TFM": 1}), Any: reach(4, map[roster.Model]int{"JEM": 1, "TFM": 4}),
			Residents: number(23_372_215), Living: number(county("12095")),
			Agreements: roster.Whereabout{Active: 7, County: 2, Municipal: 2, StateInPart: 1, Statewide: 1, NotPlaced: 1}},
		{State: "VA", Counties: 133, Covered: reach(3, map[roster.Model]int{"other": 3}), Any: reach(3, map[roster.Model]int{"other": 3}),
			Residents: number(place.Residents("VA")), Living: number(county("51157") + county("51171") + county("51187")),
			Agreements: roster.Whereabout{Active: 1, County: 1}},
		{State: "CT", Counties: 8, Residents: number(3_675_069), Living: number(0)},
		{State: "GU", Counties: 1, Agreements: roster.Whereabout{Active: 1, Statewide: 1}},
		{State: "MP", Counties: 4, Municipal: reach(1, map[roster.Model]int{"TFM": 1}), Any: reach(1, map[roster.Model]int{"TFM": 1}),
			Agreements: roster.Whereabout{Active: 1, Municipal: 1}},
		{Counties: 3143, Covered: reach(4, map[roster.Model]int{"JEM": 1, "TFM": 1, "other": 3}), Municipal: reach(2, map[roster.Model]int{"TFM": 2}),
			StateInPart: reach(1, map[roster.Model]int{"TFM": 1}), Any: reach(7, map[roster.Model]int{"JEM": 1, "TFM": 4, "other": 3}),
			Residents: number(340_110_988), Living: number(county("12095") + county("51157") + county("51171") + county("51187")),
			Agreements: roster.Whereabout{Active: 11, County: 3, Municipal: 2, StateInPart: 1, Statewide: 1, NotPlaced: 2, Territories: 2}},
	} {
		if diff := cmp.Diff(want, c.Of(want.State), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", want.State, diff)
		}
	}
	if len(c.States) != len(roster.States()) {
		t.Errorf("%d states and territories", len(c.States))
	}
}

// An agreement in a county of which no residents are known leaves their number open.
func TestCoverageOfUnknownResidents(t *testing.T) {
	snap := coverageSource().load(t)
	c := snap.Coverage(snap.KnownUntil())
	if got := c.Of("CT"); got.Covered.Counties != 1 || got.Living != nil || got.Residents == nil {
		t.Errorf("Connecticut: %+v", got)
	}
	if _, _, known := c.Nation.Share(); known {
		t.Errorf("the nation: %+v", c.Nation)
	}
	if part, whole, known := c.Of("FL").Share(); !known || part == 0 || whole != 23_372_215 {
		t.Errorf("Florida: %d, %v", part, known)
	}
}

// The curve says at each day's end what the coverage of then says.
func TestCoverageCurve(t *testing.T) {
	snap := coverageSource().load(t)
	for _, s := range []roster.State{"", "FL", "CT", "GU", "WY"} {
		curve := snap.CoverageCurve(s)
		if len(curve) != 2 || curve[0].Day != "2025-06-10" || curve[1].Day != "2025-06-20" {
			t.Fatalf("%s: %+v", s, curve)
		}
		for _, p := range curve {
			c := snap.Coverage(p.Day.EndOf()).Of(s)
			if diff := cmp.Diff(c.Covered, roster.Reach{Counties: p.Covered, ByModel: p.ByModel}); diff != "" {
				t.Errorf("%s on %s:\n%s", s, p.Day, diff)
			}
			if diff := cmp.Diff(c.Living, p.Living); diff != "" {
				t.Errorf("%s on %s:\n%s", s, p.Day, diff)
			}
		}
	}
	if curve := (&source{}).load(t).CoverageCurve(""); len(curve) != 0 {
		t.Errorf("of no list: %+v", curve)
	}
}

// Every county of the country has a row, and the rows add up to what is counted.
func TestCountiesAt(t *testing.T) {
	snap := coverageSource().load(t)
	covered, agreements := 0, 0
	all := snap.CountiesAt(at(12))
	for i, c := range all {
		if i > 0 && all[i-1].FIPS >= c.FIPS {
			t.Errorf("%s is behind %s", c.FIPS, all[i-1].FIPS)
		}
		if c.Covered() {
			covered++
		}
		for _, byModel := range c.By {
			for _, n := range byModel {
				agreements += n
			}
		}
	}
	if len(all) != 3232 || covered != 4 || agreements != 9 { // the jail of three counties is in each
		t.Errorf("%d counties, %d covered, %d agreements", len(all), covered, agreements)
	}
}
