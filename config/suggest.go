package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// bareKey is a key that cannot well be a secret in the place of a key.
var bareKey = regexp.MustCompile(`^[a-zA-Z_]{1,20}$`)

// unknown notes a key that does not belong where it stands.
func (r *reader) unknown(v *ast.MappingValueNode, keys []key) {
	at := v.Key.GetToken()
	_, bare := v.Value.(*ast.NullNode) // {secret} is a key without a value
	if r.private && (bare || !bareKey.MatchString(at.Value)) {
		r.fail(at, "unknown key, not shown since it may be a secret; known here: %s", names(keys))
		return
	}
	r.fail(at, "unknown key %s; %s", quote(at.Value), r.suggest(at.Value, keys))
}

// suggest says what to write instead of an unknown key: the one that is nearly
// spelled so, the section that it belongs to, or all keys that are known there.
func (r *reader) suggest(name string, keys []key) string {
	known := keyNames(keys)
	if near := nearest(name, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	for _, k := range known {
		if strings.HasPrefix(k, name+"_") || strings.HasSuffix(k, "_"+name) {
			return fmt.Sprintf("did you mean %q?", k)
		}
	}
	for _, section := range slices.Concat(keys, r.homes) {
		if slices.Contains(keyNames(section.keys), name) {
			return fmt.Sprintf("it belongs under %q, indented", section.name)
		}
	}
	if slices.Contains(keyNames(r.top), name) {
		return "it belongs at the beginning of a line, under no other key"
	}
	return "known here: " + names(keys)
}

// nearest is the word that is meant, in all likelihood; "" where none is.
func nearest(word string, known []string) string {
	const far = 2 // slips of the hand that are taken for one word still
	best, at := "", far+1
	for _, k := range known {
		if d := distance(strings.ToLower(word), strings.ToLower(k)); d < at && d < len(k)/2+1 {
			best, at = k, d
		}
	}
	return best
}

func names(keys []key) string { return strings.Join(keyNames(keys), ", ") }

func keyNames(keys []key) []string {
	all := make([]string, len(keys))
	for i, k := range keys {
		all[i] = k.name
	}
	return all
}

// distance is Levenshtein's: how many letters to add, drop or replace.
func distance(a, b string) int {
	if len(a) > 2*len(b)+2 { // no misspelling; a long one would take long
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := corner
			if a[i] != b[j] {
				change++
			}
			corner = row[j+1]
			row[j+1] = min(row[j+1]+1, row[j]+1, change)
		}
	}
	return row[len(b)]
}
