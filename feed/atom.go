package feed

import (
	"encoding/xml"
	"fmt"
	"time"
)

const atomNamespace = "http://www.w3.org/2005/Atom"

type atomDocument struct {
	XMLName   xml.Name      `xml:"feed"`
	Namespace string        `xml:"xmlns,attr"`
	Language  string        `xml:"xml:lang,attr"`
	ID        string        `xml:"id"`
	Title     atomText      `xml:"title"`
	Subtitle  atomText      `xml:"subtitle"`
	Updated   string        `xml:"updated"`
	Author    atomPerson    `xml:"author"`
	Generator atomGenerator `xml:"generator"`
	Links     []atomLink    `xml:"link"`
	Entries   []atomEntry   `xml:"entry"`
}

type atomEntry struct {
	ID         string         `xml:"id"`
	Title      atomText       `xml:"title"`
	Published  string         `xml:"published"`
	Updated    string         `xml:"updated"`
	Links      []atomLink     `xml:"link"`
	Categories []atomCategory `xml:"category"`
	Summary    atomText       `xml:"summary"`
	Content    atomText       `xml:"content"`
}

type atomText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

type atomPerson struct {
	Name string `xml:"name"`
	URI  string `xml:"uri"`
}

type atomGenerator struct {
	URI  string `xml:"uri,attr"`
	Name string `xml:",chardata"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomCategory struct {
	Scheme string `xml:"scheme,attr"`
	Term   string `xml:"term,attr"`
	Label  string `xml:"label,attr"`
}

// Atom writes the feed as Atom 1.0 (RFC 4287), with the paging of RFC 5005. Its
// media type is application/atom+xml. It fails where a feed cannot be valid, as
// when an address is not absolute.
func Atom(f Feed) ([]byte, error) {
	d, err := prepare(f)
	if err != nil {
		return nil, fmt.Errorf("writing Atom: %w", err)
	}
	doc := atomDocument{
		Namespace: atomNamespace, Language: d.tag(), ID: d.id, Title: atomText{"text", d.title}, Subtitle: atomText{"text", d.description},
		Updated: d.updated.Format(time.RFC3339), Author: atomPerson{name, d.base}, Generator: atomGenerator{project, name},
		Links: []atomLink{{Rel: "alternate", Type: "text/html", Href: d.home}},
	}
	for _, l := range d.paging() {
		doc.Links = append(doc.Links, atomLink{Rel: l.rel, Type: "application/atom+xml", Href: l.href})
	}
	for _, e := range d.entries {
		at := e.at.Format(time.RFC3339)
		entry := atomEntry{
			ID: e.id, Title: atomText{"text", e.title}, Published: at, Updated: at, Summary: atomText{"text", e.content.Sentence},
			Links: []atomLink{{Rel: "alternate", Type: "text/html", Href: e.link}}, Content: atomText{"html", e.content.html()},
		}
		for _, t := range e.tags {
			entry.Categories = append(entry.Categories, atomCategory{Scheme: t.scheme, Term: t.term, Label: t.label})
		}
		doc.Entries = append(doc.Entries, entry)
	}
	return marshalXML(doc, len(d.entries))
}
