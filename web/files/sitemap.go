package files

import (
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/kept"
	"github.com/watch287g/watch287g/web/route"
)

// The shapes of https://www.sitemaps.org.
type (
	urlSet struct {
		XMLName xml.Name      `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
		Pages   []sitemapPage `xml:"url"`
	}
	sitemapIndex struct {
		XMLName xml.Name      `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 sitemapindex"`
		Parts   []sitemapPage `xml:"sitemap"`
	}
	sitemapPage struct {
		Address  string `xml:"loc"`
		Modified string `xml:"lastmod,omitempty"`
	}
)

// mostPages is how many pages one sitemap may list.
const mostPages = 50_000

// sitemap lists the pages for search engines, or the files that do.
func sitemap(req *route.Request) (*route.Response, error) {
	return asXML("application/xml; charset=utf-8", whole(pagesOf(req), mostPages, req.Base, req.Snapshot.Modified()))
}

// whole lists pages; where there are more than a file may list, it lists the parts.
func whole(pages []sitemapPage, most int, base string, modified time.Time) any {
	if len(pages) <= most {
		return urlSet{Pages: pages}
	}
	var index sitemapIndex
	for n := range (len(pages) + most - 1) / most {
		index.Parts = append(index.Parts, sitemapPage{base + "/sitemaps/" + strconv.Itoa(n+1) + ".xml", stamped(modified)})
	}
	return index
}

// sitemapPart is one of the files that the sitemap lists.
func sitemapPart(req *route.Request) (*route.Response, error) {
	pages := part(pagesOf(req), mostPages, req.PathValue("file"))
	if pages == nil {
		return nil, route.NotFound("There is no such part of the sitemap.")
	}
	return asXML("application/xml; charset=utf-8", urlSet{Pages: pages})
}

// part lists the pages of the part that a file's name gives by its number from 1, nil
// for none.
func part(pages []sitemapPage, most int, file string) []sitemapPage {
	name, _ := strings.CutSuffix(file, ".xml")
	n, err := strconv.Atoi(name)
	if err != nil || file != strconv.Itoa(n)+".xml" || n < 1 || n > (len(pages)+most-1)/most {
		return nil
	}
	return pages[(n-1)*most : min(n*most, len(pages))]
}

// pagesOf are all pages with an address of their own, and when what they say last
// changed, as far as that is known.
func pagesOf(req *route.Request) []sitemapPage {
	snap := req.Snapshot
	var all []sitemapPage
	add := func(path string, modified time.Time) {
		for _, l := range prose.Languages() {
			all = append(all, sitemapPage{req.Base + route.In(l, path), stamped(modified)})
		}
	}
	for _, path := range []string{"/", "/changes", "/states", "/counties", "/coverage", "/publications", "/downloads"} {
		add(path, snap.Modified())
	}
	for _, path := range []string{"/about", "/api", "/embed", "/follow", route.IcePage} {
		add(path, time.Time{})
	}
	for _, page := range kept.Pages(req.Documents) {
		add(page.Path, page.Modified)
	}
	states, agencies, days := map[roster.State]time.Time{}, map[string]time.Time{}, map[roster.Date]time.Time{}
	for _, p := range snap.Publications() {
		if p.Verdict == roster.VerdictAccepted {
			days[roster.Day(p.EffectiveAt)] = p.EffectiveAt
		}
	}
	for _, c := range snap.Changes() { // the oldest first
		states[c.Agreement.State], agencies[c.Agreement.AgencyID], days[roster.Day(c.DetectedAt)] = c.DetectedAt, c.DetectedAt, c.DetectedAt
		if c.Before != nil {
			states[c.Before.State], agencies[c.Before.AgencyID] = c.DetectedAt, c.DetectedAt
		}
	}
	for _, s := range roster.States() {
		add(route.StateURL(s), states[s])
	}
	counties := countiesOf(req)
	for _, fips := range slices.Sorted(maps.Keys(counties)) {
		add(route.CountyURL(fips), counties[fips])
	}
	for _, a := range snap.Agencies() {
		add(route.AgencyURL(a.ID), agencies[a.ID])
	}
	last := roster.Day(snap.KnownUntil())
	for day := roster.Day(snap.Extent().First); !snap.Extent().Empty() && day <= last; day = roster.DateOf(day.Time().AddDate(0, 0, 1)) {
		if at, ok := days[day]; ok {
			add(route.DayURL(day), at)
		}
	}
	for _, c := range snap.Changes() {
		modified := c.DetectedAt
		if by, ok := snap.CorrectedBy(c); ok {
			modified = by.DetectedAt
		}
		add(route.ChangeURL(c.ID), modified)
	}
	return all
}

