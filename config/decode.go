package config

import (
	"cmp"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"github.com/watch287g/watch287g/roster"
)

// decoder reads one file into structs and collects what is wrong in it. It walks
// the parsed file itself: the library's decoder stops at the first mistake.
type decoder struct {
	file     string // as messages name it
	dir      string // that the file's paths are relative to
	env      func(string) (string, bool)
	build    func(Channel) error // nil: channels are not built
	places   Places
	exposed  bool           // every user of the machine can read the file
	comments map[int]string // of the file, by line, without the #
	found    Errors
	warnings Errors
}

// field is a key that a section may hold, as the tags of its struct's field say.
// The tag yaml has the key, and after commas:
//
//	required  it has to be there
//	empty     its value may be ""
//	hidden    its value is not shown in messages
//	never     "never" stands for 0; with zero, so does 0 itself
//	private   it is a section in which a secret may be in the wrong place
//
// The tag hint says what to write, where that is not the same for all of its type.
type field struct {
	name, hint string
	flags      []string
	index      int
	typ        reflect.Type
}

func (f field) is(flag string) bool { return slices.Contains(f.flags, flag) }

// keys are the ways to write the key: a secret has three.
func (f field) keys() []string {
	if f.typ == reflect.TypeFor[Secret]() {
		return []string{f.name, f.name + fromFile, f.name + fromEnv}
	}
	return []string{f.name}
}

// fieldsOf lists the keys of a section that is read into a struct.
func fieldsOf(t reflect.Type) (all []field) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag := strings.Split(f.Tag.Get("yaml"), ",")
		if tag[0] == "" {
			continue
		}
		key := field{name: tag[0], flags: tag[1:], index: i, typ: f.Type}
		key.hint = cmp.Or(f.Tag.Get("hint"), key.usualHint())
		all = append(all, key)
	}
	return all
}

// usualHint says what to write for values of a type.
func (f field) usualHint() string {
	switch f.typ {
	case reflect.TypeFor[bool]():
		return "write true or false"
	case reflect.TypeFor[URL]():
		return "write a URL that begins with https:// or http://"
	case reflect.TypeFor[time.Duration]():
		if f.is("never") {
			return "write it like 30s, 15m or 24h, or never"
		}
		return "write it like 30s, 15m or 24h"
	case reflect.TypeFor[[]roster.Kind]():
		return listOf(roster.Kinds())
	case reflect.TypeFor[[]roster.Model]():
		return listOf(roster.ModelClasses())
	case reflect.TypeFor[[]roster.Type]():
		return listOf(roster.Types())
	}
	return ""
}

func listOf[T any](words []T) string {
	return "write a list of " + strings.ReplaceAll(strings.Trim(fmt.Sprint(words), "[]"), " ", ", ")
}

// structOf is the struct that a section, or each section of a list, is read
// into; nil for a type whose values are not sections.
func structOf(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[roster.Filter]():
		return reflect.TypeFor[only]()
	case t.Kind() != reflect.Struct, t == reflect.TypeFor[Secret](), t == reflect.TypeFor[netip.Prefix](), reflect.PointerTo(t).Implements(reflect.TypeFor[reader]()):
		return nil
	}
	return t
}

// reader is a value that is read from a text. What it answers is wrong with the
// text continues a sentence, see section.check.
type reader interface {
	parse(text string) (wrong string)
}

// section is a mapping of the file, for the checks of its struct.
type section struct {
	d       *decoder
	name    string             // as messages call it
	at      *token.Token       // where it begins
	before  int                // how much was wrong before it
	private bool               // it is part of a channel, so that a secret may be in the wrong place
	keys    []key              // in the file's order
	values  map[string][]value // by field, what could be read
	entries []*section         // of its list of sections
}

// key is one that is given.
type key struct {
	field string // which a secret's keys share
	at    *token.Token
}

// value is one text of the file.
type value struct {
	text    string
	at      *token.Token
	subject string // what messages call it
	hint    string
}

// tokensOf returns where fields are given, in the file's order.
func (s *section) tokensOf(fields ...string) (at []*token.Token) {
	for _, k := range s.keys {
		if slices.Contains(fields, k.field) {
			at = append(at, k.at)
		}
	}
	return at
}

// key is where a field is given first; nil where it is not.
func (s *section) key(field string) *token.Token {
	if at := s.tokensOf(field); len(at) > 0 {
		return at[0]
	}
	return nil
}

