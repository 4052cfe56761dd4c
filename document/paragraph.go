package document

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// Paragraph is one paragraph of a document's own words: without headers, footers and page
// numbers, its lines joined and its hyphens at the ends of lines taken out. It is not masked.
type Paragraph struct {
	Page  int    `json:"page"`            // where it begins, from 1
	Label string `json:"label,omitempty"` // its number, as in "IV", "IV.A" or "1"; "" where it has none
	Text  string `json:"text"`            // without the label

	// begins are the words, counted from 0, that begin a line after the first: each as one
	// character of that number. turns are those that begin a page after the first.
	begins, turns string
}

// Heading says whether a paragraph is the title of a part: capitals alone.
func (p Paragraph) Heading() bool {
	return len(p.Text) < 90 && mostlyCapitals(p.Text) && !initials(p.Text)
}

// Paragraphs returns the paragraphs of what was read, in the order of its pages. Lines are
// joined by how they end: one that is short and ends a sentence ends its paragraph.
func Paragraphs(r Reading) []Paragraph {
	b := builder{}
	furniture := furnitureOf(pagesOf(r))
	unread := Unread(r)
	last := 0
	for _, p := range pagesOf(r) {
		lines := p.body(furniture)
		if p.number != last+1 || slices.Contains(unread, p.number) || slices.Contains(unread, last) {
			b.end() // what nobody read is between
		}
		last = p.number
		b.width = usualWidth(lines)
		for _, l := range lines {
			b.add(l, p.number)
		}
	}
	b.end()
	return b.done
}

// furniture is what is printed at the edges of many pages of a document.
type furniture []string

// furnitureOf returns the lines, without digits, that stand at the edges of three pages, or
// of all of fewer.
func furnitureOf(pages []page) furniture {
	var found furniture
	seen := map[string]int{}
	for _, p := range pages {
		of := map[string]bool{}
		for _, l := range p.edges() {
			of[lettersOf(l)] = true
		}
		for l := range of {
			seen[l]++
		}
	}
	least := max(2, min(3, len(pages)))
	for l, n := range seen {
		if n >= least && len(l) >= 4 {
			found = append(found, l)
		}
	}
	slices.Sort(found)
	return found
}

// has says whether a line is furniture, as a scanner may have read it.
func (f furniture) has(l string) bool {
	key := lettersOf(l)
	return len(key) >= 4 && slices.ContainsFunc(f, func(known string) bool { return near(key, known, len(known)/6) })
}

func lettersOf(l string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return r
	}, compact(strings.ReplaceAll(l, "&", ""))) // which is "and", or a misread letter
}

// body returns a page's lines without its header and footer.
func (p page) body(f furniture) []string {
	lines := p.lines
	isEdge := func(l string) bool {
		key := compact(l)
		number := len(key) <= 3 && strings.Trim(key, "0123456789lisoz") == ""
		revision := len(p.revisionsIn(l)) > 0 || strings.HasPrefix(key, "revised") && len(key) < 18
		dated := len(strings.Fields(l)) <= 3 && len(digitsIn(l)) >= 6 && strings.Count(l, "/") == 2 && hasLetter(l)
		return number && !strings.Contains(l, ")") || revision || dated || f.has(l)
	}
	lines = slices.DeleteFunc(slices.Clone(lines), func(l string) bool {
		return strings.HasPrefix(compact(l), "docusignenvelope") || isCrumb(l)
	})
	for n := 0; n < headLines && len(lines) > 0 && isEdge(lines[0]); n++ {
		lines = lines[1:]
	}
	kept := lines[:max(0, len(lines)-footLines)]
	kept = kept[:len(kept):len(kept)]
	for _, l := range lines[len(kept):] {
		if !isEdge(l) {
			kept = append(kept, l)
		}
	}
	return kept
}

