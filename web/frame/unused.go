package frame

import (
	"maps"
	"net/url"
	"slices"

	"github.com/watch287g/watch287g/prose"
	"github.com/watch287g/watch287g/web/route"
)

// Keeping is the address of a path with all that was asked for.
func (req Request) Keeping(path string) string {
	q := req.URL.Query()
	maps.Copy(q, req.Unused)
	return route.At(path, q, 0)
}

// others are the pages that know all of some parameters.
func others(l prose.Language, unused url.Values) []Link {
	var all []Link
	for _, page := range []struct {
		name, path string
		params     []string
	}{
		{"page.frame.changes", "/changes", route.ChangeParams()},
		{"page.frame.downloads", "/downloads", route.AgreementParams("as_of", "status")},
		{"page.unused.compare", "/compare", route.AgreementParams("from", "to")},
		{"page.unused.day", "/on", route.AgreementParams("day", "status", "sort")},
	} {
		known := len(unused) > 0
		for name := range unused {
			known = known && slices.Contains(page.params, name)
		}
		if known && (page.path != "/on" || unused.Has("day")) {
			all = append(all, Link{l.Say(page.name), route.At(page.path, unused, 0)})
		}
	}
	return all
}
