package notify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// Text is the page as plain text, with the addresses written out.
func (p Page) Text() string { return joinText(p.textLines(true)) }

// TextUpTo is as much of the page as a screen holds, as plain text of at most limit bytes,
// and so of at most as many characters. The links to agencies and agreements go first, then
// lines of each part; only where that is not enough is the text cut behind a line.
func (p Page) TextUpTo(limit int) string {
	for _, withLinks := range slices.Compact([]bool{p.single, false}) {
		text := func(p Page) string { return joinText(p.textLines(withLinks)) }
		if short, ok := p.fitting(func(p Page) bool { return p.lines() <= screenful && len(text(p)) <= limit }); ok {
			return text(short)
		}
	}
	return p.cutText(limit)
}

// cutText cuts the page's text behind a line, and says how many changes are left out and
// where they are.
func (p Page) cutText(limit int) string {
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
		left += l.changes
	}
	head := joinText(lines[:kept])
	if kept == 0 { // what does not even have room for its first lines
		head = cutBytes(joinText(lines), room-1) + "\n"
	}
	return cutBytes(head+p.tail(left, limit), limit)
}

// textLine is one line of plain text.
type textLine struct {
	text    string
	changes int  // that it says, milestones included
	ends    bool // the text may end behind it
}

// textLines lays the page out.
func (p Page) textLines(withLinks bool) []textLine {
	lines := []textLine{{text: p.Headline, ends: true}}
	if p.Source != "" {
		lines = append(lines, textLine{text: p.Source, ends: true})
	}
	if p.Body != "" {
		lines = append(lines, textLine{}, textLine{text: p.Body, ends: true})
	}
	if len(p.Ends.Lines) > 0 {
		lines = append(lines, p.sectionText(p.Ends, withLinks)...)
	}
	if len(p.Notes) > 0 {
		lines = append(lines, textLine{}, textLine{text: p.NotesTitle()})
		for _, n := range p.Notes {
			lines = append(lines, textLine{text: "  * " + n.Text + p.Reference(n.Evidence), changes: 1, ends: true})
			if withLinks && n.Link != "" {
				lines = append(lines, textLine{text: "    " + n.Link, ends: true})
			}
		}
		if p.NotesLeft > 0 {
			lines = append(lines, textLine{text: "  … " + p.Language.Phrase(prose.PhraseMore, p.NotesLeft), changes: p.NotesLeft, ends: true})
		}
	}
	inline := false
	if p.RunIn && len(p.Sections) > 0 {
		lines = append(lines, textLine{}, p.runIn())
	}
	for _, sec := range p.listed() {
		text := p.sectionText(sec, withLinks)
		if sec.Inline && inline { // one state a line needs no space between them
			text = text[1:]
		}
		inline = sec.Inline
		lines = append(lines, text...)
	}
	if p.Nothing != "" {
		lines = append(lines, textLine{}, textLine{text: p.Nothing, ends: true})
	}
	switch left := p.left(); {
	case left > 0:
		lines = append(lines, textLine{}, textLine{text: p.rest(left), ends: true})
	case withLinks && p.OffersMore():
		lines = append(lines, textLine{}, textLine{text: p.MoreText + ": " + p.More, ends: true})
	}
	if evidence := p.evidenceText(); evidence != "" {
		lines = append(lines, textLine{}, textLine{text: evidence, ends: true})
	}
	return lines
}

// listed are the sections that are laid out by themselves.
func (p Page) listed() []Section {
	if p.RunIn {
		return nil
	}
	return p.Sections
}

// runIn counts the changes of all states in one line.
func (p Page) runIn() textLine {
	line := textLine{ends: true}
	counts := make([]string, len(p.Sections))
	for i, sec := range p.Sections {
		counts[i] = p.Language.State(sec.State) + " " + sec.Count
		line.changes += len(sec.Lines) + sec.Left
	}
	line.text = p.Language.ByState(strings.Join(counts, "; "))
	return line
}

// sectionText lays one section out, below an empty line.
func (p Page) sectionText(sec Section, withLinks bool) []textLine {
	if sec.Inline {
		return []textLine{{}, {text: sec.Title + p.InlineText(sec), changes: len(sec.Lines) + sec.Left, ends: true}}
	}
	lines := []textLine{{}, {text: sec.Title}}
	for _, l := range sec.Lines {
		lines = append(lines, textLine{text: "  " + l.Mark + " " + l.String() + p.Reference(l.Evidence), changes: 1, ends: true})
		if !withLinks {
			continue
		}
		if l.Link != "" {
			lines = append(lines, textLine{text: "    " + l.Link, ends: true})
		}
		if moa := cmp.Or(l.MOA.URL, l.MOA.Text); moa != "" {
			lines = append(lines, textLine{text: "    " + moa, ends: true})
		}
	}
	if sec.Left > 0 {
		lines = append(lines, textLine{text: "  … " + p.Language.Phrase(prose.PhraseMore, sec.Left), changes: sec.Left, ends: true})
	}
	return lines
}

// InlineText names the agencies of a section behind its title.
func (p Page) InlineText(sec Section) string {
	items := make([]string, 0, len(sec.Lines)+1)
	for _, l := range sec.Lines {
		items = append(items, l.Name+l.Item)
	}
	if len(items) == 0 {
		return ""
	}
	if sec.Left > 0 {
		return ": " + strings.Join(items, ", ") + " " + p.Language.Phrase(prose.PhraseMore, sec.Left)
	}
	return ": " + strings.Join(items, ", ")
}

// OffersMore says whether a page that shows all of its changes links to them too.
func (p Page) OffersMore() bool { return p.More != "" && !p.single }

// NotesTitle is the title above the milestones.
func (p Page) NotesTitle() string {
	pages, mends := 0, 0
	for _, n := range p.Notes {
		if n.Kind == roster.KindPage {
			pages++
		}
		if n.Kind == roster.KindCorrection {
			mends++
		}
	}
	switch {
	case mends == len(p.Notes): // which come first
		return p.Language.Phrase(prose.PhraseCorrections, mends+p.NotesLeft)
	case mends > 0:
		return p.Language.Phrase(prose.PhraseCorrectionsFirsts, mends)
	case pages == 0:
		return p.Language.Phrase(prose.PhraseFirsts, len(p.Notes)+p.NotesLeft)
	case pages == len(p.Notes) && p.NotesLeft == 0:
		return p.Language.Phrase(prose.PhrasePage, 1)
	}
	return p.Language.Phrase(prose.PhraseFirstsPage, len(p.Notes)+p.NotesLeft)
}

// rest says how many changes are not shown, and where they are.
func (p Page) rest(left int) string {
	s := p.Language.Phrase(prose.PhraseNotShown, left)
	if p.More != "" {
		return s + " " + p.MoreText + ": " + p.More
	}
	if p.MoreText != "" {
		return s + " " + p.MoreText
	}
	return s
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
			return p.Language.Phrase(prose.PhraseEvidence, 1) + " " + e.URL
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
		s = "\n" + p.rest(left)
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
