package notify

import (
	"cmp"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// Page is a message in words, as every channel says it, in the order in which it is read.
// Its texts are plain: a channel escapes them as its service wants. None holds a line
// break except Body.
type Page struct {
	Language prose.Language // that it is in
	Headline string         // the day in one line: "287(g): 2 new agreements (all Task Force), 1 no longer listed"
	Subject  string         // the same for a header of mail or the title of a notification, with the states
	Source   string         // which of ICE's lists say so, and how many agreements they have in all
	Body     string         // what a notice or a test says instead of, or before, the sections
	Ends     Section        // what is no longer listed, of all states, where that is not the only change
	Notes    []Note         // firsts and milestones
	Sections []Section      // what else happened, by state
	Nothing  string         // why something is corrected, and what came to nothing in the time of a digest, and is left out
	Evidence []Evidence
	More     string // where the changes can be read too; "" where there are no pages
	MoreText string // names them, or says where they are where there are no pages

	NotesLeft int  // milestones that are not shown
	RunIn     bool // the changes of the states are only counted, in one paragraph
	single    bool // there is one change, or one milestone
}

// Section is what happened in one state.
type Section struct {
	State roster.State // "" for the section of what ended
	Title string       // "Florida · 1 new · 304 active in all"
	Count string       // "1 new"
	Lines []Line
	Left  int    // lines that are not shown
	More  string // where those can be read; "" where there are no pages
	// Inline says that the lines stand behind the title, as Item alone.
	Inline bool
}

// Line is one change.
type Line struct {
	Mark     string // + new, • pending, − gone, ~ listed again or otherwise, · a detail
	Flag     string // what kind of change it is, where the mark does not say it
	Agency   string // with its county, unless the name says it; with its state where it stands beside others
	Link     string // the agency's page; "" where there is none
	Detail   string // "Task Force Model, signed July 2, pending 8 days"
	Brief    string // Detail without what else the agency holds
	Name     string // the agency alone
	Item     string // what stands behind Name where there is no room for a line: " (Task Force)"
	MOA      prose.Document
	Evidence string // the list that the change was read from
	ChangeID string
	Kind     roster.Kind
	State    roster.State
	// Passed says that what ended here had begun within the time of the digest.
	Passed bool
}

// String is the line without its mark and links.
func (l Line) String() string { return l.before() + l.Agency + l.Behind() }

// before is what stands before the agency.
func (l Line) before() string {
	if l.Flag == "" {
		return ""
	}
	return l.Flag + ": "
}

// Behind is what stands behind the agency.
func (l Line) Behind() string {
	if l.Flag == "" {
		return ": " + l.Detail
	}
	return ", " + l.Detail
}

// Note is a milestone, or a change of ICE's page, in a sentence.
type Note struct {
	Kind     roster.Kind
	Mark     string // ★ a milestone, ~ a correction
	Text     string
	Evidence string
	Link     string // the page of the change; "" where there is none
}

// Place is how the sentence begins: with the state, which leads to the page of the change.
func (n Note) Place() string {
	place, _, _ := strings.Cut(n.Text, ":")
	return place
}

// Says is the rest of the sentence.
func (n Note) Says() string { return strings.TrimPrefix(n.Text, n.Place()) }

// Evidence is one list that changes were read from.
type Evidence struct {
	Label string // "ICE's participating list of July 3, 2025, 4 p.m. ET"
	URL   string
}

// The widest that a subject, a headline and a sentence become: enough for what ICE has
// ever printed, and a bound on what a broken cell can do.
const (
	subjectWidth  = 120
	dayWidth      = 70 // of the subject of several changes, all of which mail programs show
	headlineWidth = 150
	sentenceWidth = 700
	previewWidth  = 150
)

// service is what a message is from, before its headline.
const service = "287(g): "

// Compose puts a message into words, the same for every channel, and in full. A notice to
// the operator is in English, whatever the message's language is.
func Compose(m Message, l Links) Page {
	p := Page{Language: m.language()}
	switch {
	case len(m.Changes) > 0:
		p = news(m, l)
	case m.Delivery.Notice != nil:
		p = notice(*m.Delivery.Notice, l)
	}
	if m.Test {
		p.markAsTest(m.language(), m.Delivery.Channel)
	}
	return p
}

// news is a page of changes.
func news(m Message, l Links) Page {
	all, in := outcomeOf(m), m.language()
	p := Page{Language: in, Source: source(m), Nothing: in.Nothing(all.nothing), More: l.Changes(m), single: len(all.news)+len(all.milestones) == 1}
	if p.MoreText = in.AllChangesKept(m.days()); p.More != "" {
		p.MoreText = in.AllChanges(m.span())
	}
	byState := map[roster.State][]netted{}
	for _, c := range all.news {
		p.addEvidence(c.Change, prose.Link(l.Evidence(c.Change)))
		if onTop(c.Kind) && !p.single {
			p.Ends.Lines = append(p.Ends.Lines, endLine(in, c, l))
			continue
		}
		byState[c.Agreement.State] = append(byState[c.Agreement.State], c)
	}
	var why []roster.CorrectionReason // of corrections that are told in a line each
	for _, c := range all.milestones {
		p.addEvidence(c, prose.Link(l.Evidence(c)))
		p.Notes = append(p.Notes, note(c, m, l))
		if c.Correction != nil && len(m.Changes) > 1 {
			why = append(why, c.Correction.Why...)
		}
	}
	slices.Sort(why)
	p.Nothing = strings.TrimSpace(in.CorrectionReasons(slices.Compact(why)) + "\n" + p.Nothing)
	p.Ends.More = l.Changes(m, topKinds()...)
	slices.SortStableFunc(p.Ends.Lines, func(a, b Line) int {
		if a.Passed != b.Passed { // what came and went is last
			return map[bool]int{true: 1, false: -1}[a.Passed]
		}
		return cmp.Or(cmp.Compare(rank(a.Kind), rank(b.Kind)), in.CompareStates(a.State, b.State))
	})
	if len(p.Ends.Lines) > 0 {
		p.Ends.Title = in.EndsTitle(all.ends())
	}
	for s, here := range byState {
		p.Sections = append(p.Sections, section(s, here, m, l))
	}
	slices.SortFunc(p.Sections, func(a, b Section) int { return in.CompareStates(a.State, b.State) })
	p.Headline, p.Subject = headlines(in, all)
	return p
}

// headlines are the day in one line, and the same as a subject.
func headlines(in prose.Language, all outcome) (headline, subject string) {
	news, passed := all.counted()
	corrected := "" // behind what happened
	if mends := slices.DeleteFunc(slices.Clone(all.milestones), func(c roster.Change) bool { return c.Kind != roster.KindCorrection }); len(mends) > 0 {
		corrected = ", " + in.MilestoneHeadline(mends)
	}
	switch {
	case len(all.news) == 0 && len(all.milestones) == 0:
		return service + in.Phrase(prose.PhraseNothing, 1), service + in.Phrase(prose.PhraseNothing, 1)
	case len(all.news) == 0:
		headline = service + in.MilestoneHeadline(all.milestones)
		return headline, prose.Shorten(headline, subjectWidth)
	case len(all.news) == 1:
		a := all.news[0].Agreement
		headline = prose.Shorten(service+in.DayLine(news, passed, headlineWidth)+" · "+in.InState(a.Agency, a.State), subjectWidth-len(corrected)) + corrected
		return headline, headline
	}
	return service + in.DayLine(news, passed, headlineWidth-len(service)-len(corrected)) + corrected,
		service + in.DaySubject(news, passed, dayWidth-len(service)) + corrected
}

// Preview is what a list of mails shows behind the subject: what the subject does not say.
func (p Page) Preview() string {
	var all []string
	switch {
	case p.Body != "":
		all = append(all, strings.ReplaceAll(p.Body, "\n", " "))
	case p.single && len(p.Sections) == 1:
		all = append(all, p.Sections[0].Lines[0].Detail)
	}
	if len(p.Ends.Lines) > 0 {
		all = append(all, p.Ends.Title+": "+p.Ends.Lines[0].Agency)
	}
	for _, n := range p.Notes {
		all = append(all, n.Text)
	}
	for _, sec := range p.Sections {
		all = append(all, sec.Title)
	}
	return prose.Shorten(strings.Join(all, ". "), previewWidth)
}

// addEvidence notes a list that the page draws on.
func (p *Page) addEvidence(c roster.Change, link string) {
	known := slices.ContainsFunc(p.Evidence, func(e Evidence) bool { return e.URL == link })
	if link == "" || known {
		return
	}
	p.Evidence = append(p.Evidence, Evidence{Label: p.Language.Source(c), URL: link})
}

// note is a milestone: in full where the message has no other change, else by its title,
// which says nothing of a moment.
func note(c roster.Change, m Message, l Links) Note {
	n := Note{Kind: c.Kind, Mark: "★", Evidence: prose.Link(l.Evidence(c)), Link: l.Change(c.ID), Text: m.language().Title(c)}
	if c.Kind == roster.KindCorrection {
		n.Mark, _ = m.language().Mark(c.Kind)
	}
	if len(m.Changes) == 1 {
		n.Text = prose.Clean(m.language().TextOf(c))
	}
	n.Text = prose.Shorten(n.Text, sentenceWidth)
	return n
}

// section puts what happened in one state into words, in the order in which headlines
// count it.
func section(s roster.State, changes []netted, m Message, l Links) Section {
	slices.SortStableFunc(changes, func(a, b netted) int { return cmp.Compare(rank(a.Kind), rank(b.Kind)) })
	plain := make([]roster.Change, len(changes))
	for i, c := range changes {
		plain[i] = c.Change
	}
	in := m.language()
	sec := Section{State: s, Count: in.Counts(plain), More: l.ChangesIn(m, s)}
	sec.Title = in.State(s) + " · " + sec.Count
	f := m.Delivery.Figures
	gone := slices.ContainsFunc(changes, func(c netted) bool { return c.Kind == roster.KindRemoved })
	if active := f.ByState[s]; f.Active > 0 && f.ByState != nil && (active > 0 || gone) {
		sec.Title += " · " + in.ActiveShort(active)
	}
	mixed := slices.ContainsFunc(changes, func(c netted) bool { return c.Kind != changes[0].Kind })
	for _, c := range changes {
		sec.Lines = append(sec.Lines, line(in, c, mixed, l))
	}
	return sec
}

func line(in prose.Language, c netted, mixed bool, l Links) Line {
	a, brief := c.Agreement, c
	brief.AgencyActiveCount = 0
	mark, flag := in.Mark(c.Kind)
	return Line{Mark: mark, Flag: flag, Agency: in.Who(c.Change), Name: in.Agency(a), Link: l.Agency(a.AgencyID),
		Detail: c.detail(in), Brief: brief.detail(in), Item: " " + in.Item(c.Change, mixed), MOA: in.DocumentOf(prose.DocumentMOA, c.Change), Evidence: prose.Link(l.Evidence(c.Change)),
		ChangeID: c.ID, Kind: c.Kind, State: a.State, Passed: c.passed}
}

// endLine is the line of an end, which names the state too.
func endLine(in prose.Language, c netted, l Links) Line {
	e := line(in, c, true, l)
	e.Agency = in.InState(e.Agency, c.Agreement.State)
	return e
}

// topKinds are told before all others: what ended, and what takes back that something had.
func topKinds() []roster.Kind {
	return []roster.Kind{roster.KindRemoved, roster.KindWithdrawn, roster.KindRestored}
}

func onTop(k roster.Kind) bool { return slices.Contains(topKinds(), k) }

// ended says whether a kind of change is an end.
func ended(k roster.Kind) bool { return k == roster.KindRemoved || k == roster.KindWithdrawn }

// rank is the order in which headlines count and sections list the kinds.
func rank(k roster.Kind) int { return slices.Index(roster.Kinds(), k) }

// source says which of ICE's lists a message comes from, and how many agreements they have
// in all.
func source(m Message) string {
	lists := prose.Capitalize(m.language().Lists(m.Changes))
	if f := m.Delivery.Figures; f.Active > 0 && slices.ContainsFunc(m.Changes, func(c roster.Change) bool { return c.Kind != roster.KindPage }) {
		return m.language().InAll(lists, f)
	}
	return lists
}

// notice is a page of news about the service itself.
func notice(n roster.Notice, l Links) Page {
	headline := "watch287g: " + cmp.Or(noticeHeadlines[n.Kind], n.Kind)
	in := prose.English
	p := Page{Language: in, Subject: headline, Headline: headline, Body: strings.TrimSpace(n.Text)}
	if !n.At.IsZero() {
		p.Source = "Notice to the operator, " + in.Moment(n.At)
	}
	if l.Base != "" && n.Publication != nil {
		p.Evidence = []Evidence{{Label: in.Phrase(prose.PhraseHeld, 1), URL: l.List(*n.Publication)}}
	}
	if url := l.Decide(n); url != "" {
		p.Evidence = append(p.Evidence, Evidence{Label: in.Phrase(prose.PhraseDecide, 1), URL: url})
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
	ChannelFailing:   "nothing gets through to a channel",
	ChannelRecovered: "a channel works again",
	DeliveryDied:     "a message was given up",
	RecipientRefused: "a recipient gets no mail",
	StoreFailing:     "the state cannot be written",
	StoreRecovered:   "the state can be written again",
	ChannelGone:      "messages wait for a channel that is gone",
	ConfigRefused:    "the configuration is refused",
	DecisionFailed:   "a decision by link was not carried out",
	ModelUnknown:     "ICE's list names a model that is none of the three",
	BackupFailing:    "no backup could be made",
	BackupRecovered:  "backups are made again",
	MailFailing:      "no mail to readers gets through",
	MailRecovered:    "mails to readers get through again",
	ReadersStopped:   "mails to readers are stopped",
	ReadersResumed:   "mails to readers are sent again",
	MailboxFailing:   "the mailbox for bounces cannot be read",
	MailboxRecovered: "the mailbox for bounces is read again",

	DocumentConflicts: "what documents say contradicts their rows",
}

// markAsTest makes sure that nobody takes the page of a message that "notify test" sends for
// news, wherever it shows.
func (p *Page) markAsTest(in prose.Language, channel string) {
	p.Language = in
	headline, says := in.Test(channel)
	if p.Headline == "" {
		p.Headline, p.Subject, p.Body = headline, service+headline, says
		return
	}
	p.Body = strings.TrimSpace(says + " " + in.TestExample() + "\n" + p.Body)
	p.Headline = in.TestOf(p.Headline)
	p.Subject = prose.Shorten(in.TestOf(p.Subject), subjectWidth)
}
