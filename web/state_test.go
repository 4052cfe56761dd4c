package web

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/route"
)

func TestStateHasOneAddress(t *testing.T) {
	w := newWorld(t)
	for path, want := range map[string]string{
		"/states/tx": "/states/TX", "/states/Texas": "/states/TX", "/states/west%20virginia": "/states/WV", "/states/north-carolina": "/states/NC",
		"/embed/states/tx": "/embed/states/TX", "/embed/states/Guam": "/embed/states/GU",
	} {
		rec := w.get(path)
		if rec.Code != http.StatusMovedPermanently || rec.Header().Get("Location") != want {
			t.Errorf("%s: status %d to %q, want 301 to %s", path, rec.Code, rec.Header().Get("Location"), want)
		}
	}
	for _, path := range []string{"/states/XX", "/states/Ontario", "/states/%3Cscript%3E", "/embed/states/XX"} {
		if rec := w.get(path); rec.Code != http.StatusNotFound || strings.Contains(rec.Body.String(), "<script>") {
			t.Errorf("%s: status %d", path, rec.Code)
		}
	}
}

func TestStateShowsAllThatIsKnownOfIt(t *testing.T) {
	w := newWorld(t)
	doc := w.page("/states/TX")
	if got, want := said(doc, ".lead"), "As of June 21, 2025, 11 a.m. ET, ICE lists 2 active agreements with 2 agencies in Texas, and no pending entries."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	wantFigures(t, doc, map[string]string{"active agreements": "2", "agencies": "2", "pending entries": "0",
		"new in 19 days": "+1", "gone in 19 days": "−1", "Task Force Model (TFM)": "1"})
	figuresLead(t, w, "/states/TX")
	wantRows(t, doc, "active",
		"Lampasas County Sheriff's Office|Lampasas County|county|||Jun 5, 2025|Jun 6, 2025",
		"Texas National Guard|Statewide|state||Apr 7, 2025||Jun 16, 2025")
	if got, want := said(doc, ".agencies caption"), "2 agencies, with 2 active agreements and no pending entries"; got != want {
		t.Errorf("the rows are counted as %q, want %q", got, want)
	}
	gone := doc.Find(`.tablebox[aria-label="No longer listed"] tbody tr`).Map(func(_ int, s *goquery.Selection) string { return cells(s) })
	if !slices.Equal(gone, []string{"Harris County Sheriff's Office|Harris County|Jail Enforcement Model|Agreement|Jun 1, 2020|Jun 2, 2025 or before|Jun 20, 2025"}) {
		t.Errorf("no longer listed: %q", gone)
	}
	for _, href := range []string{"/changes?state=TX", "/feeds/changes.rss?state=TX", "/downloads?state=TX", "/embed/states/TX"} {
		if doc.Find(`main a[href="`+href+`"]`).Length() == 0 {
			t.Errorf("no link to %s", href)
		}
	}
	code := doc.Find("textarea").Text()
	if !strings.Contains(code, `<iframe src="https://287g.example.org/embed/states/TX" title="287(g) agreements in Texas"`) {
		t.Errorf("the code is %s", code)
	}
	doc.Find("main li.change").Each(func(_ int, s *goquery.Selection) {
		if text := textOf(s); !strings.Contains(text, "Texas") {
			t.Errorf("a change of another state: %s", text)
		}
	})
}

// wantRows compares the rows of a page's table of agencies.
func wantRows(t *testing.T, doc *goquery.Document, what string, want ...string) {
	t.Helper()
	got := doc.Find(".agencies tbody tr").Map(func(_ int, s *goquery.Selection) string { return cells(s) })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// cells is a row's text, for people who see it.
func cells(row *goquery.Selection) string {
	row.Find(".unseen").Remove()
	return strings.Join(row.Children().Map(func(_ int, s *goquery.Selection) string { return textOf(s) }), "|")
}

func TestStatesThatHaveLittle(t *testing.T) {
	w := newWorld(t)
	for path, want := range map[string]string{
		"/states/WY": "As of June 21, 2025, 11 a.m. ET, ICE lists no 287(g) agreement in Wyoming, active or pending.",
		"/states/VI": "As of June 21, 2025, 11 a.m. ET, ICE lists no 287(g) agreement in the Virgin Islands, active or pending.",
		"/states/WV": "As of June 21, 2025, 11 a.m. ET, ICE lists no active agreement in West Virginia, but 1 pending entry.",
		"/states/GU": "As of June 21, 2025, 11 a.m. ET, ICE lists 2 active agreements with 2 agencies in Guam, and no pending entries.",
	} {
		if got := said(w.page(path), ".lead"); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	wantRows(t, w.page("/states/WV"), "pending", "Morgan County Sheriff's Office|Morgan County|county||pending since Jun 11, 2025 (9 days)||Jun 11, 2025")
	if text := w.page("/states/WY").Text(); strings.Contains(text, "Agencies in") {
		t.Error("a state without agreements has a table")
	}
}

func TestStateEscapesWhatICEPrints(t *testing.T) {
	rec := newWorld(t).get("/states/GA")
	if body := rec.Body.String(); strings.Contains(body, "<script>alert") || !strings.Contains(body, "&lt;script&gt;alert(1)") {
		t.Error("an agency's name is not escaped")
	}
}

// packed is how many bytes a page takes on its way.
func packed(t *testing.T, page []byte) int {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(page); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

// figureOf is the figure that a page names by one of two words: by the first where it
// is 1, and else by the second. The other is "".
func figureOf(t *testing.T, figures map[string]string, one, many string) int {
	t.Helper()
	if figures[one] != "" && figures[one] != "1" {
		t.Errorf("%s %s", figures[one], one)
	}
	return sum(t, []string{max(figures[one], figures[many])})
}

func TestStatesOfTheArchive(t *testing.T) {
	w := archiveSite(t)
	all := 0
	for _, s := range roster.States() {
		rec := w.get(route.StateURL(s))
		if rec.Code != http.StatusOK || rec.Body.Len() > 300_000 || packed(t, rec.Body.Bytes()) > 60<<10 {
			t.Fatalf("%s: status %d, %d bytes", s, rec.Code, rec.Body.Len())
		}
		doc := w.page(route.StateURL(s))
		rows := doc.Find(".agencies tbody tr").Length()
		if rows == 0 {
			continue
		}
		pending := doc.Find(`.agencies td:contains("pending since")`).Length()
		signed := doc.Find(".agencies td[data-name]:not(:last-child)").Length() - pending
		figures := shownFigures(t, doc)
		if figureOf(t, figures, "active agreement", "active agreements") != signed || figureOf(t, figures, "pending entry", "pending entries") != pending {
			t.Errorf("%s: %v, but %d agreements and %d entries in rows", s, figures, signed, pending)
		}
		if agencies := figureOf(t, figures, "agency", "agencies"); rows < agencies || rows > agencies+pending {
			t.Errorf("%s: %d agencies hold agreements, and there are %d rows", s, agencies, rows)
		}
		if curve := column(doc, "The curve as a table", 1); sum(t, curve[len(curve)-1:]) != signed {
			t.Errorf("%s: the curve ends at %s, but there are %d agreements", s, curve[len(curve)-1], signed)
		}
		all += signed
	}
	if want := sum(t, []string{shownFigures(t, w.page("/"))["active agreements"]}); all != want {
		t.Errorf("the states have %d agreements, the front page says %d", all, want)
	}
}
