package sheet

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/watch287g/watch287g/internal/tables"
	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// The columns of a list, by the names that ICE gives them.
const (
	colState    = "STATE"
	colAgency   = "LAW ENFORCEMENT AGENCY"
	colType     = "TYPE"
	colCounty   = "COUNTY"
	colModel    = "SUPPORT TYPE"
	colSigned   = "SIGNED"
	colMOA      = "MOA"
	colAddendum = "ADDENDUM"
	colStatus   = "STATUS" // where both lists are on one sheet
)

// heading is one of the names of a column, folded.
type heading struct{ folded, column string }

func headings() []heading {
	return []heading{
		{"state", colState},
		{"status", colStatus}, {"agreement status", colStatus}, {"moa status", colStatus}, {"current status", colStatus},
		{"law enforcement agency", colAgency}, {"law enforcement agencies", colAgency}, {"agency", colAgency},
		{"agency name", colAgency}, {"name of agency", colAgency}, {"law enforcement agency name", colAgency}, {"moa name", colAgency},
		{"type", colType}, {"agency type", colType},
		{"county", colCounty},
		{"support type", colModel}, {"type of support", colModel}, {"model", colModel},
		{"program model", colModel}, {"program type", colModel}, {"agreement type", colModel}, {"type of agreement", colModel},
		{"signed", colSigned}, {"date signed", colSigned}, {"signed date", colSigned}, {"signature date", colSigned},
		{"signing date", colSigned}, {"moa signed", colSigned}, {"date moa signed", colSigned}, {"moa signed date", colSigned},
		{"moa", colMOA}, {"moa link", colMOA}, {"link to moa", colMOA}, {"memorandum of agreement", colMOA},
		{"addendum", colAddendum}, {"addenda", colAddendum}, {"moa addendum", colAddendum}, {"moa addenda", colAddendum}, {"addendum link", colAddendum},
		{"amendment", colAddendum}, {"amendments", colAddendum},
	}
}

// header is where the columns of a list are.
type header struct {
	row     int              // index of the heading row among the table's rows
	columns map[string]int   // by canonical name
	unread  []roster.Problem // headings of columns that are not read
}

// headerDepth is how many rows are searched for the heading row: titles may be
// above it.
const headerDepth = 10

// findHeader looks for the row that names a list's columns.
func findHeader(t tables.Table) (header, bool) {
	for i, l := range t.Rows[:min(headerDepth, len(t.Rows))] {
		h := header{row: i, columns: map[string]int{}}
		repeated := map[string][]tables.Cell{} // headings that occur more than once
		for _, c := range l.Cells {
			folded := roster.Fold(c.Text)
			name := columnNamed(folded)
			switch {
			case name != "" && !h.has(name):
				h.columns[name] = c.Column
				repeated[name] = []tables.Cell{c}
			case name != "":
				repeated[name] = append(repeated[name], c)
			case folded != "":
				h.unread = append(h.unread, unreadColumn(l, c))
			}
		}
		h.adopt(t)
		if h.has(colState) && h.has(colAgency) && h.has(colModel) {
			h.pickColumns(t, repeated)
			return h, true
		}
	}
	return header{}, false
}

func unreadColumn(l tables.Row, c tables.Cell) roster.Problem {
	return problem(l.Number, roster.Clean(c.Text), c.Text, "column")
}

// columnNamed resolves a folded heading. A long one may have one slip.
func columnNamed(folded string) string {
	for _, h := range headings() {
		if h.folded == folded {
			return h.column
		}
	}
	for _, h := range headings() {
		if len(h.folded) >= 5 && roster.Within(1, h.folded, folded) {
			return h.column
		}
	}
	return ""
}

func (h header) has(column string) bool { return h.columns[column] > 0 }

// cell returns a row's cell in a column, empty where there is none.
func (h header) cell(l tables.Row, column string) tables.Cell {
	if at := h.columns[column]; at > 0 {
		for _, c := range l.Cells {
			if c.Column == at {
				return c
			}
		}
	}
	return tables.Cell{}
}

