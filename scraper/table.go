package scraper

import (
	"strings"

	"golang.org/x/net/html/atom"
)

// headerDepth is how far down in a table its header is looked for.
const headerDepth = 10

// openTable is a table whose end has not come yet.
type openTable struct {
	begin int // in the page's body
	rows  int
	list  bool            // it has a list's header
	cells map[string]bool // of the row that is read, while a header can still come; nil outside of rows
	cell  strings.Builder
}

// innermost returns the table around the next tag, nil outside of tables.
func (p *pageReader) innermost() *openTable {
	if len(p.tables) == 0 || p.deeper > 0 {
		return nil
	}
	return p.tables[len(p.tables)-1]
}

// startOfTable takes in the beginning of a table, or of a part of one.
func (p *pageReader) startOfTable(tag atom.Atom, begin int) {
	t := p.innermost()
	switch {
	case tag == atom.Table && len(p.tables) == maxDepth:
		p.deeper++
	case tag == atom.Table:
		p.tables = append(p.tables, &openTable{begin: begin})
	case t == nil:
	case tag == atom.Tr:
		t.endRow()
		if t.rows++; !t.list && t.rows <= headerDepth {
			t.cells = map[string]bool{}
		}
	default:
		t.endCell()
	}
}

// endOfTable takes in the end of a table, or of a part of one.
func (p *pageReader) endOfTable(tag atom.Atom) {
	t := p.innermost()
	switch {
	case tag == atom.Table && p.deeper > 0:
		p.deeper--
	case t == nil:
	case tag == atom.Table:
		p.endTable(p.at)
	case tag == atom.Tr:
		t.endRow()
	default:
		t.endCell()
	}
}

// endTable keeps the innermost table, which ends there, if it is the largest list
// so far.
func (p *pageReader) endTable(end int) {
	p.deeper = 0
	t := p.innermost()
	t.endRow()
	if t.list && t.rows > p.most {
		p.table, p.most = p.body[t.begin:end:end], t.rows
	}
	p.tables = p.tables[:len(p.tables)-1]
}

func (t *openTable) endCell() {
	if t.cells != nil && t.cell.Len() > 0 && len(t.cells) < maxDepth {
		t.cells[strings.ToUpper(tidy(t.cell.String()))] = true
	}
	t.cell.Reset()
}

func (t *openTable) endRow() {
	t.endCell()
	t.list = t.list || t.cells["STATE"] && t.cells["LAW ENFORCEMENT AGENCY"] && t.cells["SUPPORT TYPE"]
	t.cells = nil
}
