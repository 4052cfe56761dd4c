// Package csvtest reads CSV in tests, as a program does that knows the names of its
// columns.
package csvtest

import (
	"bytes"
	"encoding/csv"
	"testing"
)

// Records reads a file whose first line names its columns: every other line, by column.
func Records(t testing.TB, file []byte) []map[string]string {
	t.Helper()
	lines, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var all []map[string]string
	for _, l := range lines[1:] {
		r := map[string]string{}
		for i, name := range lines[0] {
			r[name] = l[i]
		}
		all = append(all, r)
	}
	return all
}
