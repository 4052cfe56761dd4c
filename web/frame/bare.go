package frame

import (
	"html/template"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/web/translate"
)

// Bare is what the frame of a reader's own pages is filled with.
type Bare struct {
	Language, Other prose.Language    // of the page, and the one that Switch leads to
	Root            string            // what stands before a path in its language: "" or "/es"
	Title           string            // without the site's name
	Assets          map[string]string // addresses of the site's stylesheet and icon, by name
	Style, Script   string            // addresses of a stylesheet and a script of its own; "" for no script
	Class           string            // of what the page shows
	Switch          string            // address of the page in the other language; "" where it has none
}

// NewBare reads the frame of such pages, into which templates of theirs are to be read: they
// begin with "barehead" and end with "barefoot", which get a Bare.
func NewBare(l prose.Language) (*template.Template, error) {
	t := template.New("pages").Funcs(translate.Funcs(l)).Funcs(funcs(l))
	return t, each(own, true, func(name, text string) error { return translate.Add(t, l, name, text) })
}
