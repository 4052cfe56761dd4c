package pages

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/watch287g/watch287g/web/route"
)

// A parameter that some page of the site knows is never ignored: a page that does not
// know it says so, and leads to one that does.

// shared are the parameters that choose something on several pages.
func shared() []string { return route.ChangeParams("status", "as_of", "sort", "from", "to", "day") }

// foreign are the shared parameters that a page does not know.
func foreign(params []string) []string {
	return slices.DeleteFunc(shared(), func(name string) bool { return slices.Contains(params, name) })
}

// setAside takes what a page does not know out of a request.
func setAside(r *route.Request, params []string) (unused url.Values) {
	q := r.URL.Query()
	for _, name := range foreign(params) {
		if values, given := q[name]; given && strings.Join(values, "") != "" {
			if unused == nil {
				unused = url.Values{}
			}
			unused[name] = values
		}
		q.Del(name)
	}
	r.URL.RawQuery = q.Encode()
	return unused
}

// keeping is the address of a path with all that was asked for.
func (req *request) keeping(path string) string {
	q := req.URL.Query()
	maps.Copy(q, req.unused)
	return route.At(path, q, 0)
}

// others are the pages that know all of some parameters.
func others(unused url.Values) []link {
	var all []link
	for _, page := range []struct {
		name, path string
		params     []string
	}{
		{"Changes", "/changes", route.ChangeParams()},
		{"Downloads", "/downloads", route.AgreementParams("as_of", "status")},
		{"Compare days", "/compare", route.AgreementParams("from", "to")},
		{"What ICE listed on a day", "/on", route.AgreementParams("day", "status", "sort")},
	} {
		known := len(unused) > 0
		for name := range unused {
			known = known && slices.Contains(page.params, name)
		}
		if known && (page.path != "/on" || unused.Has("day")) {
			all = append(all, link{page.name, route.At(page.path, unused, 0)})
		}
	}
	return all
}
