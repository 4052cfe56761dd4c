package pages

import (
	"net/url"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/embed"
	"github.com/watch287g/watch287g/web/route"
)

// embedCode is what other sites paste to show a card of this one.
type embedCode struct {
	Code  string
	Path  string // of the card
	Looks string // the page with other sizes and colors
}

// embedCode is the code for a card of what the query chooses on the page that makes
// the code: a state, a county or, with no query, the whole country.
func (req *request) embedCode(of embed.Card, q url.Values) embedCode {
	return embedCode{of.Code(req.Base, embed.Look{}), of.Path, route.At("/embed", q, 0)}
}

// chooser is what the page shows where a card for another site is chosen.
type chooser struct {
	State         roster.State // "" for the whole country
	County, Of    string       // code and name of the county whose card it is, in place of a state's
	States        []roster.State
	Look          embed.Look
	Themes, Sizes []string
	Code          string
	URL           string // of the card
	Width, Height int    // of the frame that shows it, in pixels
}

// embedPage makes the code that other sites paste.
func embedPage(req *request) (*response, error) {
	q := req.URL.Query()
	look, err := embed.ReadLook(req.Language, q)
	if err != nil {
		return nil, err
	}
	asked, err := req.ReadQuery()
	if err != nil {
		return nil, err
	}
	c := &chooser{States: statesOf(req.Language), Look: look, Themes: embed.Themes, Sizes: embed.Sizes}
	of := embed.Nation(req.Language)
	switch {
	case len(asked.States)+len(asked.Counties) > 1:
		return nil, route.Unclear(req.Language, "page.problem.card")
	case len(asked.States) == 1:
		c.State = asked.States[0]
		of = embed.OfState(req.Language, c.State)
	case len(asked.Counties) == 1:
		county, known := place.ByFIPS(asked.Counties[0])
		if !known {
			return nil, route.Unclear(req.Language, "page.problem.card-county")
		}
		c.County, c.Of = county.FIPS, req.Language.CountyIn(county)
		of = embed.OfCounty(req.Language, county)
	}
	c.Code, c.URL = of.Code(req.Base, look), of.URL(look)
	c.Width, c.Height = look.Pixels()
	return req.render(&page{Template: "chooser", Title: req.Language.Say("page.chooser.title"), Path: "/embed", Data: c,
		Description: req.Language.Say("page.chooser.says")})
}
