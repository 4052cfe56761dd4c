package feed

import (
	"fmt"
	"html"
	"slices"
	"strconv"
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// story is an entry's content: the sentence that can be pasted into a report,
// what it corrects, and what is known beside it.
type content struct {
	Sentence string
	Corrects []span // "This corrects …", empty where nothing is corrected
	Facts    []fact
}

// fact is one line of a story's list.
type fact struct {
	Name   string
	Pieces []span
}

// piece is a stretch of text, and where it leads.
type span struct {
	Text string
	URL  string // "" for plain text
}

// tell puts a change into words. Base is the site's address.
func tell(item Item, base string) content {
	c := item.Change
	s := content{Sentence: paragraph(c.Text), Corrects: corrected(item, base), Facts: fieldFacts(c)}
	if s.Sentence == "" {
		s.Sentence = Title(c) + "."
	}
	if !national(c) {
		s.Facts = append(s.Facts, agreementFacts(c, base)...)
	}
	if c.Certainty == roster.Likely {
		s.Facts = append(s.Facts, fact{"Certainty", text(c.Doubt())})
	}
	s.Facts = append(s.Facts, evidence(c.Publication, base))
	return s
}

// corrected names the entry that this one corrects.
func corrected(item Item, base string) []span {
	c := item.Change
	switch {
	case item.Corrects != nil:
		wrong := *item.Corrects
		return []span{{"This corrects ", ""}, {Title(wrong), siteLink(base, changePages, wrong.ID)},
			{", reported on " + roster.Day(wrong.DetectedAt).Long() + ".", ""}}
	case c.Corrects != "":
		return []span{{"This corrects ", ""}, {"an earlier entry", siteLink(base, changePages, c.Corrects)}, {".", ""}}
	}
	return nil
}

// fieldFacts set what the list says now against what it said before.
func fieldFacts(c roster.Change) []fact {
	facts := make([]fact, 0, len(c.Fields)+10)
	for _, f := range c.Fields {
		facts = append(facts, fact{fieldName(f.Name), []span{fieldPiece(f.Name, f.From), {" → ", ""}, fieldPiece(f.Name, f.To)}})
	}
	return facts
}

func fieldPiece(field, s string) span {
	p := span{Text: fieldValue(field, s)}
	if strings.HasSuffix(field, "_url") {
		p.URL = webLink(s)
	}
	return p
}

// agreementFacts are what the list says of the agreement, apart from what the
// change itself has set in a line of its own.
func agreementFacts(c roster.Change, base string) []fact {
	a := c.Agreement
	var facts []fact
	add := func(field, name, value, address string) {
		told := slices.ContainsFunc(c.Fields, func(f roster.Field) bool { return f.Name == field })
		if value != "" && !told {
			facts = append(facts, fact{name, []span{{value, address}}})
		}
	}
	add("", "Agency", agency(a), siteLink(base, agencyPages, a.AgencyID))
	add("county", "County", line(a.County), "")
	add("model", "Model", line(a.Model.Name()), "")
	if c.Publication.List == roster.ListParticipating {
		add("signed", "Signed", signed(a), "")
	}
	if until := c.PendingUntil.Long(); until != "" {
		add("", "Pending", "from "+since(c.PendingSince, c.SinceIsLowerBound)+", to "+until, "")
	} else {
		add("", "Pending since", since(c.PendingSince, c.SinceIsLowerBound), "")
	}
	ended := "Listed since"
	if c.Kind == roster.KindWithdrawn {
		ended = "Pending since"
	}
	add("", ended, since(c.ListedSince, c.SinceIsLowerBound), "")
	if link := webLink(a.MOA); link != "" {
		add("moa_url", "Linked by ICE", "memorandum of agreement", link)
	}
	if link := webLink(a.Addendum); link != "" {
		add("addendum_url", "Linked by ICE", "addendum", link)
	}
	return facts
}

// signed says when ICE says that it was signed, or that it does not say.
func signed(a roster.Agreement) string {
	printed := strconv.Quote(line(a.SignedAs))
	switch long := a.Signed.Long(); {
	case a.DateKept():
		return long + ", according to ICE's earlier lists; the list now prints the date as " + printed
	case long != "" && a.SignedAs != "":
		return long + ", according to ICE, which prints the date as " + printed
	case long != "":
		return long + ", according to ICE"
	case a.SignedAs != "":
		return "on a date that ICE prints as " + printed
	}
	return "no date given"
}

// since is a first day, with the reserve where it is only this record's first.
func since(d roster.Date, atLeast bool) string {
	if d.Long() != "" && atLeast {
		return d.Long() + ", or earlier"
	}
	return d.Long()
}

// evidence names the list and the row that a change was read from.
func evidence(p roster.Evidence, base string) fact {
	list := "ICE's list"
	if p.List != "" {
		list = "ICE's " + line(string(p.List)) + " list"
	}
	if !p.PublishedAt.IsZero() {
		list += " of " + inWashington(p.PublishedAt)
	}
	where := ""
	if p.Row > 0 {
		where = fmt.Sprintf(", row %d", p.Row)
	}
	if file := line(p.File); file != "" {
		where += ", file " + file
	}
	return fact{"Evidence", []span{{list, siteLink(base, publicationPages, p.SHA256)}, {where, ""}}}
}

func text(s string) []span { return []span{{Text: s}} }

// html is the story in HTML, in no elements but p, ul, li and a. Whatever ICE
// printed is escaped; where a link leads, webLink has seen to.
func (s content) html() string {
	var b strings.Builder
	b.WriteString("<p>" + html.EscapeString(s.Sentence) + "</p>")
	if len(s.Corrects) > 0 {
		b.WriteString("<p>" + htmlPieces(s.Corrects) + "</p>")
	}
	b.WriteString("<ul>")
	for _, f := range s.Facts {
		b.WriteString("<li>" + html.EscapeString(f.Name) + ": " + htmlPieces(f.Pieces) + "</li>")
	}
	b.WriteString("</ul>")
	return b.String()
}

func htmlPieces(pieces []span) string {
	var b strings.Builder
	for _, p := range pieces {
		text := html.EscapeString(p.Text)
		if p.URL != "" {
			text = `<a href="` + html.EscapeString(p.URL) + `">` + text + "</a>"
		}
		b.WriteString(text)
	}
	return b.String()
}

// plain is the story as plain text, with the addresses written out.
func (s content) plain() string {
	var b strings.Builder
	b.WriteString(s.Sentence + "\n")
	if len(s.Corrects) > 0 {
		b.WriteString("\n" + plainPieces(s.Corrects) + "\n")
	}
	for _, f := range s.Facts {
		b.WriteString("\n" + f.Name + ": " + plainPieces(f.Pieces))
	}
	return b.String()
}

func plainPieces(pieces []span) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.Text)
		if p.URL != "" {
			b.WriteString(" (" + p.URL + ")")
		}
	}
	return b.String()
}
