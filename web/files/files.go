// Package files makes what programs read, besides the API: feeds, downloads, and
// ICE's files as ICE served them.
package files

import (
	"net/http"

	"github.com/watch287g/watch287g/export"
	"github.com/watch287g/watch287g/feed"
	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/web/route"
)

// english is the language of every file.
const english = prose.English

// Routes are the addresses of the files, those of publications as e has them; contact is where to write to who runs the site, "" where nobody says.
func Routes(e *Evidence, contact string) []route.Route {
	all := append(found(contact),
		route.Route{Path: "/publications/{sha256}/file", Program: true, Large: true, Handler: e.publication},
		route.Route{Path: "/feed", Translated: true, Handler: leadsTo("/feeds/changes.rss", http.StatusFound)},
		route.Route{Path: "/feeds", Translated: true, Handler: leadsTo("/downloads#feeds", http.StatusFound)},
		route.Route{Path: "/downloads/unplaced.csv", Params: route.AgreementParams("status", "as_of"), Program: true, Large: true, Handler: selected(unplacedFile)},
		route.Route{Path: "/downloads/datapackage.json", Program: true, Handler: packageFile})
	for _, f := range []struct {
		path, contentType string
		write             func(feed.Feed) ([]byte, error)
	}{
		{"/feeds/changes.rss", "application/rss+xml; charset=utf-8", feed.RSS},
		{"/feeds/changes.atom", "application/atom+xml; charset=utf-8", feed.Atom},
		{"/feeds/changes.json", "application/feed+json", feed.JSON},
	} {
		// A feed has no end, so there is no "until".
		all = append(all, route.Route{Path: f.path, Params: route.AgreementParams("kind", "before"), Program: true, Translated: true, Handler: feedFile(f.path, f.contentType, f.write)})
	}
	for _, f := range export.Formats() {
		all = append(all,
			route.Route{Path: "/downloads/agreements." + string(f), Params: route.AgreementParams("status", "as_of"), Program: true, Large: true, Handler: agreementsFile(f)},
			route.Route{Path: "/downloads/changes." + string(f), Params: route.ChangeParams(), Program: true, Large: true, Handler: changesFile(f)},
			route.Route{Path: "/downloads/coverage." + string(f), Params: []string{"as_of"}, Program: true, Large: true, Handler: coverageFile(f)})
	}
	return all
}

func leadsTo(path string, status int) route.Handler {
	return func(req *route.Request) (*route.Response, error) { return req.Redirect(path, status), nil }
}
