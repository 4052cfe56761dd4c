package past_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/watch287g/watch287g/past"
	"github.com/watch287g/watch287g/roster"
)

func capture(day int) past.Capture {
	at := time.Date(2019, 3, day, 12, 0, 0, 0, time.UTC)
	return past.Capture{Kind: past.KindPage, URL: "https://www.ice.gov/287g", At: at,
		Origin: roster.Origin{Source: roster.SourceInternetArchive, At: at, Dated: roster.DatedCaptured, Checked: true}}
}

// What was added is there again after the program ended in the middle of a line, in the
// order of its publication, and the next line follows the last whole one.
func TestPoolAfterACrash(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), past.Dir)
	p, err := past.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, day := range []int{20, 3} {
		if err := p.Add(t.Context(), capture(day), []byte("<p>the page</p>")); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := past.Open(dir, nil); !errors.Is(err, past.ErrLocked) {
		t.Errorf("a second one to add to it: %v", err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	index := filepath.Join(dir, "captures.jsonl")
	whole, err := os.ReadFile(index)
	if err != nil {
		t.Fatal(err)
	}
	for cut := range len(whole) + 1 {
		if err := os.WriteFile(index, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := past.Open(dir, nil)
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		if got, want := len(p.Captures()), bytes.Count(whole[:cut], []byte("\n")); got != want {
			t.Fatalf("cut at %d: %d captures, want %d", cut, got, want)
		}
		if cut%100 == 0 || cut == len(whole) {
			if err := p.Add(t.Context(), capture(11), []byte("<p>another</p>")); err != nil {
				t.Fatal(err)
			}
			again, err := past.Read(dir, nil)
			if err != nil || !cmp.Equal(again.Captures(), p.Captures()) {
				t.Fatalf("cut at %d: %v, %s", cut, err, cmp.Diff(again.Captures(), p.Captures()))
			}
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	}
	p, err = past.Read(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	var days []int
	for _, c := range p.Captures() {
		days = append(days, c.At.Day())
		if body, err := p.Body(t.Context(), c); err != nil || int64(len(body)) != c.Size {
			t.Errorf("the bytes of %v: %d, %v", c, len(body), err)
		}
	}
	if diff := cmp.Diff([]int{3, 11, 20}, days); diff != "" {
		t.Error(diff)
	}
}

// Bytes that are no longer what was kept are not handed out.
func TestPoolWithDamage(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), past.Dir)
	p, err := past.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close() //nolint:errcheck // a test's
	if err := p.Add(t.Context(), capture(1), []byte("<p>the page</p>")); err != nil {
		t.Fatal(err)
	}
	c := p.Captures()[0]
	file := filepath.Join(dir, "files", c.SHA256[:2], c.SHA256)
	if err := os.WriteFile(file, []byte("<p>the pace</p>"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Body(t.Context(), c); !errors.Is(err, past.ErrDamaged) {
		t.Errorf("changed: %v", err)
	}
	if err := p.Add(t.Context(), capture(2), []byte("<p>the page</p>")); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Body(t.Context(), c); err != nil {
		t.Errorf("kept again: %v", err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Body(t.Context(), c); !errors.Is(err, past.ErrDamaged) {
		t.Errorf("removed: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "captures.jsonl"), []byte("{\n{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := past.Read(dir, nil); !errors.Is(err, past.ErrDamaged) {
		t.Errorf("a line that is none: %v", err)
	}
}
