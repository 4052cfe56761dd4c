package notify

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Text is the page as plain text, with the addresses written out.
func (p Page) Text() string { return joinText(p.textLines(true)) }

// TextUpTo is the page as plain text of at most limit bytes, and so of at most
// as many characters. The links to agreements go first; then the page is cut
// behind a line, and says how many changes are left out and where they are.
func (p Page) TextUpTo(limit int) string {
	for _, withAgreements := range []bool{true, false} {
		if s := joinText(p.textLines(withAgreements)); len(s) <= limit {
			return s
		}
	}
	lines, kept := p.textLines(false), 0
	room := limit - len(p.tail(len(lines), limit))
	for size := 0; kept < len(lines); kept++ {
		if size += len(lines[kept].text) + 1; size > room {
			break
		}
	}
	for kept > 0 && !lines[kept-1].ends { // a title needs a line below it
		kept--
	}
	left := 0
	for _, l := range lines[kept:] {
		if l.change {
			left++
		}
	}
	head := joinText(lines[:kept])
	if kept == 0 { // what does not even have room for its first lines
		head = cutBytes(joinText(lines), room-1) + "\n"
	}
	return cutBytes(head+p.tail(left, limit), limit)
}

// textLine is one line of plain text.
type textLine struct {
	text   string
	change bool // it is a change or a milestone
	ends   bool // the text may end behind it
}

// textLines lays the page out.
func (p Page) textLines(withAgreements bool) []textLine {
	lines := []textLine{{text: p.Headline, ends: true}}
	if p.Source != "" {
		lines = append(lines, textLine{text: p.Source, ends: true})
	}
	if p.Body != "" {
		lines = append(lines, textLine{}, textLine{text: p.Body, ends: true})
	}
	for _, sec := range p.Sections {
		lines = append(lines, textLine{}, textLine{text: sec.Title})
		for _, l := range sec.Lines {
			lines = append(lines, textLine{text: "  " + l.Mark + " " + l.String() + p.Reference(l.Evidence), change: true, ends: true})
			if moa := cmp.Or(l.MOA.URL, l.MOA.Text); moa != "" && withAgreements {
				lines = append(lines, textLine{text: "    " + moa, ends: true})
			}
		}
	}
	if len(p.Notes) > 0 {
		lines = append(lines, textLine{}, textLine{text: p.NotesTitle()})
		for _, n := range p.Notes {
			lines = append(lines, textLine{text: "  * " + n.Text + p.Reference(n.Evidence), change: true, ends: true})
		}
	}
	if evidence := p.evidenceText(); evidence != "" {
		lines = append(lines, textLine{}, textLine{text: evidence, ends: true})
	}
	return lines
}

// NotesTitle is the title above the milestones.
func (p Page) NotesTitle() string {
	if len(p.Notes) == 1 {
		return "Milestone"
	}
	return "Milestones"
}

// Reference is the number of the list that a line was read from, where the page
// draws on more than one.
func (p Page) Reference(address string) string {
	if len(p.Evidence) < 2 {
		return ""
	}
	for i, e := range p.Evidence {
		if e.URL == address {
			return fmt.Sprintf(" [%d]", i+1)
		}
	}
	return ""
}

// evidenceText names the lists and where they can be read.
func (p Page) evidenceText() string {
	lines := make([]string, 0, len(p.Evidence))
	for i, e := range p.Evidence {
		if len(p.Evidence) == 1 {
			return "Evidence: " + e.URL
		}
		lines = append(lines, fmt.Sprintf("[%d] %s: %s", i+1, e.Label, e.URL))
	}
	return strings.Join(lines, "\n")
}

// tail ends a text that was cut: how many changes are left out, where they are,
// and the evidence where that leaves room for news.
func (p Page) tail(left, limit int) string {
	s := ""
	if left > 0 {
		s = "\n… and " + english.Thousands(left) + " more"
		if p.More != "" {
			s += ": " + p.More
		}
	}
	if evidence := p.evidenceText(); evidence != "" && len(evidence) <= limit/3 {
		s += "\n\n" + evidence
	}
	return s
}

func joinText(lines []textLine) string {
	texts := make([]string, len(lines))
	for i, l := range lines {
		texts[i] = l.text
	}
	return strings.Join(texts, "\n")
}

// cutBytes cuts a text to so many bytes, between two characters.
func cutBytes(s string, limit int) string {
	const dots = "…"
	if len(s) <= limit {
		return s
	}
	end := max(0, limit-len(dots))
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + dots
}
