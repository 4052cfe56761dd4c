package prose

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// pageKey is a literal of the site's code, or of its templates, that names a message, or
// begins the names of several where it ends in a dot.
var pageKey = regexp.MustCompile(`"(page\.[A-Za-z0-9.-]+)"`)

// The site asks for no message that the tables lack, and they hold none that it does not
// ask for.
func TestPageKeysAreThoseOfTheSite(t *testing.T) {
	asked := map[string]string{}
	read := func(root, name string) {
		src, err := os.ReadFile(path.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range pageKey.FindAllStringSubmatch(string(src), -1) {
			asked[m[1]] = name
		}
	}
	err := fs.WalkDir(os.DirFS("../web"), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && (path.Ext(name) == ".html" || path.Ext(name) == ".go" && !strings.HasSuffix(name, "_test.go")) {
			read("../web", name)
		}
		return err
	})
	if err != nil || len(asked) < 100 {
		t.Fatalf("%d messages are asked for: %v", len(asked), err)
	}
	read(".", "web.go")
	var begun []string
	for k, in := range asked {
		if strings.HasSuffix(k, ".") {
			begun = append(begun, k)
		} else if _, ok := englishWeb[key(k)]; !ok {
			t.Errorf("%s asks for the message %q, which is not in the table", in, k)
		}
	}
	for k := range englishWeb {
		if _, ok := asked[string(k)]; !ok && !slices.ContainsFunc(begun, func(b string) bool { return strings.HasPrefix(string(k), b) }) {
			t.Errorf("nothing on the site asks for the message %q", k)
		}
	}
}

// tag is an element that a message has, with its address.
var tag = regexp.MustCompile(`</?[a-z]+[^>]*>`)

// A message has the same elements in both languages, so that no link leads elsewhere; what is
// in English on a Spanish page may say so.
func TestPagesHaveTheSameElements(t *testing.T) {
	of := func(text string) []string {
		one, _, _ := strings.Cut(text, "|")
		all := tag.FindAllString(strings.ReplaceAll(one, ` lang="en"`, ""), -1)
		slices.Sort(all)
		return all
	}
	for k, text := range englishWeb {
		if theirs := spanishWeb[k]; !slices.Equal(of(text), of(theirs)) {
			t.Errorf("%q has other elements in Spanish: %s\n%s", k, text, theirs)
		}
	}
}
