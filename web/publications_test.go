package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/watch"
	"github.com/watch287g/watch287g/web/route"
)

// files are the names that a page of publications shows, in its order.
func filesOf(doc *goquery.Document) []string {
	return doc.Find("tbody th a").Map(func(_ int, a *goquery.Selection) string { return a.Text() })
}

// heldWorld is the small world on the day on which most agreements are gone.
func heldWorld(t *testing.T) *world {
	w := emptyWorld(t)
	lists := smallLists()
	w.imports(lists[:len(lists)-1]...)
	return w
}

func TestPublicationsSayWhatBecameOfEach(t *testing.T) {
	w := newWorld(t)
	doc := w.page("/publications")
	var got []string
	doc.Find("tbody tr").Each(func(_ int, tr *goquery.Selection) {
		td := tr.Find("td")
		got = append(got, fmt.Sprintf("%s: %s rows, %s changes, %s", tr.Find("th a").Text(), td.Eq(1).Text(), td.Eq(2).Text(), td.Eq(3).Text()))
	})
	want := []string{
		"participatingAgencies06202025pm.xlsx: 48 rows, 1 changes, in force",
		"participatingAgencies06182025am.xlsx: 10 rows, 0 changes, not borne out: never counted",
		"participatingAgencies06162025am.xlsx: 49 rows, 2 changes, counts",
	}
	if diff := cmp.Diff(want, got[:len(want)]); diff != "" || len(got) != 10 {
		t.Errorf("%d publications; the newest (-want +got):\n%s", len(got), diff)
	}
	sum := 0
	doc.Find("tbody tr").Each(func(_ int, tr *goquery.Selection) {
		n, err := strconv.Atoi(tr.Find("td").Eq(2).Text())
		if err != nil {
			t.Error(err)
		}
		sum += n
	})
	if sum != len(w.known().Changes()) {
		t.Errorf("%d changes are counted, of %d", sum, len(w.known().Changes()))
	}
	if s := said(doc, "main"); strings.Contains(s, "Held:") {
		t.Errorf("a list is said to be held: %s", s)
	}
}

func TestPublicationsShowHeldListsFirst(t *testing.T) {
	w := heldWorld(t)
	doc := w.page("/publications")
	box := said(doc, ".card")
	for _, want := range []string{"Held: participatingAgencies06182025am.xlsx", "nothing that it says counts", "39 of 49 active agreements would be removed"} {
		if !strings.Contains(box, want) {
			t.Errorf("the hold lacks %q: %s", want, box)
		}
	}
	to := doc.Find(".card h2 a").AttrOr("href", "")
	own := said(w.page(to), "main")
	for _, want := range []string{"Verdict held: does not count", "39 of 49 active agreements would be removed", "It has not been borne out yet, and does not count.",
		"39 agreements no longer listed, as things were when it was set aside.", "No longer listed: ", "Nothing: no change was read from it."} {
		if !strings.Contains(strings.ReplaceAll(own, "Verdictheld", "Verdict held"), want) {
			t.Errorf("the list's own page lacks %q: %s", want, own)
		}
	}
	for _, page := range []string{"/es/publications", "/es" + to, "/es/status"} {
		doc := w.page(page)
		const want = "Dejaría fuera 39 de los 49 acuerdos activos."
		if li := doc.Find("main li").FilterFunction(func(_ int, s *goquery.Selection) bool { return s.Text() == want }); li.Length() != 1 || li.AttrOr("lang", "") != "" {
			t.Errorf("%s does not say %q: %s", page, want, said(doc, "main"))
		}
	}
	// Once a later list does not bear it out, its page says so.
	lists := smallLists()
	w.imports(lists[len(lists)-1])
	if s := said(w.page(to), "main"); !strings.Contains(s, "A later list did not bear it out: it never counted.") || !strings.Contains(s, "The hold ended June 20, 2025") || strings.Contains(s, "If it counted") {
		t.Errorf("the list's own page later: %s", s)
	}
}

