package notify

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// Links are the addresses that messages link to.
type Links struct {
	// Base is where readers reach the pages, without a slash at its end; "" where
	// nobody does, so that messages link to ICE's own files.
	Base string
	// Sign is the part of an address, behind its last slash, that opens the page on which
	// an operator decides about a hold, for some days from a moment on; nil for none. "" means that it cannot be signed now.
	Sign func(hold string, from time.Time) string
}

// In are the links to the pages in a language, which are below its tag but for English.
func (l Links) In(language prose.Language) Links {
	if l.Base != "" && cmp.Or(language, prose.English) != prose.English {
		l.Base += "/" + string(language)
	}
	return l
}

// Decide is the address of the page on which an operator decides about the hold that a
// notice is about, "" where there is none. Whoever has it can decide, so that it belongs
// nowhere but in messages to operators.
func (l Links) Decide(n roster.Notice) string {
	if l.Base == "" || l.Sign == nil || n.Hold == "" {
		return ""
	}
	signed := l.Sign(n.Hold, n.At)
	if signed == "" {
		return ""
	}
	return l.Base + "/holds/" + signed
}

// Evidence is the address of what a change was read from.
func (l Links) Evidence(c roster.Change) string {
	switch {
	case c.Kind == roster.KindPage && c.Page != nil && l.Base == "":
		return c.Page.URL
	case c.Kind == roster.KindPage:
		return l.Base + "/ice-page"
	case l.Base != "":
		return l.Base + "/publications/" + c.Publication.SHA256
	}
	return c.Publication.URL
}

// List is the address of the page of a list, "" where there are no pages.
func (l Links) List(e roster.Evidence) string {
	switch {
	case l.Base == "":
		return ""
	case e.List == roster.ListPending: // a file can hold both
		return l.Base + "/publications/" + e.SHA256 + "?list=pending"
	}
	return l.Base + "/publications/" + e.SHA256
}

// Agency is the address of an agency's page, "" where there are no pages.
func (l Links) Agency(id string) string {
	if l.Base == "" || id == "" {
		return ""
	}
	return l.Base + "/agencies/" + url.PathEscape(id)
}

// Change is the address of a change's page, "" where there are no pages.
func (l Links) Change(id string) string {
	if l.Base == "" {
		return ""
	}
	return l.Base + "/changes/" + url.PathEscape(id)
}

// Changes is the address of the page with the changes of a message's days that its channel
// wants, of those kinds where any are given; "" where there are no pages.
func (l Links) Changes(m Message, kinds ...roster.Kind) string {
	only := m.Only
	if len(kinds) > 0 {
		only.Kinds = kinds
	}
	return l.changes(m, only)
}

// ChangesIn is Changes in one state.
func (l Links) ChangesIn(m Message, s roster.State) string {
	only := m.Only
	only.States = []roster.State{s}
	return l.changes(m, only)
}

// longestQuery is the longest address that is worth its room in a message, in bytes: a
// filter of sixty counties makes one that no service takes forty times.
const longestQuery = 300

func (l Links) changes(m Message, only roster.Filter) string {
	if l.Base == "" {
		return ""
	}
	since, until := m.days()
	q := url.Values{}
	set := func(name string, values []string) {
		if len(values) > 0 {
			q.Set(name, strings.Join(values, ","))
		}
	}
	set("state", texts(only.States))
	set("kind", texts(only.Kinds))
	set("since", []string{string(since)})
	set("until", []string{string(until)})
	short := l.Base + "/changes?" + q.Encode()
	set("model", texts(only.Models))
	set("type", texts(only.Types))
	set("county", only.Counties)
	set("place", only.Places)
	set("agency", only.Agencies)
	if all := l.Base + "/changes?" + q.Encode(); len(all) <= longestQuery {
		return all
	}
	return short
}

func texts[T ~string](values []T) []string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = string(v)
	}
	return all
}

// span is when the first and the last of a message's changes were found.
func (m Message) span() (first, last time.Time) {
	at := func(c roster.Change) time.Time { return c.DetectedAt }
	byTime := func(a, b roster.Change) int { return at(a).Compare(at(b)) }
	return at(slices.MinFunc(m.Changes, byTime)), at(slices.MaxFunc(m.Changes, byTime))
}

// days are those of span, in Washington.
func (m Message) days() (since, until roster.Date) {
	first, last := m.span()
	return roster.Day(first), roster.Day(last)
}
