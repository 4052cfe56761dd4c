// Package sheet reads the bytes of a file, a workbook or the HTML table that
// ICE's page once held, into a roster for each list in it. It reads columns by
// their names, corrects misprints that have one sensible reading, and reports
// every cell that it could not read. No row is dropped in silence: a file that is
// cut off, or has a damaged part, is refused as a whole.
package sheet

import (
	"errors"
	"fmt"
	"time"

	"github.com/watch287g/watch287g/internal/tables"
	"github.com/watch287g/watch287g/roster"
)

// ErrNoList says that the bytes are a sound workbook or page, but not a list of
// agencies: it has other columns.
var ErrNoList = errors.New("no sheet has the columns of a list (STATE, LAW ENFORCEMENT AGENCY, SUPPORT TYPE)")

// ErrBroken says that the bytes are not a readable workbook or page.
var ErrBroken = errors.New("not a readable workbook")

// Limits that no list of ICE's comes near: one of 2,500 agreements has 0.4 MB.
// They bound what a hostile or broken file can cost, together with those of the
// package that unpacks it.
const (
	MaxBytes = 8 << 20 // of a file
	maxCell  = 500     // characters of a name; a longer one is not a name
)

// Read reads the lists that a file holds: usually one, and at most one of each of
// ICE's two, the participating list first. published limits which signing dates
// make sense. A list without rows beside one with rows may be only a template;
// what to make of it is up to the caller. The error is ErrNoList or
// ErrBroken, wrapped with what is wrong.
func Read(body []byte, published time.Time) ([]roster.Roster, error) {
	if len(body) > MaxBytes {
		return nil, fmt.Errorf("%w: %d bytes, more than the %d that a list can have", ErrBroken, len(body), MaxBytes)
	}
	found, err := tables.Read(body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return lists(found, published)
}

// listTable is a table with a list's columns.
type listTable struct {
	tables.Table
	header
}

// lists reads the tables that are lists. Of several that are the same list the one
// with the most rows counts; the others are not read, and that is reported. So is a
// list on a hidden sheet, which ICE does not show to anyone, unless it is the only
// one.
func lists(all []tables.Table, published time.Time) ([]roster.Roster, error) {
	var shown, hidden []listTable
	for _, t := range all {
		if h, ok := findHeader(t); ok && t.Hidden {
			hidden = append(hidden, listTable{t, h})
		} else if ok {
			shown = append(shown, listTable{t, h})
		}
	}
	if len(shown) == 0 {
		shown, hidden = hidden, nil
	}
	found := largest(pageLists(shown), published)
	if len(found) == 0 {
		return nil, ErrNoList
	}
	for _, t := range hidden {
		found[0].Problems = append(found[0].Problems, problem(1, "sheet", t.Name, "hidden"))
	}
	return found, nil
}

// largest reads tables and returns the one of each list that has the most rows.
func largest(all []listTable, published time.Time) []roster.Roster {
	best, names := map[roster.List]roster.Roster{}, map[roster.List]string{}
	others := map[roster.List][]roster.Problem{}
	for _, t := range all {
		for _, r := range readTable(t.Table, t.header, published) {
			list, name := r.List, t.Name
			if _, found := best[list]; !found || len(r.Rows) > len(best[list].Rows) {
				best[list], r = r, best[list]
				names[list], name = name, names[list]
			}
			if n := len(r.Rows); n > 0 {
				others[list] = append(others[list], problem(1, "sheet", name, "smaller", "list", list, "n", n))
			}
		}
	}
	var found []roster.Roster
	for _, list := range roster.Lists() {
		if r, ok := best[list]; ok {
			r.Problems = append(r.Problems, others[list]...)
			found = append(found, r)
		}
	}
	return found
}
