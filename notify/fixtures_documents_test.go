package notify

import (
	"strings"

	"github.com/watch287g/watch287g/internal/rostertest"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// documentFixtures are about the documents behind links, and about ICE's own words.
func documentFixtures() map[string]Message {
	const dir = "https://www.ice.gov/doclib/287gMOA/"
	a, b := strings.Repeat("a1", 32), strings.Repeat("b2", 32)
	polk := rostertest.Agreement("FL", "Polk County Sheriff's Office", "Polk County", roster.TypeCounty, roster.JEM, "2025-04-10")
	rockwall := rostertest.Agreement("TX", "Rockwall County Sheriff's Office", "Rockwall County", roster.TypeCounty, roster.WSO, "2025-07-01")
	replaced := roster.DocumentNews{Event: roster.DocumentReplaced, URL: dir + "palm-bay.pdf", SHA256: b, BeforeSHA256: a, Pages: 14, PagesBefore: 12,
		Form: "tfm-2025-03-07", FormBefore: "tfm-2025-02-14", Added: 2, Altered: 1, Compared: true}
	page := saidThen(roster.Change{ID: "chg_00000048", Seq: 48, Kind: roster.KindPage, DetectedAt: fixtureTime, Publication: rostertest.Evidence(roster.ListParticipating, fixtureTime, 0),
		Certainty: roster.Certain, Page: &roster.PageNews{URL: "https://www.ice.gov/identify-and-arrest/287g", SeenAt: fixtureTime, Before: fixtureTime.AddDate(0, 0, -9),
			Added: []string{"ICE will reimburse <agencies> for *training*."}, Removed: []string{"Training is free.", "It lasts four weeks."}}})
	return map[string]Message{
		"document": fixtureMessage(fixtureDocument(40, palmBay(), replaced)),
		"documents": fixtureMessage(fixtureDocument(40, palmBay(), replaced),
			fixtureDocument(41, polk, roster.DocumentNews{Event: roster.DocumentLinked, URL: dir + "polk.pdf", SHA256: a, Pages: 11, Form: "jem"}),
			fixtureDocument(42, rockwall, roster.DocumentNews{Event: roster.DocumentMoved, URL: dir + "rockwall-2.pdf", FromURL: dir + "rockwall.pdf", SHA256: a, BeforeSHA256: a, Pages: 1}),
			fixtureDocument(43, rockwall, roster.DocumentNews{Event: roster.DocumentGone, Part: roster.PartAddendum, URL: dir + "addendum.pdf", BeforeSHA256: b, PagesBefore: 3}),
			fixtureDocument(44, polk, roster.DocumentNews{Event: roster.DocumentBack, URL: dir + "polk.pdf", SHA256: b, BeforeSHA256: a, Pages: 11}),
			fixtureDocument(45, polk, roster.DocumentNews{Event: roster.DocumentOther, URL: dir + "polk.pdf", SHA256: a, Pages: 11, Problem: roster.ProblemOtherAgency, OtherAgency: "Pike County <Sheriff>"}),
			fixtureDocument(46, palmBay(), roster.DocumentNews{Event: roster.DocumentOther, URL: dir + "shared.pdf", SHA256: a, Problem: roster.ProblemSharedByRows, OtherIDs: []string{polk.ID, rockwall.ID}}),
			fixtureDocument(47, palmBay(), roster.DocumentNews{Event: roster.DocumentReplaced, URL: dir + "palm-bay-2.pdf", FromURL: dir + "palm-bay.pdf", SHA256: a, BeforeSHA256: b, PagesBefore: 14})),
		"ice-page":         fixtureMessage(page),
		"ice-page-and-new": fixtureMessage(newPalmBay(1), page, fixtureDocument(40, palmBay(), replaced)),
	}
}

// fixtureDocument is a change of a document, said as the program says it.
func fixtureDocument(seq uint64, of roster.Agreement, n roster.DocumentNews) roster.Change {
	n.FoundAt = fixtureTime
	if n.Part == "" {
		n.Part = roster.PartMOA
	}
	c := fixtureChange(seq, roster.KindDocument, rostertest.Evidence(roster.ListParticipating, fixtureTime, 211), of, "")
	c.Document = &n
	return saidThen(c)
}

// saidThen gives a change its texts.
func saidThen(c roster.Change) roster.Change {
	prose.WriteTexts(&c, prose.Context{})
	return c
}
