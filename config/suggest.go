package config

import (
	"cmp"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/watch287g/watch287g/roster"
)

// bareKey is a key that cannot well be a secret in the place of a key.
var bareKey = regexp.MustCompile(`^[a-zA-Z_]{1,20}$`)

// otherWords are words for keys that are called something else, and too
// different for nearest.
var otherWords = map[string]string{"agency": "agencies", "county": "counties", "mail": "email"}

// unknown notes a key that does not belong where it stands.
func (s *section) unknown(v *ast.MappingValueNode, fields []field) {
	at := v.Key.GetToken()
	_, bare := v.Value.(*ast.NullNode) // {secret} is a key without a value
	like, isService := chatServices[strings.ToLower(at.Value)]
	switch {
	case isService:
		s.d.fail(at, "%q is a chat service; write it in a channel as chat: {url: %q}", at.Value, like)
	case s.private && (bare || !bareKey.MatchString(at.Value)):
		s.d.fail(at, "unknown key, not shown since it may be a secret; known here: %s", names(fields))
	default:
		s.d.fail(at, "unknown key %s; %s", quote(at.Value), s.suggest(at.Value, fields))
	}
}

// suggest says what to write instead of an unknown key: the one that is nearly
// spelled so, the section that it belongs to, or all keys that are known there.
func (s *section) suggest(name string, fields []field) string {
	known, top := keysOf(fields), fieldsOf(reflect.TypeFor[Config]())
	meant := cmp.Or(otherWords[strings.ToLower(name)], name)
	near := nearest(meant, known)
	if i := slices.IndexFunc(known, func(k string) bool { return strings.HasPrefix(k, name+"_") || strings.HasSuffix(k, "_"+name) }); near == "" && i >= 0 {
		near = known[i]
	}
	if near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	for _, f := range slices.Concat(fields, top) {
		inner := structOf(f.typ)
		if inner == nil || s.private && f.name != "channels" && !slices.Contains(known, f.name) {
			continue // a channel's key belongs to none of the file's other sections
		}
		if slices.Contains(keysOf(fieldsOf(inner)), meant) {
			return fmt.Sprintf("write %q under %q, indented", meant, f.name)
		}
	}
	if slices.Contains(keysOf(top), name) {
		return "it belongs at the beginning of a line, under no other key"
	}
	return "known here: " + names(fields)
}

// nearest is the word that is meant, in all likelihood; "" where none is.
func nearest[T ~string](word string, known []T) T { return roster.Meant(word, known, 2) }

func names(fields []field) string { return strings.Join(keysOf(fields), ", ") }

func keysOf(fields []field) (all []string) {
	for _, f := range fields {
		all = append(all, f.keys()...)
	}
	return all
}

// orList lists names as in "a", "b" or "c".
func orList(names []string) string {
	list := fmt.Sprintf("%q", names)
	list = strings.ReplaceAll(list[1:len(list)-1], `" "`, `", "`)
	if i := strings.LastIndex(list, ", "); i >= 0 {
		list = list[:i] + " or" + list[i+1:]
	}
	return list
}
