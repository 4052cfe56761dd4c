package web

import (
	"fmt"
	"net/url"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/search"
)

// mostHits is how much a search shows.
const mostHits = 30

// searchData is what the page of a search shows.
type searchData struct {
	Query    string
	Near     bool // nothing was found as it was typed
	Places   []placeHit
	Agencies []agencyLine
	Full     bool // there may be more
}

// placeHit is a state or a county that was found, with what is there.
type placeHit struct {
	Name, URL string
	Says      string
	Agencies  []agencyLine
	Changes   string // address
}

// searchPage finds agencies, counties and states by what was typed.
func searchPage(v *request) (*page, error) {
	d := searchData{Query: shorten(roster.Clean(v.URL.Query().Get("q")), 100)}
	p := &page{Template: "search", Title: "Search agencies, counties and states", Path: "/search", Hidden: true,
		Description: "Find a police agency, a county or a state, and whether ICE lists a 287(g) agreement there."}
	if d.Query != "" {
		v.search(&d)
		p.Title = "Search: " + d.Query
		p.Path += "?" + url.Values{"q": {d.Query}}.Encode()
	}
	p.Data = d
	return p, nil
}

func (v *snapshot) search(d *searchData) {
	hits := v.index().Find(d.Query, mostHits)
	d.Full = len(hits) == mostHits
	d.Near = len(hits) > 0
	for _, h := range hits {
		d.Near = d.Near && !h.Exact
		switch h.Kind {
		case search.KindState:
			d.Places = append(d.Places, v.stateHit(h.State))
		case search.KindCounty:
			d.Places = append(d.Places, v.countyHit(h.State, *h.County))
		case search.KindAgency:
			d.Agencies = append(d.Agencies, v.agencyLine(h.Agency.ID, h.State))
		}
	}
}

// unread says that there is nothing to be said about any place yet.
const unread = "Nothing is known yet: ICE's lists have not been read."

func (v *snapshot) stateHit(s roster.State) placeHit {
	if v.extent.Empty() {
		return placeHit{Name: s.Name(), URL: stateURL(s), Says: unread}
	}
	in := v.counts().ByState[s]
	says := "ICE lists no agreement with an agency there"
	if in.Active > 0 {
		says = "ICE lists " + roster.Plural(in.Active, "active agreement", "active agreements")
	}
	if in.Pending > 0 {
		says += ", and " + roster.Plural(in.Pending, "pending entry", "pending entries")
	}
	return placeHit{Name: s.Name(), URL: stateURL(s), Says: fmt.Sprintf("%s, as of %s.", says, v.until())}
}

// countyHit says which agencies ICE's lists place in a county now.
func (v *snapshot) countyHit(s roster.State, place roster.CountyPlace) placeHit {
	name := countyName(s, place)
	if v.extent.Empty() {
		return placeHit{Name: upperFirst(name) + ", " + s.Name(), Says: unread}
	}
	h := placeHit{Name: upperFirst(name) + ", " + s.Name(), Changes: countyChangesURL(s, place.Name)}
	var before int
	for _, a := range v.agenciesIn(s, place, "") {
		if stands := v.holdingsOf(a.ID); len(stands.Active)+len(stands.Pending) > 0 {
			h.Agencies = append(h.Agencies, a)
		} else {
			before++
		}
	}
	switch {
	case len(h.Agencies) > 0:
		h.Says = fmt.Sprintf("ICE lists %s that it places in %s, as of %s:", roster.Plural(len(h.Agencies), "agency", "agencies"), name, v.until())
	case before > 0:
		h.Says = fmt.Sprintf("ICE lists no agency that it places in %s, as of %s; it did before.", name, v.until())
	default:
		h.Says = fmt.Sprintf("ICE lists no agency that it places in %s, as of %s.", name, v.until())
		h.Changes = ""
	}
	return h
}
