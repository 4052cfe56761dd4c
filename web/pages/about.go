package pages

import (
	"time"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/api"
	"github.com/watch287g/watch287g/web/route"
)

// aboutPage says in plain words how all this is known, and what is not.
func aboutPage(req *request) (*response, error) {
	held := 0
	for _, h := range req.Snapshot.Holds() {
		if h.State == roster.HoldOpen || h.State == roster.HoldDropped || h.State == roster.HoldRejected {
			held++
		}
	}
	return req.render(&page{Template: "about", Title: req.Language.Say("page.about.title"), Path: "/about",
		Description: req.Language.Say("page.about.says"),
		Data: struct {
			First        time.Time
			Publications int
			Held         int
			Changes      int
			Contact      string
			ContactURL   string
			Version      string
			Models       []roster.Model

			Residents                     roster.Date // the day that their numbers are for
			ResidentsSource, ResidentsURL string
		}{req.Snapshot.Extent().First, len(req.Snapshot.Publications()), held, len(req.Snapshot.Changes()), req.set.options.Contact, route.ContactURL(req.set.options.Contact), req.set.options.Version, roster.Models(),
			place.ResidentsDate, place.ResidentsSource, place.ResidentsURL},
	})
}

// apiPage describes the API.
func apiPage(req *request) (*response, error) {
	return req.render(&page{Template: "api", Title: "API", Path: "/api",
		Data: struct {
			Request    *route.Request
			Operations []api.Operation
		}{req.Request.Request, req.set.options.Operations},
		Description: req.Language.Say("page.api.says")})
}
