package roster

import "slices"

// netDocument is one change for all that happened to one document of an agreement, in order; false
// where that comes to nothing. There is at least one.
func netDocument(of []Change) (Change, bool) {
	first, last := *of[0].Document, of[len(of)-1]
	n := *last.Document
	if len(of) == 1 {
		return last, true
	}
	wasThere := first.Event == DocumentReplaced || first.Event == DocumentMoved || first.Event == DocumentGone || first.Event == DocumentOther
	wasThere = wasThere && first.BeforeSHA256 != ""
	isThere := n.Event != DocumentGone && n.Event != DocumentOther
	address := first.FromURL
	if address == "" {
		address = first.URL
	}
	switch {
	case !isThere && first.Event == DocumentBack && n.Event == DocumentGone:
		return last, false // it came back, and is gone again
	case isThere && wasThere && first.BeforeSHA256 == n.SHA256 && address == n.URL:
		return last, false
	case !isThere:
		return last, true
	case slices.ContainsFunc(of, func(c Change) bool { return c.Document.Event == DocumentLinked }):
		n.Event, n.FromURL = DocumentLinked, ""
	case wasThere && first.BeforeSHA256 == n.SHA256:
		n.Event, n.FromURL = DocumentMoved, address
	case slices.ContainsFunc(of, func(c Change) bool { return c.Document.Event == DocumentReplaced }):
		n.Event, n.FromURL = DocumentReplaced, ""
		if address != n.URL {
			n.FromURL = address
		}
		// Each was compared with the one before it, and they add up to nothing that can be said.
		if n.BeforeSHA256 != first.BeforeSHA256 {
			n.Added, n.Removed, n.Altered, n.Compared = 0, 0, 0, false
		}
	}
	n.BeforeSHA256, n.PagesBefore, n.FormBefore, n.MachineReadBefore = first.BeforeSHA256, first.PagesBefore, first.FormBefore, first.MachineReadBefore
	if n.Event == DocumentLinked {
		n.BeforeSHA256, n.PagesBefore, n.FormBefore, n.MachineReadBefore = "", 0, "", 0
	}
	last.Document = &n
	return last, true
}

// NetDocuments are what came of the documents of one agreement in a digest, each said once, as
// it is in the end, and how many were in the end as before.
func NetDocuments(t []Change) (news []Change, back int) {
	for _, part := range []DocumentPart{PartMOA, PartAddendum} {
		var of []Change
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
