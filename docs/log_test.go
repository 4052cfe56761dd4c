package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLogAttributesAreExplained finds every attribute that some line of the log has in
// the table of operating.md, so that one thing keeps one name.
func TestLogAttributesAreExplained(t *testing.T) {
	text, err := os.ReadFile("operating.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "\n### Log\n")
	table, _, _ = strings.Cut(table, "\n### ")
	found := map[string]bool{}
	err = filepath.WalkDir("..", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == "node_modules" || d.Name() == "internal" || strings.HasPrefix(d.Name(), ".") && file != "..") {
			return orSkip(err)
		}
		if d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		source, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(source, func(n ast.Node) bool {
			for _, name := range attributes(n) {
				if found[name] = true; !strings.Contains(table, "`"+name+"`") {
					t.Errorf("%s logs %q, which operating.md does not explain", file, name)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 20 {
		t.Errorf("only %d attributes were found: %v", len(found), found)
	}
}

func orSkip(err error) error {
	if err != nil {
		return err
	}
	return filepath.SkipDir
}

// attributes are the names that a call of a *slog.Logger gives to what it logs.
func attributes(n ast.Node) (names []string) {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return nil
	}
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	if of, ok := method.X.(*ast.Ident); ok && of.Name == "http" { // http.Error
		return nil
	}
	first := map[string]int{"With": 0, "Debug": 1, "Info": 1, "Warn": 1, "Error": 1, "DebugContext": 2, "InfoContext": 2, "WarnContext": 2, "ErrorContext": 2}
	at, ok := first[method.Sel.Name]
	if !ok {
		return nil
	}
	for ; at+1 < len(call.Args); at += 2 {
		if name, ok := call.Args[at].(*ast.BasicLit); ok && name.Kind == token.STRING {
			names = append(names, strings.Trim(name.Value, `"`))
		}
	}
	return names
}
