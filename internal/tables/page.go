package tables

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// page reads every table of an HTML page as text with hyperlinks: until
// February 2025 the list of participating agencies was one. It goes from tag to
// tag, since a tree of them can take forty times the page's memory.
func page(body []byte) ([]Table, error) {
	z := html.NewTokenizer(bytes.NewReader(body))
	z.SetMaxBuf(4 * maxTag) // a script can be long
	p := pageReader{left: newAllowance()}
	for {
		var err error
		switch z.Next() {
		case html.ErrorToken:
			if err := z.Err(); !errors.Is(err, io.EOF) {
				return nil, err
			}
			if len(p.open) > 0 {
				return nil, errors.New("it breaks off within a table")
			}
			return p.found, nil
		case html.StartTagToken, html.SelfClosingTagToken:
			err = p.start(z)
		case html.EndTagToken:
			name, _ := z.TagName()
			err = p.end(atom.Lookup(name))
		case html.TextToken:
			p.text(z)
		}
		if err != nil {
			return nil, err
		}
	}
}

// pageReader collects the tables of a page.
type pageReader struct {
	found []Table
	open  []*openTable // within each other, as tables that lay a page out are
	skip  bool         // the text of a script is not shown
	left  *allowance
}

// openTable is a table whose end has not come yet.
type openTable struct {
	rows   []Row
	number int // of rows so far
	row    []Cell
	column int  // of the cell that was read last
	within bool // a cell
	cell   Cell
	links  []Anchor // of the cell
	down   int      // rows that the cell stands in
	text   []byte
	anchor int // where the text of its last link begins; -1 outside of links
	raised int // where the text of a superscript begins; -1 outside of those
	deep   map[int]deepCell
}

// deepCell is a cell that stands in rows to come, too.
type deepCell struct {
	Cell
	rows int
}

// table returns the innermost table, nil outside of tables.
func (p *pageReader) table() *openTable {
	if len(p.open) == 0 {
		return nil
	}
	return p.open[len(p.open)-1]
}

func (p *pageReader) start(z *html.Tokenizer) error {
	name, hasAttr := z.TagName()
	tag := atom.Lookup(name)
	p.skip = tag == atom.Script || tag == atom.Style
	t := p.table()
	switch {
	case tag == atom.Table:
		if len(p.open) == maxDepth {
			return fmt.Errorf("more than %d tables stand within each other", maxDepth)
		}
		p.open = append(p.open, &openTable{deep: map[int]deepCell{}})
	case t == nil:
	case tag == atom.Tr:
		return p.closeRow(t)
	case tag == atom.Thead || tag == atom.Tbody || tag == atom.Tfoot:
		err := p.closeRow(t)
		clear(t.deep)
		return err
	case tag == atom.Td || tag == atom.Th:
		if err := p.closeCell(t); err != nil {
			return err
		}
		return p.openCell(t, attributes(z, hasAttr))
	case !t.within:
	case tag == atom.Br || tag == atom.P || tag == atom.Div || tag == atom.Li:
		t.text = append(t.text, '\n')
	case tag == atom.Sup:
		t.raised = len(t.text)
	case tag == atom.A:
		if href := attributes(z, hasAttr)["href"]; href != "" {
			return p.openLink(t, href)
		}
	}
	return nil
}

// attributes reads those of a tag that say anything here.
func attributes(z *html.Tokenizer, more bool) map[string]string {
	found := map[string]string{}
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		switch name := string(key); name {
		case "href", "colspan", "rowspan":
			if _, twice := found[name]; !twice {
				found[name] = string(value)
			}
		}
	}
	return found
}

// Bounds on how far a cell stands across and down.
const (
	maxAcross = 100
	maxDown   = maxRows
)

func span(value string, most int) int {
	n, err := strconv.Atoi(strings.TrimSpace(value))
	if err != nil {
		return 1
	}
	return min(max(n, 1), most)
}

// openCell begins a cell, in the first column that no cell from above stands in.
func (p *pageReader) openCell(t *openTable, attrs map[string]string) error {
	if err := p.fill(t); err != nil {
		return err
	}
	t.within, t.anchor, t.raised = true, -1, -1
	across := span(attrs["colspan"], maxAcross)
	t.cell = Cell{Column: t.column + 1}
	if across > 1 {
		t.cell.More = &More{Wide: true}
	}
	t.down = span(attrs["rowspan"], maxDown)
	t.column += across
	return nil
}

