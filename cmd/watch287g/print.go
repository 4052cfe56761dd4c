package main

import (
	"fmt"
	"io"
	"time"

	"github.com/watch287g/watch287g/cmd/watch287g/console"
	"github.com/watch287g/watch287g/roster"
)

// These print as console does, by which people does, too.

func sayf(out io.Writer, format string, args ...any) { console.Sayf(out, format, args...) }
func counted(n int, what string) string              { return console.Counted(n, what) }
func stamp(t time.Time) string                       { return console.Stamp(t) }

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
