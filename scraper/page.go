package scraper

import (
	"bytes"
	"context"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html/charset"
)

const (
	maxPage  = 2 << 20 // bytes of a web page; ICE's has 0.1 MB
	maxLinks = 1000    // links on it that might lead to a list; ICE's has two or three
)

// page is what ICE's page holds for us.
type page struct {
	links      []fileLink
	otherHost  string       // the host of a workbook outside the site; "" for none
	table      []byte       // the list as an HTML table; nil for none
	unfollowed []Unfollowed // links that are named for a list and are not followed
	words      string       // what it says, a paragraph a line
}

// openPage fetches ICE's page. The error is a *failure or the context's own.
func (v *visitor) openPage(ctx context.Context) (page, error) {
	a, err := v.get(ctx, request{url: v.site.page, what: "the page", most: maxPage})
	if err != nil {
		return page{}, err
	}
	switch {
	case len(a.body) == 0:
		return page{}, failf(StatusBroken, "%s sent nothing for the page.", v.server)
	case !looksLikeHTML(a):
		return page{}, failf(StatusBroken, "what %s sent for the page is not a web page.", v.server)
	}
	doc, err := parsePage(a)
	if err != nil {
		return page{}, failf(StatusBroken, "what %s sent for the page cannot be read.", v.server)
	}
	p := readPage(doc, a.url, v.site)
	if p.words, err = words(a); err != nil {
		return page{}, failf(StatusBroken, "what %s sent for the page cannot be read.", v.server)
	}
	if len(p.links) > maxLinks {
		return page{}, failf(StatusBroken, "the page that %s sent links more than %d files, far more than ICE's page.", v.server, maxLinks)
	}
	if len(p.links) == 0 && p.table == nil {
		// Only then: the real page may load a captcha for some form of its own.
		if name := blockName(doc, a.body); name != "" {
			return page{}, failf(StatusBlocked, "ICE's page was answered with a block page (%s) instead of its content.", name)
		}
	}
	return p, nil
}

// readPage reads a page that came from at.
func readPage(doc *goquery.Document, at *url.URL, s site) page {
	p := page{table: listTable(doc)}
	p.links, p.otherHost = findLinks(doc, at, s)
	p.splitUnfollowed()
	return p
}

// looksLikeHTML says whether a response is a web page, by its type or its start.
func looksLikeHTML(a response) bool {
	start := bytes.TrimLeft(a.body, "\ufeff \t\r\n")
	if bytes.HasPrefix(start, []byte("PK")) {
		return false
	}
	kind, _, _ := mime.ParseMediaType(a.header.Get(contentType))
	return strings.Contains(kind, "html") || bytes.HasPrefix(start, []byte("<")) ||
		strings.HasPrefix(http.DetectContentType(start), "text/html")
}

// parsePage reads HTML in whatever encoding it says it is in. UTF-8 is recognized
// as such, since the rule for pages that do not name theirs looks at their start
// alone.
func parsePage(a response) (*goquery.Document, error) {
	body, err := decoded(a)
	if err != nil {
		return nil, err
	}
	lean, err := trimmed(body)
	if err != nil {
		return nil, err
	}
	return goquery.NewDocumentFromReader(bytes.NewReader(lean))
}

// decoded is a page in UTF-8.
func decoded(a response) (io.Reader, error) {
	if len(a.body) > maxPage {
		return nil, errTooLarge
	}
	if utf8.Valid(a.body) {
		return bytes.NewReader(a.body), nil
	}
	return charset.NewReader(bytes.NewReader(a.body), a.header.Get(contentType))
}
