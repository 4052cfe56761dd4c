package web

import (
	"encoding/csv"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/prose"
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

func TestCoveragePage(t *testing.T) {
	w := newWorld(t)
	page := w.page("/coverage?as_of=2025-06-11&sort=state")
	all := w.known().Coverage(roster.Date("2025-06-11").EndOf())
	if got, want := said(page, "h1"), "Counties covered by 287(g) agreements on June 11, 2025"; got != want {
		t.Errorf("the page is called %q, want %q", got, want)
	}
	if got, want := said(page, ".lead"), prose.English.Coverage(all.Nation, "2024-07-01", roster.Date("2025-06-11").EndOf(), true); got != want || !strings.Contains(got, "As of June 11, 2025, ICE listed an active") {
		t.Errorf("the page says %q, want %q", got, want)
	}
	names, counties, residents := column(page, "By state", 0), column(page, "By state", 1), column(page, "By state", 2)
	if !slices.IsSorted(names[1:]) || !slices.Contains(names, "Texas") || slices.Contains(names, "Guam") {
		t.Errorf("the states are %v", names)
	}
	texas := slices.Index(names, "Texas")
	if counties[texas] != "2 of 254" || residents[texas] != "16.1%" || page.Find(`th[aria-sort="ascending"]`).Text() != "State" {
		t.Errorf("Texas: %s, %s", counties[texas], residents[texas])
	}
	if cells := column(page, "Where the agreements are", 1); sum(t, cells[:len(cells)-1]) != all.Nation.Agreements.Active || sum(t, cells[len(cells)-1:]) != 46 {
		t.Errorf("the agreements are %v", cells)
	}
	if got := column(page, "The curve as a table", 1); len(got) != 1 {
		t.Errorf("the curve has the months %v", got)
	}
	for by, head := range map[string]string{"": "Residents there", "counties": "Counties covered", "residents": "Residents there"} {
		page := w.page("/coverage?sort=" + by)
		if got := said(page, `th[aria-sort="descending"]`); got != head {
			t.Errorf("sorted by %q: %q", by, got)
		}
	}
	for address, status := range map[string]int{"/coverage?sort=color": 400, "/coverage?sort=state&sort=counties": 400, "/coverage?as_of=soon": 400, "/coverage?as_of=2025-06-01": 404} {
		if rec := w.get(address); rec.Code != status {
			t.Errorf("%s: status %d, want %d", address, rec.Code, status)
		}
	}
	if text := said(w.page("/coverage?as_of=2031-01-01"), ".card"); !strings.Contains(text, "What is known here ends June 21, 2025, 11 a.m. ET") {
		t.Errorf("of a later day the page says %q", text)
	}
}

// What no list says is not said of any county.
func TestCoverageWithoutAList(t *testing.T) {
	only := emptyWorld(t)
	if text := said(only.page("/coverage"), "main"); !strings.Contains(text, "Nothing is known yet") || strings.Contains(text, "3,143") {
		t.Errorf("without a list: %s", text)
	}
	only.imports(smallLists()[1])
	if text := said(only.page("/coverage"), "main"); !strings.Contains(text, "nothing is known of any county") || strings.Contains(text, "3,143") {
		t.Errorf("with a pending list alone: %s", text)
	}
	if text := said(only.page("/states/FL"), "main"); strings.Contains(text, "counties of Florida") {
		t.Errorf("the state's page: %s", text)
	}
}

func TestStatesSayTheirCoverage(t *testing.T) {
	w := newWorld(t)
	want := "ICE lists an active agreement with the sheriff or another county agency in 1 of the 254 counties of Texas, where 0.1% of the state's residents live (23,539 of 31,290,831 in 2024, by the Census Bureau)."
	if text := said(w.page("/states/TX"), "main"); !strings.Contains(text, want) {
		t.Errorf("the page of Texas says %s", text)
	}
	want = "ICE lists an active agreement with the sheriff or another county agency in "
	if text := said(w.page("/"), "main"); !strings.Contains(text, want) || !strings.Contains(text, "of the nation's 3,143 counties and county equivalents") {
		t.Errorf("the front page says %s", text)
	}
	if text := said(w.page("/states/GU"), "main"); strings.Contains(text, "counties of") {
		t.Errorf("the page of Guam says %s", text)
	}
}
