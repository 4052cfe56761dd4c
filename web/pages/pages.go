// Package pages makes what people read: the pages, the cards that other sites frame,
// and the pictures that previews of links show.
package pages

import (
	"context"
	"embed"
	"html/template"
	"net/http"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/api"
	"github.com/watch287g/watch287g/web/countymap"
	"github.com/watch287g/watch287g/web/draw"
	cardembed "github.com/watch287g/watch287g/web/embed"
	"github.com/watch287g/watch287g/web/frame"
	"github.com/watch287g/watch287g/web/places"
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

//go:embed all:templates
var templateFiles embed.FS

// Set is every page.
type Set struct {
	options Options
	frame   *frame.Set
	borders *draw.Borders
	rows    table.RowsNow
}

// New reads the templates.
func New(o Options) (*Set, error) {
	framed, err := frame.New(frame.Options{Files: templateFiles, Funcs: templateFuncs, Assets: o.Assets, SignUp: o.SignUp})
	if err != nil {
		return nil, err //nolint:wrapcheck // it names the template
	}
	return &Set{options: o, frame: framed, borders: &draw.Borders{}}, nil
}

// request is a request for a page.
type request struct {
	frame.Request
	set *Set
}

type (
	response = route.Response
	page     = frame.Page
	link     = frame.Link
)

// linkTo is a link with its words.
func linkTo(text, url string) link { return link{Text: text, URL: url} }

// render fills a page's template, within the frame that all pages share.
func (req *request) render(p *page) (*response, error) {
	return req.renderAs(http.StatusOK, p)
}

// renderAs is render for a page that is answered with another status than 200.
func (req *request) renderAs(status int, p *page) (*response, error) {
	return req.set.frame.Render(req.Request, status, p) //nolint:wrapcheck // it names the template
}

// Routes are the addresses of the pages.
func (s *Set) Routes() []route.Route {
	page := func(path string, f func(*request) (*response, error), params ...string) route.Route {
		return frame.Route(path, params, func(r frame.Request) (*response, error) { return f(&request{r, s}) })
	}
	plain := func(path string, f func(*request) (*response, error)) route.Route {
		return route.Route{Path: path, Translated: true, Handler: func(r *route.Request) (*response, error) { return f(&request{frame.Request{Request: r}, s}) }}
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
		page("/search", searchPage, "q").ThroughTexts(),
		page("/downloads", downloadsPage, route.AgreementParams("as_of", "status")...),
		page("/api", apiPage),
		page("/about", aboutPage),
		page("/follow", followPage),
		page("/status", statusPage),
		page("/", noPage),
		page("/embed", embedPage, cardembed.Params("state", "county")...),
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
	return s.frame.Render(frame.Request{Request: r, Shared: true}, p.Status, &page{Template: "problem", Title: p.Title, Description: p.Detail, Hidden: true, Data: p}) //nolint:wrapcheck // it names the template
}

// templateFuncs are the words that templates use beside those of the frame.
func templateFuncs(l prose.Language) template.FuncMap {
	return template.FuncMap{
		"active":      l.Active,
		"agencies":    l.Agencies,
		"days":        l.Days,
		"countytitle": l.CountyTitle, "listedsince": func(a roster.AgreementAt) string { return places.Since(l, a) },
		"poll":        l.Poll,
		"allows":      func(m roster.Model) string { return l.Allows(m, roster.ListParticipating) },
		"signedline":  l.SignedLine,
		"firstday":    func(a roster.AgreementAt) template.HTML { return firstDay(l, a) },
		"signedcell":  func(a roster.Agreement) template.HTML { return signedCell(l, a) },
		"pendingcell": func(h table.Holding) template.HTML { return pendingCell(l, h) },
		"thelist":     func(list roster.List) string { return l.Say("page.common.thelist." + string(list)) },
		"listword":    func(list roster.List) string { return l.Say("page.common.listword." + string(list)) },
		"mapword":     l.MapWord,
		"coveredof":   l.CoveredOf, "livingshare": l.LivingShare,
	}
}
