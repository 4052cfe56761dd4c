package web

import (
	"net/http"
	"strings"
	"testing"
)

func TestCardsMayBeFramedAndPagesNot(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/embed/nation", "/embed/states/TX", "/embed/states/WY"} {
		rec := w.get(path)
		if policy := rec.Header().Get("Content-Security-Policy"); rec.Code != http.StatusOK || policy != framedByAll {
			t.Errorf("%s: status %d, policy %q", path, rec.Code, policy)
		}
		if rec.Header().Get("X-Frame-Options") != "" {
			t.Errorf("%s: X-Frame-Options forbids what the policy allows", path)
		}
	}
	for _, path := range []string{"/", "/states/TX", "/on/2025-06-13", "/compare"} {
		if policy := w.get(path).Header().Get("Content-Security-Policy"); policy != framedByNone {
			t.Errorf("%s: policy %q", path, policy)
		}
	}
}

func TestCardsSayWhatAndWhen(t *testing.T) {
	w := newWorld(t)
	for path, want := range map[string]struct{ text, link string }{
		"/embed/nation":    {"287(g) agreements with ICE 48 active agreements with 47 agencies in 37 states, the District of Columbia and 3 territories", "/"},
		"/embed/states/TX": {"287(g) agreements in Texas 2 active agreements with 2 agencies", "/states/TX"},
		"/embed/states/WY": {"287(g) agreements in Wyoming 0 active agreements", "/states/WY"},
	} {
		doc := w.page(path)
		doc.Find("svg title, svg desc").Remove()
		text := said(doc, "main")
		if !strings.HasPrefix(text, want.text) || !strings.Contains(text, "According to ICE, as of June 21, 2025, 11 a.m. ET.") {
			t.Errorf("%s says %q", path, text)
		}
		if doc.Find("svg.spark").Length() != 1 || doc.Find("header, footer, form").Length() != 0 {
			t.Errorf("%s is no small card", path)
		}
		links := doc.Find(`main a[href="` + want.link + `"][target="_top"][rel="noopener"]`).Length()
		if all := doc.Find("main a").Length(); links != all || links == 0 {
			t.Errorf("%s: %d of %d links lead out of the frame, to %s", path, links, all, want.link)
		}
	}
}
