package roster

import "testing"

func TestParseModel(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want Model // "" where it is refused
	}{
		{"Jail Enforcement Model", JEM}, {"Task Force Model", TFM}, {"Warrant Service Officer", WSO},
		{"Warrant Service Office", WSO}, {"Warrant Services Officer", WSO}, {"Task Force Officer", TFM},
		{"JEM", JEM}, {"tfm", TFM}, {"WSO Model", WSO}, {"Jail Enforcement Model (JEM)", JEM}, {"TFM – Task Force Model", TFM},
		{" Jail  Enforcement\u00a0Model ", JEM}, {"TASK FORCE MODEL", TFM}, {"Warrant Service", WSO},
		{"Tsak Force Model", TFM}, {"Jail Enforcment Model", JEM}, {"Warrent Service Officer", WSO},
		{"Task Force Model / Warrant Service Officer", ""}, {"JEM, WSO", ""}, {"Task", ""}, {"Model", ""},
		{"", ""}, {"#N/A", ""}, {"Support Type", ""}, {"Hybrid Model", ""}, {"45922", ""},
	} {
		if got, ok := ParseModel(tt.in); got != tt.want || ok != (tt.want != "") {
			t.Errorf("ParseModel(%q) = %q, %v, want %q", tt.in, got, ok, tt.want)
		}
	}
	for _, m := range Models() {
		if got, ok := ParseModel(m.Name()); !ok || got != m {
			t.Errorf("ParseModel(%q) = %q, %v, want %q", m.Name(), got, ok, m)
		}
	}
	if got := Model("ABC").Name(); got != "ABC" {
		t.Errorf("Model(ABC).Name() = %q", got)
	}
}

func TestParseType(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want Type // "" where it is refused
	}{
		{"County", County}, {"County ", County}, {"COUNTY", County}, {"Parish", County}, {"Cuonty", County},
		{"Municipality", Municipality}, {"Muncipality", Municipality}, {"Municipal", Municipality}, {"City", Municipality},
		{"State", StateAgency}, {"State Agency", StateAgency}, {"state\u00a0agency", StateAgency},
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
	if StatusOn(Participating) != Active || StatusOn(Pending) != Waiting {
		t.Errorf("StatusOn: %q on the participating list, %q on the pending one", StatusOn(Participating), StatusOn(Pending))
	}
}
