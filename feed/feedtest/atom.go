package feedtest

import (
	"mime"
	"slices"
	"strings"
)

const (
	xmlSpace   = "http://www.w3.org/XML/1998/namespace"
	xhtmlSpace = "http://www.w3.org/1999/xhtml"
)

// The elements of RFC 4287.
var (
	atomOfFeed  = []string{"author", "category", "contributor", "entry", "generator", "icon", "id", "link", "logo", "rights", "subtitle", "title", "updated"}
	atomOfEntry = []string{"author", "category", "content", "contributor", "id", "link", "published", "rights", "source", "summary", "title", "updated"}
)

func atomFaults(body []byte) []string {
	var f faults
	root, err := parse(body)
	if err != nil {
		return []string{"XML 1.0: " + err.Error()}
	}
	if root.name.Space != atomSpace || root.name.Local != "feed" {
		f.add("RFC 4287, 4.1.1 (atom:feed)", "the root is <%s> of %q", root.name.Local, root.name.Space)
		return f
	}
	f.atomKnown("RFC 4287, 4.1.1 (atom:feed)", root, atomOfFeed)
	f.atomCommon("RFC 4287, 4.1.1 (atom:feed)", root)
	for _, once := range []string{"generator", "icon", "logo", "rights", "subtitle"} {
		f.count("RFC 4287, 4.1.1 (atom:feed)", root, atomSpace, once, 0)
	}
	if tag := root.attr(xmlSpace, "lang"); !languageTag.MatchString(tag) {
		f.add("RFC 4287, 2 (xml:lang)", "%q is no language", tag)
	}
	if own := relations(root)["self"]; own != 1 {
		f.add("RFC 4287, 4.1.1 (atom:link rel=self)", "the feed has %d", own)
	}
	if relations(root)["alternate"] == 0 {
		f.add("RFC 4287, 4.1.1 (atom:link rel=alternate)", "the feed has none")
	}
	for _, g := range root.all(atomSpace, "generator") {
		if uri := g.attr("", "uri"); uri != "" {
			f.absolute("RFC 4287, 4.2.4 (atom:generator)", "its uri", uri)
		}
	}
	f.paging(root.all(atomSpace, "link"))
	entries := root.all(atomSpace, "entry")
	ids := map[string]bool{}
	for _, e := range entries {
		f.atomEntry(e, len(root.all(atomSpace, "author")) > 0)
		id := e.first(atomSpace, "id").text
		if ids[id] {
			f.add("RFC 4287, 4.1.1 (atom:id of the entries)", "%q stands twice", id)
		}
		ids[id] = true
	}
	f.readable(body, "atom", len(entries))
	return f
}

func relations(n *node) map[string]int {
	count := map[string]int{}
	for _, l := range n.all(atomSpace, "link") {
		rel := l.attr("", "rel")
		if rel == "" {
			rel = "alternate"
		}
		count[rel]++
	}
	return count
}

func (f *faults) atomKnown(rule string, n *node, known []string) {
	for _, c := range n.children {
		if c.name.Space == "" || c.name.Space == atomSpace && !slices.Contains(known, c.name.Local) {
			f.add(rule, "<%s> has no place in <%s>", c.name.Local, n.name.Local)
		}
	}
}

