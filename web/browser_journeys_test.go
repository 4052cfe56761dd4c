package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"strconv"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/chromedp/kb"
)

// journey is a way that readers go through the pages.
type journey struct {
	name string
	walk func(*tab)
}

var journeys = []journey{
	{"to the evidence", walkToEvidence},
	{"by searching", walkBySearch},
	{"to a feed", walkToFeed},
	{"by keyboard", walkByKeyboard},
	{"through days", walkThroughDays},
}

// walkToEvidence goes from the map to the file that an agency's agreement was
// read from.
func walkToEvidence(b *tab) {
	b.open("/", 200)
	b.heads(b.follow(`a.map-state[href="/states/TX"]`), "Texas")
	b.open("/", 200)
	b.click(`.map + details summary`)
	b.heads(b.follow(`.map + details a[href="/states/TX"]`), "Texas")
	b.heads(b.follow(`main th a[href*="lampas"]`), "Lampasas County Sheriff's Office")
	change := b.follow(`.change.new .what a`)
	b.heads(change, "Lamp")
	list := b.follow(`main dd a[href*="#row-"]`)
	row := said(list, "#"+list.Url.Fragment)
	if !strings.Contains(row, "Lamp") || !strings.Contains(row, "TX") && !strings.Contains(row, "Texas") {
		b.t.Errorf("%s: the row of the evidence is %q", list.Url, row)
	}
	b.sees(`tr:target`)
	body, name := b.save(`main a.button`)
	sum := sha256.Sum256(body)
	// The address has the hash of ICE's file, and where the saved one has been changed,
	// the page has its hash, too.
	hashes := list.Find("dl.facts").First().Find("code")
	if hash := hex.EncodeToString(sum[:]); hash != hashes.Last().Text() || !strings.HasSuffix(list.Url.Path, hashes.First().Text()) {
		b.t.Errorf("%s: the file that is saved has the SHA-256 %s", list.Url, hash)
	}
	if !strings.HasSuffix(name, ".xlsx") {
		b.t.Errorf("%s: the file is saved as %q", list.Url, name)
	}
}

// walkBySearch types a misspelt name into the box of the front page.
func walkBySearch(b *tab) {
	b.open("/", 200)
	b.click(`header input[name="q"]`)
	b.keys("lampass")
	b.arrive(func() { b.keys(kb.Enter) })
	b.heads(b.page(), "lampass")
	b.heads(b.follow(`main a[href^="/agencies/"]`), "Lampasas County Sheriff's Office")
}

// walkToFeed narrows the changes down and takes their feed.
func walkToFeed(b *tab) {
	b.open("/", 200)
	b.follow(`header nav a[href="/changes"]`)
	b.click(`details.narrow summary`)
	b.choose(`select[name="state"]`, "Texas")
	b.choose(`select[name="kind"]`, "New")
	doc := b.follow(`main .filters button`)
	if q := doc.Url.Query(); q.Get("state") != "TX" || q.Get("kind") != "new" {
		b.t.Errorf("the form leads to %s", doc.Url)
	}
	shown := doc.Find(".change")
	if shown.Length() == 0 || shown.Not(".new").Length() > 0 {
		b.t.Errorf("%s: %d changes, of them %d others than new ones", doc.Url, shown.Length(), shown.Not(".new").Length())
	}
	r := b.arrive(func() { b.click(`main a[href^="/feeds/changes.rss"]`) })
	if kind, _ := r.Headers["Content-Type"].(string); r.Status != 200 || !strings.HasPrefix(kind, "application/rss+xml") {
		b.t.Fatalf("%s: status %d, type %s", r.URL, r.Status, kind)
	}
	var rss struct {
		Channel struct {
			Items []struct {
				Title string `xml:"title"`
			} `xml:"item"`
		} `xml:"channel"`
	}
	if err := xml.Unmarshal(b.body(), &rss); err != nil || len(rss.Channel.Items) == 0 {
		b.t.Fatalf("%s: %d entries, %v", r.URL, len(rss.Channel.Items), err)
	}
	for _, item := range rss.Channel.Items {
		if !strings.Contains(item.Title, "Texas") {
			b.t.Errorf("%s: an entry is %q", r.URL, item.Title)
		}
	}
}

