// Package draw draws the pictures of the pages: the maps of the states and counties,
// the curve of agreements over time, its small sister, and the card that other sites
// show beside a link. Its functions are pure: the same data is the same picture, byte
// for byte.
//
// A picture for a page is HTML with SVG that carries no style and no script of
// its own, for pages whose Content-Security-Policy allows neither. Its looks are
// the classes of Stylesheet. Every text is escaped here.
package draw

import (
	_ "embed" // the stylesheet and the shapes
	"encoding/xml"
	"fmt"
	"html/template"
	"strings"

	"github.com/watch287g/watch287g/prose"
)

//go:generate go run ./shapes $ATLAS $ATLAS_2023 .

//go:embed draw.css
var stylesheet string

// Stylesheet is the CSS of the pictures, to be served with the page's own. It
// builds on custom properties that the page defines for each colour scheme:
// --ink, --muted, --line, --border, --paper, --accent, --level-0 to --level-5 (from the
// paper's end of the scale to the ink's, so that ink reads well on 0 to 2 and
// paper on 3 to 5), --jem, --tfm and --wso.
func Stylesheet() string { return stylesheet }

// canvas collects a picture.
type canvas struct {
	strings.Builder
	l prose.Language
}

// add writes markup. Text among the arguments has to be escaped before.
func (c *canvas) add(format string, args ...any) { fmt.Fprintf(c, format, args...) }

// name writes what a picture is called and says, for readers who do not see it.
func (c *canvas) name(id, title, description string) {
	c.add(`<title id="%s-title">%s</title><desc id="%s-desc">%s</desc>`, id, escape(title), id, escape(description))
}

// named are the attributes that lead to what name writes.
func named(id string) string {
	return fmt.Sprintf(`aria-labelledby="%s-title" aria-describedby="%s-desc"`, id, id)
}

func (c *canvas) html() template.HTML { return template.HTML(c.String()) }

// escape makes text fit for an element or a quoted attribute, in HTML and XML.
// What XML cannot say at all becomes U+FFFD.
func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}

// identifier makes a name fit for an id: one word, of letters, digits and
// hyphens.
func identifier(name, otherwise string) string {
	if name == "" {
		return otherwise
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_':
			return r
		}
		return '-'
	}, name)
}
