package diff

import (
	"cmp"
	"maps"
	"slices"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// A column is shifted where rows carry the values of their neighbors: so many of
// a state's rows, and no fewer of them than carry another value of their own.
const minShifted = 4

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
	number int
	now    roster.Agreement
	record *roster.Record
}

// judgeShifts looks for columns in which the rows of a state have moved against
// their names. It goes by names and models alone, since the other columns are in
// doubt.
func judgeShifts(f *findings, records []*roster.Record, rows []roster.Row) {
	known := map[string]*roster.Record{}
	for _, r := range records {
		now := r.Now()
		key := rowKey(roster.Row{State: now.State, Agency: now.Agency, Model: now.Model})
		if _, twice := known[key]; twice {
			r = nil
		}
		known[key] = r
	}
	byState := map[roster.State][]shifting{}
	for _, row := range rows {
		key := rowKey(row)
		byState[row.State] = append(byState[row.State], shifting{row.Number, agreementOf(row), known[key]})
		delete(known, key)
	}
	columns := []struct {
		name string
		cell func(roster.Agreement) string
	}{
		{"signed", func(a roster.Agreement) string { return string(a.Signed) }},
		{"moa", func(a roster.Agreement) string { return documentKey(a.MOA) }},
		{"addendum", func(a roster.Agreement) string { return documentKey(a.Addendum) }},
		{"county", func(a roster.Agreement) string { return a.County }},
	}
	for _, state := range slices.Sorted(maps.Keys(byState)) {
		block := byState[state]
		slices.SortStableFunc(block, func(a, b shifting) int { return cmp.Compare(a.number, b.number) })
		for _, c := range columns {
			if n := max(shiftedRows(block, c.cell, -1), shiftedRows(block, c.cell, 1)); n >= minShifted {
				f.add("shifted", "state", state, "n", n, "column", prose.Odd("column."+c.name))
				f.doubt(n)
			}
		}
	}
}

// shiftedRows counts the rows of a block that have the value which the neighbor on
// one side had. A value that the row's own agreement had before is a shift that is
// mended. Values that are all alike are not a shift.
func shiftedRows(block []shifting, cell func(roster.Agreement) string, side int) int {
	shifted, otherwise, values := 0, 0, map[string]bool{}
	for i, s := range block {
		now := cell(s.now)
		if s.record == nil || now == "" || now == cell(s.record.Now()) {
			continue
		}
		hadBefore := func(v roster.Version) bool { return cell(v.Agreement) == now }
		j := i + side
		if j >= 0 && j < len(block) && block[j].record != nil && now == cell(block[j].record.Now()) && !slices.ContainsFunc(s.record.Versions, hadBefore) {
			shifted++
			values[now] = true
		} else {
			otherwise++
		}
	}
	if shifted < otherwise || 2*len(values) < shifted {
		return 0
	}
	return shifted
}
