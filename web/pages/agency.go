package pages

import (
	"html/template"
	"net/http"
	"slices"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/agencies"
	"github.com/watch287g/watch287g/web/cards"
	"github.com/watch287g/watch287g/web/draw"
	"github.com/watch287g/watch287g/web/kept"
	"github.com/watch287g/watch287g/web/route"
	"github.com/watch287g/watch287g/web/table"
)

// agencyData is what the page about one agency shows.
type agencyData struct {
	Name       string
	State      roster.State
	Counties   []table.County
	Map        template.HTML // of where the county is in the state; "" for none
	Kind       string        // of agency, in words; "" where ICE gives none
	Lead       string
	Stands     []agencies.Record       // the active agreements, then the pending entries
	Past       []agencies.Record       // what ended, and what ICE gives with another agency now
	Kept       map[string][]kept.Brief // documents, by the agreement's id
	Rows       []table.Printed         // of the lists in force
	Spellings  []agencies.Spelling     // the oldest first
	Changes    []dayOfChanges
	Count      int    // of the changes
	All        string // address of all changes
	Neighbours []agencies.Line
	CountyName string // of the county that the neighbours share
	Cite       citation
}

// citation is how to cite a page.
type citation struct {
	Text   string
	Day    roster.Date // that the page is as of
	DayURL string      // of what stays as it is
}

// mostAgencyChanges bounds the timeline of one agency; no agency had a tenth of
// it yet.
const mostAgencyChanges = 300

// agencyPage shows all that ICE's lists ever said of one agency.
func agencyPage(req *request) (*response, error) {
	id := req.PathValue("id")
	if req.Snapshot.Agency(id) == nil || len(req.Snapshot.RecordsOf(id)) == 0 {
		if to := req.Snapshot.ResolveAgency(id); to != "" && to != id {
			return req.Redirect(req.Keeping(route.AgencyURL(to)), http.StatusMovedPermanently), nil
		}
		return nil, route.Missing(req.Language, "page.problem.no-agency")
	}
	latest := req.Snapshot.Latest(id)
	changes := req.Snapshot.ChangesOf(id)
	count := len(changes)
	slices.Reverse(changes)
	changes = changes[:min(count, mostAgencyChanges)]
	d := agencyData{
		Name: req.Snapshot.AgencyName(id), State: latest.State, Counties: table.CountiesOf(req.Language, req.Snapshot, latest), Kind: agencies.Kind(req.Language, latest),
		Lead: agencies.Lead(req.Language, req.Snapshot, id), Spellings: agencies.Spellings(req.Language, req.Snapshot, id), Changes: byDay(req.Language, changes), Count: count,
		All: route.ChangesURL(roster.Filter{Agencies: []string{id}, Kinds: roster.Kinds()}, 0),
	}
	if at := req.Snapshot.Locate(latest).Counties; len(at) > 0 {
		county, _ := place.ByFIPS(at[0])
		d.CountyName = req.Language.TheCounty(county)
		d.Neighbours = agencies.Neighbors(req.Language, req.Snapshot, latest.State, county, id)
	}
	d.Kept = map[string][]kept.Brief{}
	for _, r := range agencies.Records(req.Language, req.Snapshot, id) {
		d.Kept[r.ID] = req.Documents.Briefs(req.Language, r.ID)
		if r.Stands {
			d.Stands = append(d.Stands, r)
		} else {
			d.Past = append(d.Past, r)
		}
	}
	if len(d.Counties) > 0 && d.Counties[0].FIPS != "" && !place.OneCounty(d.State) {
		of, _ := place.ByFIPS(d.Counties[0].FIPS)
		county := req.Language.TheCounty(of)
		d.Map = req.set.borders.Locator(of.FIPS, draw.CountyMapData{Title: req.Language.LocatorTitle(county, d.State), Description: req.Language.PlaceWords("outline", 0, map[string]string{"county": county, "state": req.Language.InSentence(d.State)})})
	}
	var err error
	if d.Rows, err = req.set.rows.Of(req.Context(), req.Language, req.Snapshot, req.set.options.Roster, id); err != nil {
		return nil, err
	}
	title := req.Language.Say("page.agency.title", "agency", d.Name, "state", req.Language.State(d.State), "holds", agencies.Stands(req.Language, req.Snapshot, id))
	d.Cite = req.citation(title, route.AgencyURL(id), roster.Filter{Agencies: []string{id}})
	return req.render(&page{Template: "agency", Title: title,
		Description: d.Lead, Path: route.AgencyURL(id), Picture: "/pictures" + route.AgencyURL(id) + ".png", Shows: cards.Agency(req.Language, req.Snapshot, req.set.borders, req.Snapshot.Agency(id)), Filter: roster.Filter{Agencies: []string{id}},
		Crumbs: req.agencyTrail(req.Snapshot.Locate(latest).County(), latest.State, linkTo(d.Name, route.AgencyURL(id))), Data: d})
}

// citation says how to cite a page, and where what the lists said of a filter on its
// day stays.
func (req *request) citation(title, path string, f roster.Filter) citation {
	day := roster.Day(req.Snapshot.KnownUntil())
	return citation{Text: req.Language.Cite(title, req.Snapshot.KnownUntil(), req.Base+route.In(req.Language, path)), Day: day,
		DayURL: req.Base + route.In(req.Language, route.At(route.DayURL(day), route.Encode(f), 0))}
}
