package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/watch"
)

// kansas is a world with a table of a state that has everything: an agency with
// three models, one that holds and seeks, one that seeks alone, one of the whole
// state, one that nobody can place, a date that cannot be read, a document that is
// not ICE's, a model of its own, and what has ended.
func kansas(t *testing.T) *world {
	t.Helper()
	brown := row("KANSAS", "Brown County Sheriff's Office", "County", "Brown County", jail, "3/1/2025")
	brownTask, brownWarrant := brown, brown
	brownTask.Model, brownTask.Signed, brownTask.Agency = task, "4/1/2025", "Brown County Sheriff's Department"
	brownWarrant.Model, brownWarrant.Signed = warrant, "3/1/2025"
	patrol := row("KANSAS", "Kansas Highway Patrol", "State", "", task, "2/1/2025")
	unplaced := row("KANSAS", "Quivering Rangers", "Municipality", "", warrant, "soon")
	unplaced.MOA = "https://files.example/a.pdf"
	tribal := row("KANSAS", "Allen County Sheriff's Office", "County", "Allen County", "Tribal <i>Force</i>", "5/1/2025")
	gone := row("KANSAS", "Wichita Police Department", "Municipality", "", task, "1/5/2025")
	barton := row("KANSAS", "Barton County Sheriff's Office", "County", "Barton County", jail, "")
	seeks := row("KANSAS", "Allen County Sheriff's Office", "County", "Allen County", warrant, "")
	list := func(day int, link string, rows ...sheettest.Row) watch.Past {
		body := sheettest.Participating(rows...)
		if link == "pending" {
			body = sheettest.Pending(rows...)
		}
		return watch.Past{PublishedAt: june(day), Link: link, File: link + ".xlsx", Open: func() ([]byte, error) { return body, nil }}
	}
	many := slices.DeleteFunc(sheettest.Sample(40), func(r sheettest.Row) bool { return r.State == "KANSAS" })
	w := emptyWorld(t)
	w.imports(list(2, "participating", append(slices.Clone(many), brown, patrol, unplaced, tribal, gone)...), list(2, "pending", barton),
		list(6, "participating", append(slices.Clone(many), brown, brownTask, brownWarrant, patrol, unplaced, tribal)...), list(9, "pending", barton, seeks))
	return w
}

// names are the agencies of a table, in its order.
func names(doc *goquery.Document) string {
	return strings.Join(doc.Find(".agencies tbody th").Map(func(_ int, s *goquery.Selection) string { return strings.Fields(s.Text())[0] }), " ")
}

func TestTableOfAgencies(t *testing.T) {
	w := kansas(t)
	doc := w.page("/states/KS")
	wantRows(t, doc, "all",
		`Allen County Sheriff's Office|Allen County|county|||pending since Jun 9, 2025 (less than a day)|Tribal <i>Force</i>: May 1, 2025|Tribal <i>Force</i>: Jun 2, 2025 or before WSO pending: Jun 9, 2025`,
		"Barton County Sheriff's Office|Barton County|county|pending since Jun 2, 2025 or before (at least 7 days)||||Jun 2, 2025 or before",
		"Brown County Sheriff's Department|Brown County|county|Mar 1, 2025 listed as Brown County Sheriff's Office|Apr 1, 2025|Mar 1, 2025 listed as Brown County Sheriff's Office||"+
			"TFM, WSO: Jun 6, 2025 JEM: Jun 2, 2025 or before",
		"Kansas Highway Patrol|Statewide|state||Feb 1, 2025|||Jun 2, 2025 or before",
		`Quivering Rangers|not known|municipal|||printed as "soon" (at files.example)||Jun 2, 2025 or before`)
	if s := said(doc, ".agencies caption"); s != "5 agencies, with 6 active agreements and 2 pending entries" {
		t.Errorf("the rows are counted as %q", s)
	}
	for _, href := range []string{"/counties/20013", "/agencies/KS-brown-county-sheriffs-office", "https://www.ice.gov/doclib/moa/kansashighwaypatroltaskforcemodel.pdf"} {
		if doc.Find(`.agencies a[href="`+href+`"]`).Length() == 0 {
			t.Errorf("no link to %s", href)
		}
	}
	if doc.Find(`a[href*="files.example"], .agencies i`).Length() > 0 {
		t.Error("the table links what is not a government's, or does not escape")
	}
}

func TestTableIsSorted(t *testing.T) {
	w := kansas(t)
	for query, want := range map[string]struct{ names, column, sorted string }{
		"":              {"Allen Barton Brown Kansas Quivering", "Agency", "ascending"},
		"?sort=agency":  {"Allen Barton Brown Kansas Quivering", "Agency", "ascending"},
		"?sort=-agency": {"Quivering Kansas Brown Barton Allen", "Agency", "descending"},
		"?sort=-county": {"Brown Barton Allen Kansas Quivering", "County", "descending"},
		"?sort=county":  {"Allen Barton Brown Kansas Quivering", "County", "ascending"},
		"?sort=TFM":     {"Brown Kansas Allen Barton Quivering", "Task Force Model", "descending"},
		"?sort=-tfm":    {"Kansas Brown Allen Barton Quivering", "Task Force Model", "ascending"},
		"?sort=JEM":     {"Brown Barton Allen Kansas Quivering", "Jail Enforcement Model", "descending"},
		"?sort=other":   {"Allen Barton Brown Kansas Quivering", "Other models", "descending"},
		"?sort=newest":  {"Allen Brown Barton Kansas Quivering", "On ICE's lists since", "descending"},
		"?sort=-newest": {"Barton Kansas Quivering Brown Allen", "On ICE's lists since", "ascending"},
	} {
		doc := w.page("/states/KS" + query)
		if got := names(doc); got != want.names {
			t.Errorf("%s: %s, want %s", query, got, want.names)
		}
		if got := doc.Find(".agencies [aria-sort]"); got.Length() != 1 || got.Text() != want.column || got.AttrOr("aria-sort", "") != want.sorted {
			t.Errorf("%s: sorted by %q, %s", query, got.Text(), got.AttrOr("aria-sort", ""))
		}
	}
	rec := w.get("/states/KS?sort=color")
	if body := rec.Body.String(); rec.Code != http.StatusBadRequest || !strings.Contains(body, "write agency, county, JEM, TFM, WSO, other, newest") {
		t.Errorf("an unknown column: status %d", rec.Code)
	}
}

