package house

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestRaceDetectorMissesNothing holds what the Makefile runs without the race detector
// to its word: no test there has anything run beside it but what is named.
func TestRaceDetectorMissesNothing(t *testing.T) {
	t.Parallel()
	variable := makefile(t)
	raced, long := regexp.MustCompile(variable("BESIDE")), regexp.MustCompile(variable("LONG"))
	byHand := regexp.MustCompile("Screenshots|Pictures$|Validators") // which make test skips
	for _, dirs := range strings.Fields(variable("SEQUENTIAL")) {
		for _, test := range beside(t, filesOf(t, dirs)) {
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

// TestPlainTestsAreRun holds that whatever the race detector is spared is run without it:
// the packages that have such tests are those that the Makefile names.
func TestPlainTestsAreRun(t *testing.T) {
	t.Parallel()
	variable := makefile(t)
	spared := regexp.MustCompile(`(?m)^func (?:Test|Example|Fuzz)\w*(?:` + variable("LONG") + `|` + variable("PLAIN") + `)`)
	var wholly, named []string // the files of packages that are run without it altogether, and of those named
	for _, dirs := range strings.Fields(variable("SEQUENTIAL") + " " + variable("PROCESSES") + " ./web") {
		wholly = append(wholly, filesOf(t, dirs)...)
	}
	for _, dirs := range strings.Fields(variable("BOTH")) {
		named = append(named, filesOf(t, dirs)...)
	}
	needed := map[string]bool{}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() == "node_modules" || d.Name() == ".git" {
			return cmp.Or(err, fs.SkipDir)
		}
		if !strings.HasSuffix(path, "_test.go") || slices.Contains(wholly, path) {
			return nil
		}
		source, err := os.ReadFile(path)
		if test := spared.Find(source); test != nil {
			needed[filepath.Dir(path)] = true
			if !slices.Contains(named, path) {
				t.Errorf("%s is run nowhere: name its package among BOTH in the Makefile, or the test otherwise", test)
			}
		}
		return err
	})
	if err != nil || len(needed) == 0 {
		t.Errorf("%d packages have such tests: %v", len(needed), err)
	}
	for _, dirs := range strings.Fields(variable("BOTH")) {
		if !slices.ContainsFunc(filesOf(t, dirs), func(path string) bool { return needed[filepath.Dir(path)] }) {
			t.Errorf("the Makefile names %s among BOTH, which has no such test", dirs)
		}
	}
}

// makefile returns what the Makefile says that a variable is.
func makefile(t *testing.T) (variable func(name string) string) {
	t.Helper()
	all, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	return func(name string) string {
		m := regexp.MustCompile(`(?m)^` + name + ` = (.*)$`).FindSubmatch(all)
		if m == nil {
			t.Fatalf("the Makefile has no %s", name)
		}
		return strings.ReplaceAll(string(m[1]), "$$", "$") // which stands twice in a Makefile
	}
}

// filesOf are a package's files, and with /... behind it those of what is below it too.
func filesOf(t *testing.T, dirs string) []string {
	t.Helper()
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
	return found
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
