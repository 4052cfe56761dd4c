// Package feed writes changes as feeds: RSS 2.0, Atom 1.0 and JSON Feed 1.1.
// Its functions are pure: what they write follows from the Feed that they are
// given, byte by byte, so that an unchanged feed keeps its ETag.
//
// An entry says the same in every format, under the same id and the same date,
// for good: a change is never edited, and nor is its entry. What ICE printed is
// untrusted, and is mended and escaped on its way.
package feed

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// Feed is what one address answers.
type Feed struct {
	Language    prose.Language // what entries are written in; English where it is ""
	Title       string         // "287(g) agreements: Texas, new"
	Description string         // the title stands in for one that is missing
	Base        string         // the address of the site's pages in that language, without a slash at its end
	Self        string         // the address of this document, absolute
	Home        string         // the page with the same changes, absolute
	First, Next string         // RFC 5005 paging: addresses of the first and the following (older) page; "" where there is none
	Previous    string         // newer page, "" where unknown
	Updated     time.Time      // when the newest change for this address was detected; fixed start (of the data) where there are none
	Items       []Item         // newest first
}

// Item is one change, with the change it corrects where there is one.
type Item struct {
	Change   roster.Change
	Corrects *roster.Change // what Change.Corrects names, or else what an amendment corrects; nil where that is not known
}

// What every feed of every installation says of itself.
const (
	project = "https://github.com/watch287g/watch287g"
	name    = "watch287g"
	region  = "-US" // behind the language
)

// tagURI opens every id (RFC 4151). It names the project, not the site, so that
// an entry stays the same one when a site moves, and on whichever site it is
// read.
const tagURI = "tag:github.com,2026:watch287g/watch287g:"

// ID is the entry's id for good: it depends on the change's id alone.
func ID(c roster.Change) string { return tagURI + url.PathEscape(c.ID) }

// document is a feed made ready: its addresses are good ones, its texts clean
// and its entries in words. A format only lays it out.
type document struct {
	language               prose.Language
	id, title, description string
	base, self, home       string
	first, previous, next  string
	updated                time.Time
	entries                []entry
}

// entry is a change made ready.
type entry struct {
	id, link, title string
	content         content
	at              time.Time
	tags            []tag
	change          roster.Change
	corrects        string // id of the entry that this one corrects, or ""
}

// tag is one way to sort entries.
type tag struct {
	scheme string // IRI of what it is one of: the states, the models, the kinds
	term   string // "TX"
	label  string // "Texas (TX)"
}

// prepare checks a feed and puts its changes into words. It fails where the
// document could not be a valid one: an address that is not absolute, a change
// without an id or twice, a time that no format can write.
func prepare(f Feed) (document, error) {
	d := document{language: cmp.Or(f.Language, prose.English), title: prose.Printed(f.Title), description: paragraph(f.Description), updated: moment(f.Updated)}
	if d.title == "" {
		return d, errors.New("the feed has no title")
	}
	if d.description == "" {
		d.description = d.title
	}
	if err := d.takeAddresses(f); err != nil {
		return d, err
	}
	if err := writable(d.updated); err != nil {
		return d, fmt.Errorf("the feed's update: %w", err)
	}
	seen := make(map[string]bool, len(f.Items))
	d.entries = make([]entry, 0, len(f.Items))
	for _, item := range f.Items {
		c := item.Change
		if c.ID == "" {
			return d, fmt.Errorf("change %d has no id", c.Seq)
		}
		if seen[c.ID] {
			return d, fmt.Errorf("change %s stands in the feed twice", c.ID)
		}
		seen[c.ID] = true
		e, err := newEntry(d.language, item, d.base)
		if err != nil {
			return d, fmt.Errorf("change %s: %w", c.ID, err)
		}
		d.entries = append(d.entries, e)
	}
	return d, nil
}

// tag is the document's language as BCP 47 has it: "en-US".
func (d document) tag() string { return string(d.language) + region }

// takeAddresses checks the feed's addresses. All pages of a feed are one feed
// with one id, the address of the first of them.
func (d *document) takeAddresses(f Feed) error {
	for _, a := range []struct {
		what, given string
		into        *string
		needed      bool
	}{
		{"site", f.Base, &d.base, true},
		{"document", f.Self, &d.self, true},
		{"page", f.Home, &d.home, true},
		{"first page", f.First, &d.first, false},
		{"newer page", f.Previous, &d.previous, false},
		{"older page", f.Next, &d.next, false},
	} {
		if a.given == "" && !a.needed {
			continue
		}
		if *a.into = prose.Link(a.given); *a.into == "" {
			return fmt.Errorf("the address of the %s, %q, is not an absolute http or https address", a.what, a.given)
		}
	}
	d.base = strings.TrimRight(d.base, "/")
	d.id = d.self
	if d.first != "" {
		d.id = d.first
	}
	return nil
}

func newEntry(l prose.Language, item Item, base string) (entry, error) {
	c := item.Change
	e := entry{id: ID(c), link: siteLink(base, changePages, c.ID), title: l.Title(c), at: moment(c.DetectedAt), content: contentOf(l, item, base), tags: tags(l, c), change: c}
	if err := writable(e.at); err != nil {
		return e, err
	}
	if e.link == "" {
		return e, errors.New("its id is too long for an address")
	}
	switch {
	case item.Corrects != nil:
		e.corrects = ID(*item.Corrects)
	case c.Corrects != "":
		e.corrects = ID(roster.Change{ID: c.Corrects})
	}
	return e, nil
}

// tags are what a reader's software can sort an entry by. A change that moves
// an agreement from state to state is news in both.
func tags(l prose.Language, c roster.Change) []tag {
	all := make([]tag, 0, 4)
	sides := []roster.Agreement{c.Agreement}
	if c.Before != nil {
		sides = append(sides, *c.Before)
	}
	if c.National() {
		sides = nil
	}
	add := func(scheme, term, label string) {
		t := tag{tagURI + scheme, prose.Printed(term), prose.Printed(label)}
		if t.term != "" && !slices.Contains(all, t) {
			all = append(all, t)
		}
	}
	for _, a := range sides {
		add("state", string(a.State), nameWithCode(l.State(a.State), string(a.State)))
	}
	for _, a := range sides {
		add("model", string(a.Model), nameWithCode(l.ModelCell(a.Model), string(a.Model)))
	}
	add("kind", string(c.Kind), string(c.Kind))
	return all
}

func nameWithCode(name, code string) string {
	if name == code {
		return name
	}
	return name + " (" + code + ")"
}

// moment is a time as all formats give it: in UTC, to the second.
func moment(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

// writable says why a time cannot be written with four digits of a year.
func writable(t time.Time) error {
	if t.Year() < 0 || t.Year() > 9999 {
		return fmt.Errorf("no date has the year %d", t.Year())
	}
	return nil
}

// The pages of the site that entries lead to.
const (
	changePages      = "/changes/"
	agencyPages      = "/agencies/"
	publicationPages = "/publications/"
	icePage          = "/ice-page"
)

// siteLink is the address of a page of the site, "" where there can be none.
func siteLink(base, pages, id string) string {
	link := base + pages + url.PathEscape(id)
	if id == "" || len(link) > addressWidth {
		return ""
	}
	return link
}

// The longest address that a browser can be trusted with, in bytes.
const addressWidth = 2000
