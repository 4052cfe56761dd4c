package readers_test

import (
	"bytes"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/watch287g/watch287g/readers"
)

func items(all ...readers.Item) iter.Seq2[readers.Item, error] {
	return func(yield func(readers.Item, error) bool) {
		for _, i := range all {
			if !yield(i, nil) {
				return
			}
		}
	}
}

// TestExport cuts an export at each byte, and changes it: all of it is read, or nothing
// is taken for it.
func TestExport(t *testing.T) {
	t.Parallel()
	want := []readers.Item{{Part: "readers", Key: "1", Value: []byte(`{"address":"<ada@example.org>"}`)}, {Part: "limits", Key: "k", Value: []byte(`7`)}}
	var b bytes.Buffer
	parts, err := readers.Export(&b, items(want...), time.Now())
	if err != nil || parts["readers"] != 1 || parts["limits"] != 1 {
		t.Fatal(parts, err)
	}
	read := func(text string) (all []readers.Item, err error) {
		for i, err := range readers.ReadExport(strings.NewReader(text)) {
			if err != nil {
				return nil, err
			}
			all = append(all, i)
		}
		return all, nil
	}
	same := func(a, b readers.Item) bool {
		return a.Part == b.Part && a.Key == b.Key && bytes.Equal(a.Value, b.Value)
	}
	whole := b.String()
	got, err := read(whole)
	if err != nil || !slices.EqualFunc(got, want, same) {
		t.Fatalf("got %v (%v)", got, err)
	}
	for i := range len(whole) - 1 {
		if _, err := read(whole[:i]); !errors.Is(err, readers.ErrInvalid) || strings.Contains(err.Error(), "ada") {
			t.Errorf("cut at %d: %v", i, err)
		}
	}
	lines := strings.SplitAfter(whole, "\n")
	for name, text := range map[string]string{
		"a line is missing": lines[0] + lines[1] + lines[3],
		"a line is twice":   lines[0] + lines[1] + lines[1] + lines[2] + lines[3],
		"no head":           strings.Join(lines[1:], ""),
		"more behind":       whole + lines[1],
		"newer":             strings.Replace(whole, `readers":1,`, `readers":2,`, 1),
		"text":              "ada@example.org",
		"nothing":           "",
	} {
		if _, err := read(text); !errors.Is(err, readers.ErrInvalid) || strings.Contains(err.Error(), "ada") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
