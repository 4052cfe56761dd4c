// Package frame makes a page of what stands in its middle: the head, the navigation and the
// foot that all pages have, the pieces that several share, and what programs are told.
package frame

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/cards"
	"github.com/watch287g/watch287g/web/draw"
	"github.com/watch287g/watch287g/web/embed"
	"github.com/watch287g/watch287g/web/linked"
	"github.com/watch287g/watch287g/web/route"
)

// Set is the pages of a room of the site.
type Set struct {
	assets    map[string]string
	signUp    bool
	templates map[prose.Language]templates
}

// Request is a request for a page.
type Request struct {
	*route.Request
	Shared bool       // the page is made once for many addresses
	Unused url.Values // what was asked of the page that it does not know, though others do
}

// Route is the address of a page in all languages, with the parameters that it knows.
// A parameter that only other pages know is set aside, and the page says so.
func Route(path string, params []string, f func(Request) (*route.Response, error)) route.Route {
	return route.Route{Path: path, Translated: true, Params: append(route.Foreign(params), params...), Handler: func(r *route.Request) (*route.Response, error) {
		return f(Request{Request: r, Unused: r.SetAside(params)})
	}}
}

// Page is what a page's template is filled with, within the frame.
type Page struct {
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
	Crumbs      []Link        // the way here from the front page, this page last; none on the first level
	Data        any
}

// frame is what a template is executed with: the page, and what all pages show.
type frame struct {
	Page
	Site       string // address
	Canonical  string // the page's one address, without the site's where nobody says that
	PictureURL string // "" where the site's address is not known
	PictureAlt string // what the picture shows
	Feeds      []Link
	Fresh      route.Freshness
	Unused     string            // what the reader asked for that the page does not know, in a sentence; "" for nothing
	Others     []Link            // to pages that do
	JSON       *linked.Document  // what programs are told; nil for nothing
	Discovery  string            // where programs ask how to show the page's card; "" where it has none
	Assets     map[string]string // addresses of stylesheet and icon, by name
	Nav        string            // the part of the site that the page is in
	Documents  bool              // there are some to show
	SignUps    bool              // readers can sign up for mail
	SignUp     string            // where they sign up for what the page is about; "" for nothing
	Language   prose.Language
	Versions   []Link         // the page in each language, and the one for all others; none where it is hidden
	Switch     string         // where what was asked for is in the other language
	Other      prose.Language // that one
}

// Link is an address with its words.
type Link struct{ Text, URL string }

// Render fills a page's template, within the frame that all pages share. status is 200, or
// what a page that says what is wrong is answered with.
func (s *Set) Render(req Request, status int, p *Page) (*route.Response, error) {
	f := frame{Page: *p, Site: req.Base, Feeds: Feeds(p.Filter), Fresh: req.Fresh(),
		Unused: req.Language.Unused(slices.Sorted(maps.Keys(req.Unused))), Others: others(req.Language, req.Unused),
		Assets: s.assets, Nav: section(p.Path), Language: req.Language}
	f.Documents = req.Documents.Any()
	f.Canonical = route.In(req.Language, p.Path)
	f.Switch, f.Other = req.other()
	if f.SignUps = s.signUp; f.SignUps && status == http.StatusOK && section(p.Path) != "changes" {
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
	body, err := s.templates[req.Language].render(p.Template, f)
	if err != nil {
		return nil, err
	}
	out := route.OK("text/html; charset=utf-8", route.Localize(req.Language, body))
	out.Status = status
	return out, nil
}

// versions are a page in each language, as search engines are told, and the one for whoever
// reads none of them.
func versions(site, path string) []Link {
	var all []Link
	for _, l := range prose.Languages() {
		all = append(all, Link{string(l), site + route.In(l, path)})
	}
	return append(all, Link{"x-default", site + path})
}

// other is where what was asked for is in the other language, with all that was asked, and
// that language.
func (req Request) other() (address string, l prose.Language) {
	u := *req.URL
	q := u.Query()
	maps.Copy(q, req.Unused)
	u.RawQuery = q.Encode()
	l = prose.Spanish
	if req.Language == l {
		l = prose.English
	}
	if address = route.Other(&u); req.Shared {
		address = route.Here
	}
	return address, l
}

// linkedData is what programs are told of a page of the site at an address.
func (p *Page) linkedData(l prose.Language, site string) *linked.Document {
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

// Feeds are the addresses of a filter's feeds.
func Feeds(f roster.Filter) []Link {
	f.Since, f.Until = time.Time{}, time.Time{} // a feed has no end
	query := route.Encode(f)
	return []Link{{"RSS", route.At("/feeds/changes.rss", query, 0)}, {"Atom", route.At("/feeds/changes.atom", query, 0)}, {"JSON Feed", route.At("/feeds/changes.json", query, 0)}}
}

// Trail is the way from the front page to a page below the first level, which is the
// last of the steps.
func Trail(l prose.Language, steps ...Link) []Link {
	return append([]Link{{l.Say("page.crumb.home"), "/"}}, steps...)
}
