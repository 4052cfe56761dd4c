package watch

import (
	"fmt"
	"slices"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
)

// lookForLists says of each list that did not come what was found in its place.
// That ICE links no pending list is no failure: it comes and goes, and was gone
// for good in 2026.
func (c *cycle) lookForLists() {
	for _, list := range roster.Lists() {
		if slices.Contains(c.had, list) {
			continue
		}
		if anyOf(c.documents, func(f found) bool { return f.list == list }) {
			c.fail(scraper.Broken, fmt.Sprintf("The file behind the link to the %s list is a workbook without a list's columns.", list))
			continue
		}
		if at := slices.IndexFunc(c.visit.Unread, func(u scraper.Unread) bool { return u.Hint == string(list) }); at >= 0 && !c.isLinked(list) {
			c.unread(list, c.visit.Unread[at])
			continue
		}
		switch {
		case c.outcome.Failed(): // and so it is known why
		case list == roster.ListParticipating:
			c.missing(list)
		case c.isLinked(list) && c.w.accepted(list):
			c.notes = append(c.notes, fmt.Sprintf("A link is called that of the %s list, and none leads to it.", list))
		}
	}
}

// unread says that a list's link leads to what is no workbook. Where the page has
// nothing else, the scraper has said so of the participating list.
func (c *cycle) unread(list roster.List, u scraper.Unread) {
	if list == roster.ListParticipating && c.visit.Outcome.Failed() && len(c.visit.Documents) == 0 {
		return
	}
	c.fail(scraper.Broken, fmt.Sprintf("ICE's page no longer links the %s list as a workbook; a link of that name leads to %s.", list, u.Leads))
}

// missing says that a list is not among what the page links.
func (c *cycle) missing(list roster.List) {
	switch {
	case len(c.documents) == 0:
		c.fail(scraper.Missing, "ICE's page links no list.")
	case !c.isAbsent(list):
		c.fail(scraper.Missing, fmt.Sprintf("None of the files that ICE's page links is the %s list.", list))
	case c.w.accepted(list):
		c.fail(scraper.Missing, fmt.Sprintf("ICE's page no longer links the %s list.", list))
	default:
		c.fail(scraper.Missing, fmt.Sprintf("ICE's page links no %s list.", list))
	}
}

// isLinked says whether a link that can be followed is called a list's.
func (c *cycle) isLinked(list roster.List) bool {
	return slices.ContainsFunc(c.visit.Links, func(l scraper.Link) bool { return l.Hint == string(list) })
}

// isAbsent says whether the page links one list for sure, and this one not at
// all: no document is it, no link is called so, and every other link is known.
func (c *cycle) isAbsent(list roster.List) bool {
	if len(c.documents) == 0 || anyOf(c.documents, func(f found) bool { return f.list == list }) {
		return false
	}
	if slices.ContainsFunc(c.visit.Unread, func(u scraper.Unread) bool { return u.Hint == string(list) }) {
		return false
	}
	return !slices.ContainsFunc(c.visit.Links, func(l scraper.Link) bool {
		came := slices.ContainsFunc(c.visit.Documents, func(d scraper.Document) bool { return d.URL == l.URL })
		_, seen := c.asked[l.URL]
		return l.Hint == string(list) || l.Hint == "" && !came && !seen
	})
}