// isCrumb says whether a line is a speck or a stroke that a scanner took for a letter: one
// small letter alone, which is not a label.
func isCrumb(l string) bool {
	l = strings.Trim(strings.TrimSpace(l), ".,;:'`|-~*")
	return len(l) == 1 && l[0] >= 'a' && l[0] <= 'z'
}

// usualWidth returns how many characters a full line has: what nine in ten lines do not
// exceed.
func usualWidth(lines []string) int {
	var widths []int
	for _, l := range lines {
		widths = append(widths, len(l))
	}
	if len(widths) == 0 {
		return 0
	}
	slices.Sort(widths)
	return widths[len(widths)*9/10]
}

// builder joins lines to paragraphs.
type builder struct {
	done    []Paragraph
	lines   []string // of the paragraph that is being read
	pages   []int    // on which each is
	label   string
	page    int
	width   int
	roman   string // label of the section
	letter  string // and of the one below it
	heading bool   // the last line was one
}

// add takes the next line.
func (b *builder) add(l string, page int) {
	kind, label, text := startOf(l)
	if b.heading || kind != plainLine || b.ended(text) || strings.HasPrefix(text, "This Memorandum of Agreement") {
		b.end()
	}
	b.heading = kind == headingLine
	if b.heading && strings.HasPrefix(compact(text), "appendix") {
		b.roman, b.letter = "", ""
	}
	if len(b.lines) == 0 {
		b.page, b.label = page, b.numbered(kind, label)
	}
	b.lines, b.pages = append(b.lines, text), append(b.pages, page)
}

// ended says whether the last line ended its paragraph: it ends a sentence, and the next word
// would have had room in it.
func (b *builder) ended(next string) bool {
	if len(b.lines) == 0 {
		return false
	}
	last := b.lines[len(b.lines)-1]
	if r := []rune(last); len(r) > 2 && r[len(r)-1] == '.' && unicode.IsUpper(r[len(r)-2]) && !unicode.IsLetter(r[len(r)-3]) {
		return false // "U.S."
	}
	word, _, _ := strings.Cut(next, " ")
	room := 5*len(last) < 4*b.width || 20*(len(last)+1+len(word)) < 19*b.width
	return room && (strings.HasSuffix(strings.TrimRight(last, `"'”)`), ".") || strings.HasSuffix(last, ":"))
}

// numbered returns the whole label of a paragraph: a letter stands below a Roman number.
func (b *builder) numbered(kind lineKind, label string) string {
	switch {
	case kind != headingLine || label == "":
		return label
	case label == "I" && b.letter == "H":
		// the letter, and not the Roman number
	case !isLetterLabel(label):
		b.roman, b.letter = label, ""
		return label
	}
	b.letter = label
	if b.roman == "" {
		return label
	}
	return b.roman + "." + label
}

// end closes the paragraph that is being read.
func (b *builder) end() {
	if len(b.lines) == 0 {
		return
	}
	var text strings.Builder
	var begins, turns []rune
	words := 0
	for i, l := range b.lines {
		l = withoutGaps(l)
		joined := false
		if i > 0 {
			if before := text.String(); strings.HasSuffix(before, "-") && brokenWord(before, l) {
				text.Reset()
				text.WriteString(strings.TrimSuffix(before, "-"))
				joined = true
			} else {
				text.WriteByte(' ')
			}
			begins = append(begins, rune(words))
			if b.pages[i] != b.pages[i-1] {
				turns = append(turns, rune(words))
			}
		}
		text.WriteString(l)
		words += len(strings.Fields(l))
		if joined {
			words--
		}
	}
	b.done = append(b.done, Paragraph{Page: b.page, Label: b.label, Text: text.String(), begins: string(begins), turns: string(turns)})
	b.lines, b.pages = nil, nil
}

// gaps are spaces that readers of files make in the numbers of sections: "287 .5( e )(3 )".
var gaps = sync.OnceValue(func() [3]*regexp.Regexp {
	return [3]*regexp.Regexp{regexp.MustCompile(`(\d) ?\.(\d+) ?\(`), regexp.MustCompile(`\( ?([A-Za-z0-9]{1,2}) ?\)`), regexp.MustCompile(`(\d|\)) \(([A-Za-z0-9]{1,2})\)`)}
})