func TestTableIsNarrowed(t *testing.T) {
	w := kansas(t)
	const whole = " Show all 5 agencies"
	for query, want := range map[string]struct{ names, caption, only string }{
		"?model=JEM":                       {"Barton Brown", "2 agencies, with 1 active agreement and 1 pending entry", "Narrowed to Jail Enforcement Model." + whole},
		"?model=other":                     {"Allen", "1 agency, with 1 active agreement and no pending entries", "Narrowed to Other models." + whole},
		"?type=municipality":               {"Quivering", "1 agency, with 1 active agreement and no pending entries", "Narrowed to municipal agencies." + whole},
		"?type=county,state&status=active": {"Allen Brown Kansas", "3 agencies, with 5 active agreements", "Narrowed to county agencies, state agencies, active." + whole},
		"?status=pending":                  {"Allen Barton", "2 agencies, with 2 pending entries", "Narrowed to pending." + whole},
		"?status=pending&model=TFM":        {"", "0 agencies, with no pending entries", ""},
		"?status=ended":                    {"", "0 agencies, with no pending entries", ""},
		"?county=Brown":                    {"Brown", "1 agency, with 3 active agreements and no pending entries", "Narrowed to county Brown." + whole},
		"?agency=Kansas*":                  {"Kansas", "1 agency, with 1 active agreement and no pending entries", `Narrowed to agencies named "Kansas*".` + whole},
		"?agency=KS-kansas-highway-patrol": {"Kansas", "1 agency, with 1 active agreement and no pending entries", "Narrowed to Kansas Highway Patrol." + whole},
	} {
		doc := w.page("/states/KS" + query)
		if got := names(doc); got != want.names {
			t.Errorf("%s: %s, want %s", query, got, want.names)
		}
		if got := said(doc, ".agencies caption"); want.names != "" && got != want.caption {
			t.Errorf("%s is counted as %q, want %q", query, got, want.caption)
		}
		if text := said(doc, "main"); !strings.Contains(text, want.only) {
			t.Errorf("%s does not say %q", query, want.only)
		}
		if s := doc.Find(`link[rel="canonical"]`).AttrOr("href", ""); s != "https://287g.example.org/states/KS" {
			t.Errorf("%s: its one address is %q", query, s)
		}
	}
	for query, ended := range map[string]int{"": 1, "?status=ended": 1, "?status=active": 0, "?model=JEM": 0, "?type=municipality": 1} {
		if n := w.page("/states/KS" + query).Find(`.tablebox[aria-label="No longer listed"] tbody tr`).Length(); n != ended {
			t.Errorf("%s: %d rows are no longer listed, want %d", query, n, ended)
		}
	}
}

// Each way to narrow or sort the table keeps the others, and leads to a page.
func TestTableLinksKeepTheChoice(t *testing.T) {
	w := kansas(t)
	doc := w.page("/states/KS?model=TFM&sort=county")
	got := doc.Find(".choices a, .agencies thead a").Map(func(_ int, s *goquery.Selection) string {
		return s.Text() + s.AttrOr("aria-current", "") + " " + strings.TrimSuffix(strings.TrimPrefix(s.AttrOr("href", ""), "/states/KS"), "#agencies")
	})
	want := []string{
		"All ?sort=county", "Jail Enforcement Model ?model=JEM&sort=county", "Task Force Modeltrue ?model=TFM&sort=county",
		"Warrant Service Officer ?model=WSO&sort=county", "Other models ?model=other&sort=county",
		"Alltrue ?model=TFM&sort=county", "County ?model=TFM&sort=county&type=county", "Municipal ?model=TFM&sort=county&type=municipality", "State ?model=TFM&sort=county&type=state",
		"Alltrue ?model=TFM&sort=county", "Active ?model=TFM&sort=county&status=active", "Pending ?model=TFM&sort=county&status=pending",
		"No longer listed ?model=TFM&sort=county&status=ended",
		"Agency ?model=TFM", "County ?model=TFM&sort=-county", "Task Force Model ?model=TFM&sort=TFM", "On ICE's lists since ?model=TFM&sort=newest",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, href := range doc.Find(".choices a, .agencies thead a").Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("href", "") }) {
		path, _, _ := strings.Cut(href, "#")
		w.page(path)
	}
	if rec := w.get("/states/KS?as_of=2025-06-05&model=TFM"); rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != "/on/2025-06-05?model=TFM&state=KS" {
		t.Errorf("a day: status %d to %q", rec.Code, rec.Header().Get("Location"))
	}
}
