package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// The page of alerts leads to feeds that are there, and says whom to write to.
func TestFollowLeadsToFeeds(t *testing.T) {
	w := newWorld(t)
	doc := w.page("/follow")
	feeds := map[string]string{}
	doc.Find("main dl.facts dt").Each(func(_ int, dt *goquery.Selection) {
		feeds[textOf(dt)] = dt.Next().Find("a").First().AttrOr("href", "")
	})
	for of, want := range map[string]string{"Everything": "/feeds/changes.rss", "A state": "state=", "A county": "county=", "An agency": "agency="} {
		if href := feeds[of]; !strings.HasPrefix(href, "/feeds/changes.rss") || !strings.Contains(href, want) || w.get(href).Code != http.StatusOK {
			t.Errorf("%s: %q", of, href)
		}
	}
	if s := said(doc, "#people + p"); !strings.Contains(s, "write to desk@example.org") {
		t.Errorf("people are told %q", s)
	}
	if w.page("/").Find(`footer a[href="/follow"]`).Length() != 1 {
		t.Error("the foot of a page does not lead there")
	}
	if empty := emptyWorld(t).page("/follow"); empty.Find(`main a[href^="/feeds/changes."]`).Length() != 3 {
		t.Errorf("where nothing is known: %s", said(empty, "main"))
	}
}