// withoutGaps takes such spaces out of a line.
func withoutGaps(l string) string {
	if !strings.Contains(l, " )") && !strings.Contains(l, "( ") && !strings.Contains(l, " .") && !strings.Contains(l, ") (") {
		return l
	}
	g := gaps()
	return g[2].ReplaceAllString(g[1].ReplaceAllString(g[0].ReplaceAllString(l, "$1.$2("), "($1)"), "$1($2)")
}

// brokenWord says whether the hyphen at the end of a line only breaks a word.
func brokenWord(before, next string) bool {
	r := []rune(before)
	first := []rune(next)[0]
	return len(r) > 1 && unicode.IsLower(r[len(r)-2]) && unicode.IsLower(first)
}

// lineKind is how a line begins.
type lineKind int

const (
	plainLine   lineKind = iota
	headingLine          // capitals alone, with a label or without
	itemLine             // a bullet or a number
)

// starts are the ways in which paragraphs begin.
type starts struct{ heading, item *regexp.Regexp }

var lineStarts = sync.OnceValue(func() starts {
	return starts{
		heading: regexp.MustCompile(`^([IVXLlJHU1|!]{1,6}|[A-K])[.,]? ([A-Z0-9][A-Z0-9 ,.'’&()/:-]{3,}|[A-Z][A-Za-z ,'&-]{3,60})$`),
		item:    regexp.MustCompile(`^(?:([•●▪■◦·*]|[ox] |-)|([0-9]{1,2}|[a-hA-K])\.)\s*(\S.*)$`),
	}
})

// startOf says how a line begins, with its label and what is left of it.
func startOf(l string) (kind lineKind, label, text string) {
	s := lineStarts()
	if m := s.heading.FindStringSubmatch(l); m != nil && m[1] != "1" && (mostlyCapitals(m[2]) || len(m[1]) == 1 && !strings.HasSuffix(m[2], ".") && titleCase(m[2])) {
		return headingLine, romanOf(m[1]), m[2]
	}
	if mostlyCapitals(l) && len(compact(l)) > 5 && len(l) < 90 && !initials(l) {
		return headingLine, "", l
	}
	abbreviated := len(l) > 3 && l[1] == '.' && l[3] == '.' // "C.F.R."
	if m := s.item.FindStringSubmatch(l); m != nil && !abbreviated {
		return itemLine, m[2], m[3]
	}
	return plainLine, "", l
}

// isLetterLabel says whether a label is a letter that no Roman number is.
func isLetterLabel(s string) bool { return len(s) == 1 && strings.IndexByte("ABCDEFGHK", s[0]) >= 0 }

// romanOf returns a label as it was printed, where a scanner read letters for a Roman number.
func romanOf(s string) string {
	if isLetterLabel(s) {
		return s
	}
	return strings.NewReplacer("l", "I", "1", "I", "|", "I", "!", "I", "J", "I", "H", "II", "U", "II").Replace(s)
}

// initials says whether a line has no word of three letters: "C.F.R. § 50.15."
func initials(l string) bool {
	inRow := 0
	for _, r := range l {
		if inRow++; !unicode.IsLetter(r) {
			inRow = 0
		}
		if inRow == 3 {
			return false
		}
	}
	return true
}

// mostlyCapitals says whether nine of ten letters are capitals.
func mostlyCapitals(s string) bool {
	upper, letters := 0, 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			letters++
			if unicode.IsUpper(r) {
				upper++
			}
		}
	}
	return letters > 2 && 10*upper >= 9*letters
}

// titleCase says whether all words but small ones begin with a capital.
func titleCase(s string) bool {
	for _, w := range strings.Fields(s) {
		if first := []rune(w)[0]; unicode.IsLower(first) && len(w) > 3 {
			return false
		}
	}
	return true
}
