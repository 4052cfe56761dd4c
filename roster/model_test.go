package roster

import (
	"maps"
	"strings"
	"testing"
	"time"
)

func TestParseModel(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want Model
	}{
		{"Jail Enforcement Model", JEM}, {"Task Force Model", TFM}, {"Warrant Service Officer", WSO},
		{"Warrant Service Office", WSO}, {"Warrant Services Officer", WSO}, {"Task Force Officer", TFM},
		{"JEM", JEM}, {"tfm", TFM}, {"WSO Model", WSO}, {"Jail Enforcement Model (JEM)", JEM}, {"TFM – Task Force Model", TFM},
		{" Jail  Enforcement\u00a0Model ", JEM}, {"TASK FORCE MODEL", TFM}, {"Warrant Service", WSO},
		{"Tsak Force Model", TFM}, {"Jail Enforcment Model", JEM}, {"Warrent Service Officer", WSO},
		{"Task Force Model\n", TFM}, {"Task Force Model / Task Force Officer", TFM}, {"Taskforce Model", TFM}, {"Jail Enforcement Mode l", JEM},
		{"287(g) Task Force Model", TFM}, {"Warrant Service Officer Program", WSO}, {"Warrant Serivce Officers", WSO}, {"Task Forces", TFM},
	} {
		if got, known := ParseModel(tt.in); got != tt.want || !known {
			t.Errorf("ParseModel(%q) = %q, %v, want %q", tt.in, got, known, tt.want)
		}
	}
	for _, m := range Models() {
		if got, known := ParseModel(m.Name()); !known || got != m {
			t.Errorf("ParseModel(%q) = %q, %v, want %q", m.Name(), got, known, m)
		}
	}
}

// A model that is none of the three is never folded into one of them.
func TestParseOtherModel(t *testing.T) {
	long := strings.Repeat("Very Long ", 20) + "Model"
	for _, tt := range []struct {
		in   string
		want Model // "" where it can be no model's name
	}{
		{"Tribal Task Force", "Tribal Task Force"}, {" Tribal  Task\u00a0Force ", "Tribal Task Force"}, {"TRIBAL TASK FORCE", "Tribal Task Force"},
		{"tribal task force", "Tribal Task Force"}, {"Tribal Task Force Model", "Tribal Task Force Model"}, {"Task Force Model – Tribal", "Task Force Model – Tribal"},
		{"Hybrid", "Hybrid"}, {"Hybrid Model", "Hybrid Model"}, {"Hybrid (JEM/TFM)", "Hybrid (JEM/TFM)"},
		{"Jail Enforcement Model / Warrant Service Officer", "Jail Enforcement Model / Warrant Service Officer"},
		{"Task Force Model and Warrant Service Officer", "Task Force Model and Warrant Service Officer"},
		{"Task Force Model\nWarrant Service Officer", "Task Force Model Warrant Service Officer"},
		{"JEM, WSO", "JEM, WSO"}, {"TFM WSO", "TFM WSO"}, {"jem/wso", "JEM/WSO"}, {"TFM – Warrant Service Officer", "TFM – Warrant Service Officer"},
		{"Task Force Model II", "Task Force Model II"}, {"Task Force Model B", "Task Force Model B"}, {"Task Force Model 2", "Task Force Model 2"},
		{"State Enforcement Model", "State Enforcement Model"}, {"Street Enforcement Model", "Street Enforcement Model"}, {"Force Model", "Force Model"},
		{"Juvenile Jail Enforcement Model", "Juvenile Jail Enforcement Model"}, {"Warrant Task Force", "Warrant Task Force"},
		{"Campus Police Model", "Campus Police Model"},
		{long, Model(long[:79] + "…")},

		{"Task", ""}, {"Task Force M", ""}, {"Model", ""}, {"Model Agreement", ""}, {"", ""}, {"#N/A", ""}, {"#REF!", ""}, {"TBD", ""}, {"None", ""},
		{"Support Type", ""}, {"45922", ""}, {"6/11/2025", ""}, {"June 11, 2025", ""}, {"2025-06-11 00:00:00", ""},
		{"County", ""}, {"Muncipality", ""}, {"State Agency", ""}, {"TEXAS", ""}, {"Georgia", ""}, {"Bexar County", ""}, {"Lampasas County Sheriff's Office", ""},
		{"Palm Bay Police Department", ""}, {"Link", ""}, {"Link Pending", ""}, {"https://www.ice.gov/doclib/a.pdf", ""}, {"someone@example.org", ""},
	} {
		if got, known := ParseModel(tt.in); got != tt.want || known {
			t.Errorf("ParseModel(%q) = %q, %v, want %q", tt.in, got, known, tt.want)
		}
	}
}

