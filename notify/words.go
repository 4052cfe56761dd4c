package notify

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

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
	Test     bool       // a test, no news
}

// Section is what happened in one state.
type Section struct {
	State roster.State
	Title string // "Florida · 1 new, 1 no longer listed · 304 active"
	Lines []Line
}

// Line is one change.
type Line struct {
	Mark       string // + new, ? pending, − gone, ~ a correction, · a detail
	Kind       roster.Kind
	Agency     string // with its county, unless the name says it
	Detail     string // "Task Force Model, signed July 2, pending 8 days"
	Correction bool
	MOA        string // the agreement's text; "" where ICE links none
	Evidence   string // the list that the change was read from
	ChangeID   string
}

// String is the line without its mark and links.
func (l Line) String() string {
	s := l.Agency + ": " + l.Detail
	if l.Correction {
		return "Correction: " + s
	}
	return s
}

// Note is a milestone, in a sentence.
type Note struct {
	Text     string
	Evidence string
	ChangeID string
}

// Evidence is one list that changes were read from.
type Evidence struct {
	Label string // "ICE's participating list of July 3, 2025, 4 p.m. ET"
	URL   string
}

// The widest a subject, a name and a sentence become: enough for what ICE has ever printed,
// and a bound on what a broken cell can do.
const (
	subjectWidth  = 120
	nameWidth     = 160
	sentenceWidth = 700
)

// Compose puts a message into words, the same for every channel.
func Compose(m Message, l Links) Page {
	p := Page{Test: m.Test}
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
		link := webLink(l.Evidence(c))
		p.addEvidence(c, link)
		if c.Kind == roster.KindMilestone {
			p.Notes = append(p.Notes, Note{Text: shorten(roster.Clean(c.Text), sentenceWidth), Evidence: link, ChangeID: c.ID})
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
		p.Headline = "287(g): " + milestoneHeadline(m.Changes)
		p.Subject = p.Headline
		return p
	}
	p.Headline = "287(g): " + headline(changes)
	p.Subject = subject(p.Headline, changes, p.Sections)
	return p
}

// addEvidence notes a list that the page draws on.
func (p *Page) addEvidence(c roster.Change, link string) {
	known := slices.ContainsFunc(p.Evidence, func(e Evidence) bool { return e.URL == link })
	if link == "" || known {
		return
	}
	p.Evidence = append(p.Evidence, Evidence{Label: listsOf([]roster.Change{c}), URL: link})
}

// section puts what happened in one state into words, in the order in which
// headlines count it.
func section(s roster.State, changes []roster.Change, f roster.Figures, l Links) Section {
	slices.SortStableFunc(changes, func(a, b roster.Change) int { return cmp.Compare(rank(a.Kind), rank(b.Kind)) })
	sec := Section{State: s, Title: stateName(s) + " · " + counted(changes)}
	gone := slices.ContainsFunc(changes, func(c roster.Change) bool { return c.Kind == roster.KindRemoved })
	if active := f.ByState[s]; f.Active > 0 && f.ByState != nil && (active > 0 || gone) {
		sec.Title += " · " + roster.Thousands(active) + " active"
	}
	for _, c := range changes {
		sec.Lines = append(sec.Lines, line(c, l))
	}
	return sec
}

func line(c roster.Change, l Links) Line {
	return Line{Mark: c.Kind.Symbol(), Kind: c.Kind, Agency: where(c.Agreement), Detail: particulars(c),
		Correction: c.Kind == roster.KindRestored || c.Kind == roster.KindAmended,
		MOA:        webLink(c.Agreement.MOA), Evidence: webLink(l.Evidence(c)), ChangeID: c.ID}
}

// rank is the order in which headlines count and sections list the kinds.
func rank(k roster.Kind) int { return slices.Index(roster.Kinds(), k) }

// headline counts the changes. Those of one kind are said to be agreements; a
// line that counts several kinds has no room for more than the design gives it.
func headline(changes []roster.Change) string {
	n := len(changes)
	agreements := roster.Thousands(n) + " " + word(n, "agreement")
	kind := changes[0].Kind
	if slices.ContainsFunc(changes, func(c roster.Change) bool { return c.Kind != kind }) {
		return counted(changes)
	}
	switch kind {
	case roster.KindNew, roster.KindPending:
		return roster.Thousands(n) + " " + string(kind) + " " + word(n, "agreement")
	case roster.KindRemoved:
		return agreements + " no longer listed"
	case roster.KindWithdrawn:
		return agreements + " no longer pending"
	case roster.KindRestored:
		return agreements + " listed again (" + word(n, "correction") + ")"
	}
	return counted(changes)
}

// counted says how many changes of each kind there are: "2 new, 1 pending".
func counted(changes []roster.Change) string {
	n := map[roster.Kind]int{}
	for _, c := range changes {
		n[c.Kind]++
	}
	var parts []string
	for _, k := range roster.Kinds() {
		if n[k] > 0 {
			parts = append(parts, countOf(k, n[k]))
		}
	}
	return strings.Join(parts, ", ")
}

