package documents

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/watch287g/watch287g/document"
	"github.com/watch287g/watch287g/store"
	"github.com/watch287g/watch287g/web/kept"
	"github.com/watch287g/watch287g/web/route"
)

// The bounds of what one page of the site shows of a document.
const (
	mostPages     = 60        // of its pages
	longestPage   = 40 << 10  // bytes of one page's text
	longestPart   = 400 << 10 // bytes of all
	mostDiffs     = 200
	longestInDiff = 6000 // bytes of a paragraph
)

// textPage is a page of a document's text.
type textPage struct {
	document.Page
	Paragraphs []string
	Cut        bool // there is more of it
}

// text adds one part of the text, or the one that has the page at: most documents have no more.
func (d *documentData) text(req *request, part, at int) error {
	r, err := req.set.library.Text(req.Context(), d.SHA256)
	switch {
	case errors.Is(err, store.ErrNotFound):
		d.TextFails = d.Words > 0
	case err != nil:
		return err //nolint:wrapcheck // it says itself what it is about
	}
	parts := cutText(r.Pages)
	for i, pages := range parts {
		if slices.ContainsFunc(pages, func(p document.Page) bool { return p.Number == at && at > 1 }) {
			part = i + 1
		}
	}
	if part > max(1, len(parts)) {
		return route.Missing(req.Language, "page.problem.no-document")
	}
	d.Part, d.partOf = part, map[int]int{}
	for i, pages := range parts {
		for _, p := range pages {
			d.partOf[p.Number] = i + 1
		}
		if len(parts) > 1 {
			l := linkTo(req.Language.Say("page.document.page.more", "from", strconv.Itoa(pages[0].Number), "to", strconv.Itoa(pages[len(pages)-1].Number)), partURL(d.SHA256, i+1))
			if i+1 == part {
				l.URL = ""
			}
			d.Parts = append(d.Parts, l)
		}
		if i+1 != part {
			continue
		}
		for _, p := range pages {
			d.Pages = append(d.Pages, newTextPage(p))
		}
	}
	for _, page := range document.Unread(r) {
		d.Blank = append(d.Blank, newTextLink(page, d.where))
	}
	return nil
}

// partURL is where a part of a text is shown.
func partURL(sha256 string, part int) string {
	if part == 1 {
		return kept.URL(sha256) + "#text"
	}
	return kept.URL(sha256) + "?page=" + strconv.Itoa(part) + "#text"
}

// cutText cuts a document's pages in parts that one page of the site can show.
func cutText(pages []document.Page) (parts [][]document.Page) {
	bytes := 0
	for _, p := range pages {
		n := min(len(p.Text), longestPage)
		if last := len(parts) - 1; last < 0 || len(parts[last]) == mostPages || bytes+n > longestPart {
			parts, bytes = append(parts, nil), 0
		}
		last := len(parts) - 1
		parts[last] = append(parts[last], p)
		bytes += n
	}
	return parts
}

func newTextPage(p document.Page) textPage {
	text := shortened(p.Text, longestPage)
	return textPage{Page: p, Cut: len(text) < len(p.Text), Paragraphs: reflow(document.Mask(clean(text)))}
}

// shortened cuts a text between two characters.
func shortened(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}

// clean takes out of a text what has no shape on paper, and could turn the page around it:
// control characters, marks of direction, and bytes that are no text.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || ' ' <= r && r < 0x7f:
			return r
		case r == '\t' || unicode.Is(unicode.Zs, r):
			return ' '
		case unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r):
			return '\n'
		case r == utf8.RuneError || !unicode.IsGraphic(r):
			return -1
		}
		return r
	}, text)
}

// reflow joins the lines of a page where a sentence goes on in the next one, so that a text
// fits any screen: a line that is full, as lines of the page go, goes on. What is joined
// wrongly is still all there.
func reflow(text string) (all []string) {
	lines := strings.Split(text, "\n")
	full := fullLine(lines)
	open := false
	for _, line := range lines {
		line = strings.Join(strings.Fields(line), " ")
		if line == "" {
			open = false
			continue
		}
		if open && !beginsItem(line) {
			all[len(all)-1] += " " + line
		} else {
			all = append(all, line)
		}
		open = len(line) >= full
	}
	return all
}

// fullLine is the length in bytes from which a line of a page counts as full: two thirds of
// one that is longer than nine tenths of them.
func fullLine(lines []string) int {
	longest := 0
	for _, line := range lines {
		longest = max(longest, min(len(line), 120))
	}
	return max(40, longest*2/3)
}

// beginsItem says whether a line begins an item of a list or a numbered paragraph: "A.",
// "IV.", "12.", "(a)", "•".
func beginsItem(line string) bool {
	word, _, _ := strings.Cut(line, " ")
	if r, _ := utf8.DecodeRuneInString(word); strings.ContainsRune("•●▪◦–—-*", r) {
		return utf8.RuneCountInString(word) == 1
	}
	label := strings.Trim(word, "().")
	if label == word || label == "" || len(label) > 5 {
		return false
	}
	return !strings.ContainsFunc(label, func(r rune) bool { return !strings.ContainsRune("IVXivx0123456789.", r) }) || len(label) == 1
}
