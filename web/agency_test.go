package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/watch"
)

// cards are the texts of a page's boxes.
func cards(doc *goquery.Document) []string {
	return doc.Find(".cards .card").Map(func(_ int, s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") })
}

// past are the rows of what a page's agency held before.
func past(doc *goquery.Document) []string {
	return doc.Find(`.tablebox[aria-label="Earlier on ICE's lists"] tbody tr`).Map(func(_ int, s *goquery.Selection) string { return cells(s) })
}

func TestAgencyShowsAllThatItHeld(t *testing.T) {
	w := newWorld(t)
	doc := w.page("/agencies/FL-palm-bay-police-department")
	want := []string{
		"Task Force Model: active The model lets officers of the agency exercise limited immigration authority during their routine police duties, under ICE's oversight. " +
			"Unlike ICE's two other models, it is not limited to people in a jail. Signed June 10, 2025, according to ICE Listed since June 11, 2025 " +
			"Pending before at least 9 days, since June 2, 2025 or before (the record begins there) " +
			"Documents Agreement (PDF at ICE) Evidence row 47 of ICE's participating list of June 11, 2025, 10 a.m. ET",
	}
	got := cards(doc)
	for i := range got { // what stands side by side has no blank in the page
		got[i] = strings.NewReplacer("Signed", "Signed ", "Listed", "Listed ", "before", "before ", "Documents", "Documents ", "Evidence", "Evidence ", "Pending", "Pending ").Replace(got[i])
		got[i] = strings.Join(strings.Fields(strings.ReplaceAll(got[i], "Pending  before", "Pending before")), " ")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what it held (-want +got):\n%s", diff)
	}
	before := "Task Force Model: was pending, then signed|since June 2, 2025 or before (the record begins there), until June 11, 2025, the first list without it|" +
		"the participating list has had its agreement since June 11, 2025|no link|row 2 of ICE's pending list of June 2, 2025, 10 a.m. ET"
	if diff := cmp.Diff([]string{before}, past(doc)); diff != "" {
		t.Errorf("what it held before (-want +got):\n%s", diff)
	}
	if s := doc.Find("head title").Text(); s != "Palm Bay Police Department, Florida: 1 active 287(g) agreement · 287(g) watch" {
		t.Errorf("the title is %q", s)
	}
	if s := said(doc, ".lead"); s != "ICE lists 1 active agreement with Palm Bay Police Department, as of June 21, 2025, 11 a.m. ET: Task Force Model (signed June 10, 2025)." {
		t.Errorf("it is summed up as %q", s)
	}
	for _, to := range []string{"/states/FL", "/feeds/changes.rss?agency=FL-palm-bay-police-department"} {
		if doc.Find(`main a[href="`+to+`"]`).Length() == 0 {
			t.Errorf("no link leads to %s", to)
		}
	}
}

// What ICE prints of an agency is read from the lists in force, as it is printed, with
// a way to each row.
func TestAgencyShowsItsRows(t *testing.T) {
	w := newWorld(t)
	rows := func(id string) []string {
		return w.page("/agencies/" + id).Find(`.tablebox[aria-label="As ICE lists it"] tbody tr`).Map(func(_ int, s *goquery.Selection) string {
			return cells(s) + " " + strings.TrimPrefix(s.Find("th a").AttrOr("href", ""), "/publications/")[64:]
		})
	}
	for id, want := range map[string][]string{
		"FL-bay-county-sheriffs-office": {
			"participating, row 43|Florida|Bay County Sheriff's Office|County|Bay County|Warrant Service Officer|Feb 3, 2025|MOA #row-43",
			"participating, row 44|Florida|Bay County Sheriff's Office|County|Bay County|Task Force Model|Jun 14, 2025|MOA #row-44"},
		"WV-morgan-county-sheriffs-office": {"pending, row 2|West Virginia|Morgan County Sheriff's Office|County|Morgan County|Task Force Model|no date|no link ?list=pending#row-2"},
		"TX-harris-county-sheriffs-office": nil,
		"TX-texas-national-guard":          {"participating, row 45|Texas|Texas National Guard|State|no county|Task Force Model|Apr 7, 2025|MOA #row-45"},
	} {
		if diff := cmp.Diff(want, rows(id), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
	}
	// A new list has new rows.
	w.now = june(24)
	w.imports(watch.Past{PublishedAt: june(23), Link: "participating", File: "new.xlsx", Open: func() ([]byte, error) {
		lists := smallLists()
		body, err := lists[len(lists)-1].Open()
		return append(body, 0), err
	}}, watch.Past{PublishedAt: june(23), Link: "pending", File: "pending.xlsx", Open: func() ([]byte, error) {
		return sheettest.Pending(row("FLORIDA", "Bay County Sheriff's Office", "County", "Bay", jail, "")), nil
	}})
	if got := rows("FL-bay-county-sheriffs-office"); len(got) != 3 || !strings.HasPrefix(got[2], "pending, row 2|Florida|Bay County Sheriff's Office|County|Bay|Jail Enforcement Model") {
		t.Errorf("the rows of the new lists: %q", got)
	}
}

func TestAgencyIsPlacedAndCited(t *testing.T) {
	w := newWorld(t)
	doc := w.page("/agencies/FL-palm-bay-police-department")
	if got := doc.Find(`main .note a[href="/counties/12009"]`).Text(); got != "Brevard County" {
		t.Errorf("its county is %q", got)
	}
	if got := said(doc, ".locator title, .locator desc"); got != "Where Brevard County is in FloridaThe outline of Florida, with Brevard County marked." {
		t.Errorf("the map is of %q", got)
	}
	want := "287(g) watch. (2025, June 21). Palm Bay Police Department, Florida: 1 active 287(g) agreement, according to ICE's lists as of June 21, 2025, 11 a.m. ET. " +
		"https://287g.example.org/agencies/FL-palm-bay-police-department"
	if got := said(doc, ".cite"); got != want {
		t.Errorf("it is cited as %q, want %q", got, want)
	}
	if doc.Find(`a[href="https://287g.example.org/on/2025-06-21?agency=FL-palm-bay-police-department"]`).Length() != 1 {
		t.Error("no address stays")
	}
	then := said(w.page("/on/2025-06-21?agency=FL-palm-bay-police-department"), "main")
	if !strings.Contains(then, "ICE listed 1 active agreement with Palm Bay Police Department, and no pending entries.") || strings.Contains(then, "Bay County") {
		t.Errorf("the day says %s", then)
	}
	if w.page("/agencies/TX-texas-national-guard").Find(".locator").Length() > 0 {
		t.Error("an agency of the whole state is somewhere on a map")
	}
	if s := said(w.page("/agencies/TX-texas-national-guard"), "main .note"); strings.Contains(s, "Statewide") || !strings.HasPrefix(s, "Texas · agency of the state government") {
		t.Errorf("an agency of the whole state is at %q", s)
	}
}

func TestAgencyStandsAsTheListsSay(t *testing.T) {
	w := newWorld(t)
	for id, want := range map[string]struct{ title, lead string }{
		"FL-bay-county-sheriffs-office": {"Bay County Sheriff's Office, Florida: 2 active 287(g) agreements",
			"ICE lists 2 active agreements with Bay County Sheriff's Office, as of June 21, 2025, 11 a.m. ET: "},
		"WV-morgan-county-sheriffs-office": {"Morgan County Sheriff's Office, West Virginia: 1 pending 287(g) agreement",
			"ICE's pending list of June 11, 2025, has Morgan County Sheriff's Office, for the Task Force Model."},
		"TX-harris-county-sheriffs-office": {"Harris County Sheriff's Office, Texas: no longer on ICE's 287(g) lists",
			"ICE's lists do not name Harris County Sheriff's Office as of June 21, 2025, 11 a.m. ET; they did before."},
	} {
		doc := w.page("/agencies/" + id)
		if s := strings.TrimSuffix(doc.Find("head title").Text(), " · 287(g) watch"); s != want.title {
			t.Errorf("the title is %q, want %q", s, want.title)
		}
		if s := said(doc, ".lead"); !strings.HasPrefix(s, want.lead) {
			t.Errorf("it is summed up as %q, want %q", s, want.lead)
		}
	}
	if s := past(w.page("/agencies/TX-harris-county-sheriffs-office")); len(s) != 1 || !strings.Contains(s[0], "no longer listed") ||
		!strings.Contains(s[0], "since June 2, 2025 or before (the record begins there), until June 20, 2025, the first list without it") {
		t.Errorf("what ended is said as %q", s)
	}
	if s := cards(w.page("/agencies/TX-texas-national-guard")); len(s) != 1 ||
		!strings.Contains(s[0], "until June 13, 2025, the first list without it; again since June 16, 2025") {
		t.Errorf("what ended and came back is said as %q", s)
	}
}

func TestAgencyIsFoundUnderEverySpelling(t *testing.T) {
	w := newWorld(t)
	const home = "/agencies/TX-lampass-county-sheriffs-office"
	for _, path := range []string{
		"/agencies/TX-lampasas-county-sheriffs-office", "/agencies/tx-lampasas-county-sheriffs-office", "/agencies/tx-LAMPASS-county-sheriffs-office",
		"/agencies/TX-Lampasas%20County%20Sheriff's%20Office",
	} {
		if rec := w.get(path); rec.Code != http.StatusMovedPermanently || rec.Header().Get("Location") != home {
			t.Errorf("%s: status %d, to %q", path, rec.Code, rec.Header().Get("Location"))
		}
	}
	doc := w.page(home)
	if s := doc.Find(`link[rel="canonical"]`).AttrOr("href", ""); s != "https://287g.example.org"+home {
		t.Errorf("its one address is %q", s)
	}
	if s := said(doc, "main"); !strings.Contains(s, "Lampass County Sheriff's Office, Texas: since June 6, 2025") ||
		!strings.Contains(s, "Lampasas County Sheriff's Office, Texas: since June 9, 2025") {
		t.Errorf("the spellings: %s", s)
	}
	for _, path := range []string{"/agencies/TX-nowhere", "/agencies/x", "/agencies/-", "/agencies/%FF"} {
		if rec := w.get(path); rec.Code != http.StatusNotFound && rec.Code != http.StatusBadRequest {
			t.Errorf("%s: status %d", path, rec.Code)
		}
	}
}

func TestAgencyWhoseAgreementICEGivesWithAnotherSaysSo(t *testing.T) {
	w := emptyWorld(t)
	many := sheettest.Sample(40)
	list := func(day int, agency string) watch.Past {
		jailed := row("FLORIDA", agency, "County", "Escambia County", warrant, "2/26/2025")
		jailed.MOA = "https://www.ice.gov/doclib/moa/EscambiaCountyFL_WSO.pdf"
		other := row("FLORIDA", "Escambia County Sheriff's Office", "County", "Escambia County", task, "3/1/2025")
		body := sheettest.Participating(append(append([]sheettest.Row{}, many...), jailed, other)...)
		return watch.Past{PublishedAt: june(day), Link: "participating", File: "list.xlsx", Open: func() ([]byte, error) { return body, nil }}
	}
	w.imports(list(2, "Escambia County Sheriff's Office"), list(3, "Escambia County Board of County Commissioners"))
	doc := w.page("/agencies/FL-escambia-county-sheriffs-office")
	want := "ICE lists 1 active agreement with Escambia County Sheriff's Office, as of June 3, 2025, 10 a.m. ET: Task Force Model (signed March 1, 2025). " +
		"An agreement or entry that was listed with this agency before is now listed with Escambia County Board of County Commissioners, Florida."
	if s := said(doc, ".lead"); s != want {
		t.Errorf("it is summed up as %q, want %q", s, want)
	}
	got := append(cards(doc), past(doc)...)
	if len(got) != 2 || !strings.HasPrefix(got[0], "Task Force Model: active") || !strings.HasPrefix(got[1], "Warrant Service Officer: given with another agency now") ||
		doc.Find(`.tablebox a[href="/agencies/FL-escambia-county-board-of-county-commissioners"]`).Length() != 1 {
		t.Errorf("its agreements are %q", got)
	}
	if s := said(w.page("/agencies/FL-escambia-county-board-of-county-commissioners"), ".lead"); !strings.HasPrefix(s, "ICE lists 1 active agreement with Escambia County Board of County Commissioners") {
		t.Errorf("the other agency: %s", s)
	}
}

func TestAgencyTimelineIsComplete(t *testing.T) {
	w := newWorld(t)
	snap := w.known()
	for _, agency := range snap.Agencies() {
		id := agency.ID
		doc := w.page("/agencies/" + id)
		var want []string
		for _, c := range slices.Backward(snap.Changes()) {
			if c.Kind != roster.KindMilestone && (c.Agreement.AgencyID == id || c.Before != nil && c.Before.AgencyID == id) {
				want = append(want, c.ID)
			}
		}
		if diff := cmp.Diff(want, changeIDs(doc)); diff != "" && len(want) > 0 {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
		if scripts(w.get("/agencies/" + id).Body.String()) {
			t.Errorf("%s is not escaped", id)
		}
	}
}

func TestAgencyKnowsItsNeighbours(t *testing.T) {
	w := newWorld(t)
	doc := w.page("/agencies/TX-lampass-county-sheriffs-office")
	if s := said(doc, "main"); !strings.Contains(s, "Also in Lampasas County This record has no other agency there.") {
		t.Errorf("without neighbours: %s", s)
	}
	list := []sheettest.Row{
		row("TEXAS", "Travis County Sheriff's Office", "County", "Travis County", jail, "6/1/2020"),
		row("TEXAS", "Larkwood Police Department", "Municipality", "Travis County", task, "6/1/2025"),
		row("TEXAS", "Fernbrook Police Department", "Municipality", "Hays County", task, "6/1/2025"),
	}
	other := emptyWorld(t)
	body := sheettest.Participating(list...)
	other.imports(watch.Past{PublishedAt: june(2), Link: "participating", File: "list.xlsx", Open: func() ([]byte, error) { return body, nil }})
	s := said(other.page("/agencies/TX-travis-county-sheriffs-office"), "main")
	if !strings.Contains(s, "Also in Travis County Larkwood Police Department: 1 active agreement") || strings.Contains(s, "Fernbrook") {
		t.Errorf("its neighbours: %s", s)
	}
}

// TestAgenciesOfTheArchive asks for the pages of some hundred real agencies, and
// follows old spellings.
func TestAgenciesOfTheArchive(t *testing.T) {
	w := archiveSite(t)
	snap := w.known()
	for n, a := range snap.Agencies() {
		id := a.ID
		if n%10 != 0 || len(snap.RecordsOf(id)) == 0 {
			continue
		}
		rec := w.get("/agencies/" + id)
		if rec.Code != http.StatusOK || rec.Body.Len() > 300_000 {
			t.Errorf("%s: status %d, %d bytes", id, rec.Code, rec.Body.Len())
		}
		_, spelt, _ := strings.Cut(rec.Body.String(), "<h2>How ICE spells it</h2>")
		spelt, _, _ = strings.Cut(spelt, "</ul>")
		lines := strings.Split(spelt, "<li>")
		slices.Sort(lines)
		if len(slices.Compact(slices.Clone(lines))) != len(lines) || len(lines) < 2 {
			t.Errorf("%s: a spelling is listed twice, or none: %s", id, spelt)
		}
		for _, s := range a.Spellings {
			slug := string(s.State) + "-" + roster.Slug(s.Name)
			rec := w.get("/agencies/" + slug)
			if slug != id && rec.Code != http.StatusMovedPermanently && snap.Agency(slug) == nil {
				t.Errorf("%s, once %s: status %d", id, slug, rec.Code)
			}
		}
	}
}

// A model that is only pending is not said to allow anything yet.
func TestAgencyThatIsPendingIsAllowedNothingYet(t *testing.T) {
	w := newWorld(t)
	if got := strings.Join(cards(w.page("/agencies/WV-morgan-county-sheriffs-office")), ""); !strings.Contains(got, "The model would let officers of the agency exercise") {
		t.Errorf("what is pending: %s", got)
	}
}

// The agreement that an entry became is not said to be listed still once it is not.
func TestArchiveAgencyWhoseAgreementIsGone(t *testing.T) {
	got := strings.Join(past(archiveSite(t).page("/agencies/NE-brown-county-sheriffs-office")), "\n")
	if want := "|the participating list had its agreement since June 20, 2025, until December 5, 2025, the first list without it|"; !strings.Contains(got, want) || strings.Contains(got, "has had its agreement") {
		t.Errorf("it does not say %q:\n%s", want, got)
	}
}

// An entry that came again after its agreement was listed is not said to have never led
// to one.
func TestArchiveAgencyWithEntryThatCameAgain(t *testing.T) {
	w := archiveSite(t)
	for id, want := range map[string]string{
		"NE-brown-county-sheriffs-office":      "had one in this model since June 20, 2025, until December 5, 2025, the first list without it",
		"TX-southside-place-police-department": "had one in this model since June 27, 2025, until July 18, 2025, the first list without it",
	} {
		if got := strings.Join(past(w.page("/agencies/"+id)), "\n"); !strings.Contains(got, "|no new agreement came of the last time; the participating list "+want+"|") || strings.Contains(got, "|not signed|") {
			t.Errorf("%s:\n%s", id, got)
		}
	}
}
