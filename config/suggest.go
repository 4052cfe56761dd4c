package config

import (
	"fmt"
	"slices"
	"strings"
)

// suggest says what to write instead of an unknown key: the one that is nearly
// spelled so, the section that it belongs to, or all keys that are known there.
func (r *reader) suggest(name string, keys []key) string {
	if near := nearest(name, keys); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	for _, section := range r.top {
		if slices.ContainsFunc(section.keys, func(k key) bool { return k.name == name }) {
			return fmt.Sprintf("it belongs under %q, indented", section.name)
		}
	}
	if slices.ContainsFunc(r.top, func(k key) bool { return k.name == name }) {
		return "it belongs at the beginning of a line, under no other key"
	}
	return "known here: " + names(keys)
}

// nearest is the key that is meant, in all likelihood; "" where none is.
func nearest(name string, keys []key) string {
	const far = 2 // slips of the hand that are taken for one word still
	best, at := "", far+1
	for _, k := range keys {
		if d := distance(strings.ToLower(name), k.name); d < at && d < len(k.name)/2+1 {
			best, at = k.name, d
		}
	}
	return best
}

func names(keys []key) string {
	all := make([]string, len(keys))
	for i, k := range keys {
		all[i] = k.name
	}
	return strings.Join(all, ", ")
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