func TestPublicationsArePaged(t *testing.T) {
	w := emptyWorld(t)
	var lists []watch.Past
	rows := sheettest.Sample(2)
	for i := range 230 {
		rows[0].County = fmt.Sprintf("County %d", i+1)
		body := sheettest.Participating(rows...)
		lists = append(lists, watch.Past{PublishedAt: june(2).Add(time.Duration(i) * time.Minute), Link: "participating", File: fmt.Sprintf("list%d.xlsx", i+1), Open: func() ([]byte, error) { return body, nil }})
	}
	w.imports(lists...)
	var want, got []string
	for i := range 230 {
		want = append(want, fmt.Sprintf("list%d.xlsx", 230-i))
	}
	pages := 0
	for next := "/publications"; next != ""; pages++ {
		doc := w.page(next)
		got = append(got, filesOf(doc)...)
		next = doc.Find(`.pager a[rel="next"]`).AttrOr("href", "")
	}
	if diff := cmp.Diff(want, got); diff != "" || pages != 3 {
		t.Errorf("%d pages (-want +got):\n%s", pages, diff)
	}
	if s := said(w.page("/publications?before=1"), "main"); !strings.Contains(s, "There is nothing older") {
		t.Errorf("beyond the last page: %s", s)
	}
	if rec := w.get("/publications?before=x"); rec.Code != http.StatusBadRequest {
		t.Errorf("before=x: status %d", rec.Code)
	}
	if s := said(emptyWorld(t).page("/publications"), "main"); !strings.Contains(s, "None is on record yet.") {
		t.Errorf("where nothing is known: %s", s)
	}
}

