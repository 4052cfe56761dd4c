package pages

import (
	"fmt"
	"net/url"
	"slices"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/web/route"
	"github.com/watch287g/watch287g/web/search"
)

// mostTowns is how many towns of one name are shown.
const mostTowns = 6

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
	p := &page{Template: "search", Title: "Search agencies, towns, counties and states", Path: "/search", Hidden: true,
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
	towns := place.Find(d.Query, mostTowns)
	hits := req.Index().Find(d.Query, mostHits)
	d.Full = len(hits) == mostHits
	d.Near = len(hits) > 0 && len(towns) == 0
	exact := 0
	for _, h := range hits {
		d.Near = d.Near && !h.Exact
		if h.Exact && h.Kind != search.KindAgency {
			exact++
		}
		switch h.Kind {
		case search.KindState:
			d.Places = append(d.Places, stateHit(req.Snapshot, h.State))
		case search.KindCounty:
			d.Places = append(d.Places, countyHit(req.Snapshot, h.State, *h.County))
		case search.KindAgency:
			d.Agencies = append(d.Agencies, agencyInBrief(req.Snapshot, h.Agency.ID, h.State))
		}
	}
	for i, town := range towns {
		d.Places = slices.Insert(d.Places, min(exact, len(d.Places))+i, townHit(req.Snapshot, town))
	}
}

// townHit says what a town or a ZIP code's area has: the agencies in its counties,
// and whether one of them is its own.
func townHit(snap *snapshot.Snapshot, town place.Found) placeHit {
	var names []string
	var own, near []agencyLine
	earlier := ""
	for _, code := range town.Counties {
		county, _ := place.ByFIPS(code)
		names = append(names, english.County(town.State, code, county.Name))
		for _, a := range neighbors(snap, town.State, county, "") {
			holds := snap.HoldingsOf(a.ID)
			switch {
			case len(holds.Active)+len(holds.Pending) == 0:
				earlier = "; it did before"
			case slices.ContainsFunc(slices.Concat(own, near), func(b agencyLine) bool { return a.ID == b.ID }):
			case town.Says(snap.Latest(a.ID)):
				own = append(own, a)
			default:
				near = append(near, a)
			}
		}
	}
	in := english.And(names)
	h := placeHit{Name: town.Name + ", " + town.State.Name(), Agencies: slices.Concat(own, near)}
	switch {
	case snap.Extent().Empty():
		h.Says = route.Unread
	case len(own) > 0:
		h.Says = fmt.Sprintf("It is in %s. ICE lists an agency of its own, as of %s; all that it lists there:", in, route.Until(snap))
	case len(near) > 0:
		h.Says = fmt.Sprintf("It is in %s. ICE lists no agency of its name, as of %s, but %s there:", in, route.Until(snap), english.Agencies(len(near)))
	default:
		h.Says = fmt.Sprintf("It is in %s. ICE lists no agency there, as of %s%s.", in, route.Until(snap), earlier)
	}
	return h
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
func countyHit(snap *snapshot.Snapshot, s roster.State, place place.County) placeHit {
	name := english.County(s, place.FIPS, place.Name)
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
		h.Says = fmt.Sprintf("ICE lists %s in %s, as of %s:", english.Agencies(len(h.Agencies)), name, route.Until(snap))
	case before > 0:
		h.Says = fmt.Sprintf("ICE lists no agency in %s, as of %s; it did before.", name, route.Until(snap))
	default:
		h.Says = fmt.Sprintf("ICE lists no agency in %s, as of %s.", name, route.Until(snap))
		h.Changes = ""
	}
	return h
}