// rowReader reads one row and reports what could not be read.
type rowReader struct {
	header
	tables.Row
	list     roster.List // that the row is on
	latest   roster.Date // day of a signing
	date1904 bool
	status   roster.Status // what the column STATUS says; "" where there is none, or it says nothing clear
	unclear  bool          // neither the status nor the date says which list the row is on
	row      roster.Row
	problems []roster.Problem
}

func (rd *rowReader) text(column string) string { return rd.cell(rd.Row, column).Text }

// isEmpty says whether the row has nothing in any column of the list.
func (rd *rowReader) isEmpty() bool {
	for column := range rd.columns {
		if roster.Clean(rd.text(column)) != "" {
			return false
		}
	}
	return true
}

func (rd *rowReader) strayText() string {
	for _, c := range rd.Cells {
		if s := roster.Clean(c.Text); s != "" {
			return s
		}
	}
	return ""
}

// problem reports a cell: what is wrong with it, as in problem.
func (rd *rowReader) problem(column, raw, what string, values ...any) {
	rd.problems = append(rd.problems, problem(rd.Number, column, raw, what, values...))
}

// problem is what is wrong with a cell, said by a remark, whose key begins with "cell.".
func problem(row int, column, raw, what string, values ...any) roster.Problem {
	p := roster.Problem{Row: row, Column: publishable(column), Raw: publishable(raw)}
	said, texts := prose.Note(nil, nil, prose.Odd("cell."+what, values...))
	p.Why, p.Texts = said[0], map[string]string{}
	for l, in := range texts {
		p.Texts[l] = in[0]
	}
	return p
}

// keepRaw stores a cell's raw text where the canonical form differs from it.
func (rd *rowReader) keepRaw(column, raw, canonical string) {
	if raw == "" || strings.EqualFold(raw, canonical) {
		return
	}
	if rd.row.Raw == nil {
		rd.row.Raw = map[string]string{}
	}
	rd.row.Raw[column] = publishable(raw)
}

// publishable is what may be stored and shown of a cell's raw text: without what
// is private, and not so long that one cell could bloat a report.
func publishable(s string) string {
	s = scrub(s)
	if r := []rune(s); len(r) > maxCell {
		return string(r[:maxCell]) + "…"
	}
	return s
}

func (rd *rowReader) read() roster.Row {
	rd.row = roster.Row{Number: rd.Number}
	rd.readState()
	rd.readAgency()
	rd.readModel()
	rd.readType()
	rd.readCounty()
	rd.readSigned()
	rd.row.MOA = rd.documentLink(colMOA, rd.moaOf())
	addendum := rd.cell(rd.Row, colAddendum)
	if addendum.Link == "" && roster.Clean(addendum.Text) == "" {
		addendum = rd.addendumBeside()
	}
	rd.row.Addendum = rd.documentLink(colAddendum, addendum)
	rd.readStatus()
	return rd.row
}

func (rd *rowReader) readState() {
	raw := rd.text(colState)
	state, ok := roster.ParseState(raw)
	switch {
	case !ok:
		rd.problem(colState, raw, unreadable(raw, "state"))
	case !strings.EqualFold(roster.Clean(raw), state.Name()) && !strings.EqualFold(roster.Clean(raw), string(state)):
		rd.problem(colState, raw, "read", "as", state)
	}
	rd.row.State = state
	rd.keepRaw(colState, raw, state.Name())
}

func (rd *rowReader) readAgency() {
	raw := rd.text(colAgency)
	if roster.Fold(raw) == "" {
		rd.problem(colAgency, raw, unreadable(raw, "name"))
	} else {
		rd.row.Agency = rd.name(colAgency)
	}
	rd.keepRaw(colAgency, raw, rd.row.Agency)
}

// name reads a name, which is short text in one line.
func (rd *rowReader) name(column string) string {
	raw := rd.text(column)
	s := roster.Clean(raw)
	switch {
	case len([]rune(s)) > maxCell:
		rd.problem(column, raw, "long", "most", maxCell)
	case isPrivate(s):
		rd.problem(column, raw, string(errPrivate))
	default:
		return s
	}
	return ""
}

