package web

import (
	"strings"
	"testing"
)

// A parameter that the site knows narrows a page, leads to one that it narrows, or is
// said to narrow nothing.
func TestNoParameterIsIgnored(t *testing.T) {
	w := newWorld(t)
	for path, want := range map[string]string{
		"/?state=TX":                                        "This page cannot be narrowed by state: it shows all that it has. Changes · Downloads · Compare days",
		"/publications?state=TX&model=TFM":                  "This page cannot be narrowed by model and state: it shows all that it has. Changes · Downloads · Compare days",
		"/changes?status=ended":                             "This page cannot be narrowed by status: it shows all that it has. Downloads",
		"/changes?state=TX&from=2025-06-06":                 "This page cannot be narrowed by first day: it shows all that it has. Compare days",
		"/downloads?kind=new":                               "This page cannot be narrowed by kind of change: it shows all that it has. Changes",
		"/compare?kind=new":                                 "This page cannot be narrowed by kind of change: it shows all that it has. Changes",
		"/states/TX?state=FL":                               "This page cannot be narrowed by state: it shows all that it has.",
		"/about?day=2025-06-06":                             "This page cannot be narrowed by day: it shows all that it has. What ICE listed on a day",
		"/on/2025-06-13?since=2025-06-06":                   "This page cannot be narrowed by first day: it shows all that it has. Changes",
		"/search?q=bay&state=FL":                            "This page cannot be narrowed by state",
		"/agencies/FL-bay-county-sheriffs-office?model=TFM": "This page cannot be narrowed by model",
	} {
		doc := w.page(path)
		if text := said(doc, "main"); !strings.Contains(text, want) {
			t.Errorf("%s does not say %q:\n%.300s", path, want, text)
		}
		if s := doc.Find(`link[rel="canonical"]`).AttrOr("href", "/changes?"); strings.Contains(s, "state=FL") {
			t.Errorf("%s: its one address is %q", path, s)
		}
	}
	for _, path := range []string{"/?state=", "/publications?utm_source=x&color=red", "/changes?state=TX", "/downloads?status=ended&as_of=2025-06-06",
		"/compare?state=TX&model=TFM", "/on/2025-06-13?state=TX&sort=newest", "/states/TX?type=county&county=Harris&place=Houston", "/search?q=bay"} {
		if text := said(w.page(path), "main"); strings.Contains(text, "cannot be narrowed") {
			t.Errorf("%s: %.200s", path, text)
		}
	}
	if href := w.page("/publications?state=TX&model=TFM").Find("main .card a").First().AttrOr("href", ""); href != "/changes?model=TFM&state=TX" {
		t.Errorf("the other page is %q", href)
	}
	for path, to := range map[string]string{"/states/tx?model=JEM": "/states/TX?model=JEM", "/states/Texas?kind=new": "/states/TX?kind=new",
		"/on?day=2025-06-13&since=2025-06-02": "/on/2025-06-13?since=2025-06-02"} {
		if got := w.get(path).Header().Get("Location"); got != to {
			t.Errorf("%s leads to %q, want %q", path, got, to)
		}
	}
}
