package roster

import (
	"reflect"
	"testing"
	"time"
)

func TestCount(t *testing.T) {
	at := time.Date(2025, 7, 3, 20, 0, 0, 0, time.UTC)
	standing := func(status Status, state State, agency string, model Model, kind Type, doubles int) AgreementAt {
		return AgreementAt{Agreement: Agreement{State: state, AgencyID: agency, Model: model, Type: kind}, Status: status, Duplicates: doubles}
	}
	got := Count([]AgreementAt{
		standing(StatusActive, "TX", "TX-a", JEM, TypeCounty, 0),
		standing(StatusActive, "TX", "TX-a", WSO, TypeCounty, 1), // an agency's second agreement, listed twice
		standing(StatusActive, "TX", "TX-b", TFM, TypeMunicipality, 0),
		standing(StatusActive, "GU", "GU-c", TFM, TypeState, 0),
		standing(StatusActive, "FL", "FL-d", TFM, "", 0),
		standing(StatusPending, "FL", "FL-d", JEM, TypeCounty, 2), // both at once
		standing(StatusPending, "WV", "WV-e", TFM, TypeCounty, 0), // a state with nothing signed
		standing(StatusEnded, "VA", "VA-f", TFM, TypeCounty, 5),
	}, at)
	want := Stats{
		AsOf: at, Active: 5, Agencies: 4, States: 3, Pending: 2, Duplicates: 3,
		ByModel: map[Model]int{JEM: 1, WSO: 1, TFM: 3},
		ByType:  map[Type]int{TypeCounty: 2, TypeMunicipality: 1, TypeState: 1, "": 1},
		ByState: map[State]ByStatus{"TX": {Active: 3}, "GU": {Active: 1}, "FL": {Active: 1, Pending: 1}, "WV": {Pending: 1}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Count = %+v\nwant %+v", got, want)
	}
	if got := Count(nil, at); got.Active != 0 || got.ByModel == nil || got.ByType == nil || got.ByState == nil {
		t.Errorf("Count of nothing = %+v, want zeros and maps to range over", got)
	}
}