// fill puts the cells from above that come next into the row.
func (p *pageReader) fill(t *openTable) error {
	for {
		c, ok := t.deep[t.column+1]
		if !ok {
			return nil
		}
		t.column++
		if c.rows--; c.rows == 0 {
			delete(t.deep, t.column)
		} else {
			t.deep[t.column] = c
		}
		t.row = append(t.row, c.Cell)
		if err := p.left.item(len(c.Text) + len(c.Link)); err != nil {
			return err
		}
	}
}

func (p *pageReader) openLink(t *openTable, href string) error {
	p.closeLink(t)
	t.links = append(t.links, Anchor{Link: href})
	t.anchor = len(t.text)
	return p.left.item(len(href))
}

func (p *pageReader) closeLink(t *openTable) {
	if t.anchor >= 0 {
		t.links[len(t.links)-1].Text = string(t.text[min(t.anchor, len(t.text)):])
	}
	t.anchor = -1
}

func (p *pageReader) end(tag atom.Atom) error {
	p.skip = false
	t := p.table()
	if t == nil {
		return nil
	}
	switch tag {
	case atom.Td, atom.Th:
		return p.closeCell(t)
	case atom.A:
		p.closeLink(t)
	case atom.Sup:
		if t.raised >= 0 && isMark(string(t.text[t.raised:])) {
			t.text = t.text[:t.raised]
		}
		t.raised = -1
	case atom.Tr:
		return p.closeRow(t)
	case atom.Table:
		if err := p.closeRow(t); err != nil {
			return err
		}
		p.open = p.open[:len(p.open)-1]
		if len(t.rows) > 0 {
			p.found = append(p.found, Table{Name: fmt.Sprintf("table %d", len(p.found)+1), Rows: t.rows, Web: true})
		}
	}
	return nil
}

// isMark says whether a superscript is the mark of a footnote: a sign, a small number or a
// letter, with brackets or without.
func isMark(raised string) bool {
	s := strings.Trim(strings.TrimSpace(raised), "()[],")
	if n, err := strconv.Atoi(s); err == nil {
		return n >= 0 && n < 100
	}
	return len(strings.Trim(s, signs)) == 0 || len(s) == 1
}

// signs are those that mark footnotes.
const signs = "*†‡§¶"

// withoutMarks takes the signs of footnotes off the end of a text.
func withoutMarks(text string) string {
	plain := strings.TrimRight(text, signs+" \t\r\n\u00a0")
	if strings.ContainsAny(text[len(plain):], signs) {
		return plain
	}
	return text
}

func (p *pageReader) text(z *html.Tokenizer) {
	if t := p.table(); t != nil && t.within && !p.skip {
		t.text = append(t.text, z.Text()...)
	}
}

func (p *pageReader) closeCell(t *openTable) error {
	if !t.within {
		return nil
	}
	p.closeLink(t)
	c := t.cell
	c.Text = withoutMarks(string(t.text))
	if len(t.links) > 0 {
		c.Link = t.links[0].Link
	}
	if len(t.links) > 1 {
		if c.More == nil {
			c.More = &More{}
		}
		c.More.LinkText, c.More.Others = t.links[0].Text, slices.Clone(t.links[1:])
	}
	t.row = append(t.row, c)
	if t.down > 1 {
		t.deep[c.Column] = deepCell{c, t.down - 1}
	}
	t.within, t.text, t.links = false, t.text[:0], t.links[:0]
	return p.left.item(len(c.Text) + len(c.Link))
}

// closeRow ends a row; one without cells counts for nothing, since some pages
// leave the end of a row out.
func (p *pageReader) closeRow(t *openTable) error {
	if err := p.closeCell(t); err != nil || len(t.row) == 0 {
		return err
	}
	if err := p.fill(t); err != nil {
		return err
	}
	t.number++
	t.rows = append(t.rows, Row{t.number, t.row})
	t.row, t.column = nil, 0
	return p.left.row()
}
