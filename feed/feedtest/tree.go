package feedtest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// node is an element of an XML document.
type node struct {
	name     xml.Name
	attrs    []xml.Attr
	children []*node
	text     string // its own, without its children's
	raw      string // what stands between its tags, as printed
}

// attr is an attribute's value, "" where there is none.
func (n *node) attr(space, local string) string {
	for _, a := range n.attrs {
		if a.Name.Space == space && a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// all are the children of a name.
func (n *node) all(space, local string) []*node {
	var found []*node
	for _, c := range n.children {
		if c.name.Space == space && c.name.Local == local {
			found = append(found, c)
		}
	}
	return found
}

// first is the first child of a name, an empty node where there is none.
func (n *node) first(space, local string) *node {
	if all := n.all(space, local); len(all) > 0 {
		return all[0]
	}
	return &node{}
}

// value is an element's text without the blanks around it.
func (n *node) value() string { return strings.TrimSpace(n.text) }

// parse reads a document of XML 1.0 in UTF-8, without a document type.
func parse(body []byte) (*node, error) {
	if !utf8.Valid(body) {
		return nil, errors.New("it is not UTF-8")
	}
	dec := xml.NewDecoder(bytes.NewReader(body))
	var (
		open   []*node
		starts []int64
		root   *node
	)
	for {
		before := dec.InputOffset()
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("it is not well-formed: %w", err)
		}
		switch tok := token.(type) {
		case xml.StartElement:
			n := &node{name: tok.Name, attrs: tok.Copy().Attr}
			switch {
			case len(open) > 0:
				parent := open[len(open)-1]
				parent.children = append(parent.children, n)
			case root != nil:
				return nil, errors.New("it has two roots")
			default:
				root = n
			}
			open, starts = append(open, n), append(starts, dec.InputOffset())
		case xml.EndElement:
			last := len(open) - 1
			open[last].raw = string(body[starts[last]:max(starts[last], before)])
			open, starts = open[:last], starts[:last]
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].text += string(tok)
			} else if strings.TrimSpace(string(tok)) != "" {
				return nil, errors.New("it has text outside of its root")
			}
		case xml.Directive:
			return nil, errors.New("it has a document type")
		}
	}
	if root == nil {
		return nil, errors.New("it has no root")
	}
	return root, nil
}

// count wants a child once, or, where it is no required one, at most once.
func (f *faults) count(rule string, n *node, space, local string, least int) {
	switch got := len(n.all(space, local)); {
	case got < least:
		f.add(rule, "<%s> has no <%s>", n.name.Local, local)
	case got > 1:
		f.add(rule, "<%s> has %d of <%s>", n.name.Local, got, local)
	}
}

// paging holds a feed's links to the rules of RFC 5005, section 3.
func (f *faults) paging(links []*node) {
	const rule = "RFC 5005, 3 (paged feeds)"
	seen := map[string]int{}
	self := ""
	for _, l := range links {
		seen[l.attr("", "rel")]++
		if l.attr("", "rel") == "self" {
			self = l.attr("", "href")
		}
	}
	for _, l := range links {
		rel := l.attr("", "rel")
		switch rel {
		case "first", "previous", "next", "last":
		default:
			continue
		}
		f.absolute(rule, "the link to the "+rel+" page", l.attr("", "href"))
		if seen[rel] > 1 {
			f.add(rule, "there is more than one link to the %s page", rel)
		}
		if (rel == "next" || rel == "previous") && l.attr("", "href") == self {
			f.add(rule, "the %s page is the page itself", rel)
		}
	}
}