// check applies a rule to each value of a field. What the rule answers is wrong
// follows the value, as in "is not a URL"; what to write is the field's hint,
// unless the rule says it after a semicolon.
func (s *section) check(name string, rule func(text string) (wrong string)) {
	for _, v := range s.values[name] {
		s.wrong(v, rule(v.text))
	}
}

func (s *section) wrong(v value, wrong string) {
	if wrong == "" {
		return
	}
	if !strings.Contains(wrong, "; ") {
		wrong += "; " + v.hint
	}
	s.d.fail(v.at, "%s %s", v.subject, wrong)
}

// list fills a list with the values of a field, each as read answers it.
func list[T ~string](s *section, name string, to *[]T, read func(text string) (value T, wrong string)) {
	s.check(name, func(text string) string {
		value, wrong := read(text)
		if wrong != "" {
			return wrong
		}
		if slices.ContainsFunc(*to, func(v T) bool { return strings.EqualFold(string(v), string(value)) }) {
			return "is in this list already; keep one"
		}
		*to = append(*to, value)
		return ""
	})
}

// fail notes what is wrong at a place. Messages say what is wrong, then, after a
// semicolon, what to write instead.
func (d *decoder) fail(t *token.Token, format string, args ...any) {
	d.found = append(d.found, d.errorAt(t, fmt.Sprintf(format, args...)))
}

func (d *decoder) errorAt(t *token.Token, text string) Error {
	e := Error{File: d.file, Line: 1, Column: 1, Text: text}
	if t != nil && t.Position != nil {
		e.Line, e.Column = max(t.Position.Line, 1), max(t.Position.Column, 1)
	}
	return e
}

// section reads a mapping, nil where its keys are all commented out, into a
// struct, and checks it.
func (d *decoder) section(s *section, m *ast.MappingNode, into reflect.Value) *section {
	s.d, s.values, s.before = d, map[string][]value{}, len(d.found)
	fields := fieldsOf(into.Type())
	if m == nil {
		m = &ast.MappingNode{}
	}
	for _, v := range m.Values {
		at := v.Key.GetToken()
		i := slices.IndexFunc(fields, func(f field) bool { return slices.Contains(f.keys(), at.Value) })
		if i < 0 {
			s.unknown(v, fields)
			continue
		}
		f := fields[i]
		before := s.tokensOf(f.name)
		again := slices.IndexFunc(before, func(t *token.Token) bool { return t.Value == at.Value })
		switch {
		case again >= 0:
			d.fail(at, "%q is given twice; keep this one or the one on line %d", at.Value, before[again].Position.Line)
		case len(before) > 0:
			d.fail(at, "%q beside %q on line %d; keep one of them", at.Value, before[0].Value, before[0].Position.Line)
			fallthrough
		default:
			s.keys = append(s.keys, key{f.name, at})
		}
		s.field(f, v, into.Field(f.index))
	}
	for _, f := range fields {
		if f.is("required") && s.key(f.name) == nil {
			d.fail(s.at, "%s needs %s; %s", s.name, orList(f.keys()), f.hint)
		}
	}
	if v, ok := into.Addr().Interface().(interface{ validate(*section) }); ok {
		v.validate(s)
	}
	return s
}

// field reads the value of a key.
func (s *section) field(f field, v *ast.MappingValueNode, to reflect.Value) {
	items, isList := v.Value.(*ast.SequenceNode)
	inner := structOf(f.typ)
	switch {
	case f.typ == reflect.TypeFor[Secret]():
		s.secret(f, v, to.Addr().Interface().(*Secret))
	case inner != nil && f.typ.Kind() == reflect.Slice:
		s.list(v.Value, to)
	case inner != nil:
		if f.typ.Kind() == reflect.Pointer {
			to.Set(reflect.New(f.typ.Elem()))
			to = to.Elem()
		}
		s.inner(f, v, to.Addr().Convert(reflect.PointerTo(inner)).Elem())
	case isList && f.typ.Kind() == reflect.Slice:
		if len(items.Values) == 0 {
			s.d.fail(start(v.Value), "an empty list; %s, or remove the key", f.hint)
		}
		for _, item := range items.Values {
			s.value(f, item, to)
		}
	default:
		s.value(f, v.Value, to)
	}
}

