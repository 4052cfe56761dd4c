package export_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/export"
	"github.com/watch287g/watch287g/internal/csvtest"
	"github.com/watch287g/watch287g/roster"
)

func TestCSVColumnsStayWhereTheyAre(t *testing.T) {
	const (
		agreementColumns = "id,agency_id,state,agency,county,county_fips,type,model,status,signed,since,until,pending_since,rows,moa_url,addendum_url,baseline,county_name,other_county_fips,placed_by"
		changeColumns    = "id,seq,kind,detected_at,state,agency,agency_id,county,type,model,signed,pending_since,listed_since,certainty,fields," +
			"takes_back,moa_url,agreement_id,list,file,sha256,row,published_at,text,county_fips,at_least,county_name,other_county_fips,placed_by"
		placeColumns = ",state_name,latitude,longitude"
	)
	for _, test := range []struct {
		name string
		file []byte
		want string
	}{
		{"agreements", agreements(t, export.CSV, nil, nil), agreementColumns + placeColumns},
		{"agreements of a site", agreements(t, export.CSV, about(), nil), agreementColumns + ",source_sha256,licence" + placeColumns},
		{"changes", changes(t, export.CSV, nil, nil), changeColumns + placeColumns + ",text_es,document_event,document_problem,document_url,document_sha256"},
		{"changes of a site", changes(t, export.CSV, about(), nil), changeColumns + ",licence" + placeColumns + ",text_es,document_event,document_problem,document_url,document_sha256"},
	} {
		if got := string(test.file); got != test.want+"\n" {
			t.Errorf("%s: %s", test.name, cmp.Diff(test.want+"\n", got))
		}
	}
}

