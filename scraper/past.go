package scraper

import "net/url"

// UserAgent says truthfully who asks; contact is where to reach them, "" leaves it out.
func UserAgent(version, contact string) (string, error) { return userAgent(version, contact) }

// PastPage is what a page that somebody else kept says of itself.
type PastPage struct {
	Blocked string // the kind of block page that it is, "" for none
	Title   string // at most 200 characters
	Links   []Link // that might lead to a list
}

// ReadPage reads a page that was at an address of ICE's site. The error says that it is
// no page that can be read.
func ReadPage(body []byte, address string) (PastPage, error) {
	s, err := newSite(address, "")
	if err != nil {
		return PastPage{}, err
	}
	doc, err := parsePage(response{body: body})
	if err != nil {
		return PastPage{}, err
	}
	found := PastPage{Blocked: blockName(doc, body), Title: cleanText(doc.Find("title").First().Text())}
	for _, l := range readPage(doc, s.page, s).links {
		found.Links = append(found.Links, l.Link)
	}
	return found, nil
}

// Words returns what a page says, a paragraph a line, as a Visit has it. The error says that
// it is no page that can be read.
func Words(page []byte) (string, error) { return words(response{body: page}) }

// OnSite says whether an address is on ICE's own site, as far as the page tells: the page's
// host, or one under the same domain.
func OnSite(page, address string) bool {
	s, err := newSite(page, "")
	if err != nil {
		return false
	}
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	if u.Port() == "80" || u.Port() == "443" {
		u.Host = u.Hostname()
	}
	return s.contains(u)
}
