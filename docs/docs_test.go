package docs_test

import (
	"cmp"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The pages of the repository link only what a clone has.
func TestLinksLeadSomewhere(t *testing.T) {
	pages := []string{"../README.md", "../CONTRIBUTING.md", "../CHANGELOG.md", "design.md", "fleet.md", "operating.md"}
	link := regexp.MustCompile(`\]\(([^)#]+)[^)]*\)`)
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range link.FindAllStringSubmatch(string(text), -1) {
			to := found[1]
			if strings.HasPrefix(to, "https://") || strings.HasPrefix(to, "http://localhost") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), to)); err != nil {
				t.Errorf("%s links %s: %v", page, to, err)
			}
		}
		if strings.Contains(string(text), "../shared") {
			t.Errorf("%s wants a directory beside the checkout", page)
		}
	}
}

// rooms reads the table of section 4: what each room, or part of one, imports of
// ours.
func rooms(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("design.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## 4. ")
	section, _, _ = strings.Cut(section, "\n## ")
	imports := map[string][]string{}
	quoted := regexp.MustCompile("`([a-z0-9/]+)(?:/…)?`")
	for _, row := range regexp.MustCompile("(?m)^\\| (`.*?) \\| .* \\| (.*) \\|$").FindAllStringSubmatch(section, -1) {
		for _, name := range quoted.FindAllStringSubmatch(row[1], -1) {
			imports[name[1]] = strings.Split(strings.ReplaceAll(row[2], "`", ""), ", ")
		}
	}
	return imports
}

// roomOf returns the narrowest room of a table that a package is in, "" for none.
func roomOf(table map[string][]string, dir string) string {
	for ; dir != "."; dir = path.Dir(dir) {
		if _, named := table[dir]; named {
			return dir
		}
	}
	return ""
}

// What the table of rooms says is what the rooms import.
func TestTableOfRoomsIsTrue(t *testing.T) {
	const module = "github.com/watch287g/watch287g/"
	table := rooms(t)
	err := filepath.WalkDir("..", func(file string, d fs.DirEntry, err error) error {
		name := d.Name()
		if err != nil || d.IsDir() && file != ".." && (strings.HasPrefix(name, ".") || name == "node_modules") {
			return cmp.Or(err, filepath.SkipDir)
		}
		dir := path.Dir(strings.TrimPrefix(filepath.ToSlash(file), "../"))
		if d.IsDir() || dir == "." || dir == "docs" || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		room := roomOf(table, dir)
		may := table[room]
		if room == "" {
			t.Errorf("the table lacks %s", dir)
		}
		source, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range source.Imports {
			of, ours := strings.CutPrefix(strings.Trim(spec.Path.Value, `"`), module)
			if !strings.HasPrefix(of, "internal/") { // the table names these one by one
				of = cmp.Or(roomOf(table, of), of)
			}
			if !ours || of == room || slices.Contains(may, of) || slices.Contains([]string{"all", "what it needs"}, may[0]) ||
				slices.Contains(may, "what is below") && strings.HasPrefix(of, room+"/") {
				continue
			}
			t.Errorf("%s imports %s, and the table names %q", file, of, may)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Every test that README names as proof is there.
func TestClaimsNameTests(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	command := regexp.MustCompile("`go test ((?:\\./[a-z0-9/]+ )+)[^`]*?-(?:run|fuzz) '?([A-Za-z|\\\\]+)")
	found := command.FindAllStringSubmatch(string(text), -1)
	if len(found) < 15 {
		t.Errorf("README names only %d tests", len(found))
	}
	for _, f := range found {
		names := testsIn(t, strings.Fields(f[1]))
		for _, part := range strings.Split(f[2], `\|`) { // as a table of Markdown writes it
			if !slices.ContainsFunc(names, func(name string) bool { return strings.Contains(name, part) }) {
				t.Errorf("%s: there is no test %s", strings.Trim(f[0], "`"), part)
			}
		}
	}
}

// testsIn lists the tests and fuzz tests of some directories by name.
func testsIn(t *testing.T, dirs []string) []string {
	t.Helper()
	test := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	var names []string
	for _, dir := range dirs {
		files, err := filepath.Glob(filepath.Join("..", dir, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range test.FindAllStringSubmatch(string(source), -1) {
				names = append(names, name[1])
			}
		}
	}
	return names
}
