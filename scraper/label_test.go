package scraper_test

import (
	"net/http"
	"strings"
	"testing"
)

func typed(kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write([]byte(body))
	}
}

// A validator that no server means is not kept.
func TestEndlessValidator(t *testing.T) {
	site := newSite()
	site.set(listPath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", strings.Repeat("x", 5000))
		_, _ = w.Write(book("participating"))
	})
	v := scrape(t, site).Visit(t.Context(), nil)
	if d := v.Documents[0]; d.ETag != "" || d.LastModified != "" || !d.ModifiedAt.IsZero() {
		t.Errorf("%+v", d)
	}
}

// A file's name is for show alone, and fit for it whatever the site sends.
func TestFile(t *testing.T) {
	const opaque = "/file-download/download/public/4001"
	for _, c := range []struct{ path, disposition, want string }{
		{"/doclib/a%20b.xlsx", "", "a b.xlsx"},
		{"/doclib/a.xlsx", `attachment; filename="b.xlsx"`, "a.xlsx"},
		{"/doclib/a.xlsx?v=1", "", "a.xlsx"},
		{opaque, "", "4001"},
		{opaque, `attachment; filename="participatingAgencies07032025pm.xlsx"`, "participatingAgencies07032025pm.xlsx"},
		{opaque, `attachment; filename*=UTF-8''list%E2%80%AEa%0A.xlsx`, "lista .xlsx"},
		{opaque, `attachment; filename="../../etc/passwd.xlsx"`, "passwd.xlsx"},
		{opaque, `attachment; filename="C:\\lists\\a.xlsx"`, "a.xlsx"},
		{opaque, `attachment; filename=".."`, "4001"},
		{opaque, `attachment; filename="` + strings.Repeat("ü", 300) + `"`, strings.Repeat("ü", 200)},
		{opaque, `attachment; filename=`, "4001"},
		{"/download/", "", "download"},
		{"/download/%2e%2e%2f", "", "unnamed"},
		{"/doclib/a%2Fb%00%0Ac.xlsx", "", "b c.xlsx"},
	} {
		site := newSite()
		site.set(pagePath, links(c.path, "Participating Agencies"))
		serve := func(w http.ResponseWriter, r *http.Request) {
			if c.disposition != "" {
				w.Header().Set("Content-Disposition", c.disposition)
			}
			file(book("participating"))(w, r)
		}
		for _, p := range []string{"/doclib/a b.xlsx", "/doclib/a.xlsx", opaque, "/download/", "/download/../", "/doclib/a/b\x00\nc.xlsx"} {
			site.set(p, serve)
		}
		v := scrape(t, site).Visit(t.Context(), nil)
		if len(v.Documents) != 1 || v.Documents[0].File != c.want {
			t.Errorf("%s, %s: %s %+v", c.path, c.disposition, v.Sentence, v.Documents)
		}
	}
}
