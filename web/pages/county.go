package pages

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/cards"
	"github.com/watch287g/watch287g/web/countymap"
	"github.com/watch287g/watch287g/web/embed"
	"github.com/watch287g/watch287g/web/places"
	"github.com/watch287g/watch287g/web/route"
)

// countyData is what a county's page shows.
type countyData struct {
	*places.County
	Known             bool // a list has been read
	Figures           []figure
	Groups            []holderGroup // the agencies with an active agreement, by whose they are
	AllOfStateHeading string
	MapHeading        string
	Unplaced          link          // agencies of the state that are in no county, as far as is known
	Map               template.HTML // of the county and its neighbors
	Neighbors         []neighbor
	Latest            []dayOfChanges
	Changes           string // address of all changes
	Regions           []link // of Connecticut, that parts of the county are in
	Downloads         []link
	Rule              string // of a channel, as YAML
	Embed             embedCode
}

// neighbor is a county that borders on another, with what its agencies have.
type neighbor struct {
	Title, URL string
	Says       string // what follows its title
}

// holderGroup is the agencies of one kind.
type holderGroup struct {
	Heading string
	Holders []places.Holder
}

// countyPage shows one county.
func countyPage(req *request) (*response, error) {
	given := req.PathValue("county")
	found := places.Find(given)
	switch c := found.County; {
	case c != nil && c.FIPS == given:
		return req.county(*c)
	case c != nil:
		return req.Redirect(route.CountyURL(c.FIPS), http.StatusMovedPermanently), nil
	case found.Region != nil && found.Region.FIPS == given:
		return req.region(*found.Region)
	case found.Region != nil:
		return req.Redirect(route.CountyURL(found.Region.FIPS), http.StatusMovedPermanently), nil
	}
	title := req.Language.Say("page.nocounty.title")
	return req.renderAs(http.StatusNotFound, &page{Template: "nocounty", Title: title, Path: route.CountyURL(given), Hidden: true, Data: found,
		Description: req.Language.Say("page.nocounty.says")})
}

// county shows a county at its own address.
func (req *request) county(of place.County) (*response, error) {
	c := places.CountyOf(req.Language, req.Snapshot, of, req.past())
	filter := c.Filter()
	news := filter
	news.Kinds = roster.DefaultKinds()
	latest, _ := req.Snapshot.Find(news, 0, latestShown)
	q := route.Encode(filter)
	d := countyData{
		County: c, Known: !req.Snapshot.Extent().Empty(), Groups: groupsOf(req.Language, c), AllOfStateHeading: req.Language.PlaceWords("all-of", 0, map[string]string{"state": req.Language.InSentence(c.State)}), Latest: byDay(req.Language, latest),
		Changes: route.ChangesURL(filter, 0), Rule: onlyYAML(roster.Filter{Counties: []string{c.Rule()}}),
		Embed: req.embedCode(embed.OfCounty(req.Language, of), url.Values{"county": {of.FIPS}}),
		Downloads: []link{linkTo(req.Language.Say("page.county-page.agreements"), route.At("/downloads/agreements.csv", q, 0)), linkTo(req.Language.Say("page.county-page.changes"), route.At("/downloads/changes.csv", q, 0)),
			linkTo(req.Language.Say("page.county-page.formats"), route.DownloadsURL(q))},
	}
	if n := c.Unplaced; n > 0 {
		d.Unplaced = linkTo(req.Language.PlaceWords("unplaced", n, map[string]string{"state": req.Language.InSentence(c.State)}), "/downloads/unplaced.csv?state="+string(c.State)+"&status=active,pending,ended")
	}
	if d.Known {
		d.Figures = countyFigures(req.Language, c, req.Snapshot.CurrentStats())
		now := countymap.Now(req.Snapshot)
		d.Map, d.MapHeading = countymap.Neighborhood(req.Language, now, req.set.borders, of), req.Language.PlaceWords("alone", 0, nil)
		for _, code := range req.set.borders.Neighbors(of.FIPS) {
			if next, ok := place.ByFIPS(code); ok {
				title := req.Language.CountyTitle(next)
				d.Neighbors = append(d.Neighbors, neighbor{title, route.CountyURL(code), strings.TrimPrefix(req.Language.CountyNow(place.StateOf(code), title, now[code]), title)})
			}
		}
	}
	if len(d.Neighbors) > 0 {
		d.MapHeading = prose.Capitalize(req.Language.NeighborhoodTitle(c.Name))
	}
	for _, r := range place.Regions() {
		if slices.Contains(r.Counties, c.FIPS) {
			d.Regions = append(d.Regions, linkTo(regionName(req.Language, r), route.CountyURL(r.FIPS)))
		}
	}
	return req.render(&page{Template: "county", Title: req.Language.Say("page.county-page.title", "county", c.Title), Description: c.Lead, Path: route.CountyURL(c.FIPS),
		Picture: "/pictures" + route.CountyURL(c.FIPS) + ".png", Shows: cards.County(req.Language, req.Snapshot, req.set.borders, c), Filter: filter, Crumbs: req.countyTrail(c.County), Card: true, Data: d})
}

