package signup

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/readers"
	"github.com/watch287g/watch287g/roster"
)

// Every message that the pages name is there, in both languages.
func TestEveryMessageIsThere(t *testing.T) {
	t.Parallel()
	named := map[string]bool{}
	files, err := filepath.Glob("templates/*.html")
	if err != nil {
		t.Fatal(err)
	}
	code, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	said := regexp.MustCompile(`\bsayn?[ (]"([a-z.]+[a-z])"|"((?:wrong|limit|me|left|dropped|erased|check|done|form|brings)\.[a-z.]+[a-z])"`)
	for _, name := range append(files, code...) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range said.FindAllStringSubmatch(string(text), -1) {
			if !strings.HasSuffix(name, "_test.go") && found[2] != "me.com" { // which is a provider
				named[found[1]+found[2]] = true
			}
		}
	}
	for _, k := range roster.Kinds() {
		named["kind."+string(k)] = true
	}
	for _, c := range readers.Cadences() {
		named["form."+string(c)], named["form."+string(c)+".is"] = true, true
	}
	if len(named) < 120 {
		t.Errorf("only %d messages were found", len(named))
	}
	delete(named, "kind."+string(roster.KindCorrection)) // which nobody chooses: it comes with what it corrects
	for key := range named {
		english, spanish := prose.English.SignupWords(key, 2, map[string]string{}), prose.Spanish.SignupWords(key, 2, map[string]string{})
		if english == "" || spanish == "" || english == spanish {
			t.Errorf("%s is %q and %q", key, english, spanish)
		}
	}
}
