package pages

import (
	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/places"
	"github.com/watch287g/watch287g/web/route"
)

// sample is one of the feeds that the page of alerts shows as an example.
type sample struct {
	Of, What   string // "A state", "state"
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
	if most := places.Leaders(req.Snapshot.CurrentStats(), 1); len(most) > 0 {
		d.State = most[0].State
		d.Samples = samples(req, d.State)
	}
	return req.render(&page{Template: "follow", Title: "Get alerts", Path: "/follow", Data: d,
		Description: "How to hear when a police agency signs, seeks or leaves a 287(g) agreement with ICE: feeds of a state, a county or an agency, embeds and an API."})
}

// samples are feeds of a state, of one of its counties and of an agency there.
func samples(req *request, s roster.State) []sample {
	feed := func(f roster.Filter) string { return feedLinks(f)[0].URL }
	all := []sample{{"A state", "state", s.Name(), feed(roster.Filter{States: []roster.State{s}}), route.StateURL(s)}}
	for _, a := range req.Snapshot.AgreementsAt(req.Snapshot.KnownUntil()) {
		county, ok := place.ByFIPS(req.Snapshot.Locate(a.Agreement).County())
		if a.Status != roster.StatusActive || a.State != s || !ok {
			continue
		}
		return append(all,
			sample{"A county", "county", county.FullName(), feed(roster.Filter{States: []roster.State{s}, Counties: []string{county.FIPS}}), route.CountyURL(county.FIPS)},
			sample{"An agency", "agency", english.Agency(a.Agreement), feed(roster.Filter{Agencies: []string{a.AgencyID}}), route.AgencyURL(a.AgencyID)})
	}
	return all
}
