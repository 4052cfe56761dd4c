package export_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/export"
	"github.com/watch287g/watch287g/internal/csvtest"
	"github.com/watch287g/watch287g/roster"
)

func someCounties() []roster.CountyAgreements {
	return []roster.CountyAgreements{
		{FIPS: "09001"},
		{FIPS: "22071", By: map[roster.Type]map[roster.Model]int{roster.TypeCounty: {roster.JEM: 1, roster.TFM: 2}, roster.TypeMunicipality: {"": 1, roster.OtherModel: 1}, "": {roster.WSO: 3}}},
		{FIPS: "51810", By: map[roster.Type]map[roster.Model]int{roster.TypeState: {roster.TFM: 1}}},
	}
}

func coverage(t *testing.T, f export.Format, about *export.About) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := export.Coverage(&b, f, about, someCounties()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCoverageRows(t *testing.T) {
	const head = "county_fips,state,state_name,county,residents,covered,county_jem,county_tfm,county_wso,county_other," +
		"municipality_jem,municipality_tfm,municipality_wso,municipality_other,state_jem,state_tfm,state_wso,state_other,unsaid"
	const want = head + "\n" +
		"09001,CT,Connecticut,Fairfield County,,false,0,0,0,0,0,0,0,0,0,0,0,0,0\n" +
		"22071,LA,Louisiana,Orleans Parish,362701,true,1,2,0,0,0,0,0,2,0,0,0,0,3\n" +
		"51810,VA,Virginia,Virginia Beach city,454808,false,0,0,0,0,0,0,0,0,0,1,0,0,0\n"
	if diff := cmp.Diff(want, string(coverage(t, export.CSV, nil))); diff != "" {
		t.Error(diff)
	}
	site := csvtest.Records(t, coverage(t, export.CSV, about()))
	if site[0]["source_sha256"] != "aa11" || site[0]["licence"] != "CC0-1.0" {
		t.Errorf("the origin is %v", site[0])
	}
}

func TestCoverageJSON(t *testing.T) {
	var file struct {
		About    struct{ Title string }
		Counties []map[string]any
	}
	if err := json.Unmarshal(coverage(t, export.JSON, about()), &file); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"county_fips": "22071", "state": "LA", "state_name": "Louisiana", "county": "Orleans Parish", "residents": 362701.0, "covered": true,
		"agreements": map[string]any{"county": map[string]any{"JEM": 1.0, "TFM": 2.0}, "municipality": map[string]any{"": 1.0, "other": 1.0}, "unsaid": map[string]any{"WSO": 3.0}}}
	if diff := cmp.Diff(want, file.Counties[1]); diff != "" || file.About.Title == "" {
		t.Error(diff)
	}
	if _, has := file.Counties[0]["residents"]; has || file.Counties[0]["covered"] != false {
		t.Errorf("Fairfield County: %v", file.Counties[0])
	}
	var points struct {
		Features []struct {
			ID       string
			Geometry struct{ Coordinates [2]float64 }
		}
	}
	if err := json.Unmarshal(coverage(t, export.GeoJSON, about()), &points); err != nil || len(points.Features) != 3 || points.Features[2].Geometry.Coordinates[1] < 36 {
		t.Errorf("%v: %+v", err, points)
	}
	for _, f := range []export.Format{export.XLSX, export.JSONL} {
		if len(coverage(t, f, about())) == 0 {
			t.Errorf("%s is empty", f)
		}
	}
}
