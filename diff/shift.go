package diff

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// A column is shifted where rows carry the values of their neighbors: so many of
// a state's rows, and no fewer of them than carry another value of their own.
const minShifted = 4

// shift is a column of a state whose cells are a row too high or too low.
type shift struct {
	state  roster.State
	column string
	rows   int
}

func (s shift) sentence() string {
	return fmt.Sprintf("In %s, %d rows have the %s that the row beside them had: the column looks shifted by a row.", prose.English.InSentence(s.state), s.rows, s.column)
}

// shifts finds the columns in which the rows of a state have moved against their
// names. It goes by names and models alone, since the other columns are in doubt.
func shifts(records []*roster.Record, rows []roster.Row) []shift {
	if len(records) == 0 {
		return nil
	}
	known := map[string]*roster.Record{}
	for _, r := range records {
		now := r.Now()
		key := rowKey(roster.Row{State: now.State, Agency: now.Agency, Model: now.Model})
		if _, twice := known[key]; twice {
			known[key] = nil
		} else {
			known[key] = r
		}
	}
	byState, seen := map[roster.State][]shifting{}, map[string]bool{}
	for _, row := range rows {
		key := rowKey(row)
		s := shifting{row: row}
		if !seen[key] {
			s.record = known[key]
		}
		seen[key] = true
		byState[row.State] = append(byState[row.State], s)
	}
	var found []shift
	for _, state := range slices.Sorted(maps.Keys(byState)) {
		block := byState[state]
		slices.SortStableFunc(block, func(a, b shifting) int { return cmp.Compare(a.row.Number, b.row.Number) })
		for _, c := range shiftable() {
			if n := shiftedRows(block, c); n >= minShifted {
				found = append(found, shift{state, c.name, n})
			}
		}
	}
	return found
}

// moved counts the rows that have a new value in a column that can be shifted, or
// that match nothing known.
func (l *linker) moved() int {
	n := len(l.records) + len(l.rows)
	for _, p := range l.pairs {
		was, is := &p.record.Last().Agreement, &p.listed.printed
		if was.Signed != is.Signed || was.MOA != is.MOA || was.Addendum != is.Addendum || was.County != is.County {
			n++
		}
	}
	return n
}

// shifting is a row with the record that its name and model identify, nil where
// there is none.
type shifting struct {
	row    roster.Row
	record *roster.Record
}

// shiftColumn is a column whose cells can be shifted.
type shiftColumn struct {
	name string
	was  func(roster.Agreement) string
	is   func(roster.Row) string
}

func shiftable() []shiftColumn {
	return []shiftColumn{
		{"signing date", func(a roster.Agreement) string { return string(a.Signed) }, func(r roster.Row) string { return string(r.Signed) }},
		{"agreement file", func(a roster.Agreement) string { return documentKey(a.MOA) }, func(r roster.Row) string { return documentKey(r.MOA) }},
		{"addendum file", func(a roster.Agreement) string { return documentKey(a.Addendum) }, func(r roster.Row) string { return documentKey(r.Addendum) }},
		{"county", func(a roster.Agreement) string { return a.County }, func(r roster.Row) string { return r.County }},
	}
}

// shiftedRows counts the rows of a block that have the value which a neighbor
// had, all from the same side. A value that the row's own agreement had before is
// a shift that is mended. Values that are all alike are not a shift.
func shiftedRows(block []shifting, c shiftColumn) int {
	most := 0
	for _, side := range []int{-1, 1} {
		shifted, otherwise, values := 0, 0, map[string]bool{}
		for i, s := range block {
			if s.record == nil {
				continue
			}
			now := c.is(s.row)
			if now == c.was(s.record.Now()) || now == "" {
				continue
			}
			j := i + side
			if j >= 0 && j < len(block) && block[j].record != nil && now == c.was(block[j].record.Now()) && !hadBefore(s.record, c, now) {
				shifted++
				values[now] = true
			} else {
				otherwise++
			}
		}
		if shifted >= otherwise && 2*len(values) >= shifted {
			most = max(most, shifted)
		}
	}
	return most
}

func hadBefore(r *roster.Record, c shiftColumn, value string) bool {
	return slices.ContainsFunc(r.Versions, func(v roster.Version) bool { return c.was(v.Agreement) == value })
}
