// Package pages makes what people read: the pages, the cards that other sites frame,
// and the pictures that previews of links show.
package pages

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/api"
	"github.com/watch287g/watch287g/web/cards"
	"github.com/watch287g/watch287g/web/countymap"
	"github.com/watch287g/watch287g/web/draw"
	"github.com/watch287g/watch287g/web/embed"
	"github.com/watch287g/watch287g/web/linked"
	"github.com/watch287g/watch287g/web/route"
	"github.com/watch287g/watch287g/web/table"
)

// Options are what pages are made of, besides what each request carries.
type Options struct {
	// Roster returns what a publication says, by its number.
	Roster     func(ctx context.Context, seq uint64) (roster.Roster, error)
	Operations []api.Operation   // of the API, which a page describes
	Assets     map[string]string // addresses of stylesheet and icon, by name
	Version    string            // of the program
	Contact    string            // of who runs the site: an email address or a URL; "" where none is given
	SignUp     bool              // readers can sign up for mail
	Every      time.Duration     // between two polls; 0 where ICE's page is not polled
}

// Set is every page.
type Set struct {
	options   Options
	templates map[prose.Language]templates
	borders   *draw.Borders
	rows      table.RowsNow
}

// New reads the templates.
func New(o Options) (*Set, error) {
	s := &Set{options: o, templates: map[prose.Language]templates{}, borders: &draw.Borders{}}
	for _, l := range prose.Languages() {
		var err error
		if s.templates[l], err = parseTemplates(l); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// request is a request for a page.
type request struct {
	*route.Request
	set    *Set
	shared bool       // the page is made once for many addresses
	unused url.Values // what was asked of the page that it does not know, though others do
}

type response = route.Response

// Routes are the addresses of the pages.
func (s *Set) Routes() []route.Route {
	page := func(path string, f func(*request) (*response, error), params ...string) route.Route {
		return route.Route{Path: path, Translated: true, Params: append(route.Foreign(params), params...), Handler: func(r *route.Request) (*response, error) {
			return f(&request{Request: r, set: s, unused: r.SetAside(params)})
		}}
	}
	plain := func(path string, f func(*request) (*response, error)) route.Route {
		return route.Route{Path: path, Translated: true, Handler: func(r *route.Request) (*response, error) { return f(&request{Request: r, set: s}) }}
	}
	pictured := func(path string, f func(*request) (draw.CardData, error)) route.Route {
		r := plain(path, picture(f))
		r.Program = true
		return r
	}
	return []route.Route{
		page("/{$}", homePage, countymap.View),
		page("/changes", changesPage, route.ChangeParams("before")...),
		page("/changes/{id}", changePage),
		page("/states", statesPage, "as_of", "sort"),
		page("/states/{state}", statePage, tableParams()...),
		page("/coverage", coveragePage, "as_of", "sort"),
		page("/counties", countiesPage),
		page("/counties/{county}", countyPage),
		page("/agencies/{id}", agencyPage),
		page("/publications", publicationsPage, "before"),
		page("/publications/{sha256}", publicationPage, "list"),
		page("/on/{day}", dayPage, route.AgreementParams("status", "sort")...),
		page("/on", dayForm, route.AgreementParams("day", "status", "sort")...),
		page("/compare", comparePage, route.AgreementParams("from", "to")...),
		page("/search", searchPage, "q"),
		page("/downloads", downloadsPage, route.AgreementParams("as_of", "status")...),
		page("/api", apiPage),
		page("/about", aboutPage),
		page("/follow", followPage),
		page("/status", statusPage),
		page("/", noPage),
		page("/embed", embedPage, embed.Params("state", "county")...),
		countymap.FileRoute(s.borders),
		pictured("/pictures/nation.png", nationCard),
		pictured("/pictures/states/{file}", stateCard),
		pictured("/pictures/counties/{file}", countyCard),
		pictured("/pictures/on/{file}", dayCard),
		pictured("/pictures/agencies/{file}", agencyCard),
		pictured("/pictures/changes/{file}", changeCard),
	}
}

// tableParams are the parameters of a page with a table of a state's agencies.
func tableParams() []string { return route.AgreementParams("status", "sort", "as_of")[1:] } // the path names the state

// readTable reads which agencies are asked for of a table, and in what order.
func (req *request) readTable() (asked route.Query, sort string, err error) {
	if asked, err = req.ReadQuery(); err != nil {
		return asked, "", err
	}
	sort, err = req.ReadOneOf("sort", table.Sorts()...)
	return asked, sort, err
}

func noPage(req *request) (*response, error) {
	return nil, route.Missing(req.Language, "page.problem.no-page")
}

// Problem is the page that tells a reader what is wrong, and shows ways on. It is the
// same one wherever that is so.
func (s *Set) Problem(r *route.Request, p *route.Problem) (*route.Response, error) {
	req := &request{Request: r, set: s, shared: true}
	return req.renderAs(p.Status, &page{Template: "problem", Title: p.Title, Description: p.Detail, Hidden: true, Data: p})
}

// page is what a page's template is filled with, within the frame.
type page struct {
	Template    string
	Title       string        // without the site's name
	Description string        // a sentence, for search engines and for previews of links
	Path        string        // the page's one address
	Picture     string        // path of the picture that previews show; "" for the nation's
	Shows       draw.CardData // what it shows
	Filter      roster.Filter // whose feeds the page announces
	Hidden      bool          // from search engines
	Card        bool          // other sites can show a card of the page
	Published   time.Time     // when what a page of news tells was first told; zero for other pages
	Modified    time.Time     // when that was last corrected, or told
	Linked      []any         // what programs are told in JSON-LD beside the way here
	Crumbs      []link        // the way here from the front page, this page last; none on the first level
	Data        any
}

// frame is what a template is executed with: the page, and what all pages show.
type frame struct {
	page
	Site       string // address
	Canonical  string // the page's one address, without the site's where nobody says that
	PictureURL string // "" where the site's address is not known
	PictureAlt string // what the picture shows
	Feeds      []link
	Fresh      route.Freshness
	Unused     string            // what the reader asked for that the page does not know, in a sentence; "" for nothing
	Others     []link            // to pages that do
	JSON       *linked.Document  // what programs are told; nil for nothing
	Discovery  string            // where programs ask how to show the page's card; "" where it has none
	Assets     map[string]string // addresses of stylesheet and icon, by name
	Nav        string            // the part of the site that the page is in
	SignUps    bool              // readers can sign up for mail
	SignUp     string            // where they sign up for what the page is about; "" for nothing
	Language   prose.Language
	Versions   []link         // the page in each language, and the one for all others; none where it is hidden
	Switch     string         // where what was asked for is in the other language
	Other      prose.Language // that one
}

// link is an address with its words.
type link struct{ Text, URL string }

// render fills a page's template, within the frame that all pages share.
func (req *request) render(p *page) (*response, error) {
	return req.renderAs(http.StatusOK, p)
}

// renderAs is render for a page that is answered with another status than 200.
func (req *request) renderAs(status int, p *page) (*response, error) {
	f := frame{page: *p, Site: req.Base, Feeds: feedLinks(p.Filter), Fresh: req.Fresh(),
		Unused: req.Language.Unused(slices.Sorted(maps.Keys(req.unused))), Others: others(req.Language, req.unused),
		Assets: req.set.options.Assets, Nav: section(p.Path), Language: req.Language}
	f.Canonical = route.In(req.Language, p.Path)
	f.Switch, f.Other = req.other()
	if f.SignUps = req.set.options.SignUp; f.SignUps && status == http.StatusOK && section(p.Path) != "changes" {
		f.SignUp = route.SubscribeURL(p.Filter)
	}
	if req.Public { // what other sites and programs are told of the page needs its whole address
		f.Canonical = req.Base + f.Canonical
		f.PictureURL = req.Base + route.In(req.Language, p.Picture)
		if p.Picture == "" {
			f.PictureURL, p.Shows = req.Base+route.In(req.Language, "/pictures/nation.png"), cards.Nation(req.Language, req.Snapshot)
		}
		f.PictureAlt = cards.Alt(req.Language, p.Shows)
		f.JSON = p.linkedData(req.Language, req.Base)
		if p.Card {
			f.Discovery = embed.Discovery(req.Base, route.In(req.Language, p.Path))
		}
	}
	if !p.Hidden {
		f.Versions = versions(strings.TrimSuffix(f.Canonical, route.In(req.Language, p.Path)), p.Path)
	}
	body, err := req.set.templates[req.Language].render(p.Template, f)
	if err != nil {
		return nil, err
	}
	out := route.OK("text/html; charset=utf-8", route.Localize(req.Language, body))
	out.Status = status
	return out, nil
}

// versions are a page in each language, as search engines are told, and the one for whoever
// reads none of them.
func versions(site, path string) []link {
	var all []link
	for _, l := range prose.Languages() {
		all = append(all, link{string(l), site + route.In(l, path)})
	}
	return append(all, link{"x-default", site + path})
}

// other is where what was asked for is in the other language, with all that was asked, and
// that language.
func (req *request) other() (address string, l prose.Language) {
	u := *req.URL
	q := u.Query()
	maps.Copy(q, req.unused)
	u.RawQuery = q.Encode()
	l = prose.Spanish
	if req.Language == l {
		l = prose.English
	}
	if address = route.Other(&u); req.shared {
		address = route.Here
	}
	return address, l
}

// linkedData is what programs are told of a page of the site at an address.
func (p *page) linkedData(l prose.Language, site string) *linked.Document {
	if p.Hidden {
		return nil
	}
	all := p.Linked
	if len(p.Crumbs) > 0 {
		way := linked.NewCrumbs()
		last := len(p.Crumbs) - 1
		for _, c := range p.Crumbs[:last] {
			way.Add(c.Text, site+route.In(l, c.URL))
		}
		way.Add(p.Crumbs[last].Text, site+route.In(l, p.Path))
		all = append(all, way)
	}
	return linked.Of(all...)
}

// section is the first part of a path, which the navigation marks.
func section(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	first, _, _ = strings.Cut(first, "?")
	return first
}

// feedLinks are the addresses of a filter's feeds.
func feedLinks(f roster.Filter) []link {
	f.Since, f.Until = time.Time{}, time.Time{} // a feed has no end
	query := route.Encode(f)
	return []link{{"RSS", route.At("/feeds/changes.rss", query, 0)}, {"Atom", route.At("/feeds/changes.atom", query, 0)}, {"JSON Feed", route.At("/feeds/changes.json", query, 0)}}
}
