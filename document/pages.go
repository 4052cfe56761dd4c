package document

import (
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// page is what is read of a Page: its lines, without those that are blank.
type page struct {
	number  int
	lines   []string // cleaned
	machine bool
}

// fewWords is fewer words than a page of text has: a stamp or a box that was filled in, on a
// page that is a picture.
const fewWords = 40

// pagesOf returns the pages that have any text.
func pagesOf(r Reading) []page {
	var pages []page
	for _, p := range r.Pages {
		pg := page{number: p.Number, machine: p.Machine}
		for l := range strings.SplitSeq(p.Text, "\n") {
			if l = roster.Clean(l); l != "" {
				pg.lines = append(pg.lines, l)
			}
		}
		if len(pg.lines) > 0 {
			pages = append(pages, pg)
		}
	}
	return pages
}

// text returns a page's lines as one.
func (p page) text() string { return strings.Join(p.lines, " ") }

// whole says whether the page has a text, and not just what was filled in.
func (p page) whole() bool { return len(strings.Fields(p.text())) >= fewWords }

// How many lines of a page can be its header and its footer.
const (
	headLines = 2
	footLines = 4
)

// edges returns the lines in which a page's header and footer are.
func (p page) edges() []string {
	if len(p.lines) <= headLines+footLines {
		return p.lines
	}
	return append(append([]string(nil), p.lines[:headLines]...), p.lines[len(p.lines)-footLines:]...)
}

// compact returns the letters and digits of a text, in lowercase.
func compact(s string) string {
	return strings.ReplaceAll(roster.Fold(s), " ", "")
}
