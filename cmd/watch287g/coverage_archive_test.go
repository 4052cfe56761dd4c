package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/internal/archivetest"
	"github.com/watch287g/watch287g/internal/csvtest"
	"github.com/watch287g/watch287g/roster"
)

// reachOf is how far agreements reach in a place: counties, of how many, and residents,
// of how many; -1 where that is not known.
type reachOf struct {
	Covered, Counties, Living, Residents int
	JEM, TFM, WSO                        int // covered counties
	Any                                  int // counties with an agreement of whomever, but for whole states
}

// share is what a table prints of the residents.
func (r reachOf) share() string {
	if r.Living < 0 {
		return "not known"
	}
	percent := 100 * float64(r.Living) / float64(r.Residents)
	switch rounded := math.Round(10*percent) / 10; {
	case r.Living == 0:
		return "0%"
	case r.Living == r.Residents:
		return "100%"
	case rounded == 0:
		return "<0.1%"
	case rounded == 100:
		return ">99.9%"
	default:
		return strconv.FormatFloat(rounded, 'f', 1, 64) + "%"
	}
}

// census is the Census Bureau's file of residents, which the program does not read.
func census(t *testing.T) []map[string]string {
	t.Helper()
	file, err := os.ReadFile(filepath.Join(archivetest.Need(t), "..", "census", "counties-2024.csv"))
	if err != nil {
		t.Skip("the Census Bureau's residents of counties are not at hand")
	}
	return csvtest.Records(t, file)
}

// Whose an agency is, as its name and ICE's column TYPE say, worked out anew.
var (
	sheriffs   = regexp.MustCompile(`(?i)\bsheriff|^las vegas metropolitan`)
	constables = regexp.MustCompile(`(?i)\bconstable`)
	townPolice = regexp.MustCompile(`(?i)^(?:(?:.*county|.*parish|.*port authority|metro).*|(.*?)) poli?ce? dep|^(.*) police$`)
)

// coveringOf are the counties that a row of the download covers.
func coveringOf(row map[string]string) []string {
	name := row["agency"]
	police := townPolice.FindStringSubmatch(name)
	switch {
	case row["status"] != "active" || row["county_fips"] == "" || constables.MatchString(name):
		return nil
	case sheriffs.MatchString(name):
	case row["type"] != "county", police != nil && police[1]+police[2] != "" && !strings.Contains(name, "Port Authority"):
		return nil
	case strings.Contains(name, "Regional Jail"):
		return append(strings.Fields(row["other_county_fips"]), row["county_fips"])
	}
	return []string{row["county_fips"]}
}

// recomputed works the coverage out from the download of agreements and the Census
// Bureau's file, by state's name.
func recomputed(t *testing.T, download []byte) map[string]*reachOf {
	t.Helper()
	in := map[string]map[string]bool{"any": {}} // counties by model, "" for each, "any" for those of any agency
	for _, row := range csvtest.Records(t, download) {
		if row["status"] == "active" {
			in["any"][row["county_fips"]] = true
		}
		for _, code := range coveringOf(row) {
			for _, m := range []string{"", row["model"]} {
				if in[m] == nil {
					in[m] = map[string]bool{}
				}
				in[m][code], in["any"][code] = true, true
			}
		}
	}
	all := map[string]*reachOf{"": {}}
	for _, c := range census(t) {
		if all[c["state"]] == nil {
			all[c["state"]] = &reachOf{}
		}
		residents, _ := strconv.Atoi(c["population_2024"])
		for _, of := range []*reachOf{all[""], all[c["state"]]} {
			of.Counties++
			of.Residents += residents
			if in[""][c["fips"]] {
				of.Covered++
				of.Living += residents
			}
			for m, n := range map[string]*int{"JEM": &of.JEM, "TFM": &of.TFM, "WSO": &of.WSO, "any": &of.Any} {
				if in[m][c["fips"]] {
					*n++
				}
			}
		}
	}
	all["Connecticut"].Counties, all[""].Counties = 8, all[""].Counties-1 // nine regions stand there for them
	return all
}

