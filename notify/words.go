package notify

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// Page is a message in words, as every channel says it. Its texts are plain: a
// channel escapes them as its service wants. None holds a line break except
// Body.
type Page struct {
	Subject  string // for one line: the headline, and whom it concerns
	Headline string // "287(g): 2 new, 1 no longer listed"
	Source   string // which of ICE's lists say so, and how many agreements they have
	Body     string // what a notice or a test says instead of, or before, the sections
	Sections []Section
	Notes    []Note     // firsts and milestones
	Evidence []Evidence // the lists that the changes were read from, each once
	More     string     // where the changes can be read too; "" where there are no pages
}

// Section is what happened in one state.
type Section struct {
	State roster.State
	Title string // "Florida · 1 new, 1 no longer listed · 304 active"
	Lines []Line
}

// Line is one change.
type Line struct {
	Mark     string         // + new, ? pending, − gone, ~ listed again or otherwise, · a detail
	Agency   string         // with its county, unless the name says it
	Detail   string         // "Task Force Model, signed July 2, pending 8 days"
	Flag     string         // "Correction", "ICE changed its record" or ""
	MOA      prose.Document // the agreement's text, as far as ICE links one
	Evidence string         // the list that the change was read from
	ChangeID string
}

// String is the line without its mark and links.
func (l Line) String() string {
	s := l.Agency + ": " + l.Detail
	if l.Flag != "" {
		return l.Flag + ": " + s
	}
	return s
}

// Note is a milestone, in a sentence.
type Note struct {
	Text     string
	Evidence string
}

// Evidence is one list that changes were read from.
type Evidence struct {
	Label string // "ICE's participating list of July 3, 2025, 4 p.m. ET"
	URL   string
}

// The widest a subject and a sentence become: enough for what ICE has ever printed,
// and a bound on what a broken cell can do.
const (
	subjectWidth  = 120
	sentenceWidth = 700
)

// english is the language of every message.
const english = prose.English

// Compose puts a message into words, the same for every channel.
func Compose(m Message, l Links) Page {
	var p Page
	switch {
	case len(m.Changes) > 0:
		p = news(m, l)
	case m.Delivery.Notice != nil:
		p = notice(*m.Delivery.Notice)
	}
	if m.Test {
		p.markAsTest(m.Delivery.Channel)
	}
	return p
}

// news is a page of changes.
func news(m Message, l Links) Page {
	p := Page{Source: source(m), More: l.More()}
	byState := map[roster.State][]roster.Change{}
	var changes []roster.Change // without the milestones
	for _, c := range m.Changes {
		link := prose.Link(l.Evidence(c))
		p.addEvidence(c, link)
		if c.Kind == roster.KindMilestone {
			p.Notes = append(p.Notes, Note{Text: prose.Shorten(prose.Clean(c.Text), sentenceWidth), Evidence: link})
			continue
		}
		changes = append(changes, c)
		byState[c.Agreement.State] = append(byState[c.Agreement.State], c)
	}
	for s, here := range byState {
		p.Sections = append(p.Sections, section(s, here, m.Delivery.Figures, l))
	}
	slices.SortFunc(p.Sections, func(a, b Section) int { return cmp.Compare(a.State.Name(), b.State.Name()) })
	if len(changes) == 0 {
		p.Headline = "287(g): " + english.MilestoneHeadline(m.Changes)
		p.Subject = p.Headline
		return p
	}
	p.Headline = "287(g): " + english.Headline(changes)
	p.Subject = subject(p.Headline, changes, p.Sections)
	return p
}

// addEvidence notes a list that the page draws on.
func (p *Page) addEvidence(c roster.Change, link string) {
	known := slices.ContainsFunc(p.Evidence, func(e Evidence) bool { return e.URL == link })
	if link == "" || known {
		return
	}
	p.Evidence = append(p.Evidence, Evidence{Label: english.Published(c.Publication), URL: link})
}

