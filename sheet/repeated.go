package sheet

import (
	"cmp"
	"slices"

	"github.com/watch287g/watch287g/internal/tables"
	"github.com/watch287g/watch287g/roster"
)

// pickColumns chooses among columns that a list has more than once, by name: the
// one that has exactly that name and holds what the column should. Between a
// column of dates and one that says "Yes", or the names of agencies and their
// kinds, the choice must not depend on which of them is on the left.
func (h *header) pickColumns(t tables.Table, repeated map[string][]tables.Cell) {
	heading := t.Rows[h.row]
	var passed []tables.Cell
	for name, cells := range repeated {
		if len(cells) < 2 {
			continue
		}
		best := slices.MaxFunc(cells, func(a, b tables.Cell) int {
			return cmp.Or(isExact(a)-isExact(b), h.countFitting(t, name, a.Column)-h.countFitting(t, name, b.Column), b.Column-a.Column)
		})
		h.columns[name] = best.Column
		passed = append(passed, slices.DeleteFunc(cells, func(c tables.Cell) bool { return c.Column == best.Column })...)
	}
	slices.SortFunc(passed, func(a, b tables.Cell) int { return a.Column - b.Column })
	for _, c := range passed {
		h.unread = append(h.unread, unreadColumn(heading, c))
	}
}

// isExact is 1 where a heading is one of the names that ICE gives the column, and
// not a misprint.
func isExact(c tables.Cell) int {
	folded := roster.Fold(c.Text)
	if slices.ContainsFunc(headings(), func(h heading) bool { return h.folded == folded }) {
		return 1
	}
	return 0
}

// sampleRows is how many rows are looked at to tell columns apart.
const sampleRows = 500

// countFitting counts the cells of a column that can be what it is called; of
// names, how many different ones there are.
func (h *header) countFitting(t tables.Table, name string, column int) int {
	below := t.Rows[h.row+1:]
	n, names := 0, map[string]bool{}
	for _, l := range below[:min(len(below), sampleRows)] {
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

// latestDay is later than any date that a list can have.
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
