package scraper

import (
	"errors"
	"io"
	"path"
	"regexp"
	"strings"
	"sync"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxWords is how much of what a page says is kept, in bytes; ICE's says 10 KiB.
const maxWords = 256 << 10

// words are what a page says, a paragraph a line: what is in its main part, without
// navigation, scripts, lines that are only the link of a workbook, the list itself where it
// is a table, and without the dates that sites put there by themselves.
func words(a response) (string, error) {
	body, err := decoded(a)
	if err != nil {
		return "", err
	}
	r := wordReader{}
	z := html.NewTokenizer(body)
	for {
		switch z.Next() {
		case html.ErrorToken:
			if err := z.Err(); !errors.Is(err, io.EOF) {
				return "", err
			}
			return r.text(), nil
		case html.TextToken:
			if r.silent == 0 {
				r.write(string(z.Text()))
			}
		case html.StartTagToken:
			r.start(z)
		case html.SelfClosingTagToken:
			name, _ := z.TagName()
			if ends(atom.Lookup(name)) {
				r.end()
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			r.close(atom.Lookup(name))
		}
	}
}

// wordReader gathers paragraphs. It keeps no tree, so that no page makes it large.
type wordReader struct {
	main, whole []string // paragraphs of the main part, and of the whole page
	size        int      // bytes of whole
	line        strings.Builder
	own         bool      // the line has words beside the links of files
	silent      atom.Atom // what is not read is within this
	depth       int       // of elements of that name within it
	mains       int       // main parts around this
	file        bool      // within the link of a workbook
	table       int       // tables around this
	rows        []string  // of the table
	rowsMain    bool      // the table is in the main part
}

func (r *wordReader) start(z *html.Tokenizer) {
	name, more := z.TagName()
	tag := atom.Lookup(name)
	switch {
	case r.silent != 0 && tag == atom.Main: // what is around it was never closed
		r.silent = 0
	case r.silent != 0:
		if tag == r.silent {
			r.depth++
		}
		return
	}
	href := ""
	for more {
		var key, value []byte
		if key, value, more = z.TagAttr(); string(key) == "href" {
			href = string(value)
		}
	}
	if unread(tag) || r.mains == 0 && outside(tag) {
		r.end()
		r.silent, r.depth = tag, 1
		return
	}
	switch {
	case tag == atom.Main:
		r.end()
		r.mains++
	case tag == atom.A:
		address := strings.ToLower(strings.SplitN(href, "?", 2)[0])
		ext := path.Ext(address)
		r.file = strings.HasPrefix(ext, ".xls") || ext == ".csv" || strings.Contains(address, "/file-download/")
	case tag == atom.Table:
		r.end()
		if r.table++; r.table == 1 {
			r.rows, r.rowsMain = nil, r.mains > 0
		}
	case ends(tag):
		r.end()
	}
}

func (r *wordReader) close(tag atom.Atom) {
	if r.silent != 0 {
		if tag == r.silent {
			if r.depth--; r.depth == 0 {
				r.silent = 0
			}
		}
		return
	}
	switch {
	case tag == atom.Main && r.mains > 0:
		r.end()
		r.mains--
	case tag == atom.A:
		r.file = false
	case tag == atom.Td || tag == atom.Th:
		r.write(" ")
	case tag == atom.Table && r.table > 0:
		r.end()
		if r.table--; r.table == 0 {
			r.endTable()
		}
	case ends(tag):
		r.end()
	}
}

func (r *wordReader) write(s string) {
	switch {
	case r.file:
		s = changing().file.ReplaceAllString(s, " ")
	case strings.TrimSpace(s) != "":
		r.own = true
	}
	if r.line.Len()+len(s) <= maxWords {
		r.line.WriteString(s)
	}
}

// end ends a paragraph.
func (r *wordReader) end() {
	s, own := cleanText(r.line.String()), r.own
	r.line.Reset()
	r.own = false
	if s == "" || !own || changing().updated.MatchString(s) {
		return
	}
	if r.table > 0 {
		r.rows = append(r.rows, s)
		return
	}
	r.keep(s, r.mains > 0)
}

func (r *wordReader) keep(s string, main bool) {
	if r.size += len(s) + 1; r.size > maxWords {
		return
	}
	r.whole = append(r.whole, s)
	if main {
		r.main = append(r.main, s)
	}
}

// endTable keeps the rows of a table, unless it is the list.
func (r *wordReader) endTable() {
	for _, row := range r.rows[:min(len(r.rows), headerDepth*8)] {
		if strings.Contains(strings.ToUpper(row), "LAW ENFORCEMENT AGENCY") {
			return
		}
	}
	for _, row := range r.rows {
		r.keep(row, r.rowsMain)
	}
}

// text is all that is said: in the main part, where there is one.
func (r *wordReader) text() string {
	r.end()
	if r.table > 0 {
		r.endTable()
	}
	if len(r.main) > 0 {
		return strings.Join(r.main, "\n")
	}
	return strings.Join(r.whole, "\n")
}

// unread says whether nothing within a tag is what the page itself says.
func unread(tag atom.Atom) bool {
	switch tag {
	case atom.Script, atom.Style, atom.Noscript, atom.Iframe, atom.Noembed, atom.Noframes, atom.Textarea, atom.Xmp, atom.Template, atom.Title,
		atom.Nav, atom.Button, atom.Select, atom.Svg, atom.Object, atom.Video, atom.Audio, atom.Dialog:
		return true
	}
	return false
}

// outside says whether a tag holds what is on every page of a site, where it is not in the
// main part.
func outside(tag atom.Atom) bool {
	return tag == atom.Header || tag == atom.Footer || tag == atom.Aside
}

// ends says whether a tag ends the paragraph before it.
func ends(tag atom.Atom) bool {
	switch tag {
	case atom.P, atom.Div, atom.Li, atom.Ul, atom.Ol, atom.Dl, atom.Dt, atom.Dd, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Br, atom.Hr,
		atom.Section, atom.Article, atom.Blockquote, atom.Figure, atom.Figcaption, atom.Details, atom.Summary, atom.Address, atom.Pre, atom.Tr, atom.Caption, atom.Body:
		return true
	}
	return false
}

// changing are the patterns of what changes by itself: a line that says when the page was
// edited, and dates in the names of files.
var changing = sync.OnceValue(func() struct{ updated, file *regexp.Regexp } {
	return struct{ updated, file *regexp.Regexp }{
		updated: regexp.MustCompile(`(?i)^(?:(?:page )?last |date )?(?:updated|reviewed|modified|revised|published|posted)(?: on)?:? ?[a-z]{0,9}\.? ?\d[\d/., :-]*(?: ?[ap]\.?m\.?)?(?: [a-z]{2,4})?$`),
		file:    regexp.MustCompile(`(?i)(?:as of |updated )?(?:(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d{1,2},? \d{4}|\d{1,2}/\d{1,2}/\d{2,4}|\d{6,8}(?:am|pm|mid)?\w?)`),
	}
})