// countiesOf are the FIPS codes of the counties in which there ever was an agreement or
// an entry, and when something last changed there. The pages of the others say that
// there was none.
func countiesOf(req *route.Request) map[string]time.Time {
	all := map[string]time.Time{}
	for _, r := range req.Snapshot.Records() {
		for _, fips := range req.Snapshot.Locate(r.Now()).Counties {
			all[fips] = time.Time{}
		}
	}
	for _, c := range req.Snapshot.Changes() {
		for _, fips := range req.Snapshot.Locate(c.Agreement).Counties {
			if _, listed := all[fips]; listed {
				all[fips] = c.DetectedAt
			}
		}
	}
	return all
}

// stamped is a moment as sitemaps have it, "" for none.
func stamped(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// asXML is a document of XML.
func asXML(contentType string, v any) (*route.Response, error) {
	body, err := xml.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("writing XML: %w", err)
	}
	return route.OK(contentType, append([]byte(xml.Header), body...)), nil
}

// robots tells crawlers where there is nothing for them, and where the sitemap is,
// whose whole address it takes.
func robots(req *route.Request) (*route.Response, error) {
	text := "User-agent: *\nDisallow: /compare\nDisallow: /search\nDisallow: /embed/\nDisallow: /es/compare\nDisallow: /es/search\nDisallow: /es/embed/\n"
	if req.Public {
		text += "\nSitemap: " + req.Base + "/sitemap.xml\n"
	}
	return route.OK("text/plain; charset=utf-8", []byte(text)), nil
}

// openSearch lets browsers search here.
func openSearch(req *route.Request) (*route.Response, error) {
	type address struct {
		Type     string `xml:"type,attr"`
		Rel      string `xml:"rel,attr,omitempty"`
		Template string `xml:"template,attr"`
	}
	return asXML("application/opensearchdescription+xml; charset=utf-8", struct {
		XMLName     xml.Name  `xml:"http://a9.com/-/spec/opensearch/1.1/ OpenSearchDescription"`
		ShortName   string    // at most 16 letters
		Description string    // at most 1,024
		Image       string    // of the icon
		Encoding    string    `xml:"InputEncoding"`
		URL         []address `xml:"Url"`
	}{ShortName: "287(g) watch", Description: "Agencies, towns, counties and states with 287(g) agreements", Image: req.Base + "/icon.svg", Encoding: "UTF-8",
		URL: []address{{"text/html", "", req.Base + "/search?q={searchTerms}"}, {"application/opensearchdescription+xml", "self", req.Base + "/opensearch.xml"}}})
}

// security tells who finds a hole where to report it (RFC 9116). It is good for half a
// year from the beginning of this month, so that it changes once a month. contact is an
// email address or a web address; where none is given, nothing can be told.
func security(contact string) route.Handler {
	return func(req *route.Request) (*route.Response, error) {
		if contact == "" {
			return nil, route.NotFound("Whoever runs this site gives no address to write to.")
		}
		expires := time.Date(req.Now.UTC().Year(), req.Now.UTC().Month()+6, 1, 0, 0, 0, 0, time.UTC)
		text := fmt.Sprintf("Contact: %s\nExpires: %s\nPreferred-Languages: en\n", route.ContactURL(contact), stamped(expires))
		if req.Public {
			text += "Canonical: " + req.Base + "/.well-known/security.txt\n"
		}
		return route.OK("text/plain; charset=utf-8", []byte(text)), nil
	}
}

// found are the addresses that help to find what is here.
func found(contact string) []route.Route {
	return []route.Route{
		{Path: "/robots.txt", Handler: robots},
		{Path: "/sitemap.xml", Large: true, Handler: sitemap},
		{Path: "/sitemaps/{file}", Large: true, Handler: sitemapPart},
		{Path: "/opensearch.xml", Handler: openSearch},
		{Path: "/.well-known/security.txt", Handler: security(contact)},
		{Path: "/security.txt", Handler: leadsTo("/.well-known/security.txt", http.StatusMovedPermanently)},
	}
}
