package export_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/export"
	"github.com/watch287g/watch287g/roster"
)

func decode[T any](t testing.TB, file []byte) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(file, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

type located[T any] struct {
	FIPS    string `json:"county_fips"`
	SHA256  string `json:"source_sha256"`
	License string `json:"licence"`
	row     T
}

// UnmarshalJSON reads a row as what it was made of, and what was added.
func (l *located[T]) UnmarshalJSON(b []byte) error {
	type added located[T]
	if err := json.Unmarshal(b, (*added)(l)); err != nil {
		return err
	}
	return json.Unmarshal(b, &l.row)
}

func TestJSONRoundTrip(t *testing.T) {
	var back []roster.AgreementAt
	codes := ""
	for _, row := range decode[[]located[roster.AgreementAt]](t, agreements(t, export.JSON, nil, someAgreements())) {
		back = append(back, row.row)
		codes += row.FIPS + " "
		if row.License != "" || row.SHA256 != "" {
			t.Errorf("%s says where it comes from; nothing was to be written of that", row.row.ID)
		}
	}
	if diff := cmp.Diff(someAgreements(), back); diff != "" {
		t.Error(diff)
	}
	if codes != "48113 48113 48029  " {
		t.Errorf("counties %q", codes)
	}
	var changed []roster.Change
	for _, row := range decode[[]located[roster.Change]](t, changes(t, export.JSON, nil, someChanges())) {
		changed = append(changed, row.row)
	}
	if diff := cmp.Diff(someChanges(), changed); diff != "" {
		t.Error(diff)
	}
}

func TestJSONSaysWhereItComesFrom(t *testing.T) {
	got := decode[map[string]any](t, agreements(t, export.JSON, about(), someAgreements()))
	want := map[string]any{
		"title": "287(g) agreements in Texas as of March 8, 2025", "as_of": "2025-03-09T04:59:59Z", "known_until": "2025-03-11T03:59:59Z", "made": "2025-03-07T03:30:00Z",
		"site": "https://287g.example/texas", "licence": export.License,
		"sources": []any{
			map[string]any{"list": "participating", "file": "p2.xlsx", "sha256": "aa11", "url": "https://www.ice.gov/p2.xlsx", "published_at": "2025-03-07T02:30:00Z"},
			map[string]any{"list": "pending", "file": "q2.xlsx", "sha256": "bb22", "url": "https://www.ice.gov/q2.xlsx", "published_at": "2025-03-07T02:30:00Z"},
		}}
	if diff := cmp.Diff(want, got["about"]); diff != "" {
		t.Error(diff)
	}
	rows, _ := got["agreements"].([]any)
	if len(rows) != 4 || len(got) != 2 {
		t.Fatalf("%d members, %d agreements", len(got), len(rows))
	}
	if said := rows[0].(map[string]any)["licence"]; said != nil { // once is enough
		t.Errorf("a row has the license %v", said)
	}
	file := string(changes(t, export.JSON, &export.About{Title: "Changes", Made: seen}, nil))
	for _, part := range []string{`"sources": []`, `"changes": []`, `"site": null`} {
		if !strings.Contains(file, part) {
			t.Errorf("no %s in %s", part, file)
		}
	}
	if strings.Contains(file, "as_of") {
		t.Errorf("changes are as of no moment: %s", file)
	}
}

func TestJSONLines(t *testing.T) {
	lines := bytes.Split(bytes.TrimSpace(agreements(t, export.JSONL, about(), someAgreements())), []byte("\n"))
	if len(lines) != 4 {
		t.Fatalf("%d lines", len(lines))
	}
	for i, want := range []string{"aa11", "bb22", "", "aa11"} {
		row := decode[located[roster.AgreementAt]](t, lines[i])
		if diff := cmp.Diff(someAgreements()[i], row.row); diff != "" || row.SHA256 != want || row.License != "CC0-1.0" {
			t.Errorf("line %d: %q, %q %s", i, row.SHA256, row.License, diff)
		}
	}
	if got := changes(t, export.JSONL, about(), nil); len(got) != 0 {
		t.Errorf("no changes are %q", got)
	}
	// Without an About, a line is what webhooks carry, and the county.
	var hook strings.Builder
	if err := roster.EncodeJSON(&hook, someChanges()[2], ""); err != nil {
		t.Fatal(err)
	}
	if got := string(changes(t, export.JSONL, nil, someChanges()[2:])); got != hook.String() {
		t.Errorf("%s is not %s", got, hook.String())
	}
}

// TestGeoJSON holds the files to the rules of RFC 7946 that apply to them.
func TestGeoJSON(t *testing.T) {
	for _, file := range [][]byte{
		agreements(t, export.GeoJSON, about(), someAgreements()), agreements(t, export.GeoJSON, nil, someAgreements()),
		changes(t, export.GeoJSON, about(), someChanges()), changes(t, export.GeoJSON, nil, nil),
	} {
		fc := decode[map[string]any](t, file)
		if fc["type"] != "FeatureCollection" { // 3.3
			t.Errorf("the type is %v", fc["type"])
		}
		features, is := fc["features"].([]any) // 3.3: an array, even when empty
		if !is {
			t.Fatalf("features are %v", fc["features"])
		}
		for _, name := range []string{"geometry", "properties", "coordinates", "geometries", "crs"} { // 7.1 and 4
			if _, has := fc[name]; has {
				t.Errorf("a collection has no %s", name)
			}
		}
		ids := map[any]bool{}
		for _, f := range features {
			ids[checkFeature(t, f.(map[string]any))] = true
		}
		if len(ids) != len(features) { // 3.2: an identifier
			t.Errorf("%d ids of %d features", len(ids), len(features))
		}
	}
	withAbout := decode[map[string]any](t, agreements(t, export.GeoJSON, about(), nil))
	plain := decode[map[string]any](t, agreements(t, export.GeoJSON, nil, nil))
	if withAbout["about"] == nil || plain["about"] != nil {
		t.Errorf("about: %v and %v", withAbout["about"], plain["about"])
	}
}

func checkFeature(t *testing.T, f map[string]any) any {
	t.Helper()
	if f["type"] != "Feature" {
		t.Errorf("the type is %v", f["type"])
	}
	if _, is := f["properties"].(map[string]any); !is {
		t.Errorf("the properties are %v", f["properties"])
	}
	if _, is := f["id"].(string); !is {
		t.Errorf("the id is %v", f["id"])
	}
	for _, name := range []string{"features", "coordinates"} { // 7.1
		if _, has := f[name]; has {
			t.Errorf("a feature has no %s", name)
		}
	}
	geometry, has := f["geometry"]
	fips := f["properties"].(map[string]any)["county_fips"]
	if !has || (geometry == nil) != (fips == nil) {
		t.Fatalf("%v: geometry %v, county %v", f["id"], geometry, fips)
	}
	if geometry == nil {
		return f["id"]
	}
	at := geometry.(map[string]any)
	middle, is := at["coordinates"].([]any)
	if at["type"] != "Point" || !is || len(middle) != 2 {
		t.Fatalf("%v is no point", at)
	}
	// 4: longitude before latitude. All of Texas lies so.
	if lon, lat := middle[0].(float64), middle[1].(float64); lon < -107 || lon > -93 || lat < 25 || lat > 37 {
		t.Errorf("%v lies at %v, %v", f["id"], lon, lat)
	}
	return f["id"]
}
