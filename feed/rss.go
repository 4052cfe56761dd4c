package feed

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"regexp"
	"strings"
)

// rssTTL is how long a reader may keep the document, in minutes: as long as the
// service waits between two looks at ICE's page.
const rssTTL = 15

// rssTime is the date of RFC 822 with the year in four digits.
const rssTime = "Mon, 02 Jan 2006 15:04:05 GMT"

type rssDocument struct {
	XMLName xml.Name   `xml:"rss"`
	Version string     `xml:"version,attr"`
	Atom    string     `xml:"xmlns:atom,attr"`
	Channel rssChannel `xml:"channel"`
}

type rssChannel struct {
	Title       rssText   `xml:"title"`
	Link        rssText   `xml:"link"`
	Description rssText   `xml:"description"`
	Language    string    `xml:"language"`
	Updated     string    `xml:"lastBuildDate"`
	Generator   rssText   `xml:"generator"`
	Docs        string    `xml:"docs"`
	TTL         int       `xml:"ttl"`
	Links       []rssLink `xml:"atom:link"`
	Items       []rssItem `xml:"item"`
}

type rssLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type rssItem struct {
	Title       rssText       `xml:"title"`
	Link        rssText       `xml:"link"`
	Description string        `xml:"description"` // HTML
	Categories  []rssCategory `xml:"category"`
	GUID        rssGUID       `xml:"guid"`
	Published   string        `xml:"pubDate"`
}

type rssCategory struct {
	Domain string `xml:"domain,attr"`
	Text   string `xml:",innerxml"`
}

type rssGUID struct {
	PermaLink bool   `xml:"isPermaLink,attr"`
	ID        string `xml:",chardata"`
}

// rssText is plain text. The Advisory Board's profile wants "&" and "<" in it
// as hexadecimal references, which most readers show right.
type rssText struct {
	XML string `xml:",innerxml"`
}

var rssEscapes = strings.NewReplacer("&", "&#x26;", "<", "&#x3C;", ">", "&#x3E;")

// noTags keeps what looks like a tag from being one.
var noTags = strings.NewReplacer("<", "‹", ">", "›")

// entityLike is what a reader that takes a text for HTML takes for a character.
var entityLike = regexp.MustCompile(`&(#?\w+;)`)

// rssPlain writes plain text. Readers disagree on whether it is HTML, so none of
// it may look like a tag or an entity even once it is unescaped.
func rssPlain(s string) string {
	s = noTags.Replace(s)
	return rssEscapes.Replace(entityLike.ReplaceAllString(s, "& $1"))
}

// RSS writes the feed as RSS 2.0, after the RSS Advisory Board's best practices.
// Its media type is application/rss+xml. It fails where a feed cannot be valid,
// as when an address is not absolute.
func RSS(f Feed) ([]byte, error) {
	d, err := prepare(f)
	if err != nil {
		return nil, fmt.Errorf("writing RSS: %w", err)
	}
	const mediaType = "application/rss+xml"
	channel := rssChannel{
		Title: rssText{rssPlain(d.title)}, Link: rssText{rssEscapes.Replace(d.home)}, Description: rssText{rssPlain(d.description)},
		Language: strings.ToLower(d.tag()), Updated: d.updated.Format(rssTime), TTL: rssTTL,
		Generator: rssText{name + " (" + project + ")"}, Docs: "https://www.rssboard.org/rss-specification",
	}
	for _, l := range d.paging() {
		channel.Links = append(channel.Links, rssLink{Rel: l.rel, Type: mediaType, Href: l.href})
	}
	for _, e := range d.entries {
		item := rssItem{
			Title: rssText{rssPlain(e.title)}, Link: rssText{rssEscapes.Replace(e.link)}, Description: e.content.html(),
			GUID: rssGUID{PermaLink: false, ID: e.id}, Published: e.at.Format(rssTime),
		}
		for _, t := range e.tags {
			item.Categories = append(item.Categories, rssCategory{Domain: t.scheme, Text: rssPlain(t.label)})
		}
		channel.Items = append(channel.Items, item)
	}
	return marshalXML(rssDocument{Version: "2.0", Atom: atomNamespace, Channel: channel}, len(d.entries))
}

// pageLink leads to a page of the feed.
type pageLink struct{ rel, href string }

// paging are the links to the document itself and to the feed's other pages, as
// RFC 5005 names them.
func (d document) paging() []pageLink {
	links := []pageLink{{"self", d.self}}
	for _, l := range []pageLink{{"first", d.first}, {"previous", d.previous}, {"next", d.next}} {
		if l.href != "" {
			links = append(links, l)
		}
	}
	return links
}

// entrySize is about what an entry takes, in bytes.
const entrySize = 4096

// marshalXML writes a whole document of so many entries, with a line break at
// its end.
func marshalXML(v any, entries int) ([]byte, error) {
	var b bytes.Buffer
	b.Grow((entries + 1) * entrySize)
	b.WriteString(xml.Header)
	enc := xml.NewEncoder(&b)
	enc.Indent("", "  ")
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("writing XML: %w", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}
