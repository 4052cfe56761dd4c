package config

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// reader reads one file and collects what is wrong in it. It walks the parsed
// file itself: a decoder would stop at the first thing that it cannot take.
type reader struct {
	file   string // as messages name it
	folder string // from which the file's paths count
	env    func(string) (string, bool)
	top    []key
	homes  []key // where a key may belong that stands in the wrong section
	// private says that secrets stand hereabouts, one of which may have been
	// written in the place of a key.
	private bool
	found   Errors
}

// key is a name that a mapping may hold.
type key struct {
	name string
	keys []key          // what a section holds, or each entry of a list of sections
	read func(ast.Node) // takes in what is no section
	// done looks at a section as a whole, once it is read. at is where it begins.
	done func(at *token.Token, g given)
}

// fail notes what is wrong at a place. Messages say what is wrong, then, after a
// semicolon, what to write instead.
func (r *reader) fail(t *token.Token, format string, args ...any) {
	line, column := 1, 1
	if t != nil && t.Position != nil {
		line, column = max(t.Position.Line, 1), max(t.Position.Column, 1)
	}
	r.found = append(r.found, Error{File: r.file, Line: line, Column: column, Text: fmt.Sprintf(format, args...)})
}

// readFile takes the whole file into c.
func (r *reader) readFile(body []byte, c *Config) {
	r.top = r.schema(c)
	r.homes = r.top
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	switch {
	case len(body) > maxBytes:
		r.fail(nil, "the file is larger than 1 MiB, which no configuration is; name another file")
		return
	case !utf8.Valid(body):
		at := bytes.IndexFunc(body, func(c rune) bool { return c == utf8.RuneError })
		r.fail(placeOf(body[:at]), "not readable as UTF-8 text; save the file in that encoding")
		return
	}
	root := r.parse(string(body))
	if root == nil {
		return
	}
	if m, ok := root.(*ast.MappingNode); ok {
		r.mapping(m, r.top)
		return
	}
	r.fail(root.GetToken(), "the file holds no keys; write lines like \"source:\", see watch287g config example")
}

// placeOf is the place that follows what is given.
func placeOf(before []byte) *token.Token {
	line := before[bytes.LastIndexByte(before, '\n')+1:]
	return &token.Token{Position: &token.Position{
		Line:   1 + bytes.Count(before, []byte("\n")),
		Column: 1 + utf8.RuneCount(line),
	}}
}

// parse returns the file's one document; nil where there is none, and where it
// is no YAML, which is noted.
func (r *reader) parse(text string) (root ast.Node) {
	defer func() {
		if recover() != nil { // earlier releases of the parser panicked on odd files
			r.fail(nil, "not readable as YAML; look for a stray bracket, quote or sign")
		}
	}()
	tokens := lexer.Tokenize(text)
	if t := tooMuch(tokens); t != nil {
		r.fail(t, "more keys, or more of them in one another, than a configuration has; name another file")
		return nil
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		r.syntax(err)
		return nil
	}
	for _, d := range file.Docs {
		switch {
		case d.Body == nil || d.Body.Type() == ast.DirectiveType:
		case root != nil:
			r.fail(start(d.Body), "a second document begins here; keep one, without a line of --- before this one")
		default:
			root = d.Body
		}
	}
	return root
}

// tooMuch finds the token from which on the parser would take all memory or a
// minute and more: where brackets, or signs on one line that each begin a list
// or a key, are nested in one another, and where keys are many.
func tooMuch(tokens token.Tokens) *token.Token {
	const deepest, most = 50, 10_000
	open, line, signs, keys := 0, 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			line, signs = t.Position.Line, 0
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			open++
		case token.SequenceEndType, token.MappingEndType:
			open--
		case token.SequenceEntryType, token.MappingKeyType, token.AnchorType, token.TagType:
			signs++
		case token.MappingValueType:
			keys++
		}
		if open > deepest || signs > deepest || keys > most {
			return t
		}
	}
	return nil
}

