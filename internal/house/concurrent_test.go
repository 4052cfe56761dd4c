package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestRaceDetectorMissesNothing holds what the Makefile runs without the race detector
// to its word: no test there has anything run beside it but what is named.
func TestRaceDetectorMissesNothing(t *testing.T) {
	t.Parallel()
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	variable := func(name string) string {
		m := regexp.MustCompile(`(?m)^` + name + ` = (.*)$`).FindSubmatch(makefile)
		if m == nil {
			t.Fatalf("the Makefile has no %s", name)
		}
		return string(m[1])
	}
	// A dollar stands twice in a Makefile.
	raced, long := regexp.MustCompile(strings.ReplaceAll(variable("BESIDE"), "$$", "$")), regexp.MustCompile(variable("LONG"))
	byHand := regexp.MustCompile("Screenshots|Pictures$|Validators") // which make test skips
	for _, dirs := range strings.Fields(variable("SEQUENTIAL")) {
		dir, deep := strings.CutSuffix(filepath.Join("../..", dirs), "/...")
		found, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(found) == 0 {
			t.Fatal(dirs, err)
		}
		if deep {
			more, err := filepath.Glob(filepath.Join(dir, "*", "*.go"))
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, more...)
		}
		for _, test := range beside(t, found) {
			t.Errorf("%s: %s has something run beside it", dirs, test)
		}
	}
	found, err := filepath.Glob("../../web/*.go")
	if err != nil {
		t.Fatal(err)
	}
	all := beside(t, found)
	for _, test := range all {
		if !raced.MatchString(test) && !long.MatchString(test) && !byHand.MatchString(test) {
			t.Errorf("%s has something run beside it: name it among BESIDE in the Makefile", test)
		}
	}
	if len(all) < 6 {
		t.Errorf("only %q have something run beside them", all)
	}
}

// beside returns the tests in a package's files that start what runs beside them,
// themselves or by a function of the package.
func beside(t *testing.T, files []string) (tests []string) {
	t.Helper()
	calls := map[string][]string{} // by a function's name, a method's with a dot before it
	starts := map[string]bool{".Go": true, ".AfterFunc": true, ".NewServer": true, ".NewUnstartedServer": true, ".NewTLSServer": true}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			name := f.Name.Name
			if f.Recv != nil {
				name = "." + name
			}
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.GoStmt:
					starts[name] = true
				case *ast.CallExpr:
					switch called := n.Fun.(type) {
					case *ast.Ident:
						calls[name] = append(calls[name], called.Name)
					case *ast.SelectorExpr:
						calls[name] = append(calls[name], "."+called.Sel.Name)
					}
				}
				return true
			})
		}
	}
	for more := true; more; {
		more = false
		for name, called := range calls {
			for _, c := range called {
				if !starts[name] && starts[c] {
					starts[name], more = true, true
				}
			}
		}
	}
	for name := range starts {
		if strings.HasPrefix(name, "Test") {
			tests = append(tests, name)
		}
	}
	return tests
}
