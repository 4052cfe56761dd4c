// Package tables reads a workbook, or the tables of an HTML page, as rows of text
// with hyperlinks. It knows nothing of what a list is. A file that breaks off, or
// of which a part is damaged or larger than any list's, is refused whole.
package tables

import (
	"bytes"
	"errors"
)

// Table is one sheet of a workbook, or one table of a page.
type Table struct {
	Name     string
	Rows     []Row // without those that are empty
	Date1904 bool  // its days are counted from 1904
	Hidden   bool  // from whoever opens the file
	Web      bool  // it is a table of a page
}

// Row is one row of a table.
type Row struct {
	Number int // in the table, from 1
	Cells  []Cell
}

// Cell is a cell's raw text and the address of its hyperlink.
type Cell struct {
	Column     int // in the table, from 1
	Text, Link string
	More       *More // nil for nearly all
}

// More is what few cells have, all of them of pages.
type More struct {
	Wide     bool     // it stands across several columns, the first of which is the cell's
	LinkText string   // of the cell's link, where it has others
	Others   []Anchor // the links behind that one
}

// Anchors returns a cell's links with their texts, where it has several; nil where it has
// one or none.
func (c Cell) Anchors() []Anchor {
	if c.More == nil || len(c.More.Others) == 0 {
		return nil
	}
	return append([]Anchor{{c.More.LinkText, c.Link}}, c.More.Others...)
}

// Anchor is a hyperlink with its text.
type Anchor struct{ Text, Link string }

// Read reads every table of a file. The error says why the bytes are neither a
// whole workbook nor a whole page.
func Read(body []byte) ([]Table, error) {
	switch start := bytes.TrimLeft(body, "\ufeff \t\r\n"); {
	case bytes.HasPrefix(start, []byte("PK")):
		return workbook(body)
	case bytes.HasPrefix(start, []byte("<")):
		return page(body)
	case len(start) == 0:
		return nil, errors.New("the file is empty")
	}
	return nil, errors.New("it is neither a workbook nor a page")
}