func TestPublicationShowsTheFileRowByRow(t *testing.T) {
	w := newWorld(t)
	c := w.only(roster.KindNew, "Palm Bay")
	doc := w.page("/publications/" + c.Publication.SHA256)
	if s := said(doc, "h1"); s != "ICE's participating list of June 11, 2025, 10 a.m. ET" {
		t.Errorf("it is headed %q", s)
	}
	for name, want := range map[string]string{
		"File name": "participatingAgencies06112025am.xlsx (ICE's; it can name another day)", "SHA-256": c.Publication.SHA256,
		"Rows": "46", "List": "participating", "Verdict": "counts since June 11, 2025, 10 a.m. ET",
	} {
		if got := fact(doc, name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if n := doc.Find("table.rows tbody tr").Length(); n != 46 {
		t.Errorf("%d rows are shown", n)
	}
	row := doc.Find("tr#row-47")
	if s := strings.Join(row.Children().Map(func(_ int, td *goquery.Selection) string { return td.Text() }), "|"); strings.TrimSpace(s) != "47|FL|Palm Bay Police Department|Brevard County|municipality|TFM|2025-06-10" {
		t.Errorf("row 47 is %q", s)
	}
	if to := row.Find("a").AttrOr("href", ""); to != "/agencies/FL-palm-bay-police-department" {
		t.Errorf("row 47 leads to %q", to)
	}
}

// TestEvidenceLeadsToTheRow follows each change to its row.
func TestEvidenceLeadsToTheRow(t *testing.T) {
	w := newWorld(t)
	followed := 0
	for _, c := range w.known().Changes() {
		to := w.page("/changes/"+c.ID).Find(`main dd a[href*="#row-"]`).AttrOr("href", "")
		if to == "" {
			continue
		}
		followed++
		path, id, _ := strings.Cut(to, "#")
		row := w.page(path).Find("tr#" + id)
		if s := row.Find("td").Eq(1).Text(); s != c.Agreement.Agency {
			t.Errorf("%s: the row is that of %q", c.Text, s)
		}
		if agency := row.Find("a").AttrOr("href", ""); agency != route.AgencyURL(c.Agreement.AgencyID) {
			t.Errorf("%s: the row leads to %q", c.Text, agency)
		}
	}
	if followed < 10 {
		t.Errorf("only %d changes lead to a row", followed)
	}
}

func TestPublicationShowsWhatWasHardToRead(t *testing.T) {
	w := emptyWorld(t)
	rows := sheettest.Sample(150)
	for i := range rows[:120] {
		rows[i].Signed = "<b>soon</b>"
	}
	body := sheettest.Participating(rows...)
	w.imports(watch.Past{PublishedAt: june(2), Link: "participating", File: "list.xlsx", Open: func() ([]byte, error) { return body, nil }})
	doc := w.page("/publications/" + w.known().Publications()[0].SHA256)
	if s := said(doc, "details summary"); s != "120 cells" {
		t.Errorf("it counts %q", s)
	}
	if n := doc.Find("details tbody tr").Length(); n != 100 {
		t.Errorf("it shows %d", n)
	}
	if s := said(doc, "details caption"); !strings.Contains(s, "20 more are not shown") {
		t.Errorf("it says of the rest %q", s)
	}
	if s := said(doc, "details tbody tr:first-child"); !strings.Contains(s, "SIGNED") || !strings.Contains(s, "<b>soon</b>") {
		t.Errorf("the first is %q", s)
	}
	if doc.Find("table b").Length() > 0 {
		t.Error("a cell is not escaped")
	}
	last := w.page("/es/publications/" + w.known().Publications()[0].SHA256).Find("details tbody tr").First().Find("td").Last()
	if _, marked := last.Attr("lang"); marked || last.Text() != "no es una fecha que se pueda leer de un solo modo razonable" {
		t.Errorf("in Spanish it says %q", last.Text())
	}
}

func TestPublicationOfBytesThatCameTwice(t *testing.T) {
	w := emptyWorld(t)
	first, second := sheettest.Participating(sheettest.Sample(5)...), sheettest.Participating(sheettest.Sample(6)...)
	list := func(day int, file string, body []byte) watch.Past {
		return watch.Past{PublishedAt: june(day), Link: "participating", File: file, Open: func() ([]byte, error) { return body, nil }}
	}
	w.imports(list(2, "a.xlsx", first), list(3, "b.xlsx", second), list(4, "c.xlsx", first), list(5, "c.xlsx", first))
	of := w.known().PublicationsOf(w.known().Publications()[0].SHA256)
	if len(of) < 2 {
		t.Fatalf("the store took the bytes in %d times", len(of))
	}
	s := said(w.page("/publications/"+w.known().Publications()[0].SHA256), "main")
	for _, want := range []string{"File names", "a.xlsx, c.xlsx", "Where it comes from", "Published again June 4, 2025"} {
		if !strings.Contains(s, want) {
			t.Errorf("the page lacks %q: %s", want, s)
		}
	}
}

func TestPublicationThatIsNone(t *testing.T) {
	w := newWorld(t)
	sha := w.known().Publications()[0].SHA256
	for path, want := range map[string]int{
		"/publications/" + strings.Repeat("0", 64): http.StatusNotFound, "/publications/x": http.StatusNotFound,
		"/publications/" + strings.ToUpper(sha): http.StatusMovedPermanently, "/publications/" + sha[:12]: http.StatusNotFound,
	} {
		if rec := w.get(path); rec.Code != want {
			t.Errorf("%s: status %d, want %d", path, rec.Code, want)
		}
	}
}

// TestPublicationsOfTheArchive follows the changes of some real lists to their
// rows.
func TestPublicationsOfTheArchive(t *testing.T) {
	w := archiveSite(t)
	snap := w.known()
	by := map[string][]roster.Change{}
	for _, c := range snap.Changes() {
		if c.Publication.Row > 0 && aboutOneAgency(c) {
			by[c.Publication.SHA256] = append(by[c.Publication.SHA256], c)
		}
	}
	rows, unlinked, largest := 0, 0, 0
	for i := 0; i < len(snap.Publications()); i += 12 {
		sha := snap.Publications()[i].SHA256
		largest = max(largest, w.get("/publications/"+sha).Body.Len())
		doc := w.page("/publications/" + sha)
		texts := map[string]string{}
		doc.Find("table.rows tbody tr").Each(func(_ int, tr *goquery.Selection) {
			rows++
			if tr.Find("a").Length() == 0 {
				unlinked++
			}
			texts[tr.AttrOr("id", "")] = tr.Find("td").Eq(1).Text()
		})
		for _, c := range by[sha] {
			if got := texts[fmt.Sprintf("row-%d", c.Publication.Row)]; roster.Fold(got) != roster.Fold(c.Agreement.Agency) {
				t.Errorf("%s: row %d of %s is that of %q", c.Text, c.Publication.Row, c.Publication.File, got)
			}
		}
	}
	t.Logf("%d rows, %d of them of no known agency; the largest page has %d bytes", rows, unlinked, largest)
	if unlinked*100 > rows || largest > 400_000 {
		t.Errorf("%d of %d rows are of no known agency; the largest page has %d bytes", unlinked, rows, largest)
	}
}
