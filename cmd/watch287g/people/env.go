package people

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/roster"
)

// Env is what the commands work with.
type Env struct {
	Stdout io.Writer
	Now    func() time.Time
	Abs    func(path string) string // as seen from where the command was typed
	// WriteFile has a file written where the command was typed, for its owner alone, whole
	// or not at all.
	WriteFile func(path string, write func(io.Writer) error) error
	// With runs do with the readers; where existing is set, only where there are any.
	With func(ctx context.Context, existing bool, do func(readers.Store) error) error
	File func() string // the file of readers
	Ask  error         // ends a command that does what it said with --yes
	// Usage is an error as a mistake in the command line.
	Usage func(error) error
}

// sayf prints what comes from outside without what would move the cursor.
func sayf(out io.Writer, format string, args ...any) {
	for i, arg := range args {
		if s, ok := arg.(string); ok {
			args[i] = roster.Clean(s)
		}
	}
	fmt.Fprintf(out, format, args...)
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

func wereCounted(n int, what string) string {
	if n == 1 {
		return counted(n, what) + " was"
	}
	return counted(n, what) + " were"
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(roster.Washington()).Format("2006-01-02 15:04 MST")
}

// table prints rows in columns.
type table struct {
	out   io.Writer
	lines strings.Builder
	w     *tabwriter.Writer
}

func newTable(out io.Writer, head ...string) *table {
	t := &table{out: out}
	t.w = tabwriter.NewWriter(&t.lines, 0, 0, 2, ' ', 0)
	t.row(head...)
	return t
}

func (t *table) row(cells ...string) {
	for i, c := range cells {
		cells[i] = roster.Clean(c)
	}
	fmt.Fprintln(t.w, strings.Join(cells, "\t"))
}

func (t *table) flush() error {
	_ = t.w.Flush() // to a string
	for line := range strings.Lines(t.lines.String()) {
		if _, err := fmt.Fprintln(t.out, strings.TrimRight(line, " \n")); err != nil {
			return fmt.Errorf("printing: %w", err)
		}
	}
	return nil
}

func printJSON(out io.Writer, v any) error {
	if err := roster.EncodeJSON(out, v, " "); err != nil {
		return fmt.Errorf("printing: %w", err)
	}
	return nil
}