// atomCommon holds a feed or an entry to what both have.
func (f *faults) atomCommon(rule string, n *node) {
	for _, required := range []string{"id", "title", "updated"} {
		f.count(rule, n, atomSpace, required, 1)
	}
	f.iri("RFC 4287, 4.2.6 (atom:id is an IRI)", "the id", n.first(atomSpace, "id").text)
	for _, name := range []string{"title", "subtitle", "summary", "rights"} {
		for _, c := range n.all(atomSpace, name) {
			f.atomText("RFC 4287, 3.1 (text constructs)", c)
		}
	}
	for _, name := range []string{"updated", "published"} {
		for _, d := range n.all(atomSpace, name) {
			f.date3339("RFC 4287, 3.3 (dates)", "<"+name+">", d.text)
		}
	}
	for _, who := range append(n.all(atomSpace, "author"), n.all(atomSpace, "contributor")...) {
		f.count("RFC 4287, 3.2 (persons)", who, atomSpace, "name", 1)
		f.count("RFC 4287, 3.2 (persons)", who, atomSpace, "uri", 0)
		f.count("RFC 4287, 3.2 (persons)", who, atomSpace, "email", 0)
		for _, uri := range who.all(atomSpace, "uri") {
			f.iri("RFC 4287, 3.2 (persons)", "the uri", uri.text)
		}
	}
	for _, c := range n.all(atomSpace, "category") {
		if c.attr("", "term") == "" {
			f.add("RFC 4287, 4.2.2 (atom:category)", "one has no term")
		}
		if scheme := c.attr("", "scheme"); scheme != "" {
			f.iri("RFC 4287, 4.2.2 (atom:category)", "the scheme", scheme)
		}
		f.plain("RFC 4287, 4.2.2 (atom:category)", "a label", c.attr("", "term")+c.attr("", "label"))
	}
	f.atomLinks(rule, n)
}

func (f *faults) atomLinks(rule string, n *node) {
	alternates := map[string]bool{}
	for _, l := range n.all(atomSpace, "link") {
		f.absolute("RFC 4287, 4.2.7 (atom:link)", "its href", l.attr("", "href"))
		if kind := l.attr("", "type"); kind != "" {
			if _, _, err := mime.ParseMediaType(kind); err != nil || !strings.Contains(kind, "/") {
				f.add("RFC 4287, 4.2.7 (atom:link)", "%q is no media type", kind)
			}
		}
		if tag := l.attr("", "hreflang"); tag != "" && !languageTag.MatchString(tag) {
			f.add("RFC 4287, 4.2.7 (atom:link)", "%q is no language", tag)
		}
		if rel := l.attr("", "rel"); rel == "" || rel == "alternate" {
			key := l.attr("", "type") + " " + l.attr("", "hreflang")
			if alternates[key] {
				f.add(rule, "two alternate links have the same type and hreflang")
			}
			alternates[key] = true
		}
	}
}

func (f *faults) atomEntry(e *node, feedHasAuthor bool) {
	const rule = "RFC 4287, 4.1.2 (atom:entry)"
	f.atomKnown(rule, e, atomOfEntry)
	f.atomCommon(rule, e)
	for _, once := range []string{"content", "published", "rights", "source", "summary"} {
		f.count(rule, e, atomSpace, once, 0)
	}
	if !feedHasAuthor && len(e.all(atomSpace, "author")) == 0 {
		f.add("RFC 4287, 4.1.1 (author)", "neither the feed nor the entry has one")
	}
	content := e.all(atomSpace, "content")
	if len(content) == 0 && relations(e)["alternate"] == 0 {
		f.add(rule, "an entry has neither content nor an alternate link")
	}
	for _, c := range content {
		if c.attr("", "src") != "" {
			f.count(rule+", content elsewhere wants a summary", e, atomSpace, "summary", 1)
			continue
		}
		f.atomText("RFC 4287, 4.1.3 (atom:content)", c)
	}
	for rel := range relations(e) {
		if slices.Contains([]string{"first", "previous", "next", "last"}, rel) {
			f.add("RFC 5005, 3 (paged feeds)", "an entry has a link to the %s page", rel)
		}
	}
}

// atomText holds a text to its type.
func (f *faults) atomText(rule string, n *node) {
	what := "<" + n.name.Local + ">"
	switch kind := n.attr("", "type"); kind {
	case "", "text":
		if len(n.children) > 0 {
			f.add(rule, "%s of type text has child elements", what)
		}
		f.plain(rule, what, n.text)
	case "html":
		if len(n.children) > 0 {
			f.add(rule, "%s of type html has child elements, which should be escaped", what)
		}
		f.content(rule, what, n.text)
	case "xhtml":
		if len(n.children) != 1 || n.children[0].name.Space != xhtmlSpace || n.children[0].name.Local != "div" {
			f.add(rule, "%s of type xhtml is not one xhtml:div", what)
		}
		f.content(rule, what, n.raw)
	default:
		f.add(rule, "%s has the type %q", what, kind)
	}
}
