package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/token"
)

// Error is one thing that is wrong in the file.
type Error struct {
	File   string
	Line   int // from 1
	Column int // from 1, in characters
	Text   string
}

// Error is the one line that says where, what, and what to write instead.
func (e Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Text)
}

// Errors is everything that is wrong in the file, in the file's order.
type Errors []Error

// Error has one line for each.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i := range e {
		lines[i] = e[i].Error()
	}
	return strings.Join(lines, "\n")
}

// errors is what was found, nil where that is nothing.
func (r *reader) errors() error {
	if len(r.found) == 0 {
		return nil
	}
	slices.SortStableFunc(r.found, func(a, b Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return r.found
}

// sortByPlace puts tokens in the file's order.
func sortByPlace(all []*token.Token) {
	slices.SortFunc(all, func(a, b *token.Token) int {
		return cmp.Or(cmp.Compare(a.Position.Line, b.Position.Line), cmp.Compare(a.Position.Column, b.Position.Column))
	})
}

// later is the token that stands further down.
func later(a, b *token.Token) *token.Token {
	all := []*token.Token{a, b}
	sortByPlace(all)
	return all[1]
}
