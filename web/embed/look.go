package embed

import (
	"fmt"
	"html"
	"net/url"
	"slices"
	"strconv"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/web/route"
)

// Look is how a card looks on the page of another site. Each part is one of the names
// below; "" is the first of them.
type Look struct{ Theme, Size string }

// The colors and sizes of a card. Automatic colors are those that the reader's system
// wants.
var (
	Themes = []string{"auto", "light", "dark"}
	Sizes  = []string{"wide", "small"}
)

// Params are the parameters that choose a look.
func Params(more ...string) []string { return append([]string{"theme", "size"}, more...) }

// ReadLook reads a look from the parameters of an address. What is not one of the
// names is a *route.Problem.
func ReadLook(l prose.Language, q url.Values) (Look, error) {
	theme, err := oneOf(l, q, "theme", Themes)
	if err != nil {
		return Look{}, err
	}
	size, err := oneOf(l, q, "size", Sizes)
	return Look{theme, size}, err
}

func oneOf(l prose.Language, q url.Values, name string, names []string) (string, error) {
	switch given := q[name]; {
	case len(given) > 1:
		return "", route.Unclear(l, "page.problem.twice", "name", name)
	case len(given) == 0 || given[0] == "":
		return names[0], nil
	case !slices.Contains(names, given[0]):
		return "", route.Unclear(l, "page.problem.look", "name", name, "value", strconv.Quote(prose.Shorten(given[0], 60)),
			"values", route.Either(l, names))
	default:
		return given[0], nil
	}
}

// query writes a look as the parameters that ReadLook reads.
func (l Look) query() url.Values {
	q := url.Values{}
	if l.Theme != "" && l.Theme != Themes[0] {
		q.Set("theme", l.Theme)
	}
	if l.Size != "" && l.Size != Sizes[0] {
		q.Set("size", l.Size)
	}
	return q
}

// Pixels are the width and the height of a frame in which a card of the look fits.
func (l Look) Pixels() (width, height int) {
	if l.Size == "small" {
		return 320, 360
	}
	return 640, 260 // in less width it leaves its curve out
}

// Card is a card that other sites can show.
type Card struct {
	Path     string // "/embed/states/TX"
	Title    string
	Language prose.Language
}

// URL is the address of the card in a look, as seen from the site's own pages.
func (c Card) URL(l Look) string { return route.At(c.Path, l.query(), 0) }

// Code is what other sites paste to show the card of the site at base.
func (c Card) Code(base string, l Look) string {
	width, height := l.Pixels()
	return c.frame(base, l, `width="100%"`, height, width)
}

// frame is the markup of a frame with the card in it.
func (c Card) frame(base string, l Look, width string, height, most int) string {
	return fmt.Sprintf(`<iframe src="%s" title="%s" %s height="%d" loading="lazy" style="border:0;max-width:%dpx"></iframe>`,
		html.EscapeString(base+c.URL(l)), html.EscapeString(c.Title), width, height, most)
}

// Discovery is the address where other programs ask how to show what the site has at a
// path.
func Discovery(base, path string) string {
	return base + "/oembed?" + url.Values{"format": {"json"}, "url": {base + path}}.Encode()
}
