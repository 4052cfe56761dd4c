package watching

import (
	"maps"
	"slices"
	"time"

	"github.com/watch287g/watch287g/roster"
)

// Answer is what came of a look.
type Answer int

// The answers.
const (
	Had        Answer = iota // a file
	Same                     // the file that was had last
	Gone                     // there is nothing
	NoDocument               // what is there is none; Look.Problem says what it is
	Failed                   // the server failed
	Down                     // no server answered
	Refused                  // the server wants no more requests for now
)

// Look is one look at an address.
type Look struct {
	URL        string
	At         time.Time
	Answer     Answer
	Problem    roster.DocumentProblem // of NoDocument
	RetryAfter time.Duration          // how long the server asked to wait; 0 where it did not

	// Of a file, and of Same what the server sent with it.
	Document       roster.Document // what was read in it; ReadBy is 0 where it could not be
	Modified, ETag string          // as sent
	ModifiedAt     time.Time
}

// Whose says whose document a file is.
type Whose int

// The answers of Judge.Whose.
const (
	Unsure Whose = iota
	Own
	Another // agency's
)

// Judge says of two things what only their texts tell.
type Judge struct {
	// Whose says whether a document is that of an agreement's agency.
	Whose func(d roster.Document, row roster.Agreement) Whose
	// Compare counts the paragraphs in which a file differs from the one before it, by their
	// hashes. ok is false where one of them has no text.
	Compare func(before, now string) (added, removed, altered int, ok bool)
}

// Outcome is what a look comes to.
type Outcome struct {
	Addresses []roster.DocumentAddress // changed
	Documents []roster.Document        // new or changed
	News      []News
}

// News is what is to be told of one agreement.
type News struct {
	Link
	roster.DocumentNews
}

// Apply says what a look comes to. The links are those of LinksOf.
func (k Known) Apply(look Look, links map[string][]Link, j Judge) Outcome {
	a, known := k.Addresses[look.URL]
	if !known {
		return Outcome{}
	}
	if look.Answer == Same && !had(a) {
		look.Answer = Failed
	}
	m := meaning{known: k, look: look, links: links[look.URL], all: links, judge: j, before: a, after: a, due: look.At.Add(week)}
	m.after.Versions, m.after.Links = slices.Clone(a.Versions), slices.Clone(a.Links)
	switch look.Answer {
	case Failed, Down, Refused:
		m.noAnswer()
		return Outcome{Addresses: []roster.DocumentAddress{m.after}}
	case Gone, NoDocument:
		m.absent()
	case Had, Same:
		m.present()
	}
	m.answered()
	return m.Outcome
}

// meaning works out what one look means.
type meaning struct {
	known  Known
	look   Look
	links  []Link            // to the address
	all    map[string][]Link // to any
	judge  Judge
	before roster.DocumentAddress
	after  roster.DocumentAddress
	due    time.Time // the next look, where the server answered
	Outcome
}

// noAnswer notes a look that had no answer that says anything, and when the next ones are.
func (m *meaning) noAnswer() {
	a, at := &m.after, m.look.At
	a.Failures++
	pause := growing(a.Failures)
	switch m.look.Answer {
	case Refused:
		for _, other := range m.known.Addresses {
			a.Refused = max(a.Refused, other.Refused)
		}
		a.Refused++
		stop := m.look.RetryAfter
		if stop <= 0 {
			stop = growing(a.Refused)
		}
		a.StopUntil, pause = at.Add(stop), max(pause, stop)
	case Down:
		a.StopUntil = at.Add(down)
	case Failed, Had, Same, Gone, NoDocument:
		pause = max(pause, min(m.look.RetryAfter, day))
	}
	a.DueAt = at.Add(pause)
}

// answered notes that the server answered, which ends all pauses.
func (m *meaning) answered() {
	a := &m.after
	a.LookedAt, a.DueAt, a.Failures, a.Refused, a.StopUntil = m.look.At, m.due, 0, 0, time.Time{}
	m.Addresses = append(m.Addresses, *a)
	for _, url := range slices.Sorted(maps.Keys(m.known.Addresses)) {
		if other := m.known.Addresses[url]; url != a.URL && (other.Refused > 0 || !other.StopUntil.IsZero()) {
			other.Refused, other.StopUntil = 0, time.Time{}
			m.Addresses = append(m.Addresses, other)
		}
	}
}

// Unlinked is what becomes of an address that is due and that no row links: it is not asked
// for, and due again when a row links it.
func (k Known) Unlinked(url string) Outcome {
	a := k.Addresses[url]
	a.DueAt = time.Time{}
	return Outcome{Addresses: []roster.DocumentAddress{a}}
}