// coverageJSON reads what the API and the command print: the nation as "", and states by
// name.
func coverageJSON(t *testing.T, body []byte) map[string]*reachOf {
	t.Helper()
	type place struct {
		State     string
		Counties  int
		Residents *int
		Living    *int `json:"residents_covered"`
		Covered   struct {
			Counties int
			ByModel  map[string]int `json:"by_model"`
		}
		Any struct{ Counties int }
	}
	report := decoded[struct {
		Nation place
		States []place
	}](t, body)
	all := map[string]*reachOf{}
	for _, p := range append(report.States, report.Nation) {
		r := &reachOf{p.Covered.Counties, p.Counties, -1, -1, p.Covered.ByModel["JEM"], p.Covered.ByModel["TFM"], p.Covered.ByModel["WSO"], p.Any.Counties}
		if p.Residents != nil {
			r.Residents = *p.Residents
		}
		if p.Living != nil {
			r.Living = *p.Living
		}
		all[roster.State(p.State).Name()] = r
	}
	return all
}

// coverageDownload works it out from the file of counties.
func coverageDownload(t *testing.T, file []byte) map[string]*reachOf {
	t.Helper()
	all := map[string]*reachOf{"": {Residents: -1}}
	for _, row := range csvtest.Records(t, file) {
		name := row["state_name"]
		if all[name] == nil {
			all[name] = &reachOf{Residents: -1}
		}
		residents, err := strconv.Atoi(row["residents"])
		for _, of := range []*reachOf{all[""], all[name]} {
			if of == all[""] && err != nil && name != "Connecticut" {
				continue // a territory
			}
			of.Counties++
			if row["covered"] == "true" {
				of.Covered++
				of.Living += residents
			}
			for column, cell := range row {
				if owner, _, _ := strings.Cut(column, "_"); slices.Contains([]string{"county", "municipality", "state", "unsaid"}, owner) && cell != "0" && regexp.MustCompile(`^\d{1,2}$`).MatchString(cell) {
					of.Any++
					break
				}
			}
			for m, n := range map[string]*int{"jem": &of.JEM, "tfm": &of.TFM, "wso": &of.WSO} {
				if row["county_"+m] != "0" {
					*n++
				}
			}
		}
	}
	return all
}

// The figures for five states at the end of 2025, and all others, come out the same
// where they are worked out from the download alone, by code that shares nothing with
// the program's.
func TestArchiveCoverageIsRecomputed(t *testing.T) {
	s := newSurfaces(t)
	for _, day := range []string{"2025-03-15", "2025-06-30", "2025-12-31"} {
		want := recomputed(t, s.get("/downloads/agreements.csv?as_of="+day))
		got := coverageJSON(t, s.get("/api/v1/coverage?as_of="+day))
		counties := coverageDownload(t, s.get("/downloads/coverage.csv?as_of="+day))
		for name, w := range want {
			if diff := cmp.Diff(w, got[name]); diff != "" {
				t.Errorf("%s, %q (-from the download +said):\n%s", day, name, diff)
			}
			c := *counties[name]
			if c.Residents = w.Residents; name == "Connecticut" {
				c.Living = w.Living
			}
			if diff := cmp.Diff(w, &c); diff != "" {
				t.Errorf("%s, %q (-from the file of agreements +of counties):\n%s", day, name, diff)
			}
		}
		if day == "2025-12-31" {
			for _, name := range []string{"Florida", "Texas", "Tennessee", "Arkansas", "Pennsylvania", ""} {
				w := want[name]
				t.Logf("%-12s %3d of %4d counties (JEM %d, TFM %d, WSO %d); %d of %d residents, %s", name, w.Covered, w.Counties, w.JEM, w.TFM, w.WSO, w.Living, w.Residents, w.share())
			}
		}
	}
}

