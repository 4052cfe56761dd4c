package sheet

import (
	"cmp"
	"slices"

	"github.com/watch287g/watch287g/roster"
)

// settle chooses among columns that stand in a list more than once, by name: the
// one that is named exactly so and holds what the column should. A date's column
// beside one that says "Yes", or the names of agencies beside their kinds, must
// not depend on which of them stands on the left.
func (h *header) settle(t table, again map[string][]cell) {
	heading := t.rows[h.row]
	var passed []cell
	for name, cells := range again {
		if len(cells) < 2 {
			continue
		}
		best := slices.MaxFunc(cells, func(a, b cell) int {
			return cmp.Or(exactly(a)-exactly(b), h.fitting(t, name, a.column)-h.fitting(t, name, b.column), b.column-a.column)
		})
		h.columns[name] = best.column
		passed = append(passed, slices.DeleteFunc(cells, func(c cell) bool { return c.column == best.column })...)
	}
	slices.SortFunc(passed, func(a, b cell) int { return a.column - b.column })
	for _, c := range passed {
		h.strange = append(h.strange, strange(heading, c))
	}
}

// exactly is 1 where a heading is one of the names that ICE gives the column, and
// no misprint.
func exactly(c cell) int {
	folded := roster.Fold(c.text)
	if slices.ContainsFunc(headings(), func(h heading) bool { return h.folded == folded }) {
		return 1
	}
	return 0
}

// sampled is how many rows are looked at to tell columns apart.
const sampled = 500

// fitting counts the cells of a column that can be what it is called; of names,
// how many different ones there are.
func (h *header) fitting(t table, name string, column int) int {
	below := t.rows[h.row+1:]
	n, names := 0, map[string]bool{}
	for _, l := range below[:min(len(below), sampled)] {
		c := cell{}
		if at := slices.IndexFunc(l.cells, func(c cell) bool { return c.column == column }); at >= 0 {
			c = l.cells[at]
		}
		if name == colAgency || name == colCounty {
			if isName(c.text) {
				names[roster.Fold(c.text)] = true
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
	return roster.Fold(text) != "" && !kind && !fits(colModel, cell{text: text}) && !fits(colSigned, cell{text: text})
}

// latestDay is beyond any date that tells a column of dates from another one.
const latestDay = roster.Date("2100-12-31")

func fits(name string, c cell) (ok bool) {
	switch name {
	case colState:
		_, ok = roster.ParseState(c.text)
	case colType:
		_, ok = roster.ParseType(c.text)
	case colModel:
		_, ok = roster.ParseModel(c.text)
	case colSigned:
		_, _, ok = roster.ParseDate(c.text, latestDay)
	default:
		ok = c.link != "" || looksLikeURL(roster.Clean(c.text))
	}
	return ok
}
