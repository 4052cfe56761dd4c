package pages

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/place"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/snapshot"
	"github.com/watch287g/watch287g/web/agencies"
	"github.com/watch287g/watch287g/web/kept"
	"github.com/watch287g/watch287g/web/places"
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
	Agencies []agencies.Line
	Full     bool // there may be more
	// Documents are those of the agencies that were found.
	Documents []documentHit
	// Passages are those that the texts of documents have of what was typed.
	Passages  []kept.Finding
	InTexts   string // in how many documents, in words
	AllOfThem string // where they all are
}

// documentHit is an agreement with its documents.
type documentHit struct {
	roster.Agreement
	Briefs []kept.Brief
}

// mostDocuments is how many agreements with documents a search shows.
const mostDocuments = 10

// placeHit is a state, a county or a town that was found, with what is there.
type placeHit struct {
	Name, URL string
	Says      string
	Agencies  []agencies.Line
	Links     []link // counties of a town, or states with a town of that name
	SignUp    string // where readers sign up for mail about it; "" where it is several towns
}

// searchPage finds agencies, counties and states by what was typed.
func searchPage(req *request) (*response, error) {
	d := searchData{Query: prose.Shorten(roster.Clean(req.URL.Query().Get("q")), 100)}
	p := &page{Template: "search", Title: req.Language.Say("page.search.title"), Path: "/search", Hidden: true,
		Description: req.Language.Say("page.search.says")}
	if c, ok := places.Typed(search.InEnglish(d.Query)); ok {
		return req.Redirect(route.CountyURL(c.FIPS), http.StatusSeeOther), nil
	}
	if d.Query != "" {
		req.search(&d)
		p.Title = req.Language.Say("page.search.title.of", "query", d.Query)
		p.Path += "?" + url.Values{"q": {d.Query}}.Encode()
	}
	p.Data = d
	return req.render(p)
}

func (req *request) search(d *searchData) {
	query := search.InEnglish(d.Query)
	towns := place.Find(query, mostTowns)
	hits := req.Index().Find(query, mostHits)
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
			d.Places = append(d.Places, stateHit(req.Language, req.Snapshot, h.State))
		case search.KindCounty:
			d.Places = append(d.Places, req.countyHit(*h.County))
		case search.KindAgency:
			d.Agencies = append(d.Agencies, agencies.InBrief(req.Language, req.Snapshot, h.Agency.ID, h.State))
		}
	}
	d.Documents = req.documentsOf(d.Agencies)
	req.searchTexts(d)
	for i, town := range towns {
		d.Places = slices.Insert(d.Places, min(exact, len(d.Places))+i, req.townHit(town))
	}
	if h := severalTowns(req.Language, query); h != nil {
		d.Near = false
		d.Places = slices.Insert(d.Places, 0, *h)
	}
}

// mostPassages is how many passages of documents a search shows.
const mostPassages = 3

// searchTexts looks for what was typed in the texts of documents. Where it cannot be looked
// for, the page of documents says why.
func (req *request) searchTexts(d *searchData) {
	r, err := req.Documents.Search(req.Context(), kept.Words{Text: d.Query, Count: mostPassages})
	if err != nil || r.Documents == 0 {
		return
	}
	d.Passages = req.Documents.Findings(req.Language, r.Found)
	d.InTexts = req.Language.SayCount("page.found.lead", r.Documents)
	d.AllOfThem = "/documents/search?" + url.Values{"q": {d.Query}}.Encode()
}

// documentsOf are the documents of agencies that were found.
func (req *request) documentsOf(found []agencies.Line) (all []documentHit) {
	for _, a := range found {
		for _, r := range req.Snapshot.RecordsOf(a.ID) {
			if briefs := req.Documents.Briefs(req.Language, r.ID()); len(briefs) > 0 && len(all) < mostDocuments && r.Listed() {
				all = append(all, documentHit{r.Now(), briefs})
			}
		}
	}
	return all
}

// townHit says what a town or a ZIP code's area has: the agencies in its counties,
// and whether one of them is its own.
func (req *request) townHit(found place.Found) placeHit {
	t := places.TownOf(req.Language, req.Snapshot, found, req.past())
	h := placeHit{Name: t.Title, Says: t.Says, Agencies: each(t.Holders, func(a places.Holder) agencies.Line { return holderLine(req.Language, a, found.State) })}
	h.SignUp = route.SubscribeURL(roster.Filter{States: []roster.State{found.State}, Places: []string{strings.TrimPrefix(found.Name, "ZIP code ")}})
	h.Links = each(t.Counties, func(c *places.County) link { return linkTo(req.Language.CountyName(c.County), route.CountyURL(c.FIPS)) })
	return h
}

func holderLine(l prose.Language, h places.Holder, s roster.State) agencies.Line {
	return agencies.Line{ID: h.ID, Name: h.Name, State: s, Holds: h.Holds(l)}
}

// severalTowns asks which of the towns of one name is meant; nil where no name has so
// many.
func severalTowns(l prose.Language, query string) *placeHit {
	states := place.StatesWithTown(query)
	if len(states) <= mostTowns {
		return nil
	}
	in := map[roster.State]int{}
	for _, s := range states {
		in[s] = 1
	}
	h := &placeHit{Name: prose.Capitalize(query), Says: l.PlaceWords("several", 0, map[string]string{"places": l.Places(in)})}
	for _, s := range states {
		h.Links = append(h.Links, linkTo(l.State(s), "/search?"+url.Values{"q": {query + ", " + string(s)}}.Encode()))
	}
	return h
}

func stateHit(l prose.Language, snap *snapshot.Snapshot, s roster.State) placeHit {
	if snap.Extent().Empty() {
		return placeHit{Name: l.State(s), URL: route.StateURL(s), Says: l.Unread()}
	}
	in := snap.CurrentStats().ByState[s]
	says := l.Say("page.search.state.none")
	if in.Active > 0 {
		says = l.Say("page.search.state", "active", l.Active(in.Active))
	}
	if in.Pending > 0 {
		says = l.Say("page.search.state.pending", "says", says, "entries", l.Entries(in.Pending))
	}
	return placeHit{Name: l.State(s), URL: route.StateURL(s), SignUp: route.SubscribeURL(roster.Filter{States: []roster.State{s}}), Says: l.Say("page.search.state.as-of", "says", says, "moment", route.Until(l, snap))}
}

// countyHit says which agencies ICE's lists place in a county now.
func (req *request) countyHit(of place.County) placeHit {
	c := places.CountyOf(req.Language, req.Snapshot, of, req.past())
	return placeHit{Name: c.Title, URL: route.CountyURL(c.FIPS), SignUp: route.SubscribeURL(roster.Filter{Counties: []string{c.FIPS}}), Says: c.Lead, Agencies: each(c.Standing(), func(h places.Holder) agencies.Line { return holderLine(req.Language, h, c.State) })}
}
