// Package sheet reads the bytes of a list, a workbook or the HTML table that
// ICE's page once held, into a roster. It reads columns by their names, mends
// misprints that have one sensible reading, and reports every cell that it
// could not read. No row is dropped in silence: a file that breaks off, or of
// which a part is damaged, is refused whole.
package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// ErrNoList says that the bytes are a sound workbook or page, but no list of
// agencies: its columns are other ones.
var ErrNoList = errors.New("no sheet has the columns of a list (STATE, LAW ENFORCEMENT AGENCY, SUPPORT TYPE)")

// ErrBroken says that the bytes are no readable workbook or page.
var ErrBroken = errors.New("not a readable workbook")

// table is one sheet or HTML table as text, before its columns are known.
type table struct {
	name     string
	rows     []line // without those that are empty
	date1904 bool   // its days are counted from 1904
}

// line is one row of a table.
type line struct {
	number int // in the sheet, from 1
	cells  []cell
}

// cell is a cell's raw text and the address of its hyperlink.
type cell struct {
	column     int // in the sheet, from 1
	text, link string
}

// Read reads a list. published tells which signing dates make sense. The error
// is ErrNoList or ErrBroken, wrapped with what is wrong.
func Read(body []byte, published time.Time) (roster.Roster, error) {
	if len(body) > MaxBytes {
		return roster.Roster{}, fmt.Errorf("%w: %d bytes, more than the %d that a list can have", ErrBroken, len(body), MaxBytes)
	}
	tables, err := tables(body)
	if err != nil {
		return roster.Roster{}, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return largest(tables, published)
}

func tables(body []byte) ([]table, error) {
	switch start := bytes.TrimLeft(body, "\ufeff \t\r\n"); {
	case bytes.HasPrefix(start, []byte("PK")):
		return workbook(body)
	case bytes.HasPrefix(start, []byte("<")):
		return page(body)
	case len(start) == 0:
		return nil, errors.New("the file is empty")
	}
	return nil, errors.New("it starts like neither a workbook nor a page")
}

// largest reads the tables that are lists and returns the one with the most
// rows; the others are reported, since what they hold is not looked at.
func largest(tables []table, published time.Time) (roster.Roster, error) {
	var best roster.Roster
	var others []roster.Problem
	found := ""
	for _, t := range tables {
		header, ok := findHeader(t)
		if !ok {
			continue
		}
		r, name := readTable(t, header, published), t.name
		if found == "" {
			best, found = r, name
			continue
		}
		if len(r.Rows) > len(best.Rows) {
			best, found, r, name = r, name, best, found
		}
		if len(r.Rows) > 0 {
			others = append(others, roster.Problem{Row: 1, Column: "sheet", Raw: kept(name),
				Why: fmt.Sprintf("is one of several lists in one file; the smaller one, of %d rows, is not read", len(r.Rows))})
		}
	}
	if found == "" {
		return roster.Roster{}, ErrNoList
	}
	best.Problems = append(best.Problems, others...)
	return best, nil
}
