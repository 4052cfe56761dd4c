package scraper

import (
	"bytes"
	"errors"
	"io"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	maxTags  = 100_000 // of a page, of those that are looked at; ICE's has 1,000
	maxDepth = 64      // tables within each other; what is deeper is not a list
	maxAttr  = 4 << 10 // bytes of an attribute; a longer one is left out
)

var errTooManyTags = errors.New("it has far more links and cells than ICE's page")

// trimmed is a page without the tags, attributes and comments that nothing here
// looks at. A tree of a whole page can take a hundred times its memory, because
// each element that formats text and is not closed is opened anew in every
// paragraph; a tree of what is left cannot.
func trimmed(page io.Reader) ([]byte, error) {
	t := trimmer{}
	z := html.NewTokenizer(page)
	for {
		kind := z.Next()
		switch kind {
		case html.ErrorToken:
			if err := z.Err(); !errors.Is(err, io.EOF) {
				return nil, err
			}
			return t.out.Bytes(), nil
		case html.TextToken:
			if t.silent == 0 && t.templates == 0 {
				t.out.WriteString(html.EscapeString(string(z.Text())))
			}
			t.silent = 0
		case html.StartTagToken, html.SelfClosingTagToken:
			t.start(z)
		case html.EndTagToken:
			name, _ := z.TagName()
			t.end(atom.Lookup(name))
		}
		if t.tags > maxTags {
			return nil, errTooManyTags
		}
	}
}

type trimmer struct {
	out       bytes.Buffer
	tags      int
	tables    int       // around the next tag
	templates int       // around the next tag
	silent    atom.Atom // the script or the like whose text comes next, 0 for none
}

func (t *trimmer) start(z *html.Tokenizer) {
	name, more := z.TagName()
	tag := atom.Lookup(name)
	switch tag {
	case atom.Script, atom.Style, atom.Noscript, atom.Iframe, atom.Noembed, atom.Noframes, atom.Textarea, atom.Xmp:
		t.silent = tag
		return
	case atom.Template:
		t.templates++
		return
	case atom.Table:
		t.tables++
	}
	if t.templates > 0 || t.tables > maxDepth {
		return
	}
	if !wanted(tag) {
		if breaks(tag) {
			t.out.WriteByte(' ')
		}
		return
	}
	t.tags++
	t.out.WriteString("<" + tag.String())
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		switch string(key) {
		case "href", "aria-label", "title", "alt":
			if len(value) <= maxAttr {
				t.out.WriteString(" " + string(key) + `="` + html.EscapeString(string(value)) + `"`)
			}
		}
	}
	t.out.WriteByte('>')
}

func (t *trimmer) end(tag atom.Atom) {
	deep := t.tables > maxDepth
	switch {
	case tag == atom.Template && t.templates > 0:
		t.templates--
		return
	case tag == atom.Table && t.tables > 0:
		t.tables--
	}
	switch {
	case t.templates > 0 || deep:
	case wanted(tag):
		t.tags++
		t.out.WriteString("</" + tag.String() + ">")
	case breaks(tag):
		t.out.WriteByte(' ')
	}
}

// wanted says whether this package looks at a tag.
func wanted(tag atom.Atom) bool {
	switch tag {
	case atom.Base, atom.A, atom.Img, atom.Title, atom.H1, atom.Body,
		atom.Table, atom.Thead, atom.Tbody, atom.Tfoot, atom.Tr, atom.Th, atom.Td:
		return true
	}
	return false
}

// breaks says whether a tag separates the words before it from those after it.
func breaks(tag atom.Atom) bool {
	switch tag {
	case atom.Br, atom.P, atom.Div, atom.Li, atom.Ul, atom.Ol, atom.H2, atom.H3, atom.H4, atom.Hr, atom.Option, atom.Section, atom.Dt, atom.Dd:
		return true
	}
	return false
}
