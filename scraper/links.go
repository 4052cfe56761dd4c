package scraper

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// The hints that a link can give. A link can lie: a hint is a label only.
const (
	HintParticipating = "participating"
	HintPending       = "pending"
)

// Link is a link on the page that might lead to a list.
type Link struct {
	URL  string // absolute, without fragment
	Text string // as a reader sees it, at most 200 characters
	Hint string // HintParticipating, HintPending or "": what its text or URL says it is
}

// Unfollowed is a link that is named for a list and leads to something that is not
// a workbook of the site, so that it is not followed.
type Unfollowed struct {
	Link
	LeadsTo string // as in "a PDF (participatingAgencies.pdf)"
}

// linkKind is what makes a link one that might lead to a list.
type linkKind int

const (
	ordinary linkKind = iota // nothing does
	mention                  // its text alone
	download                 // its path says that a file is behind it
	workbook                 // its path ends like a workbook's
)

// fileLink is a link that might lead to a list.
type fileLink struct {
	Link
	url     *url.URL
	kind    linkKind
	leadsTo string // where that is not a workbook of the site; else ""
}

// name is what sentences call the file behind the link.
func (c fileLink) name() string {
	if c.Hint != "" {
		return "the " + c.Hint + " list"
	}
	return "the file " + fileName(c.url, "")
}

// findLinks returns the links of a page that might lead to a list or are named for
// one, each URL once and in the page's order, and the host outside the site to
// which another such link leads. page is where doc came from.
func findLinks(doc *goquery.Document, page *url.URL, s site) (found []fileLink, otherHost string) {
	base := page
	if href, ok := doc.Find("base[href]").First().Attr("href"); ok {
		if u := resolve(page, href); u != nil {
			base = u
		}
	}
	at := map[string]int{}
	doc.Find("a[href]").Each(func(_ int, a *goquery.Selection) {
		href, _ := a.Attr("href")
		u := resolve(base, href)
		if u == nil {
			return
		}
		c := newFileLink(s.original(u), a)
		c.leadsTo = c.destination(s)
		switch i, seen := at[c.URL]; {
		case c.kind == ordinary && c.leadsTo == "", c.URL == page.String(), c.URL == s.page.String():
		case !s.contains(c.url) && c.leadsTo == "":
			if isWeb(c.url) && c.kind != mention && otherHost == "" {
				otherHost = cleanText(c.url.Hostname())
			}
		case !seen:
			at[c.URL] = len(found)
			found = append(found, c)
		case found[i].Hint == "" && c.Hint != "": // an image's link, then that of its caption
			found[i] = c
		}
	})
	return found, otherHost
}

// splitUnfollowed takes the links that are named for a list, and cannot lead to one
// that we read, from among those to follow.
func (p *page) splitUnfollowed() {
	p.links = slices.DeleteFunc(p.links, func(c fileLink) bool {
		if c.leadsTo != "" && len(p.unfollowed) < maxUnfollowed {
			p.unfollowed = append(p.unfollowed, Unfollowed{c.Link, c.leadsTo})
		}
		if c.leadsTo == anotherSite(c.url) && c.kind > mention && p.otherHost == "" {
			p.otherHost = cleanText(c.url.Hostname())
		}
		return c.leadsTo != ""
	})
}

// maxUnfollowed is how many links that cannot be followed are reported.
const maxUnfollowed = 8

// destination says what a link that is named for a list leads to, where that is
// not a workbook of the site; else "".
func (c fileLink) destination(s site) string {
	if c.Hint == "" || !isWeb(c.url) || !namesList(c.Text) && !namesList(c.url.Path) {
		return ""
	}
	name := fileName(c.url, "")
	switch ext := strings.ToLower(path.Ext(strings.TrimSpace(c.url.Path))); {
	case isGoogleSheet(c.url):
		return "a Google Sheet"
	case otherFile(ext) != "":
		return fmt.Sprintf("%s (%s)", otherFile(ext), name)
	case !s.contains(c.url):
		return anotherSite(c.url)
	}
	return ""
}

func anotherSite(u *url.URL) string { return fmt.Sprintf("another site (%s)", cleanText(u.Hostname())) }

// namesList says whether a text mentions agencies or a list.
func namesList(text string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, "agenc") || strings.Contains(text, "list")
}

func isGoogleSheet(u *url.URL) bool {
	host := strings.ToLower(u.Hostname())
	return host == "docs.google.com" && strings.HasPrefix(u.Path, "/spreadsheets/") || host == "sheets.google.com"
}

// otherFile names the kinds of file in which a list could be kept and is not read.
func otherFile(ext string) string {
	switch ext {
	case ".pdf":
		return "a PDF"
	case ".csv", ".tsv":
		return "a " + strings.ToUpper(ext[1:]) + " file"
	case ".ods", ".fods":
		return "an OpenDocument spreadsheet"
	case ".numbers":
		return "a Numbers spreadsheet"
	case ".doc", ".docx":
		return "a Word document"
	case ".zip":
		return "a ZIP archive"
	}
	return ""
}

func newFileLink(u *url.URL, a *goquery.Selection) fileLink {
	text := linkText(a)
	return fileLink{
		Link: Link{URL: u.String(), Text: text, Hint: hint(text, u)},
		url:  u,
		kind: kindOf(u, text),
	}
}

// linkText is what a reader sees as the link's text.
func linkText(a *goquery.Selection) string {
	texts := []string{a.Text(), a.AttrOr("aria-label", ""), a.AttrOr("title", ""), a.Find("img[alt]").AttrOr("alt", "")}
	for _, t := range texts {
		if t = cleanText(t); t != "" {
			return t
		}
	}
	return ""
}

// kindOf goes by a link's path, and where that says nothing by its text. ICE
// renames its files at will, so that no particular name is required.
func kindOf(u *url.URL, text string) linkKind {
	p := strings.ToLower(strings.TrimSpace(u.Path))
	ext := path.Ext(p)
	switch {
	case strings.HasPrefix(ext, ".xl"): // .xlsx, .xlsm, .xlsb, .xls, .xltx
		return workbook
	case neverList(ext):
		return ordinary
	case strings.Contains(p, "download"): // file-download/download/public/N
		return download
	}
	if hintIn(strings.ToLower(text)) != "" && namesList(text) {
		return mention
	}
	return ordinary
}

// neverList says whether files with this extension are surely something else.
func neverList(ext string) bool {
	switch ext {
	case ".pdf", ".doc", ".docx", ".ppt", ".pptx", ".txt", ".html", ".htm", ".xhtml", ".shtml", ".php", ".asp", ".aspx", ".jsp",
		".jpg", ".jpeg", ".png", ".gif", ".svg", ".webp", ".mp3", ".mp4", ".ics", ".xml", ".rss", ".json", ".js", ".css":
		return true
	}
	return false
}

// hint says which list a link names, in its text or else in its URL.
func hint(text string, u *url.URL) string {
	if h := hintIn(strings.ToLower(text)); h != "" {
		return h
	}
	return hintIn(strings.ToLower(u.Path + "?" + u.RawQuery))
}

// hintIn returns the one word of the two that s has, "" for none or both.
func hintIn(s string) string {
	participating := strings.Contains(s, HintParticipating)
	pending := strings.Contains(s, HintPending)
	switch {
	case participating && !pending:
		return HintParticipating
	case pending && !participating:
		return HintPending
	}
	return ""
}
