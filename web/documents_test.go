package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/PuerkitoBio/goquery"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/document/library"
	"github.com/watch287g/watch287g/roster"
)

// listed are the agencies of the table of documents, in order.
func listed(doc *goquery.Document) []string {
	return doc.Find("#documents tbody th").Map(func(_ int, s *goquery.Selection) string { return textOf(s) })
}

func TestDocumentsAreChosen(t *testing.T) {
	w, _ := paperWorld(t)
	const bay, lampasas, palm, guard, harris = "Bay County Sheriff's Office, TFM", "Lampasas County Sheriff's Office, WSO", "Palm Bay Police Department, TFM", "Texas National Guard, TFM", "Harris County Sheriff's Office, JEM"
	for query, want := range map[string][]string{
		"":                                      {bay, lampasas, palm, lampasas, guard, harris},
		"?state=FL":                             {bay, palm},
		"?form=wso":                             {lampasas, lampasas},
		"?form=tfm-2025-03-07&state=TX":         {guard},
		"?show=replaced":                        {lampasas},
		"?show=gone":                            {harris},
		"?show=current":                         {bay, lampasas, palm, guard},
		"?show=departs":                         {lampasas, palm},
		"?show=machine":                         {palm},
		"?show=unread":                          {harris},
		"?agency=bay":                           {bay, palm},
		"?agency=*Guard":                        {guard},
		"?agency=FL-palm-bay-police-department": {palm},
		"?agency=nobody":                        nil,
		"?page=2":                               nil,
	} {
		for _, path := range []string{"/documents", "/es/documents"} {
			if got := listed(w.page(path + query)); !slices.Equal(got, want) {
				t.Errorf("%s%s lists %q, want %q", path, query, got, want)
			}
		}
	}
	for query, want := range map[string]int{"?form=none": http.StatusNotFound, "?show=all": http.StatusBadRequest, "?page=0": http.StatusBadRequest, "?page=x": http.StatusBadRequest, "?page=-1": http.StatusBadRequest, "?state=Atlantis": http.StatusBadRequest} {
		if rec := w.get("/documents" + query); rec.Code != want {
			t.Errorf("/documents%s: status %d, want %d", query, rec.Code, want)
		}
	}
	page := w.page("/documents")
	for _, want := range []string{"6 documents that ICE's lists link or linked", "9 pages", "of 48"} {
		if !strings.Contains(said(page, "main"), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// Each document is on one page of the list, and each page leads to the next.
func TestDocumentsAreCutInPages(t *testing.T) {
	p := smallPapers()
	for i := range 119 {
		p.add(fmt.Sprint("more ", i), fmt.Sprintf("%smore%d.pdf", moa, i), 4, roster.Document{}, page(1, "Text"))
	}
	w := withPapers(t, newWorld(t), p)
	seen, pages := map[string]bool{}, 0
	for at := "/documents"; at != ""; pages++ {
		doc := w.page(at)
		doc.Find("#documents tbody th a").Each(func(_ int, s *goquery.Selection) { seen[s.AttrOr("href", "")] = true })
		at = doc.Find("a[rel=next]").AttrOr("href", "")
	}
	if len(seen) != 125 || pages != 3 {
		t.Errorf("%d documents are on %d pages, want 125 on 3", len(seen), pages)
	}
}

func TestDocumentPage(t *testing.T) {
	w, _ := paperWorld(t)
	doc := w.page("/documents/" + hashed("lampasas 2"))
	all := said(doc, "main")
	for _, want := range []string{"Document of the Warrant Service Officer agreement with Lampasas County Sheriff's Office, Texas", "3 pages", "first found there on June 15, 2025", hashed("lampasas 2"),
		"Addendum A: Points of Contact, page 3", "Acting Director", "What changed from the file before", "the file of June 7, 2025", "1 difference that looks like a misreading"} {
		if !strings.Contains(all, want) {
			t.Errorf("the page does not say %q:\n%s", want, all)
		}
	}
	if got := textOf(doc.Find(".diff.altered ins").First()) + "/" + textOf(doc.Find(".diff.altered del").First()); got != "all/some" {
		t.Errorf("the words that were altered are %q", got)
	}
	if n := doc.Find("#departures ~ .diff").Length(); n != 3 {
		t.Errorf("%d departures are shown, want 3", n)
	}
	for _, p := range []string{"1", "2", "3"} {
		if doc.Find("section#page-"+p+" h3").Length() != 1 || doc.Find(`.pagelinks a[href="#page-`+p+`"]`).Length() != 1 {
			t.Errorf("page %s has no place", p)
		}
	}
	if got := textOf(doc.Find("#page-1 p").Eq(2)); !strings.HasPrefix(got, "This Memorandum") || !strings.HasSuffix(got, "under which ICE delegates authority.") {
		t.Errorf("the lines of a sentence are not joined: %q", got)
	}
	earlier := said(w.page("/documents/"+hashed("lampasas 1")), "main")
	for _, want := range []string{"(file of June 7, 2025)", "first found there on June 7, 2025, and another file in its place on June 15, 2025", "no row of the lists in force", "No paragraph of what could be read departs", "One page has no text that could be read, and is not compared: Page 2"} {
		if !strings.Contains(earlier, want) {
			t.Errorf("the page of the file before does not say %q:\n%s", want, earlier)
		}
	}
	for from, to := range map[string]string{
		"/documents/" + hashed("bay")[:12]:                  "/documents/" + hashed("bay"),
		"/es/documents/" + strings.ToUpper(hashed("bay")):   "/es/documents/" + hashed("bay"),
		"/documents/" + strings.ToUpper(hashed("bay"))[:20]: "/documents/" + hashed("bay"),
	} {
		if rec := w.get(from); rec.Code != http.StatusMovedPermanently || rec.Header().Get("Location") != to {
			t.Errorf("%s leads to %d %q, want %q", from, rec.Code, rec.Header().Get("Location"), to)
		}
	}
	for _, path := range []string{hashed("bay")[:7], strings.Repeat("0", 64), hashed("bay") + "0", "..%2f..%2fetc%2fpasswd", "%00", hashed("bay") + "?page=2", strings.Repeat("a", 1500)} {
		if rec := w.get("/documents/" + path); rec.Code != http.StatusNotFound && rec.Code != http.StatusBadRequest {
			t.Errorf("/documents/%s: status %d", path, rec.Code)
		}
	}
}

// A form of which a page could not be read is not said to be that of the revision before.
func TestFormOfWhichAPageIsMissing(t *testing.T) {
	for name, change := range map[string]func(form, before *library.Form){
		"its own":     func(form, _ *library.Form) { form.Unread = []int{3} },
		"its earlier": func(_, before *library.Form) { before.Unread = []int{3} },
		"misread": func(form, _ *library.Form) {
			form.Changed = []document.Difference{{Op: document.Illegible, Noise: true, Own: document.Paragraph{Page: 2}}}
		},
	} {
		w, p := paperWorld(t)
		p.forms[0].Changed = nil
		if got := said(w.page("/forms/tfm-2025-03-07"), "main"); !strings.Contains(got, "No paragraph differs.") || strings.Contains(got, "not compared") {
			t.Errorf("%s: all was read, and nothing differs:\n%s", name, got)
		}
		change(&p.forms[0], &p.forms[1])
		got := said(withPapers(t, w, p).page("/forms/tfm-2025-03-07"), "main")
		if strings.Contains(got, "No paragraph differs.") || !strings.Contains(got, "No paragraph of what could be read of both differs.") || !strings.Contains(got, "pages that could not be read is not compared") {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}

// A file of which a page cannot be compared is not said to have the text of the one before.
func TestReplacedByAFileThatIsMisread(t *testing.T) {
	w, p := paperWorld(t)
	p.between[hashed("lampasas 2")] = []document.Difference{{Op: document.Illegible, Noise: true, Own: document.Paragraph{Page: 2}}}
	got := said(withPapers(t, w, p).page("/documents/"+hashed("lampasas 2")), "main")
	if strings.Contains(got, "Its text is that of the file before") || !strings.Contains(got, "misread so much that it is not compared. Look at the page itself: Page 2") {
		t.Errorf("the page says %s", got)
	}
}

// What a document says can turn nothing around on a page, nor run there.
func TestHostileDocument(t *testing.T) {
	w, p := paperWorld(t)
	long := strings.Repeat("W", 1<<20)
	p.add("long word", moa+"long.pdf", 5, roster.Document{Form: "wso", Model: "WSO"}, page(1, long), page(2, "\u202e"+long+"\x00"))
	p.departs[hashed("long word")] = []document.Difference{{Op: document.Added, Own: document.Paragraph{Page: 1, Text: long}}}
	many := make([]document.Page, 5000)
	diffs := make([]document.Difference, 5000)
	for i := range many {
		many[i] = page(i+1, fmt.Sprintf("This is page %d. Call (202) 555-0143 or write to someone@example.org.", i+1))
		diffs[i] = document.Difference{Op: document.Missing, Form: document.Paragraph{Page: i + 1, Text: "Gone."}}
	}
	p.add("many pages", moa+"many.pdf", 5, roster.Document{Form: "wso", Model: "WSO"}, many...)
	p.departs[hashed("many pages")] = diffs
	w = withPapers(t, w, p)
	for _, path := range []string{"/documents/" + hashed("palm"), "/documents/" + hashed("long word"), "/documents/" + hashed("many pages"), "/documents/" + hashed("many pages") + "?page=84", "/documents", "/documents/conflicts", "/forms/wso",
		"/forms/tfm-2025-02-12", "/agencies/FL-palm-bay-police-department", "/search?q=palm+bay"} {
		rec := w.get(path)
		body := rec.Body.String()
		if rec.Code != http.StatusOK || len(body) > 1<<20 {
			t.Errorf("%s: status %d, %d bytes", path, rec.Code, len(body))
		}
		if i := strings.IndexFunc(body, func(r rune) bool { return r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) }); i >= 0 {
			t.Errorf("%s: %q is on the page", path, body[max(0, i-20):min(len(body), i+20)])
		}
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if doc.Find("main script, main img, main [onerror]").Length() > 0 || doc.Find("main").Length() != 1 || doc.Find("footer.site").Length() != 1 {
			t.Errorf("%s: the text is a part of the page", path)
		}
		if strings.Contains(body, "555-0143") || strings.Contains(body, "someone@") {
			t.Errorf("%s: a phone number or a mail address is shown", path)
		}
	}
	last := w.page("/documents/" + hashed("many pages") + "?page=84")
	if last.Find("#page-5000").Length() != 1 || last.Find("#page-4980").Length() != 0 {
		t.Error("the last part does not have the last pages alone")
	}
	if first := said(w.page("/documents/"+hashed("many pages")), "main"); !strings.Contains(first, "4,800 more differences are not shown") {
		t.Error("how many differences are left out is not said")
	}
	if rec := w.get("/documents/" + hashed("many pages") + "?page=85"); rec.Code != http.StatusNotFound {
		t.Errorf("a part that is not there: status %d", rec.Code)
	}
}
