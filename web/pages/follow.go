package pages

import (
	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/frame"
	"github.com/watch287g/watch287g/web/places"
	"github.com/watch287g/watch287g/web/route"
)

// sample is one of the feeds that the page of alerts shows as an example.
type sample struct {
	What       string // "state", "county" or "agency"
	Name       string
	Feed, Page string // addresses
}

// followPage says in plain words how changes reach a reader.
func followPage(req *request) (*response, error) {
	d := struct {
		Samples             []sample
		State               roster.State
		Contact, ContactURL string
	}{Contact: req.set.options.Contact, ContactURL: route.ContactURL(req.set.options.Contact)}
	if most := places.Leaders(req.Language, req.Snapshot.CurrentStats(), 1); len(most) > 0 {
		d.State = most[0].State
		d.Samples = samples(req, d.State)
	}
	return req.render(&page{Template: "follow", Title: req.Language.Say("page.follow.title"), Path: "/follow", Data: d,
		Description: req.Language.Say("page.follow.says")})
}

// samples are feeds of a state, of one of its counties and of an agency there.
func samples(req *request, s roster.State) []sample {
	feed := func(f roster.Filter) string { return frame.Feeds(f)[0].URL }
	all := []sample{{"state", req.Language.State(s), feed(roster.Filter{States: []roster.State{s}}), route.StateURL(s)}}
	for _, a := range req.Snapshot.AgreementsAt(req.Snapshot.KnownUntil()) {
		county, ok := place.ByFIPS(req.Snapshot.Locate(a.Agreement).County())
		if a.Status != roster.StatusActive || a.State != s || !ok {
			continue
		}
		return append(all,
			sample{"county", req.Language.TheCounty(county), feed(roster.Filter{States: []roster.State{s}, Counties: []string{county.FIPS}}), route.CountyURL(county.FIPS)},
			sample{"agency", req.Language.Agency(a.Agreement), feed(roster.Filter{Agencies: []string{a.AgencyID}}), route.AgencyURL(a.AgencyID)})
	}
	return all
}