// settled says whether a look at the address has ever come to something.
func settled(a roster.DocumentAddress) bool {
	return isAbsent(a) || had(a)
}

// had says whether a look ever found a file at the address, whatever others captured there.
func had(a roster.DocumentAddress) bool {
	return slices.ContainsFunc(a.Versions, func(v roster.DocumentVersion) bool { return !v.Unseen() })
}

// isAbsent says whether there is no document at the address.
func isAbsent(a roster.DocumentAddress) bool { return !a.GoneSince.IsZero() || isOwn(a.Problem) }

// isOwn says whether a problem is the file's, and not one of its being linked by a row.
func isOwn(p roster.DocumentProblem) bool {
	return p != "" && p != roster.ProblemOtherAgency && p != roster.ProblemSharedByRows
}

// absent deals with a look that found no document. The first one is not believed, unless
// there was none before.
func (m *meaning) absent() {
	a, at := &m.after, m.look.At
	switch {
	case isAbsent(m.before):
	case a.GoneSeen.IsZero() || a.GoneSeen.After(at):
		a.GoneSeen, m.due = at, at.Add(second)
		return
	case at.Sub(a.GoneSeen) < m.doubt():
		m.due = a.GoneSeen.Add(m.doubt())
		return
	}
	if a.GoneSeen.IsZero() {
		a.GoneSeen = at
	}
	event := roster.DocumentNews{Event: roster.DocumentOther, Problem: m.look.Problem}
	if m.look.Answer == Gone {
		event = roster.DocumentNews{Event: roster.DocumentGone}
		if a.GoneSince.IsZero() {
			a.GoneSince = a.GoneSeen
		}
		a.Problem = ""
	} else {
		a.GoneSince, a.Problem = time.Time{}, m.look.Problem
	}
	if last, ok := m.lastGood(m.before); ok {
		event.BeforeSHA256, event.PagesBefore, event.FormBefore, event.MachineReadBefore = last.SHA256, last.Pages, last.Form, last.MachineRead
	}
	for _, l := range m.links {
		if m.isNews(l) && (m.isNew(l) || !isAbsent(m.before)) {
			m.tell(l, event)
		}
	}
	m.keepLinks(func(Link) roster.DocumentProblem { return "" })
}

// doubt is how long there has to be no document until that is believed: longer where many are
// missed at once, since that may be the server's trouble.
func (m *meaning) doubt() time.Duration {
	missed := 0
	for _, a := range m.known.Addresses {
		if !a.GoneSeen.IsZero() && !isAbsent(a) {
			missed++
		}
	}
	if missed > many {
		return day
	}
	return second
}

// isNew says whether a row has come to link the address since the last look that counted.
func (m *meaning) isNew(l Link) bool {
	return !slices.ContainsFunc(m.before.Links, func(k roster.DocumentLink) bool { return k.Agreement == l.id() && k.Part == l.Part })
}

// isNews says whether what is found behind a link can be told: what stood there when
// documents began to be watched is no news.
func (m *meaning) isNews(l Link) bool {
	return m.isNew(l) || !m.before.Baseline || settled(m.before)
}

// keepLinks notes which links were looked at: those of now, and those of rows that are off
// their list, which may come back.
func (m *meaning) keepLinks(problem func(Link) roster.DocumentProblem) {
	listed := map[string]bool{}
	for _, links := range m.all {
		for _, l := range links {
			listed[l.id()] = true
		}
	}
	kept := slices.DeleteFunc(slices.Clone(m.before.Links), func(k roster.DocumentLink) bool { return listed[k.Agreement] })
	for _, l := range m.links {
		kept = append(kept, roster.DocumentLink{Agreement: l.id(), Part: l.Part, Problem: problem(l)})
	}
	m.after.Links = kept
}

// tell adds news of a link; of two links of one row to one address, once.
func (m *meaning) tell(l Link, n roster.DocumentNews) {
	if slices.ContainsFunc(m.News, func(told News) bool { return told.id() == l.id() }) {
		return
	}
	n.Part, n.URL, n.FoundAt = l.Part, l.URL, m.look.At
	m.News = append(m.News, News{l, n})
}

// lastGood is the last document that stood at an address.
func (m *meaning) lastGood(a roster.DocumentAddress) (roster.Document, bool) {
	for _, v := range slices.Backward(a.Versions) {
		d, ok := m.known.Documents[v.SHA256]
		if !ok {
			d = roster.Document{SHA256: v.SHA256}
		}
		if d.Problem == "" {
			return d, true
		}
	}
	return roster.Document{}, false
}
