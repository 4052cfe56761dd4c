package sheet

import (
	"regexp"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/internal/tables"
	"github.com/watch287g/watch287g/roster"
)

// What lists were called and looked like while they were tables on ICE's page.

// adopt reads columns by the names that they had on older lists, where the list lacks the
// ones of today: TYPE was the column of the model, and NAME that of the agency.
func (h *header) adopt(t tables.Table) {
	heading := t.Rows[h.row]
	named := func(names ...string) (tables.Cell, bool) {
		i := slices.IndexFunc(heading.Cells, func(c tables.Cell) bool { return slices.Contains(names, roster.Fold(c.Text)) })
		if i < 0 {
			return tables.Cell{}, false
		}
		return heading.Cells[i], true
	}
	if c, ok := named("name"); ok && !h.has(colAgency) {
		h.take(colAgency, c)
	}
	if c, ok := named("type"); ok && !h.has(colModel) && h.holdsModels(t, c.Column) {
		h.columns[colType] = 0
		h.take(colModel, c)
	}
}

// take reads a column under a name.
func (h *header) take(name string, c tables.Cell) {
	h.columns[name] = c.Column
	text := publishable(c.Text)
	h.unread = slices.DeleteFunc(h.unread, func(p roster.Problem) bool { return p.Raw == text })
}

// holdsModels says whether most cells of a column that hold anything name models.
func (h *header) holdsModels(t tables.Table, column int) bool {
	below := t.Rows[h.row+1:]
	filled, models := 0, 0
	for _, l := range below[:min(len(below), sampleRows)] {
		for _, c := range l.Cells {
			if c.Column != column || roster.Clean(c.Text) == "" {
				continue
			}
			filled++
			if fits(colModel, c) || len(roster.ParseModels(c.Text)) > 1 {
				models++
			}
		}
	}
	return models > 0 && 2*models > filled
}

// isHeading says whether a row repeats the names of the columns, as at the foot of a table.
func (h header) isHeading(l tables.Row, heading tables.Row) bool {
	same := 0
	for name := range h.columns {
		own := roster.Fold(h.cell(l, name).Text)
		switch {
		case own == "":
		case own != roster.Fold(h.cell(heading, name).Text):
			return false
		default:
			same++
		}
	}
	return same > 2
}

// note returns the text of a row that stands across the columns of a table on a page, as
// footnotes and captions do; "" where it is a row of the list.
func (h header) note(t tables.Table, l tables.Row) string {
	if !t.Web {
		return ""
	}
	text := ""
	for _, c := range l.Cells {
		own := roster.Clean(c.Text)
		switch {
		case own == "":
		case text != "":
			return ""
		case len(l.Cells) == 1 || c.More != nil && c.More.Wide:
			text = own
		default:
			return ""
		}
	}
	return text
}

// pageLists puts together the tables of a page that are one list in parts, one a model or
// a state. A table whose rows another one has as well, as pages have one for small screens,
// is no part.
func pageLists(all []listTable) []listTable {
	var parts []listTable
	for _, t := range all {
		i := slices.IndexFunc(parts, func(p listTable) bool { return t.Web && p.Web && sameColumns(p.header, t.header) })
		if i < 0 {
			parts = append(parts, t)
			continue
		}
		p := &parts[i]
		rows, has := t.Rows[t.row+1:], map[string]bool{}
		for _, l := range p.Rows[p.row+1:] {
			has[p.words(l)] = true
		}
		last := p.Rows[len(p.Rows)-1].Number
		p.Rows = slices.Clip(p.Rows)
		for _, l := range rows {
			if has[t.words(l)] {
				continue
			}
			p.Rows = append(p.Rows, tables.Row{Number: last + l.Number, Cells: p.moved(t.header, l)})
		}
	}
	return parts
}

func sameColumns(a, b header) bool {
	for _, name := range []string{colSigned, colStatus} { // what tells lists apart
		if a.has(name) != b.has(name) {
			return false
		}
	}
	return true
}

// words are what a row says in the columns of the list.
func (h header) words(l tables.Row) string {
	var b strings.Builder
	for _, name := range []string{colState, colAgency, colModel, colSigned, colCounty, colType} {
		b.WriteString(roster.Fold(h.cell(l, name).Text) + "\n")
	}
	return b.String()
}

// moved returns a row's cells in the columns of another table.
func (h header) moved(from header, l tables.Row) []tables.Cell {
	var cells []tables.Cell
	for name, column := range h.columns {
		if c := from.cell(l, name); column > 0 && c.Column > 0 {
			c.Column = column
			cells = append(cells, c)
		}
	}
	slices.SortFunc(cells, func(a, b tables.Cell) int { return a.Column - b.Column })
	return cells
}

// date matches a date in a cell that has several.
const datePattern = `\d{1,2}[/-]\d{1,2}[/-]\d{2,4}|\d{4}-\d{2}-\d{2}|[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}`

// agreements returns the rows that a row of the table stands for: one, or where its cell
// of the model names several, and it gives a date for each, one for each of them, in their
// order. Where it does not, nobody can say which date and document is whose.
func (rd *rowReader) agreements() []tables.Row {
	models := roster.ParseModels(rd.text(colModel))
	if len(models) < 2 || !rd.has(colSigned) {
		return []tables.Row{rd.Row}
	}
	text := roster.Clean(rd.text(colSigned))
	date := regexp.MustCompile(datePattern)
	dates := date.FindAllString(text, -1)
	rest := strings.Trim(date.ReplaceAllString(text, ""), " ,;/&|")
	if len(dates) != len(models) || rest != "" && rest != "and" {
		return []tables.Row{rd.Row}
	}
	for _, d := range dates {
		if _, mended, ok := roster.ParseDate(d, rd.latest); !ok || mended {
			return []tables.Row{rd.Row}
		}
	}
	links := rd.cell(rd.Row, colMOA).Anchors()
	var rows []tables.Row
	for i, m := range models {
		row := tables.Row{Number: rd.Number, Cells: slices.Clone(rd.Cells)}
		for j := range row.Cells {
			c := &row.Cells[j]
			switch c.Column {
			case rd.columns[colModel]:
				c.Text = m.Name()
			case rd.columns[colSigned]:
				c.Text = dates[i]
			case rd.columns[colMOA]:
				c.More = nil
				if len(links) == len(models) {
					c.Link = links[i].Link
				}
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// addendumBeside returns the link of the cell of the MOA that is called an addendum; an
// empty cell where none is.
func (rd *rowReader) addendumBeside() tables.Cell {
	for _, a := range rd.cell(rd.Row, colMOA).Anchors() {
		if isAddendum(a.Text) {
			return tables.Cell{Text: a.Text, Link: a.Link}
		}
	}
	return tables.Cell{}
}

func isAddendum(text string) bool {
	folded := roster.Fold(text)
	return strings.Contains(folded, "addend") || strings.Contains(folded, "amend") || strings.Contains(folded, "extension")
}

// moaOf returns the cell of the MOA with the first link that is not called an addendum.
func (rd *rowReader) moaOf() tables.Cell {
	c := rd.cell(rd.Row, colMOA)
	all := c.Anchors()
	if all == nil {
		return c
	}
	own := slices.DeleteFunc(slices.Clone(all), func(a tables.Anchor) bool { return isAddendum(a.Text) })
	if len(own) > 1 && slices.ContainsFunc(own, func(a tables.Anchor) bool { return a.Link != own[0].Link }) {
		rd.problem(colMOA, c.Text, "several-links")
	}
	c.Link = ""
	if len(own) > 0 {
		c.Link = own[0].Link
	}
	return c
}