// What the page, the API, its curve, the download and the command say of coverage
// agrees, every third day of the archive.
func TestArchiveCoverageFiguresAgree(t *testing.T) {
	t.Parallel()
	s := newSurfaces(t)
	curve := map[string]map[string]*reachOf{"": curveOf(t, s, ""), "Texas": curveOf(t, s, "TX"), "Florida": curveOf(t, s, "FL")}
	days := 0
	for day := time.Date(2025, time.February, 21, 12, 0, 0, 0, time.UTC); day.Year() == 2025; day = day.AddDate(0, 0, 3) {
		at := day.Format(time.DateOnly)
		a, out := s.app()
		if status := a.run(t.Context(), []string{"stats", "--coverage", "--as-of", at, "--format", "json"}); status != statusOK {
			t.Fatalf("stats of %s: %s", at, out)
		}
		want := coverageJSON(t, out.Bytes())
		if diff := cmp.Diff(want, coverageJSON(t, s.get("/api/v1/coverage?as_of="+at))); diff != "" {
			t.Errorf("%s: the API differs from stats:\n%s", at, diff)
		}
		for name, c := range coverageDownload(t, s.get("/downloads/coverage.csv?as_of="+at)) {
			if w := want[name]; c.Covered != w.Covered || c.Counties != w.Counties || w.Living >= 0 && c.Living != w.Living || c.JEM != w.JEM || c.TFM != w.TFM || c.WSO != w.WSO {
				t.Errorf("%s, %q: the download comes to %+v, stats to %+v", at, name, c, w)
			}
		}
		s.checkCoveragePage(at, want)
		for name, by := range curve {
			point := latestBefore(by, at)
			if w := want[name]; point.Covered != w.Covered || point.Living != w.Living || point.TFM != w.TFM {
				t.Errorf("%s, %q: the curve has %+v, stats %+v", at, name, point, w)
			}
		}
		if days++; t.Failed() {
			t.FailNow()
		}
	}
	t.Logf("%d days agree", days)
}

// checkCoveragePage compares the table of the page.
func (s surfaces) checkCoveragePage(day string, want map[string]*reachOf) {
	s.t.Helper()
	shown := 0
	for _, row := range s.read("/coverage?as_of=" + day).Find(`[aria-label="By state"] tbody tr`).EachIter() {
		name := row.Find("th").Text()
		if name == "50 states and D.C." {
			name = ""
		}
		w := want[name]
		cells := row.Find("td").Map(func(_ int, c *goquery.Selection) string { return c.Text() })
		if says := []string{fmt.Sprintf("%d of %s", w.Covered, thousands(w.Counties)), w.share(), strconv.Itoa(w.JEM), strconv.Itoa(w.TFM), strconv.Itoa(w.WSO)}; !slices.Equal(cells[:5], says) {
			s.t.Errorf("%s, %q: the page has %v, stats %v", day, name, cells, says)
		}
		shown += w.Covered
	}
	if shown != 2*want[""].Covered {
		s.t.Errorf("%s: the states of the page have %d covered counties, the nation %d", day, shown-want[""].Covered, want[""].Covered)
	}
}

// curveOf is the API's curve by day.
func curveOf(t *testing.T, s surfaces, state string) map[string]*reachOf {
	t.Helper()
	address := "/api/v1/coverage"
	if state != "" {
		address += "?state=" + state
	}
	all := map[string]*reachOf{}
	for _, p := range decoded[struct {
		Series []struct {
			Date    string
			Covered int            `json:"counties_covered"`
			ByModel map[string]int `json:"by_model"`
			Living  int            `json:"residents_covered"`
		}
	}](t, s.get(address)).Series {
		all[p.Date] = &reachOf{Covered: p.Covered, Living: p.Living, TFM: p.ByModel["TFM"]}
	}
	return all
}

func latestBefore(by map[string]*reachOf, day string) *reachOf {
	found := ""
	for at := range by {
		if at <= day && at > found {
			found = at
		}
	}
	return by[found]
}
