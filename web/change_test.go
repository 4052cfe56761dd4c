package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/watch"
)

// only finds the one change of a kind whose text has certain words.
func (w *world) only(k roster.Kind, words string) roster.Change {
	w.t.Helper()
	var found []roster.Change
	for _, c := range w.known().Changes() {
		if c.Kind == k && strings.Contains(c.Text, words) {
			found = append(found, c)
		}
	}
	if len(found) != 1 {
		w.t.Fatalf("%d changes of the kind %s have %q", len(found), k, words)
	}
	return found[0]
}

// fact is what a page's list of names and values has under a name.
func fact(doc *goquery.Document, name string) string {
	var values []string
	doc.Find("dl.facts dt").Each(func(_ int, dt *goquery.Selection) {
		if strings.TrimSpace(dt.Text()) == name {
			values = append(values, strings.Join(strings.Fields(dt.Next().Text()), " "))
		}
	})
	return strings.Join(values, " | ")
}

func TestChangeShowsAllThatIsKnownOfIt(t *testing.T) {
	w := newWorld(t)
	c := w.only(roster.KindNew, "Palm Bay")
	doc := w.page("/changes/" + c.ID)
	for selector, want := range map[string]string{
		"h1":    "Florida: Palm Bay Police Department signs Task Force Model agreement",
		".lead": c.Text,
	} {
		if got := said(doc, selector); got != want {
			t.Errorf("%s says %q, want %q", selector, got, want)
		}
	}
	for name, want := range map[string]string{
		"Agency": "Palm Bay Police Department", "State": "Florida", "County": "Brevard County", "Kind of agency": "municipal agency",
		"Model": "Task Force Model", "Signed": "June 10, 2025, according to ICE", "Pending before": "since June 2, 2025 or before",
		"List": "ICE's participating list, published June 11, 2025, 10 a.m. ET", "File": "participatingAgencies06112025am.xlsx",
		"Row": "Row 47", "SHA-256": c.Publication.SHA256,
	} {
		if got := fact(doc, name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	for _, to := range []string{"/publications/" + c.Publication.SHA256 + "#row-47", "/agencies/FL-palm-bay-police-department", "/states/FL", c.Agreement.MOA} {
		if doc.Find(`main a[href="`+to+`"]`).Length() == 0 {
			t.Errorf("no link leads to %s", to)
		}
	}
	if doc.Find(".correction").Length() != 0 || strings.Contains(said(doc, "main"), "Likely") {
		t.Errorf("it says that it is corrected, or only likely: %s", said(doc, "main"))
	}
	if description := doc.Find(`meta[property="og:description"]`).AttrOr("content", ""); description != c.Text {
		t.Errorf("previews show %q", description)
	}
}

func TestChangeThatIsTakenBackSaysSoFirst(t *testing.T) {
	w := newWorld(t)
	gone, back := w.only(roster.KindRemoved, "Texas National Guard"), w.only(roster.KindRestored, "Texas National Guard")
	first := w.page("/changes/" + gone.ID)
	if s := said(first, "main > :first-child"); !strings.HasPrefix(s, "Correction. What is said below was taken back on June 16, 2025:") ||
		first.Find(`.correction a[href="/changes/`+back.ID+`"]`).Length() != 1 {
		t.Errorf("what was wrong begins with %q", s)
	}
	if s := first.Find(`meta[name="description"]`).AttrOr("content", ""); !strings.HasPrefix(s, "Corrected on June 16, 2025.") {
		t.Errorf("previews show %q", s)
	}
	later := w.page("/changes/" + back.ID)
	if s := said(later, ".correction"); !strings.HasPrefix(s, "Correction. This takes back what was said on June 13, 2025:") ||
		later.Find(`.correction a[href="/changes/`+gone.ID+`"]`).Length() != 1 {
		t.Errorf("the correction says %q", s)
	}
	if s := said(later, "h1"); s != "Texas: Correction: ICE again lists the Task Force Model agreement with Texas National Guard" {
		t.Errorf("the correction is headed %q", s)
	}
}

func TestChangeThatAmendsShowsBeforeAndAfter(t *testing.T) {
	w := newWorld(t)
	c := w.only(roster.KindAmended, "Lampass")
	doc := w.page("/changes/" + c.ID)
	if s := said(doc, `[aria-label="What changed"] tbody`); s != "Agency nameLampass County Sheriff's OfficeLampasas County Sheriff's Office" {
		t.Errorf("the table says %q", s)
	}
	told := w.only(roster.KindNew, "Lampass")
	if s := said(doc, ".correction"); !strings.HasPrefix(s, "ICE changed its record since June 6, 2025, when this was said:") ||
		doc.Find(`.correction a[href="/changes/`+told.ID+`"]`).Length() != 1 {
		t.Errorf("the correction says %q", s)
	}
	if s := said(w.page("/changes/"+told.ID), ".correction"); !strings.HasPrefix(s, "ICE changed its record of what is said below on June 9, 2025:") {
		t.Errorf("what was said first: %q", s)
	}
	if s := said(w.page("/changes/"+w.only(roster.KindAmended, "Baker").ID), `[aria-label="What changed"] tbody`); s != "Signing dateAugust 15, 2019August 16, 2019" {
		t.Errorf("the table of a date says %q", s)
	}
}

// The page of a change shows how ICE printed the row, before and then, and leads to the
// agency's other changes.
func TestChangeShowsTheRowsAsICEPrintedThem(t *testing.T) {
	w := newWorld(t)
	c := w.only(roster.KindAmended, "Lampass")
	doc := w.page("/changes/" + c.ID)
	var rows []string
	doc.Find(`[aria-label="The row as ICE printed it"] tbody tr`).Each(func(_ int, s *goquery.Selection) { rows = append(rows, cells(s)) })
	want := []string{
		"Before: row 46 of ICE's participating list of June 6, 2025, 10 a.m. ET|Texas|Lampass County Sheriff's Office|County|Lampasas County|Warrant Service Officer|Jun 5, 2025",
		"Now: row 46 of ICE's participating list of June 9, 2025, 10 a.m. ET|Texas|Lampasas County Sheriff's Office|County|Lampasas County|Warrant Service Officer|Jun 5, 2025",
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("the rows (-want +got):\n%s", diff)
	}
	told := w.only(roster.KindNew, "Lampass")
	if to := doc.Find(`nav a[rel="prev"]`).AttrOr("href", ""); to != "/changes/"+told.ID {
		t.Errorf("the change before is %q", to)
	}
	if to := w.page("/changes/"+told.ID).Find(`nav a[rel="next"]`).AttrOr("href", ""); to != "/changes/"+c.ID {
		t.Errorf("the change after is %q", to)
	}
	if to := doc.Find(`dd a[href="/counties/48281"]`); textOf(to) != "Lampasas County" {
		t.Errorf("the county is %q", textOf(to))
	}
	if s := fact(w.page("/changes/"+w.only(roster.KindRemoved, "Texas National Guard").ID), "County"); s != "Statewide" {
		t.Errorf("an agency of the whole state is in %q", s)
	}
}

func TestChangeThatIsOnlyLikelySaysSo(t *testing.T) {
	w := emptyWorld(t)
	many := sheettest.Sample(40)
	list := func(day int, agency string) watch.Past {
		seen := row("TEXAS", agency, "Municipality", "Travis County", task, "6/2/2025")
		seen.MOA = "https://www.ice.gov/doclib/moa/one.pdf"
		body := sheettest.Participating(append(append([]sheettest.Row{}, many...), seen)...)
		return watch.Past{PublishedAt: june(day), Link: "participating", File: "list.xlsx", Open: func() ([]byte, error) { return body, nil }}
	}
	w.imports(list(2, "Larkwood Constable Office"), list(3, "Fernbrook Police Department"))
	c := w.only(roster.KindAmended, "Fernbrook")
	if c.Certainty != roster.Likely {
		t.Fatalf("the change is %s", c.Certainty)
	}
	if s := said(w.page("/changes/"+c.ID), "main"); !strings.Contains(s, "Likely, not certain: likely the same agreement; ICE gives no id that would prove it.") {
		t.Errorf("the page: %s", s)
	}
	const doubt = "likely the same agreement; ICE gives no id"
	if s := said(w.page("/changes"), ".change.amended .what"); !strings.HasSuffix(s, " · "+doubt) {
		t.Errorf("the list of changes: %s", s)
	}
	doc := w.page("/agencies/" + c.Agreement.AgencyID)
	if s := said(doc, `.card a[href="/changes/`+c.ID+`"]`); s != doubt {
		t.Errorf("the agency's agreement: %s", s)
	}
	if s := said(doc, ".change.amended .what"); !strings.HasSuffix(s, " · "+doubt) {
		t.Errorf("the agency's changes: %s", s)
	}
}

// aboutOneAgency says whether a change is, as all are but the milestones that are no
// firsts.
func aboutOneAgency(c roster.Change) bool {
	return c.Milestone == nil || strings.HasPrefix(c.Milestone.Name, "first-")
}

func TestChangeOfEachKindHasItsPage(t *testing.T) {
	w := newWorld(t)
	kinds := map[roster.Kind]bool{}
	for _, c := range w.known().Changes() {
		kinds[c.Kind] = true
		rec := w.get("/changes/" + c.ID)
		if body := rec.Body.String(); rec.Code != http.StatusOK || scripts(body) {
			t.Errorf("%s: status %d: %.500s", c.Text, rec.Code, body)
		}
		doc := w.page("/changes/" + c.ID)
		row, want := doc.Find(`main dd a[href*="#row-"]`).Length(), 0
		if c.Publication.Row > 0 && aboutOneAgency(c) {
			want = 1
		}
		if row != want {
			t.Errorf("%s: %d links to a row", c.Text, row)
		}
		if c.Before != nil && c.Milestone == nil || c.Kind == roster.KindRemoved || c.Kind == roster.KindRestored {
			want++ // as it stood before
		}
		if shown := doc.Find(`[aria-label="The row as ICE printed it"] tbody tr`).Length(); shown != want && aboutOneAgency(c) {
			t.Errorf("%s: %d rows as ICE printed them, want %d", c.Text, shown, want)
		}
	}
	for _, k := range []roster.Kind{roster.KindNew, roster.KindPending, roster.KindRemoved, roster.KindRestored, roster.KindAmended, roster.KindMilestone} {
		if !kinds[k] {
			t.Errorf("the world has no change of the kind %s", k)
		}
	}
}

func TestChangeOfTheWholeListNamesNoAgency(t *testing.T) {
	w := manyChanges(t)
	found := 0
	for _, c := range w.known().Changes() {
		if c.Milestone == nil || c.Milestone.Name != "hundred" {
			continue
		}
		found++
		doc := w.page("/changes/" + c.ID)
		if s := said(doc, "h1"); s != "United States: ICE's list reaches 200 active agreements for the first time on record" || fact(doc, "Row") != "The list as a whole" || fact(doc, "Agency") != "" {
			t.Errorf("%q, row %q, agency %q", s, fact(doc, "Row"), fact(doc, "Agency"))
		}
	}
	if found == 0 {
		t.Fatal("the world has no such milestone")
	}
}

func TestChangeThatIsNone(t *testing.T) {
	w := newWorld(t)
	rec := w.get("/changes/chg_01nothing")
	if rec.Code != http.StatusNotFound || !strings.Contains(rec.Body.String(), "No change has this id") {
		t.Errorf("status %d: %s", rec.Code, rec.Body)
	}
}