func countOf(k roster.Kind, n int) string {
	count := roster.Thousands(n)
	switch k {
	case roster.KindRemoved:
		return count + " no longer listed"
	case roster.KindWithdrawn:
		return count + " no longer pending"
	case roster.KindRestored:
		return count + " listed again (" + word(n, "correction") + ")"
	case roster.KindAmended:
		return count + " " + word(n, "correction")
	case roster.KindDetail:
		return count + " " + word(n, "detail") + " changed"
	case roster.KindDocument:
		return count + " " + word(n, "document") + " changed"
	}
	return count + " " + string(k) // new, pending
}

// subject is the headline and whom it concerns: the one agency, or the states
// with the most changes first, as far as there is room.
func subject(headline string, changes []roster.Change, sections []Section) string {
	if len(changes) == 1 {
		a := changes[0].Agreement
		return shorten(headline+" · "+oneLine(a.Agency)+", "+stateName(a.State), subjectWidth)
	}
	byCount := slices.Clone(sections)
	slices.SortStableFunc(byCount, func(a, b Section) int { return len(b.Lines) - len(a.Lines) })
	s, sep := headline, " · "
	for i, sec := range byCount {
		next := fmt.Sprintf("%s%s%s %d", s, sep, stateName(sec.State), len(sec.Lines))
		rest := fmt.Sprintf(" and %d more states", len(byCount)-i-1)
		if utf8.RuneCountInString(next)+len(rest) > subjectWidth {
			return fmt.Sprintf("%s and %d more %s", s, len(byCount)-i, word(len(byCount)-i, "state"))
		}
		s, sep = next, ", "
	}
	return s
}

// notice is a page of news about the service itself.
func notice(n roster.Notice) Page {
	headline := "watch287g: " + noticeHeadline(n.Kind)
	p := Page{Subject: headline, Headline: headline, Body: strings.TrimSpace(n.Text)}
	if !n.At.IsZero() {
		p.Source = "Notice to the operator, " + moment(n.At)
	}
	return p
}

// noticeHeadline names a kind of notice; the notice's own text says the rest.
func noticeHeadline(kind string) string {
	switch kind {
	case SourceFailing:
		return "ICE's page cannot be read"
	case SourceRecovered:
		return "ICE's page can be read again"
	case ListHeld:
		return "a list is held and waits for you"
	case HoldEnded:
		return "a held list is settled"
	case ListAbsent:
		return "ICE's page no longer links one of its lists"
	case ListBack:
		return "ICE's page links the list again"
	case SourceSilent:
		return "ICE has published no list for long"
	case ChannelFailing:
		return "a channel cannot be reached"
	case ChannelRecovered:
		return "a channel can be reached again"
	case DeliveryDied:
		return "a message was given up"
	}
	return kind
}

// testHeadline marks what "notify test" sends, wherever it shows.
const testHeadline = "Test message, no news"

// markAsTest makes sure that nobody takes the page for news.
func (p *Page) markAsTest(channel string) {
	p.Test = true
	says := "This is a test of watch287g's channel " + strconv.Quote(channel) + ". It works."
	if p.Headline == "" {
		p.Headline, p.Subject, p.Body = testHeadline, "287(g): "+testHeadline, says
		return
	}
	p.Body = strings.TrimSpace(says + " What follows is an example, not news.\n" + p.Body)
	p.Headline = testHeadline + ". Example: " + p.Headline
	p.Subject = shorten(testHeadline+". Example: "+p.Subject, subjectWidth)
}

// where names the agency with its county, unless its name says it.
func where(a roster.Agreement) string {
	agency, county := oneLine(a.Agency), oneLine(a.County)
	bare := roster.Fold(county)
	for _, word := range []string{" county", " parish", " borough"} {
		bare = strings.TrimSuffix(bare, word)
	}
	if bare == "" || strings.Contains(roster.Fold(agency), bare) {
		return agency
	}
	return agency + " (" + county + ")"
}

func stateName(s roster.State) string {
	if s == "" {
		return "No state given"
	}
	return s.Name()
}

// oneLine makes sure that what ICE printed stays on its line and within bounds.
func oneLine(s string) string { return shorten(roster.Clean(s), nameWidth) }

// webLink is an address that a reader may be sent to, "" for anything else: ICE
// has linked "http:" and browser extensions.
func webLink(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || len(address) > 2000 {
		return ""
	}
	return strings.ReplaceAll(u.String(), "@", "%40") // which chat services would take for a mention
}

// shorten cuts a text to so many characters.
func shorten(s string, width int) string {
	if utf8.RuneCountInString(s) <= width {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:width-1])) + "…"
}

func word(n int, one string) string {
	if n == 1 {
		return one
	}
	return one + "s"
}