// choose types the beginning of a choice. Letters that come more than a second after the
// ones before begin anew, as they may on a busy machine: then it types them again.
func (b *tab) choose(selector, text string) {
	b.t.Helper()
	for range 5 {
		b.focus(selector)
		b.keys(text)
		if strings.HasPrefix(evaluate[string](b, `document.querySelector(`+strconv.Quote(selector)+`).selectedOptions[0].text`), text) {
			return
		}
		time.Sleep(time.Second + 100*time.Millisecond)
	}
	b.t.Errorf("%s: %q cannot be chosen in %s", b.where(), text, selector)
}

// walkByKeyboard skips to the content, and opens a state without a mouse. What
// has the focus is always to be seen.
func walkByKeyboard(b *tab) {
	b.open("/", 200)
	b.keys(kb.Tab)
	b.sees(`a.skip:focus`)
	b.outlined(`a.skip:focus`)
	b.keys(kb.Enter)
	b.find(`main:focus`)
	for range 20 {
		b.keys(kb.Tab)
		b.sees(`main :focus`)
		b.outlined(`main :focus`)
	}
	b.focus(`a.map-state[href="/states/TN"]`)
	b.keys(kb.Tab) // Texas comes next
	b.sees(`a.map-state:focus`)
	b.outlined(`a.map-state:focus`)
	b.arrive(func() { b.keys(kb.Enter) })
	b.heads(b.page(), "Texas")
}

// walkThroughDays asks what ICE listed on a day, and what changed between two.
func walkThroughDays(b *tab) {
	b.open("/", 200)
	b.focus(`main form[action="/on"] input`)
	b.keys("06112025")
	day := b.follow(`main form[action="/on"] button`)
	if day.Url.Path != "/on/2025-06-11" {
		b.t.Errorf("the form leads to %s", day.Url)
	}
	b.heads(day, "June 11, 2025")
	b.follow(`header nav a[href="/compare"]`)
	b.focus(`main input[name="from"]`)
	b.keys("06062025")
	b.focus(`main input[name="to"]`)
	b.keys("06132025")
	compared := b.follow(`main .filters button`)
	if q := compared.Url.Query(); q.Get("from") != "2025-06-06" || q.Get("to") != "2025-06-13" {
		b.t.Errorf("the form leads to %s", compared.Url)
	}
	b.heads(compared, "June 13, 2025")
}

// heads wants words in a page's heading.
func (b *tab) heads(doc *goquery.Document, words string) {
	b.t.Helper()
	if h1 := said(doc, "h1"); !strings.Contains(h1, words) {
		b.t.Errorf("%s: the heading is %q, without %q", doc.Url, h1, words)
	}
}

// sees wants at least the beginning of an element on the screen.
func (b *tab) sees(selector string) {
	b.t.Helper()
	corners := call(b, dom.GetContentQuads, dom.GetContentQuadsParams{ObjectID: b.find(selector)}).Quads[0]
	x, y := corners[0], corners[1]
	if x < -1 || y < -1 || x >= float64(b.screen.width) || y >= float64(b.screen.height) {
		b.t.Errorf("%s: %s is not on the screen, but at %.0f, %.0f", b.where(), selector, x, y)
	}
}

// outlined wants a line around an element that has the focus.
func (b *tab) outlined(selector string) {
	b.t.Helper()
	outline := evaluate[[]string](b, `(s => [s.outlineStyle, s.outlineWidth])(getComputedStyle(document.querySelector(`+strconv.Quote(selector)+`)))`)
	if outline[0] == "none" || outline[1] == "0px" || outline[1] == "1px" {
		b.t.Errorf("%s: %s has the focus, and an outline of %v", b.where(), selector, outline)
	}
}
