package config

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// decode reads the whole file into c.
func (d *decoder) decode(body []byte, c *Config) {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	switch {
	case len(body) > maxBytes:
		d.fail(nil, "the file is larger than 1 MiB, which no configuration is; name another file")
		return
	case !utf8.Valid(body):
		at := bytes.IndexFunc(body, func(c rune) bool { return c == utf8.RuneError })
		d.fail(placeAfter(body[:at]), "not readable as UTF-8 text; save the file in that encoding")
		return
	}
	root := d.parse(string(body))
	if root == nil {
		return
	}
	m, ok := root.(*ast.MappingNode)
	if !ok {
		d.fail(root.GetToken(), "the file has no keys; write lines like \"source:\", see watch287g config example")
		return
	}
	d.section(&section{at: start(m)}, m, reflect.ValueOf(c).Elem())
}

// placeAfter is the place that follows a text.
func placeAfter(text []byte) *token.Token {
	line := text[bytes.LastIndexByte(text, '\n')+1:]
	return &token.Token{Position: &token.Position{
		Line:   1 + bytes.Count(text, []byte("\n")),
		Column: 1 + utf8.RuneCount(line),
	}}
}

// parse returns the file's one document; nil where there is none, and where it
// is not YAML, which is noted.
func (d *decoder) parse(text string) (root ast.Node) {
	defer func() {
		if recover() != nil { // earlier releases of the parser panicked on odd files
			d.fail(nil, "not readable as YAML; look for a stray bracket, quote or sign")
		}
	}()
	tokens := lexer.Tokenize(text)
	if t := tooMuch(tokens); t != nil {
		d.fail(t, "more keys, or more levels of them, than a configuration has; name another file")
		return nil
	}
	d.comments = map[int]string{}
	for _, t := range tokens {
		if t.Type == token.CommentType {
			d.comments[t.Position.Line] = t.Value
		}
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		d.syntax(err)
		return nil
	}
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil || doc.Body.Type() == ast.DirectiveType:
		case root != nil:
			d.fail(start(doc.Body), "a second document begins here; keep one, without a line of --- before this one")
		default:
			root = doc.Body
		}
	}
	return root
}

// tooMuch finds the token at which the parser would begin to take all memory or
// more than a minute: where brackets, or signs on one line that each begin a list
// or a key, are nested, and where keys are many.
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
	{"'\t'", "indent with spaces, not tabs"},
	{"tab character", "indent with spaces, not tabs"},
	{"reserved character", "put the value in quotes"},
	{"escape character", "put the value in single quotes"},
	{"end character", "close the quotes"},
	{"end token", "close the bracket, and put values with a # in quotes"},
	{"map value", "close the bracket, and put values with a # in quotes"},
	{"must be specified", "separate what stands in brackets with commas, and close the bracket"},
	{"mapping value is not allowed", "indent the keys of one section alike, and quote a value that has a colon and a space in it"},
	{"unexpected key name", "write a space after the colon, and indent the keys of one section alike"},
	{"document separator", "begin a line of its own after ---"},
	{"", "indent the keys of one section alike, and quote values that have special characters in them"},
}

// syntax notes the parser's error on one line.
func (d *decoder) syntax(err error) {
	e, ok := errors.AsType[yaml.Error](err)
	if !ok {
		d.fail(nil, "not readable as YAML; compare with watch287g config example")
		return
	}
	i := slices.IndexFunc(hints, func(h struct{ message, hint string }) bool { return strings.Contains(e.GetMessage(), h.message) })
	message := strings.NewReplacer("\t", `\t`, "\n", " ", "\r", " ").Replace(redact(e.GetMessage()))
	d.fail(e.GetToken(), "not readable as YAML: %s; %s", message, hints[i].hint)
}
