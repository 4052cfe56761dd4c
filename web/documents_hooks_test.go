package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/web/kept"
)

func TestForms(t *testing.T) {
	w, _ := paperWorld(t)
	all := w.page("/forms")
	if got := all.Find("tbody th a").Length(); got != 3 {
		t.Errorf("%d forms are listed", got)
	}
	for _, want := range []string{"Task Force Model, revised March 7, 2025", "Warrant Service Officer, no printed revision", "1 document follows no form that is certain"} {
		if !strings.Contains(said(all, "main"), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	form := w.page("/forms/tfm-2025-03-07")
	for _, want := range []string{"2 documents follow this form, of agreements in 2 states and territories", "Compared with Task Force Model, revised February 12, 2025", "Bay County Sheriff's Office", "Texas National Guard"} {
		if !strings.Contains(said(form, "main"), want) {
			t.Errorf("the page of a form does not say %q", want)
		}
	}
	for anchor, want := range map[string]string{"#section-i": "I PURPOSE", "#section-i-a": "I.A This MOA is an agreement between ICE and ____.", "#paragraph-3": "Without a number.", "#paragraph-4": "I.A Twice."} {
		if got := said(form, anchor); got != want {
			t.Errorf("%s is %q, want %q", anchor, got, want)
		}
	}
	if w.page("/forms/tfm-2025-03-07").Find("#changed ~ .diff.altered").Length() != 1 || !strings.Contains(said(w.page("/forms/wso"), "main"), "No earlier revision of this model is known here") {
		t.Error("what changed from the revision before is not shown")
	}
	for _, id := range []string{"none", "TFM-2025-03-07", "..", "%00"} {
		if rec := w.get("/forms/" + id); rec.Code == http.StatusOK {
			t.Errorf("/forms/%s: status %d", id, rec.Code)
		}
	}
	rec := w.get("/es/forms/tfm-undated-2")
	if to := rec.Header().Get("Location"); rec.Code != http.StatusMovedPermanently || to != "/es/forms/tfm-2025-03-07" {
		t.Errorf("an id of before: status %d, to %q", rec.Code, to)
	}
}

func TestConflicts(t *testing.T) {
	w, _ := paperWorld(t)
	doc := w.page("/documents/conflicts")
	all := said(doc, "main")
	for _, want := range []string{"2 differences between", "Bay City Police Department", "June 14, 2025", "June 15, 2025", "Guam Police Department", "a web page stands there, and no PDF", "1 link that leads to no document"} {
		if !strings.Contains(all, want) {
			t.Errorf("the page does not say %q:\n%s", want, all)
		}
	}
	if strings.Contains(all, "Harris") { // whose row is gone, and so is its document
		t.Error("a link that no list in force has is told")
	}
	if href := doc.Find("#contradictions ~ div a[href*='#page-1']").AttrOr("href", ""); href != kept.URL(hashed("bay"))+"#page-1" {
		t.Errorf("the page of the document is %q", href)
	}
}

// tellOfPapers adds changes of documents to the world.
func (w *world) tellOfPapers() {
	w.t.Helper()
	c := roster.Change{ID: "chg_paper", Kind: roster.KindDocument, DetectedAt: june(15), Agreement: w.known().RecordsOf("TX-lampass-county-sheriffs-office")[0].Now(), Certainty: roster.Certain, Text: "A document was replaced.",
		Document: &roster.DocumentNews{Event: roster.DocumentReplaced, Part: roster.PartMOA, URL: moa + "lampasscountysheriff'sofficewarrantserviceofficer.pdf", SHA256: hashed("lampasas 2"), BeforeSHA256: hashed("lampasas 1"),
			FoundAt: june(15), Pages: 3, PagesBefore: 2, Form: "wso", FormBefore: "wso", Added: 1, Compared: true}}
	gone := c
	gone.ID, gone.Text, gone.Document = "chg_gone", "A document is gone.", &roster.DocumentNews{Event: roster.DocumentOther, URL: "javascript:alert(1)", FoundAt: june(15), Problem: roster.ProblemSharedByRows, OtherAgency: "<b>Other</b>", OtherIDs: []string{"TX-texas-national-guard#TFM#2025-04-07", "none"}}
	known, err := w.store.Known(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	last := w.known().Changes()[len(w.known().Changes())-1]
	c.Publication, c.Seq = last.Publication, last.Seq+1
	gone.Publication, gone.Seq = last.Publication, last.Seq+2
	if err := w.store.Commit(w.t.Context(), store.Batch{Before: known.Seqs, Changes: []roster.Change{c, gone}}); err != nil {
		w.t.Fatal(err)
	}
}

// The pages of agencies, changes and searches lead to documents.
func TestDocumentsAreLedTo(t *testing.T) {
	w, _ := paperWorld(t)
	w.tellOfPapers()
	for path, wants := range map[string][]string{
		"/agencies/TX-lampass-county-sheriffs-office": {"Agreement: 3 pages, Warrant Service Officer, no printed revision; 3 paragraphs depart from its form"},
		"/changes/chg_paper":                          {"Paragraphs: 1 added, 0 removed, 0 altered.", "What changed from the file before", "Before", "After"},
		"/changes/chg_gone":                           {"rows of several agreements link the same file: it names <b>Other</b>", "Texas National Guard (TFM), none", "javascript:alert(1)"},
		"/search?q=lampasas":                          {"Documents", "Agreement: 3 pages"},
		"/documents":                                  {"What happened to them last"},
		"/downloads":                                  {"All documents that ICE's lists link"},
		"/es/agencies/TX-lampass-county-sheriffs-office": {"Acuerdo: 3 páginas"},
	} {
		doc := w.page(path)
		for _, want := range wants {
			if !strings.Contains(said(doc, "main"), want) {
				t.Errorf("%s does not say %q:\n%s", path, want, said(doc, "main"))
			}
		}
		if doc.Find(`a[href^="javascript"]`).Length() > 0 {
			t.Errorf("%s links a script", path)
		}
	}
	page := w.page("/changes/chg_paper")
	for _, link := range []string{kept.URL(hashed("lampasas 1")), kept.URL(hashed("lampasas 2")), kept.URL(hashed("lampasas 2")) + "#replaced", "/forms/wso"} {
		if page.Find(`main a[href="`+link+`"]`).Length() == 0 {
			t.Errorf("the page of the change does not link %s", link)
		}
	}
	// A site that looks at no documents says what the change says.
	bare := over(t, w.store, "https://287g.example.org").page("/changes/chg_paper")
	if text := said(bare, "main"); !strings.Contains(text, hashed("lampasas 2")[:12]) || bare.Find(`a[href^="/documents"], a[href^="/forms"]`).Length() > 0 {
		t.Errorf("without documents: %s", text)
	}
}

// Where there are no documents, that is said, and nothing leads there.
func TestNoDocuments(t *testing.T) {
	for name, w := range map[string]*world{"not looked at": newWorld(t), "none yet": withPapers(t, newWorld(t), &papers{keeps: true}), "nothing known": withPapers(t, newWorld(t), &unread{})} {
		want := "No document has been fetched and read yet."
		if name == "not looked at" {
			want = "This site does not look at the documents"
		}
		for _, path := range []string{"/documents", "/documents/conflicts", "/forms"} {
			doc := w.page(path)
			if !strings.Contains(said(doc, "main"), want) || doc.Find(`meta[name=robots][content=noindex]`).Length() != 1 {
				t.Errorf("%s: %s says %s", name, path, said(doc, "main"))
			}
		}
		for _, path := range []string{"/", "/downloads", "/search?q=lampasas", "/agencies/TX-lampass-county-sheriffs-office", "/about"} {
			if w.page(path).Find(`a[href^="/documents"], a[href^="/forms"], a[href="/downloads/documents.csv"]`).Length() > 0 {
				t.Errorf("%s: %s leads to documents", name, path)
			}
		}
		if strings.Contains(w.get("/sitemap.xml").Body.String(), "/documents") {
			t.Errorf("%s: the sitemap lists documents", name)
		}
		for _, path := range []string{"/documents/" + hashed("bay"), kept.FileURL(hashed("bay")), "/forms/wso", "/api/v1/documents/" + hashed("bay"), "/api/v1/forms/wso"} {
			if rec := w.get(path); rec.Code != http.StatusNotFound {
				t.Errorf("%s: %s has status %d", name, path, rec.Code)
			}
		}
		if rec := w.get("/downloads/documents.csv"); rec.Code != http.StatusOK || strings.Count(rec.Body.String(), "\n") != 1 {
			t.Errorf("%s: the file of documents has status %d: %s", name, rec.Code, rec.Body)
		}
	}
}

// unread is a library of which nothing is known yet.
type unread struct{ papers }

func (*unread) View() kept.View { return nil }

// What becomes known of documents is on pages at once, those included that were made before.
func TestDocumentsBecomeKnown(t *testing.T) {
	l := &turning{}
	w := withPapers(t, newWorld(t), l)
	at := "/agencies/TX-texas-national-guard"
	for i, view := range []*papers{nil, smallPapers(), {keeps: true}, smallPapers()} {
		l.papers = view
		doc, api := w.page(at), w.get("/api/v1/documents").Body.String()
		want := view != nil && len(view.documents) > 0
		if got := doc.Find(`main a[href="`+kept.URL(hashed("guard"))+`"]`).Length() > 0; got != want || strings.Contains(api, hashed("guard")) != want {
			t.Errorf("view %d: the page links the document: %v; the API: %s", i, got, api)
		}
	}
}

// turning is a library whose view changes.
type turning struct{ *papers }

func (l *turning) View() kept.View {
	if l.papers == nil {
		return nil
	}
	return l.papers
}

func (l *turning) Keeps() bool { return true }
