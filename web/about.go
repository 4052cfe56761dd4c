package web

import (
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
)

// aboutPage says in plain words how all this is known, and what is not.
func aboutPage(req *request) (*page, error) {
	held := 0
	for _, h := range req.snap.Holds() {
		if h.State == roster.HoldOpen || h.State == roster.HoldDropped || h.State == roster.HoldRejected {
			held++
		}
	}
	return &page{Template: "about", Title: "How this works", Path: "/about",
		Description: "How 287(g) watch reads ICE's lists of agreements, what counts as a change, what it cannot know, and the licence of the data.",
		Data: struct {
			First        time.Time
			Publications int
			Held         int
			Changes      int
			Contact      string
			ContactURL   string
			Version      string
		}{req.snap.Extent().First, len(req.snap.Publications()), held, len(req.snap.Changes()), req.site.options.Contact, contactURL(req.site.options.Contact), req.site.options.Version},
	}, nil
}

// contactURL makes a link of an email address or of a web address.
func contactURL(contact string) string {
	if contact == "" || prose.Link(contact) != "" {
		return contact
	}
	return "mailto:" + contact
}
