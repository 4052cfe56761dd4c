package scraper

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"
)

const (
	maxText  = 4 << 10 // bytes of the text of one link, heading or cell; more is cut off
	maxDepth = 64      // tables within each other; one that is deeper is no list
)

// source is what is needed of a web page. It is read from tag to tag, since a
// tree of them can take a hundred times the page's memory.
type source struct {
	body    []byte // in UTF-8
	base    string // the address that the links count from; "" for the page's own
	anchors []anchor
	table   []byte // the largest table with a list's header, nil for none
	title   string
	heading string
	visible int // how long the text is that a reader sees, with single spaces
}

// anchor is a link as it stands on a page.
type anchor struct {
	href string
	text string // what a reader takes for it
}

// parsePage reads HTML in whatever encoding it says it is in. What is UTF-8 is
// taken for it, as the rule for pages that do not say so looks at their start
// alone.
func parsePage(a answer) (*source, error) {
	if len(a.body) > maxPage {
		return nil, errTooLarge
	}
	s := &source{body: a.body}
	if !utf8.Valid(a.body) {
		r, err := charset.NewReader(bytes.NewReader(a.body), a.header.Get(contentType))
		if err != nil {
			return nil, err
		}
		if s.body, err = io.ReadAll(r); err != nil {
			return nil, err
		}
	}
	p := pageReader{source: s}
	return s, p.read(html.NewTokenizer(bytes.NewReader(s.body)))
}

// pageReader reads a page.
type pageReader struct {
	*source
	at     int             // where in the body the next tag or text begins
	spaced bool            // the last text ended in a space
	hidden int             // templates around the next text
	within atom.Atom       // the title, heading or script around it, 0 for none
	link   *link           // the link around it, nil for none
	inside strings.Builder // the text of the first heading
	titled bool            // the title has ended
	tables []*openTable    // within each other
	deeper int             // tables that are too deep to be looked at
	most   int             // rows of the table that is kept
}

// link is an anchor whose end has not come yet.
type link struct {
	anchor
	inside            strings.Builder
	label, title, alt string
}

func (p *pageReader) read(z *html.Tokenizer) error {
	for {
		kind := z.Next()
		begin := p.at
		p.at += len(z.Raw())
		switch kind {
		case html.ErrorToken:
			p.endLink()
			for len(p.tables) > 0 { // its reader will say that the page breaks off
				p.endTable(len(p.body))
			}
			if err := z.Err(); !errors.Is(err, io.EOF) {
				return err
			}
			return nil
		case html.StartTagToken, html.SelfClosingTagToken:
			name, hasAttr := z.TagName()
			tag := atom.Lookup(name)
			var attrs map[string]string
			if tag == atom.A || tag == atom.Base || tag == atom.Img {
				attrs = attributes(z, hasAttr)
			}
			p.start(tag, begin, attrs)
		case html.EndTagToken:
			name, _ := z.TagName()
			p.end(atom.Lookup(name))
		case html.TextToken:
			p.text(z.Text())
		}
	}
}

// attributes returns those of a tag that anything here looks at, which the first
// of a name decides.
func attributes(z *html.Tokenizer, more bool) map[string]string {
	var found map[string]string
	for more {
		var name, value []byte
		name, value, more = z.TagAttr()
		switch key := string(name); key {
		case "href", "aria-label", "title", "alt":
			if _, known := found[key]; known {
				continue
			}
			if found == nil {
				found = map[string]string{}
			}
			found[key] = string(value)
		}
	}
	return found
}

func (p *pageReader) start(tag atom.Atom, begin int, attrs map[string]string) {
	switch tag {
	case atom.Base:
		if href, ok := attrs["href"]; ok && p.base == "" {
			p.base = href
		}
	case atom.A:
		p.endLink()
		if href, ok := attrs["href"]; ok {
			p.link = &link{anchor: anchor{href: href}, label: attrs["aria-label"], title: attrs["title"]}
		}
	case atom.Img:
		if alt, ok := attrs["alt"]; ok && p.link != nil && p.link.alt == "" {
			p.link.alt = alt
		}
	case atom.Template:
		p.hidden++
	case atom.Table, atom.Tr, atom.Td, atom.Th:
		p.endLink()
		p.startOfTable(tag, begin)
	case atom.Title, atom.H1, atom.Script, atom.Style, atom.Noscript:
		p.within = tag
	}
}

func (p *pageReader) end(tag atom.Atom) {
	switch tag {
	case atom.A:
		p.endLink()
	case atom.Template:
		p.hidden = max(0, p.hidden-1)
	case atom.Table, atom.Tr, atom.Td, atom.Th:
		p.endLink()
		p.endOfTable(tag)
	case p.within:
		if tag == atom.H1 && p.heading == "" {
			p.heading = p.inside.String()
		}
		p.titled = p.titled || tag == atom.Title
		p.within = 0
	}
}

func (p *pageReader) endLink() {
	l := p.link
	if l == nil {
		return
	}
	for _, text := range []string{l.inside.String(), l.label, l.title, l.alt} {
		if text = tidy(text); text != "" {
			l.text = text
			break
		}
	}
	p.anchors = append(p.anchors, l.anchor)
	p.link = nil
}

// text takes in what stands between two tags.
func (p *pageReader) text(text []byte) {
	switch p.within {
	case atom.Title:
		if !p.titled {
			p.title = string(text[:min(len(text), maxText)])
		}
		return
	case atom.Script, atom.Style, atom.Noscript:
		return
	case atom.H1:
		appendText(&p.inside, text)
	}
	if p.link != nil {
		appendText(&p.link.inside, text)
	}
	if t := p.innermost(); t != nil && t.cells != nil {
		appendText(&t.cell, text)
	}
	if p.hidden == 0 && p.visible <= maxBlockText {
		p.count(text)
	}
}

// appendText appends as much of a text as anything here looks at.
func appendText(b *strings.Builder, text []byte) {
	b.Write(text[:min(len(text), max(0, maxText-b.Len()))])
}

// count counts the bytes of a text, and each run of spaces as one.
func (p *pageReader) count(text []byte) {
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		text = text[size:]
		switch {
		case unicode.IsSpace(r):
			p.spaced = true
			continue
		case p.spaced && p.visible > 0:
			p.visible++
		}
		p.spaced = false
		p.visible += size
	}
}
