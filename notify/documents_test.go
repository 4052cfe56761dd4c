package notify

import (
	"testing"

	"github.com/watch287g/watch287g/roster"
)

// What happened to a document in the time of a digest is said once, as it is in the end.
func TestDigestNetsOutDocuments(t *testing.T) {
	const doc = roster.KindDocument
	found := func(e roster.DocumentEvent, before, now string) func(*roster.Change) {
		return func(c *roster.Change) {
			c.Document = &roster.DocumentNews{Event: e, Part: roster.PartMOA, URL: "https://www.ice.gov/a.pdf", SHA256: now, BeforeSHA256: before, Pages: 12}
		}
	}
	for name, tt := range map[string]struct {
		story   *story
		want    roster.DocumentEvent // "" for nothing
		nothing int
	}{
		"linked, then replaced":     {new(story).then(doc, palm(), found(roster.DocumentLinked, "", "a")).then(doc, palm(), found(roster.DocumentReplaced, "a", "b")), roster.DocumentLinked, 0},
		"gone, then back":           {new(story).then(doc, palm(), found(roster.DocumentGone, "a", "")).then(doc, palm(), found(roster.DocumentBack, "a", "a")), "", 1},
		"back, then gone":           {new(story).then(doc, palm(), found(roster.DocumentBack, "a", "a")).then(doc, palm(), found(roster.DocumentGone, "a", "")), "", 1},
		"replaced there and back":   {new(story).then(doc, palm(), found(roster.DocumentReplaced, "a", "b")).then(doc, palm(), found(roster.DocumentReplaced, "b", "a")), "", 1},
		"replaced twice":            {new(story).then(doc, palm(), found(roster.DocumentReplaced, "a", "b")).then(doc, palm(), found(roster.DocumentReplaced, "b", "c")), roster.DocumentReplaced, 0},
		"gone, then replaced":       {new(story).then(doc, palm(), found(roster.DocumentGone, "a", "")).then(doc, palm(), found(roster.DocumentReplaced, "a", "c")), roster.DocumentReplaced, 0},
		"replaced, then gone":       {new(story).then(doc, palm(), found(roster.DocumentReplaced, "a", "b")).then(doc, palm(), found(roster.DocumentGone, "b", "")), roster.DocumentGone, 0},
		"of an agreement that left": {new(story).then(doc, palm(), found(roster.DocumentReplaced, "a", "b")).then(roster.KindRemoved, palm()), "", 1},
	} {
		o := outcomeOf(Message{Changes: tt.story.changes})
		var got roster.DocumentEvent
		for _, c := range o.news {
			if c.Document != nil {
				got = c.Document.Event
			}
		}
		if got != tt.want || o.nothing.Documents != tt.nothing {
			t.Errorf("%s: said is %q, nothing came of %d; want %q, %d", name, got, o.nothing.Documents, tt.want, tt.nothing)
		}
	}
}
