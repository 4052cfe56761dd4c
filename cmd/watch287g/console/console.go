// Package console prints to whoever typed a command.
package console

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// Sayf prints to people. What is in a text that it is given, and would break a
// line or drive the terminal, is mended.
func Sayf(out io.Writer, format string, args ...any) {
	for i, arg := range args {
		if s, ok := arg.(string); ok {
			args[i] = roster.Clean(s)
		}
	}
	fmt.Fprintf(out, format, args...)
}

// Counted puts a number and what it counts together.
func Counted(n int, what string) string {
	switch {
	case n == 1:
		return "1 " + what
	case strings.HasSuffix(what, "s"):
		what += "e"
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// WereCounted says how many things something was done to: "1 message was".
func WereCounted(n int, what string) string {
	if n == 1 {
		return Counted(n, what) + " was"
	}
	return Counted(n, what) + " were"
}

// Bytes writes a size for people.
func Bytes(n int64) string {
	switch {
	case n < 1_000_000:
		return fmt.Sprintf("%.0f kB", float64(n)/1e3)
	case n < 1_000_000_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}

// JSON prints a value.
func JSON(out io.Writer, v any) error {
	if err := roster.EncodeJSON(out, v, " "); err != nil {
		return fmt.Errorf("printing: %w", err)
	}
	return nil
}

// Table prints aligned columns for people.
type Table struct {
	out   io.Writer
	lines bytes.Buffer
	w     *tabwriter.Writer
}

// NewTable begins a table with a line of headings.
func NewTable(out io.Writer, head ...string) *Table {
	t := &Table{out: out}
	t.w = tabwriter.NewWriter(&t.lines, 0, 0, 2, ' ', 0)
	t.Row(head...)
	return t
}

// Row prints cells; what would break the table or drive the terminal is mended.
func (t *Table) Row(cells ...string) {
	for i, c := range cells {
		cells[i] = roster.Clean(c)
	}
	fmt.Fprintln(t.w, strings.Join(cells, "\t"))
}

// Flush prints the table, without the spaces that fill empty cells at the ends of
// lines.
func (t *Table) Flush() error {
	err := t.w.Flush()
	if err == nil {
		_, err = t.out.Write(endSpaces.ReplaceAll(t.lines.Bytes(), nil))
	}
	if err != nil {
		return fmt.Errorf("printing: %w", err)
	}
	return nil
}

var endSpaces = regexp.MustCompile(`(?m) +$`)

// Stamp prints a moment in Washington's time, as ICE's readers count.
func Stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(roster.Washington()).Format("2006-01-02 15:04 MST")
}