func TestOtherModels(t *testing.T) {
	for _, tt := range []struct{ m, class, key, slug, name Model }{
		{"TFM", "TFM", "TFM", "TFM", "Task Force Model"},
		{"", "", "", "", ""},
		{"Tribal Task Force", "other", "tribal task force", "tribal-task-force", "Tribal Task Force"},
		{"JEM / WSO", "other", "jem wso", "jem-wso", "JEM / WSO"},
		{"JEM/WSO", "other", "jem wso", "jem-wso", "JEM/WSO"},
		{"Модель", "other", "модель", "other", "Модель"},
		{"A very long name of a model that goes on and on", "other", "a very long name of a model that goes on and on", "a-very-long-name-of-a-model-that-goes-on", "A very long name of a model that goes on and on"},
	} {
		if got := [...]string{string(tt.m.Class()), tt.m.Key(), tt.m.Slug(), tt.m.Name()}; got != [...]string{string(tt.class), string(tt.key), string(tt.slug), string(tt.name)} {
			t.Errorf("%q: %q", tt.m, got)
		}
	}
	standing := func(m Model) AgreementAt {
		return AgreementAt{Agreement: Agreement{State: "TX", Model: m}, Status: StatusActive}
	}
	s := Count([]AgreementAt{standing(TFM), standing("Hybrid"), standing("Tribal Task Force"), standing("Hybrid")}, time.Time{})
	if want := map[Model]int{TFM: 1, OtherModel: 3}; !maps.Equal(s.ByModel, want) {
		t.Errorf("by model %v, want %v", s.ByModel, want)
	}
	if want := map[Model]int{"Hybrid": 2, "Tribal Task Force": 1}; !maps.Equal(s.Others, want) {
		t.Errorf("others %v, want %v", s.Others, want)
	}
	hybrid := Agreement{State: "TX", Model: "Hybrid"}
	for _, m := range []Model{OtherModel, "Hybrid", "HYBRID"} {
		if !(Filter{Models: []Model{m}}).MatchAgreement(hybrid, nil) {
			t.Errorf("the model %q does not choose a hybrid one", m)
		}
	}
	for _, m := range []Model{TFM, "Tribal Task Force"} {
		if (Filter{Models: []Model{m}}).MatchAgreement(hybrid, nil) {
			t.Errorf("the model %q chooses a hybrid one", m)
		}
	}
}

func TestParseType(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want Type // "" where it is refused
	}{
		{"County", TypeCounty}, {"County ", TypeCounty}, {"COUNTY", TypeCounty}, {"Parish", TypeCounty}, {"Cuonty", TypeCounty},
		{"Municipality", TypeMunicipality}, {"Muncipality", TypeMunicipality}, {"Municipal", TypeMunicipality}, {"City", TypeMunicipality},
		{"State", TypeState}, {"State Agency", TypeState}, {"state\u00a0agency", TypeState},
		{"", ""}, {"#NA", ""}, {"#N/A", ""}, {"University", ""}, {"Tribal", ""}, {"County / Municipality", ""},
	} {
		if got, ok := ParseType(tt.in); got != tt.want || ok != (tt.want != "") {
			t.Errorf("ParseType(%q) = %q, %v, want %q", tt.in, got, ok, tt.want)
		}
	}
	for _, kind := range Types() {
		if got, ok := ParseType(string(kind)); !ok || got != kind {
			t.Errorf("ParseType(%q) = %q, %v", kind, got, ok)
		}
	}
}

func TestStatusOn(t *testing.T) {
	if StatusOn(ListParticipating) != StatusActive || StatusOn(ListPending) != StatusPending {
		t.Errorf("StatusOn: %q on the participating list, %q on the pending one", StatusOn(ListParticipating), StatusOn(ListPending))
	}
}
