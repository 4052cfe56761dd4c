package sheet

import (
	"slices"
	"time"

	"github.com/watch287g/watch287g/internal/tables"
	"github.com/watch287g/watch287g/roster"
)

// readTable reads the rows below the heading into a roster, or into two where a
// column STATUS says which is which. Elsewhere the column SIGNED distinguishes a
// participating list from a pending one, whatever the file is called.
func readTable(t tables.Table, h header, published time.Time) []roster.Roster {
	own := roster.ListPending
	if h.has(colSigned) {
		own = roster.ListParticipating
	}
	statuses := readStatuses(t, &h)
	split := newSplit(own, statuses, h.unread)
	if r := split.by[own]; r != nil && statuses == nil {
		r.Rows = slices.Grow(r.Rows, len(t.Rows)-h.row-1)
	}
	for _, l := range t.Rows[h.row+1:] {
		rd := rowReader{header: h, Row: l, latest: roster.LatestSigning(published), date1904: t.Date1904}
		if note := h.note(t, l); note != "" {
			split.report(problem(l.Number, "none", note, "across"))
			continue
		}
		if t.Web && h.isHeading(l, t.Rows[h.row]) {
			continue
		}
		if rd.isEmpty() {
			if stray := rd.strayText(); stray != "" {
				split.report(problem(l.Number, "none", stray, "outside"))
			}
			continue
		}
		on := split.lists
		if statuses != nil {
			rd.status = statuses.of(rd.text(colStatus))
			if list, ok := rd.listByStatus(own); ok {
				on = []roster.List{list}
			} else {
				rd.unclear = true
			}
		}
		for _, list := range on {
			for _, rd.Row = range rd.agreements() {
				rd.list, rd.problems = list, nil
				split.add(list, rd.read(), rd.problems)
			}
		}
	}
	return split.rosters()
}

// statuses are the texts of a column STATUS, with what they say.
type statuses map[string]roster.Status

// readStatuses reads the texts of the column STATUS. It returns nil where there is
// no such column, or where its texts are mostly something else, or none of them
// says signed or pending: then the column is not read.
func readStatuses(t tables.Table, h *header) statuses {
	if !h.has(colStatus) {
		return nil
	}
	read, filled, understood, listed := statuses{}, 0, 0, 0
	rows := t.Rows[h.row+1:]
	for _, l := range rows {
		text := h.cell(l, colStatus).Text
		if roster.Clean(text) == "" {
			continue
		}
		status, known := read[text]
		if !known && len(read) < maxStatuses {
			status, _ = roster.ParseStatus(text)
			read[text] = status
		}
		filled++
		if status != "" {
			understood++
		}
		if status == roster.StatusActive || status == roster.StatusPending {
			listed++
		}
	}
	if listed > 0 && 2*understood >= filled {
		return read
	}
	h.ignore(t.Rows[h.row], colStatus)
	return nil
}

// maxStatuses is how many different texts of a column STATUS are read.
const maxStatuses = 1000

func (s statuses) of(text string) roster.Status { return s[text] }

// ignore leaves out a column that turned out to hold something else.
func (h *header) ignore(heading tables.Row, column string) {
	text := h.cell(heading, column).Text
	h.columns[column] = 0
	h.unread = append(h.unread, problem(heading.Number, roster.Clean(text), text, "column"))
}

// listByStatus says which list a row is on by its status. Where the status is
// empty, the row's own date decides, or the lack of a column for one; where it is
// neither signed nor pending, nothing does.
func (rd *rowReader) listByStatus(own roster.List) (roster.List, bool) {
	switch {
	case rd.status == roster.StatusActive:
		return roster.ListParticipating, true
	case rd.status == roster.StatusPending:
		return roster.ListPending, true
	case roster.Clean(rd.text(colStatus)) == "" && (own == roster.ListPending || roster.Clean(rd.text(colSigned)) != ""):
		return own, true
	}
	return "", false
}

// readStatus notes a status that does not say which list the row is on. Such a row
// can confirm what is known, on either list, and is not news on any.
func (rd *rowReader) readStatus() {
	if !rd.unclear {
		return
	}
	raw := rd.text(colStatus)
	if clean := roster.Clean(raw); clean != "" {
		rd.row.Status = publishable(clean)
		rd.problem(colStatus, raw, "status")
		return
	}
	rd.row.Status = "empty"
	rd.problem(colStatus, raw, "no-status")
}

// split collects the rows of one table by list.
type split struct {
	lists []roster.List // that the table holds
	by    map[roster.List]*roster.Roster
}

// newSplit prepares the lists that a table holds: its own, or where there is a
// column STATUS both, of which one can be empty.
func newSplit(own roster.List, s statuses, unread []roster.Problem) *split {
	sp := &split{by: map[roster.List]*roster.Roster{}}
	for _, list := range roster.Lists() {
		if s != nil || list == own {
			sp.lists = append(sp.lists, list)
			sp.by[list] = &roster.Roster{List: list, Problems: slices.Clone(unread)}
		}
	}
	return sp
}

func (sp *split) report(p roster.Problem) {
	for _, r := range sp.by {
		r.Problems = append(r.Problems, p)
	}
}

func (sp *split) add(list roster.List, row roster.Row, problems []roster.Problem) {
	r := sp.by[list]
	r.Rows = append(r.Rows, row)
	r.Problems = append(r.Problems, problems...)
}

func (sp *split) rosters() []roster.Roster {
	var found []roster.Roster
	for _, list := range roster.Lists() {
		if r, ok := sp.by[list]; ok {
			found = append(found, *r)
		}
	}
	return found
}
