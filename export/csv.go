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
	if about != nil {
		columns = slices.Concat(columns, t.origin)
	}
	out := csv.NewWriter(w)
	line := make([]string, len(columns))
	for i, c := range columns {
		line[i] = c.name
	}
	_ = out.Write(line) // Error reports it
	for r := range t.rows {
		for i, c := range columns {
			line[i] = Inert(plain(c.value(&t.rows[r])))
		}
		_ = out.Write(line)
	}
	out.Flush()
	return out.Error()
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
	case bool:
		return strconv.FormatBool(v)
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
