package sheet

import (
	"cmp"
	"slices"

	"github.com/watch287g/watch287g/internal/tables"
	"github.com/watch287g/watch287g/roster"
)

// settle chooses among columns that stand in a list more than once, by name: the
// one that is named exactly so and holds what the column should. A date's column
// beside one that says "Yes", or the names of agencies beside their kinds, must
// not depend on which of them stands on the left.
func (h *header) settle(t tables.Table, again map[string][]tables.Cell) {
	heading := t.Rows[h.row]
	var passed []tables.Cell
	for name, cells := range again {
		if len(cells) < 2 {
			continue
		}
		best := slices.MaxFunc(cells, func(a, b tables.Cell) int {
			return cmp.Or(exactly(a)-exactly(b), h.fitting(t, name, a.Column)-h.fitting(t, name, b.Column), b.Column-a.Column)
		})
		h.columns[name] = best.Column
		passed = append(passed, slices.DeleteFunc(cells, func(c tables.Cell) bool { return c.Column == best.Column })...)
	}
	slices.SortFunc(passed, func(a, b tables.Cell) int { return a.Column - b.Column })
	for _, c := range passed {
		h.strange = append(h.strange, strange(heading, c))
	}
}

// exactly is 1 where a heading is one of the names that ICE gives the column, and
// no misprint.
func exactly(c tables.Cell) int {
	folded := roster.Fold(c.Text)
	if slices.ContainsFunc(headings(), func(h heading) bool { return h.folded == folded }) {
		return 1
	}
	return 0
}

// sampled is how many rows are looked at to tell columns apart.
const sampled = 500

// fitting counts the cells of a column that can be what it is called; of names,
// how many different ones there are.
func (h *header) fitting(t tables.Table, name string, column int) int {
	below := t.Rows[h.row+1:]
	n, names := 0, map[string]bool{}
	for _, l := range below[:min(len(below), sampled)] {
		c := tables.Cell{}
		if at := slices.IndexFunc(l.Cells, func(c tables.Cell) bool { return c.Column == column }); at >= 0 {
			c = l.Cells[at]
		}
		if name == colAgency || name == colCounty {
			if isName(c.Text) {
				names[roster.Fold(c.Text)] = true
			}
		} else if fits(name, c) {
			n++
		}
	}
	return n + len(names)
}

// isName says whether a text can name an agency or a county: it is not what
// another column holds.
func isName(text string) bool {
	_, kind := roster.ParseType(text)
	return roster.Fold(text) != "" && !kind && !fits(colModel, tables.Cell{Text: text}) && !fits(colSigned, tables.Cell{Text: text})
}

// latestDay is beyond any date that tells a column of dates from another one.
const latestDay = roster.Date("2100-12-31")

func fits(name string, c tables.Cell) (ok bool) {
	switch name {
	case colState:
		_, ok = roster.ParseState(c.Text)
	case colType:
		_, ok = roster.ParseType(c.Text)
	case colModel:
		_, ok = roster.ParseModel(c.Text)
	case colSigned:
		_, _, ok = roster.ParseDate(c.Text, latestDay)
	default:
		ok = c.Link != "" || looksLikeURL(roster.Clean(c.Text))
	}
	return ok
}