// readCounty reads Excel's "#N/A" as an empty cell.
func (rd *rowReader) readCounty() {
	raw := rd.text(colCounty)
	if folded := roster.Fold(raw); folded != "n a" && folded != "na" && folded != "none" {
		rd.row.County = rd.name(colCounty)
	}
	rd.keepRaw(colCounty, roster.Clean(raw), rd.row.County)
}

// readModel keeps a model that is not one of the three as it is printed, unless the
// cell holds what belongs in another column.
func (rd *rowReader) readModel() {
	raw := rd.text(colModel)
	model, known := roster.ParseModel(raw)
	if !known && model != "" && (isPrivate(string(model)) || rd.belongsElsewhere(string(model))) {
		model = ""
	}
	switch {
	case model == "":
		rd.problem(colModel, raw, unreadable(raw, "model"))
	case !known:
		rd.problem(colModel, raw, "other-model")
	}
	rd.row.Model = model
	rd.keepRaw(colModel, roster.Clean(raw), model.Name())
}

// belongsElsewhere says whether a text is the name of the row's agency, or a county
// that the row or the agency's state has.
func (rd *rowReader) belongsElsewhere(text string) bool {
	folded := roster.Fold(text)
	_, county := place.FindCounty(rd.row.State, text)
	return county || folded == roster.Fold(rd.text(colAgency)) || folded == roster.Fold(rd.text(colCounty))
}

func (rd *rowReader) readType() {
	raw := rd.text(colType)
	kind, ok := roster.ParseType(raw)
	if !ok && roster.Clean(raw) != "" {
		rd.problem(colType, raw, "kind")
	}
	rd.row.Type = kind
	rd.keepRaw(colType, roster.Clean(raw), string(kind))
}

func (rd *rowReader) readSigned() {
	if !rd.has(colSigned) {
		return
	}
	raw := roster.Clean(rd.text(colSigned))
	if rd.list == roster.ListPending { // on one sheet with those that are signed
		if raw != "" && rd.status == roster.StatusPending {
			rd.problem(colSigned, displayed(raw), "pending-date")
		}
		return
	}
	if raw == "" {
		rd.problem(colSigned, raw, "empty")
		return
	}
	if rd.date1904 {
		raw = serialOf1900(raw)
	}
	date, mended, ok := roster.ParseDate(raw, rd.latest)
	rd.row.Signed = date
	if ok && !mended {
		return
	}
	rd.row.SignedAs = publishable(displayed(raw))
	if ok {
		rd.problem(colSigned, displayed(raw), "read", "as", string(date))
	} else {
		rd.problem(colSigned, raw, "date")
	}
}

// documentLink reads the URL of a cell's document: its hyperlink, or the text
// itself where that is one, unlike "Link Pending".
func (rd *rowReader) documentLink(column string, c tables.Cell) string {
	address := c.Link
	if text := roster.Clean(c.Text); address == "" && looksLikeURL(text) {
		address = text
	}
	if address == "" {
		return ""
	}
	url, err := documentURL(address)
	if what := badLink(""); errors.As(err, &what) {
		rd.problem(column, redact(address), string(what))
		return ""
	}
	return url
}

func unreadable(raw, what string) string {
	if roster.Clean(raw) == "" {
		return "empty"
	}
	return what
}

// excelEpoch is the day before the first of Excel's calendar, as it counts from
// March 1900 on: it takes 1900 for a leap year.
var excelEpoch = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)

// displayed is a date's cell as a reader of the list sees it: a serial number is
// shown as its day, even an impossible one.
func displayed(raw string) string {
	serial, err := strconv.ParseFloat(raw, 64)
	if err != nil || !(serial >= 1 && serial <= 2958465) { // NaN is a number too
		return raw
	}
	return excelEpoch.AddDate(0, 0, int(serial)).Format("1/2/2006")
}

// serialOf1900 turns a day that is counted from 1904 into one of the usual
// calendar; what is not a number stays as it is.
func serialOf1900(raw string) string {
	serial, err := strconv.ParseFloat(raw, 64)
	if err != nil {
		return raw
	}
	return strconv.FormatFloat(serial+1462, 'f', -1, 64)
}
