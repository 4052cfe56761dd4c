package web

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/web/route"
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
		"/embed/nation":         {"287(g) agreements with ICE 48 active agreements with 47 agencies in 37 states, the District of Columbia and 3 territories", "/"},
		"/embed/states/TX":      {"287(g) agreements in Texas 2 active agreements with 2 agencies", "/states/TX"},
		"/embed/counties/48281": {"287(g) agreements in Lampasas County, Texas 1 active agreement with 1 agency", "/counties/48281"},
		"/embed/counties/48201": {"287(g) agreements in Harris County, Texas 0 active agreements", "/counties/48201"},
		"/embed/counties/11001": {"287(g) agreements in the District of Columbia 1 active agreement with 1 agency", "/counties/11001"},
		"/embed/states/WY":      {"287(g) agreements in Wyoming 0 active agreements", "/states/WY"},
	} {
		doc := w.page(path)
		doc.Find("svg title, svg desc").Remove()
		text := said(doc, "main")
		if !strings.HasPrefix(text, want.text) || !strings.Contains(text, "According to ICE, as of June 21, 2025, 11 a.m. ET.") {
			t.Errorf("%s says %q", path, text)
		}
		if axis := said(doc, "svg.spark .curve-calendar text"); axis != "Jun 2, 2025Jun 21, 2025" {
			t.Errorf("%s: the curve goes from and to %q", path, axis)
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

// A card that says less than its code promises would be blamed on the site that shows
// it: what a look is not is refused.
func TestCardsHaveLooks(t *testing.T) {
	w := newWorld(t)
	sheets := map[string]bool{}
	for path, status := range map[string]int{
		"/embed/nation": 200, "/embed/nation?theme=light&size=small": 200, "/embed/states/TX?theme=dark": 200, "/embed/states/TX?theme=auto&utm_source=x": 200,
		"/embed/nation?theme=blue": 400, "/embed/states/TX?size=large": 400, "/embed/nation?theme=light&theme=dark": 400,
		"/embed/counties/48281?size=small": 200, "/embed/counties/99999": 404, "/embed/counties/harris": 404, "/embed?county=48281": 200, "/embed?county=99999": 400,
		"/embed?county=48281&state=TX": 400, "/embed?state=TX&theme=dark&size=small": 200, "/embed?theme=blue": 400, "/embed?state=TX,FL": 400, "/embed?state=Nowhere": 400,
	} {
		rec := w.get(path)
		if rec.Code != status {
			t.Errorf("%s: status %d, want %d", path, rec.Code, status)
		}
		if strings.HasPrefix(path, "/embed/") && rec.Code == http.StatusOK {
			sheets[w.page(path).Find(`link[rel="stylesheet"]`).AttrOr("href", "")] = true
		}
	}
	if len(sheets) != 3 {
		t.Errorf("the colors are %v", sheets)
	}
	for sheet := range sheets {
		css := w.get(sheet).Body.String()
		own := strings.HasPrefix(sheet, "/style.css")
		if strings.Contains(css, "prefers-color-scheme") != own || strings.Contains(css, "color-scheme: light dark") != own || !strings.Contains(css, "--paper") {
			t.Errorf("%s does not have the colors of one scheme", sheet)
		}
	}
	if to := w.get("/embed/states/texas?theme=dark").Header().Get("Location"); to != "/embed/states/TX?theme=dark" {
		t.Errorf("another spelling of a state leads to %q", to)
	}
}

// The code that a page hands out leads to the card that it says, at home and by oEmbed.
func TestCodeOfCards(t *testing.T) {
	w := newWorld(t)
	for path, want := range map[string]string{
		"/counties/48281": "/embed/counties/48281", "/": "/embed/nation", "/states/TX": "/embed/states/TX", "/embed?state=TX&theme=dark&size=small": "/embed/states/TX?size=small&theme=dark", "/embed?size=wide": "/embed/nation",
		"/embed?county=48281&theme=light": "/embed/counties/48281?theme=light",
	} {
		code, err := goquery.NewDocumentFromReader(strings.NewReader(w.page(path).Find("#embed-code").Text()))
		if err != nil {
			t.Fatal(err)
		}
		frame := code.Find("iframe")
		if src := frame.AttrOr("src", ""); src != "https://287g.example.org"+want || !strings.Contains(frame.AttrOr("title", ""), "287(g) agreements") {
			t.Errorf("%s hands out %q", path, textOf(code.Selection)+src)
		}
	}
	for path, want := range map[string]string{"/": "/embed/nation", "/counties/48281": "/embed/counties/48281", "/states/TX": "/embed/states/TX", "/embed/states/TX?theme=dark": "/embed/states/TX?theme=dark"} {
		address := w.page(path).Find(`link[type="application/json+oembed"]`).AttrOr("href", "")
		a := oembedOf(t, w, strings.TrimPrefix(address, "https://287g.example.org"), http.StatusOK)
		if a["version"] != "1.0" || a["type"] != "rich" || a["width"] != 640.0 || a["height"] != 260.0 || !strings.Contains(a["html"].(string), `src="https://287g.example.org`+want+`"`) {
			t.Errorf("%s is shown by %v", path, a)
		}
	}
	if w.page("/about").Find(`link[type="application/json+oembed"]`).Length() > 0 {
		t.Error("a page without a card says that it has one")
	}
}

// A card counts what the page counts that it leads to.
func TestCardsCountAsPagesDo(t *testing.T) { cardsCount(t, newWorld(t)) }

func TestCardsCountAsPagesDoArchive(t *testing.T) { cardsCount(t, archiveSite(t)) }

func cardsCount(t *testing.T, w *world) {
	t.Helper()
	paths := []string{"/states/TX", "/states/GU", "/states/WY", "/counties/66010", "/counties/11001", "/counties/09001", "/counties/48281"}
	for i, c := range slices.Concat(place.Counties("FL"), place.Counties("TX"), place.Counties("PA")) {
		if i%20 == 0 {
			paths = append(paths, route.CountyURL(c.FIPS))
		}
	}
	some := 0
	for _, path := range paths {
		page, card := "", said(w.page("/embed"+path), ".embed-figure p b")
		for words, number := range shownFigures(t, w.page(path)) {
			if strings.HasPrefix(words, "active agreement") {
				page = number
			}
		}
		if page == "" && card == "0" { // nothing was ever listed
			continue
		}
		if some++; page != card {
			t.Errorf("%s counts %q, and its card %q", path, page, card)
		}
	}
	if some < 2 {
		t.Errorf("only %d cards are compared", some)
	}
}

func oembedOf(t *testing.T, w *world, address string, status int) map[string]any {
	t.Helper()
	rec := w.get(address)
	var a map[string]any
	if err := json.Unmarshal(rec.Body.Bytes(), &a); err != nil || rec.Code != status || rec.Header().Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%s: status %d, want %d: %v: %s", address, rec.Code, status, err, rec.Body)
	}
	return a
}

func TestOEmbed(t *testing.T) {
	w := newWorld(t)
	const site = "https%3A%2F%2F287g.example.org"
	for query, status := range map[string]int{
		"url=" + site: 200, "url=" + site + "%2F": 200, "url=" + site + "%2Fstates%2FTX": 200, "url=" + site + "%2Fstates%2FTX%3Fsize%3Dsmall": 200,
		"url=" + site + "%2F&maxwidth=280&maxheight=260&dnt=1": 200, "url=" + site + "%2F&format=json": 200,
		"url=" + site + "%2Fcounties%2F48281": 200, "url=" + site + "%2Fcounties%2F99999": 404, "url=" + site + "%2Fcounties": 404,
		"": 404, "url=" + site + "%2Fabout": 404, "url=" + site + "%2Fstates%2FZZ": 404, "url=" + site + "%2Fembed%2Fnation%3Ftheme%3Dblue": 404,
		"url=" + site + ".evil.example%2F": 404, "url=https%3A%2F%2Fother.example%2Fstates%2FTX": 404, "url=" + site + "%2F%2Fevil.example%2F": 404,
		"url=" + site + "%2F&maxwidth=200": 404, "url=" + site + "%2F&maxheight=100": 404,
		"url=" + site + "%2F&maxwidth=wide": 400, "url=" + site + "%2F&format=xml": 501,
	} {
		a := oembedOf(t, w, "/oembed?"+query, status)
		if status != http.StatusOK && a["detail"] == "" {
			t.Errorf("%s: no reason is given", query)
		}
		if strings.Contains(query, "maxwidth=280") && (a["width"] != 280.0 || !strings.Contains(a["html"].(string), `width="280" height="260"`)) {
			t.Errorf("%s: %v", query, a)
		}
	}
}
