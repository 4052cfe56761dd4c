package prose

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/watch287g/watch287g/roster"
)

func TestMessagesAreWellFormed(t *testing.T) {
	for l, table := range messages {
		for k, text := range table {
			if strings.Count(text, "{") != strings.Count(text, "}") || strings.Count(text, "|") > 1 || strings.Contains(text, "  ") || text == "" || strings.TrimSpace(text) != text && k != "and.all" {
				t.Errorf("%s: the message %q is not well formed: %s", l, k, text)
			}
		}
	}
}

// The code asks for no message that the table lacks, and the table holds none whose
// key the code does not make of its literals.
func TestKeysAreThoseOfTheCode(t *testing.T) {
	literals := literalsOfTheCode(t)
	for _, call := range literals.asked {
		if _, has := messages[English][key(call)]; !has {
			t.Errorf("the code asks for the message %q, which is not in the table", call)
		}
	}
	words := map[string]bool{} // that keys are made of, those of the kinds of change included
	for _, kind := range roster.Kinds() {
		words[string(kind)] = true
	}
	for _, s := range literals.all {
		for word := range strings.SplitSeq(s, ".") {
			words[word] = true
		}
	}
	for k := range messages[English] {
		if strings.HasPrefix(string(k), "page.") { // which the site asks for
			continue
		}
		begun := slices.ContainsFunc(literals.all, func(s string) bool { return strings.HasSuffix(s, ".") && strings.HasPrefix(string(k), s) })
		for word := range strings.SplitSeq(string(k), ".") {
			if !begun && !words[word] {
				t.Errorf("nothing in the code asks for the message %q", k)
			}
		}
	}
}

type codeLiterals struct{ all, asked []string }

func literalsOfTheCode(t *testing.T) (found codeLiterals) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	text := func(e ast.Expr) string {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			s, _ := strconv.Unquote(lit.Value)
			return s
		}
		return ""
	}
	inspect := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			found.all = append(found.all, text(n))
		case *ast.CallExpr:
			called, _ := n.Fun.(*ast.SelectorExpr)
			if called != nil && slices.Contains([]string{"say", "count", "plain", "date"}, called.Sel.Name) && len(n.Args) > 0 && text(n.Args[0]) != "" {
				found.asked = append(found.asked, text(n.Args[0]))
			}
		}
		return true
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "english") || strings.HasPrefix(name, "spanish") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, inspect)
	}
	return found
}

// Everything that has a name of its own has one for readers, so that no raw value
// such as "municipality" reaches them.
func TestEveryValueHasWords(t *testing.T) {
	for _, k := range roster.Kinds() {
		for _, form := range []string{"symbol", "label", "many", "count"} {
			if !English.has(key(string(k) + "." + form)) {
				t.Errorf("the kind %s has no %s", k, form)
			}
		}
	}
	for _, kind := range append(roster.Types(), "") {
		if English.Type(kind) == "" || English.Types(kind) == "" {
			t.Errorf("the kind of agency %q has no label", kind)
		}
	}
	for _, s := range []roster.HoldState{roster.HoldOpen, roster.HoldApproved, roster.HoldRejected, roster.HoldBorneOut, roster.HoldDropped} {
		if English.Hold(s) == string(s) {
			t.Errorf("the state of a hold %q has no words", s)
		}
	}
	for _, s := range roster.Statuses() {
		if English.Status(s) == "" {
			t.Errorf("the status %q has no words", s)
		}
	}
	for _, name := range []string{roster.FirstInState, roster.FirstInModel, roster.FirstOfType, roster.Hundred, roster.LastInState, roster.RecordDay} {
		for _, form := range []string{".text", ".headline", ".title"} {
			if !English.has(milestoneKey(name) + key(form)) {
				t.Errorf("the milestone %s has no%s", name, form)
			}
		}
	}
	for _, name := range []string{"agency", "state", "model", "signed", "signed_as", "county", "type", "rows", "moa_url", "addendum_url"} {
		if English.Field(name) == name {
			t.Errorf("the field %s has no label", name)
		}
	}
}
