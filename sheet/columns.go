package sheet

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/watch287g/watch287g/internal/tables"
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
	colStatus   = "STATUS" // where both lists stand on one sheet
)

// heading is one way in which a column is named, folded.
type heading struct{ folded, column string }

func headings() []heading {
	return []heading{
		{"state", colState},
		{"status", colStatus}, {"agreement status", colStatus}, {"moa status", colStatus}, {"current status", colStatus},
		{"law enforcement agency", colAgency}, {"law enforcement agencies", colAgency}, {"agency", colAgency},
		{"type", colType}, {"agency type", colType},
		{"county", colCounty},
		{"support type", colModel}, {"type of support", colModel}, {"model", colModel},
		{"signed", colSigned}, {"date signed", colSigned}, {"signed date", colSigned}, {"signature date", colSigned},
		{"signing date", colSigned}, {"moa signed", colSigned}, {"date moa signed", colSigned}, {"moa signed date", colSigned},
		{"moa", colMOA},
		{"addendum", colAddendum}, {"addenda", colAddendum},
	}
}

// header is where the columns of a list are.
type header struct {
	row     int              // index of the heading row among the table's rows
	columns map[string]int   // by canonical name
	strange []roster.Problem // headings of columns that are not read
}

// headerDepth is how far down a heading row is looked for: titles may stand
// above it.
const headerDepth = 10

// findHeader looks for the row that names a list's columns.
func findHeader(t tables.Table) (header, bool) {
	for i, l := range t.Rows[:min(headerDepth, len(t.Rows))] {
		h := header{row: i, columns: map[string]int{}}
		again := map[string][]tables.Cell{} // headings of columns that stand there more than once
		for _, c := range l.Cells {
			folded := roster.Fold(c.Text)
			name := columnNamed(folded)
			switch {
			case name != "" && !h.has(name):
				h.columns[name] = c.Column
				again[name] = []tables.Cell{c}
			case name != "":
				again[name] = append(again[name], c)
			case folded != "":
				h.strange = append(h.strange, strange(l, c))
			}
		}
		if h.has(colState) && h.has(colAgency) && h.has(colModel) {
			h.settle(t, again)
			return h, true
		}
	}
	return header{}, false
}

func strange(l tables.Row, c tables.Cell) roster.Problem {
	return roster.Problem{Row: l.Number, Column: kept(roster.Clean(c.Text)), Raw: kept(c.Text),
		Why: "is not a column of a list, or is there twice; it is not read"}
}