// countyFigures are those of one county. Where nothing was ever listed, its residents
// are all there is to count.
func countyFigures(l prose.Language, c *places.County, stats roster.Stats) []figure {
	var all []figure
	if !c.Nothing() {
		unread := !stats.Knows(roster.ListParticipating)
		all = []figure{
			{Number: c.Agreements(), Unknown: unread, Words: l.ActiveWord(c.Agreements())},
			{Number: len(c.Active), Unknown: unread, Words: l.FrontWords("agencies", len(c.Active))},
			pendingFigure(l, stats, len(c.Pending), ""),
		}
	}
	if c.Residents > 0 {
		all = append(all, figure{Number: c.Residents, Words: l.Say("page.figure.residents"), Note: estimated(l), URL: place.ResidentsURL})
	}
	return all
}

// groupsOf puts the agencies with an active agreement under the kinds that ICE gives
// them.
func groupsOf(l prose.Language, c *places.County) []holderGroup {
	var all []holderGroup
	for _, h := range c.Active {
		heading := prose.Capitalize(l.TypesIn(h.Owner, c.State))
		if n := len(all); n == 0 || all[n-1].Heading != heading {
			all = append(all, holderGroup{Heading: heading})
		}
		last := &all[len(all)-1]
		last.Holders = append(last.Holders, h)
	}
	return all
}

// regionData is what the page of a planning region of Connecticut shows.
type regionData struct {
	Lead     string
	Figures  []figure
	Counties []*places.County
}

func regionName(l prose.Language, r place.Region) string {
	return l.PlaceWords("region", 0, map[string]string{"name": r.Name})
}

// estimated says what numbers of residents are by.
func estimated(l prose.Language) string {
	return l.PlaceWords("residents", 0, map[string]string{"date": l.Date(place.ResidentsDate)})
}

// region leads from a planning region to the counties that it lies in.
func (req *request) region(r place.Region) (*response, error) {
	d := regionData{Figures: []figure{{Number: r.Residents(), Words: req.Language.Say("page.figure.residents"), Note: estimated(req.Language), URL: place.ResidentsURL}}}
	var names []string
	for _, code := range r.Counties {
		if of, ok := place.ByFIPS(code); ok {
			c := places.CountyOf(req.Language, req.Snapshot, of, req.past())
			d.Counties, names = append(d.Counties, c), append(names, c.Name)
		}
	}
	d.Lead = req.Language.PlaceWords("region.is", 0, map[string]string{"name": r.Name, "counties": req.Language.And(names)})
	title := regionName(req.Language, r) + ", " + req.Language.State("CT")
	return req.render(&page{Template: "region", Title: title, Description: d.Lead, Path: route.CountyURL(r.FIPS), Filter: roster.Filter{States: []roster.State{"CT"}},
		Crumbs: req.stateTrail("CT", linkTo(regionName(req.Language, r), route.CountyURL(r.FIPS))), Data: d})
}
