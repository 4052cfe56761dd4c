package web

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// What a model allows is said in one wording, on the page that explains it as on the
// page of an agency.
func TestAboutSaysWhatModelsAllow(t *testing.T) {
	text := said(newWorld(t).page("/about"), "main")
	for _, m := range roster.Models() {
		if want := m.Name() + " (" + string(m) + ")" + prose.English.Allows(m, roster.ListParticipating); !strings.Contains(text, want) {
			t.Errorf("%s: the page does not say %q", m, want)
		}
	}
}

// A screen reader lists links without what stands around them.
func TestLinksSayWhereTheyLead(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/", "/states", "/states/GA", "/counties", "/counties/13121", "/counties/66010", "/coverage", "/changes", "/follow", "/about",
		"/downloads", "/compare", "/embed", "/agencies/FL-bay-county-sheriffs-office", "/publications", "/status"} {
		w.page(path).Find("main a[href]").Each(func(_ int, a *goquery.Selection) {
			text := strings.ToLower(textOf(a))
			if a.AttrOr("aria-label", "")+text == "" && a.Find("title").Length() == 0 && a.Find("[aria-label]").Length() == 0 {
				t.Errorf("%s: the link to %s has no text", path, a.AttrOr("href", ""))
			}
			for _, bad := range []string{"which", "this one's page", "here", "more", "this page", "link"} {
				if text == bad || strings.HasPrefix(text, bad+" (") {
					t.Errorf("%s: the link to %s is called %q", path, a.AttrOr("href", ""), text)
				}
			}
		})
	}
}

// A county's map is called after it, and after its neighbors where it has any; what is
// for all of a state or a territory is counted as one or as several.
func TestCountyCallsItsMapByItsName(t *testing.T) {
	w := newWorld(t)
	for path, want := range map[string]string{"/counties/48201": "Harris County and its neighbors", "/counties/66010": "On the map", "/counties/51600": "The city of Fairfax and its neighbors"} {
		if got := said(w.page(path), "#neighbors"); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	if got := said(w.page("/counties/48201"), "#statewide + p"); got != "ICE's list has 1 active agreement with 1 agency of all of Texas. It is not counted above: the list does not say where the agency acts." {
		t.Errorf("of the whole state: %q", got)
	}
}
