package roster

import (
	"reflect"
	"testing"
	"time"
)

func TestCount(t *testing.T) {
	at := time.Date(2025, 7, 3, 20, 0, 0, 0, time.UTC)
	standing := func(status Status, state State, agency string, model Model, kind Type, doubles int) Standing {
		return Standing{Agreement: Agreement{State: state, AgencyID: agency, Model: model, Type: kind}, Status: status, Doubles: doubles}
	}
	got := Count([]Standing{
		standing(Active, "TX", "TX-a", JEM, County, 0),
		standing(Active, "TX", "TX-a", WSO, County, 1), // an agency's second agreement, listed twice
		standing(Active, "TX", "TX-b", TFM, Municipality, 0),
		standing(Active, "GU", "GU-c", TFM, StateAgency, 0),
		standing(Active, "FL", "FL-d", TFM, "", 0),
		standing(Waiting, "FL", "FL-d", JEM, County, 2), // both at once
		standing(Waiting, "WV", "WV-e", TFM, County, 0), // a state with nothing signed
		standing(Ended, "VA", "VA-f", TFM, County, 5),
	}, at)
	want := Stats{
		AsOf: at, Active: 5, Agencies: 4, States: 3, Pending: 2, Doubles: 3,
		ByModel: map[Model]int{JEM: 1, WSO: 1, TFM: 3},
		ByType:  map[Type]int{County: 2, Municipality: 1, StateAgency: 1, "": 1},
		ByState: map[State]ByStatus{"TX": {Active: 3}, "GU": {Active: 1}, "FL": {Active: 1, Pending: 1}, "WV": {Pending: 1}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Count = %+v\nwant %+v", got, want)
	}
	if got := Count(nil, at); got.Active != 0 || got.ByModel == nil || got.ByType == nil || got.ByState == nil {
		t.Errorf("Count of nothing = %+v, want zeros and maps to range over", got)
	}
}
