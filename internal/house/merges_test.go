package house

import (
	"bytes"
	"io/fs"
	"os"
	"strings"
	"testing"
)

// TestNoConflictMarkers finds what a merge leaves in a file that nobody has put
// right: Go's compiler sees it in code, but nothing does in a template.
func TestNoConflictMarkers(t *testing.T) {
	t.Parallel()
	root := os.DirFS("../..")
	files := 0
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (d.Name() == ".git" || d.Name() == "node_modules"):
			return fs.SkipDir
		case !d.Type().IsRegular():
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		files++
		for _, marker := range []string{strings.Repeat("<", 7), strings.Repeat(">", 7)} {
			if at := append([]byte(marker), ' '); bytes.HasPrefix(text, at) || bytes.Contains(text, append([]byte{'\n'}, at...)) {
				t.Errorf("%s has a line that begins with %s: a merge was not finished there", name, marker)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 100 {
		t.Fatalf("only %d files were found", files)
	}
}