// inner reads a section within this one.
func (s *section) inner(f field, v *ast.MappingValueNode, into reflect.Value) {
	m, ok := v.Value.(*ast.MappingNode)
	if _, empty := v.Value.(*ast.NullNode); !ok && !empty {
		s.d.fail(start(v.Value), "%q is a section, not a value or a list; write its keys on the lines below it, indented: %s", f.name, names(fieldsOf(into.Type())))
		return
	}
	s.d.section(&section{name: strconv.Quote(f.name), at: v.Key.GetToken(), private: s.private || f.is("private")}, m, into)
}

// list reads the channels, which are the one list of sections.
func (s *section) list(n ast.Node, to reflect.Value) {
	items, ok := n.(*ast.SequenceNode)
	if _, empty := n.(*ast.NullNode); empty {
		return
	} else if !ok {
		s.d.fail(start(n), `"channels" is a list; begin each channel on a line of its own with "- name:"`)
		return
	}
	for _, item := range items.Values {
		m, ok := item.(*ast.MappingNode)
		if !ok {
			s.d.fail(start(item), `this is not a channel; begin it with "- name:" and write its other keys on the lines below`)
			continue
		}
		into := reflect.New(to.Type().Elem()).Elem()
		s.entries = append(s.entries, s.d.section(&section{name: "the channel", at: start(m), private: true}, m, into))
		to.Set(reflect.Append(to, into))
	}
}

// value reads one value, of a list perhaps, whose items only the checks take.
func (s *section) value(f field, n ast.Node, to reflect.Value) {
	text, ok := s.text(n, f)
	if !ok {
		return
	}
	if text == "" && f.is("empty") {
		to.SetZero()
		return
	}
	v := value{text: text, at: start(n), subject: quote(text), hint: f.hint}
	if f.is("hidden") {
		v.subject = unshown
	} else if s.private {
		v.subject = show(text)
	}
	if wrong := assign(f, to, text); wrong != "" {
		s.wrong(v, wrong)
		return
	}
	s.values[f.name] = append(s.values[f.name], v)
}

// assign puts a text into a struct's field, or answers what is wrong with it.
func assign(f field, to reflect.Value, text string) (wrong string) {
	switch p := to.Addr().Interface().(type) {
	case reader:
		return p.parse(text)
	case *time.Duration:
		*p, wrong = duration(f, text)
	case *string:
		*p = text
	case *int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return "is not a number"
		}
		*p = n
	case *bool:
		if *p = text == "true"; !*p && text != "false" {
			return "is neither true nor false"
		}
	}
	return wrong
}

// duration reads a duration; one that is shorter than a second makes no sense
// anywhere.
func duration(f field, text string) (d time.Duration, wrong string) {
	if text == "never" && f.is("never") {
		return 0, ""
	}
	d, err := time.ParseDuration(text)
	switch {
	case err != nil:
		return 0, "is not a duration"
	case d < time.Second && (d != 0 || !f.is("zero")):
		return 0, "is shorter than a second"
	}
	return d, ""
}

// text is the text of a node that has to be one value; ok is false where it is
// something else, which is noted.
func (s *section) text(n ast.Node, f field) (text string, ok bool) {
	switch n := n.(type) {
	case *ast.NullNode:
		s.d.fail(start(n), "no value%s", s.missing(start(n), f))
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.StringNode:
		return n.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		s.d.fail(start(n), "anchors, aliases and tags (&, *, !) are not supported; %s, in quotes where it begins with one of these characters", f.hint)
	default:
		s.d.fail(start(n), "a section or a list stands where one value belongs; %s", f.hint)
	}
	return "", false
}

// missing says what to do about a key without a value.
func (s *section) missing(at *token.Token, f field) string {
	comment := s.d.comments[at.Position.Line]
	switch {
	case comment == "" || !isWord(comment):
		return "; " + f.hint + ", or remove the key"
	case f.typ == reflect.TypeFor[Secret]() || notShown(comment):
		return ", since what follows a # is a comment; put the value in quotes"
	}
	return fmt.Sprintf(", since what follows a # is a comment; write %s, in quotes", quote("#"+comment))
}

// start is where a node begins; for a mapping the parser itself names the first
// colon.
func start(n ast.Node) *token.Token {
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		return m.Values[0].Key.GetToken()
	}
	return n.GetToken()
}
