package pages

import (
	"fmt"
	"net/url"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/web/route"
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
func searchPage(req *request) (*response, error) {
	d := searchData{Query: prose.Shorten(roster.Clean(req.URL.Query().Get("q")), 100)}
	p := &page{Template: "search", Title: "Search agencies, counties and states", Path: "/search", Hidden: true,
		Description: "Find a police agency, a county or a state, and whether ICE lists a 287(g) agreement there."}
	if d.Query != "" {
		req.search(&d)
		p.Title = "Search: " + d.Query
		p.Path += "?" + url.Values{"q": {d.Query}}.Encode()
	}
	p.Data = d
	return req.render(p)
}

func (req *request) search(d *searchData) {
	hits := req.Index().Find(d.Query, mostHits)
	d.Full = len(hits) == mostHits
	d.Near = len(hits) > 0
	for _, h := range hits {
		d.Near = d.Near && !h.Exact
		switch h.Kind {
		case search.KindState:
			d.Places = append(d.Places, stateHit(req.Snapshot, h.State))
		case search.KindCounty:
			d.Places = append(d.Places, countyHit(req.Snapshot, h.State, *h.County))
		case search.KindAgency:
			d.Agencies = append(d.Agencies, agencyInBrief(req.Snapshot, h.Agency.ID, h.State))
		}
	}
}

func stateHit(snap *snapshot.Snapshot, s roster.State) placeHit {
	if snap.Extent().Empty() {
		return placeHit{Name: s.Name(), URL: route.StateURL(s), Says: route.Unread}
	}
	in := snap.CurrentStats().ByState[s]
	says := "ICE lists no agreement with an agency there"
	if in.Active > 0 {
		says = "ICE lists " + english.Active(in.Active)
	}
	if in.Pending > 0 {
		says += ", and " + english.Entries(in.Pending)
	}
	return placeHit{Name: s.Name(), URL: route.StateURL(s), Says: fmt.Sprintf("%s, as of %s.", says, route.Until(snap))}
}

// countyHit says which agencies ICE's lists place in a county now.
func countyHit(snap *snapshot.Snapshot, s roster.State, place roster.CountyPlace) placeHit {
	name := english.County(s, place)
	if snap.Extent().Empty() {
		return placeHit{Name: prose.Capitalize(name) + ", " + s.Name(), Says: route.Unread}
	}
	h := placeHit{Name: prose.Capitalize(name) + ", " + s.Name(), Changes: countyChangesURL(s, place.Name)}
	var before int
	for _, a := range neighbors(snap, s, place, "") {
		if stands := snap.HoldingsOf(a.ID); len(stands.Active)+len(stands.Pending) > 0 {
			h.Agencies = append(h.Agencies, a)
		} else {
			before++
		}
	}
	switch {
	case len(h.Agencies) > 0:
		h.Says = fmt.Sprintf("ICE lists %s that it places in %s, as of %s:", english.Agencies(len(h.Agencies)), name, route.Until(snap))
	case before > 0:
		h.Says = fmt.Sprintf("ICE lists no agency that it places in %s, as of %s; it did before.", name, route.Until(snap))
	default:
		h.Says = fmt.Sprintf("ICE lists no agency that it places in %s, as of %s.", name, route.Until(snap))
		h.Changes = ""
	}
	return h
}
