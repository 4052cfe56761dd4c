package web

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/internal/csvtest"
	"github.com/watch287g/watch287g/roster"
)

func TestDownloads(t *testing.T) {
	w := newWorld(t)
	page := w.page("/downloads?state=TX")
	if got := said(page, ".lead"); got != "Texas: 2 agreements and pending entries as of June 21, 2025, 11 a.m. ET." {
		t.Errorf("the page says %q", got)
	}
	links := 0
	for _, a := range page.Find("main li a").EachIter() {
		address, _ := a.Attr("href")
		rec := w.get(address)
		if rec.Code != http.StatusOK || rec.Body.Len() == 0 {
			t.Errorf("%s: status %d, %d bytes", address, rec.Code, rec.Body.Len())
		}
		if strings.HasPrefix(address, "/downloads/") {
			links++
			if d := rec.Header().Get("Content-Disposition"); !strings.HasPrefix(d, `attachment; filename="287g-`) {
				t.Errorf("%s: disposition %q", address, d)
			}
			if rec.Header().Get("Last-Modified") == "" || rec.Header().Get("Link") == "" {
				t.Errorf("%s: headers %v", address, rec.Header())
			}
		}
	}
	if links != 15 {
		t.Errorf("the page links %d files", links)
	}
}

func TestDownloadOfADay(t *testing.T) {
	w := newWorld(t)
	rec := w.get("/downloads/agreements.csv?state=TX&as_of=2025-06-11")
	var agencies []string
	for _, r := range csvtest.Records(t, rec.Body.Bytes()) {
		agencies = append(agencies, r["agency"])
	}
	if got, want := strings.Join(agencies, "; "), "Harris County Sheriff's Office; Lampasas County Sheriff's Office; Texas National Guard"; got != want {
		t.Errorf("agencies %s, want %s", got, want)
	}
	if d := rec.Header().Get("Content-Disposition"); d != `attachment; filename="287g-agreements-2025-06-11.csv"` {
		t.Errorf("disposition %q", d)
	}
}

func TestDownloadsNameTheirSources(t *testing.T) {
	w := newWorld(t)
	var file struct {
		About struct {
			Title, Site string
			License     string `json:"licence"`
			Sources     []roster.Evidence
		}
		Agreements []roster.AgreementAt
	}
	if err := json.Unmarshal(w.get("/downloads/agreements.json?state=FL&status=active").Body.Bytes(), &file); err != nil {
		t.Fatal(err)
	}
	if file.About.Title != "287(g) agreements: Florida, as of June 21, 2025, 11 a.m. ET" || !strings.Contains(file.About.License, "creativecommons.org") {
		t.Errorf("about %+v", file.About)
	}
	for _, s := range file.About.Sources {
		if rec := w.get("/publications/" + s.SHA256); rec.Code != http.StatusOK {
			t.Errorf("the source %s: status %d", s.SHA256, rec.Code)
		}
	}
	if len(file.About.Sources) != 2 || len(file.Agreements) == 0 {
		t.Errorf("%d sources, %d agreements", len(file.About.Sources), len(file.Agreements))
	}
}

func TestUnplaced(t *testing.T) {
	w := newWorld(t)
	body := w.get("/downloads/unplaced.csv").Body.String()
	if !strings.Contains(body, "Sample0 County") || strings.Contains(body, "Guam Police Department") || strings.Contains(body, "\n=") || strings.Contains(body, ",=") {
		t.Errorf("the file is\n%s", body)
	}
}

// In JSON, what is not known is null or left out.
func TestNoTextIsEmptyInJSON(t *testing.T) {
	w := newWorld(t)
	empty := regexp.MustCompile(`: ?""`)
	for _, address := range []string{"/downloads/agreements.json?status=active,pending,ended", "/downloads/agreements.jsonl", "/downloads/agreements.geojson", "/downloads/changes.json", "/downloads/changes.jsonl",
		"/downloads/changes.geojson", "/downloads/coverage.json", "/downloads/coverage.jsonl", "/downloads/coverage.geojson", "/feeds/changes.json", "/api/v1/changes?limit=500", "/api/v1/agreements?limit=500"} {
		rec := w.get(address)
		if found := empty.FindAllString(rec.Body.String(), -1); rec.Code != http.StatusOK || found != nil {
			t.Errorf("%s: status %d, %d empty texts", address, rec.Code, len(found))
		}
	}
	if links := w.get("/downloads/agreements.csv").Header().Values("Link"); len(links) != 2 || links[1] != `<https://287g.example.org/downloads/datapackage.json>; rel="describedby"` {
		t.Errorf("links %v", links)
	}
}
