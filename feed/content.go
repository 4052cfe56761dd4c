package feed

import (
	"html"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// The most characters of a sentence: enough for what is ever said, and a bound on
// what a broken cell can do.
const sentenceWidth = 1000

// content is what an entry says: the sentence that can be pasted into a report,
// what it corrects, and what is known beside it.
type content struct {
	language prose.Language
	Sentence string
	Corrects []span // "This corrects …", empty where nothing is corrected
	Facts    []fact
}

// fact is one line of a content's list.
type fact struct {
	Name  string
	Spans []span
}

// span is a stretch of text, and where it leads.
type span struct {
	Text string
	URL  string // "" for plain text
}

// contentOf puts a change into words. Base is the site's address.
func contentOf(l prose.Language, item Item, base string) content {
	c := item.Change
	s := content{language: l, Sentence: paragraph(l.TextOf(c)), Corrects: corrected(l, item, base)}
	if s.Sentence == "" {
		s.Sentence = l.Title(c) + "."
	}
	for _, f := range c.Fields {
		s.add(l.Field(f.Name), fieldSpan(l, f.Name, f.From), span{Text: " → "}, fieldSpan(l, f.Name, f.To))
	}
	switch {
	case c.National():
	case c.Kind != roster.KindCorrection:
		s.addAgreement(c, base)
	case c.Agreement.AgencyID != "": // nothing else of the agreement need be so
		s.add(l.Label(prose.FactAgency), span{l.Agency(c.Agreement), siteLink(base, agencyPages, c.Agreement.AgencyID)})
	}
	if c.Certainty == roster.Likely {
		s.add(l.Label(prose.FactCertainty), span{Text: l.Doubt(c)})
	}
	if c.Kind == roster.KindPage {
		s.add(l.Label(prose.FactEvidence), span{l.Source(c), base + icePage})
		return s
	}
	s.add(l.Label(prose.FactEvidence), span{l.Published(c.Publication), siteLink(base, publicationPages, c.Publication.SHA256)},
		span{Text: l.Row(c.Publication)})
	return s
}

func (s *content) add(name string, spans ...span) { s.Facts = append(s.Facts, fact{name, spans}) }

// corrected names the entry that this one corrects.
func corrected(l prose.Language, item Item, base string) []span {
	title, id, at := "", item.Change.Corrects, time.Time{}
	if wrong := item.Corrects; wrong != nil {
		title, id, at = l.Title(*wrong), wrong.ID, wrong.DetectedAt
	}
	if id == "" {
		return nil
	}
	before, entry, after := l.Corrects(item.Change, title, at)
	return []span{{before, ""}, {entry, siteLink(base, changePages, id)}, {after, ""}}
}

func fieldSpan(l prose.Language, field, s string) span {
	return span{l.FieldValue(field, s), l.FieldLink(field, s)}
}

// addAgreement adds what is known of the agreement, apart from what the change
// itself has set in a line of its own.
func (s *content) addAgreement(c roster.Change, base string) {
	a, l := c.Agreement, s.language
	told := func(field string) bool {
		return field != "" && slices.ContainsFunc(c.Fields, func(f roster.Field) bool { return f.Name == field })
	}
	s.add(l.Label(prose.FactAgency), span{l.Agency(a), siteLink(base, agencyPages, a.AgencyID)})
	for _, f := range l.Facts(c) {
		if !told(f.Field) {
			s.add(f.Name, span{Text: f.Value})
		}
	}
	for _, f := range l.DocumentFacts(c) {
		s.add(f.Name, span{Text: f.Value})
	}
	if d := l.Document(prose.DocumentLongMOA, a.MOA); d.Text != "" && !told("moa_url") {
		s.add(l.Label(prose.FactLinked), span{d.Text, d.URL})
	}
	if d := l.Document(prose.DocumentPart, a.Addendum); d.Text != "" && !told("addendum_url") {
		s.add(l.Label(prose.FactLinked), span{d.Text, d.URL})
	}
}

// paragraph is a sentence or two within bounds.
func paragraph(s string) string { return prose.Shorten(prose.Clean(s), sentenceWidth) }

// html is the content in HTML, in no elements but p, ul, li and a. Whatever ICE
// printed is escaped; where a link leads, prose.Link has seen to.
func (s content) html() string {
	var b strings.Builder
	b.WriteString("<p>" + html.EscapeString(s.Sentence) + "</p>")
	if len(s.Corrects) > 0 {
		b.WriteString("<p>" + spansHTML(s.Corrects) + "</p>")
	}
	b.WriteString("<ul>")
	for _, f := range s.Facts {
		b.WriteString("<li>" + html.EscapeString(f.Name) + ": " + spansHTML(f.Spans) + "</li>")
	}
	b.WriteString("</ul>")
	return b.String()
}

func spansHTML(spans []span) string {
	var b strings.Builder
	for _, p := range spans {
		text := html.EscapeString(p.Text)
		if p.URL != "" {
			text = `<a href="` + html.EscapeString(p.URL) + `">` + text + "</a>"
		}
		b.WriteString(text)
	}
	return b.String()
}

// plain is the content as plain text, with the addresses written out.
func (s content) plain() string {
	var b strings.Builder
	b.WriteString(s.Sentence + "\n")
	if len(s.Corrects) > 0 {
		b.WriteString("\n" + spansText(s.Corrects) + "\n")
	}
	for _, f := range s.Facts {
		b.WriteString("\n" + f.Name + ": " + spansText(f.Spans))
	}
	return b.String()
}

func spansText(spans []span) string {
	var b strings.Builder
	for _, p := range spans {
		b.WriteString(p.Text)
		if p.URL != "" {
			b.WriteString(" (" + p.URL + ")")
		}
	}
	return b.String()
}
