package web

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/kept"
	"github.com/watch287g/watch287g/web/route"
)

// spanishPages are pages of every kind, and some of what leads nowhere.
func (w *world) spanishPages() []string {
	snap := w.known()
	all := []string{
		"/", "/?map=counties", "/changes", "/changes?state=FL&kind=new", "/changes?since=2030-01-01", "/changes?state=ZZ", "/changes?county=Bay", "/states", "/states?sort=new&as_of=2025-06-11",
		"/states/FL", "/states/TX?status=ended", "/states/WY", "/states/GU", "/states/FL?model=TFM&sort=newest", "/coverage", "/coverage?as_of=2025-06-11&sort=state",
		"/counties", "/counties/12005", "/counties/48281", "/counties/48201", "/counties/09001", "/counties/09110", "/counties/22071", "/counties/48", "/counties/66010",
		"/agencies/FL-bay-county-sheriffs-office", "/agencies/TX-lampass-county-sheriffs-office", "/agencies/TX-texas-national-guard", "/agencies/WV-morgan-county-sheriffs-office",
		"/publications", "/on/2025-06-16", "/on/2025-06-18", "/on/2025-06-11?state=FL", "/on/2020-01-01", "/compare", "/compare?from=2025-06-02&to=2025-06-20", "/compare?from=2025-06-02&to=2025-06-20&state=TX",
		"/search", "/search?q=Houston", "/search?q=Nuevo+M%C3%A9xico", "/search?q=77001", "/search?q=sheriff", "/search?q=xyzzyq", "/downloads", "/downloads?state=TX&as_of=2025-06-11",
		"/api", "/about", "/follow", "/status", "/embed", "/embed?county=48201", "/embed/nation", "/embed/states/FL", "/embed/counties/12005", "/nowhere",
	}
	if x := w.last().documents(); x.Any() {
		all = append(all, "/documents", "/documents?state=TX&show=replaced", "/documents?form=none", "/documents/conflicts", "/documents/0000000000", "/forms", "/forms/none")
		for _, p := range kept.Pages(x) {
			all = append(all, p.Path)
		}
	}
	for _, p := range snap.Publications() {
		all = append(all, route.EvidenceURL(p.List, p.SHA256))
	}
	for _, c := range snap.Changes() {
		all = append(all, route.ChangeURL(c.ID))
	}
	return all
}

// Every page is there in Spanish, says so, keeps its links in Spanish, and leads to the same
// page in English and back.
func TestSpanishPages(t *testing.T) {
	w, _ := paperWorld(t)
	w.tellOfPapers()
	const site = "https://287g.example.org"
	for _, path := range w.spanishPages() {
		rec := w.get("/es" + path)
		doc, err := goquery.NewDocumentFromReader(rec.Body)
		if english := w.get(path).Code; err != nil || rec.Code != english || rec.Code >= http.StatusInternalServerError {
			t.Errorf("/es%s: status %d, in English %d (%v)", path, rec.Code, english, err)
			continue
		}
		if got := doc.Find("html").AttrOr("lang", ""); got != "es" {
			t.Errorf("/es%s is in %q", path, got)
		}
		if vary := rec.Header().Get("Vary"); strings.Contains(vary, "Language") {
			t.Errorf("/es%s varies by %s", path, vary)
		}
		doc.Find("a[href^='/'], form[action^='/'], iframe[src^='/'], area[href^='/']").Each(func(_ int, s *goquery.Selection) {
			to := s.AttrOr("href", s.AttrOr("action", s.AttrOr("src", "")))
			l, _ := route.LanguageOf(strings.SplitN(to, "?", 2)[0])
			same := strings.HasPrefix(to, "/api/") || strings.HasPrefix(to, "/downloads/") || strings.HasSuffix(to, "/file") || strings.HasSuffix(to, ".pdf")
			if s.AttrOr("hreflang", "es") == "es" && (l == prose.Spanish) == same && to != "/es/downloads/counties.svg" {
				t.Errorf("/es%s leads to %s", path, to)
			}
		})
		if strings.HasPrefix(path, "/embed/") {
			continue
		}
		if got := doc.Find(`a.switch[hreflang="en"]`).AttrOr("href", ""); !sameAddress(got, path) {
			t.Errorf("/es%s switches to %q", path, got)
		}
		back, err := goquery.NewDocumentFromReader(w.get(path).Body)
		if got := back.Find(`a.switch[hreflang="es"]`).AttrOr("href", ""); err != nil || !sameAddress(got, "/es"+path) {
			t.Errorf("%s switches to %q (%v)", path, got, err)
		}
		canonical := doc.Find(`link[rel="canonical"]`).AttrOr("href", "")
		if canonical == "" {
			continue
		}
		versions := func(doc *goquery.Document) []string {
			return doc.Find(`link[rel="alternate"][hreflang]`).Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("hreflang", "") + " " + s.AttrOr("href", "") })
		}
		here, there := versions(doc), versions(back)
		if !strings.HasPrefix(canonical, site+"/es/") || len(here) != 3 || !slices.Equal(here, there) || here[1] != "es "+canonical ||
			here[0] != "en "+back.Find(`link[rel="canonical"]`).AttrOr("href", "") || here[2] != "x-default "+here[0][len("en "):] {
			t.Errorf("/es%s: canonical %s, versions %q, in English %q", path, canonical, here, there)
		}
	}
}