// columnNamed resolves a folded heading, with one slip allowed in a long one.
func columnNamed(folded string) string {
	for _, h := range headings() {
		if h.folded == folded {
			return h.column
		}
	}
	for _, h := range headings() {
		if off := len(h.folded) - len(folded); len(h.folded) >= 5 && -1 <= off && off <= 1 && roster.Distance(h.folded, folded) == 1 {
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

// reader reads one row and keeps what could not be read.
type reader struct {
	header
	tables.Row
	list     roster.List // on which the row stands
	latest   roster.Date // day of a signing
	date1904 bool
	status   roster.Status // what the column STATUS says; "" where there is none, or it says nothing clear
	unclear  bool          // neither the status nor the date tells on which list the row stands
	row      roster.Row
	problems []roster.Problem
}

func (rd *reader) text(column string) string { return rd.cell(rd.Row, column).Text }

// blank says whether the row has nothing in any column of the list.
func (rd *reader) blank() bool {
	for column := range rd.columns {
		if roster.Clean(rd.text(column)) != "" {
			return false
		}
	}
	return true
}

func (rd *reader) strayText() string {
	for _, c := range rd.Cells {
		if s := roster.Clean(c.Text); s != "" {
			return s
		}
	}
	return ""
}

// problem reports a cell.
func (rd *reader) problem(column, raw, why string) {
	rd.problems = append(rd.problems, roster.Problem{Row: rd.Number, Column: column, Raw: kept(raw), Why: why})
}

// keep stores a cell's raw text where the canonical form says it otherwise.
func (rd *reader) keep(column, raw, canonical string) {
	if raw == "" || strings.EqualFold(raw, canonical) {
		return
	}
	if rd.row.Raw == nil {
		rd.row.Raw = map[string]string{}
	}
	rd.row.Raw[column] = kept(raw)
}

// kept is what may be stored and shown of a cell's raw text: without what is
// private, and not so much that one cell could bloat a report.
func kept(s string) string {
	s = scrub(s)
	if r := []rune(s); len(r) > maxCell {
		return string(r[:maxCell]) + "…"
	}
	return s
}

func (rd *reader) read() roster.Row {
	rd.row = roster.Row{Number: rd.Number}
	rd.readState()
	rd.readAgency()
	rd.readModel()
	rd.readType()
	rd.readCounty()
	rd.readSigned()
	rd.row.MOA = rd.document(colMOA)
	rd.row.Addendum = rd.document(colAddendum)
	rd.readStatus()
	return rd.row
}

func (rd *reader) readState() {
	raw := rd.text(colState)
	state, ok := roster.ParseState(raw)
	switch {
	case !ok:
		rd.problem(colState, raw, unreadable(raw, "is not a state"))
	case !strings.EqualFold(roster.Clean(raw), state.Name()) && !strings.EqualFold(roster.Clean(raw), string(state)):
		rd.problem(colState, raw, "is read as "+state.Name())
	}
	rd.row.State = state
	rd.keep(colState, raw, state.Name())
}

func (rd *reader) readAgency() {
	raw := rd.text(colAgency)
	if roster.Fold(raw) == "" {
		rd.problem(colAgency, raw, unreadable(raw, "is not a name"))
	} else {
		rd.row.Agency = rd.name(colAgency)
	}
	rd.keep(colAgency, raw, rd.row.Agency)
}

// name reads a name, which is short text in one line.
func (rd *reader) name(column string) string {
	raw := rd.text(column)
	s := roster.Clean(raw)
	switch {
	case len([]rune(s)) > maxCell:
		rd.problem(column, raw, fmt.Sprintf("is longer than %d characters", maxCell))
	case isPrivate(s):
		rd.problem(column, raw, errPrivate.Error())
	default:
		return s
	}
	return ""
}

// readCounty takes Excel's "#N/A" for the blank that it stands for.
func (rd *reader) readCounty() {
	raw := rd.text(colCounty)
	if folded := roster.Fold(raw); folded != "n a" && folded != "na" && folded != "none" {
		rd.row.County = rd.name(colCounty)
	}
	rd.keep(colCounty, roster.Clean(raw), rd.row.County)
}

// readModel keeps a model that is none of the three as it is printed, unless the
// cell holds what belongs into another column.
func (rd *reader) readModel() {
	raw := rd.text(colModel)
	model, known := roster.ParseModel(raw)
	if !known && model != "" && (isPrivate(string(model)) || rd.elsewhere(string(model))) {
		model = ""
	}
	switch {
	case model == "":
		rd.problem(colModel, raw, unreadable(raw, "is not a model of agreement"))
	case !known:
		rd.problem(colModel, raw, "is none of the three models; it is kept as it is printed, and counted apart")
	}
	rd.row.Model = model
	rd.keep(colModel, roster.Clean(raw), model.Name())
}

// elsewhere says whether a text is what the row's agency is called, or the county
// that it or the agency's state has.
func (rd *reader) elsewhere(text string) bool {
	folded := roster.Fold(text)
	_, county := roster.FindCounty(rd.row.State, text)
	return county || folded == roster.Fold(rd.text(colAgency)) || folded == roster.Fold(rd.text(colCounty))
}

func (rd *reader) readType() {
	raw := rd.text(colType)
	kind, ok := roster.ParseType(raw)
	if !ok && roster.Clean(raw) != "" {
		rd.problem(colType, raw, "is not a kind of agency")
	}
	rd.row.Type = kind
	rd.keep(colType, roster.Clean(raw), string(kind))
}

func (rd *reader) readSigned() {
	if !rd.has(colSigned) {
		return
	}
	raw := roster.Clean(rd.text(colSigned))
	if rd.list == roster.ListPending { // on one sheet with those that are signed
		if raw != "" && rd.status == roster.StatusPending {
			rd.problem(colSigned, printed(raw), "is the signing date of a pending row; it is not read")
		}
		return
	}
	if raw == "" {
		rd.problem(colSigned, raw, "is empty")
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
	rd.row.SignedAs = kept(printed(raw))
	if ok {
		rd.problem(colSigned, printed(raw), "is read as "+string(date))
	} else {
		rd.problem(colSigned, raw, "is not a date with one sensible reading")
	}
}

// document reads the address of a cell's document: its hyperlink, or the text
// itself where that is one. "Link Pending" and the like are no address.
func (rd *reader) document(column string) string {
	c := rd.cell(rd.Row, column)
	address := c.Link
	if text := roster.Clean(c.Text); address == "" && looksLikeURL(text) {
		address = text
	}
	if address == "" {
		return ""
	}
	url, err := documentURL(address)
	if err != nil {
		rd.problem(column, redact(address), err.Error())
		return ""
	}
	return url
}

func unreadable(raw, why string) string {
	if roster.Clean(raw) == "" {
		return "is empty"
	}
	return why
}

// excelEpoch is the day before the first of Excel's calendar, as it counts from
// March 1900 on: it takes 1900 for a leap year.
var excelEpoch = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)

// printed shows a date's cell as a reader of the list sees it: a serial that
// stands for an impossible day is shown as that day.
func printed(raw string) string {
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
