package main

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

// sayf prints to people. What is in a text that it is given, and would break a
// line or drive the terminal, is mended.
func sayf(out io.Writer, format string, args ...any) {
	for i, arg := range args {
		if s, ok := arg.(string); ok {
			args[i] = roster.Clean(s)
		}
	}
	fmt.Fprintf(out, format, args...)
}

// counted puts a number and what it counts together.
func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// table prints aligned columns for people.
type table struct {
	out   io.Writer
	lines bytes.Buffer
	w     *tabwriter.Writer
}

func newTable(out io.Writer, head ...string) *table {
	t := &table{out: out}
	t.w = tabwriter.NewWriter(&t.lines, 0, 0, 2, ' ', 0)
	t.row(head...)
	return t
}

// row prints cells; what would break the table or drive the terminal is mended.
func (t *table) row(cells ...string) {
	for i, c := range cells {
		cells[i] = roster.Clean(c)
	}
	fmt.Fprintln(t.w, strings.Join(cells, "\t"))
}

// flush prints the table, without the spaces that fill empty cells at the ends of
// lines.
func (t *table) flush() error {
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

// stamp prints a moment in Washington's time, as ICE's readers count.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(roster.Washington()).Format("2006-01-02 15:04 MST")
}

// moment reads a moment: RFC 3339, or a day in Washington, of which end picks
// the last moment and not the first.
func moment(flag, s string, end bool) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		if t.IsZero() { // which would mean that none is given
			t = t.Add(1)
		}
		return t, nil
	}
	day := roster.Date(s)
	if day.Time().IsZero() {
		return time.Time{}, usageError{fmt.Errorf("--%s %q is neither a day like 2025-05-19 nor a moment like 2025-05-20T00:00:00Z", flag, s)}
	}
	if end {
		return day.EndOf(), nil
	}
	return time.Date(day.Time().Year(), day.Time().Month(), day.Time().Day(), 0, 0, 0, 0, roster.Washington()), nil
}
