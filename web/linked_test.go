package web

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/route"
)

// told is what programs are told of a page, by type.
func (w *world) told(doc *goquery.Document) map[string]map[string]any {
	w.t.Helper()
	all := map[string]map[string]any{}
	for _, s := range doc.Find("script").EachIter() {
		var document struct {
			Context string           `json:"@context"`
			Graph   []map[string]any `json:"@graph"`
		}
		if kind, _ := s.Attr("type"); kind != "application/ld+json" || len(s.Nodes[0].Attr) != 1 || json.Unmarshal([]byte(s.Text()), &document) != nil || document.Context != "https://schema.org" {
			w.t.Errorf("a script, or what is not JSON-LD: %.300s", s.Text())
		}
		for _, thing := range document.Graph {
			name, _ := thing["@type"].(string)
			if _, twice := all[name]; twice || name == "" {
				w.t.Errorf("a second thing of the type %q", name)
			}
			all[name] = thing
		}
	}
	return all
}

// scripts says whether a page has anything that a browser would run.
func scripts(body string) bool {
	return strings.Contains(strings.ReplaceAll(body, `<script type="application/ld+json">`, ""), "<script")
}

// What programs are told of the way to a page is what people see, link by link.
func TestLinkedCrumbs(t *testing.T) {
	w := newWorld(t)
	const site = "https://287g.example.org"
	for _, p := range everyPage(t, w) {
		rec := w.get(p.path)
		doc, err := goquery.NewDocumentFromReader(rec.Body)
		if err != nil || strings.HasPrefix(p.path, "/embed/") {
			continue
		}
		list := w.told(doc)["BreadcrumbList"]
		steps, _ := list["itemListElement"].([]any)
		shown := doc.Find("nav.crumbs li")
		if len(steps) != shown.Length() && rec.Code == http.StatusOK {
			t.Errorf("%s: %d steps, and %d are shown", p.path, len(steps), shown.Length())
			continue
		}
		for i, step := range steps {
			li := shown.Eq(i)
			want := li.Find("a").AttrOr("href", "")
			if i == len(steps)-1 {
				want = strings.TrimPrefix(doc.Find("link[rel=canonical]").AttrOr("href", ""), site)
			}
			if s, _ := step.(map[string]any); s["name"] != strings.TrimSpace(li.Text()) || s["item"] != site+want || s["position"] != float64(i+1) {
				t.Errorf("%s: step %d is %v, and %q to %q is shown", p.path, i+1, s, li.Text(), want)
			}
		}
	}
}

// A change is told to programs as it is to people, and says when and by what it was
// taken back.
func TestLinkedChanges(t *testing.T) {
	w := newWorld(t)
	corrected := 0
	for _, c := range w.known().Changes() {
		doc := w.page(route.ChangeURL(c.ID))
		a := w.told(doc)["Article"]
		meta := func(name string) string {
			return doc.Find(`meta[property="`+name+`"], meta[name="`+name+`"]`).AttrOr("content", "")
		}
		said, _ := doc.Find("main > .note time, main .note time").First().Attr("datetime")
		for name, want := range map[string]string{"headline": textOf(doc.Find("h1")), "description": meta("og:description"), "url": meta("og:url"), "datePublished": said, "image": meta("og:image"),
			"dateModified": meta("article:modified_time"), "isBasedOn": "https://287g.example.org" + doc.Find(`dt:contains("File") + dd a`).AttrOr("href", "")} {
			if a[name] != want || want == "" {
				t.Errorf("%s: %s is %q, want %q", c.ID, name, a[name], want)
			}
		}
		if meta("og:type") != "article" || meta("article:published_time") != said {
			t.Errorf("%s: previews are of %s, of %s", c.ID, meta("og:type"), meta("article:published_time"))
		}
		about, _ := a["about"].([]any)
		if agency := fact(doc, "Agency"); (agency != "") != (len(about) == 1) || agency != "" && about[0].(map[string]any)["name"] != agency {
			t.Errorf("%s is about %v, and the page about %q", c.ID, about, agency)
		}
		back, _ := doc.Find(".correction:contains('taken back on') a").Attr("href")
		if by, _ := a["correction"].(string); strings.TrimPrefix(by, "https://287g.example.org") != back {
			t.Errorf("%s is corrected by %q, and the page says by %q", c.ID, by, back)
		} else if by != "" {
			corrected++
		}
	}
	if corrected == 0 {
		t.Error("nothing was taken back")
	}
	if kind := w.page("/states/TX").Find(`meta[property="og:type"]`).AttrOr("content", ""); kind != "website" {
		t.Errorf("a state is a %s", kind)
	}
}

