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
}

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
