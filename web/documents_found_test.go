package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/document/search"
	"github.com/watch287g/watch287g/document/search/sqlite"
	"github.com/watch287g/watch287g/web/kept"
)

// worded are papers whose words can be found.
type worded struct {
	*papers
	*search.Index
}

func (w *worded) View() kept.View { return w }

// wordedWorld is the small world with its documents and their words.
func wordedWorld(t *testing.T) *world {
	t.Helper()
	p := smallPapers()
	for i := range p.documents {
		p.documents[i].ReadBy = max(p.documents[i].ReadBy, 1)
	}
	x := search.New(sqlite.New(filepath.Join(t.TempDir(), "documents.index")), nil)
	t.Cleanup(func() { _ = x.Close() })
	if err := x.Fill(t.Context(), p.documents, wordsOf{p}); err != nil {
		t.Fatal(err)
	}
	return withPapers(t, newWorld(t), &worded{p, x})
}

func TestWordsAreFound(t *testing.T) {
	w := wordedWorld(t)
	for path, wants := range map[string][]string{
		"/documents/search?q=memorandum":                             {"Found in 4 documents.", "5 documents were looked through"},
		"/documents/search?q=pays":                                   {"Found in 1 document.", "page 2", "The agency pays for all of it."},
		"/documents/search?q=pays&state=FL":                          {"No page of a document has all of these words.", "You can try:", "the same in all documents"},
		"/documents/search?q=pays&signed_since=2035-01-01":           {"No page of a document has all of these words."},
		"/documents/search?q=pays&signed_until=2035-01-01&model=WSO": {"Found in 1 document."},
		"/documents/search?q=%22helicopter+lessons%22":               {"the words without quotation marks", "only “helicopter”", "agencies, counties and states"},
		"/es/documents/search?q=helicopters":                         {"Puede probar con:", "todas las palabras que empiezan por “helicopte…”"},
		"/documents/search?q=constitutes&form=wso":                   {"The same words in 2 documents that follow one form", "Form: Warrant Service Officer"},
		"/documents/search?q=%22%3Cscript%3E":                        {"Found in 1 document.", "machine-read"},
		"/documents/search?q=-":                                      {"For example:"},
		"/documents/search":                                          {"For example:", "at its own expense"},
		"/es/documents/search?q=pays":                                {"Encontrado en 1 documento.", "página 2", "The agency pays"},
		"/search?q=pays":                                             {"In the texts of documents", "The agency pays for all of it.", "All that was found in documents"},
		"/es/search?q=pays":                                          {"En el texto de los documentos"},
		"/documents/search?q=" + strings.Repeat("w+", 99):            {"No page"},
	} {
		if got := said(w.page(path), "main"); !hasAll(got, wants) {
			t.Errorf("%s does not say %q:\n%s", path, wants, got)
		}
	}
	page := w.page("/documents/search?q=pays")
	if page.Find(`main a[href="`+kept.URL(hashed("lampasas 2"))+`#page-2:~:text=The%20agency%20pays%20for%20all%20of"]`).Length() != 1 || page.Find("main mark").Text() != "pays" || page.Find("meta[name=robots][content=noindex]").Length() != 1 {
		t.Error("the page is not linked, or the word not marked")
	}
	for _, hidden := range []string{"onerror=", "<script"} {
		if body := w.get("/documents/search?q=" + url.QueryEscape(hostileText)).Body.String(); strings.Contains(body, "<img") || strings.Contains(body, hidden+"alert") {
			t.Errorf("a text is no text: %s", hidden)
		}
	}
	if w.get("/documents/search?q=pays&form=none").Code != http.StatusNotFound || w.get("/documents/search?q=pays&page=x").Code != http.StatusBadRequest || w.get("/documents/search?q=pays&signed_since=May").Code != http.StatusBadRequest {
		t.Error("what is wrong in the address is taken")
	}
}

func TestWordsAreFoundByPrograms(t *testing.T) {
	w := wordedWorld(t)
	var got struct {
		Documents int
		Found     []struct {
			Text      []struct{ Hit bool }
			Documents []struct {
				Path       string `json:"page_path"`
				Agreements []struct{ Agency string }
			}
		}
	}
	if err := json.Unmarshal(w.get("/api/v1/documents/search?q=pays&state=TX").Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Documents != 1 || len(got.Found) != 1 || len(got.Found[0].Text) != 3 || got.Found[0].Documents[0].Path != kept.URL(hashed("lampasas 2"))+"#page-2" || len(got.Found[0].Documents[0].Agreements) != 1 {
		t.Errorf("%+v", got)
	}
	for path, want := range map[string]int{"?q=pays&state=FL": 200, "?q=pays&limit=51": 400, "?q=pays&signed_until=2025-13-01": 400, "?q=pays&signed_since=2025-01-01": 200, "?q=pays&form=none": 400, "?q=%00%22*": 200, "?q=pays&from=-1": 400, "?q=pays&page=2": 400} {
		if rec := w.get("/api/v1/documents/search" + path); rec.Code != want {
			t.Errorf("%s: status %d: %s", path, rec.Code, rec.Body)
		}
	}
	// Where texts cannot be found, that is said.
	bare, _ := paperWorld(t)
	if rec := bare.get("/api/v1/documents/search?q=pays"); rec.Code != http.StatusServiceUnavailable {
		t.Errorf("without an index: status %d", rec.Code)
	}
	if got := said(bare.page("/documents/search?q=pays"), "main"); !strings.Contains(got, "Try again in a few minutes") {
		t.Error(got)
	}
}

func hasAll(text string, wants []string) bool {
	for _, want := range wants {
		if !strings.Contains(text, want) {
			return false
		}
	}
	return true
}

// wordsOf are the texts of papers.
type wordsOf struct{ *papers }

func (w wordsOf) Reading(ctx context.Context, sha string) (document.Reading, error) {
	return w.Text(ctx, sha)
}
