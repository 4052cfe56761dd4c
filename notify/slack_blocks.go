package notify

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/watch287g/watch287g/prose"
)

// What Slack takes. It refuses a message whose blocks are longer than about
// 13,200 characters, markup and addresses included, and says so nowhere; the
// length of the JSON is what can be held to that.
const (
	slackHeader = 150    // characters of a header
	slackBlocks = 50     // blocks in a message
	slackText   = 3_000  // characters of text in a block
	slackJSON   = 12_500 // of all blocks
	slackBlock  = 5_500  // of one block, so that two share a message
)

// slackPiece is what one message of Slack's shows.
type slackPiece struct {
	text   string // for notifications, and for what shows no blocks
	blocks []slack.Block
}

// slackPieces lays a page out as a message of Slack's: as much of the page as fits on a
// screen, and in one message. Only what is none of the changes, such as a very long notice,
// can need several, which are numbered.
//
// ICE's text stands in plain_text and rich_text alone. mrkdwn knows no way to
// write * _ ~ or ` as themselves, whereas rich_text has no markup that a name
// could hold: it pings nobody and formats nothing.
func slackPieces(p Page) []slackPiece {
	p = slackPage(p)
	bodies := slackBodies(p)
	if len(bodies) == 0 {
		bodies = [][]slack.Block{nil}
	}
	pieces := make([]slackPiece, len(bodies))
	for i, body := range bodies {
		number := ""
		if len(bodies) > 1 {
			number = fmt.Sprintf(" (%d/%d)", i+1, len(bodies))
		}
		pieces[i] = slackPiece{text: slackFallback(p) + number, blocks: append(slackHead(p, number), body...)}
	}
	return pieces
}

// slackPage is as much of a page as a screen and a message hold.
func slackPage(p Page) Page {
	p, _ = p.fitting(func(p Page) bool { return p.lines() <= screenful && len(slackBodies(p)) <= 1 })
	return p
}

// slackBodies are the blocks below the head, by the messages that they need.
func slackBodies(p Page) [][]slack.Block {
	var bodies [][]slack.Block
	size := 0
	room := slackJSON - jsonLength(slackHead(p, " (99/99)")...)
	for _, b := range slackBody(p) {
		n := jsonLength(b)
		if last := len(bodies) - 1; last >= 0 && size+n <= room && len(bodies[last]) < slackBlocks-2 {
			bodies[last] = append(bodies[last], b)
			size += n
			continue
		}
		bodies = append(bodies, []slack.Block{b})
		size = n
	}
	return bodies
}

// slackHead opens every message: what it is about, and by which list.
func slackHead(p Page, number string) []slack.Block {
	headline := prose.Shorten(p.Headline, slackHeader-len(number)) + number
	blocks := []slack.Block{slack.NewHeaderBlock(slack.NewTextBlockObject(slack.PlainTextType, headline, false, false))}
	if p.Source != "" {
		source := slack.NewTextBlockObject(slack.PlainTextType, prose.Shorten(p.Source, slackText), false, false)
		blocks = append(blocks, slack.NewContextBlock("", source))
	}
	return blocks
}

// slackFallback is the text for notifications: the day's line, and a notice or a milestone
// that is all there is in full.
func slackFallback(p Page) string {
	says := p.Body
	if says == "" && len(p.Notes) == 1 {
		says = p.Notes[0].Text
	}
	if says == "" || len(p.Sections) > 0 || len(p.Ends.Lines) > 0 {
		return p.Headline
	}
	return prose.Shorten(p.Headline+": "+says, slackText)
}

// slackBody is a block for each part and each state, and more where one does not hold it.
// States with one line each share one.
func slackBody(p Page) []slack.Block {
	var blocks []slack.Block
	if p.Body != "" {
		var lines []richLine
		for text := range strings.Lines(p.Body) {
			lines = append(lines, richLine{}.text(strings.TrimSpace(prose.Shorten(text, slackText-1))))
		}
		blocks = append(blocks, richBlocks(p.Language, "", lines)...)
	}
	if len(p.Ends.Lines) > 0 {
		blocks = append(blocks, richBlocks(p.Language, p.Ends.Title, slackLines(p, p.Ends))...)
	}
	if len(p.Notes) > 0 {
		blocks = append(blocks, richBlocks(p.Language, p.NotesTitle(), slackNotes(p))...)
	}
	var inline []richLine
	if p.RunIn && len(p.Sections) > 0 {
		inline = append(inline, slackRunIn(p))
	}
	for _, sec := range p.listed() {
		if sec.Inline {
			inline = append(inline, slackInline(p, sec))
			continue
		}
		blocks = append(blocks, richBlocks(p.Language, sec.Title, slackLines(p, sec))...)
	}
	blocks = append(blocks, richBlocks(p.Language, "", inline)...)
	return append(blocks, richBlocks(p.Language, "", slackFoot(p))...)
}

// slackLines are the lines of a section.
func slackLines(p Page, sec Section) []richLine {
	lines := make([]richLine, 0, len(sec.Lines)+1)
	for _, l := range sec.Lines {
		line := richLine{}.text(l.Mark + " ")
		if l.Flag != "" {
			line = line.bold(l.before())
		}
		lines = append(lines, line.linked(l.Link, l.Agency).text(l.Behind()+p.Reference(l.Evidence)).document(l.MOA))
	}
	if sec.Left > 0 {
		lines = append(lines, richLine{}.text("… ").linked(sec.More, p.Language.Phrase(prose.PhraseMore, sec.Left)))
	}
	return lines
}

