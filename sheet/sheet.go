// Package sheet reads the bytes of a list, a workbook or the HTML table that
// ICE's page once held, into a roster. It reads columns by their names, mends
// misprints that have one sensible reading, and reports every cell that it
// could not read. No row is dropped in silence.
package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// Limits that no list of ICE's comes near: one of 2,500 agreements has 0.4 MB,
// 3 MB unpacked and 110,000 tags. They bound the memory that a hostile or broken file
// can cost.
const (
	MaxBytes    = 8 << 20  // of a file
	maxUnpacked = 16 << 20 // of all its parts together
	maxTags     = 500_000  // of one part
	maxRows     = 20_000   // of one sheet, blank ones included
	maxCell     = 500      // characters of a name; a longer one is no name
)

// ErrNoList says that the bytes are a sound workbook or page, but no list of
// agencies: its columns are other ones.
var ErrNoList = errors.New("no sheet has the columns of a list (STATE, LAW ENFORCEMENT AGENCY, SUPPORT TYPE)")

// ErrBroken says that the bytes are no readable workbook or page.
var ErrBroken = errors.New("not a readable workbook")

// table is one sheet or HTML table as text, before its columns are known.
type table struct {
	name string
	rows []line
}

// line is one row of a table.
type line struct {
	number int // in the sheet, from 1
	cells  []cell
}

// cell is a cell's raw text and the address of its hyperlink.
type cell struct{ text, link string }

// Read reads a list. published tells which signing dates make sense. The error
// is ErrNoList or ErrBroken, wrapped with what is wrong.
func Read(body []byte, published time.Time) (roster.Roster, error) {
	if len(body) > MaxBytes {
		return roster.Roster{}, fmt.Errorf("%w: %d bytes, more than the %d that a list can have", ErrBroken, len(body), MaxBytes)
	}
	tables, err := tables(body)
	if err != nil {
		return roster.Roster{}, err
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
		return nil, fmt.Errorf("%w: the file is empty", ErrBroken)
	}
	return nil, fmt.Errorf("%w: it starts like neither a workbook nor a page", ErrBroken)
}

// largest reads the tables that are lists and returns the one with the most
// rows; the others are reported, since what they hold is not looked at.
func largest(tables []table, published time.Time) (roster.Roster, error) {
	var best roster.Roster
	var others []roster.Problem
	found := false
	for _, t := range tables {
		header, ok := findHeader(t)
		if !ok {
			continue
		}
		r := readTable(t, header, published)
		if found {
			smaller := r
			if len(r.Rows) > len(best.Rows) {
				smaller, best = best, r
			}
			if len(smaller.Rows) > 0 {
				others = append(others, roster.Problem{Row: 1, Column: "sheet", Raw: t.name,
					Why: fmt.Sprintf("is one of several lists in one file; the smaller one, of %d rows, is not read", len(smaller.Rows))})
			}
			continue
		}
		best, found = r, true
	}
	if !found {
		return roster.Roster{}, ErrNoList
	}
	best.Problems = append(best.Problems, others...)
	return best, nil
}
