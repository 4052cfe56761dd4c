// Package api answers programs in JSON, and describes how: in a document of OpenAPI,
// and on a page. What a route knows of parameters is what its operation declares, so
// that the document, the page and the answers agree.
package api

import (
	"cmp"
	"io"
	"maps"
	"net/url"

	"github.com/danielgtaylor/huma/v2"

	"github.com/watch287g/watch287g/roster"
	"github.com/watch287g/watch287g/web/kept"
	"github.com/watch287g/watch287g/web/route"
)

const root = "/api/v1"

// API is every operation.
type API struct {
	routes  []route.Route
	openAPI *huma.OpenAPI
}

// New declares the operations. site is the site's URL for the document; "" stands for
// the one that the document comes from. contact is an email address or a web address of
// who runs it; "" for none. signUps says that readers can sign up, which package signup
// answers. documents is where the agreements' documents are read; nil where none are.
func New(site, contact string, signUps bool, documents kept.Library) *API {
	config := huma.DefaultConfig("watch287g", "1")
	config.Info.Description = description
	config.Info.License = &huma.License{Name: "CC0 1.0", URL: "https://creativecommons.org/publicdomain/zero/1.0/"}
	switch {
	case contact == "":
	case route.ContactURL(contact) == contact:
		config.Info.Contact = &huma.Contact{URL: contact}
	default:
		config.Info.Contact = &huma.Contact{Email: contact}
	}
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = root+"/openapi", "", ""
	config.CreateHooks, config.Transformers = nil, nil // answers hold what is asked for, and no more
	json := config.Formats["application/json"]
	json.Marshal = func(w io.Writer, v any) error { return roster.EncodeJSON(w, v, "") }
	config.Formats = map[string]huma.Format{"application/json": json, "json": json}
	config.Servers = []*huma.Server{{URL: cmp.Or(site, "/")}}
	config.Security = []map[string][]string{{}} // none is needed
	a := &adapter{}
	h := huma.NewAPI(config, a)
	get(h, "/changes", "Changes, the newest first", changes)
	get(h, "/changes/{id}", "One change", change)
	get(h, "/agreements", "Agreements and pending entries, now or as of any moment", agreements)
	get(h, "/agreements/{id}", "One agreement or pending entry, with all that ICE's lists ever said of it", agreement)
	get(h, "/agencies", "Agencies, with every spelling", agencies)
	get(h, "/agencies/{id}", "One agency with its agreements and changes; any spelling's id finds it", agency)
	get(h, "/states", "Counts by state, now or as of any moment", states)
	get(h, "/coverage", "Counties covered and their residents, by state and for the nation, now or as of any moment, and by day", coverage)
	get(h, "/publications", "The lists as ICE published them, the newest first", publications)
	get(h, "/publications/{sha256}", "One list, by the hash of its bytes", publication)
	get(h, "/ice-page", "What ICE's page said, the newest first", icePage)
	get(h, "/stats", "The figures, now or as of any moment", stats)
	get(h, statusPath[len(root):], "Until when this record is known, and whether ICE's page is being read", status)
	if documents != nil {
		documentOperations(h, documents)
	}
	if signUps {
		signUp(h)
		report(h)
	}
	none := route.Route{Path: root + "/", Program: true, Handler: func(*route.Request) (*route.Response, error) {
		return nil, route.NotFound("The API has no such address; " + root + "/openapi.json describes what there is.")
	}}
	describe(h.OpenAPI())
	return &API{append(a.routes, none), h.OpenAPI()}
}

// Routes are the addresses of the API.
func (a *API) Routes() []route.Route { return a.routes }

// The parameters that operations share, as the API's document describes them.
type (
	// They are exported since huma passes over embedded types that are not.

	// Which chooses agreements, or their changes.
	Which struct {
		State  []string `query:"state,explode" doc:"States by postal code, GU and MP included. Repeat it, or use commas." example:"[\"TX\"]"`
		County []string `query:"county,explode" doc:"Counties by name, with or without the word County, or by FIPS code." example:"[\"Lampasas County\"]"`
		Place  []string `query:"place,explode" doc:"Towns by name, or ZIP codes: agencies in any county that one of them is in. With county as well, either will do." example:"[\"Houston\"]"`
		Model  []string `query:"model,explode" doc:"JEM, TFM, WSO, or other for models that are none of these." example:"[\"WSO\"]"`
		Type   []string `query:"type,explode" doc:"Kinds of agency: county, municipality or state." example:"[\"county\"]"`
		Agency []string `query:"agency,explode" doc:"Agencies by id or name; * and ? stand for any letters." example:"[\"*Police Department\"]"`
	}
	// When chooses the moment that an answer speaks of.
	When struct {
		AsOf string `query:"as_of" doc:"As of then: a day in Washington, which means its end, or an RFC 3339 time. What is later than known_until is answered as of known_until, and so is what is left out." example:"2025-05-19"`
	}
	// Paging chooses the part of a list.
	Paging struct {
		Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"At most so many."`
		Cursor string `query:"cursor" example:"4061" doc:"The next of the answer before. It stays good however much is added meanwhile."`
	}
)

// orEmpty makes an empty list print as [].
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// nextLink is the header that leads to what follows (RFC 8288).
func nextLink(path string, q url.Values, next string) string {
	if next == "" {
		return ""
	}
	q = maps.Clone(q)
	q.Set("cursor", next)
	return "<" + path + "?" + q.Encode() + `>; rel="next"`
}

type byID struct {
	Request
	ID string `path:"id" doc:"The id; write # as %23."`
}