// slackInline is a state on one line.
func slackInline(p Page, sec Section) richLine {
	line := richLine{}.bold(sec.Title)
	for i, l := range sec.Lines {
		line = line.text([]string{": ", ", "}[min(i, 1)]).linked(l.Link, l.Name).text(l.Item)
	}
	if sec.Left > 0 {
		line = line.text(" ").linked(sec.More, p.Language.Phrase(prose.PhraseMore, sec.Left))
	}
	return line
}

// slackRunIn counts the changes of all states in one paragraph, each state with a link to
// its own.
func slackRunIn(p Page) richLine {
	line := richLine{}.bold(p.Language.ByState("")).text(" ")
	for i, sec := range p.Sections {
		line = line.text([]string{"", "; "}[min(i, 1)]).linked(sec.More, p.Language.State(sec.State)).text(" " + sec.Count)
	}
	return line
}

func slackNotes(p Page) []richLine {
	lines := make([]richLine, 0, len(p.Notes)+1)
	for _, n := range p.Notes {
		lines = append(lines, richLine{}.text(n.Mark+" ").linked(n.Link, n.Place()).text(n.Says()+p.Reference(n.Evidence)))
	}
	if p.NotesLeft > 0 {
		lines = append(lines, richLine{}.text("… "+p.Language.Phrase(prose.PhraseMore, p.NotesLeft)))
	}
	return lines
}

// slackFoot says what is left out, where the rest is, and where all was read.
func slackFoot(p Page) []richLine {
	var lines []richLine
	if p.Nothing != "" {
		lines = append(lines, richLine{}.text(p.Nothing))
	}
	switch left := p.left(); {
	case left > 0 && p.More != "":
		lines = append(lines, richLine{}.text(p.Language.Phrase(prose.PhraseNotShown, left)+" ").linked(p.More, p.MoreText))
	case left > 0:
		lines = append(lines, richLine{}.text(p.rest(left)))
	}
	if len(p.Evidence) == 0 {
		return lines
	}
	line := richLine{}.text(p.Language.Phrase(prose.PhraseEvidence, 1))
	for i, e := range p.Evidence {
		line = line.text([]string{" ", " · "}[min(i, 1)])
		if number := p.Reference(e.URL); number != "" {
			line = line.text(strings.TrimSpace(number) + " ")
		}
		line = line.linked(e.URL, e.Label)
	}
	return append(lines, line)
}

// richLine is one line of rich text.
type richLine []slack.RichTextSectionElement

func (r richLine) text(s string) richLine {
	if last := len(r) - 1; last >= 0 {
		if e, ok := r[last].(*slack.RichTextSectionTextElement); ok && e.Style == nil {
			return append(r[:last:last], slack.NewRichTextSectionTextElement(e.Text+s, nil)) // shorter than two
		}
	}
	return append(r, slack.NewRichTextSectionTextElement(s, nil))
}

// line appends a line below the others.
func (r richLine) line(l richLine) richLine {
	r = r.text("\n")
	if e, ok := l[0].(*slack.RichTextSectionTextElement); ok && e.Style == nil {
		r, l = r.text(e.Text), l[1:]
	}
	return append(r, l...)
}

func (r richLine) bold(s string) richLine {
	return append(r, slack.NewRichTextSectionTextElement(s, &slack.RichTextSectionTextStyle{Bold: true}))
}

// linked appends a text, as a link where there is an address.
func (r richLine) linked(address, text string) richLine {
	if address == "" || text == "" {
		return r.text(text)
	}
	return append(r, slack.NewRichTextSectionLinkElement(address, text, nil))
}

// document appends a document, if there is one: as a link, or by its name alone.
func (r richLine) document(d prose.Document) richLine {
	if d.Text == "" {
		return r
	}
	return r.text(" · ").linked(d.URL, d.Text)
}

// length counts the characters that are shown.
func (r richLine) length() int {
	n := 0
	for _, e := range r {
		switch e := e.(type) {
		case *slack.RichTextSectionTextElement:
			n += utf8.RuneCountInString(e.Text)
		case *slack.RichTextSectionLinkElement:
			n += utf8.RuneCountInString(e.Text)
		}
	}
	return n
}

// richBlocks puts lines below a title, in as many blocks as they need.
func richBlocks(in prose.Language, title string, lines []richLine) []slack.Block {
	var blocks []slack.Block
	var elements richLine
	for _, l := range lines {
		full := elements.length()+l.length()+1 > slackText || jsonLength(elements...)+jsonLength(l...) > slackBlock
		if len(elements) > 0 && full {
			blocks = append(blocks, slack.NewRichTextBlock("", slack.NewRichTextSection(elements...)))
			elements = nil
		}
		if len(elements) == 0 && title != "" {
			elements = richLine{}.bold(title)
			if len(blocks) > 0 {
				elements = elements.text(" (" + in.Phrase(prose.PhraseContinued, 1) + ")")
			}
		}
		if len(elements) == 0 {
			elements = l
		} else {
			elements = elements.line(l)
		}
	}
	if len(elements) > 0 {
		blocks = append(blocks, slack.NewRichTextBlock("", slack.NewRichTextSection(elements...)))
	}
	return blocks
}

// jsonLength is how long values are as JSON, with what joins them.
func jsonLength[T any](values ...T) int {
	n := 0
	for _, v := range values {
		b, err := json.Marshal(v)
		if err != nil { // plain texts always encode
			panic(err)
		}
		n += len(b) + 1
	}
	return n
}
