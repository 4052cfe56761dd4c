package table

import (
	"cmp"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// sort puts the rows in the chosen order. Those that have nothing in a column are
// last whichever way round it is sorted, and equal ones stay in the order of names.
func (t *Table) sort() {
	by, back := strings.CutPrefix(t.Sort, "-")
	if by == "" || by == ByAgency {
		if back {
			slices.Reverse(t.Rows)
		}
		return
	}
	way := 1
	if back != (by != ByCounty) { // days begin with the last
		way = -1
	}
	slices.SortStableFunc(t.Rows, func(a, b Row) int {
		x, classX := t.key(a, by)
		y, classY := t.key(b, by)
		return cmp.Or(cmp.Compare(classX, classY), way*cmp.Compare(x, y))
	})
}

// key is what a row is sorted by. Of two classes, all of the lower one come first.
func (t *Table) key(r Row, by string) (key string, class int) {
	switch by {
	case ByCounty:
		if len(r.Counties) == 0 || r.Counties[0].FIPS == "" {
			return "", 1
		}
		return roster.Fold(r.Counties[0].Name), 0
	case ByNewest:
		for _, s := range r.Since {
			key = max(key, string(roster.Day(s.Since)))
		}
		return key, 0
	}
	class = 2
	for i, c := range t.Columns {
		if string(c.Model) != by {
			continue
		}
		for _, h := range r.Cells[i].Holdings {
			if class = min(class, 1); h.Status == roster.StatusActive && h.Signed != "" {
				key, class = max(key, string(h.Signed)), 0
			}
		}
	}
	return key, class
}