// sameAddress says whether two addresses are of the same page, with the same parameters in
// whatever order.
func sameAddress(a, b string) bool {
	x, errX := url.Parse(a)
	y, errY := url.Parse(b)
	return errX == nil && errY == nil && x.Path == y.Path && x.Query().Encode() == y.Query().Encode()
}

// englishWord is a word that no Spanish sentence has.
var englishWord = regexp.MustCompile(`(?i)\b(the|of|and|with|agreements?|agenc(y|ies)|lists?|listed|pending|signed|count(y|ies)|is|are|was|were|has|have|this|that|since|until|from|by|to|for|not|known|first|new|gone|on|at|which|row|file|read|page|changes?|states?|show|search|home|other|none|unknown|model)\b`)

// notEnglish is what may stand in a Spanish page in English: the names of models, and what
// is no sentence.
var notEnglish = regexp.MustCompile(`Jail Enforcement Model|Task Force Model|Warrant Service Officer|287\(g\) watch|https?://\S+|/\S*|\b[a-z_]+\.(csv|json|xlsx)\b|state="ZZ"|Data Package|First list`)

// No page says anything in English but what it marks so, and names of ICE's.
func TestSpanishPagesAreInSpanish(t *testing.T) {
	w, _ := paperWorld(t)
	var names []string
	for _, a := range w.known().Agencies() {
		for _, s := range a.Spellings {
			names = append(names, s.Name)
		}
	}
	for _, r := range w.known().Records() {
		names = append(names, r.Now().County)
	}
	for _, s := range roster.States() {
		if prose.Spanish.State(s) == s.Name() {
			names = append(names, s.Name())
		}
		for _, c := range place.Counties(s) {
			names = append(names, c.Name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, name := range slices.DeleteFunc(names, func(name string) bool { return name == "" }) {
		pairs = append(pairs, name, "")
	}
	known := strings.NewReplacer(pairs...)
	for _, path := range w.spanishPages() {
		doc, err := goquery.NewDocumentFromReader(w.get("/es" + path).Body)
		if err != nil {
			t.Fatal(err)
		}
		doc.Find("[lang='en'], code, pre, textarea, script").Remove()
		check := func(what, text string) {
			text = notEnglish.ReplaceAllString(known.Replace(text), "")
			if word := englishWord.FindString(text); word != "" {
				t.Errorf("/es%s: %s has %q: %q", path, what, word, strings.TrimSpace(text))
			}
		}
		for _, n := range doc.Nodes {
			for d := range n.Descendants() {
				if d.Type == html.TextNode {
					check("a text", d.Data)
				}
				for _, a := range d.Attr {
					if slices.Contains([]string{"alt", "title", "aria-label", "placeholder", "content", "data-name"}, a.Key) && a.Val != "width=device-width, initial-scale=1" && a.Val != "light dark" {
						check(a.Key, a.Val)
					}
				}
			}
		}
	}
}
