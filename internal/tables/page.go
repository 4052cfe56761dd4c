package tables

import (
	"bytes"
	"errors"
	"fmt"
	"io"

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
	within bool // a cell
	text   []byte
	link   string
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
		p.open = append(p.open, &openTable{})
	case t == nil:
	case tag == atom.Tr:
		return p.closeRow(t)
	case tag == atom.Td || tag == atom.Th:
		err := p.closeCell(t)
		t.within = true
		return err
	case tag == atom.Br || tag == atom.P || tag == atom.Div || tag == atom.Li:
		t.text = append(t.text, ' ')
	case tag == atom.A && t.link == "":
		for hasAttr {
			var key, value []byte
			if key, value, hasAttr = z.TagAttr(); string(key) == "href" && t.within {
				t.link = string(value)
			}
		}
	}
	return nil
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
	case atom.Tr:
		return p.closeRow(t)
	case atom.Table:
		if err := p.closeRow(t); err != nil {
			return err
		}
		p.open = p.open[:len(p.open)-1]
		if len(t.rows) > 0 {
			p.found = append(p.found, Table{Name: fmt.Sprintf("table %d", len(p.found)+1), Rows: t.rows})
		}
	}
	return nil
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
	t.row = append(t.row, Cell{Column: len(t.row) + 1, Text: string(t.text), Link: t.link})
	err := p.left.item(len(t.text) + len(t.link))
	t.within, t.text, t.link = false, t.text[:0], ""
	return err
}

// closeRow ends a row; one without cells counts for nothing, since some pages
// leave the end of a row out.
func (p *pageReader) closeRow(t *openTable) error {
	if err := p.closeCell(t); err != nil || len(t.row) == 0 {
		return err
	}
	t.number++
	t.rows = append(t.rows, Row{t.number, t.row})
	t.row = nil
	return p.left.row()
}
