package prose

import (
	"strings"

	"github.com/watch287g/watch287g/roster"
)

// How much of a page's words a text quotes; the change has more, and the site all.
const (
	quotedParagraphs = 3
	quotedWidth      = 300 // characters of one
)

// pageText says what ICE's page says now and did not say before.
func (l Language) pageText(c roster.Change) string {
	sentences := []string{l.plain("icepage.text")}
	if c.Page != nil {
		for _, of := range []struct {
			k          key
			paragraphs []string
		}{{"icepage.text.added", c.Page.Added}, {"icepage.text.removed", c.Page.Removed}} {
			if len(of.paragraphs) > 0 {
				sentences = append(sentences, l.say(of.k, parts{"paragraphs": l.quotedSome(of.paragraphs)}))
			}
		}
	}
	return l.say("text", parts{"place": l.Nation(), "text": strings.Join(sentences, " ")})
}

// quotedSome quotes the first of some paragraphs, and counts the rest.
func (l Language) quotedSome(all []string) string {
	some := strings.Join(each(all[:min(len(all), quotedParagraphs)], func(p string) string { return l.Quoted(Shorten(strings.TrimSuffix(Clean(p), "."), quotedWidth)) }), ", ")
	if more := len(all) - quotedParagraphs; more > 0 {
		return l.count("icepage.text.more", more, parts{"paragraphs": some})
	}
	return some
}

// Source names what a change was read from: a list, or ICE's page.
func (l Language) Source(c roster.Change) string {
	if c.Kind == roster.KindPage && c.Page != nil {
		return l.say("icepage.source", parts{"time": l.Moment(c.Page.SeenAt)})
	}
	return l.Published(c.Publication)
}

// IcePage is one of the messages about the numbers that ICE's page states: "same", "more".
// n is its count, 0 for none.
func (l Language) IcePage(name string, n int, pairs ...string) string {
	return l.count("icepage."+key(name), n, paired(pairs))
}