// The dataset reaches from the first day of the record to the last one known, and each
// of its files is there, in the format that is told.
func TestLinkedDataset(t *testing.T) {
	w := newWorld(t)
	w.fails(50 * time.Hour) // which moves no date
	for path, where := range map[string]string{"/downloads": "United States", "/downloads?state=FL": "Florida", "/downloads?as_of=2025-06-13": "United States"} {
		d := w.told(w.page(path))["Dataset"]
		covers, _ := d["spatialCoverage"].([]any)
		if d["temporalCoverage"] != "2025-06-02/2025-06-21" || d["license"] != "https://creativecommons.org/publicdomain/zero/1.0/" ||
			d["isBasedOn"] != "https://www.ice.gov/identify-and-arrest/287g" || len(covers) != 1 || covers[0].(map[string]any)["name"] != where {
			t.Errorf("%s: %v", path, d)
		}
		if text, _ := d["description"].(string); len(text) < 50 || len(text) > 5000 {
			t.Errorf("%s is described as %q", path, text)
		}
		files, _ := d["distribution"].([]any)
		if len(files) != 15 {
			t.Errorf("%s has %d files", path, len(files))
		}
		for _, f := range files {
			file := f.(map[string]any)
			address, _ := file["contentUrl"].(string)
			rec := w.get(strings.TrimPrefix(address, "https://287g.example.org"))
			got, _, _ := strings.Cut(rec.Header().Get("Content-Type"), ";")
			if rec.Code != http.StatusOK || got != file["encodingFormat"] {
				t.Errorf("%s: status %d, %s", address, rec.Code, got)
			}
		}
	}
	if d := w.told(emptyWorld(t).page("/downloads"))["Dataset"]; d["temporalCoverage"] != nil || d["dateModified"] != nil {
		t.Errorf("of nothing known: %v", d)
	}
	site := w.told(w.page("/"))["WebSite"]
	search, _ := site["potentialAction"].(map[string]any)
	target, _ := search["target"].(string)
	if site["url"] != "https://287g.example.org/" || w.get(strings.NewReplacer("https://287g.example.org", "", "{search_term_string}", "Lampasas").Replace(target)).Code != http.StatusOK {
		t.Errorf("the site is %v", site)
	}
}

// What a list says cannot leave the quotes that it is put in.
func TestLinkedHostileNames(t *testing.T) {
	w := newWorld(t)
	found := false
	for _, c := range w.known().Changes() {
		found = found || strings.Contains(c.Agreement.Agency, "<script>") && c.Kind != roster.KindMilestone
		if body := w.get(route.ChangeURL(c.ID)).Body.String(); scripts(body) {
			t.Errorf("%s is not escaped", c.ID)
		}
	}
	if !found {
		t.Error("no name is hostile")
	}
}

// No two pages have one title or one description: search engines show both, and readers
// choose by them.
func TestTitlesAreTheirOwn(t *testing.T) {
	w := newWorld(t)
	titles, descriptions := map[string]string{}, map[string]string{}
	for path := range w.listed() {
		doc := w.page(path)
		lang := doc.Find("html").AttrOr("lang", "")
		for found, text := range map[*map[string]string]string{&titles: doc.Find("head title").Text(), &descriptions: doc.Find("meta[name=description]").AttrOr("content", "")} {
			if other, twice := (*found)[lang+" "+text]; twice || text == "" { // in each language
				t.Errorf("%s and %s both say %q", path, other, text)
			}
			(*found)[lang+" "+text] = path
		}
		if day := doc.Find("main .note time").First().Text(); strings.HasPrefix(path, "/changes/") {
			day = day[:strings.LastIndex(day, ", ")] // the same can happen again on another day
			if title := doc.Find("head title").Text(); !strings.Contains(title, "("+day+")") {
				t.Errorf("%s is called %q, of %s", path, title, day)
			}
		}
		want := "en"
		if strings.HasPrefix(path+"/", "/es/") {
			want = "es"
		}
		if lang != want {
			t.Errorf("%s is in the language %q", path, lang)
		}
	}
}

