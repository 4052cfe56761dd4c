// Package house holds the repository to sizes that a reader can take in.
package house

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"
)

// What one file and one package hold at most. How long a function can be, the linter
// funlen says.
const (
	maxLines     = 450
	maxFunctions = 250 // methods included, tests left out
	maxOfWeb     = 150 // the same below web
	maxOfProse   = 340 // a function a sentence: short ones, and one room for all of them in all languages
)

// TestSizes counts in every Go file of the repository.
func TestSizes(t *testing.T) {
	t.Parallel()
	root := os.DirFS("../..")
	functions := map[string]int{} // by directory
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules" || d.Name() == "testdata"):
			return fs.SkipDir
		case d.IsDir() || path.Ext(name) != ".go":
			return nil
		}
		src, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		if n := bytes.Count(src, []byte("\n")); n > maxLines {
			t.Errorf("%s has %d lines; a file has at most %d", name, n, maxLines)
		}
		if strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, d := range file.Decls {
			if _, ok := d.(*ast.FuncDecl); ok {
				functions[path.Dir(name)]++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(functions) < 20 {
		t.Fatalf("only %d directories with Go files were found", len(functions))
	}
	for dir, n := range functions {
		most := maxFunctions
		switch {
		case dir == "web" || strings.HasPrefix(dir, "web/"):
			most = maxOfWeb
		case dir == "prose":
			most = maxOfProse
		}
		if n > most {
			t.Errorf("%s has %d functions; a package there has at most %d", dir, n, most)
		}
	}
}
