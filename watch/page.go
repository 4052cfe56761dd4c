package watch

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"

	"github.com/watch287g/watch287g/icepage"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/scraper"
)

// What of a changed paragraph goes with a change; the whole texts are kept apart.
const (
	maxParagraphs = 20
	maxParagraph  = 1000 // characters
)

// readPage takes what ICE's page says into a cycle, where that is other than before: the
// text, and a change where not only a number or its date is another one. What the page said
// when it was first read is no news. A page that lost most of its words has to say the same
// at the next poll to count: it can have come in part.
func (w *Watcher) readPage(visit scraper.Visit, c *cycle) {
	if visit.Words == "" || visit.Outcome.Failed() {
		return
	}
	now := roster.PageText{SeenAt: c.at.UTC(), URL: visit.Page, Text: visit.Words}
	before := c.facts.page
	if before == nil {
		c.pageTexts = []roster.PageText{now}
		return
	}
	same := icepage.Compare(before.Text, now.Text)
	lost := same == icepage.OtherWords && len(now.Text) < len(before.Text)/2 && w.doubted != now.Text
	w.doubted = ""
	switch {
	case same == icepage.Equal:
		return
	case lost:
		w.doubted = now.Text
		return
	case same == icepage.OtherDate:
		now.SeenAt = before.SeenAt // the same text, as of a later day
	case same == icepage.OtherWords:
		change := pageChange(*before, now, c.result.Known.InForce[roster.ListParticipating], c.result.Known.Seqs.Change+1)
		c.result.Known.Seqs.Change++
		c.result.Changes = append(c.result.Changes, change)
	}
	c.pageTexts = []roster.PageText{now}
}

// pageChange is what the page says now and did not say before.
func pageChange(before, now roster.PageText, inForce roster.Publication, seq uint64) roster.Change {
	added, removed := icepage.Difference(before.Text, now.Text)
	c := roster.Change{Seq: seq, Kind: roster.KindPage, DetectedAt: now.SeenAt, Publication: evidenceOf(inForce), Certainty: roster.Certain,
		Page: &roster.PageNews{URL: now.URL, SeenAt: now.SeenAt, Before: before.SeenAt, Added: bounded(added), Removed: bounded(removed)}}
	sum := sha256.Sum256(fmt.Appendf(nil, "%d|%s|%q|%q", seq, c.Kind, before.Text, now.Text))
	c.ID = "chg_01" + strings.ToLower(base32.HexEncoding.EncodeToString(sum[:])[:20])
	prose.WriteTexts(&c, prose.Context{})
	return c
}

// bounded are the first of some paragraphs, none of them too long.
func bounded(all []string) []string {
	some := make([]string, 0, min(len(all), maxParagraphs))
	for _, p := range all[:min(len(all), maxParagraphs)] {
		some = append(some, prose.Shorten(p, maxParagraph))
	}
	return some
}

// evidenceOf names a publication, and none of its rows.
func evidenceOf(p roster.Publication) roster.Evidence {
	return roster.Evidence{List: p.List, File: p.File, SHA256: p.SHA256, URL: p.URL, PublishedAt: p.PublishedAt}
}
