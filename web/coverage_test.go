package web

import (
	"encoding/csv"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/roster"
)

// reachOut and coverageOut are the coverage of a place as a program of somebody else
// reads it.
type reachOut struct {
	Counties int
	ByModel  map[roster.Model]int `json:"by_model"`
}

type coverageOut struct {
	State              roster.State
	Counties           int
	Covered, Municipal reachOut
	Residents          *int
	Living             *int `json:"residents_covered"`
	Agreements         struct{ Active, County, Municipal, Statewide int }
}

type coverageReportOut struct {
	AsOf   string `json:"as_of"`
	Source string `json:"residents_source"`
	Nation coverageOut
	States []coverageOut
	Series []struct {
		Date    roster.Date
		Covered int  `json:"counties_covered"`
		Living  *int `json:"residents_covered"`
	}
}

func TestAPICoverage(t *testing.T) {
	w := newWorld(t)
	all := ask[coverageReportOut](w, "/api/v1/coverage?as_of=2025-06-11")
	if len(all.States) != len(roster.States()) || all.Nation.Counties != 3143 || !strings.Contains(all.Source, "Census Bureau") || len(all.Series) != 4 {
		t.Errorf("%d states, %d counties, by %s, %d days", len(all.States), all.Nation.Counties, all.Source, len(all.Series))
	}
	one := ask[coverageReportOut](w, "/api/v1/coverage?as_of=2025-06-11&state=TX")
	number := func(n int) *int { return &n }
	want := coverageOut{State: "TX", Counties: 254, Covered: reachOut{2, map[roster.Model]int{"JEM": 1, "WSO": 1}}, Municipal: reachOut{0, map[roster.Model]int{}},
		Residents: number(31_290_831), Living: number(5_009_302 + 23_539)}
	want.Agreements.Active, want.Agreements.County, want.Agreements.Statewide = 3, 2, 1
	if diff := cmp.Diff([]coverageOut{want}, one.States); diff != "" {
		t.Errorf("Texas (-want +got):\n%s", diff)
	}
	if n := len(one.Series); n != 4 || one.Series[0].Covered != 1 || one.Series[n-1].Covered != 2 || *one.Series[n-1].Living != *want.Living {
		t.Errorf("its days are %+v", one.Series)
	}
	if guam := ask[coverageReportOut](w, "/api/v1/coverage?state=GU").States[0]; guam.Residents != nil || guam.Living != nil || guam.Counties != 1 {
		t.Errorf("Guam: %+v", guam)
	}
}

func TestCoverageDownload(t *testing.T) {
	w := newWorld(t)
	rec := w.get("/downloads/coverage.csv?as_of=2025-06-11")
	lines, err := csv.NewReader(rec.Body).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(lines) != 3233 || rec.Header().Get("Content-Disposition") != `attachment; filename="287g-coverage-2025-06-11.csv"` {
		t.Errorf("%d lines, %v", len(lines), rec.Header())
	}
	found := map[string]string{}
	for _, l := range lines {
		found[l[0]] = strings.Join(l[:19], ",")
	}
	for fips, want := range map[string]string{
		"48201": "48201,TX,Texas,Harris County,5009302,true,1,0,0,0,0,0,0,0,0,0,0,0,0",
		"12009": "12009,FL,Florida,Brevard County,658447,false,0,0,0,0,0,1,0,0,0,0,0,0,0",
		"69110": "69110,MP,Northern Mariana Islands,Saipan,,false,0,0,0,0,0,0,0,0,0,0,0,0,0",
	} {
		if found[fips] != want {
			t.Errorf("%s, want %s", found[fips], want)
		}
	}
	for _, f := range []string{"json", "jsonl", "xlsx", "geojson"} {
		if rec := w.get("/downloads/coverage." + f); rec.Code != http.StatusOK || rec.Body.Len() < 3000 {
			t.Errorf("%s: status %d, %d bytes", f, rec.Code, rec.Body.Len())
		}
	}
	for address, status := range map[string]int{"/downloads/coverage.csv?as_of=2025-06-01": 404, "/downloads/coverage.csv?state=TX": 400, "/downloads/coverage.csv?as_of=yesterday": 400} {
		if rec := w.get(address); rec.Code != status {
			t.Errorf("%s: status %d, want %d", address, rec.Code, status)
		}
	}
	// Where only a pending list is known, nobody is told that a county has no agreement.
	only := emptyWorld(t)
	only.imports(smallLists()[1])
	if rec := only.get("/downloads/coverage.csv"); rec.Code != http.StatusNotFound {
		t.Errorf("without a participating list: status %d", rec.Code)
	}
}
