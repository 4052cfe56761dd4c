package export

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/watch287g/watch287g/roster"
)

// csv writes a heading and a line for each row, as UTF-8 without a byte order mark:
// most programs would take the mark for a part of the first column's name. What it
// would win is the rare accent in a spreadsheet, which has the workbook.
func (t table[T]) csv(w io.Writer, about *About) error {
	columns := t.columns
	if about == nil {
		columns = ownColumns(columns)
	}
	out := csv.NewWriter(w)
	line := make([]string, len(columns))
	for i, c := range columns {
		line[i] = c.name
	}
	_ = out.Write(line) // Error reports it
	for r := range t.rows {
		for i, c := range columns {
			v := c.value(&t.rows[r])
			line[i] = plain(v)
			if _, number := v.(*float64); !number { // of which some begin with a minus
				line[i] = Inert(line[i])
			}
		}
		_ = out.Write(line)
	}
	out.Flush()
	return out.Error()
}

// ownColumns are those that do not say where a row comes from.
func ownColumns[T row](columns []column[T]) []column[T] {
	return slices.DeleteFunc(slices.Clone(columns), func(c column[T]) bool { return c.origin })
}

// plain prints a value for programs.
func plain(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case link:
		return string(v)
	case roster.Date:
		return string(v)
	case time.Time:
		return rfc3339(v)
	case int:
		return strconv.Itoa(v)
	case known:
		if v == 0 {
			return ""
		}
		return strconv.Itoa(int(v))
	case bool:
		return strconv.FormatBool(v)
	case *float64:
		if v == nil {
			return ""
		}
		return strconv.FormatFloat(*v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

// Inert returns a cell for CSV that no spreadsheet takes for a formula: what ICE
// prints is not to run on anybody's machine. A text that begins as formulas do,
// blanks before it or not, gets an apostrophe in front; any other stays as it is.
func Inert(cell string) string {
	first, _ := utf8.DecodeRuneInString(cell)
	if unicode.IsSpace(first) {
		if first == '\t' || first == '\r' || first == '\n' {
			return "'" + cell
		}
		first, _ = utf8.DecodeRuneInString(strings.TrimLeftFunc(cell, unicode.IsSpace))
	}
	switch first {
	case '=', '+', '-', '@', '＝', '＋', '－', '＠': // the wide ones are formulas in East Asian editions
		return "'" + cell
	}
	return cell
}