func TestCSVRows(t *testing.T) {
	got := csvtest.Records(t, agreements(t, export.CSV, about(), someAgreements()))
	want := []map[string]string{
		{"id": "TX-dallas-county-sheriffs-office#TFM#2025-03-04", "agency_id": "TX-dallas-county-sheriffs-office", "state": "TX",
			"agency": "Dallas County Sheriff's Office", "county": "Dallas County", "county_fips": "48113", "county_name": "Dallas County", "other_county_fips": "", "placed_by": "county", "state_name": "Texas", "latitude": "32.767", "longitude": "-96.778", "type": "county", "model": "TFM",
			"status": "active", "signed": "2025-03-04", "since": "2025-03-07T03:30:00Z", "until": "", "pending_since": "", "rows": "1",
			"moa_url": "https://www.ice.gov/doclib/287gMOA/Dallas.pdf", "addendum_url": "", "baseline": "false", "source_sha256": "aa11", "licence": "CC0-1.0"},
		{"id": "TX-dallas-county-sheriffs-office#TFM#pending", "agency_id": "TX-dallas-county-sheriffs-office", "state": "TX",
			"agency": "Dallas County Sheriff's Office", "county": "Dallas County", "county_fips": "48113", "county_name": "Dallas County", "other_county_fips": "", "placed_by": "county", "state_name": "Texas", "latitude": "32.767", "longitude": "-96.778", "type": "county", "model": "TFM",
			"status": "pending", "signed": "", "since": "2025-03-07T03:30:00Z", "until": "", "pending_since": "", "rows": "2",
			"moa_url": "", "addendum_url": "", "baseline": "true", "source_sha256": "bb22", "licence": "CC0-1.0"},
		{"id": "TX-bexar-county-sheriffs-office#TFM#2025-02-24", "agency_id": "TX-dallas-county-sheriffs-office", "state": "TX",
			"agency": "Bexar County Sheriff's Office", "county": "Bexar County", "county_fips": "48029", "county_name": "Bexar County", "other_county_fips": "", "placed_by": "county", "state_name": "Texas", "latitude": "29.449", "longitude": "-98.52", "type": "county", "model": "TFM",
			"status": "ended", "signed": "2025-03-04", "since": "2025-03-07T03:30:00Z", "until": "2025-03-09T03:30:00Z", "pending_since": "2025-03-05T03:30:00Z",
			"rows": "1", "moa_url": "https://www.ice.gov/doclib/287gMOA/Dallas.pdf", "addendum_url": "", "baseline": "false", "source_sha256": "", "licence": "CC0-1.0"},
		{"id": "FL-department-of-corrections#WSO#2025-03-04", "agency_id": "TX-dallas-county-sheriffs-office", "state": "FL",
			"agency": "Department of Corrections", "county": "", "county_fips": "", "county_name": "", "other_county_fips": "", "placed_by": "statewide", "state_name": "Florida", "latitude": "", "longitude": "", "type": "state", "model": "WSO",
			"status": "active", "signed": "2025-03-04", "since": "2025-03-07T03:30:00Z", "until": "", "pending_since": "", "rows": "1",
			"moa_url": "Link Pending", "addendum_url": "", "baseline": "false", "source_sha256": "aa11", "licence": "CC0-1.0"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	change := csvtest.Records(t, changes(t, export.CSV, about(), someChanges()))[0]
	for name, want := range map[string]string{"id": "chg_01", "seq": "12", "detected_at": "2025-03-07T03:30:00Z", "county_fips": "48113", "county_name": "Dallas County", "other_county_fips": "", "placed_by": "county", "at_least": "true", "state_name": "Texas", "longitude": "-96.778",
		"pending_since": "2025-03-01", "fields": "agency: Dalas → Dallas; signed:  → 2025-03-04", "sha256": "aa11", "row": "7", "licence": "CC0-1.0"} {
		if change[name] != want {
			t.Errorf("%s is %q, not %q", name, change[name], want)
		}
	}
}

// No source in force is named where the status has none.
func TestSourceOfARow(t *testing.T) {
	a := about()
	a.Sources = a.Sources[:1]
	for i, want := range []string{"aa11", "", "", "aa11"} {
		if got := csvtest.Records(t, agreements(t, export.CSV, a, someAgreements()))[i]["source_sha256"]; got != want {
			t.Errorf("row %d: %q, not %q", i, got, want)
		}
	}
}

func TestInert(t *testing.T) {
	for cell, want := range map[string]string{
		"":                  "",
		"Dallas":            "Dallas",
		"'Dallas":           "'Dallas",
		"a=b":               "a=b",
		"St. Mary's-Parish": "St. Mary's-Parish",
		"=1+1":              "'=1+1",
		"+1":                "'+1",
		"-2":                "'-2",
		"@SUM(1)":           "'@SUM(1)",
		"\t=1":              "'\t=1",
		"\r=1":              "'\r=1",
		"\n":                "'\n",
		" =1":               "' =1",
		"\u00a0 @x":         "'\u00a0 @x",
		" Dallas":           " Dallas",
		"＝1":                "'＝1",
		"－1":                "'－1",
		"—":                 "—",
	} {
		if got := export.Inert(cell); got != want {
			t.Errorf("%q becomes %q, not %q", cell, got, want)
		}
	}
}

func FuzzInert(f *testing.F) {
	for _, s := range []string{"", "=1", " =1", "\t", "＝", "Dallas, \"TX\"\r\n", "\xff=", "\u2028=1", "'=1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		cell := export.Inert(s)
		if cell != s && cell != "'"+s {
			t.Fatalf("%q becomes %q", s, cell)
		}
		if starts := strings.TrimLeftFunc(cell, unicode.IsSpace); starts != "" {
			if first, _ := utf8.DecodeRuneInString(starts); strings.ContainsRune("=+-@＝＋－＠", first) {
				t.Fatalf("%q is a formula", cell)
			}
		}
		if cell != "" && strings.ContainsRune("\t\r\n", rune(cell[0])) {
			t.Fatalf("%q begins a formula", cell)
		}
		if export.Inert(cell) != cell {
			t.Fatalf("%q is not inert yet", cell)
		}
		file := agreements(t, export.CSV, nil, []roster.AgreementAt{inTexas(func(a *roster.AgreementAt) { a.Agency = s })})
		got := csvtest.Records(t, file) // which mends line ends, as the format has it
		if want := strings.ReplaceAll(cell, "\r\n", "\n"); len(got) != 1 || got[0]["agency"] != want {
			t.Fatalf("%q is read as %q", want, got)
		}
	})
}
