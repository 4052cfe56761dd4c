package notify

import (
	"slices"

	"github.com/watch287g/watch287g/roster"
)

// documents are what came of the documents of one agreement in a digest, each said once, as
// it is in the end, and how many were in the end as before.
func (t thread) documents() (news []roster.Change, back int) {
	for _, part := range []roster.DocumentPart{roster.PartMOA, roster.PartAddendum} {
		var of []roster.Change
		for _, c := range t {
			if c.Document != nil && c.Document.Part == part {
				of = append(of, c)
			}
		}
		if len(of) == 0 {
			continue
		}
		if c, ok := netDocument(of); ok {
			news = append(news, c)
		} else {
			back++
		}
	}
	return news, back
}

// netDocument is one change for all that happened to a document; false where that is nothing.
func netDocument(of []roster.Change) (roster.Change, bool) {
	first, last := *of[0].Document, of[len(of)-1]
	n := *last.Document
	if len(of) == 1 {
		return last, true
	}
	wasThere := first.Event == roster.DocumentReplaced || first.Event == roster.DocumentMoved || first.Event == roster.DocumentGone || first.Event == roster.DocumentOther
	wasThere = wasThere && first.BeforeSHA256 != ""
	isThere := n.Event != roster.DocumentGone && n.Event != roster.DocumentOther
	address := first.FromURL
	if address == "" {
		address = first.URL
	}
	switch {
	case !isThere && first.Event == roster.DocumentBack && n.Event == roster.DocumentGone:
		return last, false // it came back, and is gone again
	case isThere && wasThere && first.BeforeSHA256 == n.SHA256 && address == n.URL:
		return last, false
	case !isThere:
		return last, true
	case slices.ContainsFunc(of, func(c roster.Change) bool { return c.Document.Event == roster.DocumentLinked }):
		n.Event, n.FromURL = roster.DocumentLinked, ""
	case wasThere && first.BeforeSHA256 == n.SHA256:
		n.Event, n.FromURL = roster.DocumentMoved, address
	case slices.ContainsFunc(of, func(c roster.Change) bool { return c.Document.Event == roster.DocumentReplaced }):
		n.Event, n.FromURL = roster.DocumentReplaced, ""
		if address != n.URL {
			n.FromURL = address
		}
		// Each was compared with the one before it, and they add up to nothing that can be said.
		if n.BeforeSHA256 != first.BeforeSHA256 {
			n.Added, n.Removed, n.Altered, n.Compared = 0, 0, 0, false
		}
	}
	n.BeforeSHA256, n.PagesBefore, n.FormBefore = first.BeforeSHA256, first.PagesBefore, first.FormBefore
	if n.Event == roster.DocumentLinked {
		n.BeforeSHA256, n.PagesBefore, n.FormBefore = "", 0, ""
	}
	last.Document = &n
	return last, true
}
