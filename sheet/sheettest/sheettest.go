// Package sheettest makes workbooks for tests: lists as ICE prints them, and odd
// ones. The same input gives the same bytes. It writes the few parts of a
// workbook itself: tests want cells that a library does not write, and the one
// at hand takes a time that grows with the square of the number of links.
package sheettest

import (
	"fmt"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// Row is one row of a list, with its cells as ICE prints them.
type Row struct {
	State, Agency, Type, County, Model string
	Signed                             string // digits alone are written as a number, a day of Excel's calendar
	MOA, Addendum                      string // an address, printed as "link"; or "text:" and what is printed without one
}

// The headings of ICE's lists since March 2025.
const (
	State    = "STATE"
	Agency   = "LAW ENFORCEMENT AGENCY"
	Type     = "TYPE"
	County   = "COUNTY"
	Model    = "SUPPORT TYPE"
	Signed   = "SIGNED"
	MOA      = "MOA"
	Addendum = "ADDENDUM"
)

// ParticipatingColumns are the headings of the participating list.
func ParticipatingColumns() []string {
	return []string{State, Agency, Type, County, Model, Signed, MOA, Addendum}
}

// PendingColumns are the headings of the pending list.
func PendingColumns() []string {
	return []string{State, Agency, Type, County, Model, MOA, Addendum}
}

// Participating returns a workbook with the participating list.
func Participating(rows ...Row) []byte {
	return Book{Sheets: []Sheet{{Rows: List(ParticipatingColumns(), rows...)}}}.Bytes()
}

// Pending returns a workbook with the pending list.
func Pending(rows ...Row) []byte {
	return Book{Sheets: []Sheet{{Rows: List(PendingColumns(), rows...)}}}.Bytes()
}

// List lays rows out under the headings, of which one that is none of ICE's
// stands over empty cells. What it returns can be bent further.
func List(columns []string, rows ...Row) [][]Cell {
	heading := make([]Cell, len(columns))
	for i, column := range columns {
		heading[i] = Text(column)
	}
	lines := [][]Cell{heading}
	for _, r := range rows {
		line := make([]Cell, len(columns))
		for i, column := range columns {
			line[i] = r.cell(column)
		}
		lines = append(lines, line)
	}
	return lines
}

func (r Row) cell(column string) Cell {
	switch column {
	case State:
		return Text(r.State)
	case Agency:
		return Text(r.Agency)
	case Type:
		return Text(r.Type)
	case County:
		return Text(r.County)
	case Model:
		return Text(r.Model)
	case Signed:
		if r.Signed != "" && strings.Trim(r.Signed, "0123456789") == "" {
			return Number(r.Signed)
		}
		return Text(r.Signed)
	case MOA:
		return document(r.MOA)
	case Addendum:
		return document(r.Addendum)
	}
	return Cell{}
}

func document(s string) Cell {
	if text, printed := strings.CutPrefix(s, "text:"); printed || s == "" {
		return Text(text)
	}
	return Link("link", s)
}

// Sample returns n rows of made-up agencies in turn through the states, models
// and kinds of agency. No two rows name the same agency.
func Sample(n int) []Row {
	kinds := []struct{ agency, county, kind string }{
		{"Sample%d County Sheriff’s Office ", "Sample%d County", "County"},
		{"Sampleton%d Police Department", "Sample%d County\u00a0", "Municipality"},
		{"Sample Department of Number %d", "", "State Agency"},
	}
	states, models := roster.States(), roster.Models()
	rows := make([]Row, n)
	for i := range rows {
		kind := kinds[i%len(kinds)]
		rows[i] = Row{
			State:  strings.ToUpper(states[i%len(states)].Name()),
			Agency: fmt.Sprintf(kind.agency, i),
			Type:   kind.kind,
			Model:  models[(i/len(kinds))%len(models)].Name(),
			Signed: fmt.Sprint(45000 + i%600), // before any list of the tests
			MOA:    fmt.Sprintf("https://www.ice.gov/doclib/287gMOA/Sample%d_MOA.pdf", i),
		}
		if kind.county != "" {
			rows[i].County = fmt.Sprintf(kind.county, i)
		}
		if i%7 == 0 {
			rows[i].Addendum = fmt.Sprintf("https://www.ice.gov/doclib/287gMOA/Sample%d_Addendum.pdf", i)
		}
	}
	return rows
}
