package scraper

import (
	"net/url"
	"path"
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
	Hint string // HintParticipating, HintPending or "": what text or address says it is
}

// kind is what makes a link a candidate.
type kind int

const (
	ordinary kind = iota // nothing does
	mention              // its text alone
	download             // its path says that a file is behind it
	workbook             // its path ends like a workbook's
)

// candidate is a link that might lead to a list.
type candidate struct {
	Link
	url  *url.URL
	kind kind
}

// name is how sentences call what is behind the link.
func (c candidate) name() string {
	if c.Hint != "" {
		return "the " + c.Hint + " list"
	}
	return "the file " + label(c.url, "")
}

// findLinks returns the links of a page that might lead to a list, each address
// once and in the page's order, and the host outside the site to which another
// such link leads. page is where doc came from.
func findLinks(doc *goquery.Document, page *url.URL, s site) (found []candidate, elsewhere string) {
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
		c := newCandidate(s.original(u), a)
		switch i, seen := at[c.URL]; {
		case c.kind == ordinary, c.URL == page.String(), c.URL == s.page.String():
		case !s.holds(c.url):
			if isWeb(c.url) && c.kind != mention && elsewhere == "" {
				elsewhere = tidy(c.url.Hostname())
			}
		case !seen:
			at[c.URL] = len(found)
			found = append(found, c)
		case found[i].Hint == "" && c.Hint != "": // an image's link, then that of its caption
			found[i] = c
		}
	})
	return found, elsewhere
}

func newCandidate(u *url.URL, a *goquery.Selection) candidate {
	text := linkText(a)
	return candidate{
		Link: Link{URL: u.String(), Text: text, Hint: hint(text, u)},
		url:  u,
		kind: kindOf(u, text),
	}
}

// linkText is what a reader takes for the link's text.
func linkText(a *goquery.Selection) string {
	texts := []string{a.Text(), a.AttrOr("aria-label", ""), a.AttrOr("title", ""), a.Find("img[alt]").AttrOr("alt", "")}
	for _, t := range texts {
		if t = tidy(t); t != "" {
			return t
		}
	}
	return ""
}

// kindOf tells by a link's path, and where that says nothing by its text. ICE
// renames its files at will, so that no name is asked for.
func kindOf(u *url.URL, text string) kind {
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
	text = strings.ToLower(text)
	if hintIn(text) != "" && (strings.Contains(text, "agenc") || strings.Contains(text, "list")) {
		return mention
	}
	return ordinary
}

// neverList says whether files of this extension are something else for sure.
func neverList(ext string) bool {
	switch ext {
	case ".pdf", ".doc", ".docx", ".ppt", ".pptx", ".txt", ".html", ".htm", ".xhtml", ".shtml", ".php", ".asp", ".aspx", ".jsp",
		".jpg", ".jpeg", ".png", ".gif", ".svg", ".webp", ".mp3", ".mp4", ".ics", ".xml", ".rss", ".json", ".js", ".css":
		return true
	}
	return false
}

// hint says which list a link names, in its text or else in its address.
func hint(text string, u *url.URL) string {
	if h := hintIn(strings.ToLower(text)); h != "" {
		return h
	}
	return hintIn(strings.ToLower(u.Path + "?" + u.RawQuery))
}

// hintIn finds the one word of the two that s holds, "" for none or both.
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
