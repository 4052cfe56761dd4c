package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/watch"
)

// oddModels is a world whose list names models that are none of the three.
func oddModels(t *testing.T) *world {
	t.Helper()
	w := emptyWorld(t)
	list := func(day int, rows ...sheettest.Row) watch.Past {
		body := sheettest.Participating(rows...)
		return watch.Past{PublishedAt: june(day), Link: "participating", File: "p.xlsx", Open: func() ([]byte, error) { return body, nil }}
	}
	rows := []sheettest.Row{
		row("OKLAHOMA", "Sandstone Nation Police Department", "Municipality", "", "Tribal Task Force", "6/1/2025"),
		row("OKLAHOMA", "Adair County Sheriff's Office", "County", "Adair County", task, "6/1/2025"),
		row("TEXAS", "Bexar County Sheriff's Office", "County", "Bexar County", jail+" / "+warrant, "6/1/2025"),
	}
	w.imports(list(2, rows...), list(3, append(rows, row("TEXAS", "Collin County Sheriff's Office", "County", "Collin County", `Hybrid <blink>"x"</blink>`, "6/2/2025"))...))
	return w
}

// A model that is none of the three is on every page that the agreements of the
// three are on, counted apart, and the counts still add up.
func TestOtherModelsOnPages(t *testing.T) {
	w := oddModels(t)
	home := w.page("/").Text()
	for _, want := range []string{"Other models", "75% of active agreements", "Tribal Task Force"} {
		if !strings.Contains(home, want) {
			t.Errorf("the front page does not say %q", want)
		}
	}
	if n := w.page("/").Find("th:contains(Other)").Length(); n == 0 {
		t.Error("the table of the curve has no column for other models")
	}
	for path, want := range map[string]string{
		"/states/OK": "Tribal Task Force", "/changes?model=other": `Hybrid <blink>"x"</blink>`, "/downloads": "Other models",
		"/compare?from=2025-06-02&to=2025-06-03": "Other models", "/agencies/OK-sandstone-nation-police-department": "Tribal Task Force",
		"/publications": "counted apart", "/on/2025-06-03": "Other models",
	} {
		if text := w.page(path).Text(); !strings.Contains(text, want) {
			t.Errorf("%s does not say %q", path, want)
		}
		if html := w.get(path).Body.String(); strings.Contains(html, "<blink>") {
			t.Errorf("%s does not escape a model", path)
		}
	}
	if text := w.page("/changes?model=TFM").Text(); strings.Contains(text, "Hybrid") {
		t.Error("a hybrid model is found as a task force")
	}
	for _, path := range []string{"/pictures/nation.png", "/pictures/states/OK.png", "/pictures/agencies/OK-sandstone-nation-police-department.png",
		"/downloads/agreements.csv?model=other", "/downloads/agreements.xlsx", "/downloads/agreements.geojson", "/feeds/changes.atom?model=other"} {
		if rec := w.get(path); rec.Code != http.StatusOK {
			t.Errorf("%s: status %d", path, rec.Code)
		}
	}
	if rec := w.get("/changes?model=Hybrid"); rec.Code != http.StatusBadRequest || !strings.Contains(rec.Body.String(), "write JEM, TFM, WSO or other") {
		t.Errorf("an unknown model in an address: status %d", rec.Code)
	}
}

func TestOtherModelsInTheAPI(t *testing.T) {
	w := oddModels(t)
	var stats roster.Stats
	if err := json.Unmarshal(w.get("/api/v1/stats").Body.Bytes(), &stats); err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, n := range stats.ByModel {
		sum += n
	}
	if sum != stats.Active || stats.ByModel[roster.OtherModel] != 3 || stats.ByModel[roster.TFM] != 1 || stats.Others["Tribal Task Force"] != 1 || len(stats.Others) != 3 {
		t.Errorf("%+v", stats)
	}
	for path, want := range map[string]int{"/api/v1/agreements?model=other": 3, "/api/v1/agreements?model=TFM": 1, "/api/v1/agreements?model=JEM,other": 3} {
		if n := strings.Count(w.get(path).Body.String(), `"agency_id"`); n != want {
			t.Errorf("%s has %d agreements, want %d", path, n, want)
		}
	}
}
