package web

import (
	"encoding/csv"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/web/kept"
)

func TestDocumentFile(t *testing.T) {
	w, p := paperWorld(t)
	path := kept.FileURL(hashed("guard"))
	rec := w.get(path)
	if rec.Code != http.StatusOK || rec.Body.String() != "%PDF-1.4 guard" {
		t.Fatalf("status %d, %q", rec.Code, rec.Body)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/pdf", "X-Content-Type-Options": "nosniff", "Cache-Control": "public, max-age=31536000, immutable", "Accept-Ranges": "bytes",
		"Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
		"Content-Disposition":     `attachment; filename="287g-TX-texas-national-guard-tfm-` + hashed("guard")[:12] + `.pdf"`,
	} {
		if got := rec.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	etag := rec.Header().Get("ETag")
	for _, test := range []struct {
		method, header, value string
		status                int
		body                  string
	}{
		{http.MethodHead, "", "", http.StatusOK, ""},
		{http.MethodGet, "If-None-Match", etag, http.StatusNotModified, ""},
		{http.MethodGet, "If-None-Match", `"other"`, http.StatusOK, "%PDF-1.4 guard"},
		{http.MethodGet, "Range", "bytes=1-3", http.StatusPartialContent, "PDF"},
		{http.MethodGet, "Range", "bytes=-5", http.StatusPartialContent, "guard"},
		{http.MethodGet, "Range", "bytes=0-0,2-2", http.StatusOK, "%PDF-1.4 guard"}, // the whole may always be sent
		{http.MethodGet, "Range", "bytes=900-", http.StatusRequestedRangeNotSatisfiable, "invalid range: failed to overlap\n"},
		{http.MethodPost, "", "", http.StatusMethodNotAllowed, "*"},
	} {
		r := httptest.NewRequest(test.method, path, nil)
		if test.header != "" {
			r.Header.Set(test.header, test.value)
		}
		rec := httptest.NewRecorder()
		w.ServeHTTP(rec, r)
		if rec.Code != test.status || test.body != "*" && rec.Body.String() != test.body {
			t.Errorf("%s with %s %s: status %d, %q", test.method, test.header, test.value, rec.Code, rec.Body)
		}
	}
	for _, path := range []string{"/documents/" + strings.Repeat("0", 64) + ".pdf", "/documents/.pdf", "/documents/..pdf", "/documents/..%2f..%2fsecret.pdf", "/documents/" + hashed("guard") + ".PDF", "/documents/" + hashed("guard") + ".pdf.pdf", "/documents/" + hashed("guard") + "/x.pdf", "/documents/conflicts.pdf"} {
		if rec := w.get(path); rec.Code != http.StatusNotFound {
			t.Errorf("%s: status %d", path, rec.Code)
		}
	}
	if rec := w.get("/documents/" + hashed("guard")[:16] + ".pdf"); rec.Code != http.StatusMovedPermanently || rec.Header().Get("Location") != path {
		t.Errorf("the beginning of a hash leads to %d %q", rec.Code, rec.Header().Get("Location"))
	}
	if href := w.page("/es/documents/"+hashed("guard")).Find("a[download]").AttrOr("href", ""); href != path {
		t.Errorf("the Spanish page links the file as %q", href)
	}
	p.files[hashed("bay")] = []byte("<html><script>alert(1)</script>")
	if rec := w.get(kept.FileURL(hashed("bay"))); rec.Header().Get("Content-Type") != "application/octet-stream" {
		t.Errorf("what is no PDF is %q", rec.Header().Get("Content-Type"))
	}
	delete(p.files, hashed("palm"))
	if rec := w.get(kept.FileURL(hashed("palm"))); rec.Code != http.StatusNotFound || !strings.Contains(rec.Body.String(), "is not kept here") {
		t.Errorf("a file that is not kept: status %d, %s", rec.Code, rec.Body)
	}
}

// The hash of each file that is kept, its name and its address.
func TestDocumentsFile(t *testing.T) {
	w, p := paperWorld(t)
	rec := w.get("/downloads/documents.csv")
	lines, err := csv.NewReader(rec.Body).ReadAll()
	if err != nil || len(lines) != 1+len(p.documents) {
		t.Fatalf("%d lines: %v", len(lines), err)
	}
	cell := func(document, column string) string {
		for _, line := range lines {
			if line[0] == hashed(document) {
				return line[slices.Index(lines[0], column)]
			}
		}
		t.Fatalf("%s is not in the file", document)
		return ""
	}
	for _, test := range []struct{ document, column, want string }{
		{"lampasas 2", "agreement_ids", "TX-lampass-county-sheriffs-office#WSO#2025-06-05"}, {"lampasas 1", "agreement_ids", ""}, {"lampasas 1", "gone", "true"}, {"harris", "gone", "true"}, {"bay", "gone", "false"},
		{"lampasas 1", "past_agreement_ids", "TX-lampass-county-sheriffs-office#WSO#2025-06-05"}, {"lampasas 2", "departing_paragraphs", "3"}, {"bay", "departing_paragraphs", ""}, {"guard", "departing_paragraphs", "0"},
		{"bay", "contradicts", "agency date"}, {"harris", "problem", "encrypted"}, {"harris", "pages", ""}, {"palm", "machine_read_pages", "1"}, {"guard", "form", "tfm-2025-03-07"}, {"guard", "form_revised", "2025-03-07"},
		{"guard", "file_url", "https://287g.example.org" + kept.FileURL(hashed("guard"))}, {"palm", "document_agency", `"><img src=x onerror=alert(1)>`},
	} {
		if got := cell(test.document, test.column); got != test.want {
			t.Errorf("%s: %s is %q, want %q", test.document, test.column, got, test.want)
		}
	}
	p.keeps = false
	w = withPapers(t, w, p)
	lines, _ = csv.NewReader(w.get("/downloads/documents.csv").Body).ReadAll()
	if got := cell("guard", "file_url"); got != "" {
		t.Errorf("where no files are kept, one is at %q", got)
	}
	if doc := w.page("/documents/" + hashed("guard")); doc.Find("a[download]").Length() != 0 || !strings.Contains(said(doc, "main"), "not kept here") {
		t.Error("a file that is not kept is offered")
	}
}
