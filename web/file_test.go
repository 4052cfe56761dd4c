package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"html"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/sheet/sheettest"
	"github.com/watch287g/watch287g/watch"
)

func TestFileIsWhatICEServed(t *testing.T) {
	w := newWorld(t)
	for _, p := range w.known().Publications() {
		rec := w.get("/publications/" + p.SHA256 + "/file")
		sum := sha256.Sum256(rec.Body.Bytes())
		if rec.Code != http.StatusOK || hex.EncodeToString(sum[:]) != p.SHA256 {
			t.Errorf("%s: status %d, other bytes", p.File, rec.Code)
		}
		h := rec.Header()
		for name, want := range map[string]string{
			"Content-Type":           "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
			"Content-Disposition":    `attachment; filename="` + p.File + `"`,
			"Cache-Control":          "public, max-age=31536000, immutable",
			"X-Content-Type-Options": "nosniff",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", p.File, name, got, want)
			}
		}
	}
}

// The bytes of a list can be left out where its rows are kept under another hash.
func TestFileThatWasNotKept(t *testing.T) {
	w := emptyWorld(t)
	rows := sheettest.Sample(3)
	book := func(name string) []byte {
		return sheettest.Book{Sheets: []sheettest.Sheet{{Name: name, Rows: sheettest.List(sheettest.ParticipatingColumns(), rows...)}}}.Bytes()
	}
	at := worldNow().AddDate(0, 0, -3)
	for i, name := range []string{"first", "second"} {
		w.imports(watch.Past{PublishedAt: at.Add(time.Duration(i) * time.Hour), File: name + ".xlsx", Open: func() ([]byte, error) { return book(name), nil }})
	}
	all := w.known().Publications()
	if len(all) != 2 || all[1].KeptAs != all[0].SHA256 {
		t.Fatalf("%+v", all)
	}
	rec := w.get("/publications/" + all[1].SHA256 + "/file")
	says := "The bytes were not kept, because this list has the same rows as another; save that one's file: /publications/" + all[0].SHA256 + "/file"
	if rec.Code != http.StatusNotFound || !strings.Contains(html.UnescapeString(rec.Body.String()), says) {
		t.Errorf("status %d: %s", rec.Code, rec.Body)
	}
	rec = w.get("/publications/" + all[1].SHA256)
	if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), `were not kept, because it has the same rows as <a href="/publications/`+all[0].SHA256+`">`) || strings.Contains(rec.Body.String(), "/file") {
		t.Errorf("status %d: %s", rec.Code, rec.Body)
	}
}

func TestFileInPartsAndWithoutBody(t *testing.T) {
	w := newWorld(t)
	path := "/publications/" + w.known().Publications()[0].SHA256 + "/file"
	whole := w.get(path).Body.String()
	if rec := w.get(path, "Range", "bytes=10-19"); rec.Code != http.StatusPartialContent || rec.Body.String() != whole[10:20] {
		t.Errorf("a part: status %d, %d bytes", rec.Code, rec.Body.Len())
	}
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, httptest.NewRequest(http.MethodHead, path, nil))
	if rec.Code != http.StatusOK || rec.Body.Len() != 0 || rec.Header().Get("Content-Disposition") == "" {
		t.Errorf("HEAD: status %d, %d bytes", rec.Code, rec.Body.Len())
	}
}

func TestFileThatIsNoWorkbookIsOnlyForSaving(t *testing.T) {
	rec := httptest.NewRecorder()
	w := newWorld(t)
	options := w.options
	options.Source = otherBody{options.Source, []byte("<!DOCTYPE html><script>alert(1)</script>")}
	site, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/publications/"+w.known().Publications()[0].SHA256+"/file", nil)
	site.ServeHTTP(rec, r)
	if got := rec.Header().Get("Content-Type"); got != "application/octet-stream" || !strings.HasPrefix(rec.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("a page of ICE's is sent as %q, %q", got, rec.Header().Get("Content-Disposition"))
	}
}

func TestFileThatIsNone(t *testing.T) {
	w := newWorld(t)
	rec := w.get("/publications/" + strings.Repeat("0", 64) + "/file")
	if rec.Code != http.StatusNotFound || rec.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("status %d, %s", rec.Code, rec.Header().Get("Content-Type"))
	}
	sha := w.known().Publications()[0].SHA256
	if rec := w.get("/publications/" + strings.ToUpper(sha) + "/file"); rec.Code != http.StatusMovedPermanently || rec.Header().Get("Location") != "/publications/"+sha+"/file" {
		t.Errorf("in capitals: status %d, to %s", rec.Code, rec.Header().Get("Location"))
	}
}

// otherBody is a source that has other bytes.
type otherBody struct {
	Source
	body []byte
}

func (o otherBody) Body(context.Context, string) ([]byte, error) { return o.body, nil }