// Each change has a picture of its own, which is described for those who do not see it,
// with where it was and who says so; what was taken back begins with that.
func TestPicturesOfChanges(t *testing.T) {
	w := newWorld(t)
	alts := map[string]string{}
	for _, c := range w.known().Changes() {
		doc := w.page(route.ChangeURL(c.ID))
		meta := func(name string) string {
			return doc.Find(`meta[property="`+name+`"], meta[name="`+name+`"]`).AttrOr("content", "")
		}
		alt := meta("og:image:alt")
		alts[string(c.Kind)+" "+c.Agreement.Agency] = alt
		if meta("og:image") != "https://287g.example.org/pictures"+route.ChangeURL(c.ID)+".png" || alt != meta("twitter:image:alt") ||
			!strings.Contains(alt, textOf(doc.Find("h1"))) || !strings.Contains(alt, "According to ICE's ") {
			t.Errorf("%s: %s, described as %q", c.ID, meta("og:image"), alt)
		}
		if rec := w.get("/pictures" + route.ChangeURL(c.ID) + ".png"); rec.Code != http.StatusOK || rec.Header().Get("Content-Type") != "image/png" {
			t.Errorf("%s: status %d", c.ID, rec.Code)
		}
	}
	for name, want := range map[string]string{
		"removed Harris County Sheriff's Office": "Texas: ICE no longer lists the Jail Enforcement Model agreement with Harris County Sheriff's Office. According to ICE's participating list of June 20, 2025, 10 a.m. ET, detected June 20, 2025. The outline of Texas, with Harris County marked.",
		"removed Texas National Guard":           "Corrected on June 16, 2025. Texas: ICE no longer lists the Task Force Model agreement with Texas National Guard. According to ICE's participating list of June 13, 2025, 10 a.m. ET, detected June 13, 2025. The outline of Texas.",
	} {
		if alts[name] != want {
			t.Errorf("%s:\n%s", name, alts[name])
		}
	}
	for _, file := range []string{"chg_nothing.png", w.known().Changes()[0].ID} {
		if rec := w.get("/pictures/changes/" + file); rec.Code != http.StatusNotFound {
			t.Errorf("%s: status %d", file, rec.Code)
		}
	}
}

// Every page names its icons; each is a picture of the size that is told, also under the
// names by which browsers and phones ask unasked.
func TestIcons(t *testing.T) {
	w := newWorld(t)
	doc := w.page("/about")
	sizes := map[string]int{"image/svg+xml": 0, "image/x-icon": 32, "image/png": 180}
	links := doc.Find(`link[rel="icon"], link[rel="apple-touch-icon"]`)
	if links.Length() != len(sizes) {
		t.Errorf("%d icons", links.Length())
	}
	for _, l := range links.EachIter() {
		href := l.AttrOr("href", "")
		path, _, _ := strings.Cut(href, "?")
		rec, plain := w.get(href), w.get(path)
		kind := rec.Header().Get("Content-Type")
		size, known := sizes[kind]
		if rec.Code != http.StatusOK || plain.Code != http.StatusOK || !known || plain.Body.String() != rec.Body.String() || !strings.Contains(rec.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: status %d, %s", href, rec.Code, kind)
			continue
		}
		body := rec.Body.Bytes()
		if kind == "image/x-icon" {
			body = body[22:]
		}
		if size > 0 {
			img, err := png.Decode(bytes.NewReader(body))
			if err != nil || img.Bounds() != image.Rect(0, 0, size, size) {
				t.Fatalf("%s: %v", href, err)
			}
			middle, white := color.RGBAModel.Convert(img.At(size/2, size/2)), color.RGBAModel.Convert(img.At(size/4, size/2))
			if middle != (color.RGBA{0x17, 0x4a, 0x7c, 0xff}) || white != (color.RGBA{0xff, 0xff, 0xff, 0xff}) {
				t.Errorf("%s: the eye is %v in %v", href, middle, white)
			}
		}
	}
	if n := doc.Find(`meta[name="theme-color"][media]`).Length(); n != 2 {
		t.Errorf("%d theme colors", n)
	}
}