// section puts what happened in one state into words, in the order in which
// headlines count it.
func section(s roster.State, changes []roster.Change, f roster.Figures, l Links) Section {
	slices.SortStableFunc(changes, func(a, b roster.Change) int { return cmp.Compare(rank(a.Kind), rank(b.Kind)) })
	sec := Section{State: s, Title: english.State(s) + " · " + english.Counts(changes)}
	gone := slices.ContainsFunc(changes, func(c roster.Change) bool { return c.Kind == roster.KindRemoved })
	if active := f.ByState[s]; f.Active > 0 && f.ByState != nil && (active > 0 || gone) {
		sec.Title += " · " + english.ActiveShort(active)
	}
	for _, c := range changes {
		sec.Lines = append(sec.Lines, line(c, l))
	}
	return sec
}

func line(c roster.Change, l Links) Line {
	return Line{Mark: english.Symbol(c.Kind), Agency: english.Who(c), Detail: english.Line(c),
		Flag: english.Flag(c.Kind),
		MOA:  english.Document(prose.DocumentMOA, c.Agreement.MOA), Evidence: prose.Link(l.Evidence(c)), ChangeID: c.ID}
}

// rank is the order in which headlines count and sections list the kinds.
func rank(k roster.Kind) int { return slices.Index(roster.Kinds(), k) }

// source says which of ICE's lists a message comes from, and how many agreements
// they have.
func source(m Message) string {
	s := english.Lists(m.Changes)
	if f := m.Delivery.Figures; f.Active > 0 {
		s += " · " + english.ActiveIn(f)
	}
	return s
}

// subject is the headline and whom it concerns: the one agency, or the states
// with the most changes first, as far as there is room.
func subject(headline string, changes []roster.Change, sections []Section) string {
	if len(changes) == 1 {
		a := changes[0].Agreement
		return prose.Shorten(headline+" · "+english.InState(a.Agency, a.State), subjectWidth)
	}
	byCount := slices.Clone(sections)
	slices.SortStableFunc(byCount, func(a, b Section) int { return len(b.Lines) - len(a.Lines) })
	s, sep := headline, " · "
	for i, sec := range byCount {
		next := fmt.Sprintf("%s%s%s %d", s, sep, english.State(sec.State), len(sec.Lines))
		if rest := english.AndMoreStates(next, len(byCount)-i-1); utf8.RuneCountInString(rest) > subjectWidth {
			return english.AndMoreStates(s, len(byCount)-i)
		}
		s, sep = next, ", "
	}
	return s
}

// notice is a page of news about the service itself.
func notice(n roster.Notice) Page {
	headline := "watch287g: " + cmp.Or(noticeHeadlines[n.Kind], n.Kind)
	p := Page{Subject: headline, Headline: headline, Body: strings.TrimSpace(n.Text)}
	if !n.At.IsZero() {
		p.Source = "Notice to the operator, " + english.Moment(n.At)
	}
	return p
}

// noticeHeadlines name the kinds of notice; the notice's own text says the rest.
var noticeHeadlines = map[string]string{
	SourceFailing:    "ICE's page cannot be read",
	SourceRecovered:  "ICE's page can be read again",
	ListHeld:         "a list is held and waits for you",
	HoldEnded:        "a list is no longer held",
	ListAbsent:       "ICE's page no longer links one of its lists",
	ListBack:         "ICE's page links the list again",
	SourceSilent:     "ICE has published no list for long",
	ChannelFailing:   "a channel cannot be reached",
	ChannelRecovered: "a channel can be reached again",
	DeliveryDied:     "a message was given up",
	ModelUnknown:     "ICE's list names a model that is none of the three",
}

// testHeadline marks what "notify test" sends, wherever it shows.
const testHeadline = "Test message, no news"

// markAsTest makes sure that nobody takes the page for news.
func (p *Page) markAsTest(channel string) {
	says := "This is a test of watch287g's channel " + strconv.Quote(channel) + ". It works."
	if p.Headline == "" {
		p.Headline, p.Subject, p.Body = testHeadline, "287(g): "+testHeadline, says
		return
	}
	p.Body = strings.TrimSpace(says + " What follows is an example, not news.\n" + p.Body)
	p.Headline = testHeadline + ". Example: " + p.Headline
	p.Subject = prose.Shorten(testHeadline+". Example: "+p.Subject, subjectWidth)
}
