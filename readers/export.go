package readers

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"
)

// exportVersion is that of the lines of an export. One that is greater is refused.
const exportVersion = 1

// longestLine bounds a line of an export, in bytes.
const longestLine = 16 << 20

// exportHead is the first line of an export, and exportEnd the last one, without which
// it was cut off.
type exportHead struct {
	Version int       `json:"watch287g_readers"`
	At      time.Time `json:"exported_at"`
}

type exportEnd struct {
	End int `json:"end"` // how many items there are
}

// Export writes what a store tells (Store.Dump), a line of JSON an item, and returns how
// many there are of each part.
func Export(w io.Writer, items iter.Seq2[Item, error], at time.Time) (map[string]int, error) {
	out := bufio.NewWriterSize(w, 1<<16)
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	parts, n := map[string]int{}, 0
	if err := lines.Encode(exportHead{exportVersion, at.UTC()}); err != nil {
		return nil, fmt.Errorf("writing the readers: %w", err)
	}
	for item, err := range items {
		if err == nil {
			err = lines.Encode(item)
		}
		if err != nil {
			return nil, fmt.Errorf("writing the readers: %w", err)
		}
		parts[item.Part]++
		n++
	}
	if err := errors.Join(lines.Encode(exportEnd{n}), out.Flush()); err != nil {
		return nil, fmt.Errorf("writing the readers: %w", err)
	}
	return parts, nil
}

// ReadExport yields what Export has written. An error names the line, and nothing of what
// stands there; what is no export, or not all of one, is an ErrInvalid.
func ReadExport(r io.Reader) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		lines := bufio.NewScanner(r)
		lines.Buffer(make([]byte, 1<<16), longestLine)
		n := 0
		fail := func(format string, args ...any) {
			yield(Item{}, invalid("line %d: %w", n, fmt.Errorf(format, args...)))
		}
		ended := false
		for lines.Scan() {
			n++
			var line struct {
				exportHead
				exportEnd
				Item
			}
			line.End = -1
			switch err := json.Unmarshal(lines.Bytes(), &line); {
			case ended:
				fail("something follows the end of the export")
				return
			case err != nil:
				fail("it is not a line of an export of readers")
				return
			case n == 1 && line.Version == 0:
				fail("this is not an export of readers")
				return
			case n == 1 && line.Version > exportVersion:
				fail("a newer version of watch287g wrote this export; use that version")
				return
			case n == 1:
			case line.End >= 0:
				if ended = true; line.End != n-2 {
					fail("the export had %d items, and here are %d", line.End, n-2)
					return
				}
			case !yield(line.Item, nil):
				return
			}
		}
		switch err := lines.Err(); {
		case err != nil:
			n++
			fail("%w", err)
		case !ended:
			fail("the export is cut off here; take another copy of it")
		}
	}
}