// hints say what to write where the parser says only what it did not expect.
var hints = []struct{ message, hint string }{
	{"'\t'", "indent with blanks, not tabs"},
	{"tab character", "indent with blanks, not tabs"},
	{"reserved character", "put the value in quotes"},
	{"escape character", "put the value in single quotes"},
	{"end character", "close the quotes"},
	{"end token", "close the bracket"},
	{"must be specified", "separate what stands in brackets with commas, and close the bracket"},
	{"mapping value is not allowed", "indent keys of one section alike, and quote a value that has a colon and a blank in it"},
	{"unexpected key name", "write a blank after the colon, and indent keys of one section alike"},
	{"document separator", "begin a line of its own after ---"},
}

// syntax notes the parser's error on one line.
func (r *reader) syntax(err error) {
	e, ok := errors.AsType[yaml.Error](err)
	if !ok {
		r.fail(nil, "not readable as YAML; compare with watch287g config example")
		return
	}
	hint := "indent keys of one section alike, and quote values that have signs in them"
	if i := slices.IndexFunc(hints, func(h struct{ message, hint string }) bool {
		return strings.Contains(e.GetMessage(), h.message)
	}); i >= 0 {
		hint = hints[i].hint
	}
	message := strings.NewReplacer("\t", `\t`, "\n", " ", "\r", " ").Replace(redact(e.GetMessage()))
	r.fail(e.GetToken(), "not readable as YAML: %s; %s", message, hint)
}

// section reads what stands under a key.
func (r *reader) section(at *ast.MappingValueNode, k key) {
	var g given
	switch n := at.Value.(type) {
	case *ast.NullNode: // all that it held is commented out
	case *ast.MappingNode:
		g = r.mapping(n, k.keys)
	default:
		r.fail(start(n), "%q is a section, not a value or a list; write its keys on lines below it, indented: %s", k.name, names(k.keys))
		return
	}
	if k.done != nil {
		k.done(at.Key.GetToken(), g)
	}
}

// mapping reads the keys of a section, or of a list's entry. They are read in
// the schema's order, so that what one may be can depend on one before it.
func (r *reader) mapping(m *ast.MappingNode, keys []key) given {
	g := given{}
	for _, v := range m.Values {
		at := v.Key.GetToken()
		name := at.Value
		switch first := g[name]; {
		case !slices.ContainsFunc(keys, func(k key) bool { return k.name == name }):
			r.unknown(v, keys)
		case first != nil:
			r.fail(at, "%q is given twice; keep this one or the one on line %d", name, first[0].Key.GetToken().Position.Line)
		}
		g[name] = append(g[name], v)
	}
	for _, k := range keys {
		for _, v := range g[k.name] {
			if k.read != nil {
				k.read(v.Value)
			} else {
				r.section(v, k)
			}
		}
	}
	return g
}

// value makes the reader of a key that has one value. set takes the text and
// answers what is wrong with it, if anything is.
func (r *reader) value(hint string, set func(text string) (wrong string)) func(ast.Node) {
	return func(n ast.Node) {
		switch n := n.(type) {
		case *ast.NullNode:
			r.fail(start(n), "no value; %s, or take the key out", hint)
		case *ast.LiteralNode:
			r.wrong(n, set(n.Value.Value))
		case *ast.StringNode:
			r.wrong(n, set(n.Value))
		case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
			r.wrong(n, set(n.GetToken().Value))
		case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
			r.fail(start(n), "anchors, aliases and tags (&, *, !) are not read here; %s, in quotes where it begins with such a sign", hint)
		default:
			r.fail(start(n), "a section or a list where one value belongs; %s", hint)
		}
	}
}

// list makes the reader of a key that has several values, or one. add takes the
// text of each and answers what is wrong with it, if anything is.
func (r *reader) list(hint string, add setter) func(ast.Node) {
	one := r.value(hint, add)
	return func(n ast.Node) {
		list, ok := n.(*ast.SequenceNode)
		if !ok {
			one(n)
			return
		}
		if len(list.Values) == 0 {
			r.fail(start(n), "an empty list; %s, or take the key out", hint)
		}
		for _, v := range list.Values {
			one(v)
		}
	}
}

// wrong notes what is wrong with a value, if anything is.
func (r *reader) wrong(n ast.Node, text string) {
	if text != "" {
		r.fail(start(n), "%s", text)
	}
}

// start is where a node begins; for a mapping the parser itself names the first
// colon.
func start(n ast.Node) *token.Token {
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		return m.Values[0].Key.GetToken()
	}
	return n.GetToken()
}
